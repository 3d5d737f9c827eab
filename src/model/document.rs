//! Documents: what the archive keeps, as the archive describes it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Claim, Date, Id, Lang, Redaction, Sensitive, Source, Text, Texts};

/// A document or another record, with its archive fields, its texts, its citations and its claims.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    /// Its identifier, `doc/…`.
    pub id: Id,
    /// Its title; at least one language.
    pub title: Text,
    /// Other titles it goes by.
    pub alt_title: Texts,
    /// The kind of document: a term of `vocab/document-type`, without the scheme.
    pub doc_type: Option<String>,
    /// When it was issued.
    pub issued: Option<Date>,
    /// The date of issue as the archive prints it.
    pub date_text: Option<String>,
    /// Who issued it.
    pub issuer: Vec<Reference>,
    /// Who wrote or signed it.
    pub creator: Vec<Reference>,
    /// The official symbol, unique with its issuer: `S/2016/888`.
    pub symbol: Option<String>,
    /// Codes and numbers that others gave it.
    pub codes: Vec<Code>,
    /// The languages it is in.
    pub language: Vec<Lang>,
    /// The language it was first written in, where that is said.
    pub original_language: Option<Lang>,
    /// The archive's geographic area, from the widest place to the narrowest.
    pub area: Vec<Reference>,
    /// The country it is addressed to.
    pub addressed_to: Vec<Reference>,
    /// The archive's related entities.
    pub related_entity: Vec<Reference>,
    /// The archive's related persons.
    pub related_person: Vec<Reference>,
    /// The archive's related diary entries.
    pub related_diary: Vec<Reference>,
    /// The archive's related events.
    pub related_event: Vec<Reference>,
    /// Collections it belongs to.
    pub collection: Vec<Id>,
    /// The fields for which the archive says that there is nothing.
    pub stated_empty: Vec<Field>,
    /// What became of a draft: a term of `vocab/adoption`.
    pub adoption: Option<String>,
    /// The document it is a translation of.
    pub translation_of: Option<Id>,
    /// The document it revises.
    pub revision_of: Option<Id>,
    /// Where it was published.
    pub address: Option<String>,
    /// Its fixed texts.
    pub layers: Vec<TextLayer>,
    /// What is withheld in its texts.
    #[serde(skip)]
    pub redactions: Vec<Redaction>,
    /// What of it goes to the private store and nowhere else.
    #[serde(skip)]
    pub sensitive: Sensitive,
    /// What it cites.
    pub citations: Vec<Citation>,
    /// What it claims.
    pub claims: Vec<Claim>,
    /// Where this description was read.
    pub sources: Vec<Source>,
    /// Values of this description that rest on no source that was read.
    pub unchecked: Vec<String>,
    /// A remark of the archive's.
    pub note: Text,
}

impl Document {
    /// An empty description of a document.
    #[must_use]
    pub fn new(id: Id) -> Self {
        Self {
            id,
            title: Text::new(),
            alt_title: Texts::new(),
            doc_type: None,
            issued: None,
            date_text: None,
            issuer: Vec::new(),
            creator: Vec::new(),
            symbol: None,
            codes: Vec::new(),
            language: Vec::new(),
            original_language: None,
            area: Vec::new(),
            addressed_to: Vec::new(),
            related_entity: Vec::new(),
            related_person: Vec::new(),
            related_diary: Vec::new(),
            related_event: Vec::new(),
            collection: Vec::new(),
            stated_empty: Vec::new(),
            adoption: None,
            translation_of: None,
            revision_of: None,
            address: None,
            layers: Vec::new(),
            redactions: Vec::new(),
            sensitive: Sensitive::default(),
            citations: Vec::new(),
            claims: Vec::new(),
            sources: Vec::new(),
            unchecked: Vec::new(),
            note: Text::new(),
        }
    }

