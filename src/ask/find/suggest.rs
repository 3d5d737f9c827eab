//! Names while somebody types.

use serde::Serialize;

use super::{Labelled, Place};
use crate::{ask::walk::kind_name, model::Kind, store::Error};

/// A thing whose name begins so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// The thing.
    #[serde(flatten)]
    pub of: Labelled,
    /// What it is.
    pub kind: &'static str,
    /// The name that fits what was typed.
    pub name: String,
    /// How often it is spoken of.
    pub weight: u32,
}

/// The things of these kinds, or of all, with a name that begins so, or sounds so: the best fit first, then the one
/// most often spoken of.
pub async fn suggest(
    place: Place<'_>,
    typed: String,
    kinds: Vec<Kind>,
    limit: usize,
) -> Result<Vec<Suggestion>, Error> {
    let columns = place.current().await?;
    let known = columns.clone();
    let named = place.views.with_text(move |text| {
        let wanted = |number| kinds.is_empty() || known.kind(number).is_some_and(|kind| kinds.contains(&kind));
        text.named(&typed, &known, wanted, limit)
    });
    let suggestion = |named: crate::views::text::Named| Suggestion {
        of: place.thing(&columns, named.thing),
        kind: kind_name(columns.adjacency.kind(named.thing)),
        name: named.name,
        weight: columns.weight(named.thing),
    };
    Ok(named.await?.into_iter().map(suggestion).collect())
}
