//! What may a document's description say? The keys of a header, which are also the columns of a table of documents.

use serde::Deserialize;

use super::{
    Notice, Refusal, Vocabulary,
    claims::{self, CitationEntry, ClaimEntry},
    dates,
    key::Clues,
    markup::{List, Mentioned, Wordings},
    text::{language, language_named},
};
use crate::model::{Code, Document, Field, Id, Kind, Lang, LayerRole, Reference, Sensitive, Source, TextLayer};

/// A description as it is written. Keys that are not here are passed over.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Header {
    pub(super) id: Option<Id>,
    pub(super) title: Wordings,
    alt_title: Wordings,
    #[serde(rename = "type")]
    doc_type: Option<String>,
    issued: Option<String>,
    date: Option<String>,
    date_text: Option<String>,
    issuer: List<Mentioned>,
    creator: List<Mentioned>,
    symbol: Option<String>,
    codes: List<Code>,
    pub(super) language: List<String>,
    original_language: Option<String>,
    area: List<Mentioned>,
    area_text: Option<String>,
    addressed_to: List<Mentioned>,
    related_entity: List<Mentioned>,
    related_person: List<Mentioned>,
    related_diary: List<Mentioned>,
    related_event: List<Mentioned>,
    stated_empty: List<Field>,
    adoption: Option<String>,
    translation_of: Option<Id>,
    revision_of: Option<Id>,
    collection: List<Id>,
    address: Option<String>,
    pub(super) text_role: Option<LayerRole>,
    #[serde(alias = "source")]
    sources: List<Source>,
    unchecked: List<String>,
    note: Wordings,
    desc: Wordings,
    description: Wordings,
    sensitive: SensitiveEntry,
    citations: List<CitationEntry>,
    claims: List<ClaimEntry>,
}

/// Names and contacts of witnesses. What is wrong with them is told without repeating them.
#[derive(Default)]
struct SensitiveEntry(Sensitive);

impl<'de> Deserialize<'de> for SensitiveEntry {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || {
            serde::de::Error::custom(
                "sensitive is not what it should be: expected witness and contact, each a text or a list of texts",
            )
        };
        let value = serde_json::Value::deserialize(deserializer).map_err(|_| wrong())?;
        let mut found = Sensitive::default();
        for (key, value) in value.as_object().ok_or_else(wrong)? {
            let texts = match value {
                serde_json::Value::Array(values) => values.iter().collect(),
                other => vec![other],
            };
            let texts = texts.into_iter().map(|text| text.as_str().map(str::trim).filter(|text| !text.is_empty()));
            let texts = texts.map(|text| text.map(ToOwned::to_owned).ok_or_else(wrong)).collect::<Result<_, _>>()?;
            match key.as_str() {
                "witness" => found.witness = texts,
                "contact" => found.contact = texts,
                _ => return Err(wrong()),
            }
        }
        Ok(Self(found))
    }
}

/// The keys that are read.
pub(super) const KEYS: [&str; 36] = [
    "id",
    "title",
    "alt_title",
    "type",
    "issued",
    "date",
    "date_text",
    "issuer",
    "creator",
    "symbol",
    "codes",
    "language",
    "original_language",
    "area",
    "area_text",
    "addressed_to",
    "related_entity",
    "related_person",
    "related_diary",
    "related_event",
    "stated_empty",
    "adoption",
    "translation_of",
    "revision_of",
    "collection",
    "address",
    "text_role",
    "sources",
    "source",
    "unchecked",
    "note",
    "desc",
    "description",
    "sensitive",
    "citations",
    "claims",
];

/// What a description stands beside.
pub(super) struct Beside<'a> {
    /// The texts of the document.
    pub(super) layers: Vec<TextLayer>,
    /// What a digest for the identifier is made of.
    pub(super) text: &'a str,
    /// The name of the file, without its extension.
    pub(super) stem: &'a str,
    /// What words may mean.
    pub(super) vocabulary: &'a Vocabulary,
}

