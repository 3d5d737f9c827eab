//! What does a saved page of the archive say? Its text names the fields; before them stand title, dateline and body.
//!
//! The whole text is kept as it came, so that offsets are those of the file. Plain text without the archive's fields
//! is read the same way: a title, perhaps a dateline, a body.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{
    Error, File, Notice, Record, dates,
    front_matter::title_of,
    header::area_path,
    key::{Clues, add_archive_number, archive_number},
    text::{agrees, fold, language_named, language_or_undetermined},
};
use crate::model::{Code, Document, Field, Id, Kind, Lang, LayerRole, Reference, TextLayer};

/// The scheme of the code that the page prints, which is not the number in its address.
const PRINTED_CODE: &str = "syrian-memory-code";
/// How many lines between title and body may belong to the dateline, and how long they may be.
const DATELINE: (usize, usize) = (8, 80);

/// The words by which the archive's pages are told, and what they mean.
#[derive(Deserialize)]
struct Words {
    heading: Vec<String>,
    banner: Vec<String>,
    nothing: Vec<String>,
    original_in: Vec<String>,
    fields: BTreeMap<Field, Vec<String>>,
    reliability: BTreeMap<String, String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words: Words = serde_json::from_str(include_str!("data/archive-page.json"))
        .expect("the words of the archive's page are checked by a test");
    let labels = words.fields.values_mut().flatten();
    for word in labels.chain(&mut words.heading).chain(&mut words.banner).chain(&mut words.nothing) {
        *word = fold(word);
    }
    for word in words.reliability.values_mut() {
        *word = fold(word);
    }
    words
});

/// What is known of a page beside its text.
#[derive(Default)]
pub(super) struct Known {
    /// Its title, where the markup tells it.
    pub(super) title: Option<String>,
    /// The archive's number, where the address tells it.
    pub(super) number: Option<String>,
    /// Its address.
    pub(super) address: Option<String>,
    /// The language that the markup names.
    pub(super) lang: Option<Lang>,
    /// When it was published, where the markup tells it.
    pub(super) issued: Option<String>,
}

/// Reads plain text.
pub(super) fn read(file: &File<'_>, notices: &mut Vec<Notice>) -> Result<Record, Error> {
    document(file, Known::default(), notices).map(Record::Document)
}

/// Whether the text has the fields of a page of the archive.
pub(super) fn is_archive_page(text: &str) -> bool {
    fields_start(&text.lines().collect::<Vec<_>>()).is_some()
}

/// Reads the text of a page.
pub(super) fn document(file: &File<'_>, known: Known, notices: &mut Vec<Notice>) -> Result<Document, Error> {
    let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
    let fields = fields_start(&lines);
    let head: Vec<&str> = lines[..fields.unwrap_or(lines.len())]
        .iter()
        .copied()
        .filter(|line| !line.is_empty() && !is_banner(line))
        .collect();
    let from_markup = known.title.is_some();
    let title = known.title.or_else(|| title_of(&head.join("\n"))).ok_or_else(no_title)?;
    let lang = known.lang.filter(|lang| agrees(lang, &head.join("\n")));
    let lang = lang.unwrap_or_else(|| language_or_undetermined(&head.join("\n")));

    let mut document = Document::new(Id::new(Kind::Document, "-").expect("a hyphen is a key"));
    document.title.insert(language_or_undetermined(&title), title.clone());
    document.address = known.address;
    let first = usize::from(!from_markup);
    let after_title = head.iter().position(|line| **line == title).map_or(first, |index| index + 1);
    dateline(head.get(after_title..).unwrap_or_default(), fields.is_some(), &mut document, file, notices);
    for (field, values) in fields.map(|start| fields_of(&lines[start..])).unwrap_or_default() {
        set(field, &values, &mut document, file, notices)?;
    }
    if let (None, Some(printed)) = (&document.issued, known.issued) {
        date(&printed, &mut document, notices);
    }
    if let Some(number) = known.number.or_else(|| fields.and_then(|_| archive_number(file.stem))) {
        add_archive_number(&mut document, number);
    }
    document.language = vec![lang.clone()];
    document.layers = vec![TextLayer { lang, role: LayerRole::Full, text: file.text.to_owned() }];
    let (codes, issuer) = (&document.codes[..], &document.issuer[..]);
    document.id = Clues { codes, issuer, symbol: None, stem: file.stem, text: file.text }.id();
    Ok(document)
}

