#!/usr/bin/env python3
"""Writes a made-up archive as N-Quads: documents, what they mention, claims, citations, people, bodies, places, events.

`generate.py QUADS > archive.nq`: about so many quads, the same in every run. What is mentioned, cited and said follows
Zipf's law, as in real archives: a few things are mentioned in tens of thousands of documents, most in a few.
The form is the one that `src/rdf/describe` writes; a test of the archive (`isnad check`) holds it against the shapes.
"""

import bisect
import datetime
import hashlib
import itertools
import random
import sys

BASE = "http://localhost:7878/"
ISN = BASE + "ontology#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
DCT = "http://purl.org/dc/terms/"
OA = "http://www.w3.org/ns/oa#"
PROV = "http://www.w3.org/ns/prov#"
GEO = "http://www.opengis.net/ont/geosparql#"
ORG = "http://www.w3.org/ns/org#"
CITO = "http://purl.org/spar/cito/"
XSD = "http://www.w3.org/2001/XMLSchema#"
# About so many quads come with one document, its mentions and its share of the things included.
PER_DOCUMENT = 101
TYPES = ["report", "press-statement", "letter", "news-item", "resolution", "testimony"]
CLASSES = {"report": "Report", "press-statement": "PressStatement", "letter": "Letter", "news-item": "NewsItem",
           "resolution": "Resolution", "testimony": "Document"}
STANCES = ["affirms", "denies", "undetermined"]
SYLLABLES = "ba da far ghu ha jis ka khan la mar na qa ra sal sha ta um wa ya zei nour din bir tal".split()
LETTERS = "\u0628\u062a\u062c\u062d\u062e\u062f\u0631\u0633\u0634\u0635\u0637\u0639\u063a\u0641\u0642\u0643\u0644\u0645\u0646\u0647\u0648\u064a\u0627"

dice = random.Random(20170215)


class Zipf:
    """Numbers from 0, the first the most often."""

    def __init__(self, count, exponent=1.0):
        self.sums = list(itertools.accumulate(1 / (rank + 1) ** exponent for rank in range(count)))

    def roll(self):
        return min(bisect.bisect_left(self.sums, dice.random() * self.sums[-1]), len(self.sums) - 1)


def word():
    return "".join(dice.choice(SYLLABLES) for _ in range(dice.randint(2, 4)))


def arabic():
    return "".join(dice.choice(LETTERS) for _ in range(dice.randint(3, 7)))


out = []


def flush():
    sys.stdout.write("".join(out))
    out.clear()


def quad(subject, predicate, value, graph):
    out.append(f"<{BASE}{subject}> <{predicate}> {value} <{BASE}graph/{graph}> .\n")
    if len(out) > 50_000:
        flush()


def iri(path):
    return f"<{BASE}{path}>"


def text(words, lang=None):
    return f'"{words}"@{lang}' if lang else f'"{words}"'


def typed(value, kind):
    return f'"{value}"^^<{XSD}{kind}>'


def name(subject, graph, english, in_arabic):
    quad(subject, RDFS + "label", text(english, "en"), graph)
    quad(subject, RDFS + "label", text(in_arabic, "ar"), graph)


def classes(subject, graph, *names):
    for one in names:
        quad(subject, RDF + "type", f"<{ISN}{one}>", graph)


def day(offset):
    return (datetime.date(2011, 3, 1) + datetime.timedelta(days=offset)).isoformat()


