"""sickle, feedparser, lxml and the standard library's reader of robots.txt against a running service, as they come.

usage: harvest.py SERVICE TOKEN
"""

import json
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request
import urllib.robotparser

import feedparser
import rdflib
from lxml import etree
from rdflib.compare import to_isomorphic
from sickle import Sickle, oaiexceptions

OAI = "{http://www.openarchives.org/OAI/2.0/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
RULES = etree.RelaxNG(etree.parse(str(pathlib.Path(__file__).with_name("oai-pmh.rng"))))


def fetch(address, method="GET", body=None, **headers):
    request = urllib.request.Request(address, body, headers, method=method)
    with urllib.request.urlopen(request) as response:
        return response.read()


def graphs(service):
    """What the service holds of documents and authorities, asked in SPARQL."""
    query = "SELECT DISTINCT ?g { GRAPH ?g { } FILTER(REGEX(STR(?g), '/graph/(doc|authority)/')) }"
    address = f"{service}/sparql?query={urllib.parse.quote(query)}"
    answer = json.loads(fetch(address, Accept="application/sparql-results+json"))
    return {row["g"]["value"] for row in answer["results"]["bindings"]}


def triples(service, graph):
    data = fetch(f"{service}/graphs?graph={urllib.parse.quote(graph)}", Accept="application/n-triples")
    return to_isomorphic(rdflib.Graph().parse(data=data, format="nt"))


def change(service, token):
    """Enough documents for two pages, some of them gone again."""
    authorization = f"Bearer {token}"
    for number in range(20):
        note = f"---\nid: doc/feed-{number}\ntitle: {{en: Note {number}, ar: ملاحظة {number}}}\ntype: note\n---\nA note.\n"
        fetch(f"{service}/api/documents?name=note.md", "POST", note.encode(), Authorization=authorization)
    base = next(graph for graph in graphs(service) if graph.endswith("/feed-0")).removesuffix("0")
    for number in range(0, 20, 7):
        graph = urllib.parse.quote(f"{base}{number}")
        fetch(f"{service}/graphs?graph={graph}", "DELETE", Authorization=authorization)


def keeps_the_rules(service, query, post=False):
    data = fetch(f"{service}/oai", "POST", query.encode()) if post else fetch(f"{service}/oai?{query}")
    answer = etree.fromstring(data)
    RULES.assertValid(answer)
    return answer


def oai(service):
    client = Sickle(f"{service}/oai")
    assert client.Identify().deletedRecord == "persistent"
    assert {form.metadataPrefix for form in client.ListMetadataFormats()} == {"oai_dc", "rdf"}
    assert {"document", "document:note", "authority"} <= {found.setSpec for found in client.ListSets()}
    expected, found, gone = graphs(service), set(), set()
    for record in client.ListRecords(metadataPrefix="rdf"):
        name = record.header.identifier
        assert name not in found | gone, name
        if record.header.deleted:
            gone.add(name)
            continue
        found.add(name)
        data = etree.tostring(record.xml.find(f"{OAI}metadata/{RDF}RDF"))
        assert to_isomorphic(rdflib.Graph().parse(data=data, format="xml")) == triples(service, name), name
    assert found == expected and len(gone) == 3, (found ^ expected, gone)
    notes = list(client.ListRecords(metadataPrefix="oai_dc", set="document:note", ignore_deleted=True))
    assert len(notes) >= 17 and all(note.metadata["title"] for note in notes)
    headers = list(client.ListIdentifiers(metadataPrefix="oai_dc"))
    assert {header.identifier for header in headers} == found | gone
    name = sorted(found)[-1]
    record = client.GetRecord(identifier=name, metadataPrefix="oai_dc")
    assert record.metadata["rights"] and record.header.identifier == name
    since = max(header.datestamp for header in headers)
    late = client.ListRecords(metadataPrefix="oai_dc", **{"from": since})
    assert 0 < len(list(late)) < len(headers)
    for error, ask in (
        (oaiexceptions.BadArgument, lambda: client.ListRecords(metadataPrefix="rdf", until="yesterday")),
        (oaiexceptions.BadResumptionToken, lambda: client.ListRecords(resumptionToken="x")),
        (oaiexceptions.CannotDisseminateFormat, lambda: client.ListRecords(metadataPrefix="marc")),
        (oaiexceptions.IdDoesNotExist, lambda: client.GetRecord(identifier="urn:x", metadataPrefix="rdf")),
        (oaiexceptions.NoRecordsMatch, lambda: client.ListRecords(metadataPrefix="rdf", until="2001-01-01")),
        # sickle spells the last one otherwise than the protocol, and so knows it only as an error.
        (oaiexceptions.OAIError, lambda: client.ListMetadataFormats(identifier=sorted(gone)[0])),
    ):
        try:
            ask()
            raise AssertionError(f"expected {error}")
        except error:
            pass
    return name, sorted(gone)[0], len(found)


