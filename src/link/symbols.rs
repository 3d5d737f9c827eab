//! Which documents does a text name by number?
//!
//! A whole symbol ("S/2016/888", "S/RES/2118 (2013)") is a name like any other and is found by the automaton. Here
//! the numbers of resolutions are read in words: "resolution 2118", "Security Council resolutions 2118 (2013) and
//! 2209". A number that no known resolution has is left alone.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::model::{Id, Mention, MentionKind, Rule, Target};

use super::{
    fold::{Folded, Level, is_arabic, key},
    tokens::{Kind, Token, phrase},
    words,
};

type Table = BTreeMap<String, Vec<&'static str>>;

/// The words around the number of a resolution.
static WORDS: LazyLock<Table> = LazyLock::new(|| words::table(include_str!("data/resolutions.txt")));

/// The longest of those words, in tokens.
const LONGEST: usize = 5;

/// A resolution that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Resolution {
    /// The document, by its place in the dictionary.
    entity: usize,
    /// Who adopted it: `S`, `A` or `H`.
    body: char,
    /// Its year, where the symbol gives it.
    year: Option<u32>,
}

/// The resolutions of a dictionary, by number: "2118", "71/248", "s-17/1".
#[derive(Clone, Debug, Default)]
pub(super) struct Resolutions(BTreeMap<String, Vec<Resolution>>);

