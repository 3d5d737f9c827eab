//! How is a text cut into words, numbers and signs?

use std::{collections::BTreeSet, sync::LazyLock};

use super::{
    fold::{BREAK, Folded, Level, is_arabic, key},
    words,
};

/// The first words of the names of months: particles are cut off before them.
static MONTH_WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    words::lines(include_str!("data/months.txt"))
        .filter_map(|parts| parts.get(1).map(|name| key(name, Level::Light)))
        .filter_map(|name| name.split(' ').next().map(str::to_owned))
        .collect()
});

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word, folded.
    Word(String),
    /// A number and how many digits it has; of more than nine digits it has no value.
    Number(u32, usize),
    /// Any other character; a blank line is one too.
    Mark(char),
}

/// A word, a number or a sign of a lightly folded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub kind: Kind,
    /// The first folded character.
    pub first: usize,
    /// One past the last folded character.
    pub last: usize,
    /// Whether nothing separates it from the token before it.
    pub glued: bool,
    /// Whether it begins with a capital, or is of a script without capitals.
    pub large: bool,
}

impl Token {
    /// The word it is.
    pub(super) fn word(&self) -> Option<&str> {
        if let Kind::Word(word) = &self.kind { Some(word) } else { None }
    }

    /// The number it is, and how many digits it has.
    pub(super) fn number(&self) -> Option<(u32, usize)> {
        if let Kind::Number(value, digits) = self.kind { Some((value, digits)) } else { None }
    }

    /// Whether it is this sign.
    pub(super) fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

/// Cuts a lightly folded text.
pub(super) fn tokens(text: &Folded) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < text.chars.len() {
        let c = text.chars[at];
        let run = |belongs: fn(char) -> bool| text.chars[at..].iter().take_while(|&&c| belongs(c)).count();
        let length = if c == ' ' {
            at += 1;
            continue;
        } else if c.is_ascii_digit() {
            run(|c| c.is_ascii_digit())
        } else if c.is_alphabetic() {
            run(char::is_alphabetic)
        } else {
            1
        };
        push(&mut tokens, text, at, at + length);
        at += length;
    }
    tokens
}

fn push(tokens: &mut Vec<Token>, text: &Folded, first: usize, last: usize) {
    let words = text.words(first, last);
    let cut = if text.chars[first].is_alphabetic() { particle(words) } else { 0 };
    if cut > 0 {
        tokens.push(token(text, first, first + cut, Kind::Word(text.words(first, first + cut).to_owned())));
    }
    let rest = text.words(first + cut, last);
    let kind = match text.chars[first + cut] {
        c if c.is_ascii_digit() => Kind::Number(rest.parse().unwrap_or(u32::MAX), last - first),
        c if c.is_alphabetic() => Kind::Word(rest.to_owned()),
        c => Kind::Mark(c),
    };
    tokens.push(token(text, first + cut, last, kind));
}

/// Whether a folded word is the first of the name of a month.
pub(super) fn begins_month(word: &str) -> bool {
    MONTH_WORDS.contains(word)
}

/// How many letters of a word are a particle before the name of a month.
fn particle(word: &str) -> usize {
    if !word.starts_with(is_arabic) || begins_month(word) {
        return 0;
    }
    let cuts = word.char_indices().map(|(byte, _)| byte).enumerate().skip(1).take(2);
    cuts.filter(|&(_, byte)| words::is_clitic(&word[..byte]) && begins_month(&word[byte..]))
        .map(|(letters, _)| letters)
        .next()
        .unwrap_or(0)
}

fn token(text: &Folded, first: usize, last: usize, kind: Kind) -> Token {
    let origin = text.source[text.origins[first]];
    let glued = first > 0 && !matches!(text.chars[first - 1], ' ' | BREAK);
    Token { kind, first, last, glued, large: !origin.is_lowercase() }
}

/// How many of these words, each one or more tokens long, follow from a token on; the longest first.
pub(super) fn phrase<'t>(
    tokens: &[Token],
    at: usize,
    longest: usize,
    find: impl Fn(&str) -> Option<&'t [&'static str]>,
) -> Option<(&'t [&'static str], usize)> {
    (1..=longest).rev().find_map(|count| {
        let words: Option<Vec<&str>> = tokens.get(at..at + count)?.iter().map(Token::word).collect();
        find(&words?.join(" ")).map(|values| (values, at + count))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_into_words_numbers_and_signs() {
        let text = Folded::new("May 5th,\n\nS/2016", Level::Light);
        let kinds: Vec<(Kind, bool)> = tokens(&text).into_iter().map(|token| (token.kind, token.glued)).collect();
        let word = |word: &str| Kind::Word(word.to_owned());
        assert_eq!(
            kinds,
            [
                (word("may"), false),
                (Kind::Number(5, 1), false),
                (word("th"), true),
                (Kind::Mark(','), true),
                (Kind::Mark('\n'), true),
                (word("s"), false),
                (Kind::Mark('/'), true),
                (Kind::Number(2016, 4), true),
            ]
        );
    }
}
