//! What did reviewers decide on links, and what follows from it for others?
//!
//! A decision on a form and a thing holds for every mention whose words fold to the same form: what was rejected is no
//! longer a reading of the form, what was accepted or corrected goes before the others, and the mention says who
//! decided. A decision on one mention holds for that one, and is experience for the rest: with `a` acceptances and `r`
//! rejections among single mentions, a reading weighs 2 (a + 1) / (a + r + 2), the smoothed share of acceptances
//! (Laplace's rule of succession) against that of a reading on which nobody has decided.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use sha2::{Digest, Sha256};

use crate::model::{Decision, Id, Lang, Mention, Reviewed, Scope, Target, Verdict};

use super::fold;

/// How much more a reading weighs that was accepted for the form.
pub(super) const ACCEPTED: f64 = 10.0;

/// The least confidence of the next best reading that takes the place of a rejected one.
const LEAST: f64 = 0.3;

/// The decisions that are in force.
#[derive(Debug, Default)]
pub struct Decisions {
    /// By folded form.
    forms: HashMap<String, Decided>,
    /// Those on one mention, by the mention.
    single: HashMap<Id, Arc<Decision>>,
    sum: [u64; 4],
}

/// What was decided on a form.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// The decision on the form and a thing, by the thing it was proposed for.
    whole: BTreeMap<Id, Arc<Decision>>,
    /// How often single mentions of it were accepted and rejected, by thing.
    single: BTreeMap<Id, (u32, u32)>,
}

impl Decided {
    /// How much a thing weighs as a reading of the form: 1 where nothing was decided, 0 for what was rejected.
    pub(super) fn favour(&self, thing: &Id) -> f64 {
        match self.whole.get(thing).map(|decision| decision.verdict) {
            Some(Verdict::Rejected) => return 0.0,
            Some(Verdict::Accepted | Verdict::Corrected) => return ACCEPTED,
            _ => {}
        }
        if self.whole.values().any(|decision| decision.correction.as_ref() == Some(thing)) {
            return ACCEPTED;
        }
        let (accepted, rejected) = self.single.get(thing).copied().unwrap_or_default();
        2.0 * f64::from(accepted + 1) / f64::from(accepted + rejected + 2)
    }

    /// The decision on a mention of the form that is taken to name a thing.
    fn of(&self, thing: &Id) -> Option<&Arc<Decision>> {
        self.whole
            .get(thing)
            .or_else(|| self.whole.values().find(|decision| decision.correction.as_ref() == Some(thing)))
    }
}

impl Decisions {
    /// Of everything that was ever decided, what is in force: what no later decision revises.
    #[must_use]
    pub fn new(all: impl IntoIterator<Item = Decision>) -> Self {
        let mut all: Vec<Decision> = all.into_iter().collect();
        all.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        let revised: HashSet<Id> = all.iter().filter_map(|decision| decision.revises.clone()).collect();
        let mut decisions = Self::default();
        for decision in all {
            if !revised.contains(&decision.id) && decision.verdict != Verdict::Proposed {
                decisions.enter(Arc::new(decision));
            }
        }
        decisions
    }

    fn enter(&mut self, decision: Arc<Decision>) {
        let digest = Sha256::digest(format!("{decision:?}"));
        for (part, bytes) in self.sum.iter_mut().zip(digest.chunks(8)) {
            *part = part.wrapping_add(bytes.iter().fold(0, |part, &byte| (part << 8) | u64::from(byte)));
        }
        let form = self.forms.entry(fold(&decision.form)).or_default();
        match decision.scope {
            Scope::Identical => {
                form.whole.insert(decision.thing.clone(), decision);
            }
            Scope::Mention => {
                let mut count = |thing: &Id, accepted: bool| {
                    let counts = form.single.entry(thing.clone()).or_default();
                    *(if accepted { &mut counts.0 } else { &mut counts.1 }) += 1;
                };
                match (decision.verdict, &decision.correction) {
                    (Verdict::Accepted, _) => count(&decision.thing, true),
                    (Verdict::Rejected, _) => count(&decision.thing, false),
                    (Verdict::Corrected, Some(correction)) => {
                        count(&decision.thing, false);
                        count(correction, true);
                    }
                    _ => {}
                }
                self.single.insert(decision.mention.clone(), decision);
            }
        }
    }

