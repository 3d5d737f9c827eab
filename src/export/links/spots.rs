//! What do these words of a text name, where somebody else has said which words?

use crate::{
    link::{Context, Dictionary, link},
    model::{Id, Kind, Lang, Mention, MentionKind, Rule, Target},
};

/// The kinds of things that words name.
const KINDS: [Kind; 5] = [Kind::Person, Kind::Organization, Kind::Place, Kind::Event, Kind::Document];

/// Links exactly the spans given, in code points and in order; what names nothing known stays without a thing.
///
/// A span is what the whole text says of it, or of the same words elsewhere; else what its words name by themselves,
/// with the places of the text as its area.
#[must_use]
pub fn spots(
    dictionary: &Dictionary,
    text: &str,
    lang: &Lang,
    context: &Context,
    spans: &[(usize, usize)],
) -> Vec<Mention> {
    let found = link(dictionary, text, lang, context);
    let letters: Vec<char> = text.chars().collect();
    let area: Vec<Id> = context.area.iter().cloned().chain(found.iter().filter_map(place)).collect();
    let context = Context { area: &area, ..*context };
    spans
        .iter()
        .map(|&(start, end)| {
            let words: String = letters.get(start..end).unwrap_or_default().iter().collect();
            let same = found.iter().find(|mention| (mention.start, mention.end) == (start, end));
            let alike = || found.iter().find(|mention| mention.exact == words);
            let chosen = same.or_else(alike).cloned().or_else(|| alone(dictionary, &words, lang, &context));
            Mention { start, end, ..chosen.unwrap_or_else(|| nothing(words)) }
        })
        .collect()
}

fn place(mention: &Mention) -> Option<Id> {
    match &mention.target {
        Target::Entity(id) if id.kind() == Kind::Place && mention.confidence >= 0.8 => Some(id.clone()),
        _ => None,
    }
}

/// What some words name by themselves.
fn alone(dictionary: &Dictionary, words: &str, lang: &Lang, context: &Context) -> Option<Mention> {
    let whole = words.chars().count();
    let named = link(dictionary, words, lang, context)
        .into_iter()
        .find(|mention| (mention.start, mention.end) == (0, whole) && mention.target != Target::Nil);
    named.or_else(|| {
        let id = dictionary.exact(words, &KINDS)?;
        Some(Mention { target: Target::Entity(id), confidence: 0.5, ..nothing(words.to_owned()) })
    })
}

/// Words that name nothing that is known.
fn nothing(exact: String) -> Mention {
    Mention {
        start: 0,
        end: 0,
        exact,
        kind: MentionKind::Name,
        target: Target::Nil,
        confidence: 0.0,
        rule: Rule::Label,
        review: None,
        runner_up: None,
        features: None,
    }
}
