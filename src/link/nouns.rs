//! Which things does a text name by a noun alone?
//!
//! "The mechanism" is the one mechanism that the text has named before; where it has named two, nothing is said. "The
//! Secretary-General" is who held that office on the day of the document. "The X report" is the one paper that X issued
//! shortly before. All are resolved by evidence in the text or the graph, or left alone.

use std::sync::LazyLock;

use jiff::{ToSpan, civil};

use crate::model::{Date, Kind as Sort, MentionKind, Rule};

use super::{
    dictionary::Dictionary,
    found::{Features, Found, Goal, Key},
    lexicon::Tags,
    spans::Hits,
    tokens::{Kind, Token, after, gap},
    view::View,
    words,
};

/// A noun of the list.
struct Noun {
    /// As a text has it, by hash.
    text: u64,
    /// As a name has it.
    name: u64,
    kind: &'static str,
    /// The bit of its group.
    bit: u32,
}

static NOUNS: LazyLock<Vec<Noun>> = LazyLock::new(|| {
    let (mut groups, mut nouns): (Vec<&str>, Vec<Noun>) = (Vec::new(), Vec::new());
    for parts in words::lines(include_str!("data/nouns.txt")) {
        let [kind, group, text, name] = parts[..] else { continue };
        let bit = groups.iter().position(|known| *known == group).unwrap_or_else(|| {
            groups.push(group);
            groups.len() - 1
        });
        let hash = |word| words::phrase(words::hashes(word));
        nouns.push(Noun { text: hash(text), name: hash(name), kind, bit: 1 << (bit % 32) });
    }
    nouns
});

/// How many days before a document a paper came out that it speaks of as "the report".
const DAYS: i32 = 45;

/// The groups of the nouns in a name.
pub(super) fn groups(tokens: &[Token]) -> u32 {
    let of = |token: &Token| {
        // Arabic names have the noun with or without its article.
        let hash = words::phrase([token.hash]);
        NOUNS
            .iter()
            .filter(|noun| noun.name == hash || (token.arabic && noun.text == hash))
            .fold(0, |bits, noun| bits | noun.bit)
    };
    tokens.iter().filter(|token| token.tags.has(Tags::NOUN)).fold(0, |bits, token| bits | of(token))
}

/// Adds what nouns name to what was found, which is in order.
pub(super) fn extend(view: &View, text: &str, tokens: &[Token], hits: &Hits, found: &mut Vec<Found>) {
    let reader = Reader { view, text, tokens, found };
    let mut new: Vec<Found> = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.tags.has(Tags::NOUN)) {
        new.extend(reader.noun(at, token));
    }
    new.extend(hits.offices.iter().filter_map(|office| reader.office(office)));
    let papers: Vec<Found> = (0..found.len()).filter_map(|at| reader.paper(at)).collect();
    if new.is_empty() && papers.is_empty() {
        return;
    }
    // A paper stands in the place of the body in its name.
    found.retain(|one| papers.iter().all(|paper| paper.end <= one.start || one.end <= paper.start));
    new.retain(|one| papers.iter().all(|paper| paper.end <= one.start || one.end <= paper.start));
    found.extend(new);
    found.extend(papers);
    found.sort_by_key(|one| (one.start, one.end));
    found.dedup_by(|b, a| b.start < a.end);
}

struct Reader<'a, 't> {
    view: &'t View<'a>,
    text: &'t str,
    tokens: &'t [Token],
    found: &'t [Found],
}

impl Reader<'_, '_> {
    fn dictionary(&self) -> &Dictionary {
        self.view.dictionary
    }

    /// What was found before a place, unless something covers it.
    fn before(&self, start: usize, end: usize) -> Option<&[Found]> {
        let count = self.found.partition_point(|one| one.end <= start);
        self.found.get(count).is_none_or(|next| end <= next.start).then(|| &self.found[..count])
    }

    fn noun(&self, at: usize, token: &Token) -> Option<Found> {
        let word = if token.cut > 0 { token.rest(usize::from(token.cut)) } else { token.hash };
        let hash = words::phrase([word]);
        let noun = NOUNS.iter().find(|noun| noun.text == hash && noun.kind != "paper")?;
        let definite = token.arabic || (at > 0 && words::follows(token) && self.tokens[at - 1].tags.has(Tags::THE));
        if !definite || !self.stands_alone(at, token) {
            return None;
        }
        let start = after(self.text, token, token.cut);
        let before = self.before(start, token.to())?;
        let mut named: Option<&Found> = None;
        for one in before {
            let Some(entity) = one.entity().filter(|&entity| self.dictionary().known(entity).nouns & noun.bit != 0)
            else {
                continue;
            };
            let kind = self.dictionary().id(entity).kind();
            if !matches!((noun.kind, kind), ("org", Sort::Organization) | ("doc", Sort::Document)) {
                continue;
            }
            // Two of a kind: the noun could be either.
            if named.is_some_and(|known| known.entity() != Some(entity)) {
                return None;
            }
            named = Some(one);
        }
        let named = named.filter(|named| named.confidence >= 0.6)?;
        let large = token.large && !token.arabic;
        let confidence = named.confidence * if large { 0.85 } else { 0.75 };
        let kind = if large { MentionKind::Name } else { MentionKind::Nominal };
        Some(resolved((start, token.to()), at + 1, named.goal.clone(), kind, confidence))
    }

