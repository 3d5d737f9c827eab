//! Which documents does a text name by number?
//!
//! A whole symbol ("S/2016/888", "S/RES/2118 (2013)") is a name like any other and is found by the automaton. Here
//! the numbers of resolutions are read in words: "resolution 2118", "Security Council resolutions 2118 (2013) and
//! 2209". A number that no known resolution has is left alone.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::model::{MentionKind, Rule};

use super::{
    fold::{Level, key},
    found::{Found, Goal},
    lexicon::Tags,
    pieces::{Piece, What, phrase, pieces},
    tokens::{Token, after},
    words::{self, Table},
};

/// The words around the number of a resolution.
static WORDS: LazyLock<Table> = LazyLock::new(|| words::table(include_str!("data/resolutions.txt")));

/// What stands between two numbers.
static AND: LazyLock<Vec<u64>> = LazyLock::new(|| words::hashes("and \u{648}"));

/// The longest of those words, in pieces.
const LONGEST: usize = 5;

/// How many tokens a list of resolutions may be long.
const FOLLOWING: usize = 48;

/// A resolution that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Resolution {
    /// The document, by its place in the dictionary.
    entity: u32,
    /// Who adopted it: `S`, `A` or `H`.
    body: char,
    /// Its year, where the symbol gives it.
    year: Option<u32>,
}

/// The resolutions of a dictionary, by number: "2118", "71/248", "s-17/1".
#[derive(Clone, Debug, Default)]
pub(super) struct Resolutions(BTreeMap<String, Vec<Resolution>>);

impl Resolutions {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a document by its symbol, if that is the symbol of a resolution.
    pub(super) fn add(&mut self, symbol: &str, entity: u32) {
        let symbol = key(symbol, Level::Light);
        let known = [("s/res/", 'S'), ("a/res/", 'A'), ("a/hrc/res/", 'H')];
        let Some((rest, body)) = known.iter().find_map(|(head, body)| Some((symbol.strip_prefix(head)?, *body))) else {
            return;
        };
        let (number, year) = rest.split_once('(').unwrap_or((rest, ""));
        let year = year.trim_end_matches(')').trim().parse().ok();
        self.0.entry(number.trim().to_owned()).or_default().push(Resolution { entity, body, year });
    }

    /// The resolution of this number, if exactly one fits.
    fn find(&self, number: &str, year: Option<u32>, body: Option<char>, is_own: &impl Fn(u32) -> bool) -> Option<u32> {
        let fits = |known: &&Resolution| !is_own(known.entity) && body.is_none_or(|body| body == known.body);
        let all: Vec<&Resolution> = self.0.get(number)?.iter().filter(fits).collect();
        // A year must be right where the symbol has one; a symbol without one is the second choice.
        let of_year = |wanted| all.iter().filter(|known| known.year == wanted).map(|known| known.entity).collect();
        let mut found: Vec<u32> = match year {
            None => all.iter().map(|known| known.entity).collect(),
            Some(_) => of_year(year),
        };
        if found.is_empty() {
            found = of_year(None);
        }
        found.sort_unstable();
        found.dedup();
        if let [only] = found[..] { Some(only) } else { None }
    }
}

/// A number as it stands in the text.
struct Number {
    words: String,
    year: Option<u32>,
    first: usize,
    next: usize,
}

/// Every resolution that a text names by its number, in order. `is_own` tells the document itself.
pub(super) fn resolutions(
    known: &[&Resolutions],
    text: &str,
    tokens: &[Token],
    is_own: impl Fn(u32) -> bool,
) -> Vec<Found> {
    let (mut all, mut done) = (Vec::new(), 0);
    for (at, token) in tokens.iter().enumerate() {
        if !token.tags.has(Tags::NUMBER) || at < done {
            continue;
        }
        let from = at.saturating_sub(LONGEST).max(done);
        let pieces = pieces(text, &tokens[from..tokens.len().min(at + FOLLOWING)], from);
        let Some(word) = pieces.iter().position(|piece| piece.token == at && piece.word().is_some()) else { continue };
        let Some(head) = head(text, tokens, &pieces, word) else { continue };
        let (mut first, mut body) = (Some(head.first), head.body);
        if let Some((start, named)) = body_before(&pieces, word).filter(|_| body.is_none()) {
            (first, body) = (Some(start), Some(named));
        }
        let mut next = number(text, &pieces, head.next);
        while let Some(read) = next {
            let end = &pieces[read.next - 1];
            done = end.token + 1;
            let entity = known.iter().find_map(|known| known.find(&read.words, read.year, body, &is_own));
            if let Some(entity) = entity {
                let start = first.unwrap_or(read.first);
                all.push(found((start, end.end), done, entity, read.year.is_some()));
            }
            first = None;
            next = head.many.then(|| and(&pieces, read.next)).flatten().and_then(|after| number(text, &pieces, after));
        }
    }
    all
}

fn found((start, end): (usize, usize), last: usize, entity: u32, dated: bool) -> Found {
    Found {
        start,
        end,
        last,
        kind: MentionKind::Symbol,
        goal: Goal::Entity(entity),
        confidence: if dated { 0.95 } else { 0.9 },
        rule: Rule::Symbol,
        second: None,
        sure: true,
        features: None,
    }
}

