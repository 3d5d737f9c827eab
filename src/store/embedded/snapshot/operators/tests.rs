//! Whatever is asked, by lot: what is answered on numbers is what the evaluator answers from the store itself.

use std::{cmp::Ordering, ops::ControlFlow};

use oxigraph::{model::Term, sparql::QueryResults};
use spargebra::SparqlParser;
use tokio::time::Instant;

use super::{
    super::{
        super::{parse_query, source::Source, stop::Stop},
        tests::{Both, HOUR, history::Dice},
    },
    Found,
};
use crate::{
    rdf::{AnswerFormat, SolutionsFormat},
    store::{Limits, Query},
};

/// More rows than this are not compared.
const MANY: usize = 5_000;

/// What a test draws its data and its queries from.
struct Lot {
    dice: Dice,
    literals: &'static [&'static str],
}

/// Everything at once, and such as has an order that the numbers follow.
const MIXED: [&str; 22] = [
    "1",
    "2",
    "10",
    "1.50",
    "-2.5",
    "1e0",
    "'NaN'^^xsd:double",
    "true",
    "'x'@en",
    "'x'@ar",
    "'Xy'@en",
    "'x'",
    "'x y'",
    "'2013-08-21'^^xsd:date",
    "'2009-01-01Z'^^xsd:date",
    "'2013-08-21T01:02:03Z'^^xsd:dateTime",
    "'2013-08-21T02:02:03+01:00'^^xsd:dateTime",
    "'2013'^^xsd:gYear",
    "'x'^^xsd:integer",
    "'x'^^<urn:type>",
    "'P1Y'^^xsd:duration",
    "'x'@en--ltr",
];
const PLAIN: [&str; 16] = [
    "1",
    "2",
    "10",
    "1.50",
    "-2.5",
    "3.0",
    "'Basra'@en",
    "'basra'@en",
    "'ba'",
    "'Bas'",
    "'\\u0628\\u0627'@ar",
    "'2013-08-21'^^xsd:date",
    "'2009-01-01'^^xsd:date",
    "'2011-02-03'^^xsd:date",
    "'1999-12-31'^^xsd:date",
    "'Ba\\u017Fra'@en",
];

