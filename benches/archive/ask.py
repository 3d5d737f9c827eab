#!/usr/bin/env python3
"""Asks the questions beside it, with and without the snapshot, in one run: medians, CPU time, and whether the answers agree.

`ask.py PROGRAM STORE [REPEATS]`: STORE is a folder for `--store`; where it does not exist, `ask.py PROGRAM STORE
REPEATS ARCHIVE.nq` fills it first with what `generate.py` wrote (needs the Python package pyoxigraph). Milliseconds:
the first answer, the median of the others, and the processor time of the service for each.
"""

import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request

QUESTIONS = sorted((pathlib.Path(__file__).parent / "questions").glob("*.rq"))
PATIENCE = 3600


def fill(store, archive):
    import pyoxigraph
    os.makedirs(f"{store}/quads", exist_ok=True)
    quads = pyoxigraph.Store(f"{store}/quads")
    began = time.time()
    quads.bulk_load(path=archive, format=pyoxigraph.RdfFormat.N_QUADS)
    quads.optimize()
    print(f"filled in {time.time() - began:.0f} s", flush=True)


class Service:
    def __init__(self, program, store, *arguments):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.log = open(f"{store}/ask.log", "a+")
        command = [program, "serve", "--store", store, "--bind", self.address, "--query-timeout", "600", *arguments]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        began = time.time()
        while True:
            try:
                self.ask("ASK {}")
                break
            except OSError:
                if self.process.poll() is not None or time.time() - began > PATIENCE:
                    sys.exit(f"the service did not begin: see {store}/ask.log")
                time.sleep(0.2)
        self.began = time.time() - began

    def ask(self, query):
        data = urllib.parse.urlencode({"query": query}).encode()
        construct = query.lstrip().startswith("CONSTRUCT")
        accept = "application/n-triples" if construct else "application/sparql-results+json"
        request = urllib.request.Request(f"http://{self.address}/sparql", data, {"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            return [f"{error.code} {error.read()[:100]}"]
        if construct:
            return sorted(text.splitlines())
        answer = json.loads(text)
        return sorted(json.dumps(row, sort_keys=True) for row in answer.get("results", {}).get("bindings", [answer]))

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")")[-1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return {line.split()[0]: int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith(("Rss", "VmHWM"))}

    def measure(self, query, repeats):
        times, answer = [], None
        before = self.cpu()
        for _ in range(repeats):
            began = time.perf_counter()
            answer = self.ask(query)
            times.append((time.perf_counter() - began) * 1000)
        return answer, times[0], statistics.median(times[1:] or times), (self.cpu() - before) / repeats

    def stop(self):
        self.process.terminate()
        self.process.wait()


def main(program, store, repeats=7, archive=None):
    repeats = int(repeats)
    if not os.path.exists(store):
        fill(store, archive)
    measured = {}
    for kind in ["store", "snapshot"]:
        service = Service(program, store, *(["--no-snapshot"] if kind == "store" else []))
        current = pathlib.Path(store) / "views" / "snapshot" / "current"
        began = time.time()
        while kind == "snapshot" and not current.exists() and time.time() - began < PATIENCE:
            time.sleep(0.2)
        time.sleep(1)
        made = time.time() - began
        print(f"{kind}: begun after {service.began:.1f} s, ready after {made:.1f} s more, {service.memory()}", flush=True)
        for question in QUESTIONS:
            measured[kind, question] = service.measure(question.read_text(), repeats)
            print(question.stem, kind, *(f"{figure:.2f}" for figure in measured[kind, question][1:]), flush=True)
        print(f"{kind}: {service.memory()}", flush=True)
        service.stop()
    print(f"\n{'':26}{'store':>30}{'snapshot':>30}")
    print(f"{'milliseconds':26}" + f"{'first':>10}{'median':>10}{'CPU':>10}" * 2 + f"{'times':>8}")
    for question in QUESTIONS:
        store_, snapshot = measured["store", question], measured["snapshot", question]
        figures = "".join(f"{figure:10.2f}" for figure in [*store_[1:], *snapshot[1:]])
        agree = "" if store_[0] == snapshot[0] else "  THE ANSWERS DIFFER"
        print(f"{question.stem:26}{figures}{store_[2] / snapshot[2]:8.1f}{agree}")


if __name__ == "__main__":
    main(*sys.argv[1:])
