"""SPARQLWrapper and rdflib's SPARQLStore against a running service, as they come.

usage: python_clients.py SERVICE TOKEN
"""

import json
import sys
import urllib.error

import rdflib
from rdflib.namespace import RDFS
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import CSV, JSON, N3, POST, RDFXML, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

NAMES = "SELECT ?name { <org/jim> rdfs:label ?name } ORDER BY LANG(?name)"
ARABIC = "آلية التحقيق المشتركة بين منظمة حظر الأسلحة الكيميائية والأمم المتحدة"


def ask(service, text, syntax, method=None):
    client = SPARQLWrapper(service + "/sparql")
    client.setQuery(text)
    client.setReturnFormat(syntax)
    if method:
        client.setMethod(method)
    return client.query().convert()


def sparqlwrapper(service, token):
    for method in (None, POST):
        rows = ask(service, NAMES, JSON, method)["results"]["bindings"]
        assert [row["name"]["xml:lang"] for row in rows] == ["ar", "en"], rows
        assert rows[0]["name"]["value"] == ARABIC, rows
    assert ARABIC in ask(service, NAMES, XML).toxml()
    assert ARABIC.encode() in ask(service, NAMES, CSV)
    assert f'"{ARABIC}"@ar'.encode() in ask(service, NAMES, TSV)
    assert ask(service, "ASK { <org/jim> a isn:Organization }", JSON)["boolean"] is True
    assert ask(service, "ASK { <org/jim> a isn:Place }", JSON)["boolean"] is False
    construct = "CONSTRUCT { <org/jim> rdfs:label ?name } WHERE { <org/jim> rdfs:label ?name }"
    for syntax, name in ((TURTLE, "turtle"), (N3, "n3")):
        graph = rdflib.Graph().parse(data=ask(service, construct, syntax), format=name)
        assert len(graph) == 2 and rdflib.Literal(ARABIC, "ar") in set(graph.objects()), name
    assert len(ask(service, construct, RDFXML)) == 2
    assert len(ask(service, "DESCRIBE <org/jim>", RDFXML)) > 5
    try:
        ask(service, "SELECT * {", JSON)
        raise AssertionError("a query that does not parse was answered")
    except QueryBadFormed as error:
        assert "line" in str(error) and "problems/syntax" in str(error), error
    update = SPARQLWrapper(service + "/sparql", service + "/update")
    update.setMethod(POST)
    update.setQuery('INSERT DATA { GRAPH <graph/clients> { <event/clients> isn:timeText "noon" } }')
    try:
        update.query()
        raise AssertionError("an update without a token was carried out")
    except Exception as error:  # SPARQLWrapper has one class for 401 and another for what it does not know
        assert "401" in str(error) or "nauthorized" in f"{type(error)}{error}", error
    update.addCustomHttpHeader("Authorization", f"Bearer {token}")
    assert update.query().response.status in (200, 204)
    assert ask(service, 'ASK { <event/clients> isn:timeText "noon" }', JSON)["boolean"] is True


def sparqlstore(service, token):
    graph = rdflib.Graph(SPARQLStore(service + "/sparql"))
    base = next(iter(graph.query("SELECT ?s { ?s a isn:Organization } LIMIT 1")))[0].rsplit("/", 2)[0]
    mechanism = rdflib.URIRef(base + "/org/jim")
    names = {str(name) for name in graph.objects(mechanism, RDFS.label)}
    assert ARABIC in names and len(names) == 2, names
    assert (mechanism, RDFS.label, rdflib.Literal(ARABIC, "ar")) in graph
    assert (mechanism, RDFS.label, rdflib.Literal(ARABIC, "en")) not in graph
    cites = rdflib.URIRef("http://purl.org/spar/cito/cites")
    statement = rdflib.URIRef(base + "/doc/sc-2017-02-15-hrw-aleppo")
    assert len(list(graph.triples((statement, cites, None)))) >= 5
    bound = graph.query("SELECT ?name { ?thing rdfs:label ?name }", initBindings={"thing": mechanism})
    assert ARABIC in {str(row.name) for row in bound}
    assert graph.query("ASK { ?d a isn:Document }").askAnswer is True
    assert len(graph.query("CONSTRUCT WHERE { <org/jim> ?p ?o }").graph) > 5
    try:
        graph.query("SELECT * {")
        raise AssertionError("a query that does not parse was answered")
    except ValueError as error:  # rdflib's word for a 400; the reply is behind it
        reply = error.__context__
        assert isinstance(reply, urllib.error.HTTPError) and reply.code == 400, reply
        assert reply.headers["Content-Type"] == "application/problem+json", reply.headers
        problem = json.loads(reply.read())
        assert problem["line"] >= 1 and problem["status"] == 400, problem  # rdflib puts its prefixes in front
    writing = SPARQLUpdateStore(
        service + "/sparql", service + "/update", headers={"Authorization": f"Bearer {token}"}, autocommit=True
    )
    own = rdflib.Graph(writing, identifier=rdflib.URIRef(base + "/graph/rdflib"))
    about = rdflib.URIRef(base + "/event/rdflib")
    own.add((about, RDFS.comment, rdflib.Literal("ظهرًا", "ar")))
    assert [str(text) for text in own.objects(about, RDFS.comment)] == ["ظهرًا"]
    assert [str(text) for text in graph.objects(about, RDFS.comment)] == ["ظهرًا"]
    own.remove((about, None, None))
    assert not list(graph.objects(about, RDFS.comment))


if __name__ == "__main__":
    sparqlwrapper(sys.argv[1], sys.argv[2])
    print(f"SPARQLWrapper {__import__('SPARQLWrapper').__version__}: passed")
    sparqlstore(sys.argv[1], sys.argv[2])
    print(f"rdflib {rdflib.__version__}, SPARQLStore: passed")