    /// A sum of digests, with those of the decisions added.
    pub(super) fn add_to(&self, mut sum: [u64; 4]) -> [u64; 4] {
        sum.iter_mut().zip(self.sum).for_each(|(sum, one)| *sum = sum.wrapping_add(one));
        sum
    }

    /// What was decided on some words.
    pub(super) fn on(&self, words: &str) -> Option<&Decided> {
        if self.forms.is_empty() { None } else { self.forms.get(&fold(words)) }
    }

    /// The decision in force on some words as the name of a thing, in the whole archive.
    #[must_use]
    pub fn on_form(&self, words: &str, thing: &Id) -> Option<&Decision> {
        self.on(words)?.of(thing).map(AsRef::as_ref)
    }

    /// The decision in force on one mention alone.
    #[must_use]
    pub fn on_mention(&self, mention: &Id) -> Option<&Decision> {
        self.single.get(mention).map(AsRef::as_ref)
    }

    /// Every decision in force, in no order.
    pub fn in_force(&self) -> impl Iterator<Item = &Decision> {
        let whole = self.forms.values().flat_map(|form| form.whole.values());
        whole.chain(self.single.values()).map(AsRef::as_ref)
    }

    /// Whether a decision is in force.
    #[must_use]
    pub fn holds(&self, decision: &Id) -> bool {
        self.in_force().any(|one| one.id == *decision)
    }

    /// Carries the decisions out on the mentions of a text: takes away what was rejected, puts in what was meant
    /// instead, and says who decided.
    pub(super) fn settle(&self, document: Option<&Id>, lang: &Lang, mentions: &mut Vec<Mention>) {
        if self.forms.is_empty() {
            return;
        }
        mentions.retain_mut(|mention| {
            // The next best reading may have been decided on as well.
            for _ in 0..2 {
                let Target::Entity(thing) = &mention.target else { return true };
                let Some(decision) = self.decision(document, lang, mention, thing) else { return true };
                let decision = Arc::clone(decision);
                if decision.verdict != Verdict::Rejected || decision.thing != *thing {
                    settled(&decision, mention);
                    return true;
                }
                let Some(second) = mention.runner_up.take().filter(|second| second.confidence >= LEAST) else {
                    return false;
                };
                mention.target = Target::Entity(second.entity);
                mention.confidence = second.confidence;
                mention.features = None;
            }
            true
        });
    }

    fn decision(&self, document: Option<&Id>, lang: &Lang, mention: &Mention, thing: &Id) -> Option<&Arc<Decision>> {
        let id = document.map(|document| document.part(&Mention::part(lang, mention.start, mention.end)));
        let form = self.on(&mention.exact)?;
        // The text may have changed since, and other words stand there now.
        let single = id.and_then(|id| self.single.get(&id)).filter(|single| {
            fold(&single.form) == fold(&mention.exact) && (single.thing == *thing || single.named() == thing)
        });
        single.or_else(|| form.of(thing))
    }
}

