//! What does a row say? Its columns by name, each taken once, so that what is left over can be told.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::{
    Notice, Record, Refusal, Vocabulary, dates,
    header::{Beside, Header, KEYS, not_a_date},
    table::BETWEEN,
};
use crate::model::{Date, Detail, Entity, EventKind, Id, Kind, Lang, Point, Source, Tenure, Text, Texts, Within};

/// Columns that every entity may have, and those with a language behind them: `label_en`.
const COMMON: [&str; 4] = ["id", "exact_match", "source", "unchecked"];
const WORDED: [&str; 4] = ["label", "alt", "hidden", "note"];
/// Columns that only one kind of entity has.
const ORGANIZATION: [&str; 5] = ["part_of", "founded", "dissolved", "seat", "mandate"];
const PLACE: [&str; 7] = ["level", "pcode", "geonames", "admin1", "within", "latitude", "longitude"];
const EVENT: [&str; 12] = [
    "kind",
    "event_kind",
    "when",
    "time_text",
    "at",
    "reported_by",
    "concerns",
    "votes_for",
    "votes_against",
    "abstentions",
    "against",
    "abstained",
];
/// Keys of a header that hold words in languages, and those that hold lists.
const DOCUMENT_WORDED: [&str; 3] = ["title", "alt_title", "note"];
const DOCUMENT_LISTS: [&str; 14] = [
    "issuer",
    "creator",
    "codes",
    "language",
    "area",
    "addressed_to",
    "related_entity",
    "related_person",
    "related_diary",
    "related_event",
    "stated_empty",
    "collection",
    "source",
    "unchecked",
];

/// What a name of several lines mostly comes from.
const UNCLOSED: &str = "it has several lines: expected one (a quotation mark may be left open)";

/// Whether a table of things of this kind may have the column.
pub(super) fn is_column(kind: Kind, column: &str) -> bool {
    let worded = |names: &[&str]| worded(column).is_some_and(|(name, _)| names.contains(&name));
    let entity = COMMON.contains(&column) || worded(&WORDED);
    match kind {
        Kind::Document => document_key(column) || worded(&DOCUMENT_WORDED),
        Kind::Person => entity,
        Kind::Organization => entity || ORGANIZATION.contains(&column),
        Kind::Place => entity || PLACE.contains(&column),
        Kind::Event => entity || EVENT.contains(&column) || worded(&["time_text"]),
        Kind::Claim | Kind::Collection | Kind::Concept => false,
    }
}

fn document_key(column: &str) -> bool {
    KEYS.contains(&column) && !matches!(column, "claims" | "citations")
}

/// `label_en` as `label` and English.
fn worded(column: &str) -> Option<(&str, Lang)> {
    let (name, lang) = column.rsplit_once('_')?;
    let lang: Lang = lang.parse().ok()?;
    (lang.as_str().len() <= 3 || lang.as_str().contains('-')).then_some((name, lang))
}

/// A row whose cells are taken one by one.
pub(super) struct Row {
    /// Its number.
    pub(super) number: usize,
    /// The cells not taken yet, without white space around them.
    pub(super) cells: BTreeMap<String, String>,
    /// What is worth saying about it.
    pub(super) notices: Vec<Notice>,
}

/// The record that a row describes, told by its identifier, or by its person for a tenure.
pub(super) fn record(row: &mut Row, vocabulary: &Vocabulary) -> Result<Record, Refusal> {
    let Some(id) = row.id("id", &[])? else {
        let person = row.id("person", &[Kind::Person])?.ok_or_else(|| {
            Refusal::new("id", "the cell is empty: expected an identifier such as org/hrw, or a person for a tenure")
        })?;
        return Ok(Record::Tenure { person, tenure: tenure(row)? });
    };
    match id.kind() {
        _ if id.whole() != id.as_str() => {
            Err(Refusal::new("id", format_args!("`{id}` names a part: expected a whole thing")))
        }
        Kind::Document => document(row, &id, vocabulary),
        Kind::Person | Kind::Organization | Kind::Place | Kind::Event => {
            entity(row, id, vocabulary).map(Record::Entity)
        }
        Kind::Claim | Kind::Collection | Kind::Concept => Err(Refusal::new(
            "id",
            format_args!("`{id}` is not read from a table: expected doc/, person/, org/, place/ or event/"),
        )),
    }
}

