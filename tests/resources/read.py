"""What programs of others read here: everything in every syntax and its page (rdflib), references (bibtexparser, rispy),
and a dump held against the shapes (pyshacl).

The address of the service, and the token that may make a dump; a number where only one thing in so many is to be read.
"""

import csv
import gzip
import html.parser
import io
import json
import sys
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import bibtexparser
import pyshacl
import rdflib
import rispy

# What is compared is what was written, not what it means.
rdflib.NORMALIZE_LITERALS = False
address, token = sys.argv[1], sys.argv[2]
FORMATS = {
    "ttl": "turtle",
    "jsonld": "json-ld",
    "trig": "trig",
    "nt": "nt",
    "nq": "nquads",
    "rdf": "xml",
}


def fetch(path, accept="*/*", data=None):
    headers = {"Accept": accept}
    if data is not None:
        headers["Authorization"] = f"Bearer {token}"
    url = address + urllib.parse.quote(path, safe="/?&=%:+")
    with urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers), timeout=600) as response:
        return response.read()


def triples(text, syntax):
    """The triples of a text, whatever graphs they stand in."""
    graph = rdflib.Dataset()
    graph.parse(data=text, format=syntax, publicID=address + "/")
    return {tuple(term.n3() for term in quad[:3]) for quad in graph.quads()}


class Page(html.parser.HTMLParser):
    """The description and the tags in the head of a page."""

    def __init__(self, text):
        super().__init__()
        self.data, self.tags, self.inside = "", {}, False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.inside = tag == "script" and attributes.get("type") == "application/ld+json"
        if tag == "meta" and "content" in attributes and "name" in attributes:
            self.tags.setdefault(attributes["name"], []).append(attributes["content"])

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.data += data


def things():
    query = "SELECT DISTINCT ?thing { GRAPH ?g { ?thing a ?class } }"
    rows = csv.reader(io.StringIO(fetch("/sparql?query=" + urllib.parse.quote(query), "text/csv").decode()))
    kinds = ("doc", "person", "org", "place", "event", "claim", "collection")
    found = {row[0] for row in rows if row[0].startswith(address) and "#" not in row[0]}
    return sorted(path for iri in found if (path := iri[len(address) + 1 :]).split("/")[0] in kinds)


def read(path):
    """One thing, in every syntax and on its page."""
    first = None
    for extension, syntax in FORMATS.items():
        found = triples(fetch(f"/{path}.{extension}"), syntax)
        assert found, f"{path}.{extension} is empty"
        first = first or found
        assert found == first, f"{path}.{extension}: {sorted(found ^ first)[:5]}"
    page = Page(fetch(f"/{path}?lang=ar", "text/html").decode())
    embedded = triples(page.data, "json-ld")
    schema = triples(fetch(f"/{path}.ttl?profile=schema"), "turtle")
    assert embedded and embedded == schema, f"{path}: {sorted(embedded ^ schema)[:5]}"
    if path.startswith("doc/"):
        for tag in ("citation_title", "citation_public_url", "DC.title", "DC.identifier"):
            assert all(page.tags.get(tag, [""])), f"{path} has no {tag}"
    return len(first)


def cite(path):
    """One document as a reference, in each format and language."""
    for lang in ("en", "ar"):
        csl = json.loads(fetch(f"/{path}.csl.json?lang={lang}"))[0]
        parser = bibtexparser.bparser.BibTexParser(ignore_nonstandard_types=False, interpolate_strings=False)
        entries = bibtexparser.loads(fetch(f"/{path}.bib?lang={lang}").decode(), parser).entries
        assert len(entries) == 1, f"{path}: {entries}"
        plain = lambda text: "".join(text.replace("\\textbackslash", "").split()).translate({ord(c): None for c in "{}\\"})
        assert plain(entries[0]["title"]) == plain(csl["title"]), f"{path}: {entries[0]['title']}"
        records = rispy.loads(fetch(f"/{path}.ris?lang={lang}").decode())
        assert len(records) == 1 and records[0]["title"] == csl["title"], f"{path}: {records}"
        assert csl["URL"] == f"{address}/{path}"


def valid(data, shapes):
    conforms, _, report = pyshacl.validate(data, shacl_graph=shapes, allow_infos=True, allow_warnings=True)
    return conforms, report


def dump():
    """The whole archive, held against its own shapes by somebody else's reading of them."""
    name = json.loads(fetch("/dumps/", "application/json", b""))["name"]
    dataset = rdflib.Dataset()
    dataset.parse(data=gzip.decompress(fetch(f"/dumps/{name}/archive.nq.gz")), format="nquads")
    data = rdflib.Graph()
    for *triple, graph in dataset.quads():
        # The shapes are about what is written. Beside the alignments, in which a document is also an entity of PROV as
        # a graph is, they would ask of each document what they ask of graphs.
        if str(graph) != f"{address}/graph/ontology":
            data.add(triple)
    shapes = rdflib.Graph().parse(data=fetch("/graph/shapes", "text/turtle"), format="turtle")
    conforms, report = valid(data, shapes)
    assert conforms, report[:4000]
    # What nobody may say is not only not found because nobody looks.
    event, words = rdflib.URIRef(f"{address}/event/ghouta-2013-08-21"), rdflib.Namespace(f"{address}/ontology#")
    few = rdflib.Graph()
    for triple in data.triples((event, None, None)):
        few.add(triple)
    assert few and valid(few, shapes)[0], "an event alone conforms"
    few.add((event, words.perpetrator, rdflib.URIRef(f"{address}/org/jim")))
    assert not valid(few, shapes)[0], "a claim may not be stated as a fact"
    return len(data)


paths = things()
assert len(paths) > 400, len(paths)
if len(sys.argv) > 3:
    # For a look at a few, where everything takes too long.
    paths = paths[:: int(sys.argv[3])]
with ThreadPoolExecutor(2) as pool:
    count = sum(pool.map(read, paths))
    documents = [path for path in paths if path.startswith("doc/")]
    list(pool.map(cite, documents))
print(f"{len(paths)} things in {len(FORMATS)} syntaxes, {count} triples each; {len(documents)} documents cited")
print(f"a dump of {dump()} triples conforms to the shapes")
