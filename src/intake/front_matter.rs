//! What does a Markdown file say? A header in YAML describes the document, the body holds its texts.

use serde_json::{Map, Value};

use super::{
    Error, File, Notice, Record, Refusal,
    header::{Beside, Header, KEYS},
    markup::Wordings,
    text::{agrees, is_refused, language_or_undetermined},
};
use crate::model::{Lang, LayerRole, TextLayer};

/// The longest title that is taken whole from the first line of a text, in characters.
const LONGEST_TITLE: usize = 300;

/// Reads a Markdown file with or without a header.
pub(super) fn read(file: &File<'_>, notices: &mut Vec<Notice>) -> Result<Record, Error> {
    let (yaml, body, body_line) = split(file.text)?;
    let mut header = parse(&yaml, notices)?;
    let refuse = |Refusal { key, reason }| Error::Value { line: line_of(&yaml, &key), key, reason };
    let languages = header.languages_said().map_err(refuse)?;
    let role = header.text_role.unwrap_or(LayerRole::Full);
    let layers = layers(body, body_line, role, &languages, notices)?;
    if header.title.is_empty() {
        let title = title_of(body)
            .ok_or_else(|| refuse(Refusal::new("title", "expected a title here or a text that opens with one")))?;
        notices.push(Notice::new("title", format!("none is given; `{title}` is the first line")));
        header.title = Wordings::plain(title);
    }
    let text = if body.trim().is_empty() { file.text } else { body };
    let beside = Beside { layers, text, stem: file.stem, vocabulary: file.vocabulary };
    header.document(beside, notices).map(Record::Document).map_err(refuse)
}

/// The header with a line for its opening mark, so that its lines count as in the file; the body; its first line.
fn split(text: &str) -> Result<(String, &str, usize), Error> {
    let mut lines = text.split_inclusive('\n');
    if lines.next().map(str::trim_end) != Some("---") {
        return Ok((String::new(), text, 1));
    }
    let mut yaml = "\n".to_owned();
    let mut used = text.find('\n').map_or(text.len(), |feed| feed + 1);
    for line in lines {
        used += line.len();
        if matches!(line.trim_end(), "---" | "...") {
            return Ok((yaml.clone(), &text[used..], yaml.lines().count() + 2));
        }
        yaml.push_str(line);
    }
    let message = "the header that opens here does not end: expected a line `---` after it".to_owned();
    Err(Error::Syntax { line: 1, column: 1, message })
}

/// The header read twice: for what we know, and for the names of what we do not.
fn parse(yaml: &str, notices: &mut Vec<Notice>) -> Result<Header, Error> {
    if yaml.trim().is_empty() {
        return Ok(Header::default());
    }
    let header = from_yaml(yaml)?;
    let tree: Map<String, Value> = from_yaml(yaml)?;
    if let Some((key, _)) = tree.iter().find(|(_, value)| holds_control(value)) {
        let reason = "it holds a control character: expected text without".to_owned();
        return Err(Error::Value { key: key.clone(), line: line_of(yaml, key), reason });
    }
    let unknown: Vec<&str> = tree.keys().map(String::as_str).filter(|key| !KEYS.contains(key)).collect();
    if !unknown.is_empty() {
        notices.push(Notice::new("header", format!("keys that are not read: {}", unknown.join(", "))));
    }
    Ok(header)
}

fn from_yaml<'a, T: serde::Deserialize<'a>>(yaml: &'a str) -> Result<T, Error> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(yaml, options).map_err(|error| {
        let (line, column) = error.location().map_or((1, 1), |place| (place.line(), place.column()));
        let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let told = error.to_string();
        let message = told.split(" at line ").next().unwrap_or(&told);
        let message = message.split(", set DuplicateKeyPolicy").next().unwrap_or(message).to_owned();
        Error::Syntax { line: place(line), column: place(column), message }
    })
}

/// Whether an escape in the header made a character that a text must not hold.
fn holds_control(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(is_refused),
        Value::Array(values) => values.iter().any(holds_control),
        Value::Object(entries) => entries.iter().any(|(key, value)| key.contains(is_refused) || holds_control(value)),
        _ => false,
    }
}

/// The line of a key at the start of a line.
fn line_of(yaml: &str, key: &str) -> Option<usize> {
    let is_it = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'));
    yaml.lines().position(is_it).map(|index| index + 1)
}

/// The texts of the body: one under each `::: en`, or one alone, whose language the header or the script tells.
fn layers(
    body: &str,
    body_line: usize,
    role: LayerRole,
    languages: &[Lang],
    notices: &mut Vec<Notice>,
) -> Result<Vec<TextLayer>, Error> {
    let mut sections: Vec<(Option<Lang>, usize, String)> = vec![(None, body_line, String::new())];
    for (number, line) in (body_line..).zip(body.split_inclusive('\n')) {
        match section(line, languages) {
            Some(lang) => sections.push((Some(lang), number, String::new())),
            None => sections.last_mut().expect("there is one from the start").2.push_str(line),
        }
    }
    let several = sections.len() > 1;
    let mut layers: Vec<TextLayer> = Vec::new();
    for (lang, line, text) in sections {
        let (text, misplaced) = (text.trim(), |message: String| Error::Syntax { line, column: 1, message });
        match lang {
            None if text.is_empty() => {}
            None if several => {
                return Err(misplaced("text before the first `:::` line: expected it under one".to_owned()));
            }
            None => layers.push(TextLayer { lang: alone(text, languages, notices), role, text: text.to_owned() }),
            Some(lang) if layers.iter().any(|layer| layer.lang == lang) => {
                return Err(misplaced(format!("a second text in language {lang}: expected one a language")));
            }
            Some(lang) if text.is_empty() => {
                notices.push(Notice::new(format!("::: {lang}"), "there is no text under it"));
            }
            Some(lang) => layers.push(TextLayer { lang, role, text: text.to_owned() }),
        }
    }
    Ok(layers)
}

/// The language that a line such as `::: ar` opens. Other words after the colons belong to other programs.
fn section(line: &str, languages: &[Lang]) -> Option<Lang> {
    let lang: Lang = line.trim().strip_prefix(":::")?.trim().parse().ok()?;
    (lang.as_str().split('-').next().is_some_and(|part| part.len() == 2) || languages.contains(&lang)).then_some(lang)
}

/// The language of a text that stands alone.
fn alone(text: &str, languages: &[Lang], notices: &mut Vec<Notice>) -> Lang {
    let told = language_or_undetermined(text);
    match languages {
        [] => told,
        [said] if agrees(said, text) => said.clone(),
        several if several.contains(&told) => told,
        _ => {
            notices
                .push(Notice::new("language", format!("none of those named is that of the text, which is in {told}")));
            told
        }
    }
}

/// The title that a text opens with: its first line with words, cut where it runs on.
pub(super) fn title_of(text: &str) -> Option<String> {
    let bare = |line: &'_ str| line.trim().trim_start_matches('#').trim().to_owned();
    let line = text.lines().map(bare).find(|line| line.contains(char::is_alphanumeric))?;
    if line.chars().count() <= LONGEST_TITLE {
        return Some(line);
    }
    let start: String = line.chars().take(LONGEST_TITLE).collect();
    let whole = start.rfind(char::is_whitespace).map_or(&start[..], |space| &start[..space]);
    Some(format!("{}\u{2026}", whole.trim_end()))
}