impl Header {
    /// The document described.
    pub(super) fn document(mut self, beside: Beside<'_>, notices: &mut Vec<Notice>) -> Result<Document, Refusal> {
        let id = self.id.take();
        let mut document = Document::new(Id::new(Kind::Document, "-").expect("a hyphen is a key"));
        self.names(&mut document)?;
        self.terms(&mut document, beside.vocabulary)?;
        self.dates(&mut document, notices)?;
        self.languages(&mut document, &beside.layers)?;
        self.area(&mut document, notices);
        document.issuer = references(self.issuer);
        document.creator = references(self.creator);
        document.addressed_to = references(self.addressed_to);
        document.related_entity = references(self.related_entity);
        document.related_person = references(self.related_person);
        document.related_diary = references(self.related_diary);
        document.related_event = references(self.related_event);
        document.symbol = given(self.symbol);
        document.codes = self.codes.0;
        document.collection = self.collection.0;
        document.stated_empty = self.stated_empty.0;
        document.translation_of = self.translation_of;
        document.revision_of = self.revision_of;
        document.address = given(self.address);
        document.citations = self.citations.0.into_iter().map(|entry| entry.0).collect();
        document.claims = claims::checked(self.claims, beside.vocabulary)?;
        document.sensitive = self.sensitive.0;
        document.sources = self.sources.0;
        document.unchecked = self.unchecked.0;
        document.layers = beside.layers;
        document.id = identifier(id, &document, beside.stem, beside.text)?;
        Ok(document)
    }

    fn names(&mut self, document: &mut Document) -> Result<(), Refusal> {
        let text = |key, wordings: &mut Wordings| std::mem::take(wordings).text().map_err(|why| Refusal::new(key, why));
        document.title = text("title", &mut self.title)?;
        document.alt_title = std::mem::take(&mut self.alt_title).texts();
        for (key, remark) in
            [("note", &mut self.note), ("desc", &mut self.desc), ("description", &mut self.description)]
        {
            for (lang, wording) in text(key, remark)? {
                document.note.entry(lang).or_insert(wording);
            }
        }
        Ok(())
    }

    fn terms(&self, document: &mut Document, vocabulary: &Vocabulary) -> Result<(), Refusal> {
        let term = |key, scheme, words: &Option<String>| {
            let words = words.as_deref().filter(|words| !words.trim().is_empty());
            words.map(|words| vocabulary.term(scheme, words).map_err(|unknown| Refusal::new(key, unknown))).transpose()
        };
        document.doc_type = term("type", "document-type", &self.doc_type)?;
        document.adoption = term("adoption", "adoption", &self.adoption)?;
        Ok(())
    }

    fn dates(&mut self, document: &mut Document, notices: &mut Vec<Notice>) -> Result<(), Refusal> {
        let (issued, date) = (given(self.issued.take()), given(self.date.take()));
        let (key, printed) = match (issued, date) {
            (Some(issued), Some(date)) => {
                if issued != date {
                    notices.push(Notice::new("date", format!("`{date}` is passed over for `issued`")));
                }
                ("issued", issued)
            }
            (Some(issued), None) => ("issued", issued),
            (None, Some(date)) => ("date", date),
            (None, None) => {
                document.date_text = given(self.date_text.take());
                return Ok(());
            }
        };
        let reading = dates::read(&printed).ok_or_else(|| Refusal::new(key, not_a_date(&printed)))?;
        if let Some(remark) = reading.remark {
            notices.push(Notice::new(key, format!("`{printed}`: {remark}")));
        }
        let differs = reading.date.as_str() != printed;
        document.date_text = given(self.date_text.take()).or_else(|| differs.then_some(printed));
        document.issued = Some(reading.date);
        Ok(())
    }

    fn languages(&self, document: &mut Document, layers: &[TextLayer]) -> Result<(), Refusal> {
        document.language = self.languages_said()?;
        if document.language.is_empty() {
            document.language = layers.iter().map(|layer| layer.lang.clone()).collect();
        }
        let said = self.original_language.as_deref().filter(|words| !words.trim().is_empty());
        document.original_language = said.map(|words| lang("original_language", words)).transpose()?;
        Ok(())
    }

    /// The languages that the description names.
    pub(super) fn languages_said(&self) -> Result<Vec<Lang>, Refusal> {
        self.language.0.iter().map(|words| lang("language", words)).collect()
    }

