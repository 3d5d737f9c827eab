//! Which words look like the name of something that is not known?
//!
//! In Latin letters, words that begin large where no sentence does, and acronyms; in Arabic, the words after one that
//! says what sort of thing is named ("hospital", "agency", "village of"). What an Arabic text has named so once is
//! found again where it stands alone. Nothing is said of what was linked.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use crate::model::{MentionKind, Rule};

use super::{
    choose::Choice,
    found::{Found, Goal},
    lexicon::Tags,
    name::is_acronym,
    options::LEAST,
    spans::Hits,
    tokens::{Kind, Token, after, gap},
    words::{self, hashes, lines},
};

/// How probable it is that words of some shape are the name of something not known: the first three
/// measured on the development gold (there are 32, 53 and 38 of them), the others too rare there for more than a guess.
mod sure {
    /// With a word that says what sort of thing it is.
    pub(super) const HEAD: f64 = 0.7;
    /// Several words written large.
    pub(super) const SEVERAL: f64 = 0.8;
    /// One word written large, or an acronym.
    pub(super) const ONE: f64 = 0.7;
    /// One that has been named before.
    pub(super) const AGAIN: f64 = 0.6;
    /// The words at the beginning of a sentence.
    pub(super) const FIRST: f64 = 0.5;
}

/// The most words of a name in Latin letters.
const LONGEST: usize = 10;
/// The most words of a name in Arabic.
const LONGEST_ARABIC: usize = 6;

/// What a word of head says of the words beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Body,
    Site,
    Place,
}

/// A word of head.
#[derive(Clone, Copy)]
struct Head {
    before: bool,
    sort: Sort,
    inside: bool,
    /// Whether it has the article, so that the name goes on only with words that have it.
    definite: bool,
}

static HEADS: LazyLock<BTreeMap<u64, Head>> = LazyLock::new(|| {
    lines(include_str!("data/heads.txt"))
        .filter_map(|parts| {
            let [word, side, sort, place] = parts[..] else { return None };
            let sort = match sort {
                "body" => Sort::Body,
                "site" => Sort::Site,
                _ => Sort::Place,
            };
            let head = Head { before: side == "before", sort, inside: place != "out", definite: place == "all" };
            Some((*hashes(word).first()?, head))
        })
        .collect()
});

static OPENERS: LazyLock<BTreeSet<u64>> =
    LazyLock::new(|| lines(include_str!("data/openers.txt")).flat_map(|parts| hashes(parts[0])).collect());

static TITLES: LazyLock<BTreeSet<u64>> = LazyLock::new(|| {
    let openers = lines(include_str!("data/openers.txt"));
    openers.filter(|parts| parts.len() > 1).flat_map(|parts| hashes(parts[0])).collect()
});

static PEOPLES: LazyLock<Vec<&str>> =
    LazyLock::new(|| lines(include_str!("data/peoples.txt")).map(|parts| parts[0]).collect());

/// Adds the names of nothing known to what was found, which is in order.
pub(super) fn extend(text: &str, tokens: &[Token], hits: &Hits, choices: &[Choice], found: &mut Vec<Found>) {
    let mut search = Search { text, tokens, taken: taken(tokens, found), new: Vec::new() };
    let mut at = 0;
    while at < tokens.len() {
        at = if search.taken[at] || tokens[at].kind != Kind::Word {
            at + 1
        } else if tokens[at].arabic {
            search.arabic(at)
        } else {
            search.latin(at)
        };
    }
    search.again();
    let Search { mut new, .. } = search;
    for one in &mut new {
        // What it could have been, had more spoken for it.
        let hit = hits.all.binary_search_by_key(&(one.start, one.end), |hit| (hit.start, hit.end));
        one.second = hit.ok().and_then(|hit| choices[hit].below).filter(|&(_, confidence)| confidence < LEAST);
    }
    found.append(&mut new);
    found.sort_by_key(|one| (one.start, one.end));
}

/// Which tokens are part of what was found.
fn taken(tokens: &[Token], found: &[Found]) -> Vec<bool> {
    let mut next = 0;
    let is_taken = |token: &Token| {
        while found.get(next).is_some_and(|one| one.end <= token.from()) {
            next += 1;
        }
        found.get(next).is_some_and(|one| one.start < token.to())
    };
    tokens.iter().map(is_taken).collect()
}

struct Search<'t> {
    text: &'t str,
    tokens: &'t [Token],
    taken: Vec<bool>,
    new: Vec<Found>,
}

