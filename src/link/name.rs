//! What is a name, and in which forms is it looked for?

use std::collections::BTreeMap;

use crate::model::{Date, Id, Kind, Lang, Rule};

use super::{
    fold, levels,
    tokens::{Kind as Sort, Token},
    words,
};

/// One name of a thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// The thing.
    pub entity: Id,
    /// The name, as it is written.
    pub form: String,
    /// Its language, where that is known.
    pub lang: Option<Lang>,
    /// What sort of name it is.
    pub kind: NameKind,
}

/// The sorts of name, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// The name it is listed under.
    Label,
    /// The title of a document.
    Title,
    /// The official symbol of a document: `S/2016/888`.
    Symbol,
    /// Another name: an acronym, a spelling, a former name.
    AltLabel,
    /// A spelling that serves only to find it.
    Hidden,
}

impl NameKind {
    /// Its word in the digest of a dictionary.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Title => "title",
            Self::Symbol => "symbol",
            Self::AltLabel => "alt",
            Self::Hidden => "hidden",
        }
    }
}

/// What the graph says of a thing and helps to tell it from others of the same name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fact {
    /// What it is part of or comes from: the place around it, the organization above it, the issuer of a document.
    pub within: Vec<Id>,
    /// The level of a place: a term of `vocab/admin-level`.
    pub level: Option<String>,
    /// When it began to be, or was issued.
    pub from: Option<Date>,
    /// When it ceased to be.
    pub to: Option<Date>,
    /// How often the archive speaks of it; where that is 0, as often as others are related to it.
    pub prior: u32,
    /// What else it is directly related to, in whatever way.
    pub related: Vec<Id>,
    /// The offices that a person held.
    pub offices: Vec<Office>,
}

/// An office, as one person held it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Office {
    /// Its title, as a text has it: "Secretary-General".
    pub title: String,
    /// The body it is an office of.
    pub of: Id,
    /// Since when.
    pub from: Option<Date>,
    /// Until when.
    pub to: Option<Date>,
}

/// What the graph says, by thing.
pub type Facts = BTreeMap<Id, Fact>;

/// How the letters of a name must be written in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// In any way: the name has no capitals.
    Any,
    /// Beginning with a capital where the name does.
    Capital,
    /// With a capital at every word where the title has one.
    Title,
    /// Letter by letter: an acronym.
    Exact,
    /// As a symbol, where only the spaces may differ.
    Symbol,
}

/// One form of a name, as it is looked for.
#[derive(Clone, Debug)]
pub(super) struct Form {
    /// The words.
    pub text: String,
    /// The rule it is found by.
    pub rule: Rule,
    /// Whether it serves only to find.
    pub hidden: bool,
    /// How it must be written.
    pub case: Case,
    /// Whether it is looked for in texts, not only in fields of the archive.
    pub linked: bool,
    /// Whether it needs support from the text or its description.
    pub weak: bool,
    /// The levels that a word of the name itself gives: "Idlib" in "Idlib Governorate".
    pub levels: &'static [&'static str],
    /// Its words.
    pub tokens: Vec<Token>,
}

/// The forms in which a name is looked for: itself, and what is made from it.
pub(super) fn forms(name: &Name) -> Vec<Form> {
    let rule = match name.kind {
        NameKind::Label | NameKind::Title => Rule::Label,
        NameKind::AltLabel | NameKind::Hidden => Rule::AltLabel,
        NameKind::Symbol => Rule::Symbol,
    };
    let mut forms = vec![form(name, &name.form, rule)];
    if name.kind == NameKind::Symbol {
        // "S/RES/2118 (2013)" is also written without the space, and without the year.
        if let Some((bare, year)) = name.form.split_once('(') {
            forms.push(form(name, &format!("{}({year}", bare.trim_end()), Rule::Symbol));
            forms.push(form(name, bare.trim_end(), Rule::Symbol));
        }
        return forms;
    }
    let mut derived = derived(name);
    if let Some(dotted) = dotted(name) {
        derived.push(dotted);
    }
    // "Human Rights Watch (HRW)" stands for two mentions, not for one.
    forms[0].linked &= !derived.get(1).filter(|_| name.form.contains('(')).is_some_and(|inner| is_acronym(inner));
    forms.extend(derived.iter().map(|words| form(name, words, Rule::DerivedForm)));
    if name.entity.kind() == Kind::Place
        && let Some((bare, levels)) = levels::strip(&name.form, &forms[0].tokens)
    {
        forms.push(Form { levels, ..form(name, bare, Rule::DerivedForm) });
    }
    forms.dedup_by(|a, b| a.text == b.text);
    forms
}