fn no_title() -> Error {
    let reason = "there is none: expected a first line that is the title".to_owned();
    Error::Value { key: "title".to_owned(), line: None, reason }
}

fn is_banner(line: &str) -> bool {
    let folded = fold(line);
    WORDS.banner.iter().any(|banner| folded.starts_with(banner))
}

/// The line after the heading of the fields; without a heading, the first of at least three different fields.
fn fields_start(lines: &[&str]) -> Option<usize> {
    let heading = lines.iter().rposition(|line| WORDS.heading.contains(&fold(line.trim_end_matches(':'))));
    if let Some(heading) = heading.filter(|heading| lines[heading + 1..].iter().any(|line| label(line).is_some())) {
        return Some(heading);
    }
    let mut seen: Vec<(usize, Field)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if let Some((field, _)) = label(line)
            && seen.iter().all(|(_, known)| *known != field)
        {
            seen.push((index, field));
        }
    }
    (seen.len() >= 3).then(|| seen[0].0)
}

/// The field that a line names, and the value that stands behind it in the same line.
fn label(line: &str) -> Option<(Field, &str)> {
    let (name, value) = line.split_once(':').unwrap_or((line, ""));
    let folded = fold(name);
    let found = WORDS.fields.iter().find(|(_, labels)| labels.contains(&folded));
    found.map(|(field, _)| (*field, value.trim()))
}

/// The fields with the lines of their values.
fn fields_of<'a>(lines: &[&'a str]) -> Vec<(Field, Vec<&'a str>)> {
    let mut fields: Vec<(Field, Vec<&str>)> = Vec::new();
    for line in lines {
        let value = match label(line) {
            Some((field, value)) => {
                fields.push((field, Vec::new()));
                value
            }
            None => line.trim_start_matches(['\u{2022}', '\u{b7}', '*']).trim(),
        };
        if let (Some((_, values)), false) = (fields.last_mut(), value.is_empty()) {
            values.push(value);
        }
    }
    fields
}

/// Puts the value of a field where it belongs. A field left blank says nothing, one said to have nothing is noted.
fn set(
    field: Field,
    values: &[&str],
    document: &mut Document,
    file: &File<'_>,
    notices: &mut Vec<Notice>,
) -> Result<(), Error> {
    let says_nothing = |value: &&str| WORDS.nothing.contains(&fold(value));
    let given: Vec<&str> = values.iter().copied().filter(|value| !says_nothing(value)).collect();
    let Some(first) = given.first() else {
        if !values.is_empty() {
            document.stated_empty.push(field);
        }
        return Ok(());
    };
    let names = given.iter().map(|name| Reference { id: None, text: Some((*name).to_owned()) });
    match field {
        Field::Issued => date(first, document, notices),
        Field::DocType => {
            let refuse = |unknown: super::Unknown| Error::Value {
                key: field.to_string(),
                line: None,
                reason: unknown.to_string(),
            };
            document.doc_type = Some(file.vocabulary.term("document-type", first).map_err(refuse)?);
        }
        Field::Area => document.area = given.iter().flat_map(|path| area_path(path)).collect(),
        Field::Code => document.codes.push(Code { scheme: PRINTED_CODE.to_owned(), value: (*first).to_owned() }),
        Field::Reliability => rating(&given, notices),
        Field::Issuer => {
            let dateline = std::mem::take(&mut document.issuer);
            document.issuer = names.collect();
            let more =
                dateline.into_iter().filter(|name| !given.iter().any(|given| name.text.as_deref() == Some(given)));
            document.issuer.extend(more);
        }
        Field::Creator => document.creator.extend(names),
        Field::AddressedTo => document.addressed_to.extend(names),
        Field::RelatedEntity => document.related_entity.extend(names),
        Field::RelatedPerson => document.related_person.extend(names),
        Field::RelatedDiary => document.related_diary.extend(names),
        Field::RelatedEvent => document.related_event.extend(names),
    }
    Ok(())
}