impl Search<'_> {
    /// Reads the words written large from here on; gives the token after them.
    fn latin(&mut self, at: usize) -> usize {
        if !self.is_large(at) || self.tokens[at].joined {
            return at + 1;
        }
        let (mut first, mut last) = (at, self.large_words(at));
        let next = last;
        let opens = begins_sentence(self.tokens, at);
        while first < last && self.is_opener(first) {
            first += 1;
        }
        // "Russian President Vladimir Putin"
        let title = (first..last).rev().find(|&word| TITLES.contains(&self.tokens[word].hash));
        first = title.map_or(first, |title| title + 1);
        let head = self.head(last).filter(|_| first < last);
        while first < last && self.tokens[last - 1].tags.has(Tags::LEVEL) {
            last -= 1;
        }
        if first == last || self.tokens.get(last).is_some_and(|next| next.joined) {
            return next;
        }
        let only = &self.tokens[first];
        let says_nothing = only.letters < 2 || only.tags.has(Tags::GENERIC) || HEADS.contains_key(&only.hash);
        if last - first == 1 && head.is_none() && says_nothing {
            return next;
        }
        let (several, first_word) = (last - first > 1, opens && first == at);
        let one = &self.text[self.tokens[first].from()..self.tokens[first].to()];
        let confidence = match head {
            Some(_) => sure::HEAD,
            _ if !several && !is_acronym(one) && (is_of_people(one) || first_word) => return next,
            _ if first_word => sure::FIRST,
            _ if several => sure::SEVERAL,
            _ => sure::ONE,
        };
        if self.tokens[last - 1].gap & gap::SPACE == 0 && several && words::begins_with_forces(&self.tokens[last..]) {
            return next;
        }
        let last = head.unwrap_or(last);
        self.add(self.tokens[first].from(), first, last, confidence);
        last.max(next)
    }

    /// Whether a free word in Latin letters begins large.
    fn is_large(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            let is_date = token.tags.has(Tags::MONTH) || token.tags.has(Tags::WHEN) || token.tags.has(Tags::DATE);
            token.kind == Kind::Word && token.large && !token.arabic && !self.taken[at] && !is_date
        })
    }

    /// Whether a word follows in the same line, with neither a dash nor the ending of a possessor before it.
    fn joins(&self, token: &Token) -> bool {
        let dash = token.gap & gap::SPACE != 0 && token.gap & gap::DASH != 0;
        let before = self.text[..token.from()].trim_end();
        let owned = ["'s", "\u{2019}s", "'", "\u{2019}"].iter().any(|ending| before.ends_with(ending));
        words::follows(token) && token.gap & gap::LINE == 0 && !dash && !owned
    }

    fn is_opener(&self, at: usize) -> bool {
        OPENERS.contains(&self.tokens[at].hash)
    }

    /// The token after the words written large that follow, small words between them included.
    fn large_words(&self, at: usize) -> usize {
        let (mut last, mut of) = (at + 1, false);
        while last < at + LONGEST {
            let small = self.tokens[last..]
                .iter()
                .take(2)
                .take_while(|next| self.joins(next) && is_small(next, of) && !next.large)
                .count();
            let next = last + small;
            if !self.is_large(next) || !self.joins(&self.tokens[next]) {
                break;
            }
            of |= small > 0;
            last = next + 1;
        }
        last
    }

    /// The token after a word of head that follows.
    fn head(&self, last: usize) -> Option<usize> {
        let next = self.tokens.get(last).filter(|next| self.joins(next) && !self.taken[last])?;
        HEADS.get(&next.hash).filter(|head| !head.before).map(|_| last + 1)
    }

    /// Reads the words after an Arabic word of head; gives the token after them.
    fn arabic(&mut self, at: usize) -> usize {
        let token = &self.tokens[at];
        let Some((cut, head)) = head_of(token) else { return at + 1 };
        let mut last = at + 1;
        while last < self.tokens.len() && last <= at + LONGEST_ARABIC && self.continues(at, last, head) {
            last += 1;
        }
        // "the international organisation" is no name; "the Grand Mosque" is.
        let words = if head.definite && head.sort == Sort::Body { 2 } else { 1 };
        let adjective = last == at + 2 && head.sort == Sort::Body && self.is_adjective(at + 1);
        if last <= at + words || adjective {
            return at + 1;
        }
        let (start, first) =
            if head.inside { (after(self.text, token, cut), at) } else { (self.tokens[at + 1].from(), at + 1) };
        self.add(start, first, last, sure::HEAD);
        last
    }

    /// Whether the name that a head begins goes on with this word.
    fn continues(&self, first: usize, at: usize, head: Head) -> bool {
        let token = &self.tokens[at];
        let plain = token.kind == Kind::Word && token.arabic && self.joins(token) && !self.taken[at];
        if !plain || token.letters < 3 || self.is_opener(at) || token.tags.has(Tags::LEVEL) {
            return false;
        }
        match (at - first, head.sort) {
            (1, _) => !head.definite || is_definite(token),
            (2, Sort::Place | Sort::Site) => begins_two(&self.tokens[at - 1]),
            (_, Sort::Body) => is_definite(token),
            _ => false,
        }
    }

    /// Whether an Arabic word is an adjective, by its ending: "humanitarian" in "a humanitarian organisation".
    fn is_adjective(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        !is_definite(token) && self.text[token.from()..token.to()].ends_with("\u{64A}\u{629}")
    }

    /// Finds again what an Arabic word of head has told to be a name.
    fn again(&mut self) {
        let known: BTreeSet<u64> = self.new.iter().filter_map(|one| self.lone(one)).collect();
        for (at, token) in self.tokens.iter().enumerate().filter(|(at, _)| !self.taken[*at]) {
            if token.arabic && token.letters > 3 && known.contains(&token.hash) {
                let (from, to) = (token.from(), token.to());
                if !self.new.iter().any(|one| one.start < to && from < one.end) {
                    self.new.push(nil(from, to, at + 1, sure::AGAIN));
                }
            }
        }
    }

    /// The one word of a name, where it has only one.
    fn lone(&self, one: &Found) -> Option<u64> {
        let token = &self.tokens[one.last - 1];
        let alone = token.from() == one.start && token.arabic;
        alone.then_some(token.hash)
    }

    fn add(&mut self, start: usize, first: usize, last: usize, confidence: f64) {
        self.taken[first..last].fill(true);
        self.new.push(nil(start, self.tokens[last - 1].to(), last, confidence));
    }
}

