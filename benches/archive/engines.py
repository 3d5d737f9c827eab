"""The engines that questions are asked of, each over HTTP, started alone and filled with the same N-Quads file.

Every class has: `start(folder, archive)`, which fills it the first time and says how long that took; `ask(query, accept)`;
`stop()`; `process`, by which time and memory are measured; and `files`, what it keeps on disk.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

BASE = "http://localhost:7878/"
PREFIXES = f"""BASE <{BASE}>
PREFIX isn: <{BASE}ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX dct: <http://purl.org/dc/terms/> PREFIX cito: <http://purl.org/spar/cito/> PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX org: <http://www.w3.org/ns/org#> PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
JSON = "application/sparql-results+json"


def port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def workplace(keep):
    """A folder to make everything in: the one that is to be kept, or one that is gone afterwards."""
    folder = Path(keep or tempfile.mkdtemp()).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def archive_in(folder, quads):
    """The made-up archive in a folder, made where it is not there."""
    archive = folder / "archive.nq"
    if not archive.exists():
        generate = Path(__file__).resolve().parent / "generate.py"
        with archive.open("wb") as file:
            subprocess.run([sys.executable, generate, str(quads)], stdout=file, check=True)
    return archive


def post(address, query, accept=JSON):
    data = urllib.parse.urlencode({"query": query}).encode()
    request = urllib.request.Request(address, data, {"Accept": accept})
    with urllib.request.urlopen(request, timeout=3600) as answer:
        return answer.read()


class Engine:
    def wait(self):
        """Until it answers."""
        begun = time.time()
        while True:
            try:
                self.ask("ASK {}")
                return time.time() - begun
            except (OSError, urllib.error.HTTPError):
                if self.process.poll() is not None or time.time() - begun > 3600:
                    raise SystemExit(f"{self.name} did not start")
                time.sleep(0.05)

    def ask(self, query, accept=JSON):
        return post(self.address, PREFIXES + query, accept)

    def run(self, *command, **settings):
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, **settings)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def cpu(self):
        """Milliseconds of processor time since its start."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")")[-1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Megabytes resident: all, and without files that are mapped."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = {line.split()[0]: int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("Rss") or line.startswith("VmRSS")}
        return found["VmRSS:"], found["RssAnon:"]

    def disk(self):
        """Megabytes of files."""
        paths = [Path(path) for path in self.files]
        return sum(file.stat().st_size for path in paths for file in path.rglob("*") if file.is_file()) >> 20

    def opened(self, folder):
        self.log = (folder / f"{self.name}.log").open("ab")
        return folder / self.name


class Isnad(Engine):
    name = "isnad"

    def __init__(self, program):
        self.program = program

    def start(self, folder, archive):
        home = self.opened(folder)
        loading = 0.0
        if not home.exists():
            import pyoxigraph
            (home / "quads").mkdir(parents=True)
            begun = time.time()
            quads = pyoxigraph.Store(str(home / "quads"))
            quads.bulk_load(path=str(archive), format=pyoxigraph.RdfFormat.N_QUADS)
            quads.flush()
            del quads
            loading = time.time() - begun
        at = port()
        self.address = f"http://127.0.0.1:{at}/sparql"
        self.files = [home / "quads", home / "views" / "snapshot"]
        begun = time.time()
        self.run(self.program, "serve", "--store", str(home), "--private", "memory", "--bind", f"127.0.0.1:{at}",
                 "--base-iri", BASE, "--query-timeout", "600", "--log", "info")
        first = self.wait()
        current = home / "views" / "snapshot" / "current"
        was_there = current.exists()
        while not current.exists():
            time.sleep(0.2)
        made = "" if was_there else f", snapshot made {time.time() - begun:.0f} s after the start"
        # What is made behind the scenes takes a processor until it is there.
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{at}/api/search?q=khan", timeout=3600).read()
                urllib.request.urlopen(f"http://127.0.0.1:{at}/api/graph/neighbors?id=person/x0&limit=1", timeout=3600).read()
                break
            except urllib.error.HTTPError as error:
                if error.code != 503:
                    break
                time.sleep(1)
        time.sleep(5)
        return f"loaded in {loading:.0f} s, first answer after {first:.1f} s{made}, views after {time.time() - begun:.0f} s"


class Oxigraph(Engine):
    """The server of the PyPI package `oxigraph`."""

    name = "oxigraph"

    def start(self, folder, archive):
        home = self.opened(folder)
        loading = 0.0
        if not home.exists():
            begun = time.time()
            subprocess.run(["oxigraph", "load", "--location", home, "--file", archive], check=True, stdout=self.log, stderr=self.log)
            loading = time.time() - begun
        at = port()
        self.address, self.files = f"http://127.0.0.1:{at}/query", [home]
        self.run("oxigraph", "serve", "--location", str(home), "--bind", f"127.0.0.1:{at}", "--union-default-graph")
        return f"loaded in {loading:.0f} s, first answer after {self.wait():.1f} s"


class Fuseki(Engine):
    """Apache Jena Fuseki with TDB2; `ISNAD_FUSEKI` names its jar."""

    name = "fuseki"

    def start(self, folder, archive):
        home = self.opened(folder)
        is_there = home.exists()
        home.mkdir(exist_ok=True)
        at = port()
        self.address, self.files = f"http://127.0.0.1:{at}/archive/query", [home]
        self.run("java", "-Xmx4g", "-jar", os.environ["ISNAD_FUSEKI"], "--localhost", f"--port={at}", "--tdb2", f"--loc={home}",
                 "--update", "--set", "tdb2:unionDefaultGraph=true", "/archive", cwd=folder)
        first, begun = self.wait(), time.time()
        if not is_there:
            subprocess.run(["curl", "-sf", "-X", "POST", "-H", "Content-Type: application/n-quads", "-T", archive,
                            f"http://127.0.0.1:{at}/archive/data"], check=True, stdout=self.log)
        return f"loaded in {time.time() - begun:.0f} s, first answer after {first:.1f} s"


class Virtuoso(Engine):
    name = "virtuoso"

    def start(self, folder, archive):
        home = self.opened(folder)
        home.mkdir(exist_ok=True)
        at, self.sql = port(), port()
        self.address, self.files = f"http://127.0.0.1:{at}/sparql", [home]
        (home / "virtuoso.ini").write_text(f"""[Database]