fn entity(row: &mut Row, id: Id, vocabulary: &Vocabulary) -> Result<Entity, Refusal> {
    let detail = match id.kind() {
        Kind::Organization => Detail::Organization {
            part_of: row.id("part_of", &[Kind::Organization])?,
            founded: row.date("founded")?,
            dissolved: row.date("dissolved")?,
            seat: row.id("seat", &[Kind::Place])?,
            mandate: row.term("mandate", "mandate", vocabulary)?,
        },
        Kind::Place => place(row, vocabulary)?,
        Kind::Event => event(row, vocabulary)?,
        _ => Detail::Person { tenures: Vec::new() },
    };
    let label = row.text("label")?;
    if label.is_empty() {
        return Err(Refusal::new("label_en", "there is no name: expected one in label_en or label_ar"));
    }
    let exact_match = row.list("exact_match");
    if let Some(other) = exact_match.iter().find(|iri| !iri.contains("://")) {
        return Err(Refusal::new(
            "exact_match",
            format_args!("`{other}` is not an absolute IRI: expected one such as http://\u{2026}"),
        ));
    }
    Ok(Entity {
        id,
        label,
        alt_label: row.texts("alt"),
        hidden_label: row.texts("hidden"),
        note: row.note(),
        exact_match,
        detail,
        sources: row.parsed_list::<Source>("source", Source::try_from)?,
        unchecked: row.list("unchecked"),
    })
}

fn place(row: &mut Row, vocabulary: &Vocabulary) -> Result<Detail, Refusal> {
    let within = |text: String| -> Result<Within, crate::model::IdError> {
        let (place, authority) = text.split_once('=').map_or((&text[..], None), |(place, by)| (place, Some(by)));
        Ok(Within { place: place.trim().parse()?, authority: authority.map(|by| by.trim().parse()).transpose()? })
    };
    let (latitude, longitude) = (row.degrees("latitude", 90.0)?, row.degrees("longitude", 180.0)?);
    let point = match (latitude, longitude) {
        (Some(latitude), Some(longitude)) => Some(Point { latitude, longitude }),
        (None, None) => None,
        (None, _) => return Err(Refusal::new("latitude", "the cell is empty: expected one beside the longitude")),
        (_, None) => return Err(Refusal::new("longitude", "the cell is empty: expected one beside the latitude")),
    };
    Ok(Detail::Place {
        level: row.term("level", "admin-level", vocabulary)?,
        pcode: row.take("pcode"),
        geonames: row.take("geonames"),
        admin1: row.take("admin1"),
        within: row.parsed_list("within", within)?,
        point,
    })
}

fn event(row: &mut Row, vocabulary: &Vocabulary) -> Result<Detail, Refusal> {
    let kind = row.take("kind").unwrap_or_default();
    let kind = match kind.as_str() {
        "reported-incident" => EventKind::ReportedIncident,
        "institutional-event" => EventKind::InstitutionalEvent,
        "event" => EventKind::Event,
        _ => {
            let reason =
                format!("`{kind}` is not a kind of event: expected reported-incident, institutional-event or event");
            return Err(Refusal::new("kind", reason));
        }
    };
    let written = row.take("time_text");
    Ok(Detail::Event {
        kind,
        event_kind: row.term("event_kind", "event-kind", vocabulary)?,
        when: row.date("when")?,
        date_text: written.or(row.text("time_text")?.into_values().next()),
        at: row.ids("at", &[Kind::Place])?,
        reported_by: row.ids("reported_by", &[Kind::Organization, Kind::Person])?,
        concerns: row.ids("concerns", &[])?,
        votes_for: row.count("votes_for")?,
        votes_against: row.count("votes_against")?,
        abstentions: row.count("abstentions")?,
        against: row.states("against", vocabulary)?,
        abstained: row.states("abstained", vocabulary)?,
    })
}

fn tenure(row: &mut Row) -> Result<Tenure, Refusal> {
    let role = row.text("role")?;
    if role.is_empty() {
        return Err(Refusal::new("role_en", "there is no office: expected one in role_en or role_ar"));
    }
    Ok(Tenure {
        organization: row.id("organization", &[Kind::Organization])?,
        role,
        from: row.date("from")?,
        to: row.date("to")?,
        attested: row.date("attested")?,
        sources: row.parsed_list::<Source>("source", Source::try_from)?,
        unchecked: row.list("unchecked"),
    })
}