impl Resolutions {
    /// Adds a document by its symbol, if that is the symbol of a resolution.
    pub(super) fn add(&mut self, symbol: &str, entity: usize) {
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
    fn find(
        &self,
        number: &str,
        year: Option<u32>,
        body: Option<char>,
        is_own: &impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let fits = |known: &&Resolution| !is_own(known.entity) && body.is_none_or(|body| body == known.body);
        let all: Vec<&Resolution> = self.0.get(number)?.iter().filter(fits).collect();
        // A year must be right where the symbol has one; a symbol without one is the second choice.
        let of_year = |wanted| all.iter().filter(|known| known.year == wanted).map(|known| known.entity).collect();
        let mut found: Vec<usize> = match year {
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
    known: &Resolutions,
    entities: &[Id],
    text: &Folded,
    tokens: &[Token],
    is_own: impl Fn(usize) -> bool,
) -> Vec<Mention> {
    let mut mentions = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some(head) = head(tokens, at) else {
            at += 1;
            continue;
        };
        let (mut first, mut body) = (head.first, head.body);
        if let Some((start, named)) = body_before(text, tokens, at).filter(|_| body.is_none()) {
            (first, body) = (start, Some(named));
        }
        at += 1;
        let mut next = number(text, tokens, head.next);
        while let Some(found) = next {
            at = found.next;
            if let Some(entity) = known.find(&found.words, found.year, body, &is_own) {
                let span = text.span(first.unwrap_or(found.first), tokens[found.next - 1].last);
                mentions.push(mention(text, span, entities[entity].clone(), found.year.is_some()));
            }
            first = None;
            next = head.many.then(|| and(tokens, at)).flatten().and_then(|after| number(text, tokens, after));
        }
    }
    mentions
}

fn mention(text: &Folded, (start, end): (usize, usize), entity: Id, dated: bool) -> Mention {
    Mention {
        start,
        end,
        exact: text.original(start, end),
        kind: MentionKind::Symbol,
        target: Target::Entity(entity),
        confidence: if dated { 0.95 } else { 0.9 },
        rule: Rule::Symbol,
        runner_up: None,
    }
}

/// The words that announce the number of a resolution.
struct Head {
    /// The first folded character, without particles.
    first: Option<usize>,
    /// Whether several numbers may follow.
    many: bool,
    /// Who adopted it, where that stands between the word and the number, as in Arabic.
    body: Option<char>,
    /// The token after it.
    next: usize,
}

fn head(tokens: &[Token], at: usize) -> Option<Head> {
    let word = tokens.get(at)?.word()?;
    // The word by itself, or after Arabic particles, of which the second may have swallowed the article.
    let cuts = if word.starts_with(is_arabic) { 4 } else { 1 };
    let (letters, many) = word.char_indices().take(cuts).enumerate().find_map(|(letters, (byte, _))| {
        let (before, rest) = word.split_at(byte);
        let is_free = before.is_empty() || words::is_clitic(before) || words::is_article_clitic(before);
        let uses = WORDS.get(rest).filter(|_| is_free)?;
        uses.iter().find_map(|purpose| match *purpose {
            "one" => Some((letters, false)),
            "many" => Some((letters, true)),
            _ => None,
        })
    })?;
    let mut next = at + 1;
    let mut body = None;
    if word.starts_with(is_arabic)
        && let Some((named, after)) = body_at(tokens, next)
    {
        (body, next) = (Some(named), after);
    }
    if let Some(after) = use_at(tokens, next, "number") {
        next = after + usize::from(tokens.get(after).is_some_and(|token| token.is('.')));
    }
    Some(Head { first: Some(tokens[at].first + letters), many, body, next })
}

fn use_at(tokens: &[Token], at: usize, purpose: &str) -> Option<usize> {
    let found =
        phrase(tokens, at, LONGEST, |words| WORDS.get(words).filter(|uses| uses.contains(&purpose)).map(Vec::as_slice));
    found.map(|(_, next)| next)
}

fn body_at(tokens: &[Token], at: usize) -> Option<(char, usize)> {
    let (uses, next) = phrase(tokens, at, LONGEST, |words| {
        WORDS.get(words).filter(|uses| uses.iter().any(|purpose| purpose.starts_with("body"))).map(Vec::as_slice)
    })?;
    let letter = uses.iter().find_map(|purpose| purpose.strip_prefix("body ")?.chars().next())?;
    Some((letter, next))
}

/// The body named directly before the word, as in English, and where its name begins.
fn body_before(text: &Folded, tokens: &[Token], at: usize) -> Option<(Option<usize>, char)> {
    (1..=LONGEST).rev().filter_map(|count| at.checked_sub(count)).find_map(|start| {
        let (body, next) = body_at(tokens, start)?;
        // A body named in small letters is no name.
        let large = text.source[text.origins[tokens[start].first]].is_uppercase();
        (next == at && large).then_some((Some(tokens[start].first), body))
    })
}

/// A number from a token on: "2118", "2118 (2013)", "71/248", "S-17/1".
fn number(text: &Folded, tokens: &[Token], at: usize) -> Option<Number> {
    let mut next = at;
    // A session's letter: "S-17/1".
    if tokens.get(at)?.word().is_some_and(|word| word.len() == 1) && tokens.get(at + 1)?.is('-') {
        next += 2;
    }
    let (_, digits) = tokens.get(next)?.number()?;
    next += 1;
    let slash = tokens.get(next).is_some_and(|token| token.is('/') && token.glued);
    if slash && tokens.get(next + 1).is_some_and(|token| token.glued && token.number().is_some()) {
        next += 2;
    }
    let words = text.words(tokens[at].first, tokens[next - 1].last).to_owned();
    let year = match tokens.get(next..next + 3) {
        Some([open, year, close]) if open.is('(') && close.is(')') => year.number().filter(|&(_, digits)| digits == 4),
        _ => None,
    };
    let next = if year.is_some() { next + 3 } else { next };
    (digits <= 5).then(|| Number { words, year: year.map(|(value, _)| value), first: tokens[at].first, next })
}

/// What joins two numbers of resolutions, and the token after it.
fn and(tokens: &[Token], at: usize) -> Option<usize> {
    let is_and = |at: usize| tokens.get(at).and_then(Token::word).is_some_and(|w| w == "and" || w == "\u{648}");
    let comma = matches!(tokens.get(at)?.kind, Kind::Mark(',' | '\u{60C}'));
    let after = at + usize::from(comma);
    let joined = after + usize::from(is_and(after));
    (joined > at).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::tokens::tokens;

    fn found(words: &str) -> Vec<(String, usize)> {
        let mut known = Resolutions::default();
        let symbols = ["S/RES/2118 (2013)", "A/RES/71/248", "A/HRC/RES/S-17/1", "S/RES/48 (1948)", "A/RES/48"];
        let entities: Vec<Id> = (0..symbols.len()).filter_map(|n| format!("doc/{n}").parse().ok()).collect();
        for (entity, symbol) in symbols.iter().enumerate() {
            known.add(symbol, entity);
        }
        let text = Folded::new(words, Level::Light);
        let mentions = resolutions(&known, &entities, &text, &tokens(&text), |_| false);
        let entity = |mention: &Mention| entities.iter().position(|id| Target::Entity(id.clone()) == mention.target);
        mentions.iter().map(|mention| (mention.exact.clone(), entity(mention).unwrap_or(9))).collect()
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
