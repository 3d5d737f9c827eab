//! Nodes and edges in columns, for the syntaxes that do not nest: what each column is called, of what type, and how it
//! is read. Every one of those syntaxes has the same columns.

use std::{borrow::Cow, collections::BTreeSet};

use serde_json::{Map, Value as Json};

use crate::{
    ask::{Edge, Node, Piece},
    model::{Lang, Text},
};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Number,
    Count,
    Flag,
}

impl Type {
    /// What GraphML and GEXF call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Number => "double",
            Self::Count => "long",
            Self::Flag => "boolean",
        }
    }
}

/// What stands in one place of a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    Count(u64),
    Flag(bool),
}

impl Value<'_> {
    /// The value as text.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Count(count) => Cow::Owned(count.to_string()),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        }
    }

    fn json(self) -> Json {
        match self {
            Self::Text(text) => text.into(),
            Self::Number(number) => number.into(),
            Self::Count(count) => count.into(),
            Self::Flag(flag) => flag.into(),
        }
    }
}

/// How a column is read from a node or an edge.
type Read<T> = dyn for<'a> Fn(&'a T) -> Option<Value<'a>>;

/// A column of a table of nodes or of edges.
pub(super) struct Column<T> {
    pub(super) name: String,
    pub(super) kind: Type,
    read: Box<Read<T>>,
}

impl<T> Column<T> {
    fn new(name: &str, kind: Type, read: impl for<'a> Fn(&'a T) -> Option<Value<'a>> + 'static) -> Self {
        Self { name: name.to_owned(), kind, read: Box::new(read) }
    }

    fn text(name: &str, read: impl for<'a> Fn(&'a T) -> Option<&'a str> + 'static) -> Self {
        Self::new(name, Type::Text, move |thing| Some(Value::Text(read(thing)?.into())))
    }

    /// Several values in one place, with a sign between them that none contains.
    fn list(name: &str, between: &'static str, read: impl for<'a> Fn(&'a T) -> Vec<&'a str> + 'static) -> Self {
        Self::new(name, Type::Text, move |thing| {
            let values = read(thing);
            (!values.is_empty()).then(|| Value::Text(values.join(between).into()))
        })
    }

    /// No syntax has a number that is none.
    fn number(name: &str, read: impl Fn(&T) -> Option<f64> + 'static) -> Self {
        Self::new(name, Type::Number, move |thing| read(thing).filter(|number| number.is_finite()).map(Value::Number))
    }

    fn count(name: &str, read: impl Fn(&T) -> Option<u64> + 'static) -> Self {
        Self::new(name, Type::Count, move |thing| read(thing).map(Value::Count))
    }

    fn labels(langs: &BTreeSet<Lang>, read: impl for<'a> Fn(&'a T) -> &'a Text + Copy + 'static) -> Vec<Self> {
        let column = |lang: &Lang| {
            let own = lang.clone();
            Self::text(&format!("label_{lang}"), move |thing| read(thing).get(&own).map(String::as_str))
        };
        langs.iter().map(column).collect()
    }

    /// What stands in the column for a node or an edge.
    pub(super) fn of<'a>(&self, thing: &'a T) -> Option<Value<'a>> {
        (self.read)(thing)
    }
}

/// The columns of the nodes.
pub(super) fn of_nodes(piece: &Piece) -> Vec<Column<Node>> {
    let langs = langs(piece.nodes.iter().map(|node| &node.label));
    let measures: BTreeSet<&'static str> = piece.nodes.iter().flat_map(|node| node.measures.keys().copied()).collect();
    let mut columns =
        vec![Column::text("id", |node: &Node| Some(&node.id)), Column::text("type", |node: &Node| Some(node.kind))];
    columns.extend(Column::labels(&langs, |node: &Node| &node.label));
    columns.extend([
        Column::list("classes", " ", |node: &Node| node.classes.iter().map(String::as_str).collect()),
        Column::count("degree", |node: &Node| node.degree),
        Column::text("date", |node: &Node| node.date.as_deref()),
        Column::text("from", |node: &Node| node.from.as_deref()),
        Column::text("to", |node: &Node| node.to.as_deref()),
        Column::number("latitude", |node: &Node| node.latitude),
        Column::number("longitude", |node: &Node| node.longitude),
        Column::count("community", |node: &Node| node.community.map(u64::from)),
    ]);
    columns.extend(
        measures.into_iter().map(|name| Column::number(name, move |node: &Node| node.measures.get(name).copied())),
    );
    columns
}

/// The columns of the edges.
pub(super) fn of_edges(piece: &Piece) -> Vec<Column<Edge>> {
    let langs = langs(piece.edges.iter().map(|edge| &edge.label));
    let mut columns = vec![
        Column::text("id", |edge: &Edge| Some(&edge.id)),
        Column::text("source", |edge: &Edge| Some(&edge.source)),
        Column::text("target", |edge: &Edge| Some(&edge.target)),
        Column::text("predicate", |edge: &Edge| Some(&edge.predicate)),
    ];
    columns.extend(Column::labels(&langs, |edge: &Edge| &edge.label));
    columns.extend([
        Column::new("directed", Type::Flag, |edge: &Edge| Some(Value::Flag(edge.directed))),
        Column::text("graph", |edge: &Edge| Some(edge.graph.as_str()).filter(|graph| !graph.is_empty())),
        Column::text("document", |edge: &Edge| edge.document.as_deref()),
        Column::list("mentions", " ", |edge: &Edge| edge.evidence.iter().map(|it| it.mention.as_str()).collect()),
        Column::list("words", " | ", |edge: &Edge| edge.evidence.iter().map(|it| it.exact.as_str()).collect()),
        Column::list("speaker", " ", |edge: &Edge| edge.speaker.iter().map(String::as_str).collect()),
        Column::list("function", " ", |edge: &Edge| edge.function.iter().map(String::as_str).collect()),
        Column::number("confidence", |edge: &Edge| edge.confidence),
        Column::text("reviewState", |edge: &Edge| edge.review_state.as_deref()),
        Column::number("weight", |edge: &Edge| edge.weight),
        Column::count("count", |edge: &Edge| edge.count),
        Column::text("from", |edge: &Edge| edge.from.as_deref()),
        Column::text("to", |edge: &Edge| edge.to.as_deref()),
    ]);
    columns
}

/// Both languages of the archive, and whatever others there are.
fn langs<'a>(labels: impl Iterator<Item = &'a Text>) -> BTreeSet<Lang> {
    labels.flat_map(|label| label.keys().cloned()).chain([Lang::en(), Lang::ar()]).collect()
}

/// One label, for the programs that show one.
pub(super) fn label(text: &Text) -> Option<&str> {
    text.get(&Lang::en()).or_else(|| text.get(&Lang::ar())).or_else(|| text.values().next()).map(String::as_str)
}

/// A node or an edge as a flat JSON object, with one label more.
pub(super) fn object<T>(columns: &[Column<T>], thing: &T, text: &Text) -> Map<String, Json> {
    let label = label(text).map(|label| ("label".to_owned(), label.into()));
    let values = columns.iter().filter_map(|column| Some((column.name.clone(), column.of(thing)?.json())));
    values.chain(label).collect()
}