impl Lot {
    fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), literals: if seed.is_multiple_of(3) { &MIXED } else { &PLAIN } }
    }

    fn below(&mut self, end: u64) -> u64 {
        self.dice.below(end)
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        let index = self.below(from.len() as u64);
        from[usize::try_from(index).expect("it is small")]
    }

    fn literal(&mut self) -> &'static str {
        self.pick(self.literals)
    }

    fn node(&mut self) -> String {
        format!("<urn:n:{}>", self.below(6))
    }

    fn predicate(&mut self) -> String {
        format!("<urn:p:{}>", self.below(4))
    }

    fn graph(&mut self) -> String {
        self.pick(&["<urn:g:1>", "<urn:g:2>", "<urn:apart>", "<urn:g:9>"]).to_owned()
    }

    /// A triple of the data.
    fn triple(&mut self) -> String {
        let subject = if self.below(9) == 0 { format!("_:b{}", self.below(3)) } else { self.node() };
        let object = match self.below(12) {
            0..6 => self.node(),
            6 => format!("_:b{}", self.below(3)),
            7 => format!("<<( {} {} {} )>>", self.node(), self.predicate(), self.literal()),
            _ => self.literal().to_owned(),
        };
        format!("{subject} {} {object} . ", self.predicate())
    }

    fn triples(&mut self, count: u64) -> String {
        (0..count).map(|_| self.triple()).collect()
    }

    fn update(&mut self, count: u64) -> String {
        let (graph, other, triples) = (self.graph(), self.graph(), self.triples(count));
        let change = match self.below(5) {
            0 => format!("DELETE WHERE {{ GRAPH {graph} {{ {} {} ?o }} }}", self.node(), self.predicate()),
            1 => format!("DELETE WHERE {{ GRAPH ?g {{ ?s {} {} }} }}", self.predicate(), self.literal()),
            2 => format!("INSERT DATA {{ GRAPH {graph} {{ {triples} }} GRAPH {other} {{ {triples} }} }}"),
            _ => format!("INSERT DATA {{ GRAPH {graph} {{ {triples} }} }}"),
        };
        format!("PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> {change}")
    }

    fn variable(&mut self) -> String {
        format!("?v{}", self.below(5))
    }

    fn pattern(&mut self) -> String {
        let subject = if self.below(4) == 0 { self.node() } else { self.variable() };
        let predicate = if self.below(6) == 0 { self.variable() } else { self.predicate() };
        let object = match self.below(8) {
            0 => self.node(),
            1 => self.literal().to_owned(),
            2 => "[]".to_owned(),
            _ => self.variable(),
        };
        format!("{subject} {predicate} {object} . ")
    }

    fn path(&mut self, depth: u64) -> String {
        if depth == 0 {
            return self.predicate();
        }
        let (a, b) = (self.path(depth - 1), self.path(depth - 1));
        match self.below(7) {
            0 => format!("({a})*"),
            1 => format!("({a})+"),
            2 => format!("({a})?"),
            3 => format!("({a}/{b})"),
            4 => format!("({a}|{b})"),
            5 => format!("^({a})"),
            _ => a,
        }
    }

    fn value(&mut self) -> String {
        match self.below(4) {
            0 => self.node(),
            1 => self.literal().to_owned(),
            _ => self.variable(),
        }
    }

    fn condition(&mut self, depth: u64) -> String {
        let (variable, value) = (self.variable(), self.value());
        match self.below(if depth == 0 { 12 } else { 17 }) {
            0 => format!("{variable} = {value}"),
            1 => format!("{variable} != {value}"),
            2 | 3 => format!("{variable} {} {}", self.pick(&["<", "<=", ">", ">="]), self.literal()),
            4 => format!("{variable} < {value}"),
            5 => format!("LANG({variable}) = '{}'", self.pick(&["en", "ar", ""])),
            6 => format!(
                "STRSTARTS(LCASE(STR({variable})), '{}')",
                self.pick(&["b", "ba", "x", "urn:n", "bas", "1", "2013"])
            ),
            7 => format!("STRSTARTS({variable}, '{}')", self.pick(&["b", "B", "x"])),
            8 => format!("{variable} IN ({value}, {})", self.value()),
            9 => format!("BOUND({variable})"),
            10 => format!("YEAR({variable}) > 2009"),
            11 => format!("{}({variable})", self.pick(&["ISIRI", "ISLITERAL", "ISBLANK", "ISNUMERIC", "STRLEN", "!"])),
            12 => format!("({} && {})", self.condition(depth - 1), self.condition(depth - 1)),
            13 => format!("({} || {})", self.condition(depth - 1), self.condition(depth - 1)),
            14 => format!("!({})", self.condition(depth - 1)),
            15 => format!("EXISTS {{ {} }}", self.group(depth - 1)),
            _ => format!("NOT EXISTS {{ {} }}", self.group(depth - 1)),
        }
    }

    fn group(&mut self, depth: u64) -> String {
        let mut group: String = (0..=self.below(3)).map(|_| self.pattern()).collect();
        for _ in 0..self.below(3) {
            let more = self.addition(depth);
            if self.below(5) == 0 { group.insert_str(0, &more) } else { group.push_str(&more) }
        }
        group
    }

    fn addition(&mut self, depth: u64) -> String {
        let lower = depth.saturating_sub(1);
        match self.below(if depth == 0 { 5 } else { 12 }) {
            0 | 1 => format!("FILTER({}) ", self.condition(lower)),
            2 => format!("VALUES ({0} {1}) {{ ({2} UNDEF) ({2} {3}) }} ", "?v0", "?v1", self.node(), self.literal()),
            3 => {
                let (path, end) = (self.path(2), self.value());
                format!("{} {path} {} . ", self.variable(), if end.starts_with('<') { end } else { "?v3".to_owned() })
            }
            4 => format!(
                "GRAPH {} {{ {} }} ",
                if self.below(2) == 0 { self.graph() } else { "?v4".to_owned() },
                self.pattern()
            ),
            5..8 => format!("OPTIONAL {{ {} }} ", self.group(lower)),
            8 => format!("{{ {} }} UNION {{ {} }} ", self.group(lower), self.group(lower)),
            9 => format!("MINUS {{ {} }} ", self.group(lower)),
            10 => format!(
                "BIND({} AS ?w{depth}) ",
                self.pick(&["STR(?v1)", "YEAR(?v1)", "?v2", "LCASE(?v1)", "(?v1 < 3)"])
            ),
            _ => {
                let inner = self.group(lower);
                format!(
                    "{{ SELECT ?v0 {} {{ {inner} }} GROUP BY ?v0 }} ",
                    self.pick(&["(COUNT(*) AS ?c)", "(MAX(?v1) AS ?v2)"])
                )
            }
        }
    }

    fn query(&mut self) -> String {
        let group = self.group(2);
        let by = self.pick(&["?v0 ?v1 ?v2", "DESC(?v1) ?v0 ?v2", "?v2 DESC(?v0)", "STR(?v1) ?v0"]);
        let text = match self.below(12) {
            0 => format!("SELECT (COUNT(*) AS ?n) {{ {group} }}"),
            1 => format!("SELECT DISTINCT ?v0 ?v1 {{ {group} }}"),
            2 => format!("SELECT ?v0 (COUNT(?v1) AS ?n) (COUNT(DISTINCT ?v2) AS ?m) {{ {group} }} GROUP BY ?v0"),
            3 => format!("SELECT ?v0 (SUM(?v1) AS ?n) (AVG(?v1) AS ?m) {{ {group} }} GROUP BY ?v0"),
            4 => format!("SELECT ?v0 (MIN(?v1) AS ?n) (MAX(?v1) AS ?m) {{ {group} }} GROUP BY ?v0"),
            5 => format!("SELECT ?y (COUNT(?v0) AS ?n) {{ {group} }} GROUP BY (YEAR(?v1) AS ?y) HAVING(?n > 1)"),
            6 => format!("SELECT ?v0 ?v1 ?v2 {{ {group} }} ORDER BY {by}"),
            7 => format!("SELECT ?v0 ?v1 ?v2 {{ {group} }} ORDER BY {by} LIMIT 4 OFFSET {}", self.below(3)),
            8 => format!("SELECT DISTINCT ?v0 ?v1 ?v2 {{ {group} }} ORDER BY {by} LIMIT 5"),
            9 => format!("SELECT ?v0 (COUNT(*) AS ?n) {{ {group} }} GROUP BY ?v0 ORDER BY DESC(?n) ?v0 LIMIT 3"),
            _ => format!("SELECT * {{ {group} }}"),
        };
        format!("PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> {text}")
    }
}