def entities(count):
    """The things, in an order in which kinds are mixed: the place in it is how often they are mentioned."""
    kinds = {"person": [], "org": [], "place": [], "event": []}
    mixed = []
    for number in range(count):
        kind = dice.choices(["person", "org", "place", "event"], [40, 22, 28, 10])[0]
        key = f"{kind}/x{number}"
        graph = f"authority/{kind}"
        own = kinds[kind]
        if kind == "person":
            classes(key, graph, "Person", "Agent")
            name(key, graph, f"{word().title()} {word().title()}", f"{arabic()} {arabic()}")
            if kinds["org"]:
                tenure = f"{key}#tenure1"
                quad(key, ORG + "hasMembership", iri(tenure), graph)
                classes(tenure, graph, "Tenure")
                quad(tenure, ORG + "member", iri(key), graph)
                quad(tenure, ORG + "organization", iri(dice.choice(kinds["org"])), graph)
                name(tenure, graph, "member", "\u0639\u0636\u0648")
        elif kind == "org":
            classes(key, graph, "Organization", "Agent")
            name(key, graph, f"Committee of {word().title()}", f"\u0644\u062c\u0646\u0629 {arabic()}")
            if own and number % 3 == 0:
                quad(key, ORG + "subOrganizationOf", iri(dice.choice(own)), graph)
        elif kind == "place":
            classes(key, graph, "Place")
            name(key, graph, word().title(), arabic())
            # The first fourteen are governorates, the next hundred their districts, the rest lies in those.
            level = "governorate" if len(own) < 14 else "district" if len(own) < 114 else "village"
            quad(key, ISN + "adminLevel", iri(f"vocab/admin-level/{level}"), graph)
            if level != "governorate":
                whole = own[dice.randrange(14)] if level == "district" else own[14 + dice.randrange(min(100, len(own) - 14) or 1)] if len(own) > 14 else own[0]
                quad(key, ISN + "within", iri(whole), graph)
            quad(key, GEO + "hasGeometry", iri(f"{key}#geometry"), graph)
            longitude, latitude = round(35.5 + 7 * dice.random(), 4), round(32.5 + 5 * dice.random(), 4)
            quad(f"{key}#geometry", GEO + "asWKT", f'"POINT({longitude} {latitude})"^^<{GEO}wktLiteral>', graph)
        else:
            classes(key, graph, "ReportedIncident", "Event")
            name(key, graph, f"Reported incident at {word().title()}", f"\u062d\u0627\u062f\u062b\u0629 \u0641\u064a {arabic()}")
            when = day(dice.randrange(3000))
            for property_ in ["earliest", "latest"]:
                quad(key, ISN + property_, typed(when, "date"), graph)
            quad(key, ISN + "dateText", text(when), graph)
            quad(key, ISN + "eventKind", iri("vocab/event-kind/bombing"), graph)
            if kinds["place"]:
                quad(key, ISN + "reportedAt", iri(dice.choice(kinds["place"])), graph)
        own.append(key)
        mixed.append(key)
    return kinds, mixed