/// A document described by a row, read as a header with the same keys would be.
fn document(row: &mut Row, id: &Id, vocabulary: &Vocabulary) -> Result<Record, Refusal> {
    let mut keys = Map::from_iter([("id".to_owned(), Value::from(id.as_str()))]);
    let columns: Vec<String> = row.cells.keys().cloned().collect();
    for column in columns.iter().filter(|column| is_column(Kind::Document, column)) {
        let Some(cell) = row.take(column) else { continue };
        let several = || Value::from(cell.split(BETWEEN).map(str::trim).collect::<Vec<_>>());
        let (key, value) = match worded(column).filter(|(name, _)| DOCUMENT_WORDED.contains(name)) {
            Some((name, lang)) => {
                let wording = if name == "alt_title" { several() } else { Value::from(cell.clone()) };
                (name, Value::Object(Map::from_iter([(lang.to_string(), wording)])))
            }
            None if column == "codes" => ("codes", codes(&cell)?),
            None if DOCUMENT_LISTS.contains(&column.as_str()) => (column.as_str(), several()),
            None => (column.as_str(), Value::from(cell.clone())),
        };
        let alone = Value::Object(Map::from_iter([(key.to_owned(), value.clone())]));
        Header::deserialize(alone).map_err(|error| Refusal::new(column.as_str(), error))?;
        match (keys.get_mut(key), value) {
            (Some(Value::Object(known)), Value::Object(more)) => known.extend(more),
            (_, value) => drop(keys.insert(key.to_owned(), value)),
        }
    }
    let header = Header::deserialize(Value::Object(keys)).map_err(|error| Refusal::new("id", error))?;
    if header.title.is_empty() {
        return Err(Refusal::new("title_en", "there is no title: expected one in title_en or title_ar"));
    }
    let beside = Beside { layers: Vec::new(), text: id.as_str(), stem: id.key(), vocabulary };
    header.document(beside, &mut row.notices).map(Record::Document)
}

/// Codes written `scheme=value`.
fn codes(cell: &str) -> Result<Value, Refusal> {
    let code = |text: &str| {
        let (scheme, value) = text
            .split_once('=')
            .ok_or_else(|| Refusal::new("codes", format_args!("`{text}` is not a code: expected scheme=value")))?;
        Ok(serde_json::json!({ "scheme": scheme.trim(), "value": value.trim() }))
    };
    cell.split(BETWEEN).map(code).collect()
}

impl Row {
    /// A row of cells, without the white space around them.
    pub(super) fn new(number: usize, cells: BTreeMap<String, String>) -> Self {
        let trimmed = |(column, cell): (String, String)| match cell.trim() {
            bare if bare.len() == cell.len() => (column, cell),
            bare => (column, bare.to_owned()),
        };
        Self { number, cells: cells.into_iter().map(trimmed).collect(), notices: Vec::new() }
    }

    /// The cell, unless it is empty.
    fn take(&mut self, column: &str) -> Option<String> {
        self.cells.remove(column).filter(|cell| !cell.is_empty())
    }

