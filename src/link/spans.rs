//! Where in the text do words stand that could be a name?
//!
//! The automaton finds every key at every place; what begins or ends inside a word is dropped here. An Arabic noun
//! may carry particles; they are cut off only where the rest is a name, never freely.

use crate::model::Rule;

use super::{
    dictionary::{Dictionary, Entry},
    fold::{Folded, Level, is_apostrophe, is_arabic, key},
    name::is_written,
    words,
};

/// The second letter of the Arabic article.
const LAM: char = '\u{644}';

/// Words that could be a name, with the things they could be a name of.
#[derive(Clone, Debug)]
pub(super) struct Hit<'a> {
    /// The first folded character.
    pub first: usize,
    /// One past the last folded character.
    pub last: usize,
    /// The forms that they are, and whether each is the same after light folding.
    pub entries: Vec<(&'a Entry, bool)>,
}

/// Every word or group of words that could be a name, in order.
pub(super) fn hits<'a>(dictionary: &'a Dictionary, text: &Folded) -> Vec<Hit<'a>> {
    let Some(automaton) = &dictionary.automaton else { return Vec::new() };
    let at = |byte: usize| text.bytes.binary_search(&byte).ok();
    let mut hits: Vec<Hit<'a>> = automaton
        .find_overlapping_iter(text.text.as_str())
        .filter_map(|found| {
            let (first, last) = (at(found.start())?, at(found.end())?);
            let (_, entries) = dictionary.keys.get(usize::try_from(found.value()).ok()?)?;
            hit(text, first, last, entries)
        })
        .collect();
    hits.sort_by_key(|hit| (hit.first, hit.last));
    hits
}

fn hit<'a>(text: &Folded, first: usize, last: usize, entries: &'a [Entry]) -> Option<Hit<'a>> {
    if !ends_word(text, last) {
        return None;
    }
    let opening = opening(text, first);
    if !opening.plain && !opening.article {
        return None;
    }
    let (start, end) = text.span(first, last);
    let original = text.original(start, end);
    let light = key(&original, Level::Light);
    let entries: Vec<(&Entry, bool)> = entries
        .iter()
        .filter(|entry| entry.form.linked && if entry.headless { opening.article } else { opening.plain })
        .filter(|entry| is_written(&original, &entry.form))
        .filter(|entry| entry.form.rule != Rule::Symbol || stands_alone(text, start, end))
        .map(|entry| (entry, entry.light == light))
        .collect();
    (!entries.is_empty()).then_some(Hit { first, last, entries })
}

/// How a name may open at some place of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Opening {
    /// As it is: at a boundary between words, or after particles.
    plain: bool,
    /// Without the first letter of its article, which a particle has swallowed.
    article: bool,
}

fn opening(text: &Folded, first: usize) -> Opening {
    let plain = Opening { plain: true, article: false };
    let Some(before) = first.checked_sub(1) else { return plain };
    if text.origins[before] == text.origins[first] {
        return Opening::default();
    }
    if parts(text, before) {
        return plain;
    }
    if !is_arabic(text.chars[first]) {
        return Opening::default();
    }
    let start = (0..first).rev().take_while(|&at| is_arabic(text.chars[at])).last().unwrap_or(first);
    let prefix = text.words(start, first);
    // Where the noun itself begins with the letter of the article, only two of three lams are written.
    let doubled = if text.chars[first] == LAM { format!("{prefix}{LAM}") } else { prefix.to_owned() };
    Opening { plain: words::is_clitic(prefix), article: words::is_article_clitic(&doubled) }
}

/// Whether a word ends before this folded character.
fn ends_word(text: &Folded, last: usize) -> bool {
    let Some(&next) = text.origins.get(last) else { return true };
    let end = text.origins[last - 1];
    if next == end {
        return false;
    }
    // A possessive stands outside the name.
    let possessive = text.source[end + 1..next].iter().any(|&c| is_apostrophe(c))
        && text.chars[last] == 's'
        && text.chars.get(last + 1).is_none_or(|c| !c.is_alphanumeric());
    possessive || parts(text, last - 1)
}

/// Whether two folded characters that follow one another belong to different words.
fn parts(text: &Folded, before: usize) -> bool {
    let (a, b) = (text.chars[before], text.chars[before + 1]);
    let script = |c: char| (is_arabic(c), c.is_numeric());
    // Words of different scripts are different words; numbers are set apart from Arabic letters.
    !a.is_alphanumeric() || !b.is_alphanumeric() || (script(a) != script(b) && (is_arabic(a) || is_arabic(b)))
}

/// Whether a symbol is not a part of a longer one.
fn stands_alone(text: &Folded, start: usize, end: usize) -> bool {
    let joins = |c: Option<&char>| c.is_some_and(|c| matches!(c, '/' | '-'));
    let before = start.checked_sub(1).and_then(|at| text.source.get(at));
    let after = text.source.get(end);
    !joins(before) && (!joins(after) || text.source.get(end + 1).is_none_or(|c| !c.is_alphanumeric()))
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
        found_as(NameKind::Label, forms, text)
    }

    fn found_as(kind: NameKind, forms: &[&str], text: &str) -> Vec<String> {
        let names = forms.iter().map(|form| Name {
            entity: "org/x".parse().unwrap_or_else(|e| panic!("{e}")),
            form: (*form).to_owned(),
            lang: None,
            kind,
        });
        let dictionary = Dictionary::new(names, &Facts::new());
        let text = Folded::new(text, Level::Loose);
        let original = |hit: &Hit| {
            let (start, end) = text.span(hit.first, hit.last);
            text.original(start, end)
        };
        hits(&dictionary, &text).iter().map(original).collect()
    }

    #[test]
    fn names_are_whole_words() {
        assert_eq!(found(&["Hama"], "Hama's, Hamadan, Al-Hama (HAMA) Hama'an"), ["Hama", "Hama", "HAMA"]);
        assert_eq!(found(&["Syria"], "Syria\u{2019}s Syrian"), ["Syria"]);
        assert_eq!(found(&["UN"], "UN un UNICEF UN-OPCW run"), ["UN", "UN"]);
        let symbols = "S/2016/738, S/2016/738/Rev.1, A/68/1-S/2016/738, s/2016/738";
        assert_eq!(found_as(NameKind::Symbol, &["S/2016/738"], symbols), ["S/2016/738"]);
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
