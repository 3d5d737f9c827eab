//! How are dates and numbers read, where hyphens and particles count?
//!
//! The tokens of a text leave hyphens out and particles in. For the short stretches that may hold a date or the
//! number of a resolution, they are taken apart further.

use super::{
    lexicon::Tags,
    tokens::{Token, after, gap},
    words,
};

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A word, by hash.
    Word(u64),
    /// A number and how many digits it has.
    Number(u32, usize),
    /// A sign; a break is the end of a line.
    Mark(char),
}

/// The longest phrase of any table, in words.
const LONGEST: usize = 6;

/// What stands for a blank line.
const BREAK: char = '\n';

/// A word, a number or a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own")]
pub(super) struct Piece {
    /// What it is.
    pub what: What,
    /// Its bytes.
    pub start: usize,
    pub end: usize,
    /// The token it is of.
    pub token: usize,
    /// Whether nothing separates it from the piece before it.
    pub glued: bool,
    /// Whether it begins with a capital, or is of a script without capitals.
    pub large: bool,
    /// Whether it is Arabic.
    pub arabic: bool,
    /// Whether it begins the name of a month.
    pub month: bool,
}

impl Piece {
    /// The word it is.
    pub(super) fn word(&self) -> Option<u64> {
        if let What::Word(word) = self.what { Some(word) } else { None }
    }

    /// The number it is, and how many digits it has.
    pub(super) fn number(&self) -> Option<(u32, usize)> {
        if let What::Number(value, digits) = self.what { Some((value, digits)) } else { None }
    }

    /// Whether it is this sign.
    pub(super) fn is(&self, mark: char) -> bool {
        self.what == What::Mark(mark)
    }
}

/// The pieces of some tokens of a text, counted from `first`.
pub(super) fn pieces(text: &str, tokens: &[Token], first: usize) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(tokens.len() + 4);
    for (at, token) in (first..).zip(tokens) {
        let piece = |what, start, glued| Piece {
            what,
            start,
            end: token.to(),
            token: at,
            glued,
            large: token.large,
            arabic: token.arabic,
            month: false,
        };
        let spaced = token.gap & gap::SPACE != 0;
        if token.gap & (gap::BREAK | gap::DASH) != 0 {
            let mark = if token.gap & gap::BREAK == 0 { '-' } else { BREAK };
            pieces.push(Piece { end: token.from(), ..piece(What::Mark(mark), token.from(), !spaced) });
        }
        let is_month = token.tags.has(Tags::MONTH);
        let mut glued = !spaced;
        let what = match (token.number(), token.mark()) {
            (Some((value, digits)), _) => What::Number(value, digits),
            (_, Some(mark)) => What::Mark(mark),
            // Particles are cut off before the name of a month.
            _ if is_month && token.cut > 0 => {
                let cut = after(text, token, token.cut);
                let head = What::Word(token.head(usize::from(token.cut)));
                pieces.push(Piece { end: cut, ..piece(head, token.from(), glued) });
                glued = true;
                What::Word(token.rest(usize::from(token.cut)))
            }
            _ => What::Word(token.hash),
        };
        let start = if glued && is_month && token.cut > 0 { after(text, token, token.cut) } else { token.from() };
        pieces.push(Piece { month: is_month, ..piece(what, start, glued) });
    }
    if let Some(first) = pieces.first_mut().filter(|piece| piece.token == 0) {
        first.glued = false;
    }
    pieces
}

/// How many of these words, each one or more pieces long, follow from a piece on; the longest first.
pub(super) fn phrase<'t>(
    pieces: &[Piece],
    at: usize,
    longest: usize,
    find: impl Fn(u64) -> Option<&'t [&'static str]>,
) -> Option<(&'t [&'static str], usize)> {
    let mut phrases = [0; LONGEST];
    let mut count: usize = 0;
    for piece in pieces.iter().skip(at).take(longest.min(LONGEST)) {
        let Some(word) = piece.word() else { break };
        let before = count.checked_sub(1).map_or(0, |last| phrases[last]);
        phrases[count] = words::phrase_after(before, word);
        count += 1;
    }
    (1..=count).rev().find_map(|count| find(phrases[count - 1]).map(|values| (values, at + count)))
}