/// An acronym with its stops: "U.N." for "UN".
fn dotted(name: &Name) -> Option<String> {
    let letters =
        name.form.len() <= 5 && name.form.len() >= 2 && name.form.bytes().all(|byte| byte.is_ascii_uppercase());
    letters.then(|| name.form.chars().flat_map(|letter| [letter, '.']).collect())
}

/// The forms made from a name: without the acronym in brackets behind it, that acronym, a title without its subtitle.
fn derived(name: &Name) -> Vec<String> {
    let mut derived = Vec::new();
    if let Some((head, rest)) = name.form.split_once(" (")
        && let Some(inner) = rest.strip_suffix(')')
    {
        derived.push(head.to_owned());
        if is_acronym(inner) {
            derived.push(inner.to_owned());
        }
    }
    if name.entity.kind() == Kind::Document
        && let Some((head, _)) = name.form.split_once(": ")
    {
        derived.push(head.to_owned());
    }
    // A gazetteer may put the place around it first: "Aleppo : Ramousah".
    if name.entity.kind() == Kind::Place
        && let Some((_, bare)) = name.form.rsplit_once(" : ")
    {
        derived.push(bare.trim().to_owned());
    }
    derived
}

fn form(name: &Name, text: &str, rule: Rule) -> Form {
    let mut tokens = words::of_name(text);
    // Quotation marks around a name are no part of it.
    let open = tokens.iter().take_while(|token| token.kind == Sort::Mark).count();
    tokens.drain(..if open < tokens.len() { open } else { 0 });
    let letters: usize = spoken(&tokens).map(|token| usize::from(token.letters)).sum();
    let acronym = is_acronym(text);
    let words = 1 + tokens.iter().skip(1).filter(|token| !token.glued()).count();
    let is_document = name.entity.kind() == Kind::Document;
    let rule = if is_document && is_symbol(text) { Rule::Symbol } else { rule };
    let nominal =
        is_document && words::is_nominal(&tokens, |at| text.split_whitespace().nth(at).is_some_and(is_acronym));
    let long_enough = acronym || (letters >= 3 && (words >= 2 || !is_document || rule == Rule::Symbol));
    let is_name = spoken(&tokens).any(|token| token.kind == Sort::Word);
    Form {
        text: text.to_owned(),
        rule,
        hidden: name.kind == NameKind::Hidden,
        case: if rule == Rule::Symbol {
            Case::Symbol
        } else if acronym {
            Case::Exact
        } else if !text.chars().any(char::is_uppercase) {
            Case::Any
        } else if is_document {
            Case::Title
        } else {
            Case::Capital
        },
        linked: long_enough && !nominal && is_name && !words::is_stopped(&tokens),
        weak: !acronym && rule != Rule::Symbol && words::is_weak(&tokens),
        levels: &[],
        tokens,
    }
}

/// The words and numbers of a name.
fn spoken(tokens: &[Token]) -> impl Iterator<Item = &Token> {
    tokens.iter().filter(|token| token.kind != Sort::Mark)
}

/// Whether it is built like the symbol of a document: capitals and numbers joined by strokes.
fn is_symbol(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.contains('/')
        && text.contains(|c: char| c.is_ascii_digit())
        && !text.contains(char::is_whitespace)
}

/// Whether a word is written in capitals only.
pub(super) fn is_acronym(word: &str) -> bool {
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    (2..=10).contains(&capitals)
        && word.chars().count() <= 12
        && word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || "-.&".contains(c))
}

