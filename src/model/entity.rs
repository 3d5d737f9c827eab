//! Entities: the persons, organizations, places and events that documents speak of.

use serde::Serialize;

use super::{Date, Id, Source, Text, Texts};

/// A person, organization, place or event, by the names it has and what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entity {
    /// Its identifier; its kind tells what it is.
    pub id: Id,
    /// Its name, at most one a language.
    pub label: Text,
    /// Other names it goes by: acronyms, spellings, former names.
    pub alt_label: Texts,
    /// Spellings that serve only to find it.
    pub hidden_label: Texts,
    /// A remark.
    pub note: Text,
    /// The same thing in other collections: absolute IRIs.
    pub exact_match: Vec<String>,
    /// What only its kind has.
    pub detail: Detail,
    /// Where this description was read.
    pub sources: Vec<Source>,
    /// Values of this description that rest on no source that was read, repeated here.
    pub unchecked: Vec<String>,
}

/// What only one kind of entity has.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detail {
    /// Of a person.
    Person {
        /// The offices the person held.
        tenures: Vec<Tenure>,
    },
    /// Of an organization.
    Organization {
        /// The organization it is a unit or organ of.
        part_of: Option<Id>,
        /// When it came into being.
        founded: Option<Date>,
        /// When it ended.
        dissolved: Option<Date>,
        /// Where it has its seat.
        seat: Option<Id>,
        /// What the body may do about responsibility: a term of `vocab/mandate`.
        mandate: Option<String>,
    },
    /// Of a place.
    Place {
        /// A term of `vocab/admin-level`.
        level: Option<String>,
        /// Its P-code (OCHA).
        pcode: Option<String>,
        /// Its GeoNames number.
        geonames: Option<String>,
        /// The GeoNames code of the first-level division it is or lies in: `SY.09`.
        admin1: Option<String>,
        /// Where it lies, by authority; the first is the one that `within` follows.
        within: Vec<Within>,
        /// A point in it.
        point: Option<Point>,
    },
    /// Of an event.
    Event {
        /// Whether it is an incident that was reported or an act of an institution.
        kind: EventKind,
        /// A term of `vocab/event-kind`.
        event_kind: Option<String>,
        /// When it was.
        when: Option<Date>,
        /// The time as reported, where it is finer or looser than a date.
        date_text: Option<String>,
        /// Where it was reported.
        at: Vec<Id>,
        /// Who reported or named it.
        reported_by: Vec<Id>,
        /// The document it acted on (a vote) or brought about (a founding).
        concerns: Vec<Id>,
        /// Votes for.
        votes_for: Option<u32>,
        /// Votes against.
        votes_against: Option<u32>,
        /// Abstentions.
        abstentions: Option<u32>,
        /// Who voted against.
        against: Vec<Id>,
        /// Who abstained.
        abstained: Vec<Id>,
    },
}

/// The two kinds of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// Harm that was reported; it may not have happened as told.
    ReportedIncident,
    /// A vote, an election, a founding: an act on record.
    InstitutionalEvent,
    /// Any other dated event.
    Event,
}

/// A person in an office for some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tenure {
    /// The organization of the office.
    pub organization: Option<Id>,
    /// The office.
    pub role: Text,
    /// The first day, as exactly as it is known.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// A day on which the person is known to have been in office.
    pub attested: Option<Date>,
    /// Where it was read.
    pub sources: Vec<Source>,
    /// Values that rest on no source that was read.
    pub unchecked: Vec<String>,
}

/// A place lying in another, according to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Within {
    /// The place around it.
    pub place: Id,
    /// Who says so, where that is known: `org/ocha`.
    pub authority: Option<Id>,
}

/// A point in WGS 84, in decimal degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
}