DatabaseFile = {home}/virtuoso.db
ErrorLogFile = {home}/virtuoso.log
LockFile = {home}/virtuoso.lck
TransactionFile = {home}/virtuoso.trx
xa_persistent_file = {home}/virtuoso.pxa
[Parameters]
ServerPort = {self.sql}
NumberOfBuffers = 340000
MaxDirtyBuffers = 250000
DirsAllowed = {archive.parent}
[HTTPServer]
ServerPort = {at}
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 600
""")
        is_there = (home / "virtuoso.db").exists()
        self.run("virtuoso-t", "+configfile", str(home / "virtuoso.ini"), "+foreground", cwd=home)
        begun = time.time()
        while self.isql("status();").returncode != 0:
            time.sleep(0.5)
        first, begun = time.time() - begun, time.time()
        if not is_there:
            self.isql(f"ld_dir('{archive.parent}', '{archive.name}', '{BASE}graph/default'); rdf_loader_run(); checkpoint;")
        loading = time.time() - begun
        self.wait()
        return f"loaded in {loading:.0f} s, first answer after {first:.1f} s"

    def isql(self, text):
        return subprocess.run(["isql-vt", str(self.sql), "dba", "dba", f"exec={text}"], capture_output=True)

    def stop(self):
        self.isql("shutdown;")
        self.process.wait()


def others():
    """Those that are installed, beside Isnad."""
    found = [Oxigraph()] if shutil.which("oxigraph") else []
    found += [Virtuoso()] if shutil.which("virtuoso-t") else []
    return found + ([Fuseki()] if os.environ.get("ISNAD_FUSEKI") and shutil.which("java") else [])
