#!/usr/bin/env python3
"""How fast is walking and searching a large archive, and how fast is the same asked in SPARQL?

    benches/archive/walk.py PROGRAM QUADS [--virtuoso]

Makes an archive of about QUADS quads (generate.py), fills a store with pyoxigraph's bulk loader, serves it with PROGRAM
(`isnad`, built with optimisation), and asks over HTTP, one request after another: neighbours of a leaf, a middle thing
and the hub, shortest paths, co-mentions, search with all facets, suggestions. The same questions in SPARQL are asked of
the same oxigraph in this process (pyoxigraph, without HTTP) and, where it is installed, of Virtuoso over HTTP.
Prints median and 99th percentile in milliseconds, and ratios. Needs pyoxigraph.
"""

import argparse
import json
import random
import shutil
import statistics
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pyoxigraph

from engines import BASE, PREFIXES, Virtuoso, archive_in, port, workplace

REPEAT = 200
# A question that takes seconds is not asked two hundred times.
PATIENCE = 20.0


def measure(ask, questions):
    """Milliseconds of each question; as many as fit into the time there is, and three at least."""
    times, begun = [], time.perf_counter()
    for question in questions:
        start = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - start) * 1000)
        if time.perf_counter() - begun > PATIENCE and len(times) >= 3:
            break
    times.sort()
    return statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))], len(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("quads", type=int)
    parser.add_argument("--virtuoso", action="store_true")
    parser.add_argument("--keep", help="a folder to make the archive in and leave it there")
    asked = parser.parse_args()
    with workplace(asked.keep) as folder:
        run(asked, folder)


def run(asked, folder):
    quads, store = archive_in(folder, asked.quads), folder / "store" / "quads"
    if not store.exists():
        store.parent.mkdir(exist_ok=True)
        begun = time.time()
        loaded = pyoxigraph.Store(str(store))
        loaded.bulk_load(path=str(quads), format=pyoxigraph.RdfFormat.N_QUADS)
        # The service keeps the merge of the graphs as the default graph; made here it is made in bulk.
        merge(quads, folder / "merge.nt")
        loaded.bulk_load(path=str(folder / "merge.nt"), format=pyoxigraph.RdfFormat.N_TRIPLES)
        (folder / "merge.nt").unlink()
        loaded.flush()
        print(f"oxigraph: {len(loaded)} quads loaded in {time.time() - begun:.0f} s", flush=True)
        # The service needs the folder for itself; the copy is for the questions in SPARQL.
        del loaded
        shutil.copytree(store, folder / "copy")
    at = port()
    begun = time.time()
    log = (folder / "isnad.log").open("wb")
    service = subprocess.Popen(
        [asked.program, "serve", "--store", folder / "store", "--bind", f"127.0.0.1:{at}", "--base-iri", BASE, "--log", "info"],
        stdout=log, stderr=log)
    try:
        ready(at, service)
        print(f"isnad: serves after {time.time() - begun:.0f} s", flush=True)
        compare(asked, folder, at, service)
    finally:
        service.terminate()
        service.wait()


def merge(quads, triples):
    """The statements without their graphs, those left out that the service keeps for itself."""
    with quads.open() as lines, triples.open("w") as out:
        for line in lines:
            statement, graph, _ = line.rsplit(" ", 2)
            if not graph.endswith("graph/changes>") and not graph.startswith("<urn:isnad:"):
                out.write(statement + " .\n")


def get(at, path, **parameters):
    query = urllib.parse.urlencode(parameters, doseq=True)
    with urllib.request.urlopen(f"http://127.0.0.1:{at}{path}?{query}", timeout=600) as answer:
        return answer.read()


def ready(at, service):
    while service.poll() is None:
        try:
            get(at, "/health/ready")
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    raise SystemExit("the service did not start")


def memory(service):
    status = Path(f"/proc/{service.pid}/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def compare(asked, folder, at, service):
    before, begun = memory(service), time.time()
    views(at, service)
    print(f"isnad: views made after {time.time() - begun:.0f} s, memory {before} to {memory(service)} MiB", flush=True)
    oxigraph = pyoxigraph.Store.read_only(str(folder / "copy"))
    hub, middle, leaf = things(oxigraph)
    print(f"hub {hub}, middle {middle}, leaf {leaf}", flush=True)
    dice = random.Random(7)
    some = [f"doc/x{dice.randrange(asked.quads // 101)}" for _ in range(REPEAT)]
    pairs = list(zip(some, some[1:] + some[:1]))
    virtuoso = Virtuoso() if asked.virtuoso else None
    if virtuoso:
        print("virtuoso:", virtuoso.start(folder, folder / "archive.nq"), flush=True)
    rows = []
    for name, own, sparql in questions(hub, middle, leaf, pairs):
        try:
            median, p99, _ = measure(lambda call: get(at, call[0], **call[1]), own)
        except urllib.error.HTTPError as error:
            print(f"{name}: {error.read().decode()}", flush=True)
            continue
        row = [name, median, p99]
        for engine in [lambda text: read(oxigraph.query(PREFIXES + text)), virtuoso and virtuoso.ask]:
            row += measured(engine, sparql) if engine and sparql else [None, None]
        rows.append(row)
        print(line(row), flush=True)
    print(json.dumps(rows))
    if virtuoso:
        virtuoso.stop()


def measured(engine, questions):
    """The same of another engine; one that refuses a question is said to."""
    try:
        return measure(engine, questions)[:2]
    except urllib.error.HTTPError as error:
        return [error.code, error.read().decode(errors="replace").strip().split("\n")[0][:100]]


def read(answer):
    """Every row of an answer."""
    return bool(answer) if isinstance(answer, pyoxigraph.QueryBoolean) else list(answer)


def views(at, service):
    """Waits until walking and searching are answered: until then the service says 503, and when to come again."""
    for path, parameters in [("/api/graph/neighbors", {"id": "person/x0", "limit": 1}), ("/api/search", {"q": "khan"}),
                             ("/api/timeline", {"q": "khan"}), ("/api/geo", {"q": "khan"})]:
        while service.poll() is None:
            try:
                get(at, path, **parameters)
                break
            except urllib.error.HTTPError as error:
                if error.code != 503:
                    break
                time.sleep(1)


def things(store):
    text = PREFIXES + "SELECT ?e (COUNT(?d) AS ?n) { GRAPH ?g { ?d isn:mentions ?e } } GROUP BY ?e ORDER BY DESC(?n)"
    order = [row["e"].value.removeprefix(BASE) for row in store.query(text)]
    return order[0], order[len(order) // 50], order[-1]


def questions(hub, middle, leaf, pairs):
    """Name, the calls, and the same in SPARQL."""
    for name, thing in [("neighbours of a leaf", leaf), ("neighbours of a middle thing", middle), ("neighbours of the hub", hub)]:
        text = (f"SELECT ?p ?o ?l {{ {{ SELECT ?p ?o {{ {{ <{BASE}{thing}> ?p ?o }} UNION {{ ?o ?p <{BASE}{thing}> }} }} "
                "ORDER BY ?p ?o LIMIT 200 } OPTIONAL { ?o rdfs:label ?l } }")
        count = (f"SELECT ?p (COUNT(DISTINCT ?o) AS ?n) {{ {{ <{BASE}{thing}> ?p ?o }} UNION {{ ?o ?p <{BASE}{thing}> }} }} "
                 "GROUP BY ?p")
        yield name, [("/api/graph/neighbors", {"id": thing})] * REPEAT, [text, count] * (REPEAT // 2)
    yield ("shortest path", [("/api/graph/paths", {"id": pair}) for pair in pairs],
           [f"ASK {{ <{BASE}{one}> (isn:mentions|^isn:mentions)+ <{BASE}{other}> }}" for one, other in pairs])
    for name, thing in [("co-mentions of a middle thing", middle), ("co-mentions of the hub", hub)]:
        text = (f"SELECT ?e (COUNT(DISTINCT ?d) AS ?n) {{ ?d isn:mentions <{BASE}{thing}> , ?e "
                f"FILTER(?e != <{BASE}{thing}>) }} GROUP BY ?e ORDER BY DESC(?n) LIMIT 50")
        yield name, [("/api/graph/comentions", {"id": thing})] * REPEAT, [text] * REPEAT
    yield "suggest", [("/api/suggest", {"q": letters}) for letters in ["ka", "far", "khan", "ma", "sal"] * (REPEAT // 5)], [
        f'SELECT ?e ?l {{ ?e rdfs:label ?l FILTER(STRSTARTS(LCASE(STR(?l)), "{letters}")) }} LIMIT 10' for letters in ["ka", "far", "khan"]]
    facets = ("SELECT ?t (COUNT(DISTINCT ?d) AS ?n) { ?d isn:text ?x . ?x <http://www.w3.org/1999/02/22-rdf-syntax-ns#value> ?v "
              'FILTER(CONTAINS(?v, "khan")) ?d isn:docType ?t } GROUP BY ?t')
    words = ["khanfar", "kahan", "zeitma", "marsal", "nourdin", "badafar", "taghu", "umwa"]
    yield "search with all facets", [("/api/search", {"q": one}) for one in words * (REPEAT // len(words))], [facets] * 3
    yield "browse with all facets", [("/api/search", {"type": "report"})] * REPEAT, [
        "SELECT ?e (COUNT(DISTINCT ?d) AS ?n) { ?d isn:docType <" + BASE + "vocab/document-type/report> ; isn:mentions ?e } "
        "GROUP BY ?e ORDER BY DESC(?n) LIMIT 20"] * 3


def line(row):
    name, median, p99, *others = row
    text = f"{name:32} isnad {median:8.2f} {p99:8.2f} ms"
    for engine, at in [("oxigraph", 0), ("virtuoso", 2)]:
        if isinstance(others[at + 1], str):
            text += f" | {engine} fails: {others[at]} {others[at + 1]}"
        elif others[at] is not None:
            text += f" | {engine} {others[at]:9.1f} {others[at + 1]:9.1f} ms, {others[at] / median:7.1f} times"
    return text


if __name__ == "__main__":
    main()