/// The date of issue, or its words where they leave doubt.
fn date(printed: &str, document: &mut Document, notices: &mut Vec<Notice>) {
    let Some(reading) = dates::read(printed) else {
        let known = document.issued.as_ref().map_or("it does not tell a day", |_| "the dateline tells the day");
        notices.push(Notice::new("issued", format!("`{printed}` is kept as printed, for {known}")));
        document.date_text = Some(printed.to_owned());
        return;
    };
    if let Some(remark) = reading.remark {
        notices.push(Notice::new("issued", format!("`{printed}`: {remark}")));
    }
    if let Some(other) = document.issued.as_ref().filter(|other| **other != reading.date) {
        notices.push(Notice::new("issued", format!("the field says {}, the dateline {other}", reading.date)));
    }
    document.date_text = (reading.date.as_str() != printed).then(|| printed.to_owned());
    document.issued = Some(reading.date);
}

/// The page lists every rating and asks for one. A single one is said, but it is nobody's assessment yet.
fn rating(given: &[&str], notices: &mut Vec<Notice>) {
    let rated = |value: &&str| WORDS.reliability.iter().find(|(_, label)| **label == fold(value)).map(|(term, _)| term);
    let ratings: Vec<&String> = given.iter().filter_map(rated).collect();
    if let [only] = ratings[..] {
        let message = format!("the page shows `{only}` alone; it is not loaded, for it does not say who rates and why");
        notices.push(Notice::new("reliability", message));
    }
}

/// The lines between title and body: the type and the original language, who issues, the date, which ends them.
fn dateline(lines: &[&str], archive: bool, document: &mut Document, file: &File<'_>, notices: &mut Vec<Notice>) {
    let (most, longest) = DATELINE;
    let lines = &lines[..lines.len().min(most)];
    let short = |line: &&str| line.chars().count() <= longest && !line.ends_with(['.', '!', '?', ':', '\u{61f}']);
    let end = lines.iter().position(|line| dates::read(line).is_some()).filter(|end| lines[..*end].iter().all(short));
    let used =
        end.map_or_else(|| usize::from(lines.first().is_some_and(|line| original(line).is_some())), |end| end + 1);
    let mut issuer = Vec::new();
    for line in &lines[..used] {
        if let Some((kind, language)) = original(line) {
            document.original_language = Some(language);
            match file.vocabulary.term("document-type", kind) {
                Ok(term) => document.doc_type = Some(term),
                Err(unknown) => notices.push(Notice::new("doc-type", unknown.to_string())),
            }
        } else if let Some(reading) = dates::read(line) {
            document.date_text = (reading.date.as_str() != *line).then(|| (*line).to_owned());
            document.issued = Some(reading.date);
        } else if let (None, Ok(term)) = (&document.doc_type, file.vocabulary.term("document-type", line)) {
            document.doc_type = Some(term);
        } else {
            issuer.push(Reference { id: None, text: Some((*line).to_owned()) });
        }
    }
    if archive || document.doc_type.is_some() {
        document.issuer = issuer;
    }
}

/// The kind of document and the language it was first written in: `Press Statement Original in arabic`.
fn original(line: &str) -> Option<(&str, Lang)> {
    let lower = line.to_ascii_lowercase();
    WORDS.original_in.iter().find_map(|words| {
        let at = lower.find(words.as_str())?;
        Some((&line[..at], language_named(&line[at + words.len()..])?))
    })
}
