//! Which short names does the text itself give?
//!
//! "Joint Investigative Mechanism (JIM)" makes JIM a name from there on, and once Ole Solvang has been named, so is
//! Solvang. Such names hold in this text only.

use crate::model::{Id, Kind, Mention, MentionKind, Rule, Target};

use super::{
    choose::round,
    fold::{Folded, Level, is_arabic, key},
    name::is_acronym,
};

/// A short name, and what it stands for from some place on.
struct Short {
    /// The words, as they must be written.
    words: Vec<char>,
    entity: Id,
    rule: Rule,
    confidence: f64,
    from: usize,
}

/// Adds the mentions by short names that the text defines to those already found.
pub(super) fn extend(text: &Folded, mentions: &mut Vec<Mention>) {
    let mut shorts: Vec<Short> = Vec::new();
    for mention in mentions.iter() {
        let Target::Entity(entity) = &mention.target else { continue };
        let (words, rule, from) = if let Some((words, from)) = bracketed(text, mention) {
            (vec![words], Rule::DefinedInText, from)
        } else if entity.kind() == Kind::Person && mention.rule != Rule::DerivedForm {
            (surnames(&mention.exact), Rule::DerivedForm, mention.end)
        } else {
            continue;
        };
        let confidence = round(mention.confidence * 0.9);
        shorts.extend(words.into_iter().map(|words| Short { words, entity: entity.clone(), rule, confidence, from }));
    }
    let ambiguous =
        |short: &Short| shorts.iter().any(|other| other.words == short.words && other.entity != short.entity);
    let mut found: Vec<Mention> = Vec::new();
    for short in shorts.iter().filter(|short| !ambiguous(short)) {
        for start in short.from..text.source.len() {
            let end = start + short.words.len();
            let free = |other: &Mention| other.end <= start || end <= other.start;
            if text.source.get(start..end) == Some(&short.words[..])
                && is_word(text, start, end, short.rule)
                && mentions.iter().chain(&found).all(free)
            {
                found.push(named(text, short, start, end));
            }
        }
    }
    mentions.append(&mut found);
    mentions.sort_by_key(|mention| (mention.start, mention.end));
}

fn named(text: &Folded, short: &Short, start: usize, end: usize) -> Mention {
    Mention {
        start,
        end,
        exact: text.original(start, end),
        kind: MentionKind::Name,
        target: Target::Entity(short.entity.clone()),
        confidence: short.confidence,
        rule: short.rule,
        runner_up: None,
    }
}

/// The short name in brackets behind a mention, and where it begins.
fn bracketed(text: &Folded, mention: &Mention) -> Option<(Vec<char>, usize)> {
    let is_quote = |c: char| matches!(c, '"' | '\'' | '\u{AB}' | '\u{BB}' | '\u{2018}'..='\u{201F}');
    let rest = text.source.get(mention.end..)?;
    let open = rest.iter().position(|c| !c.is_whitespace()).filter(|&at| rest[at] == '(')?;
    let close = rest.iter().take(40).position(|&c| c == ')').filter(|&at| at > open)?;
    let inside = &rest[open + 1..close];
    let start = inside.iter().position(|&c| !is_quote(c) && !c.is_whitespace())?;
    let end = inside.iter().rposition(|&c| !is_quote(c) && !c.is_whitespace())? + 1;
    let words = inside.get(start..end)?;
    let short: String = words.iter().collect();
    (abbreviates(&short, &mention.exact)).then(|| (words.to_vec(), mention.end + open + 1 + start))
}

/// Whether some words can be a short name of a long one.
fn abbreviates(short: &str, long: &str) -> bool {
    if short.starts_with(is_arabic) {
        // "the Mechanism" for a name that contains the word, with or without its article.
        let (short, long) = (key(short, Level::Loose), key(long, Level::Loose));
        let bare = short.strip_prefix("\u{627}\u{644}");
        return short != long && bare.is_some_and(|bare| long.split(' ').any(|word| word == bare || word == short));
    }
    if !is_acronym(short) {
        return false;
    }
    // The letters of a Latin acronym come from its name in order; another script cannot be compared.
    let mut letters = long.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    let mut wanted = short.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    long.chars().any(is_arabic) || wanted.all(|letter| letters.any(|c| c == letter))
}

/// The surname in a full name in Latin letters, with and without its article.
fn surnames(full: &str) -> Vec<Vec<char>> {
    let Some(last) = full.split_whitespace().skip(1).last().filter(|last| last.is_ascii()) else { return Vec::new() };
    let bare = last.split_once('-').filter(|(head, _)| head.len() == 2).map_or(last, |(_, bare)| bare);
    let long = |word: &&str| word.len() >= 4 && word.chars().any(char::is_uppercase);
    let mut forms: Vec<Vec<char>> =
        [last, bare].iter().filter(|word| long(word)).map(|word| word.chars().collect()).collect();
    forms.dedup();
    forms
}

/// Whether the words stand for themselves here: not inside a word and, for a surname, not in somebody else's name.
fn is_word(text: &Folded, start: usize, end: usize, rule: Rule) -> bool {
    let near = |at: Option<usize>| at.and_then(|at| text.source.get(at)).copied();
    let (before, after) = (near(start.checked_sub(1)), near(Some(end)));
    let joins = |c: char| c.is_alphanumeric() || (rule == Rule::DerivedForm && c == '-');
    if before.is_some_and(joins) || after.is_some_and(joins) {
        return false;
    }
    if rule != Rule::DerivedForm {
        return true;
    }
    let word_before: String = text.source[..start].iter().rev().skip(1).take_while(|c| c.is_alphanumeric()).collect();
    let capital_after = after == Some(' ') && near(Some(end + 1)).is_some_and(char::is_uppercase);
    let named_before = before == Some(' ')
        && word_before.chars().last().is_some_and(char::is_uppercase)
        && !begins_sentence(text, start);
    let described = matches!(text.source.get(end..end + 7), Some([' ', 'r', 'e', 'g', 'i', 'm', 'e']));
    !named_before && !capital_after && !described
}

/// Whether the word before begins a sentence, where its capital says nothing.
fn begins_sentence(text: &Folded, start: usize) -> bool {
    let mut before = text.source[..start].iter().rev().skip(1).skip_while(|c| c.is_alphanumeric());
    before.find(|c| !c.is_whitespace()).is_none_or(|c| matches!(c, '.' | '!' | '?' | ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acronym_has_its_letters_from_the_name() {
        for (short, long, is_short) in [
            ("JIM", "Joint Investigative Mechanism", true),
            ("IIIM", "International, Impartial and Independent Mechanism", true),
            ("HRW", "Amnesty International", false),
            ("Jim", "Joint Investigative Mechanism", false),
            ("2016", "Joint Investigative Mechanism", false),
        ] {
            assert_eq!(abbreviates(short, long), is_short, "{short}");
        }
    }

    #[test]
    fn a_surname_is_long_and_written_large() {
        let found =
            |full: &str| -> Vec<String> { surnames(full).iter().map(|surname| surname.iter().collect()).collect() };
        assert_eq!(found("Bashar al-Assad"), ["al-Assad", "Assad"]);
        assert_eq!(found("Ole Solvang"), ["Solvang"]);
        assert_eq!(
            (found("Pele"), found("Jean de Roy"), found("Ban Ki-moon")),
            (vec![], vec![], vec!["Ki-moon".to_owned()])
        );
    }
}
