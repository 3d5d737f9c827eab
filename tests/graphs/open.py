"""networkx, GDAL, Graphviz and rdflib open the networks of a folder; each must find what the node-link JSON has.

usage: open.py FOLDER SCHEMA

For each piece NAME.json the folder has NAME.graphml, .gexf, .csv (edges), .nodes.csv, .geojson, .dot and .jsonld.
"""

import csv
import json
import pathlib
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import jsonschema
import networkx
import pyogrio.raw
import rdflib
from rdflib.namespace import RDF, RDFS

SVG = "{http://www.w3.org/2000/svg}"


def clean(text):
    """What XML 1.0 cannot hold comes as the replacement character."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text)


def same(path, what, found, expected):
    assert found == expected, f"{path.name}: {what}: {found!r}, expected {expected!r}"


def as_network(path, graph, piece):
    same(path, "nodes", set(graph), {node["id"] for node in piece["nodes"]})
    same(path, "edges", graph.number_of_edges(), len(piece["edges"]))
    same(path, "direction", graph.is_directed(), piece["directed"])


def node_link(path, piece):
    as_network(path, networkx.node_link_graph(piece, edges="edges"), piece)


def graphml(path, piece):
    # Without parallel edges networkx would forget their ids.
    graph = networkx.read_graphml(path, force_multigraph=True)
    as_network(path, graph, piece)
    for node in piece["nodes"]:
        for lang, label in node["label"].items():
            same(path, f"label_{lang}", graph.nodes[node["id"]].get(f"label_{lang}", ""), clean(label))
    same(path, "edges by id", {key for _, _, key in graph.edges(keys=True)}, {edge["id"] for edge in piece["edges"]})


def gexf(path, piece):
    graph = networkx.read_gexf(path, version="1.3")
    as_network(path, graph, piece)
    for node in piece["nodes"]:
        read = graph.nodes[node["id"]]
        same(path, "days", (read.get("start"), read.get("end")), (node.get("from"), node.get("to")))
        same(path, "label_ar", read.get("label_ar"), clean(node["label"]["ar"]) if "ar" in node["label"] else None)


def tables(path, piece):
    for kind, file in (("edges", path), ("nodes", path.with_suffix(".nodes.csv"))):
        with open(file, newline="", encoding="utf-8") as text:
            rows = list(csv.DictReader(text))
        same(file, "rows", [row["id"] for row in rows], [thing["id"] for thing in piece[kind]])
        for row, thing in zip(rows, piece[kind]):
            same(file, "label_ar", row["label_ar"], thing["label"].get("ar", ""))


def geojson(path, piece):
    places = {node["id"]: (node["longitude"], node["latitude"]) for node in piece["nodes"] if "latitude" in node}
    lines = [edge for edge in piece["edges"] if edge["source"] in places and edge["target"] in places]
    without = json.loads(path.read_text(encoding="utf-8"))["withoutCoordinates"]
    same(path, "nodes without a place", without["nodes"], len(piece["nodes"]) - len(places))
    same(path, "edges without a place", without["edges"], len(piece["edges"]) - len(lines))
    if not places:
        return
    meta, _, shapes, fields = pyogrio.raw.read(path)
    columns = dict(zip(meta["fields"], fields))
    same(path, "features", len(shapes), len(places) + len(lines))
    for element, iri, shape in zip(columns["element"], columns["id"], shapes):
        if element == "node":
            same(path, f"place of {iri}", struct.unpack("<xIdd", shape), (1, *places[iri]))


def dot(path, piece):
    drawn = subprocess.run(["dot", "-Tsvg", path], capture_output=True, check=True, timeout=300)
    same(path, "complaints", drawn.stderr.decode(), "")
    groups = list(ElementTree.fromstring(drawn.stdout).iter(f"{SVG}g"))
    nodes = [group for group in groups if group.get("class") == "node"]
    same(path, "nodes", len(nodes), len(piece["nodes"]))
    same(path, "edges", sum(group.get("class") == "edge" for group in groups), len(piece["edges"]))
    # Spaces and ends of lines are set, not written.
    words = ["".join("".join(text.text or "" for text in node.iter(f"{SVG}text")).split()) for node in nodes]
    labels = [node["label"].get("en", node["label"].get("ar", node["id"])) for node in piece["nodes"]]
    same(path, "labels", sorted(words), sorted("".join(clean(label).split()) for label in labels))


def json_ld(path, piece):
    dataset = rdflib.Dataset()
    dataset.parse(path, format="json-ld")
    about = dataset.default_graph
    same(path, "edges", len(set(about.subjects(RDF.type, RDF.Statement))), len(piece["edges"]))
    for node in piece["nodes"]:
        labels = {label.language: str(label) for label in about.objects(rdflib.URIRef(node["id"]), RDFS.label)}
        same(path, f"labels of {node['id']}", labels, node["label"])
    stated = {tuple(map(str, quad)) for quad in dataset.quads() if quad[3] not in (None, about.identifier)}
    parts = ("source", "predicate", "target", "graph")
    known = {tuple(edge[part] for part in parts) for edge in piece["edges"] if edge["graph"]}
    assert stated <= known, f"{path.name} states {stated - known}"
    assert stated or not known, f"{path.name} states nothing"


def main(folder, schema):
    validator = jsonschema.Draft202012Validator(json.loads(pathlib.Path(schema).read_text(encoding="utf-8")))
    readers = {
        ".json": node_link,
        ".graphml": graphml,
        ".gexf": gexf,
        ".csv": tables,
        ".geojson": geojson,
        ".dot": dot,
        ".jsonld": json_ld,
    }
    pieces = sorted(pathlib.Path(folder).glob("*.json"))
    assert pieces, f"there is nothing in {folder}"
    for path in pieces:
        piece = json.loads(path.read_text(encoding="utf-8"))
        validator.validate(piece)
        for suffix, read in readers.items():
            read(path.with_suffix(suffix), piece)
        print(f"{path.stem}: {len(piece['nodes'])} nodes, {len(piece['edges'])} edges, in each of {len(readers)} formats")


main(*sys.argv[1:])