def rules(service, name, gone):
    """Every verb and every error code, held against the grammar of the protocol."""
    record = f"identifier={urllib.parse.quote(name)}&metadataPrefix"
    codes = set()
    for query in (
        "verb=Identify", "verb=ListSets", "verb=ListMetadataFormats", f"verb=ListMetadataFormats&{record.split('&')[0]}",
        "verb=ListRecords&metadataPrefix=oai_dc", "verb=ListRecords&metadataPrefix=rdf&set=authority",
        "verb=ListIdentifiers&metadataPrefix=rdf", f"verb=GetRecord&{record}=oai_dc", f"verb=GetRecord&{record}=rdf",
        f"verb=GetRecord&identifier={urllib.parse.quote(gone)}&metadataPrefix=rdf",
        "", "verb=Cow", "verb=Identify&x=1", "verb=ListRecords&resumptionToken=x", f"verb=GetRecord&{record}=marc",
        "verb=GetRecord&identifier=x&metadataPrefix=rdf", "verb=ListRecords&metadataPrefix=rdf&until=2001-01-01",
        "verb=ListRecords&metadataPrefix=rdf&from=2017-02-16&until=2017-02-15",
        f"verb=ListMetadataFormats&identifier={urllib.parse.quote(gone)}",
    ):
        for post in (False, True):
            answer = keeps_the_rules(service, query, post)
            codes |= {error.get("code") for error in answer.iter(f"{OAI}error")}
            for token in answer.iter(f"{OAI}resumptionToken"):
                keeps_the_rules(service, f"verb=ListRecords&resumptionToken={urllib.parse.quote(token.text)}", post)
    assert codes == {
        "badArgument", "badResumptionToken", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "noMetadataFormats",
        "noRecordsMatch",
    }, codes


def atom(service):
    for lang in ("en", "ar"):
        ids, address = set(), f"{service}/feed.atom?lang={lang}"
        while address:
            feed = feedparser.parse(address)
            assert not feed.bozo, feed.bozo_exception
            assert feed.feed.title_detail.language == lang and feed.feed.updated_parsed
            for entry in feed.entries:
                assert entry.title and entry.updated_parsed and entry.content[0].src, entry
                ids.add(entry.id)
            address = next((link.href for link in feed.feed.links if link.rel == "next"), None)
        assert ids == graphs(service), ids ^ graphs(service)


def sitemap(service):
    robots = urllib.robotparser.RobotFileParser(f"{service}/robots.txt")
    robots.read()
    pages = set()
    for index in robots.site_maps():
        for part in etree.fromstring(fetch(index)).iter(f"{MAP}loc"):
            for url in etree.fromstring(fetch(part.text)).iter(f"{MAP}url"):
                assert url.findtext(f"{MAP}lastmod"), url
                pages.add(url.findtext(f"{MAP}loc"))
    assert len(pages) == sum("/graph/doc/" in graph for graph in graphs(service))
    assert all(robots.can_fetch("*", page) for page in pages)
    for page in sorted(pages)[::10]:
        assert b"<html" in fetch(page, Accept="text/html"), page


def main(service, token):
    change(service, token)
    name, gone, count = oai(service)
    rules(service, name, gone)
    atom(service)
    sitemap(service)
    print(f"sickle, lxml, feedparser and robotparser agree with the store on {count} graphs")


main(*sys.argv[1:])