/// The words that announce the number of a resolution.
struct Head {
    /// Where they begin, without particles.
    first: usize,
    /// Whether several numbers may follow.
    many: bool,
    /// Who adopted it, where that stands between the word and the number, as in Arabic.
    body: Option<char>,
    /// The piece after it.
    next: usize,
}

fn head(text: &str, tokens: &[Token], pieces: &[Piece], at: usize) -> Option<Head> {
    let token = &tokens[pieces[at].token];
    // The word by itself, or after Arabic particles, of which the second may have swallowed the article.
    let word = if token.cut == 0 { token.hash } else { token.rest(usize::from(token.cut)) };
    let many = WORDS.get(&words::phrase([word]))?.iter().find_map(|purpose| match *purpose {
        "one" => Some(false),
        "many" => Some(true),
        _ => None,
    })?;
    let mut next = at + 1;
    let mut body = None;
    if pieces[at].arabic
        && let Some((named, after)) = body_at(pieces, next)
    {
        (body, next) = (Some(named), after);
    }
    if let Some(after) = use_at(pieces, next, "number") {
        next = after + usize::from(pieces.get(after).is_some_and(|piece| piece.is('.')));
    }
    Some(Head { first: after(text, token, token.cut), many, body, next })
}

fn use_at(pieces: &[Piece], at: usize, purpose: &str) -> Option<usize> {
    let found = phrase(pieces, at, LONGEST, |words| {
        WORDS.get(&words).filter(|uses| uses.contains(&purpose)).map(Vec::as_slice)
    });
    found.map(|(_, next)| next)
}

fn body_at(pieces: &[Piece], at: usize) -> Option<(char, usize)> {
    let (uses, next) = phrase(pieces, at, LONGEST, |words| {
        WORDS.get(&words).filter(|uses| uses.iter().any(|purpose| purpose.starts_with("body"))).map(Vec::as_slice)
    })?;
    let letter = uses.iter().find_map(|purpose| purpose.strip_prefix("body ")?.chars().next())?;
    Some((letter, next))
}

/// The body named directly before the word, as in English, and where its name begins.
fn body_before(pieces: &[Piece], at: usize) -> Option<(usize, char)> {
    (1..=LONGEST).rev().filter_map(|count| at.checked_sub(count)).find_map(|start| {
        let (body, next) = body_at(pieces, start)?;
        // A body named in small letters is no name.
        (next == at && pieces[start].large && !pieces[start].arabic).then_some((pieces[start].start, body))
    })
}

/// A number from a piece on: "2118", "2118 (2013)", "71/248", "S-17/1".
fn number(text: &str, pieces: &[Piece], at: usize) -> Option<Number> {
    let mut next = at;
    // A session's letter: "S-17/1".
    let first = pieces.get(at)?;
    if first.word().is_some() && first.end - first.start == 1 && pieces.get(at + 1)?.is('-') {
        next += 2;
    }
    let (_, digits) = pieces.get(next)?.number()?;
    next += 1;
    let slash = pieces.get(next).is_some_and(|piece| piece.is('/') && piece.glued);
    if slash && pieces.get(next + 1).is_some_and(|piece| piece.glued && piece.number().is_some()) {
        next += 2;
    }
    let words = key(text.get(first.start..pieces[next - 1].end)?, Level::Light);
    let year = match pieces.get(next..next + 3) {
        Some([open, year, close]) if open.is('(') && close.is(')') => year.number().filter(|&(_, digits)| digits == 4),
        _ => None,
    };
    let next = if year.is_some() { next + 3 } else { next };
    (digits <= 5).then(|| Number { words, year: year.map(|(value, _)| value), first: first.start, next })
}

/// What joins two numbers of resolutions, and the piece after it.
fn and(pieces: &[Piece], at: usize) -> Option<usize> {
    let is_and = |at: usize| pieces.get(at).and_then(Piece::word).is_some_and(|word| AND.contains(&word));
    let comma = matches!(pieces.get(at)?.what, What::Mark(',' | '\u{60C}'));
    let after = at + usize::from(comma);
    let joined = after + usize::from(is_and(after));
    (joined > at).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &str) -> Vec<(String, u32)> {
        let mut known = Resolutions::default();
        let symbols = ["S/RES/2118 (2013)", "A/RES/71/248", "A/HRC/RES/S-17/1", "S/RES/48 (1948)", "A/RES/48"];
        for (entity, symbol) in (0..).zip(symbols) {
            known.add(symbol, entity);
        }
        let found = resolutions(&[&known], words, &words::of_name(words), |_| false);
        found.iter().map(|found| (words[found.start..found.end].to_owned(), found.entity().unwrap_or(9))).collect()
    }

    #[test]
    fn a_number_is_read_with_its_year_and_body() {
        assert_eq!(found("UNSCR 2118 (2013) and 2209"), [("UNSCR 2118 (2013)".to_owned(), 0)]);
        assert_eq!(found("resolution 71/248, Resolution S-17/1")[1], ("Resolution S-17/1".to_owned(), 2));
        assert_eq!(found("resolution 2118 (2014), resolution 2118/3, 2118"), []);
    }

    #[test]
    fn the_body_decides_between_two_of_one_number() {
        assert_eq!(found("resolution 48"), []);
        assert_eq!(found("the General Assembly resolution 48"), [("General Assembly resolution 48".to_owned(), 4)]);
        assert_eq!(found("resolution 48 (1948)")[0].1, 3);
    }
}
