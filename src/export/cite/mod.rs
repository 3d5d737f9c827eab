//! How is it cited?
//!
//! A thing of the archive as a reference, for the programs that people keep their references in: [`bibtex`], [`ris`],
//! [`csl`], and the tags that they read in a page ([`tags`]). A document is cited as what it is, with who issued it;
//! anything else as an entry of the archive. Words are in the language asked for, else in the one there is. Whoever is
//! named only in words is cited in those words; nobody is made an author of what only names them.

mod bibtex;
mod csl;
mod ris;
pub mod tags;

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{NamedNode, NamedNodeRef, Quad, Term};

use crate::{
    model::{Date, Id, Kind, Lang, Text},
    rdf::{
        Iris,
        vocab::{dct, foaf, isn, rdfs},
    },
    store::literal_value,
};

/// What the archive is called, in each language.
const ARCHIVE: [(&str, &str); 2] = [("en", "Isnad"), ("ar", "\u{625}\u{633}\u{646}\u{627}\u{62f}")];

/// A format for references.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `BibTeX`.
    BibTex,
    /// RIS.
    Ris,
    /// CSL-JSON.
    Csl,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::BibTex, Self::Ris, Self::Csl];

    /// The media type it is served with.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::BibTex => "application/x-bibtex",
            Self::Ris => "application/x-research-info-systems",
            Self::Csl => "application/vnd.citationstyles.csl+json",
        }
    }

    /// The extension of its files and addresses, without the first dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::BibTex => "bib",
            Self::Ris => "ris",
            Self::Csl => "csl.json",
        }
    }

    /// What people call it, in lower case as it stands in parameters.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::BibTex => "bibtex",
            Self::Ris => "ris",
            Self::Csl => "csl",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BibTex => "BibTeX",
            Self::Ris => "RIS",
            Self::Csl => "CSL-JSON",
        }
    }

    /// Some references as one file.
    #[must_use]
    pub fn write(self, references: &[Reference]) -> String {
        match self {
            Self::BibTex => references.iter().map(bibtex::entry).collect::<Vec<_>>().join("\n"),
            Self::Ris => references.iter().map(ris::record).collect(),
            Self::Csl => csl::items(references),
        }
    }
}

/// What is cited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Genre {
    Report,
    PressStatement,
    /// A resolution or a decision.
    Official,
    Treaty,
    Article,
    Letter,
    Speech,
    Testimony,
    WebPage,
    /// Any other document.
    Document,
    /// What the archive says of a thing that is no document.
    Entry,
}

/// Whoever answers for a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The name, as it is written.
    pub name: String,
    /// Whether it is a person.
    pub is_person: bool,
}

/// A thing as it is cited.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Its identifier.
    pub id: Id,
    /// Its IRI, which is also its address.
    pub iri: String,
    /// What it is, in words.
    pub kind: Option<String>,
    pub(super) genre: Genre,
    /// Its title, without line breaks.
    pub title: String,
    /// Who wrote it, or else who issued it.
    pub authors: Vec<Author>,
    /// Who issued it.
    pub issuers: Vec<String>,
    /// The date of issue, as exact as it is known.
    pub issued: Option<Date>,
    /// The official symbol.
    pub number: Option<String>,
    /// The language it was written in.
    pub language: Option<String>,
    /// Where it was published.
    pub page: Option<String>,
    /// The collections it is kept in.
    pub collections: Vec<String>,
    /// What the archive is called.
    pub archive: &'static str,
}

/// What is known of a thing: the statements about it, and what everything in them is called.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The names of things.
    pub iris: &'a Iris,
    /// The statements.
    pub quads: &'a [Quad],
    /// The labels, by IRI.
    pub labels: &'a BTreeMap<String, Text>,
}

