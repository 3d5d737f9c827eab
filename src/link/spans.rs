//! Where in the text do words stand that could be a name?
//!
//! From every word a walk is made through the tree of names as far as the text follows. An Arabic noun may carry
//! particles; they are cut off only where the rest is a name, never freely. Two words may be one name written apart.

use std::ops::Range;

use crate::model::Rule;

use super::{
    dictionary::{Dictionary, Entry, goodness},
    fold::light_hash,
    found::Key,
    layer::{Layer, join},
    name::is_written,
    name_tree::ROOT,
    nouns::OfficeHit,
    tokens::{Kind, Token, after, gap},
    words,
};

/// The second letter of the Arabic article.
const LAM: u32 = 0x644;

/// Words that could be a name.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    /// The first token, perhaps without its particles.
    pub first: usize,
    /// One past the last token.
    pub last: usize,
    /// Its bytes.
    pub start: usize,
    pub end: usize,
    /// The forms that they are, in [`Hits::entries`].
    pub entries: Range<usize>,
}

/// A form that words are, and how like they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Likeness<'a> {
    pub entry: &'a Entry,
    /// How the words are the form.
    pub key: Key,
}

impl Likeness<'_> {
    /// How good the words are as this form, 0 to 1.
    pub(super) fn goodness(&self) -> f64 {
        goodness(self.entry.rule, self.entry.hidden)
            * match self.key {
                Key::Light => 1.0,
                Key::Loose => 0.93,
                _ => 0.85,
            }
    }
}

/// Every word or group of words that could be a name, in order.
#[derive(Debug, Default)]
pub(super) struct Hits<'a> {
    pub all: Vec<Hit>,
    pub entries: Vec<Likeness<'a>>,
    /// The titles of offices.
    pub offices: Vec<OfficeHit<'a>>,
}

/// How a name may open at some place of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    /// As it is.
    Plain,
    /// Without the first letters of its article, which a particle has swallowed.
    Headless,
    /// As one word that the text writes as two.
    Joined,
}

/// Every hit of a text.
pub(super) fn hits<'a>(dictionary: &'a Dictionary, text: &str, tokens: &[Token]) -> Hits<'a> {
    let mut hits = Hits::default();
    for layer in dictionary.layers() {
        let mut search = Search { dictionary, layer, text, tokens, hits: &mut hits };
        for (at, token) in tokens.iter().enumerate() {
            if token.kind == Kind::Mark || token.joined {
                continue;
            }
            search.plain(at, token);
            if token.arabic {
                search.particled(at, token);
            }
        }
    }
    hits.all.sort_by_key(|hit| (hit.start, hit.end));
    hits
}

struct Search<'a, 't> {
    dictionary: &'a Dictionary,
    layer: &'a Layer,
    text: &'t str,
    tokens: &'t [Token],
    hits: &'t mut Hits<'a>,
}

impl Search<'_, '_> {
    #[inline]
    fn plain(&mut self, at: usize, token: &Token) {
        if let Some(node) = self.layer.tree.next(ROOT, token.hash) {
            self.walk(at, token.from(), node, at + 1, Opening::Plain);
        }
        let Some(next) = self.tokens.get(at + 1) else { return };
        let apart = next.kind == Kind::Word && token.kind == Kind::Word && next.arabic == token.arabic;
        if apart
            && token.large
            && next.gap & (gap::SPACE | gap::DASH) != 0
            && next.gap & gap::BREAK == 0
            && let Some(node) = self.layer.tree.next(ROOT, join(token.hash, next))
        {
            self.found(at, token.from(), node, at + 2, Opening::Joined);
        }
    }

