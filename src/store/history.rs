//! What each change took away and what it brought, kept beside the log: any earlier state can be told from it, and a
//! change can be undone.
//!
//! Kept are the quads that differ, as N-Quads, in a graph of its own (`graph/history`) that is written in the
//! transaction of the change. Of a graph that is new nothing is kept but by those who say what they brought: it took
//! nothing away. A graph with blank nodes is kept whole on both sides, because its nodes have no names to tell them by.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write,
};

use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{GraphName, Literal, NamedNode, Quad, Term},
};

use super::{ChangeKind, Error, Store, changes::change_kind};
use crate::rdf::{
    Iris,
    describe::said,
    vocab::{isn, prov},
};

/// So many records are read in one question.
const AT_ONCE: u64 = 200;

/// The quads that a change took away, and those that it brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// What was there before and not after it.
    pub removed: Vec<Quad>,
    /// What was there after it and not before.
    pub added: Vec<Quad>,
}

impl Delta {
    /// What differs between two states of some graphs.
    #[must_use]
    pub fn between(before: Vec<Quad>, after: &[Quad]) -> Self {
        if before.iter().chain(after).any(has_blank_node) {
            return Self { removed: before, added: after.to_vec() };
        }
        let was: HashSet<&Quad> = before.iter().collect();
        let added = after.iter().filter(|quad| !was.contains(quad)).cloned().collect();
        let is: HashSet<&Quad> = after.iter().collect();
        Self { removed: before.into_iter().filter(|quad| !is.contains(quad)).collect(), added }
    }

    /// Whether both sides are the whole graphs.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.removed.iter().chain(&self.added).any(has_blank_node)
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }

    /// The graphs that it speaks of.
    pub fn graphs(&self) -> impl Iterator<Item = &NamedNode> {
        self.removed.iter().chain(&self.added).filter_map(|quad| match &quad.graph_name {
            GraphName::NamedNode(graph) => Some(graph),
            _ => None,
        })
    }
}

fn has_blank_node(quad: &Quad) -> bool {
    quad.subject.is_blank_node() || quad.object.is_blank_node()
}

/// Something that somebody did to the archive in one go, however many graphs it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// A term of `vocab/act`.
    pub kind: &'static str,
    /// Why.
    pub reason: Option<String>,
    /// The first of the changes that it undoes.
    pub undoes: Option<u64>,
}

/// A change with what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Its number.
    pub number: u64,
    /// The graph.
    pub graph: NamedNode,
    /// What became of it.
    pub kind: ChangeKind,
    /// When.
    pub at: String,
    /// The first change of the act that it is a part of.
    pub act: Option<u64>,
    /// The first of the changes that the act undoes.
    pub undoes: Option<u64>,
    /// What it took away and brought; `None` where that was not kept.
    pub delta: Option<Delta>,
}

/// The part of a request that keeps what changes took away and brought. It stands before the part that takes their
/// numbers, and counts on from the same last number; `deltas` are in the order of the records.
#[must_use]
pub fn history_text(iris: &Iris, deltas: &[Option<&Delta>], act: Option<&Act>) -> String {
    let (log, history, last) = (iris.graph("changes"), iris.graph("history"), iris.term(isn::LAST_SEQUENCE));
    let numbered = format!(
        "GRAPH {log} {{ {log} {last} ?last }} BIND(?last + ?step AS ?number) \
         BIND(IRI(CONCAT(\"{base}change/\", STR(?number))) AS ?change)",
        base = iris.base(),
    );
    let mut text = String::new();
    let mut rows = String::new();
    for (step, delta) in (1..).zip(deltas) {
        let Some(delta) = delta.filter(|delta| !delta.is_empty()) else { continue };
        let _ = writeln!(rows, "({step} {} {})", value(&delta.removed), value(&delta.added));
    }
    if !rows.is_empty() {
        let (removed, added) = (iris.term(isn::REMOVED), iris.term(isn::ADDED));
        let _ = writeln!(
            text,
            "INSERT {{ GRAPH {history} {{ ?change {removed} ?removed ; {added} ?added }} }}\n\
             WHERE {{ VALUES (?step ?removed ?added) {{\n{rows}}} {numbered} }} ;"
        );
    }
    if let Some(act) = act {
        let steps: Vec<String> = (1..=deltas.len()).map(|step| step.to_string()).collect();
        let reason = act
            .reason
            .as_deref()
            .map_or_else(String::new, |reason| format!(" ; {} {}", iris.term(isn::REASON), said(reason)));
        let undoes = act.undoes.map_or_else(String::new, |number| {
            format!(" ; {} {}", iris.term(isn::UNDOES), iris.path(&format!("change/{number}")))
        });
        let _ = writeln!(
            text,
            "INSERT {{ GRAPH {log} {{ ?change {part_of} ?first ; {kind} {term}{reason}{undoes} }} }}\n\
             WHERE {{ VALUES ?step {{ {steps} }} {numbered} \
             BIND(IRI(CONCAT(\"{base}change/\", STR(?last + 1))) AS ?first) }} ;",
            part_of = iris.term(isn::TRANSACTION),
            kind = iris.term(isn::ACT),
            term = iris.concept("act", act.kind),
            steps = steps.join(" "),
            base = iris.base(),
        );
    }
    text
}

/// The part of a request that forgets what earlier changes of a graph took away and brought.
pub(super) fn forget_text(iris: &Iris, graph: &NamedNode) -> String {
    let (log, history) = (iris.graph("changes"), iris.graph("history"));
    let (of, removed, added) = (iris.term(isn::CHANGE_OF), iris.term(isn::REMOVED), iris.term(isn::ADDED));
    format!(
        "DELETE {{ GRAPH {history} {{ ?change ?side ?said }} }} WHERE {{ GRAPH {log} {{ ?change {of} {graph} }} \
         GRAPH {history} {{ ?change ?side ?said }} FILTER(?side IN ({removed}, {added})) }} ;\n"
    )
}

