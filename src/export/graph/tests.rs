//! Each syntax is parsed back, with whatever words may stand in names.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use oxigraph::{
    io::{JsonLdProfileSet, RdfFormat, RdfParser},
    model::{GraphName, Quad, Term},
};
use proptest::prelude::*;
use quick_xml::{Reader, events::Event};
use serde_json::Value;

use super::*;
use crate::{
    ask::{Counts, Edge, Evidence, Node, Path},
    export::xml,
    model::{Lang, Text},
    rdf::Iris,
};

const BASE: &str = "http://localhost:7878/";

/// Quotation marks, brackets, ends of lines, a control character, marks of direction, Arabic with its marks, a
/// backslash at the end.
const NASTY: [&str; 6] = [
    "",
    "a \"b\" <c> & 'd'; e, f\r\n=1+1\tg\u{1}h",
    "\u{202b}\u{62d}\u{64f}\u{645}\u{635}\u{200f}\u{060c} \"x\"\u{202c}",
    "&amp; &lt; \\n \\N \\\" ]]> --> <!--",
    "ends with \\",
    "\u{fffe}\u{ffff}\u{1f600}\0",
];

static ONTOLOGY: LazyLock<(Ontology, JsonLd)> = LazyLock::new(|| {
    let ontology = Ontology::new(Iris::new(BASE).expect("the base is good")).expect("the ontology parses");
    let json_ld = JsonLd::new(&ontology).expect("the context parses");
    (ontology, json_ld)
});

fn iri(path: &str) -> String {
    format!("{BASE}{path}")
}

fn text(en: &str, ar: &str) -> Text {
    Text::from([(Lang::en(), en.to_owned()), (Lang::ar(), ar.to_owned())])
}

fn edge(source: &str, target: &str, predicate: &str, graph: &str) -> Edge {
    Edge::new(iri(source), iri(target), iri(predicate), if graph.is_empty() { String::new() } else { iri(graph) })
}

/// Three things, one without a place, joined by edges of both sorts, two of them parallel, one a loop. Whatever an edge
/// or a node can say is said by one.
fn piece(en: &str, ar: &str) -> Piece {
    let place = Node {
        id: iri("place/aleppo"),
        kind: "place",
        classes: vec![iri("ontology#Place"), iri("ontology#City")],
        label: text(en, ar),
        degree: Some(7),
        date: Some("2016-0X".to_owned()),
        from: Some("2016-01-01".to_owned()),
        to: Some("2016-09-30".to_owned()),
        latitude: Some(36.2),
        longitude: Some(37.16),
        measures: BTreeMap::from([("betweenness", 0.25)]),
        community: Some(1),
    };
    let event =
        Node { id: iri("event/x"), kind: "event", latitude: Some(33.5), longitude: Some(36.3), ..place.clone() };
    let person = Node { id: iri("person/p"), kind: "person", label: text(ar, en), ..Node::default() };
    let evidence =
        Evidence { mention: iri("doc/d#m-en-3-9"), text: iri("doc/d#text-en"), start: 3, end: 9, exact: en.to_owned() };
    let stated = Edge {
        label: text("reported at", ar),
        document: Some(iri("doc/d")),
        evidence: vec![evidence],
        speaker: vec![iri("org/a"), iri("org/b")],
        function: vec!["http://purl.org/spar/cito/supports".to_owned()],
        confidence: Some(0.875),
        review_state: Some("proposed".to_owned()),
        from: Some("2016-01-01".to_owned()),
        to: Some("2016-01-02".to_owned()),
        ..edge("event/x", "place/aleppo", "ontology#reportedAt", "graph/doc/d")
    };
    let together = Edge {
        directed: false,
        weight: Some(1.5),
        count: Some(3),
        ..edge("place/aleppo", "person/p", "ontology#mentions", "")
    };
    let claimed = edge("person/p", "event/x", "ontology#killed", "graph/doc/d");
    let parallel = edge("event/x", "place/aleppo", "ontology#concerns", "graph/doc/e");
    let loops = edge("event/x", "event/x", "ontology#relatedEvent", "graph/doc/e");
    let counts = Counts {
        predicates: BTreeMap::from([(iri("ontology#reportedAt"), 12)]),
        types: BTreeMap::from([("place".to_owned(), 12)]),
    };
    Piece {
        nodes: vec![place, event, person],
        edges: vec![stated, together, claimed, parallel, loops],
        truncated: true,
        total_nodes: Some(30),
        total_edges: Some(50),
        next: Some("c2".to_owned()),
        paths: vec![Path {
            cost: 1.0,
            nodes: vec![iri("event/x"), iri("place/y")],
            steps: vec![vec!["e1".to_owned()]],
        }],
        counts: BTreeMap::from([(iri("event/x"), counts)]),
    }
}