    fn particled(&mut self, at: usize, token: &Token) {
        if !words::begins_clitic(token.letter(0)) {
            return;
        }
        let letters = usize::from(token.letters);
        let heads = [token.head(1), token.head(2), token.head(3)];
        for &(hash, count, article) in words::clitics() {
            if letters <= count || heads.get(count - 1) != Some(&hash) {
                continue;
            }
            let rest = token.rest(count);
            let start = || after(self.text, token, u8::try_from(count).unwrap_or(0));
            if let Some(node) = self.layer.tree.next(ROOT, rest) {
                let start = start();
                let opening = if article { Opening::Headless } else { Opening::Plain };
                self.walk(at, start, node, at + 1, opening);
                // Where the noun itself begins with the letter of the article, only two of three lams are written.
                if !article && count < 3 && token.letter(count) == LAM && token.letter(count - 1) == LAM {
                    self.walk(at, start, node, at + 1, Opening::Headless);
                }
            }
        }
    }

    /// Follows the text from a node on; every name that ends on the way is found.
    fn walk(&mut self, first: usize, start: usize, mut node: u32, mut last: usize, opening: Opening) {
        loop {
            self.found(first, start, node, last, opening);
            let Some(next) = self.tokens.get(last).filter(|next| next.gap & gap::BREAK == 0) else { return };
            let Some(following) = self.layer.tree.next(node, next.hash) else { return };
            (node, last) = (following, last + 1);
        }
    }

    fn found(&mut self, first: usize, start: usize, node: u32, last: usize, opening: Opening) {
        let entries = self.layer.tree.at(node);
        if entries.is_empty() || self.tokens.get(last).is_some_and(|next| next.joined) {
            return;
        }
        let end = self.tokens[last - 1].to();
        let original = &self.text[start..end];
        let (from, mut light) = (self.hits.entries.len(), None);
        for entry in entries {
            let fits = match opening {
                Opening::Plain => !entry.headless,
                Opening::Headless => entry.headless,
                Opening::Joined => !entry.headless && !entry.joined && entry.is_place,
            };
            if entry.office > 0 && fits && is_written(original, self.layer.text(entry), entry.case) {
                let holders = self.layer.holders(entry);
                self.hits.offices.push(OfficeHit { first, last, start, end, holders });
            }
            if !fits || !entry.linked || !self.dictionary.holds(self.layer, entry.entity) {
                continue;
            }
            let form = self.layer.text(entry);
            let same = original == form;
            if !same && !is_written(original, form, entry.case)
                || entry.rule == Rule::Symbol && !stands_alone(self.text, start, end)
            {
                continue;
            }
            let key = if opening == Opening::Joined || entry.joined {
                Key::Joined
            } else if same || *light.get_or_insert_with(|| light_hash(original)) == entry.light {
                Key::Light
            } else {
                Key::Loose
            };
            self.hits.entries.push(Likeness { entry, key });
        }
        let entries = from..self.hits.entries.len();
        if !entries.is_empty() {
            self.hits.all.push(Hit { first, last, start, end, entries });
        }
    }
}

/// Whether a symbol is not a part of a longer one.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| matches!(c, '/' | '-'));
    let mut after = text[end..].chars();
    !joins(text[..start].chars().next_back())
        && (!joins(after.next()) || after.next().is_none_or(|c| !c.is_alphanumeric()))
}

