//! May it be decided so whether a document is another once more, or a translation of it?

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    assess::named,
    prepare::{Refusal, agent, unclear},
};
use crate::{
    ask::{assessments::REVIEW, resemblances},
    model::{Assessment, Id, Kind, Verdict, resemblance_id},
    store::Store,
};

/// What somebody wants to decide on a resemblance.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judge {
    /// The document that resembles another.
    pub document: String,
    /// The other.
    pub resembles: String,
    /// `accepted` or `rejected`.
    pub verdict: String,
    /// Why; needed to reject.
    pub reason: Option<String>,
    /// The decision that this one is to take the place of.
    pub revises: Option<String>,
    /// Who decides: a name for `agent/NAME`.
    pub by: Option<String>,
}

/// A decision on a resemblance that can be made.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The decision: an assessment of the proposal, on the scale of the states of review.
    pub decision: Assessment,
    /// The document, and the other.
    pub pair: (Id, Id),
    /// Whether it is in force already, so that nothing is left to do.
    pub is_known: bool,
}

/// Holds what somebody wants to decide against what is stored.
pub async fn judge(store: &Store, wanted: &Judge) -> Result<Judged, Refusal> {
    let verdict: Verdict = wanted.verdict.parse().map_err(|detail: String| unclear("verdict", detail))?;
    if !matches!(verdict, Verdict::Accepted | Verdict::Rejected) {
        let detail =
            format!("a resemblance is accepted or rejected, not {verdict}; a decision is undone by its own address");
        return Err(unclear("verdict", detail));
    }
    let reason = wanted.reason.as_deref().map(str::trim).unwrap_or_default();
    if verdict == Verdict::Rejected && reason.is_empty() {
        return Err(unclear("reason", "a resemblance is rejected for a reason; say why in `reason`"));
    }
    let document = |field: &'static str, text: &str| {
        let id = store.iris().parse_id(text).filter(|id| id.kind() == Kind::Document && id.whole() == id.as_str());
        id.ok_or_else(|| unclear(field, format!("`{text}` is not the identifier of a document such as doc/jim-4")))
    };
    let pair = (document("document", &wanted.document)?, document("resembles", &wanted.resembles)?);
    let by = agent(wanted.by.as_deref())?;
    if !resemblances::is_noticed(store, &pair.0, &pair.1).await? {
        let (one, other) = &pair;
        return Err(Refusal::Unknown(format!("nobody has noticed that {one} resembles {other}")));
    }
    let standing = resemblances::standing(store, &pair.0, &pair.1).await?;
    let is_revised = |standing: &Assessment| wanted.revises.as_deref() == Some(standing.id.as_str());
    let revises = match standing {
        Some(standing) if is_revised(&standing) || standing.rating == Verdict::Proposed.term() => Some(standing.id),
        Some(standing)
            if standing.rating == verdict.term() && standing.assesses == resemblance_id(&pair.0, &pair.1) =>
        {
            return Ok(Judged { decision: standing, pair, is_known: true });
        }
        Some(standing) => return Err(Refusal::Judged(Box::new(standing))),
        None => None,
    };
    let is_another = |other: &&str| revises.as_ref().is_none_or(|revised| revised.as_str() != *other);
    if let Some(other) = wanted.revises.as_deref().filter(is_another) {
        return Err(unclear("revises", format!("`{other}` is not the decision in force on this resemblance")));
    }
    let decision = decision(&pair, verdict, reason, by, revises);
    Ok(Judged { decision, pair, is_known: false })
}

/// Holds the undoing of what was decided on a resemblance against what is stored.
pub async fn undo_judgement(
    store: &Store,
    document: &Id,
    other: &Id,
    reason: Option<&str>,
    by: Option<&str>,
) -> Result<Judged, Refusal> {
    let by = agent(by)?;
    let standing = resemblances::standing(store, document, other).await?;
    let Some(standing) = standing.filter(|standing| standing.rating != Verdict::Proposed.term()) else {
        return Err(Refusal::Unknown(format!("nothing was decided on whether {document} resembles {other}")));
    };
    // It may have been decided from the other side.
    let is_here = standing.assesses == resemblance_id(document, other);
    let (one, other) = if is_here { (document, other) } else { (other, document) };
    let (pair, reason) = ((one.clone(), other.clone()), reason.map(str::trim).unwrap_or_default());
    let decision = decision(&pair, Verdict::Proposed, reason, by, Some(standing.id));
    Ok(Judged { decision, pair, is_known: false })
}

fn decision(pair: &(Id, Id), verdict: Verdict, reason: &str, by: String, revises: Option<Id>) -> Assessment {
    let decision = Assessment {
        id: pair.0.clone(),
        assesses: resemblance_id(&pair.0, &pair.1),
        scale: REVIEW.to_owned(),
        rating: verdict.term().to_owned(),
        rationale: reason.to_owned(),
        evidence: Vec::new(),
        by,
        name: None,
        at: Timestamp::now(),
        revises,
    };
    named(decision, &pair.0)
}