/// Says on a mention what was decided.
fn settled(decision: &Decision, mention: &mut Mention) {
    mention.target = Target::Entity(decision.named().clone());
    if mention.runner_up.as_ref().is_some_and(|second| second.entity == *decision.named()) {
        mention.runner_up = None;
    }
    mention.review = Some(Reviewed {
        state: decision.verdict,
        by: decision.by.clone(),
        at: decision.at,
        decision: decision.id.clone(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{Context, Dictionary, Facts, Name, NameKind, link};

    fn id(text: &str) -> Id {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    fn decision(verdict: Verdict, form: &str, thing: &str) -> Decision {
        Decision {
            id: id(&format!("doc/a#decision-{}-{}", verdict.term(), thing.replace('/', "-"))),
            verdict,
            mention: id("doc/a#m-en-0-6"),
            form: form.to_owned(),
            thing: id(thing),
            correction: None,
            scope: Scope::Identical,
            reason: None,
            by: "agent/x".to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
            revises: None,
        }
    }

    fn dictionary(decisions: Vec<Decision>) -> Dictionary {
        let name = |entity: &str, form: &str| Name {
            entity: id(entity),
            form: form.to_owned(),
            lang: None,
            kind: NameKind::Label,
        };
        let names = [name("org/one", "Salama Group"), name("org/two", "Salama Group"), name("org/three", "Elsewhere")];
        Dictionary::new(names, &Facts::new()).decided(Arc::new(Decisions::new(decisions)))
    }

    fn linked(decisions: Vec<Decision>, text: &str) -> Vec<(String, Option<Verdict>)> {
        let found = link(&dictionary(decisions), text, &Lang::en(), &Context::default());
        let shown = |mention: Mention| match mention.target {
            Target::Entity(id) => (id.to_string(), mention.review.map(|review| review.state)),
            other => (format!("{other:?}"), None),
        };
        found.into_iter().map(shown).collect()
    }

    #[test]
    fn a_rejected_reading_leaves_the_next_and_an_accepted_one_wins() {
        let text = "The Salama Group spoke.";
        let won = |name: &str, state| vec![(name.to_owned(), state)];
        assert_eq!(linked(vec![], text), won("org/one", None));
        assert_eq!(linked(vec![decision(Verdict::Rejected, "salama group", "org/one")], text), won("org/two", None));
        let accepted = decision(Verdict::Accepted, "Salama Group", "org/two");
        assert_eq!(linked(vec![accepted], text), won("org/two", Some(Verdict::Accepted)));
        let both = ["org/one", "org/two"].map(|thing| decision(Verdict::Rejected, "Salama Group", thing));
        assert_eq!(linked(both.to_vec(), text), vec![]);
    }

    #[test]
    fn a_corrected_form_names_the_other_thing_and_an_undone_decision_nothing() {
        let text = "The Salama Group spoke.";
        let mut corrected = decision(Verdict::Corrected, "Salama Group", "org/one");
        corrected.correction = Some(id("org/three"));
        let expected = vec![("org/three".to_owned(), Some(Verdict::Corrected))];
        assert_eq!(linked(vec![corrected.clone()], text), expected);
        let undone = Decision {
            id: id("doc/a#decision-undo"),
            verdict: Verdict::Proposed,
            revises: Some(corrected.id.clone()),
            ..corrected.clone()
        };
        assert_eq!(linked(vec![undone.clone(), corrected.clone()], text), vec![("org/one".to_owned(), None)]);
        let versions = [vec![], vec![corrected.clone()], vec![undone, corrected]].map(dictionary);
        assert_ne!(versions[0].version(), versions[1].version());
        assert_eq!(versions[0].version(), versions[2].version());
    }

    #[test]
    fn rejections_of_single_mentions_weigh_on_the_others() {
        let single = |end: usize| Decision {
            id: id(&format!("doc/a#decision-{end}")),
            mention: id(&format!("doc/a#m-en-0-{end}")),
            scope: Scope::Mention,
            ..decision(Verdict::Rejected, "Salama Group", "org/one")
        };
        let decisions = Decisions::new([single(1), single(2)]);
        let favour = |thing: &str| decisions.on("Salama Group").map(|decided| decided.favour(&id(thing)));
        assert_eq!((favour("org/one"), favour("org/two")), (Some(0.5), Some(1.0)));
        assert_eq!(linked(vec![single(1)], "The Salama Group spoke.")[0].0, "org/two");
    }
}