impl<'a> Known<'a> {
    /// The values of a property.
    pub(super) fn objects(self, subject: &str, property: NamedNodeRef<'_>) -> Vec<&'a Term> {
        let mut found: Vec<&Term> = Vec::new();
        for quad in self.quads.iter().filter(|quad| quad.predicate == property && is(quad, subject)) {
            if !found.contains(&&quad.object) {
                found.push(&quad.object);
            }
        }
        found
    }

    /// The things among the values of a property.
    pub(super) fn things(self, subject: &str, property: NamedNodeRef<'_>) -> Vec<&'a NamedNode> {
        let objects = self.objects(subject, property).into_iter();
        objects.filter_map(|term| if let Term::NamedNode(iri) = term { Some(iri) } else { None }).collect()
    }

    /// The words of a property, by language.
    pub(super) fn text(self, subject: &str, property: NamedNodeRef<'_>) -> Text {
        let mut text = Text::new();
        for term in self.objects(subject, property) {
            if let Term::Literal(literal) = term {
                let lang = literal.language().and_then(|tag| tag.parse().ok()).unwrap_or_else(Lang::undetermined);
                text.entry(lang).or_insert_with(|| literal.value().to_owned());
            }
        }
        text
    }

    /// What a thing is called in a language, or else in any.
    pub(super) fn label(self, iri: &str, lang: &Lang) -> Option<String> {
        self.labels.get(iri).and_then(|text| chosen(text, lang))
    }
}

fn is(quad: &Quad, subject: &str) -> bool {
    matches!(&quad.subject, oxigraph::model::NamedOrBlankNode::NamedNode(iri) if iri.as_str() == subject)
}

/// The words in a language, or else in the first there is, in one line.
pub(super) fn chosen(text: &Text, lang: &Lang) -> Option<String> {
    text.get(lang).or_else(|| text.values().next()).map(|words| one_line(words))
}

/// A text in one line.
pub(super) fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Reference {
    /// A thing as it is cited in a language.
    #[must_use]
    pub fn of(known: Known<'_>, id: &Id, lang: &Lang) -> Self {
        let iris = known.iris;
        let iri = iris.id(id).into_string();
        let own = |local: &str| iris.term(local);
        let first = |property: NamedNodeRef<'_>| known.objects(&iri, property).first().map(|it| literal_value(it));
        let titles = [dct::TITLE, rdfs::LABEL, dct::DESCRIPTION].map(|property| known.text(&iri, property));
        let title = titles.iter().find_map(|text| chosen(text, lang)).or_else(|| known.label(&iri, lang));
        let types = known.things(&iri, own(isn::DOC_TYPE).as_ref());
        let term = types.first().and_then(|concept| concept.as_str().rsplit('/').next());
        let agents = |property: NamedNodeRef<'_>, words: &str| authors(known, &iri, property, words, lang);
        let issuers = agents(own(isn::ISSUED_BY).as_ref(), isn::ISSUER_TEXT);
        let creators = agents(dct::CREATOR, isn::CREATOR_TEXT);
        let date = [dct::ISSUED.into_owned(), own(isn::DATE_TEXT)];
        let collections = known.things(&iri, own(isn::IN_COLLECTION).as_ref());
        Self {
            id: id.clone(),
            kind: types.first().and_then(|concept| known.label(concept.as_str(), lang)),
            genre: if id.kind() == Kind::Document { genre(term) } else { Genre::Entry },
            title: title.unwrap_or_else(|| id.to_string()),
            issuers: issuers.iter().map(|author| author.name.clone()).collect(),
            authors: if creators.is_empty() { issuers } else { creators },
            issued: date.iter().find_map(|property| first(property.as_ref())?.parse().ok()),
            number: first(own(isn::SYMBOL).as_ref()).map(|symbol| one_line(&symbol)),
            language: first(own(isn::ORIGINAL_LANGUAGE).as_ref()).or_else(|| first(dct::LANGUAGE)),
            page: first(foaf::PAGE),
            collections: collections.into_iter().filter_map(|it| known.label(it.as_str(), lang)).collect(),
            archive: ARCHIVE.iter().find(|(tag, _)| *tag == lang.as_str()).map_or(ARCHIVE[0].1, |(_, name)| *name),
            iri,
        }
    }

    /// The year, month and day of issue, as far as they are given.
    pub(super) fn date_parts(&self) -> Vec<String> {
        let Some(date) = &self.issued else { return Vec::new() };
        let text = date.as_str().split('/').next().unwrap_or_default().trim_end_matches(['?', '~', '%']);
        let parts: Vec<String> = text.split('-').map(ToOwned::to_owned).collect();
        let plain = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        if plain { parts } else { Vec::new() }
    }
}

/// The things of a property by name; where it names none, the words that are written in their place.
fn authors(known: Known<'_>, iri: &str, property: NamedNodeRef<'_>, words: &str, lang: &Lang) -> Vec<Author> {
    let things = known.things(iri, property);
    let named = things.into_iter().map(|thing| Author {
        name: known.label(thing.as_str(), lang).unwrap_or_else(|| thing.as_str().to_owned()),
        is_person: known.iris.to_id(thing.as_ref()).is_some_and(|id| id.kind() == Kind::Person),
    });
    let named: Vec<Author> = named.collect();
    if !named.is_empty() {
        return named;
    }
    let written: BTreeSet<String> =
        known.objects(iri, known.iris.term(words).as_ref()).into_iter().map(literal_value).collect();
    written.iter().map(|name| Author { name: one_line(name), is_person: false }).collect()
}

/// What a document of a type is, to those who cite.
fn genre(term: Option<&str>) -> Genre {
    match term.unwrap_or_default() {
        "report" | "investigation" => Genre::Report,
        "press-statement" | "press-release" | "news-release" => Genre::PressStatement,
        "resolution" | "draft-resolution" | "decision" => Genre::Official,
        "treaty" => Genre::Treaty,
        "news-item" | "article" => Genre::Article,
        "letter" => Genre::Letter,
        "speech" => Genre::Speech,
        "oral-history" => Genre::Testimony,
        "web-page" | "interactive" => Genre::WebPage,
        _ => Genre::Document,
    }
}

#[cfg(test)]
mod tests;