    /// The values of a cell that may hold several.
    fn list(&mut self, column: &str) -> Vec<String> {
        let cell = self.take(column).unwrap_or_default();
        cell.split(BETWEEN).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    /// The wordings in `{name}_{language}`.
    fn texts(&mut self, name: &str) -> Texts {
        let columns: Vec<(String, Lang)> = self
            .cells
            .keys()
            .filter_map(|column| {
                worded(column).filter(|(start, _)| *start == name).map(|(_, lang)| (column.clone(), lang))
            })
            .collect();
        let values = columns.into_iter().map(|(column, lang)| (lang, self.list(&column)));
        values.filter(|(_, wordings)| !wordings.is_empty()).collect()
    }

    /// One wording a language in `{name}_{language}`, each of one line.
    fn text(&mut self, name: &str) -> Result<Text, Refusal> {
        let one = |(lang, mut wordings): (Lang, Vec<String>)| match (wordings.pop(), wordings.is_empty()) {
            (Some(wording), true) if !wording.contains('\n') => Ok((lang, wording)),
            (Some(_), true) => Err(Refusal::new(format!("{name}_{lang}"), UNCLOSED)),
            _ => Err(Refusal::new(format!("{name}_{lang}"), "it has several values: expected one")),
        };
        self.texts(name).into_iter().map(one).collect()
    }

    /// The remark in `note_{language}`; it is prose, in which a bar parts nothing.
    fn note(&mut self) -> Text {
        let columns: Vec<String> = self.cells.keys().filter(|column| column.starts_with("note_")).cloned().collect();
        let remark = |column: String| {
            let (_, lang) = worded(&column)?;
            Some((lang, self.take(&column)?))
        };
        columns.into_iter().filter_map(remark).collect()
    }

    fn count(&mut self, column: &str) -> Result<Option<u32>, Refusal> {
        let Some(cell) = self.take(column) else { return Ok(None) };
        let refuse =
            |_| Refusal::new(column, format_args!("`{cell}` is not a number: expected a whole one such as 12"));
        cell.parse().map(Some).map_err(refuse)
    }

    fn parsed_list<T>(
        &mut self,
        column: &str,
        parse: impl Fn(String) -> Result<T, crate::model::IdError>,
    ) -> Result<Vec<T>, Refusal> {
        self.list(column).into_iter().map(|value| parse(value).map_err(|error| Refusal::new(column, error))).collect()
    }

    /// The identifiers in a cell, of one of these kinds; of any where none is named.
    fn ids(&mut self, column: &str, kinds: &[Kind]) -> Result<Vec<Id>, Refusal> {
        let ids = self.parsed_list(column, |value| value.parse::<Id>())?;
        let expected =
            || kinds.iter().map(|kind| format!("{}/\u{2026}", kind.segment())).collect::<Vec<_>>().join(" or ");
        match ids.iter().find(|id| !kinds.is_empty() && !kinds.contains(&id.kind())) {
            Some(id) => Err(Refusal::new(column, format_args!("`{id}` is of another kind: expected {}", expected()))),
            None => Ok(ids),
        }
    }

    fn id(&mut self, column: &str, kinds: &[Kind]) -> Result<Option<Id>, Refusal> {
        match &self.ids(column, kinds)?[..] {
            [] => Ok(None),
            [id] => Ok(Some(id.clone())),
            _ => Err(Refusal::new(column, "it has several values: expected one")),
        }
    }

    fn date(&mut self, column: &str) -> Result<Option<Date>, Refusal> {
        let Some(printed) = self.take(column) else { return Ok(None) };
        let reading = dates::read(&printed).ok_or_else(|| Refusal::new(column, not_a_date(&printed)))?;
        if let Some(remark) = reading.remark {
            self.notices.push(Notice::new(format!("row {}, {column}", self.number), format!("`{printed}`: {remark}")));
        }
        Ok(Some(reading.date))
    }

    fn term(&mut self, column: &str, scheme: &str, vocabulary: &Vocabulary) -> Result<Option<String>, Refusal> {
        let words = self.take(column);
        words.map(|words| vocabulary.term(scheme, &words).map_err(|unknown| Refusal::new(column, unknown))).transpose()
    }

    /// States by identifier or by name.
    fn states(&mut self, column: &str, vocabulary: &Vocabulary) -> Result<Vec<Id>, Refusal> {
        let state = |words: String| {
            let id = if words.contains('/') {
                words.parse()
            } else {
                let term = vocabulary.term("state", &words).map_err(|unknown| Refusal::new(column, unknown))?;
                format!("vocab/state/{term}").parse()
            };
            id.map_err(|error: crate::model::IdError| Refusal::new(column, error))
        };
        self.list(column).into_iter().map(state).collect()
    }

    /// Decimal degrees, no more than so many either way.
    fn degrees(&mut self, column: &str, most: f64) -> Result<Option<f64>, Refusal> {
        let Some(cell) = self.take(column) else { return Ok(None) };
        let degrees = cell.parse().ok().filter(|degrees: &f64| degrees.abs() <= most);
        let refuse = || {
            Refusal::new(
                column,
                format_args!("`{cell}` is not a {column}: expected decimal degrees from -{most} to {most}"),
            )
        };
        degrees.map(Some).ok_or_else(refuse)
    }
}
