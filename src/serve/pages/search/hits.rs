//! What was found, as a list. Of a claim it says who holds it: it is never shown as a fact.

use super::super::{
    layout,
    reader::Reader,
    value::{Link, Phrase, When, kind_words},
};
use crate::{
    ask::{
        find::{
            Labelled,
            search::{Hit, Snippet},
        },
        walk::kind_of,
    },
    model::Lang,
};

/// One thing that was found.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub link: Link,
    pub kind: &'static str,
    pub kind_words: &'static str,
    pub types: Vec<Phrase>,
    pub when: Option<When>,
    pub issuer: Vec<Link>,
    pub speaker: Vec<Link>,
    pub stance: Option<Stance>,
    pub document: Option<Link>,
    pub words: Option<Words>,
}

/// Whether a claim affirms or denies.
#[derive(Clone, Debug)]
pub(super) struct Stance {
    pub term: String,
    pub label: Phrase,
}

/// The words around the hits.
#[derive(Clone, Debug)]
pub(super) struct Words {
    /// The language, where it is not that of the page.
    pub lang: Option<String>,
    pub dir: &'static str,
    pub pieces: Vec<Piece>,
}

/// Some of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub text: String,
    pub is_hit: bool,
}

pub(super) fn shown(reader: &Reader<'_>, hit: &Hit) -> Shown {
    let links = |things: &[Labelled]| things.iter().map(|thing| link(reader, thing)).collect();
    let day = hit.days.as_ref().filter(|[first, last]| first == last).map(|[first, _]| first.clone());
    let is_claim = hit.kind == "claim";
    Shown {
        link: reader.named(&hit.id, &hit.label),
        kind: hit.kind,
        kind_words: kind_of(hit.kind).map(|kind| kind_words(reader.lang, kind)).unwrap_or_default(),
        types: hit.types.iter().filter_map(|of| Phrase::choose(reader.lang, &of.label)).collect(),
        when: day.or_else(|| hit.date.clone()).map(|date| When::new(&date)),
        issuer: if is_claim { Vec::new() } else { links(&hit.issuer) },
        speaker: links(&hit.speaker),
        stance: hit.stance.as_ref().and_then(|stance| {
            let term = stance.id.rsplit('/').next().unwrap_or_default().to_owned();
            Some(Stance { term, label: Phrase::choose(reader.lang, &stance.label)? })
        }),
        document: hit.document.as_ref().map(|document| link(reader, document)),
        words: hit.snippet.as_ref().map(|snippet| words(reader, snippet)),
    }
}

/// A thing as a link to its page.
pub(super) fn link(reader: &Reader<'_>, thing: &Labelled) -> Link {
    reader.named(&thing.id, &thing.label)
}

fn words(reader: &Reader<'_>, snippet: &Snippet) -> Words {
    let lang = snippet.lang.parse::<Lang>();
    let phrase = lang.map_or_else(|_| Phrase::unknown(""), |lang| Phrase::new(reader.lang, &lang, ""));
    Words { lang: phrase.lang, dir: phrase.dir, pieces: pieces(&snippet.text, &snippet.spans) }
}

/// A text cut where hits begin and end; spans are in code points.
fn pieces(text: &str, spans: &[[usize; 2]]) -> Vec<Piece> {
    let letters: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut push = |from: usize, to: usize, is_hit: bool| {
        let part: String = letters[from..to].iter().collect();
        if !part.is_empty() {
            pieces.push(Piece { text: layout::plain(&part), is_hit });
        }
    };
    for [start, end] in spans {
        let (start, end) = ((*start).clamp(at, letters.len()), (*end).clamp(at, letters.len()));
        push(at, start, false);
        push(start, end.max(start), true);
        at = end.max(start);
    }
    push(at, letters.len(), false);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_marked_by_code_points_and_no_word_is_lost() {
        let found = pieces("\u{62D}\u{644}\u{628} gas\u{202E} in", &[[0, 3], [4, 7]]);
        let told: Vec<(&str, bool)> = found.iter().map(|piece| (piece.text.as_str(), piece.is_hit)).collect();
        assert_eq!(told, [("\u{62D}\u{644}\u{628}", true), (" ", false), ("gas", true), (" in", false)]);
        assert_eq!(pieces("a", &[[3, 9]]).len(), 1);
    }
}
