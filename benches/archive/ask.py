#!/usr/bin/env python3
"""How long does each question take here, and how long on other engines, over HTTP, in one run?

    benches/archive/ask.py PROGRAM QUADS [--keep FOLDER] [--only isnad,virtuoso] [--seconds 5]

Makes an archive of about QUADS quads (generate.py), fills each engine that is installed with it (engines.py), asks the
questions beside it (questions/*.rq) one after another of each engine while no other runs, and then some with eight
clients. Prints a table: median and 99th percentile in milliseconds, processor time, how often longer than here, and
whether the rows are those of the oxigraph server. PROGRAM is `isnad`, built with optimisation. Needs pyoxigraph; the
others are the PyPI package oxigraph, Debian's virtuoso-opensource, and Fuseki's jar in ISNAD_FUSEKI.
"""

import argparse
import hashlib
import json
import statistics
import threading
import time
import urllib.error
from pathlib import Path

from engines import Isnad, archive_in, others, workplace

QUESTIONS = sorted((Path(__file__).resolve().parent / "questions").glob("*.rq"))
# What is asked by eight clients at once.
TOGETHER = ["q01", "q02", "q04", "q05", "q07", "q08"]


def rows(query, answer):
    """What an answer says, whatever its order and spelling: a digest, and how many rows."""
    if query.lstrip().startswith("CONSTRUCT"):
        lines = sorted(set(answer.decode().splitlines()) - {""})
        # Numbers are spelt in many ways.
        return len(lines), hashlib.sha256("\n".join(line.split('"^^')[0] for line in lines).encode()).hexdigest()
    answer = json.loads(answer)
    if "boolean" in answer:
        return 1, str(answer["boolean"])
    found = sorted(json.dumps([(name, value(term)) for name, term in sorted(row.items())]) for row in answer["results"]["bindings"])
    return len(found), hashlib.sha256("\n".join(found).encode()).hexdigest()


def value(term):
    try:
        return f"{float(term['value']):.6g}"
    except ValueError:
        return term["value"]


def measure(engine, query, seconds):
    accept = "application/n-triples" if query.lstrip().startswith("CONSTRUCT") else "application/sparql-results+json"
    times, before, begun, answer = [], engine.cpu(), time.perf_counter(), b""
    while len(times) < 4 or (time.perf_counter() - begun < seconds and len(times) < 500):
        start = time.perf_counter()
        try:
            answer = engine.ask(query, accept)
        except urllib.error.HTTPError as error:
            return {"fails": f"{error.code} {error.read().decode(errors='replace').strip().splitlines()[0][:80]}"}
        times.append((time.perf_counter() - start) * 1000)
    cpu = (engine.cpu() - before) / len(times)
    first, again = times[0], sorted(times[1:])
    return {"first": first, "median": statistics.median(again), "p99": again[min(len(again) - 1, int(len(again) * 0.99))],
            "cpu": cpu, "rows": rows(query, answer)}


def rate(engine, query, clients, seconds):
    """Answers in a second, of some clients together."""
    accept = "application/n-triples" if query.lstrip().startswith("CONSTRUCT") else "application/sparql-results+json"
    counts, end = [0] * clients, time.perf_counter() + seconds

    def client(number):
        while time.perf_counter() < end:
            engine.ask(query, accept)
            counts[number] += 1

    threads = [threading.Thread(target=client, args=[number]) for number in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - begun)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("quads", type=int)
    parser.add_argument("--keep", help="a folder to make everything in and leave it there")
    parser.add_argument("--only", help="which engines, with commas between them")
    parser.add_argument("--seconds", type=float, default=5, help="how long each question is asked, 4 times at least")
    asked = parser.parse_args()
    with workplace(asked.keep) as folder:
        run(asked, folder)


def run(asked, folder):
    archive = archive_in(folder, asked.quads)
    engines = [engine for engine in [Isnad(asked.program), *others()] if not asked.only or engine.name in asked.only.split(",")]
    measured = {}
    for engine in engines:
        said = engine.start(folder, archive)
        print(f"{engine.name}: {said}, {engine.disk()} MB on disk, resident (all, own) {engine.memory()} MB", flush=True)
        for question in QUESTIONS:
            measured[engine.name, question.stem] = engine_measured = measure(engine, question.read_text(), asked.seconds)
            print(f"  {question.stem} {engine_measured}", flush=True)
        for question in [question for question in QUESTIONS if question.stem[:3] in TOGETHER]:
            one, eight = (rate(engine, question.read_text(), clients, asked.seconds) for clients in (1, 8))
            print(f"  {question.stem}: {one:.0f} a second with one client, {eight:.0f} with eight", flush=True)
        print(f"{engine.name}: resident (all, own) {engine.memory()} MB", flush=True)
        engine.stop()
    table([engine.name for engine in engines], measured)


def table(names, measured):
    print(f"\n{'milliseconds':24}" + "".join(f"{name:>42}" for name in names))
    print(" " * 24 + "".join(f"{'first':>10}{'median':>9}{'p99':>9}{'CPU':>8}{'times':>6}" for _ in names))
    for question in QUESTIONS:
        own = measured[names[0], question.stem]
        truth = measured.get(("oxigraph", question.stem), own).get("rows")
        line = f"{question.stem:24}"
        for name in names:
            found = measured[name, question.stem]
            if "fails" in found:
                line += f"{found['fails'][:40]:>42}"
                continue
            times = found["median"] / own["median"] if "median" in own else 0
            line += f"{found['first']:10.2f}{found['median']:9.2f}{found['p99']:9.2f}{found['cpu']:8.2f}{times:6.1f}"
            line += "" if found["rows"] == truth else "*"
        print(line)
    print("* other rows than oxigraph's" if ("oxigraph", QUESTIONS[0].stem) in measured else "")


if __name__ == "__main__":
    main()
