//! Which things does a text speak of, and by which words?
//!
//! [`Dictionary`] is grown from the names of all the things that are known. [`link()`] looks for them in a text,
//! together with the dates, the numbers of resolutions and the short names that the text itself defines, and gives
//! for each the words, the rule, the confidence, what that was made of, and the next best reading.
//!
//! One pass over the bytes folds a text and cuts it into words, known by their hashes; from each word a walk through a
//! tree of names finds what could be named. Each place is decided by what stands around it, and of overlapping
//! mentions those stay that weigh most together. Where words look like a name and none was found, they are compared
//! by their consonants. Last come nouns that stand for what was named before. The work is linear in the text.
//!
//! The same text, dictionary and context always give the same mentions, in order, none inside another unless asked for;
//! the words of a mention are exactly those between its offsets, counted in code points ([`spans()`] tells them in other
//! units).
//!
//! An edit of a thing is in effect at once ([`Dictionary::edited`]); the documents to be linked again are those that
//! hold one of its names, old or new ([`Dictionary::names_in`]).
//!
//! A name that stands alone, as in a table, is looked for by [`Dictionary::alike`].
//!
//! What reviewers decided on links is evidence like any other ([`Decisions`]).
//!
//! This layer knows no store, no RDF and no files: it is handed names. It reads no pronouns. Of names by which no thing
//! is known it says nothing unless asked ([`Options::nil`]); a link below its least confidence is left out.

mod acronyms;
mod candidates;
mod changed;
mod choose;
mod dates;
mod decisions;
mod dictionary;
mod exact;
mod fold;
mod found;
mod incidents;
mod languages;
mod layer;
mod levels;
mod lexicon;
mod located;
mod lookup;
mod loose;
mod name;
mod name_tree;
mod names_in;
mod nil;
mod nouns;
mod offsets;
mod options;
mod pieces;
mod related;
mod relative;
pub mod resemblance;
mod skeleton;
mod sound;
mod spans;
mod spellings;
mod symbols;
mod tokens;
mod view;
mod words;

pub use candidates::Candidate;
pub use decisions::Decisions;
pub use dictionary::{Dictionary, Edit};
pub use incidents::{Incident, incidents};
pub use languages::{detect, paragraphs};
pub use lookup::{Word, fold, words};
pub use name::{Fact, Facts, Name, NameKind, Office};
pub use offsets::{Unit, slice, spans};
pub use options::{Options, THRESHOLD};
pub use sound::{likeness, sound};
pub use spellings::{How, letters_alike};

use crate::model::{Date, Id, Kind, Lang, Mention};

use self::{
    choose::{Choice, Chooser},
    found::Found,
    symbols::Resolutions,
    tokens::Token,
    view::View,
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
    link_with(dictionary, text, lang, context, &Options::default())
}

/// Finds what a text names, as much of it as is asked for.
#[must_use]
pub fn link_with(
    dictionary: &Dictionary,
    text: &str,
    lang: &Lang,
    context: &Context,
    options: &Options,
) -> Vec<Mention> {
    let tokens = tokens::read(text, lexicon::lexicon());
    let view = View::new(dictionary, context);
    let mut fixed = fixed(text, &tokens, lang, context, &view);
    let hits = spans::hits(dictionary, text, &tokens);

    let mut chooser = Chooser::new(&view, text, &tokens, &hits);
    let mut choices = chooser.first(&view);
    let named = together(&fixed, &choices);
    let view = view.after(named.iter().filter(|found| found.sure).filter_map(|found| found.entity()));
    chooser.again(&view, &mut choices);
    let loose = loose::names(&view, text, &tokens, &hits, &together(&fixed, &choices));
    fixed.extend(loose);
    let mut found: Vec<Found> = together(&fixed, &choices).into_iter().cloned().collect();
    found = with_parents(dictionary, text, found);
    acronyms::extend(dictionary, text, &tokens, &mut found);
    nouns::extend(&view, text, &tokens, &hits, &mut found);
    if options.nil {
        nil::extend(text, &tokens, &hits, &choices, &mut found);
    }
    if options.nested {
        add_nested(&fixed, &choices, &mut found);
    }
    if options.least > options::LEAST {
        found.retain(|one| one.confidence >= options.least);
    }
    let mut mentions = found::mentions(dictionary, text, found);
    dictionary.decisions().settle(context.document, lang, &mut mentions);
    mentions
}

/// The dates and the numbers of resolutions, which need no choice.
fn fixed(text: &str, tokens: &[Token], lang: &Lang, context: &Context, view: &View) -> Vec<Found> {
    // Only English writes the month first, and not everywhere.
    let day_first = |at| languages::language(&text[languages::paragraph(text, at)], lang) != Lang::en();
    let mut fixed = dates::dates(text, tokens, day_first, context.issued);
    let relative = relative::dates(text, tokens, &fixed, context.issued);
    fixed.extend(relative);
    let resolutions: Vec<&Resolutions> = view.dictionary.layers().map(|layer| &layer.resolutions).collect();
    fixed.extend(symbols::resolutions(&resolutions, text, tokens, |entity| view.is_own(entity)));
    fixed
}

/// Of all that was found what does not overlap and weighs most together: the fixed, and the choices.
fn together<'a>(fixed: &'a [Found], choices: &'a [Choice]) -> Vec<&'a Found> {
    let all: Vec<&Found> = fixed.iter().chain(choices.iter().filter_map(|choice| choice.found.as_ref())).collect();
    let weighed: Vec<(usize, usize, f64)> = all.iter().map(|one| (one.start, one.end, one.weight())).collect();
    spans::best(&weighed).into_iter().map(|at| all[at]).collect()
}

/// Adds what was found inside of what was chosen; the longer of two that begin together stands first.
fn add_nested(fixed: &[Found], choices: &[Choice], found: &mut Vec<Found>) {
    let all = fixed.iter().chain(choices.iter().filter_map(|choice| choice.found.as_ref()));
    let is_inside = |one: &&Found| {
        let around = &found[..found.partition_point(|other| other.start <= one.start)];
        around.last().is_some_and(|other| one.end <= other.end && one.end - one.start < other.end - other.start)
    };
    let mut nested: Vec<Found> = all.filter(is_inside).cloned().collect();
    found.append(&mut nested);
    found.sort_by_key(|one| (one.start, std::cmp::Reverse(one.end)));
}

/// Joins a body with those it belongs to directly before it: the UN and the OPCW in "the OPCW-UN Joint Mechanism".
fn with_parents(dictionary: &Dictionary, text: &str, found: Vec<Found>) -> Vec<Found> {
    let mut joined: Vec<Found> = Vec::with_capacity(found.len());
    for mut one in found {
        while let (Some(body), Some(before)) = (one.entity(), joined.last()) {
            if !matches!(text.get(before.end..one.start), Some(" " | "-"))
                || !text[one.start..].starts_with(|c: char| c.is_ascii_alphabetic())
            {
                break;
            }
            let belongs = before.entity().is_some_and(|other| {
                let known = dictionary.known(body);
                let is_body = |entity| dictionary.id(entity).kind() == Kind::Organization;
                (known.wholes.contains(&other) || known.near.contains(&other)) && is_body(other) && is_body(body)
            });
            if !belongs {
                break;
            }
            one.start = before.start;
            joined.pop();
        }
        joined.push(one);
    }
    joined
}
