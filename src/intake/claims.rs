//! How are claims and citations written in a header? As the model has them, nothing unknown allowed, but a
//! single value may stand without brackets.

use serde::Deserialize;

use super::{
    Refusal, Vocabulary,
    markup::{List, one_or_many},
};
use crate::model::{Citation, Claim, ClaimKind, Date, Explicitness, Id, Proposition, Source, Stance, Text};

/// A claim of the header.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct ClaimEntry(#[serde(with = "ClaimForm")] pub(super) Claim);

/// A citation of the header.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct CitationEntry(#[serde(with = "CitationForm")] pub(super) Citation);

#[derive(Deserialize)]
#[serde(remote = "Claim", deny_unknown_fields)]
struct ClaimForm {
    id: Id,
    kind: ClaimKind,
    #[serde(deserialize_with = "one_or_many")]
    stated_by: Vec<Id>,
    #[serde(default, deserialize_with = "one_or_many")]
    attributed_to: Vec<Id>,
    #[serde(default, deserialize_with = "one_or_many")]
    about_event: Vec<Id>,
    #[serde(default, deserialize_with = "one_or_many")]
    about_thing: Vec<Id>,
    #[serde(default)]
    period: Option<Date>,
    stance: Stance,
    #[serde(default)]
    degree: Option<String>,
    #[serde(default)]
    degree_wording: Text,
    #[serde(default)]
    summary: Text,
    #[serde(default)]
    locator: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    relays: Vec<Id>,
    #[serde(default, deserialize_with = "one_or_many")]
    supersedes: Vec<Id>,
    #[serde(default, deserialize_with = "one_or_many")]
    disputes: Vec<Id>,
    #[serde(default, deserialize_with = "one_or_many")]
    addressee: Vec<Id>,
    #[serde(default, deserialize_with = "one_or_many")]
    propositions: Vec<Proposition>,
    #[serde(default, deserialize_with = "one_or_many")]
    sources: Vec<Source>,
    #[serde(default, deserialize_with = "one_or_many")]
    unchecked: Vec<String>,
}

#[derive(Deserialize)]
#[serde(remote = "Citation", deny_unknown_fields)]
struct CitationForm {
    cited: Id,
    #[serde(deserialize_with = "one_or_many")]
    characterization: Vec<String>,
    explicitness: Explicitness,
    #[serde(default)]
    note: Text,
    #[serde(default, deserialize_with = "one_or_many")]
    sources: Vec<Source>,
}

/// The claims with the words for degrees and populations made terms, or the first that is none.
pub(super) fn checked(claims: List<ClaimEntry>, vocabulary: &Vocabulary) -> Result<Vec<Claim>, Refusal> {
    let check = |ClaimEntry(mut claim): ClaimEntry| {
        let refuse = |error| Refusal::new("claims", format_args!("{}: {error}", claim.id));
        if let Some(degree) = &mut claim.degree {
            *degree = vocabulary.term("degree", degree).map_err(refuse)?;
        }
        for population in claim.propositions.iter_mut().filter_map(|proposition| proposition.population.as_mut()) {
            *population = vocabulary.term("population", population).map_err(refuse)?;
        }
        Ok(claim)
    };
    claims.0.into_iter().map(check).collect()
}