fn written(piece: &Piece, syntax: Syntax) -> String {
    let (ontology, json_ld) = &*ONTOLOGY;
    let bytes = write(piece, syntax, ontology, json_ld).expect("it can be written");
    assert_eq!(write(&piece.clone(), syntax, ontology, json_ld).expect("it can be written"), bytes, "{syntax:?}");
    String::from_utf8(bytes).expect("it is UTF-8")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

/// An element with its attributes and the text in it.
type Element = (String, BTreeMap<String, String>, String);

fn elements(xml: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    let mut found: Vec<Element> = Vec::new();
    let mut is_open = false;
    loop {
        let event = reader.read_event().expect("it is well-formed");
        // What stands after an element is between elements.
        is_open = matches!(event, Event::Start(_)) || is_open && matches!(event, Event::Text(_));
        match event {
            Event::Start(start) | Event::Empty(start) => {
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.expect("the attribute is well-formed");
                    let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
                    (name, attribute.unescape_value().expect("its entities are known").into_owned())
                });
                let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
                found.push((name, attributes.collect(), String::new()));
            }
            Event::Text(text) if is_open => {
                if let Some((_, _, inside)) = found.last_mut() {
                    inside.push_str(&text.unescape().expect("its entities are known"));
                }
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn named<'a>(elements: &'a [Element], name: &str) -> Vec<&'a Element> {
    elements.iter().filter(|element| element.0 == name).collect()
}

fn check_node_link(piece: &Piece) {
    let graph = json(&written(piece, Syntax::NodeLink));
    assert_eq!(graph["nodes"].as_array().map(Vec::len), Some(piece.nodes.len()));
    assert_eq!(graph["edges"].as_array().map(Vec::len), Some(piece.edges.len()));
    assert_eq!(graph["nodes"][0]["label"]["en"], piece.nodes[0].label[&Lang::en()]);
    assert_eq!(graph["edges"][0]["evidence"][0]["exact"], piece.edges[0].evidence[0].exact);
}

fn check_cytoscape(piece: &Piece) {
    let graph = json(&written(piece, Syntax::Cytoscape));
    let elements = &graph["elements"];
    assert_eq!(elements["nodes"][0]["data"]["label_ar"], piece.nodes[0].label[&Lang::ar()]);
    assert_eq!(elements["edges"][1]["data"]["weight"], 1.5);
    let ids: BTreeSet<&str> = ["nodes", "edges"]
        .iter()
        .flat_map(|kind| elements[kind].as_array().into_iter().flatten())
        .filter_map(|element| element["data"]["id"].as_str())
        .collect();
    assert_eq!(ids.len(), piece.nodes.len() + piece.edges.len(), "an id stands for one element");
}

fn check_graphml(piece: &Piece) {
    let elements = elements(&written(piece, Syntax::GraphMl));
    let keys: BTreeSet<&String> = named(&elements, "key").iter().map(|key| &key.1["id"]).collect();
    let data = named(&elements, "data");
    assert!(data.iter().all(|data| keys.contains(&data.1["key"])), "every key is declared");
    let labels: Vec<&str> =
        data.iter().filter(|data| data.1["key"] == "node.label_en").map(|data| data.2.as_str()).collect();
    let expected: Vec<_> = piece.nodes.iter().map(|node| xml::clean(&node.label[&Lang::en()])).collect();
    assert_eq!(labels, expected);
    assert_eq!(named(&elements, "node").len(), piece.nodes.len());
    assert_eq!(named(&elements, "edge").len(), piece.edges.len());
}

fn check_gexf(piece: &Piece) {
    let elements = elements(&written(piece, Syntax::Gexf));
    let nodes = named(&elements, "node");
    for (node, read) in piece.nodes.iter().zip(&nodes) {
        assert_eq!(read.1["label"], xml::clean(&node.label[&Lang::en()]));
        assert_eq!((read.1.get("start"), read.1.get("end")), (node.from.as_ref(), node.to.as_ref()));
    }
    let edges = named(&elements, "edge");
    assert_eq!((nodes.len(), edges.len()), (piece.nodes.len(), piece.edges.len()));
    assert_eq!((edges[1].1["weight"].as_str(), edges[0].1["start"].as_str()), ("1.5", "2016-01-01"));
    let declared = named(&elements, "attribute").len();
    let known: BTreeSet<&String> = named(&elements, "attribute").iter().map(|it| &it.1["id"]).collect();
    assert!(declared > known.len(), "nodes and edges have attributes of the same name");
    assert!(named(&elements, "attvalue").iter().all(|value| known.contains(&value.1["for"])));
}

fn check_csv(piece: &Piece) {
    let read = |table| {
        let text = written(piece, Syntax::Csv(table));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names: Vec<String> = reader.headers().expect("there is a header").iter().map(str::to_owned).collect();
        let rows = reader.records().map(|row| {
            let row = row.expect("it is CSV");
            names.iter().cloned().zip(row.iter().map(str::to_owned)).collect::<BTreeMap<_, _>>()
        });
        rows.collect::<Vec<_>>()
    };
    let (nodes, edges) = (read(Table::Nodes), read(Table::Edges));
    assert_eq!((nodes.len(), edges.len()), (piece.nodes.len(), piece.edges.len()));
    assert_eq!(nodes[0]["label_en"], piece.nodes[0].label[&Lang::en()]);
    assert_eq!(nodes[2]["latitude"], "");
    assert_eq!(edges[0]["words"], piece.edges[0].evidence[0].exact);
    assert_eq!(edges[1]["directed"], "false");
}

fn check_geojson(piece: &Piece) {
    let collection = json(&written(piece, Syntax::GeoJson));
    let features = collection["features"].as_array().expect("there are features");
    let of = |kind: &str| features.iter().filter(|feature| feature["geometry"]["type"] == kind).collect::<Vec<_>>();
    assert_eq!((of("Point").len(), of("LineString").len()), (2, 3));
    assert_eq!(collection["withoutCoordinates"], serde_json::json!({ "nodes": 1, "edges": 2 }));
    assert_eq!(of("Point")[0]["geometry"]["coordinates"], serde_json::json!([37.16, 36.2]), "longitude first");
    assert_eq!(of("Point")[0]["properties"]["label_ar"], piece.nodes[0].label[&Lang::ar()]);
}

/// The strings of a DOT file as Graphviz's scanner takes them, and what stands outside of them.
fn scan(dot: &str) -> (Vec<String>, String) {
    let (mut strings, mut outside) = (Vec::new(), String::new());
    let mut letters = dot.chars();
    while let Some(letter) = letters.next() {
        if letter != '"' {
            outside.push(letter);
            continue;
        }
        let mut string = String::new();
        loop {
            match letters.next().expect("the string ends") {
                '"' => break,
                '\\' => match letters.next().expect("the string ends") {
                    '"' => string.push('"'),
                    other => string.extend(['\\', other]),
                },
                other => string.push(other),
            }
        }
        outside.push('_');
        strings.push(string);
    }
    (strings, outside)
}

fn check_dot(piece: &Piece) {
    let (strings, outside) = scan(&written(piece, Syntax::Dot));
    let signs = |c: char| c.is_ascii_lowercase() || c.is_whitespace() || "{}[]=,;->_URL".contains(c);
    assert!(outside.chars().all(signs), "{outside}");
    assert_eq!(outside.matches("_ -> _ [").count(), piece.edges.len());
    assert_eq!(outside.matches("dir=none").count(), 1);
    // What is drawn: escapes and entities are resolved.
    let drawn = strings[2].replace("\\\\", "\u{e000}").replace("\\n", "\n").replace('\u{e000}', "\\");
    let expected = xml::clean(&piece.nodes[0].label[&Lang::en()]).replace("\r\n", "\n").replace('\r', "\n");
    assert_eq!(drawn.replace("&amp;", "&"), expected);
}

fn check_statements(piece: &Piece) {
    let text = written(piece, Syntax::JsonLd);
    let parser = RdfParser::from_format(RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() });
    let quads: Vec<Quad> =
        parser.for_slice(text.as_bytes()).collect::<Result<_, _>>().expect("it is JSON-LD without errors");
    let stated: BTreeSet<String> =
        quads.iter().filter(|quad| quad.graph_name != GraphName::DefaultGraph).map(ToString::to_string).collect();
    let expected = [0, 3, 4].map(|index| {
        let Edge { source, predicate, target, graph, .. } = &piece.edges[index];
        format!("<{source}> <{predicate}> <{target}> <{graph}>")
    });
    assert_eq!(stated, BTreeSet::from(expected), "neither what is claimed nor what is named together is stated");
    let described = quads.iter().filter(|quad| quad.object == crate::rdf::vocab::rdf::STATEMENT.into_owned().into());
    assert_eq!(described.count(), piece.edges.len());
    let says = |local: &str, value: &str| {
        quads.iter().any(|quad| {
            let object = match &quad.object {
                Term::Literal(literal) => literal.value(),
                Term::NamedNode(iri) => iri.as_str(),
                _ => return false,
            };
            quad.predicate.as_str().ends_with(local) && object == value
        })
    };
    for (local, value) in [
        ("#label", piece.nodes[0].label[&Lang::ar()].as_str()),
        ("#exact", &piece.edges[0].evidence[0].exact),
        ("#confidence", "0.875"),
        ("#reviewState", "http://localhost:7878/vocab/review-state/proposed"),
        ("#wasAttributedTo", "http://localhost:7878/org/b"),
        ("#wasDerivedFrom", "http://localhost:7878/doc/d#m-en-3-9"),
        ("/source", "http://localhost:7878/doc/d"),
        ("#asWKT", "POINT(37.16 36.2)"),
        ("#type", "http://localhost:7878/ontology#Person"),
        ("#earliest", "2016-01-01"),
    ] {
        assert!(says(local, value), "{local} {value}: {text}");
    }
}