/// Whether original words are written as the case of a form demands.
pub(super) fn is_written(found: &str, text: &str, case: Case) -> bool {
    match case {
        Case::Any => true,
        Case::Exact => visible(found).eq(visible(text)),
        Case::Symbol => {
            let bare = |c: &char| !c.is_whitespace();
            let small = |text: &'_ str| visible(text).filter(bare).flat_map(char::to_lowercase).collect::<String>();
            found.chars().next() == text.chars().next() && (found == text || small(found) == small(text))
        }
        Case::Capital => {
            let first = |text: &str| text.chars().find(|c| c.is_alphabetic());
            let begins_large = |text: &str| first(text).is_some_and(char::is_uppercase);
            if begins_large(text) { begins_large(found) } else { found.chars().any(char::is_uppercase) }
        }
        Case::Title => {
            let large = |text: &str| {
                let words = text.split(|c: char| !c.is_alphanumeric());
                words.filter(|word| word.starts_with(char::is_uppercase)).count()
            };
            large(found) >= large(text)
        }
    }
}

/// The characters of a text that are seen, with one form of hyphen.
fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|&c| !fold::is_sign(c) && !fold::is_control(c)).map(|c| if fold::is_dash(c) { '-' } else { c })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(entity: &str, form: &str, kind: NameKind) -> Name {
        Name { entity: entity.parse().unwrap_or_else(|e| panic!("{e}")), form: form.to_owned(), lang: None, kind }
    }

    fn linked(name: &Name) -> Vec<String> {
        forms(name).into_iter().filter(|form| form.linked).map(|form| form.text).collect()
    }

    #[test]
    fn other_forms_are_made_from_a_name() {
        assert_eq!(linked(&name("org/isil", "Islamic State (ISIL)", NameKind::Label)), ["Islamic State", "ISIL"]);
        assert_eq!(
            linked(&name("doc/ai", "Human Slaughterhouse: Mass Hangings", NameKind::Title)),
            ["Human Slaughterhouse: Mass Hangings", "Human Slaughterhouse"]
        );
        assert_eq!(linked(&name("place/SY07", "Idlib Governorate", NameKind::Label)), ["Idlib Governorate", "Idlib"]);
        assert_eq!(
            linked(&name("doc/r", "S/RES/2118 (2013)", NameKind::Symbol)),
            ["S/RES/2118 (2013)", "S/RES/2118(2013)", "S/RES/2118"]
        );
    }

    #[test]
    fn what_is_too_common_is_not_looked_for() {
        for (entity, form) in [("doc/x", "Syria"), ("doc/x", "Syria: Attacks"), ("org/x", "Xy"), ("org/x", "Report")] {
            let found = linked(&name(entity, form, NameKind::Title));
            assert!(found.iter().all(|found| found != "Syria" && form.contains(':')), "{found:?}");
        }
        assert_eq!(linked(&name("doc/x", "HRW report", NameKind::AltLabel)), [""; 0]);
        assert_eq!(linked(&name("doc/x", "First JIM report", NameKind::AltLabel)), ["First JIM report"]);
        assert_eq!(linked(&name("org/un", "UN", NameKind::AltLabel)), ["UN", "U.N."]);
    }

    #[test]
    fn capitals_tell_a_name_from_a_word() {
        for (found, entity, text, written) in [
            ("un", "org/x", "UN", false),
            ("U\u{200F}N", "org/x", "UN", true),
            ("Assad regime", "org/x", "Assad Regime", true),
            ("commission of inquiry", "org/x", "Commission of Inquiry", false),
            ("Al-Bab", "place/x", "al-Bab", true),
            ("al bab", "place/x", "al-Bab", false),
            ("Death by chemicals", "doc/x", "Death by Chemicals", false),
            ("S/RES/2118(2013)", "doc/x", "S/RES/2118(2013)", true),
            ("S/res/2118(2013)", "doc/x", "S/RES/2118(2013)", true),
        ] {
            let form = form(&name(entity, text, NameKind::AltLabel), text, Rule::AltLabel);
            assert_eq!(is_written(found, &form.text, form.case), written, "{found} {text}");
        }
    }
}