/// Of spans with their weights, those that do not overlap and weigh most together, in order.
///
/// The longest first would be simpler, but a long doubtful name would then push out two sure ones.
pub(super) fn best(spans: &[(usize, usize, f64)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|&at| (spans[at].1, spans[at].0));
    // For the first n spans in this order: the best weight, and the last span taken, if it was the n-th.
    let mut totals: Vec<f64> = vec![0.0];
    let mut taken: Vec<Option<usize>> = vec![None];
    for (n, &at) in order.iter().enumerate() {
        let (start, _, weight) = spans[at];
        let free = order[..n].partition_point(|&other| spans[other].1 <= start);
        let (with, without) = (totals[free] + weight, totals[n]);
        totals.push(with.max(without));
        taken.push((with > without).then_some(free));
    }
    let (mut chosen, mut n) = (Vec::new(), order.len());
    while n > 0 {
        match taken[n] {
            Some(free) => {
                chosen.push(order[n - 1]);
                n = free;
            }
            None => n -= 1,
        }
    }
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{Facts, Name, NameKind};

    fn found(forms: &[&str], text: &str) -> Vec<String> {
        found_as(NameKind::Label, "org/x", forms, text)
    }

    fn found_as(kind: NameKind, entity: &str, forms: &[&str], text: &str) -> Vec<String> {
        let names = forms.iter().map(|form| Name {
            entity: entity.parse().unwrap_or_else(|e| panic!("{e}")),
            form: (*form).to_owned(),
            lang: None,
            kind,
        });
        let dictionary = Dictionary::new(names, &Facts::new());
        let hits = hits(&dictionary, text, &words::of_name(text));
        hits.all.iter().map(|hit| text[hit.start..hit.end].to_owned()).collect()
    }

    #[test]
    fn names_are_whole_words() {
        assert_eq!(found(&["Hama"], "Hama's, Hamadan, Al-Hama (HAMA) Hama'an"), ["Hama", "Hama", "HAMA"]);
        assert_eq!(found(&["Syria"], "Syria\u{2019}s Syrian"), ["Syria"]);
        assert_eq!(found(&["UN"], "UN un UNICEF UN-OPCW run UN2 U.N."), ["UN", "UN", "U.N."]);
        let symbols = "S/2016/738, S/2016/738/Rev.1, A/68/1-S/2016/738, s/2016/738";
        assert_eq!(found_as(NameKind::Symbol, "doc/x", &["S/2016/738"], symbols), ["S/2016/738"]);
    }

    #[test]
    fn particles_are_cut_off_only_before_a_name() {
        // "Homs", "in Homs", "and to Homs", and Homs at the end of a longer word.
        let homs = "\u{62D}\u{645}\u{635}";
        let text = format!("{homs} \u{628}{homs} \u{648}\u{644}{homs} \u{627}{homs}");
        assert_eq!(found(&[homs], &text), [homs, homs, homs]);
    }

    #[test]
    fn the_swallowed_article_is_found() {
        // "al-umam", "lil-umam", "wa-lil-umam"; then "umam" by itself, which is not the name.
        let rest = "\u{623}\u{645}\u{645}";
        let name = format!("\u{627}\u{644}{rest}");
        let text = format!("{name} \u{644}\u{644}{rest} \u{648}\u{644}\u{644}{rest} {rest}");
        assert_eq!(found(&[&name], &text), [name.as_str(), rest, rest]);
        // "al-Ladhiqiyya", "lil-Ladhiqiyya": of three lams two are written.
        let rest = "\u{644}\u{627}\u{630}\u{642}\u{64A}\u{629}";
        let name = format!("\u{627}\u{644}{rest}");
        assert_eq!(found(&[&name], &format!("\u{644}{rest}")), [rest]);
    }

    #[test]
    fn a_place_is_found_with_and_without_its_spaces() {
        assert_eq!(
            found_as(NameKind::Label, "place/x", &["Kafr Nabl"], "Kafrnabl, Kafr-Nabl"),
            ["Kafrnabl", "Kafr-Nabl"]
        );
        assert_eq!(found_as(NameKind::Label, "place/x", &["Kafrnabl"], "at Kafr Nabl"), ["Kafr Nabl"]);
    }

    #[test]
    fn the_heaviest_spans_win() {
        let weigh = |spans: &[(usize, usize)]| -> Vec<usize> {
            let weights: Vec<(usize, usize, f64)> =
                spans.iter().map(|&(a, b)| (a, b, f64::from(u32::try_from((b - a) * (b - a)).unwrap_or(0)))).collect();
            best(&weights)
        };
        assert_eq!(weigh(&[(0, 2), (0, 10), (3, 10)]), [1]);
        assert_eq!(weigh(&[(0, 5), (4, 9), (8, 14)]), [0, 2]);
        assert_eq!(weigh(&[]), Vec::<usize>::new());
    }
}