fn nil(start: usize, end: usize, last: usize, confidence: f64) -> Found {
    let (kind, goal, rule) = (MentionKind::Name, Goal::Nil, Rule::Shape);
    Found { start, end, last, kind, goal, confidence, rule, second: None, sure: false, features: None }
}

/// Whether a word may stand small inside a name: "and" only after another of them.
fn is_small(token: &Token, of: bool) -> bool {
    static INSIDE: LazyLock<Vec<u64>> = LazyLock::new(|| hashes("of for the al el"));
    static AND: LazyLock<Vec<u64>> = LazyLock::new(|| hashes("and"));
    token.kind == Kind::Word && (INSIDE.contains(&token.hash) || of && AND.contains(&token.hash))
}

/// Whether a word begins a sentence, an item or a line, or stands in a bracket, where a capital says little.
fn begins_sentence(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    tokens[at].gap & (gap::BREAK | gap::LINE) != 0
        || before
            .is_none_or(|before| before.mark().is_some_and(|mark| !matches!(mark, ',' | '(' | '/' | '[' | '\u{60C}')))
}

/// Whether a word is that of a people: "Russian".
fn is_of_people(word: &str) -> bool {
    PEOPLES.iter().any(|ending| word.ends_with(ending))
}

/// The head that an Arabic word is, perhaps after particles, and how many letters those have.
fn head_of(token: &Token) -> Option<(u8, Head)> {
    let whole = HEADS.get(&token.hash).map(|head| (0, *head));
    let particled = words::clitics().iter().filter(|(hash, letters, article)| {
        !article && usize::from(token.letters) > letters + 1 && token.head(*letters) == *hash
    });
    let mut cut =
        particled.filter_map(|&(_, letters, _)| Some((u8::try_from(letters).ok()?, *HEADS.get(&token.rest(letters))?)));
    whole.or_else(|| cut.next())
}

/// Whether an Arabic word has the article, by itself or after the particle that swallows it.
fn is_definite(token: &Token) -> bool {
    let (first, second) = (token.letter(0), token.letter(1));
    token.letters > 3 && (first == 0x627 || first == 0x644) && second == 0x644
}

/// Whether a word of a name calls for another: "Bab", "Abu".
fn begins_two(token: &Token) -> bool {
    static FATHERS: LazyLock<Vec<u64>> =
        LazyLock::new(|| hashes("\u{623}\u{628}\u{648} \u{623}\u{628}\u{64A} \u{623}\u{645} \u{627}\u{628}\u{646}"));
    token.tags.has(Tags::HEAD) || FATHERS.contains(&token.hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        extend(text, &words::of_name(text), &Hits::default(), &[], &mut found);
        found.into_iter().map(|one| &text[one.start..one.end]).collect()
    }

    #[test]
    fn what_is_written_large_is_a_name() {
        assert_eq!(
            found("He spoke to Reuters and to Physicians for Human Rights."),
            ["Reuters", "Physicians for Human Rights"]
        );
        assert_eq!(
            found("The Syrians for Truth and Justice, the MPI, Oweijel hospital"),
            ["Syrians for Truth and Justice", "MPI", "Oweijel hospital"]
        );
        let none: [&str; 0] = [];
        assert_eq!(found("Yesterday Russian planes. It was so on Monday in May."), none);
    }

    #[test]
    fn what_follows_an_arabic_head_is_a_name() {
        // "in Smart Agency for news said", "the village of Hayyan. Hayyan".
        let agency = "\u{648}\u{643}\u{627}\u{644}\u{629} \u{633}\u{645}\u{627}\u{631}\u{62A} \u{644}\u{644}\u{623}\u{646}\u{628}\u{627}\u{621}";
        assert_eq!(found(&format!("\u{641}\u{64A} {agency} \u{642}\u{627}\u{644}\u{62A}")), [agency]);
        let town = "\u{62D}\u{64A}\u{627}\u{646}";
        assert_eq!(found(&format!("\u{642}\u{631}\u{64A}\u{629} {town}. {town}")), [town, town]);
    }
}
