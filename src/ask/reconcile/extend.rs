//! Values of properties, for things that are known.

use oxigraph::model::{NamedNode, Term, vocab::xsd};

use super::{Ground, Property, in_language};
use crate::{
    ask::names::labels,
    model::{Id, Lang},
    store::Error,
};

/// A property, and how its values are wanted.
#[derive(Clone, Debug)]
pub struct Column {
    /// The property.
    pub property: Property,
    /// The most values; 0 for all.
    pub limit: usize,
    /// Whether only their number is wanted.
    pub count: bool,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A thing or a term: its identifier, and what it is called.
    Thing(String, String),
    /// Words, with their language.
    Text(String, Option<Lang>),
    /// A whole number.
    Whole(i64),
    /// Another number.
    Number(f64),
    /// A day.
    Day(String),
}

/// For each thing the cells of each column; a thing of which nothing is known has empty ones.
pub async fn rows(
    ground: &Ground,
    ids: &[String],
    columns: &[Column],
    lang: &Lang,
) -> Result<Vec<Vec<Vec<Cell>>>, Error> {
    let iris = ground.store.iris();
    let things: Vec<Option<Id>> = ids.iter().map(|id| iris.parse_id(id)).collect();
    let known: Vec<Id> = things.iter().flatten().cloned().collect();
    let properties: Vec<&Property> = columns.iter().map(|column| &column.property).collect();
    let held = ground.held(&known, &properties, false).await?;
    let named: Vec<&NamedNode> = held
        .values()
        .flatten()
        .filter_map(|term| match term {
            Term::NamedNode(iri) => Some(iri),
            _ => None,
        })
        .collect();
    let labels = labels(&ground.store, &ground.ontology, named).await?;
    let name = |iri: &str| labels.get(iri).and_then(|text| in_language(text, lang)).map(|(_, name)| name);
    let cells = |thing: &Option<Id>, column: &Column| -> Vec<Cell> {
        let Some(thing) = thing else { return Vec::new() };
        let key = (iris.id(thing).into_string(), column.property.iri.as_str().to_owned());
        let terms = held.get(&key).map_or(&[][..], Vec::as_slice);
        if column.count {
            return vec![Cell::Whole(i64::try_from(terms.len()).unwrap_or(i64::MAX))];
        }
        let mut cells: Vec<Cell> = terms.iter().filter_map(|term| cell(ground, term, &name)).collect();
        // What is in the language asked for comes first.
        cells.sort_by_key(|cell| !matches!(cell, Cell::Text(_, Some(own)) if own == lang));
        cells.truncate(if column.limit == 0 { usize::MAX } else { column.limit });
        cells
    };
    Ok(things.iter().map(|thing| columns.iter().map(|column| cells(thing, column)).collect()).collect())
}

fn cell(ground: &Ground, term: &Term, name: &impl Fn(&str) -> Option<String>) -> Option<Cell> {
    match term {
        Term::NamedNode(iri) => Some(match ground.store.iris().relative(iri.as_str()) {
            Some(path) => Cell::Thing(path.to_owned(), name(iri.as_str()).unwrap_or_else(|| path.to_owned())),
            None => Cell::Text(iri.as_str().to_owned(), None),
        }),
        Term::Literal(literal) => {
            let value = literal.value();
            let whole = value.parse().ok().filter(|_| literal.datatype() == xsd::INTEGER).map(Cell::Whole);
            let is_number = [xsd::DECIMAL, xsd::DOUBLE, xsd::FLOAT].contains(&literal.datatype());
            let number =
                || value.parse::<f64>().ok().filter(|number| is_number && number.is_finite()).map(Cell::Number);
            let is_day = literal.datatype() == xsd::DATE && value.len() == 10;
            let day = || is_day.then(|| Cell::Day(format!("{value}T00:00:00Z")));
            let words = || Cell::Text(value.to_owned(), literal.language().and_then(|tag| tag.parse().ok()));
            Some(whole.or_else(number).or_else(day).unwrap_or_else(words))
        }
        _ => None,
    }
}