type Rows = Vec<Vec<Option<Term>>>;

/// The evaluator's answer from the store.
fn expected(both: &Both, text: &str, query: &Query, stop: &Stop) -> Option<Rows> {
    let source = Source { store: both.store.clone(), state: None };
    let parsed = parse_query(&SparqlParser::new(), text).expect(text);
    let prepared = source.prepare(parsed, query, stop).expect(text);
    let QueryResults::Solutions(solutions) = source.execute(prepared, stop).expect(text) else { return None };
    let rows: Rows = solutions.take(MANY + 1).map(|row| row.expect(text).values().to_vec()).collect();
    (rows.len() <= MANY).then_some(rows)
}

/// Compares the answers; tells whether there was one to compare, or what differs.
fn is_answered(both: &Both, text: &str) -> Result<bool, String> {
    let format = AnswerFormat::Solutions(SolutionsFormat::Csv);
    let query = Query::new(text, format, Limits { deadline: HOUR, rows: u64::MAX, memory: u64::MAX });
    let stop = Stop::of_query(Instant::now() + HOUR, &query);
    // Not everything that is drawn is a query.
    let Ok(parsed) = parse_query(&SparqlParser::new(), text) else { return Ok(false) };
    let source = Source { store: both.store.clone(), state: both.snapshot.live() };
    let Some(found) = source.find(&parsed, &query, &stop) else { return Ok(false) };
    let Some(expected) = expected(both, text, &query, &stop) else { return Ok(false) };
    let mut rows: Rows = Vec::new();
    let is_done = found.each(&mut |row| {
        rows.push(row.to_vec());
        ControlFlow::Continue(())
    });
    if !is_done {
        return if rows.is_empty() { Ok(false) } else { Err(format!("it began in vain: {text}")) };
    }
    let sorted = |rows: &Rows| {
        let mut rows: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
        rows.sort_unstable();
        rows
    };
    let is_in_order = !text.contains("ORDER BY") || are_in_order(&found, &expected, &rows);
    // What is cut off among equals is not told by the query.
    let is_whole = text.contains("LIMIT") || sorted(&rows) == sorted(&expected);
    if rows.len() == expected.len() && is_in_order && is_whole {
        return Ok(true);
    }
    let shown = |rows: &Rows| {
        let cell = |term: &Option<Term>| term.as_ref().map(Term::to_string).unwrap_or_default();
        let row = |row: &Vec<Option<Term>>| row.iter().map(cell).collect::<Vec<_>>().join(" | ");
        rows.iter().take(8).map(row).collect::<Vec<_>>().join("\n  ")
    };
    Err(format!(
        "{text}\n{} rows here:\n  {}\n{} rows there:\n  {}",
        rows.len(),
        shown(&rows),
        expected.len(),
        shown(&expected)
    ))
}