    /// The area, each step of a printed path by itself, with the words of `area_text` put beside the identifiers.
    fn area(&mut self, document: &mut Document, notices: &mut Vec<Notice>) {
        for place in references(std::mem::take(&mut self.area)) {
            match (&place.id, &place.text) {
                (None, Some(text)) => document.area.extend(area_path(text)),
                _ => document.area.push(place),
            }
        }
        let Some(printed) = given(self.area_text.take()) else { return };
        let path = area_path(&printed);
        if path.len() == document.area.len() {
            for (place, step) in document.area.iter_mut().zip(path) {
                place.text = place.text.take().or(step.text);
            }
        } else if document.area.is_empty() {
            document.area = path;
        } else {
            let message =
                format!("`{printed}` has {} steps for {} places; kept whole", path.len(), document.area.len());
            notices.push(Notice::new("area_text", message));
            document.area.push(Reference { id: None, text: Some(printed) });
        }
    }
}

/// The steps of an area, from the widest to the narrowest: the archive joins them by hyphens. A hyphen inside a
/// Latin name is part of it, and only one with spaces around it parts two names.
pub(super) fn area_path(printed: &str) -> Vec<Reference> {
    let parts: Vec<&str> = if language(printed) == Some(Lang::ar()) {
        printed.split(['-', '\u{2013}']).collect()
    } else {
        printed.split(" - ").flat_map(|part| part.split(" \u{2013} ")).collect()
    };
    let steps = parts.into_iter().map(str::trim).filter(|step| !step.is_empty());
    steps.map(|step| Reference { id: None, text: Some(step.to_owned()) }).collect()
}

/// What a date may look like, for the one that is none.
pub(super) fn not_a_date(printed: &str) -> String {
    format!(
        "`{printed}` is not a date: expected one such as 2017, 2017-02, 2017-02-13, 2016-11/2017-02 or 13 February 2017"
    )
}

/// The identifier that is given, if it is one of a document, or the one that its fields make.
fn identifier(given: Option<Id>, document: &Document, stem: &str, text: &str) -> Result<Id, Refusal> {
    let Some(id) = given else {
        let (codes, issuer) = (&document.codes[..], &document.issuer[..]);
        return Ok(Clues { codes, issuer, symbol: document.symbol.as_deref(), stem, text }.id());
    };
    if id.kind() == Kind::Document && id.whole() == id.as_str() {
        Ok(id)
    } else {
        Err(Refusal::new("id", format_args!("`{id}` is not the identifier of a document: expected doc/\u{2026}")))
    }
}

fn references(list: List<Mentioned>) -> Vec<Reference> {
    let empty = |reference: &Reference| reference.id.is_none() && reference.text.as_deref().is_none_or(str::is_empty);
    list.0.into_iter().map(|entry| entry.0).filter(|reference| !empty(reference)).collect()
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn lang(key: &str, words: &str) -> Result<Lang, Refusal> {
    let expected = "expected a tag such as en or ar, or the name of a language";
    language_named(words)
        .ok_or_else(|| Refusal::new(key, format_args!("`{words}` is no language that is known: {expected}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(printed: &str) -> Vec<String> {
        area_path(printed).into_iter().filter_map(|step| step.text).collect()
    }

    #[test]
    fn an_area_is_parted_at_its_hyphens_but_not_inside_a_latin_name() {
        let (wide, narrow) = ("\u{645}\u{62d}\u{627}\u{641}\u{638}\u{629}", "\u{645}\u{62f}\u{64a}\u{646}\u{629}");
        assert_eq!(steps(&format!("{wide}-{narrow}")), [wide, narrow]);
        assert_eq!(steps("Aleppo - Al-Bab"), ["Aleppo", "Al-Bab"]);
        assert!(steps(" - ").is_empty());
    }

    #[test]
    fn every_key_that_is_listed_is_read() {
        for key in KEYS.iter().filter(|key| !matches!(**key, "citations" | "claims")) {
            let wrong = serde_json::json!({ *key: { "a": { "b": 1 } } });
            assert!(Header::deserialize(wrong).is_err(), "{key} is passed over");
        }
    }
}
