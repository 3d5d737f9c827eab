//! An archive of any size, the same each time: documents with texts in two languages that cite one another.

use std::fmt::Write as _;

/// How many quads a document has.
const QUADS: usize = 10;

/// How many documents are in a graph, and go into one request.
const BATCH: usize = 250;

const NS: &str = "http://stress.example/";

/// The updates that make an archive of this many quads.
pub fn updates(quads: usize) -> impl Iterator<Item = String> {
    let documents = quads / QUADS;
    (0..documents).step_by(BATCH).map(move |first| {
        let last = documents.min(first + BATCH);
        let triples: String = (first..last).map(|number| document(number, documents)).collect();
        format!("INSERT DATA {{ GRAPH <{NS}graph/{first}> {{ {triples} }} }}")
    })
}

fn document(number: usize, documents: usize) -> String {
    let mut chance = Chance(number as u64 + 1);
    let subject = format!("<{NS}doc/{number}>");
    let mut graph = format!("{subject} a <{NS}Document> ; ");
    let _ = write!(graph, "<{NS}title> \"{}\" ; ", text(&mut chance, 6));
    let _ = write!(graph, "<{NS}text> \"{}\"@en , \"{}\"@ar ; ", text(&mut chance, 40), text(&mut chance, 40));
    let _ =
        write!(graph, "<{NS}number> {} ; <{NS}symbol> \"S/{}/{number}\" ; ", chance.below(1000), 1990 + number % 30);
    for _ in 0..3 {
        let _ = write!(graph, "<{NS}cites> <{NS}doc/{}> ; ", chance.below(documents));
    }
    let _ = write!(graph, "<{NS}next> <{NS}doc/{}> . ", (number + 1) % documents);
    graph
}

fn text(chance: &mut Chance, length: usize) -> String {
    let words: Vec<&str> = include_str!("words.txt").split_whitespace().collect();
    (0..length).map(|_| words[chance.below(words.len())]).collect::<Vec<_>>().join(" ")
}

/// Numbers that look thrown and are not (a multiply, a xor and a shift).
pub struct Chance(pub u64);

impl Chance {
    /// A number from 0 on, below an end.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap_or_default()
    }
}

/// Queries that would not end by themselves, or not soon: their names and texts.
pub fn runaways() -> Vec<(&'static str, String)> {
    let values = |name: &str| {
        let numbers: Vec<String> = (0..200).map(|number| number.to_string()).collect();
        format!("VALUES ?{name} {{ {} }}", numbers.join(" "))
    };
    let product: String = ["a", "b", "c", "d", "e"].map(values).concat();
    let every = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i";
    vec![
        ("a cross product", format!("SELECT (COUNT(*) AS ?n) {{ {every} }}")),
        ("a product of VALUES", format!("SELECT (COUNT(*) AS ?n) {{ {product} }}")),
        ("everything in order", "SELECT * { ?s ?p ?o } ORDER BY ?o".to_owned()),
        ("a path between anything", format!("SELECT ?a ?b {{ ?a <{NS}cites>* ?b }}")),
        (
            "a pattern over all texts",
            "SELECT ?s { ?s ?p ?o . ?t ?q ?u FILTER(REGEX(STR(?o), CONCAT(\"(market|river).*\", SUBSTR(STR(?u), 1, 5)))) }"
                .to_owned(),
        ),
    ]
}

/// A query that is soon answered.
pub fn trivial() -> String {
    format!("ASK {{ <{NS}doc/1> a <{NS}Document> }}")
}

/// Queries of many kinds, among them some that fail: their texts and what they accept.
pub fn mixed() -> Vec<(String, &'static str)> {
    vec![
        (trivial(), "application/sparql-results+json"),
        (format!("SELECT ?t {{ <{NS}doc/2> <{NS}title> ?t }}"), "text/csv"),
        (format!("SELECT ?d {{ ?d <{NS}number> 7 }} LIMIT 20"), "application/sparql-results+xml"),
        (format!("CONSTRUCT WHERE {{ <{NS}doc/3> ?p ?o }}"), "text/turtle"),
        (format!("SELECT (COUNT(*) AS ?n) {{ <{NS}doc/4> <{NS}next>/<{NS}next> ?d }}"), "text/tab-separated-values"),
        (format!("SELECT * {{ ?s <{NS}text> ?t }} LIMIT 200"), "application/sparql-results+json"),
        ("SELECT * {".to_owned(), "*/*"),
        (trivial(), "image/png"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }".to_owned(), "*/*"),
    ]
}