    /// Every field that refers to other things by identifier or by name, with the name of the field.
    pub fn references_mut(&mut self) -> [(Field, &mut Vec<Reference>); 8] {
        [
            (Field::Issuer, &mut self.issuer),
            (Field::Creator, &mut self.creator),
            (Field::Area, &mut self.area),
            (Field::AddressedTo, &mut self.addressed_to),
            (Field::RelatedEntity, &mut self.related_entity),
            (Field::RelatedPerson, &mut self.related_person),
            (Field::RelatedDiary, &mut self.related_diary),
            (Field::RelatedEvent, &mut self.related_event),
        ]
    }
}

/// A thing referred to by a field: known by its identifier, or only as the archive spells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The thing, once it is known.
    pub id: Option<Id>,
    /// The words of the field, where it has words.
    pub text: Option<String>,
}

/// A field of the archive's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Date of issue.
    Issued,
    /// Document type.
    DocType,
    /// Geographic area.
    Area,
    /// The archive's own code.
    Code,
    /// Related entities.
    RelatedEntity,
    /// Related persons.
    RelatedPerson,
    /// Related diary entries.
    RelatedDiary,
    /// Related events.
    RelatedEvent,
    /// Issuing body.
    Issuer,
    /// Author or signatory.
    Creator,
    /// Country addressed.
    AddressedTo,
    /// Degree of reliability.
    Reliability,
}

impl Field {
    /// Every field, in the order of the archive's page.
    pub const ALL: [Self; 12] = [
        Self::Issued,
        Self::DocType,
        Self::Area,
        Self::Code,
        Self::Issuer,
        Self::Creator,
        Self::AddressedTo,
        Self::RelatedEntity,
        Self::RelatedPerson,
        Self::RelatedEvent,
        Self::RelatedDiary,
        Self::Reliability,
    ];

    /// Its term in `vocab/field`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::DocType => "doc-type",
            Self::Area => "area",
            Self::Code => "code",
            Self::RelatedEntity => "related-entity",
            Self::RelatedPerson => "related-person",
            Self::RelatedDiary => "related-diary",
            Self::RelatedEvent => "related-event",
            Self::Issuer => "issuer",
            Self::Creator => "creator",
            Self::AddressedTo => "addressed-to",
            Self::Reliability => "reliability",
        }
    }
}

/// A code or number of a document: who counts, and what they call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// What the code belongs to: `syrian-memory`, `isbn`, `amnesty-index`.
    pub scheme: String,
    /// The code as it is printed.
    pub value: String,
}

/// Which text of the document a layer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayerRole {
    /// The document's own words.
    Full,
    /// The archive's summary, in the archive's words.
    Abstract,
}

impl LayerRole {
    /// Its term in `vocab/layer-role`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Abstract => "abstract",
        }
    }
}

/// One fixed text of a document, in Unicode normal form C with line feeds; mentions count its code points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextLayer {
    /// The language of most of it; it names the layer, `#text-en`.
    pub lang: Lang,
    /// Whose words they are.
    pub role: LayerRole,
    /// The text.
    pub text: String,
}

/// One document citing another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// The document cited.
    pub cited: Id,
    /// What the citation is for, in the terms of `CiTO` without their namespace: `citesAsEvidence`.
    pub characterization: Vec<String>,
    /// How the text names the document.
    pub explicitness: Explicitness,
    /// A remark on how it was identified.
    #[serde(default)]
    pub note: Text,
    /// Where the citation was read.
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// How openly a citation names what it cites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Explicitness {
    /// By symbol or number.
    Number,
    /// By title.
    Title,
    /// By issuing body and date.
    DateAndBody,
    /// Not named; inferred.
    Implied,
}

impl Explicitness {
    /// Its term in `vocab/explicitness`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Title => "title",
            Self::DateAndBody => "date-and-body",
            Self::Implied => "implied",
        }
    }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|field| field.term() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|field| field.term()).collect();
            format!("`{text}` is not a field: expected one of {}", known.join(", "))
        })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.term())
    }
}
