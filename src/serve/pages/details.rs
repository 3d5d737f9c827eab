//! What a problem says in detail, in Arabic.
//!
//! The service words a detail in English where it finds the fault. The same in Arabic stands in a file under that wording,
//! with `{}` where it varies, as messages of programs are kept since gettext; what varies is put in at `{0}`, `{1}` and so
//! on, isolated, since it may be of either direction. A detail that is not in the file stays in English.

use std::{collections::BTreeMap, sync::LazyLock};

use super::layout;
use crate::serve::lang::PageLang;

static AR: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let read: BTreeMap<String, String> =
        serde_json::from_str(include_str!("words/details.ar.json")).expect("a test reads the file of details");
    let mut details: Vec<(String, String)> = read.into_iter().collect();
    // The wording that says most by itself is the one that is meant.
    details.sort_by_key(|(english, _)| std::cmp::Reverse(english.replace("{}", "").len()));
    details
});

/// A detail is made of others at most so deep.
const DEPTH: usize = 3;

/// A detail in the language of a page, where there are words for it.
pub(super) fn detail(lang: PageLang, english: &str) -> Option<String> {
    match lang {
        PageLang::En => Some(english.to_owned()),
        PageLang::Ar => arabic(english, DEPTH),
    }
}

fn arabic(english: &str, depth: usize) -> Option<String> {
    let (varying, words) = AR.iter().find_map(|(pattern, words)| Some((varying(pattern, english)?, words)))?;
    let parts = varying.into_iter().enumerate().map(|(at, part)| {
        let inner = (depth > 0).then(|| arabic(part, depth - 1)).flatten();
        (format!("{{{at}}}"), inner.unwrap_or_else(|| format!("\u{2068}{}\u{2069}", layout::plain(part))))
    });
    // What is put in is never looked at again.
    let parts: Vec<(String, String)> = parts.collect();
    let mut text = String::new();
    let mut rest = words.as_str();
    while let Some((before, place, part)) = first(rest, &parts) {
        text.push_str(before);
        text.push_str(part);
        rest = &rest[before.len() + place.len()..];
    }
    text.push_str(rest);
    Some(text)
}

/// What stands before the first place that is to be filled in, that place, and what goes there.
fn first<'a>(text: &'a str, parts: &'a [(String, String)]) -> Option<(&'a str, &'a str, &'a str)> {
    let places = parts.iter().filter_map(|(place, part)| Some((text.find(place.as_str())?, place, part)));
    let (at, place, part) = places.min_by_key(|(at, _, _)| *at)?;
    Some((&text[..at], place, part))
}

/// What stands in a text where a pattern has `{}`, if it is of that pattern.
fn varying<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let (start, pieces) = pattern.split_once("{}").unwrap_or((pattern, ""));
    let mut rest = text.strip_prefix(start)?;
    let mut found = Vec::new();
    if start.len() == pattern.len() {
        return rest.is_empty().then_some(found);
    }
    let mut pieces = pieces.split("{}").peekable();
    while let Some(piece) = pieces.next() {
        let is_last = pieces.peek().is_none();
        let end = if is_last { rest.strip_suffix(piece)?.len() } else { rest.find(piece)? };
        found.push(&rest[..end]);
        rest = &rest[end + piece.len()..];
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn every_wording_has_the_same_places_in_both_languages() {
        assert!(AR.len() > 200);
        for (english, arabic) in AR.iter() {
            let places = english.matches("{}").count();
            for at in 0..places {
                assert_eq!(arabic.matches(&format!("{{{at}}}")).count(), 1, "{english}");
            }
            assert!(!arabic.contains(&format!("{{{places}}}")) && !arabic.contains("{}"), "{english}");
            assert!(arabic.chars().any(|c| ('\u{600}'..='\u{6FF}').contains(&c)), "{english}");
        }
    }

    #[test]
    fn what_varies_is_isolated_taken_as_it_is_and_put_in_once() {
        let of = |text: &str| detail(PageLang::Ar, text).unwrap_or_default();
        let said = of("`{1} \u{202E}cow` is not a kind: expected doc, person");
        assert!(said.contains("`\u{2068}{1} cow\u{2069}`") && said.contains("\u{2068}doc, person\u{2069}"), "{said}");
        // One detail in another.
        let said = of("`cursor` cannot be used: the query was cancelled");
        assert!(!said.contains("cancelled") && said.contains("`cursor`"), "{said}");
        assert_eq!(detail(PageLang::Ar, "something that nobody has worded"), None);
        assert_eq!(detail(PageLang::En, "as it is").as_deref(), Some("as it is"));
    }

    #[test]
    fn the_most_telling_wording_is_taken() {
        let general = detail(PageLang::Ar, "`x` is not a number of comments: expected 1 to 100");
        let special = detail(PageLang::Ar, "`x` is not a number of comments: expected 0 or more");
        assert!(general.is_some() && special.is_some() && general != special);
    }

    /// The first string of a piece of source, where it stands at the beginning but for what is named here.
    fn wording(source: &str) -> Option<String> {
        let (before, rest) = source.split_once('"')?;
        let before: String = before.split_whitespace().collect();
        if !matches!(before.as_str(), "" | "format!(" | "&format!(") {
            return None;
        }
        let (mut text, mut letters) = (String::new(), rest.chars());
        while let Some(letter) = letters.next() {
            match letter {
                '"' => return Some(text),
                '\\' => match letters.next()? {
                    '\n' => letters = letters.as_str().trim_start().chars(),
                    other => text.push(other),
                },
                other => text.push(other),
            }
        }
        None
    }

    #[test]
    fn what_the_service_objects_to_is_said_in_arabic_too() {
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/serve")];
        let (mut seen, mut missing) = (0, Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs::read_to_string(&path).unwrap_or_default();
                let text = text.split("#[cfg(test)]").next().unwrap_or_default();
                for mark in ["bad_request(", "not_found(", "unauthorized(", "wrong("] {
                    // One word is the name of a parameter.
                    let wordings = text.split(mark).skip(1).filter_map(wording);
                    for wording in wordings.filter(|wording| wording.contains(' ')) {
                        seen += 1;
                        let sample = wording.replace('{', "\u{1}{").split('\u{1}').fold(String::new(), |text, part| {
                            let rest = part.split_once('}').map_or(part, |(_, rest)| rest);
                            if part.starts_with('{') { text + "x" + rest } else { text + part }
                        });
                        if detail(PageLang::Ar, &sample).is_none() {
                            missing.push(format!("{}: {wording}", path.display()));
                        }
                    }
                }
            }
        }
        assert!(seen > 100, "only {seen} were seen");
        assert!(missing.is_empty(), "{}", missing.join("\n"));
    }
}