/// Quads as a string of N-Quads, or nothing.
fn value(quads: &[Quad]) -> String {
    if quads.is_empty() {
        return "UNDEF".to_owned();
    }
    let mut lines: Vec<String> = quads
        .iter()
        .map(|quad| format!("{} {} {} {} .\n", quad.subject, quad.predicate, quad.object, quad.graph_name))
        .collect();
    lines.sort_unstable();
    Literal::new_simple_literal(lines.concat()).to_string()
}

fn quads(text: &str) -> Result<Vec<Quad>, Error> {
    RdfParser::from_format(RdfFormat::NQuads).for_slice(text).map(|quad| quad.map_err(Error::internal)).collect()
}

impl Store {
    /// The changes with numbers after one and up to another, with what is kept of them, in the order of the log.
    pub async fn past(&self, after: u64, upto: u64) -> Result<Vec<Past>, Error> {
        let mut all = Vec::new();
        let mut from = after;
        while from < upto {
            let to = upto.min(from + AT_ONCE);
            all.extend(self.some_past(from, to).await?);
            from = to;
        }
        Ok(all)
    }

    async fn some_past(&self, after: u64, upto: u64) -> Result<Vec<Past>, Error> {
        let iris = &self.iris;
        let changes: Vec<String> = (after + 1..=upto).map(|n| iris.path(&format!("change/{n}")).to_string()).collect();
        let changes = changes.join(" ");
        let [sequence, of, kind] = [isn::SEQUENCE, isn::CHANGE_OF, isn::CHANGE_KIND].map(|term| iris.term(term));
        let log = iris.graph("changes");
        let records = format!(
            "SELECT ?n ?g ?kind ?at {{ VALUES ?c {{ {changes} }} \
             GRAPH {log} {{ ?c {sequence} ?n ; {of} ?g ; {kind} ?kind ; {} ?at }} }} ORDER BY ?n",
            prov::GENERATED_AT_TIME,
        );
        let with = |property: &str| {
            let property = iris.term(property);
            format!("SELECT ?c ?other {{ VALUES ?c {{ {changes} }} GRAPH {log} {{ ?c {property} ?other }} }}")
        };
        let kept = format!(
            "SELECT ?c ?p ?text {{ VALUES ?c {{ {changes} }} GRAPH {} {{ ?c ?p ?text }} }}",
            iris.graph("history")
        );
        let number = |iri: &str| iris.relative(iri)?.strip_prefix("change/")?.parse::<u64>().ok();
        let mut deltas: BTreeMap<u64, Delta> = BTreeMap::new();
        for row in self.select(&kept).await? {
            let (Some(change), Some(property), Some(Term::Literal(text))) =
                (row.iri("c").and_then(number), row.iri("p"), row.term("text"))
            else {
                continue;
            };
            let delta = deltas.entry(change).or_default();
            let place = if property.ends_with("#removed") { &mut delta.removed } else { &mut delta.added };
            place.extend(quads(text.value())?);
        }
        let numbers = |rows: Vec<super::Row>| -> BTreeMap<u64, u64> {
            rows.iter().filter_map(|row| Some((number(row.iri("c")?)?, number(row.iri("other")?)?))).collect()
        };
        let acts = numbers(self.select(&with(isn::TRANSACTION)).await?);
        let undone = if acts.is_empty() { BTreeMap::new() } else { numbers(self.select(&with(isn::UNDOES)).await?) };
        let past = |row: &super::Row| {
            let number = row.number("n")?;
            Some(Past {
                number,
                graph: NamedNode::new_unchecked(row.iri("g")?),
                kind: change_kind(iris, row.iri("kind")?)?,
                at: row.text("at")?,
                act: acts.get(&number).copied(),
                undoes: undone.get(&number).copied(),
                delta: deltas.remove(&number),
            })
        };
        Ok(self.select(&records).await?.iter().filter_map(past).collect())
    }
}

#[cfg(test)]
mod tests {
    use oxigraph::model::BlankNode;

    use super::*;

    fn quad(object: impl Into<Term>) -> Quad {
        let name = NamedNode::new_unchecked;
        Quad::new(name("http://a.example/s"), name("http://a.example/p"), object, name("http://a.example/g"))
    }

    #[test]
    fn what_stays_is_not_kept() {
        let [one, two, three] = [1, 2, 3].map(|n| quad(Literal::from(n)));
        let delta = Delta::between(vec![one.clone(), two.clone()], &[two, three.clone()]);
        assert_eq!(delta, Delta { removed: vec![one], added: vec![three] });
        assert!(!delta.is_whole());
    }

    #[test]
    fn a_graph_with_blank_nodes_is_kept_whole() {
        let [one, two] = [1, 2].map(|n| quad(Literal::from(n)));
        let node = quad(BlankNode::default());
        let delta = Delta::between(vec![one.clone()], &[one.clone(), two.clone(), node.clone()]);
        assert_eq!(delta, Delta { removed: vec![one.clone()], added: vec![one, two, node] });
        assert!(delta.is_whole());
    }

    #[test]
    fn a_line_break_and_a_quotation_mark_come_back() {
        let odd = quad(Literal::new_language_tagged_literal_unchecked("a \"b\"\n\\c \u{62d}", "ar"));
        let Ok(Term::Literal(text)) = value(std::slice::from_ref(&odd)).parse::<Term>() else { panic!("it is one") };
        assert_eq!(quads(text.value()).expect("it parses"), [odd]);
    }
}