def main(quads):
    count = max(quads // PER_DOCUMENT, 50)
    kinds, things = entities(max(count // 2, 40))
    mentioned, vocabulary = Zipf(len(things)), [word() for _ in range(8000)]
    words, cited, speakers = Zipf(len(vocabulary), 1.05), Zipf(count), Zipf(len(kinds["org"]))
    graphs = [f"authority/{kind}" for kind in kinds]
    for number in range(count):
        document(number, kinds, things, mentioned, vocabulary, words, cited, speakers)
        graphs += [f"doc/x{number}", f"mention/x{number}/dictionary-1"]
    for graph in graphs:
        digest = hashlib.sha256(graph.encode()).hexdigest()
        quad(f"graph/{graph}", ISN + "sha256", text(digest), "prov")
    out.append(f"<urn:isnad:archive> <{RDF}type> <{ISN}Archive> <urn:isnad:archive> .\n")
    out.append(f'<urn:isnad:archive> <{ISN}baseIri> "{BASE}" <urn:isnad:archive> .\n')
    out.append(f'<urn:isnad:archive> <{ISN}formatVersion> {typed(1, "integer")} <urn:isnad:archive> .\n')
    out.append(f'<urn:isnad:archive> <{ISN}starter> "loaded" <urn:isnad:archive> .\n')
    quad("graph/changes", ISN + "lastSequence", typed(0, "integer"), "changes")
    flush()


def document(number, kinds, things, mentioned, vocabulary, words, cited, speakers):
    key, graph = f"doc/x{number}", f"doc/x{number}"
    kind = TYPES[min(int(dice.expovariate(0.8)), len(TYPES) - 1)]
    classes(key, graph, "Record", "Document", *({CLASSES[kind]} - {"Document"}))
    title = " ".join(vocabulary[words.roll()] for _ in range(6))
    quad(key, DCT + "title", text(title.capitalize(), "en"), graph)
    quad(key, DCT + "title", text(" ".join(arabic() for _ in range(4)), "ar"), graph)
    quad(key, ISN + "docType", iri(f"vocab/document-type/{kind}"), graph)
    issued = day(dice.randrange(3600))
    quad(key, DCT + "issued", typed(issued, "date"), graph)
    for property_ in ["earliest", "latest"]:
        quad(key, ISN + property_, typed(issued, "date"), graph)
    quad(key, ISN + "dateText", text(issued), graph)
    quad(key, ISN + "issuedBy", iri(kinds["org"][speakers.roll()]), graph)
    quad(key, ISN + "area", iri(dice.choice(kinds["place"][:114])), graph)
    quad(key, DCT + "language", text("en"), graph)
    layer = f"{key}#text-en"
    quad(key, ISN + "text", iri(layer), graph)
    classes(layer, graph, "TextLayer")
    body = " ".join(vocabulary[words.roll()] for _ in range(60))
    quad(layer, RDF + "value", text(body, "en"), graph)
    quad(layer, DCT + "language", text("en"), graph)
    for _ in range(dice.randrange(3) if number else 0):
        other = cited.roll() % number
        quad(key, CITO + "cites", iri(f"doc/x{other}"), graph)
    if number % 5 == 0:
        claim = f"claim/x{number}"
        classes(claim, graph, "Claim")
        quad(claim, ISN + "statedIn", iri(key), graph)
        quad(claim, ISN + "statedBy", iri(kinds["org"][speakers.roll()]), graph)
        quad(claim, ISN + "aboutEvent", iri(dice.choice(kinds["event"])), graph)
        quad(claim, ISN + "stance", iri(f"vocab/stance/{dice.choice(STANCES)}"), graph)
        quad(claim, ISN + "degree", iri("vocab/degree/states"), graph)
        quad(claim, DCT + "description", text(" ".join(vocabulary[words.roll()] for _ in range(12)), "en"), graph)
    mentions(number, key, things, mentioned, body)


def mentions(number, key, things, mentioned, body):
    graph, found = f"mention/x{number}/dictionary-1", set()
    for place in range(dice.randint(3, 9)):
        start = (place * 37) % max(len(body) - 12, 1)
        thing, mention = things[mentioned.roll()], f"{key}#m-en-{start}-{start + 10}"
        found.add(thing)
        classes(mention, graph, "Mention")
        quad(mention, RDF + "type", f"<{OA}Annotation>", graph)
        quad(mention, ISN + "inText", iri(f"{key}#text-en"), graph)
        quad(mention, ISN + "inDocument", iri(key), graph)
        quad(mention, OA + "start", typed(start, "integer"), graph)
        quad(mention, OA + "end", typed(start + 10, "integer"), graph)
        quad(mention, OA + "exact", text(body[start:start + 10]), graph)
        quad(mention, OA + "hasBody", iri(thing), graph)
        quad(mention, ISN + "confidence", typed(round(0.5 + dice.random() / 2, 2), "decimal"), graph)
        quad(mention, ISN + "rule", iri("vocab/rule/label"), graph)
        quad(mention, ISN + "mentionKind", iri("vocab/mention-kind/name"), graph)
        quad(mention, ISN + "reviewState", iri("vocab/review-state/proposed"), graph)
    for thing in sorted(found):
        quad(key, ISN + "mentions", iri(thing), graph)


if __name__ == "__main__":
    main(int(sys.argv[1]))
