//! Which things does a text speak of, and by which words?
//!
//! [`Dictionary`] is grown from the names of all the things that are known. [`link()`] looks for them in a text,
//! together with the dates, the numbers of resolutions and the short names that the text itself defines, and gives
//! for each the words, the rule, the confidence and the next best reading. Text is folded once, all names
//! are found in one pass, each place is decided by what stands around it, and of overlapping mentions those stay that
//! weigh most together.
//!
//! The same text, dictionary and context always give the same mentions, in order, none inside another; the words of a
//! mention are exactly those between its offsets, counted in code points.
//!
//! This layer knows no store, no RDF and no files: it is handed names. It reads no pronouns or descriptions ("the
//! watchdog group"), and of names that no thing is known by it says nothing.

mod acronyms;
mod choose;
mod dates;
mod dictionary;
mod exact;
mod fold;
mod levels;
mod lookup;
mod name;
mod spans;
mod symbols;
mod tokens;
mod words;

pub use dictionary::Dictionary;
pub use lookup::{Word, fold, words};
pub use name::{Fact, Facts, Name, NameKind};

use crate::model::{Date, Id, Lang, Mention};

use self::{
    choose::{Choice, View},
    fold::{Folded, Level},
};

/// What is known of a text besides its words.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The document it belongs to; nothing in it is linked to itself.
    pub document: Option<&'a Id>,
    /// The places it is about.
    pub area: &'a [Id],
    /// When it was issued.
    pub issued: Option<&'a Date>,
    /// Who issued it.
    pub issuer: &'a [Id],
}

/// Finds the things, dates and documents that a text names.
#[must_use]
pub fn link(dictionary: &Dictionary, text: &str, lang: &Lang, context: &Context) -> Vec<Mention> {
    let folded = Folded::new(text, Level::Loose);
    let view = View::new(dictionary, context);
    let fixed = fixed(dictionary, text, lang, context, &view);
    let hits = spans::hits(dictionary, &folded);

    let first = choose::choose(&view, &folded, &hits);
    let view = view.after(together(&fixed, &first).1);
    let second = choose::choose(&view, &folded, &hits);
    let (mut mentions, chosen) = together(&fixed, &second);
    mentions.extend(chosen.into_iter().map(|choice| choice.mention.clone()));
    acronyms::extend(&folded, &mut mentions);
    mentions
}

/// The dates and the numbers of resolutions, which need no choice.
fn fixed(dictionary: &Dictionary, text: &str, lang: &Lang, context: &Context, view: &View) -> Vec<Mention> {
    let light = Folded::new(text, Level::Light);
    let tokens = tokens::tokens(&light);
    // Only English writes the month first, and not everywhere.
    let mut fixed = dates::dates(&light, &tokens, *lang != Lang::en(), context.issued);
    let is_own = |entity| view.is_own(entity);
    fixed.extend(symbols::resolutions(&dictionary.resolutions, &dictionary.entities, &light, &tokens, is_own));
    fixed
}

/// Of all mentions those that do not overlap and weigh most together: the fixed ones, and the choices.
fn together<'a>(fixed: &[Mention], choices: &'a [Choice]) -> (Vec<Mention>, Vec<&'a Choice>) {
    let mentions = fixed.iter().chain(choices.iter().map(|choice| &choice.mention));
    let weighed: Vec<(usize, usize, f64)> = mentions.map(|m| (m.start, m.end, weight(m))).collect();
    let (mut kept, mut chosen) = (Vec::new(), Vec::new());
    for at in spans::best(&weighed) {
        match at.checked_sub(fixed.len()) {
            None => kept.push(fixed[at].clone()),
            Some(at) => chosen.push(&choices[at]),
        }
    }
    (kept, chosen)
}

/// A long mention weighs more than the same length in pieces, a sure one more than a doubtful one.
fn weight(mention: &Mention) -> f64 {
    let length = f64::from(u32::try_from(mention.end - mention.start).unwrap_or(u32::MAX));
    length * length * mention.confidence
}
