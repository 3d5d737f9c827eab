//! Which short names does the text itself give?
//!
//! "Joint Investigative Mechanism (JIM)" makes JIM a name from there on, and once Ole Solvang has been named, so is
//! Solvang. Such names hold in this text only.

use crate::model::{Kind as Sort, MentionKind, Rule};

use super::{
    dictionary::Dictionary,
    fold::{Level, is_arabic, key},
    found::{Features, Found, Goal, Key},
    name::is_acronym,
    tokens::{Kind, Token, gap},
    words,
};

/// A short name, and what it stands for from some place on.
struct Short {
    /// The words, as they must be written.
    words: String,
    /// The same, by hash.
    path: Vec<u64>,
    entity: u32,
    rule: Rule,
    confidence: f64,
    /// The first token that it can be.
    from: usize,
}

/// Adds what the short names that the text defines name to what was already found, which is in order.
pub(super) fn extend(dictionary: &Dictionary, text: &str, tokens: &[Token], found: &mut Vec<Found>) {
    let mut shorts: Vec<Short> = Vec::new();
    for one in found.iter() {
        let Some(entity) = one.entity() else { continue };
        let exact = &text[one.start..one.end];
        let (words, rule, from) = if let Some((words, from)) = bracketed(text, tokens, one) {
            (vec![words], Rule::DefinedInText, from)
        } else if one.rule != Rule::DerivedForm && dictionary.id(entity).kind() == Sort::Person {
            (surnames(exact), Rule::DerivedForm, one.last)
        } else {
            continue;
        };
        for words in words {
            let path = words::hashes(words);
            // What stands for the same from an earlier place on is not needed twice.
            if !path.is_empty() && !shorts.iter().any(|short| short.entity == entity && short.words == words) {
                let confidence = one.confidence * 0.9;
                shorts.push(Short { words: words.to_owned(), path, entity, rule, confidence, from });
            }
        }
    }
    if shorts.is_empty() {
        return;
    }
    let ambiguous =
        |short: &Short| shorts.iter().any(|other| other.words == short.words && other.entity != short.entity);
    let clear: Vec<&Short> = shorts.iter().filter(|short| !ambiguous(short)).collect();
    // One bit for the first word of each: most words of the text are none of them.
    let bits = clear.iter().fold(0u64, |bits, short| bits | 1 << (short.path[0] >> 58));
    let (mut new, mut next) = (Vec::new(), 0);
    for (at, token) in tokens.iter().enumerate() {
        if bits >> (token.hash >> 58) & 1 == 0 {
            continue;
        }
        while found.get(next).is_some_and(|one| one.end <= token.from()) {
            next += 1;
        }
        for short in clear.iter().filter(|short| short.path[0] == token.hash && at >= short.from) {
            let Some(end) = written(text, tokens, at, short) else { continue };
            let free = found.get(next).is_none_or(|one| end <= one.start)
                && new.last().is_none_or(|last: &Found| last.end <= token.from());
            if free {
                new.push(named(short, token.from(), end, at + short.path.len()));
            }
        }
    }
    found.append(&mut new);
    found.sort_by_key(|one| (one.start, one.end));
}

fn named(short: &Short, start: usize, end: usize, last: usize) -> Found {
    Found {
        start,
        end,
        last,
        kind: MentionKind::Name,
        goal: Goal::Entity(short.entity),
        confidence: short.confidence,
        rule: short.rule,
        second: None,
        sure: false,
        features: Some(Features { key: Key::Text, name: short.confidence, fit: 1.0, share: 1.0, level: false }),
    }
}

/// Where a short name that begins with a token ends, if it stands there for itself.
fn written(text: &str, tokens: &[Token], at: usize, short: &Short) -> Option<usize> {
    let last = at + short.path.len();
    let here = tokens.get(at..last)?;
    let end = here.last()?.to();
    (text.get(here[0].from()..end)? == short.words && is_word(tokens, at, last, short.rule)).then_some(end)
}

/// The short name in brackets behind a name, and its first token.
fn bracketed<'t>(text: &'t str, tokens: &[Token], one: &Found) -> Option<(&'t str, usize)> {
    let open = one.last;
    if !tokens.get(open)?.is('(') {
        return None;
    }
    let rest = &tokens[open + 1..tokens.len().min(open + 12)];
    let inside = &rest[..rest.iter().position(|token| token.is(')'))?];
    let is_quote = |token: &Token| {
        token.mark().is_some_and(|mark| matches!(mark, '"' | '\'' | '\u{AB}' | '\u{BB}' | '\u{2018}'..='\u{201F}'))
    };
    let first = inside.iter().position(|token| !is_quote(token))?;
    let last = inside.iter().rposition(|token| !is_quote(token))?;
    let words = text.get(inside[first].from()..inside[last].to())?;
    abbreviates(words, &text[one.start..one.end]).then_some((words, open + 1 + first))
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
fn surnames(full: &str) -> Vec<&str> {
    let Some(last) = full.split_whitespace().skip(1).last().filter(|last| last.is_ascii()) else { return Vec::new() };
    let bare = last.split_once('-').filter(|(head, _)| head.len() == 2).map_or(last, |(_, bare)| bare);
    let long = |word: &&str| word.len() >= 4 && word.chars().any(char::is_uppercase);
    let mut forms: Vec<&str> = [last, bare].into_iter().filter(long).collect();
    forms.dedup();
    forms
}

/// Whether the words stand for themselves here: not inside a word and, for a surname, not in somebody else's name.
fn is_word(tokens: &[Token], first: usize, last: usize, rule: Rule) -> bool {
    let (before, next) = (first.checked_sub(1).map(|at| &tokens[at]), tokens.get(last));
    if tokens[first].joined || next.is_some_and(|next| next.joined) {
        return false;
    }
    if rule != Rule::DerivedForm {
        return true;
    }
    let beside = |token: &Token| token.kind == Kind::Word && token.gap & (gap::LINE | gap::BREAK) == 0;
    let hyphen = |token: &Token| token.gap & gap::DASH != 0 && token.gap & gap::SPACE == 0;
    if hyphen(&tokens[first]) || next.is_some_and(hyphen) {
        return false;
    }
    let named_before = before.is_some_and(|before| before.kind == Kind::Word && before.large && beside(&tokens[first]))
        && !begins_sentence(tokens, first - 1);
    let capital_after = next.is_some_and(|next| beside(next) && next.large && !next.arabic);
    let described = next.is_some_and(words::is_regime);
    !named_before && !capital_after && !described
}

/// Whether a word begins a sentence, where its capital says nothing.
fn begins_sentence(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    tokens[at].gap & gap::BREAK != 0
        || before.is_none_or(|before| before.mark().is_some_and(|mark| matches!(mark, '.' | '!' | '?' | ':')))
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
        assert_eq!(surnames("Bashar al-Assad"), ["al-Assad", "Assad"]);
        assert_eq!(surnames("Ole Solvang"), ["Solvang"]);
        let none: Vec<&str> = Vec::new();
        assert_eq!((surnames("Pele"), surnames("Jean de Roy")), (none.clone(), none));
        assert_eq!(surnames("Ban Ki-moon"), ["Ki-moon"]);
    }
}