fn check(en: &str, ar: &str) {
    let piece = piece(en, ar);
    check_node_link(&piece);
    check_cytoscape(&piece);
    check_graphml(&piece);
    check_gexf(&piece);
    check_csv(&piece);
    check_geojson(&piece);
    check_dot(&piece);
    check_statements(&piece);
}

#[test]
fn names_that_are_hard_to_write_come_back_from_every_syntax() {
    for en in NASTY {
        for ar in NASTY {
            check(en, ar);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_name_comes_back_from_every_syntax(en in any::<String>(), ar in any::<String>()) {
        check(&en, &ar);
    }
}

/// Programs open what stands there: see `.ci/graphs`.
#[test]
fn hard_names_are_written_for_the_programs_where_a_folder_is_named() {
    let Some(folder) = std::env::var_os("ISNAD_GRAPHS").map(std::path::PathBuf::from) else { return };
    let of_one_sort = {
        let mut piece = piece(NASTY[2], NASTY[1]);
        piece.edges.retain(|edge| !edge.directed);
        piece
    };
    let hard = NASTY.iter().enumerate().map(|(number, name)| (format!("hard-{number}"), piece(name, NASTY[2])));
    let others = [("undirected".to_owned(), of_one_sort), ("empty".to_owned(), Piece::default())];
    for (name, piece) in hard.chain(others) {
        for syntax in Syntax::ALL.into_iter().chain([Syntax::Csv(Table::Nodes)]) {
            let table = if syntax == Syntax::Csv(Table::Nodes) { "nodes." } else { "" };
            let file = folder.join(format!("{name}.{table}{}", syntax.extension()));
            std::fs::write(file, written(&piece, syntax)).expect("the file can be written");
        }
    }
}

#[test]
fn an_empty_piece_is_a_graph_in_every_syntax() {
    for syntax in Syntax::ALL.into_iter().chain([Syntax::Csv(Table::Nodes)]) {
        assert!(!written(&Piece::default(), syntax).is_empty(), "{syntax:?}");
    }
}

#[test]
fn edges_without_direction_alone_make_a_graph_without_direction() {
    let mut piece = piece("a", "b");
    piece.edges.retain(|edge| !edge.directed);
    assert_eq!(json(&written(&piece, Syntax::NodeLink))["directed"], false);
    assert!(written(&piece, Syntax::GraphMl).contains("edgedefault=\"undirected\""));
    assert!(written(&piece, Syntax::Gexf).contains("defaultedgetype=\"undirected\""));
    assert!(written(&piece, Syntax::Dot).starts_with("graph {") && written(&piece, Syntax::Dot).contains("\" -- \""));
}

#[test]
fn a_number_that_is_none_is_left_out_of_columns() {
    let mut piece = piece("a", "b");
    piece.edges[1].weight = Some(f64::NEG_INFINITY);
    piece.nodes[0].latitude = Some(f64::NAN);
    for syntax in [Syntax::Cytoscape, Syntax::GraphMl, Syntax::Gexf, Syntax::Csv(Table::Nodes), Syntax::GeoJson] {
        let text = written(&piece, syntax).to_ascii_lowercase();
        assert!(!text.contains("nan") && !text.contains("inf"), "{syntax:?}");
    }
}

#[test]
fn the_schema_has_the_fields_there_are_and_no_others() {
    let schema = json(SCHEMA);
    let graph = json(&written(&piece("a", "b"), Syntax::NodeLink));
    let same = |described: &Value, values: &[&Value]| {
        let described: BTreeSet<&String> = described["properties"].as_object().expect("it has fields").keys().collect();
        let written = values.iter().filter_map(|value| value.as_object()).flat_map(|object| object.keys()).collect();
        assert_eq!(described, written);
    };
    let all = |list: &'_ Value| list.as_array().cloned().unwrap_or_default();
    let (nodes, edges) = (all(&graph["nodes"]), all(&graph["edges"]));
    same(&schema, &[&graph]);
    same(&schema["$defs"]["Node"], &nodes.iter().collect::<Vec<_>>());
    same(&schema["$defs"]["Edge"], &edges.iter().collect::<Vec<_>>());
    same(&schema["$defs"]["Evidence"], &[&edges[0]["evidence"][0]]);
    same(&schema["$defs"]["Path"], &[&graph["paths"][0]]);
    same(&schema["$defs"]["Counts"], &[&graph["counts"]["http://localhost:7878/event/x"]]);
    // Nothing is required that a piece with nothing in it does not have.
    let bare = json(&written(
        &Piece { edges: vec![Edge::default()], nodes: vec![Node::default()], ..Piece::default() },
        Syntax::NodeLink,
    ));
    for (described, value) in
        [(&schema, &bare), (&schema["$defs"]["Node"], &bare["nodes"][0]), (&schema["$defs"]["Edge"], &bare["edges"][0])]
    {
        let required: BTreeSet<&str> =
            described["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let always: BTreeSet<&str> = value.as_object().expect("it has fields").keys().map(String::as_str).collect();
        assert_eq!(required, always);
    }
}

#[test]
fn every_syntax_is_known_by_each_of_its_names() {
    for syntax in Syntax::ALL {
        assert_eq!(Syntax::from_extension(syntax.extension()), Some(syntax));
        assert_eq!(Syntax::from_media_type(syntax.media_type()), Some(syntax));
        assert_eq!(Syntax::from_name(syntax.extension()), Some(syntax));
        assert_eq!(Syntax::from_name(syntax.media_type()), Some(syntax));
    }
    assert_eq!(Syntax::from_name("graphviz"), Some(Syntax::Dot));
    assert_eq!(Syntax::from_name("pdf"), None);
}
