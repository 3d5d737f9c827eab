//! Updates and queries that nobody would write, drawn by lot.

/// How many rounds a test has; `ISNAD_SNAPSHOT_ROUNDS` asks for more.
pub(in super::super) fn rounds(usual: u64) -> u64 {
    std::env::var("ISNAD_SNAPSHOT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

/// The same in every run.
pub(in super::super) struct Dice(u64);

const NODES: [&str; 8] = ["urn:a", "urn:b", "urn:c", "urn:d", "urn:e", "urn:f", "urn:p", "urn:g:1"];
const PREDICATES: [&str; 7] = ["urn:p", "urn:q", "urn:v", "urn:l", "urn:t", "urn:a", "urn:rare"];
const GRAPHS: [&str; 5] = ["urn:g:1", "urn:g:2", "urn:g:3", "urn:a", "urn:apart"];
const LITERALS: [&str; 34] = [
    "1",
    "01",
    "2",
    "3",
    "-0",
    "1.50",
    "1.5",
    "1e0",
    "'1'",
    "''",
    "true",
    "false",
    "'x'@en",
    "'x'@ar",
    "'x y'@en-GB",
    "'x'",
    "'\\u0001x'",
    "'1'^^xsd:boolean",
    "'2013-08-21'^^xsd:date",
    "'2009-01-01Z'^^xsd:date",
    "'2013-08'^^xsd:gYearMonth",
    "'2013'^^xsd:gYear",
    "'2013-08-21T01:02:03Z'^^xsd:dateTime",
    "'2013-08-21T02:02:03+01:00'^^xsd:dateTime",
    "'5'^^xsd:int",
    "'NaN'^^xsd:double",
    "'-0'^^xsd:float",
    "'P1Y'^^xsd:duration",
    "'x'^^xsd:integer",
    "'x'^^<urn:type>",
    "'POINT(1 2)'^^<http://www.opengis.net/ont/geosparql#wktLiteral>",
    "'x'@en--ltr",
    "'x'@ar--rtl",
    "'12:00:00'^^xsd:time",
];

impl Dice {
    pub(in super::super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x2545_F491_4F6C_DD1D)
    }

    pub(in super::super) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        let index = self.below(from.len() as u64);
        from[usize::try_from(index).expect("it is small")]
    }

    fn node(&mut self) -> String {
        format!("<{}>", self.pick(&NODES))
    }

    fn predicate(&mut self) -> String {
        format!("<{}>", self.pick(&PREDICATES))
    }

    fn graph(&mut self) -> String {
        format!("<{}>", self.pick(&GRAPHS))
    }

    fn object(&mut self) -> String {
        match self.below(10) {
            0..4 => self.node(),
            4 => format!("<<( {} {} {} )>>", self.node(), self.predicate(), self.pick(&LITERALS)),
            _ => self.pick(&LITERALS).to_owned(),
        }
    }

    fn triple(&mut self, with_blanks: bool) -> String {
        let blank = |dice: &mut Self| format!("_:b{}", dice.below(3));
        let is_blank = with_blanks && self.below(8) == 0;
        let subject = if is_blank { blank(self) } else { self.node() };
        let is_blank = with_blanks && self.below(8) == 0;
        let object = if is_blank { blank(self) } else { self.object() };
        format!("{subject} {} {object} . ", self.predicate())
    }

    fn triples(&mut self, count: u64, with_blanks: bool) -> String {
        (0..count).map(|_| self.triple(with_blanks)).collect()
    }

    /// An update: small ones, large ones, whole graphs.
    pub(super) fn update(&mut self) -> String {
        let (graph, other) = (self.graph(), self.graph());
        let count = 1 + self.below(8);
        let text = match self.below(14) {
            0..4 => format!("INSERT DATA {{ GRAPH {graph} {{ {} }} }}", self.triples(count, true)),
            4 => format!("INSERT DATA {{ GRAPH {graph} {{ {} }} }}", self.triples(120, true)),
            5 | 6 => format!("DELETE DATA {{ GRAPH {graph} {{ {} }} }}", self.triples(count * 6, false)),
            7 => format!("DELETE WHERE {{ GRAPH {graph} {{ {} ?p ?o }} }}", self.node()),
            8 => format!("DELETE WHERE {{ GRAPH ?g {{ ?s {} {} }} }}", self.predicate(), self.object()),
            9 => format!("DROP SILENT GRAPH {graph}"),
            10 => format!("CLEAR SILENT GRAPH {graph} ; CREATE SILENT GRAPH {other}"),
            11 => {
                let data = self.triples(count * 3, true);
                format!("DROP SILENT GRAPH {graph} ; INSERT DATA {{ GRAPH {graph} {{ {data} }} }}")
            }
            12 => format!(
                "DELETE {{ GRAPH {graph} {{ ?s {0} ?o }} }} INSERT {{ GRAPH {other} {{ ?s {1} ?o }} }} WHERE {{ ?s {0} ?o }}",
                self.predicate(),
                self.predicate()
            ),
            _ => {
                let (one, two) = (self.triples(count, false), self.triples(count, false));
                format!(
                    "INSERT DATA {{ GRAPH {graph} {{ {one} }} GRAPH {other} {{ {one} }} }} ; \
                     DELETE DATA {{ GRAPH {graph} {{ {two} }} }} ; INSERT DATA {{ GRAPH {other} {{ {two} }} }}"
                )
            }
        };
        format!("PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> {text}")
    }

    fn term(&mut self, constant: fn(&mut Self) -> String) -> String {
        if self.below(3) == 0 { constant(self) } else { format!("?v{}", self.below(5)) }
    }

    fn pattern(&mut self) -> String {
        format!("{} {} {} . ", self.term(Self::node), self.term(Self::predicate), self.term(Self::object))
    }

    /// What is asked beside the patterns.
    fn addition(&mut self) -> String {
        match 2 + self.below(12) {
            2 => format!("OPTIONAL {{ {} {} }}", self.pattern(), self.pattern()),
            3 => format!("FILTER EXISTS {{ {} {} }}", self.pattern(), self.pattern()),
            4 => format!("VALUES ?v0 {{ {} {} {} }}", self.node(), self.object(), self.node()),
            5 => format!("MINUS {{ {} }}", self.pattern()),
            6 => format!("?v0 ({}|^{})+ ?v1 .", self.predicate(), self.predicate()),
            7 => "FILTER(?v0 != ?v1)".to_owned(),
            9 => "FILTER(LANG(?v1) = 'en')".to_owned(),
            10 => format!("FILTER(?v0 != {})", self.node()),
            11 => format!("FILTER({} = ?v1 && ?v2 != {})", self.node(), self.node()),
            8 => format!("{{ {} }} UNION {{ {} }}", self.pattern(), self.pattern()),
            _ => String::new(),
        }
    }

    /// A query that joins a few patterns, with this or that around them.
    pub(super) fn query(&mut self) -> String {
        let count = 1 + self.below(4);
        let mut patterns: String = (0..count).map(|_| self.pattern()).collect();
        match self.below(8) {
            0 => patterns = format!("GRAPH {} {{ {patterns} }}", self.graph()),
            1 => patterns = format!("GRAPH ?v4 {{ {patterns} }}"),
            _ => patterns.push_str(&self.addition()),
        }
        let text = match self.below(11) {
            9 => format!("SELECT ?v0 (AVG(?v1) AS ?a) (SUM(?v1) AS ?s) (COUNT(*) AS ?n) {{ {patterns} }} GROUP BY ?v0"),
            10 => format!(
                "SELECT ?v1 (AVG(?v0) AS ?a) (MIN(?v2) AS ?s) (COUNT(DISTINCT ?v0) AS ?n) {{ {patterns} }} GROUP BY ?v1"
            ),
            4 => {
                format!("SELECT ?v0 ?v1 (COUNT(*) AS ?n) (COUNT(DISTINCT ?v2) AS ?m) {{ {patterns} }} GROUP BY ?v1 ?v0")
            }
            5 => format!("SELECT ?y (COUNT(?v0) AS ?n) {{ {patterns} }} GROUP BY (STRLEN(STR(?v1)) AS ?y)"),
            6 => format!("SELECT ?v0 (COUNT(*) AS ?n) {{ {patterns} }} GROUP BY ?v0 HAVING(COUNT(*) > 1)"),
            7 => format!("SELECT (COUNT(?v0) AS ?n) (COUNT(DISTINCT ?v1) AS ?m) {{ {patterns} }}"),
            8 => format!("SELECT DISTINCT ?v0 {{ {patterns} }} ORDER BY DESC(?v0)"),
            0 => format!("SELECT (COUNT(*) AS ?n) {{ {patterns} }}"),
            1 => format!("SELECT DISTINCT ?v0 ?v1 {{ {patterns} }}"),
            2 => format!("SELECT ?v0 (COUNT(?v1) AS ?n) {{ {patterns} }} GROUP BY ?v0"),
            _ => format!("SELECT * {{ {patterns} }}"),
        };
        format!("PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> {text}")
    }
}