/// Whether the columns that are sorted by are equal row by row, as sorting sees them.
fn are_in_order(found: &Found<'_>, a: &Rows, b: &Rows) -> bool {
    let columns = found.sorted_columns();
    let id = |term: &Option<Term>| term.as_ref().map_or(super::terms::NONE, |term| found.run.terms.id(term.as_ref()));
    let is_equal = |column: &usize, a: &[Option<Term>], b: &[Option<Term>]| {
        found.run.order(id(&a[*column]), id(&b[*column])) == Ordering::Equal
    };
    a.iter().zip(b).all(|(a, b)| columns.iter().all(|column| is_equal(column, a, b)))
}

#[tokio::test]
async fn what_is_answered_here_is_what_the_evaluator_answers() {
    let (mut asked, mut answered, mut failures) = (0_u64, 0_u64, Vec::new());
    for seed in 0..super::super::tests::history::rounds(6) * 10 {
        let mut lot = Lot::new(seed);
        let both = Both::memory([3, 40, 1_000_000][usize::try_from(seed % 3).expect("it is small")]);
        for _ in 0..3 {
            both.change(&lot.update(12));
        }
        for step in 0..40 {
            if step % 10 == 9 {
                both.change(&lot.update(6));
                if lot.below(2) == 0 {
                    both.snapshot.settle();
                }
            }
            asked += 1;
            match is_answered(&both, &lot.query()) {
                Ok(is_answered) => answered += u64::from(is_answered),
                Err(failure) => failures.push(failure),
            }
        }
    }
    failures.sort_by_key(String::len);
    failures.truncate(12);
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(answered * 2 > asked, "{answered} of {asked} were answered");
}

/// A parser that knows the prefixes of the questions.
fn prefixed() -> SparqlParser {
    let base = "http://localhost:7878/";
    let own = format!("{base}ontology#");
    let prefixes = crate::rdf::prefixes().iter().copied().chain([("isn", own.as_str())]);
    prefixes.fold(SparqlParser::new().with_base_iri(base).expect("it is an IRI"), |parser, (prefix, iri)| {
        parser.with_prefix(prefix, iri).expect("it is a prefix")
    })
}

/// How long the questions of `benches/archive` take on the base in the folder `ISNAD_BASE`, with an answer written to
/// nowhere: milliseconds, the median of several times, and the number of rows.
#[tokio::test]
#[ignore = "it needs a base"]
#[expect(clippy::print_stdout, reason = "it is there to be read")]
async fn how_long_questions_take() {
    let folder = std::env::var("ISNAD_BASE").expect("ISNAD_BASE names the folder of a base");
    let questions = std::env::var("ISNAD_QUESTIONS").unwrap_or_else(|_| "benches/archive/questions".to_owned());
    let base = super::super::base::Base::open(folder.as_ref()).expect("the base opens");
    let state = super::super::state::State::new(base.into(), std::sync::Arc::default());
    let mut files: Vec<_> = std::fs::read_dir(questions).expect("there are questions").flatten().collect();
    files.sort_by_key(std::fs::DirEntry::path);
    for file in files {
        let text = std::fs::read_to_string(file.path()).expect("it is a question");
        let query = Query::new(
            text.as_str(),
            AnswerFormat::Solutions(SolutionsFormat::Json),
            Limits { deadline: HOUR, rows: u64::MAX, memory: u64::MAX },
        );
        let parser = prefixed();
        let mut times = Vec::new();
        let mut rows = 0;
        for _ in 0..9 {
            let began = std::time::Instant::now();
            let stop = Stop::of_query(Instant::now() + HOUR, &query);
            let parsed = parse_query(&parser, &text).expect("it is a question");
            let parsed = super::super::super::standard::query(parsed);
            let Some(found) = Found::read(&parsed, &state, &stop) else { break };
            rows = 0;
            let is_done = found.each(&mut |_| {
                rows += 1;
                ControlFlow::Continue(())
            });
            assert!(is_done, "{text} is left to the evaluator");
            times.push(began.elapsed());
        }
        times.sort_unstable();
        let median = times.get(times.len() / 2).map(|time| time.as_secs_f64() * 1000.0);
        println!("{:32} {median:?} {rows}", file.file_name().to_string_lossy());
    }
}