    /// Whether nothing after a noun makes it a new one: "the mechanism adopted by", "the Commission of".
    fn stands_alone(&self, at: usize, token: &Token) -> bool {
        let Some(next) = self.tokens.get(at + 1).filter(|next| words::follows(next)) else { return true };
        let word = &self.text[next.from()..next.to()];
        if next.gap & (gap::BREAK | gap::DASH) != 0 {
            return next.gap & gap::BREAK != 0;
        }
        if token.arabic {
            // An adjective has the article as well, and so have "which" and "who".
            return next.letter(0) != 0x627 || next.letter(1) != 0x644;
        }
        let participle = word.ends_with("ed") && self.tokens.get(at + 2).is_some_and(|then| then.tags.has(Tags::SMALL));
        !next.large && !next.tags.has(Tags::SMALL) && !participle && !matches!(word, "that" | "which" | "with")
    }

    fn office(&self, office: &OfficeHit) -> Option<Found> {
        let first = &self.tokens[office.first];
        let the = office.first.checked_sub(1).is_some_and(|before| self.tokens[before].tags.has(Tags::THE));
        let next = self.tokens.get(office.last).filter(|next| words::follows(next));
        let plain = first.arabic || (the && next.is_none_or(|next| !next.large && !next.tags.has(Tags::SMALL)));
        let day = self.view.issued()?;
        let before = self.before(office.start, office.end).filter(|_| plain)?;
        let mut holders: Vec<&Holder> = office.holders.iter().filter(|holder| holder.on(day)).collect();
        let is_named = |body: u32| before.iter().any(|one| one.entity() == Some(body));
        let named = holders.iter().any(|holder| is_named(holder.of));
        if named {
            holders.retain(|holder| is_named(holder.of));
        }
        holders.dedup_by_key(|holder| holder.person);
        let [holder] = holders[..] else { return None };
        let confidence = if named { 0.8 } else { 0.65 };
        let goal = Goal::Entity(holder.person);
        Some(resolved((office.start, office.end), office.last, goal, MentionKind::Nominal, confidence))
    }

    /// The date that stands behind a noun: "report of 21 October 2016", "report released on Monday".
    fn dated(&self, last: usize) -> Option<&Date> {
        let near = self.tokens[last..].iter().take(3).take_while(|token| words::follows(token)).last()?.to();
        let next = self.found.partition_point(|one| one.start < self.tokens[last].from());
        let date = self.found.get(next).filter(|one| one.start < near)?;
        if let Goal::Date(date) = &date.goal { Some(date) } else { None }
    }

    /// Whether the text names this day.
    fn names_day(&self, day: civil::Date) -> bool {
        self.found
            .iter()
            .any(|one| matches!(&one.goal, Goal::Date(date) if (date.earliest(), date.latest()) == (day, day)))
    }

    /// "the HRW report": the one paper of that body shortly before the document.
    fn paper(&self, at: usize) -> Option<Found> {
        let one = &self.found[at];
        let body = one.entity().filter(|&body| self.dictionary().id(body).kind() == Sort::Organization)?;
        let day = self.view.issued()?;
        let is_paper = |token: &Token| {
            let hash = words::phrase([token.hash]);
            token.tags.has(Tags::NOUN) && NOUNS.iter().any(|noun| noun.kind == "paper" && noun.text == hash)
        };
        let next = self.tokens.get(one.last).filter(|next| words::follows(next) && is_paper(next) && !next.arabic);
        let (start, end, last) = next.map(|next| (one.start, next.to(), one.last + 1))?;
        let (from, to) = match self.dated(last) {
            Some(date) => (date.earliest(), date.latest()),
            None => (day.checked_sub(DAYS.days()).ok()?, day),
        };
        let papers = self.dictionary().papers(body, from, to);
        // Of several, one of a day that the text names; then the one that the archive speaks of most.
        let known = |paper: u32| {
            let known = self.dictionary().known(paper);
            (known.from.is_some_and(|day| self.names_day(day)), known.prior(), known.near.len())
        };
        let mut papers: Vec<u32> = papers.into_iter().filter(|&paper| !self.view.is_own(paper)).collect();
        papers.sort_by_key(|&paper| std::cmp::Reverse(known(paper)));
        let paper = match papers[..] {
            [only] => only,
            [first, next, ..] if known(first) > known(next) => first,
            _ => return None,
        };
        let goal = Goal::Entity(paper);
        Some(resolved((start, end), last, goal, MentionKind::Nominal, one.confidence * 0.8))
    }
}

fn resolved((start, end): (usize, usize), last: usize, goal: Goal, kind: MentionKind, confidence: f64) -> Found {
    Found {
        start,
        end,
        last,
        kind,
        goal,
        confidence,
        rule: Rule::DefinedInText,
        second: None,
        sure: false,
        features: Some(Features { key: Key::Text, name: confidence, fit: 1.0, share: 1.0, level: false }),
    }
}

/// Who held an office, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    /// The person.
    pub person: u32,
    /// The body it is an office of.
    pub of: u32,
    /// Since when.
    pub from: Option<civil::Date>,
    /// Until when.
    pub to: Option<civil::Date>,
}

impl Holder {
    /// Whether the office was held on a day; where neither end is known, nobody can say.
    fn on(&self, day: civil::Date) -> bool {
        (self.from.is_some() || self.to.is_some())
            && self.from.is_none_or(|from| from <= day)
            && self.to.is_none_or(|to| day <= to)
    }
}

/// The title of an office in a text.
#[derive(Clone, Debug)]
pub(super) struct OfficeHit<'a> {
    pub first: usize,
    pub last: usize,
    pub start: usize,
    pub end: usize,
    pub holders: &'a [Holder],
}

/// The title of an office without the body it belongs to: "Secretary-General" of "Secretary-General of the UN".
pub(super) fn bare_title(title: &str) -> &str {
    title.split_once(" of ").map_or(title, |(bare, _)| bare)
}

/// Whether words can be the title of an office by themselves.
pub(super) fn is_title(tokens: &[Token]) -> bool {
    !tokens.is_empty() && tokens.len() <= 3 && tokens.iter().all(|token| token.kind == Kind::Word)
}
