//! May this be decided, and what would it apply to?

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    ask::decisions,
    link::{Decisions, fold},
    model::{Assessment, Decision, Id, Scope, Verdict},
    rdf::vocab::{isn, oa},
    store::{self, Store},
};

/// What somebody wants to decide.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `accepted`, `rejected`, `corrected` or `contested`.
    pub verdict: String,
    /// The mention.
    pub mention: Option<String>,
    /// In place of a mention, its words.
    pub form: Option<String>,
    /// With words, what they are taken to name.
    pub thing: Option<String>,
    /// What they name instead.
    pub correction: Option<String>,
    /// Why; needed to reject and to contest.
    pub reason: Option<String>,
    /// `mention` or `identical`; by default all identical links.
    pub scope: Option<String>,
    /// The decision that this one is to take the place of.
    pub revises: Option<String>,
    /// Who decides: a name for `agent/NAME`, in letters, digits and hyphens.
    pub by: Option<String>,
}

/// Who decides where nobody is named.
const SOMEBODY: &str = "reviewer";

/// The path of whoever decides or rates, by a name.
pub fn agent(name: Option<&str>) -> Result<String, Refusal> {
    let name = name.unwrap_or(SOMEBODY);
    let is_good = |c: char| c.is_alphanumeric() || c == '-';
    if name.is_empty() || name.chars().count() > 100 || !name.chars().all(is_good) {
        let detail = format!("`{name}` is not a name for an agent: expected up to 100 letters, digits and hyphens");
        return Err(unclear("by", detail));
    }
    Ok(format!("agent/{name}"))
}

/// How far a decision reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Applies {
    /// To so many mentions.
    pub mentions: u64,
    /// In so many documents.
    pub documents: usize,
}

/// A decision that can be made.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The decision.
    pub decision: Decision,
    /// Whether it is in force already, so that nothing is left to do.
    pub is_known: bool,
    /// What it applies to.
    pub applies_to: Applies,
    /// The documents that have the words as a mention.
    pub documents: Vec<Id>,
}

/// Why something cannot be decided.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Something is missing or not understood.
    #[error("{detail}")]
    Unclear {
        /// The field.
        field: &'static str,
        /// What is wrong, and what would be accepted.
        detail: String,
    },
    /// There is no such link.
    #[error("{0}")]
    Unknown(String),
    /// It was decided otherwise.
    #[error(
        "{} was decided on already: {} by {} at {}; give its id as `revises` to decide anew",
        .0.form, .0.verdict, .0.by, .0.at
    )]
    Decided(Box<Decision>),
    /// It was decided otherwise whether two documents resemble each other.
    #[error(
        "it was decided already: {} by {} at {}; give its id as `revises` to decide anew", .0.rating, .0.by, .0.at
    )]
    Judged(Box<Assessment>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

pub(super) fn unclear(field: &'static str, detail: impl Into<String>) -> Refusal {
    Refusal::Unclear { field, detail: detail.into() }
}

/// A link that is to be decided on.
struct Link {
    mention: Id,
    form: String,
    thing: Id,
}

/// Holds what somebody wants to decide against what is stored.
pub async fn prepare(store: &Store, known: &Decisions, request: &Request) -> Result<Prepared, Refusal> {
    let verdict: Verdict = request.verdict.parse().map_err(|detail: String| unclear("verdict", detail))?;
    if verdict == Verdict::Proposed {
        return Err(unclear(
            "verdict",
            "a decision is undone by its own address; expected accepted, rejected, corrected or contested",
        ));
    }
    let scope: Scope = match request.scope.as_deref() {
        Some(scope) => scope.parse().map_err(|detail: String| unclear("scope", detail))?,
        None => Scope::default(),
    };
    let reason = request.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    if matches!(verdict, Verdict::Rejected | Verdict::Contested) && reason.is_none() {
        return Err(unclear("reason", format!("a link is {verdict} for a reason; say why in `reason`")));
    }
    let by = agent(request.by.as_deref())?;
    let link = link(store, known, request).await?;
    let correction = correction(store, verdict, request, &link).await?;
    let wordings = wordings(store, &link.form, &link.thing).await?;
    let mut documents = match scope {
        Scope::Mention => Vec::new(),
        Scope::Identical => decisions::documents_with(store, &wordings.0).await?,
    };
    documents.extend(link.mention.whole().parse().ok().filter(|own| !documents.contains(own)));
    let applies_to = match scope {
        Scope::Mention => Applies { mentions: 1, documents: 1 },
        Scope::Identical => Applies { mentions: wordings.1, documents: wordings.2 },
    };
    let before = match scope {
        Scope::Mention => known.on_mention(&link.mention),
        Scope::Identical => known.on_form(&link.form, &link.thing),
    };
    let mut revises = None;
    if let Some(before) = before {
        if request.revises.as_deref() == Some(before.id.as_str()) {
            revises = Some(before.id.clone());
        } else if before.verdict == verdict && (before.correction == correction || verdict == Verdict::Accepted) {
            return Ok(Prepared { decision: before.clone(), is_known: true, applies_to, documents });
        } else {
            return Err(Refusal::Decided(Box::new(before.clone())));
        }
    } else if let Some(other) = &request.revises {
        return Err(unclear("revises", format!("`{other}` is not the decision in force on this link; there is none")));
    }
    let decision = Decision {
        id: link.mention.clone(),
        verdict,
        mention: link.mention,
        form: link.form,
        thing: link.thing,
        correction,
        scope,
        reason: reason.map(ToOwned::to_owned),
        by,
        at: Timestamp::now(),
        revises,
    };
    Ok(Prepared { decision: named(decision), is_known: false, applies_to, documents })
}

/// Holds the undoing of a decision against what is stored.
pub async fn undo(
    store: &Store,
    known: &Decisions,
    id: &Id,
    reason: Option<&str>,
    by: Option<&str>,
) -> Result<Prepared, Refusal> {
    let by = agent(by)?;
    let all = decisions::all(store).await?;
    let Some(before) = all.iter().find(|decision| decision.id == *id) else {
        return Err(Refusal::Unknown(format!("there is no decision {id}")));
    };
    if !known.holds(id) {
        let later = all.iter().find(|decision| decision.revises.as_ref() == Some(id)).unwrap_or(before);
        return Err(Refusal::Decided(Box::new(later.clone())));
    }
    let (wordings, mentions, count) = wordings(store, &before.form, before.named()).await?;
    let mut documents = decisions::documents_with(store, &wordings).await?;
    documents.extend(before.mention.whole().parse().ok().filter(|own| !documents.contains(own)));
    let decision = Decision {
        verdict: Verdict::Proposed,
        reason: reason.map(ToOwned::to_owned),
        by,
        at: Timestamp::now(),
        revises: Some(before.id.clone()),
        ..before.clone()
    };
    let applies_to = Applies { mentions, documents: count };
    Ok(Prepared { decision: named(decision), is_known: false, applies_to, documents })
}

/// Gives a decision its identifier: made from all it says, so that two are never taken for one.
fn named(mut decision: Decision) -> Decision {
    let digest = Sha256::digest(format!("{decision:?}"));
    let name = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    decision.id = decision.mention.part(&format!("decision-{name}"));
    decision
}

/// The link that a request means.
async fn link(store: &Store, known: &Decisions, request: &Request) -> Result<Link, Refusal> {
    let id = |field: &'static str, text: &str| {
        store.iris().parse_id(text).ok_or_else(|| unclear(field, format!("`{text}` is not an identifier")))
    };
    match (&request.mention, &request.form, &request.thing) {
        (Some(mention), None, None) => {
            let mention = id("mention", mention)?;
            let query = format!(
                "SELECT ?exact ?thing {{ VALUES ?mention {{ {} }} ?mention {} ?exact ; {} ?thing }}",
                store.iris().id(&mention),
                oa::EXACT,
                oa::HAS_BODY,
            );
            let rows = store.select(&query).await?;
            let row = rows.first().and_then(|row| {
                Some((row.text("exact")?, row.iri("thing").and_then(|iri| store.iris().parse_id(iri))?))
            });
            let Some((form, thing)) = row else {
                return Err(Refusal::Unknown(format!("there is no mention {mention} that is linked to a thing")));
            };
            Ok(Link { mention, form, thing })
        }
        (None, Some(form), Some(thing)) => {
            let thing = id("thing", thing)?;
            if let Some((mention, exact)) = first(store, form, &thing).await? {
                return Ok(Link { mention, form: exact, thing });
            }
            // What was rejected has no mention any more, and can be decided on anew.
            match known.on_form(form, &thing) {
                Some(before) => Ok(Link { mention: before.mention.clone(), form: before.form.clone(), thing }),
                None => Err(Refusal::Unknown(format!("nowhere is `{form}` linked to {thing}"))),
            }
        }
        _ => Err(unclear("mention", "say which link is meant: either `mention`, or `form` and `thing`")),
    }
}

/// What a request puts in place of the thing.
async fn correction(store: &Store, verdict: Verdict, request: &Request, link: &Link) -> Result<Option<Id>, Refusal> {
    match (verdict, &request.correction) {
        (Verdict::Corrected, None) => {
            Err(unclear("correction", "a correction says what the words name instead, as `correction`"))
        }
        (Verdict::Corrected, Some(text)) => {
            let known = store.iris().parse_id(text);
            let Some(other) = known.filter(|other| other.as_str() == other.whole()) else {
                return Err(unclear(
                    "correction",
                    format!("`{text}` is not the identifier of a thing, such as org/hrw"),
                ));
            };
            if other == link.thing {
                return Err(unclear(
                    "correction",
                    format!("the words are linked to {other} already; accept that instead"),
                ));
            }
            if !decisions::is_known(store, &other).await? {
                return Err(unclear("correction", format!("the archive does not know {other}; add it first")));
            }
            Ok(Some(other))
        }
        (_, Some(_)) => {
            Err(unclear("correction", format!("`correction` goes with the verdict corrected, not {verdict}")))
        }
        (_, None) => Ok(None),
    }
}

/// The wordings of a form as the name of a thing, with the number of mentions and of documents.
async fn wordings(store: &Store, form: &str, thing: &Id) -> Result<(Vec<String>, u64, usize), Refusal> {
    let query = format!(
        "SELECT ?exact (COUNT(?mention) AS ?n) {{ ?mention {} {} ; {} ?exact }} GROUP BY ?exact",
        oa::HAS_BODY,
        store.iris().id(thing),
        oa::EXACT,
    );
    let (mut wordings, mut mentions, folded) = (Vec::new(), 0, fold(form));
    for row in store.select(&query).await? {
        if let Some(exact) = row.text("exact").filter(|exact| fold(exact) == folded) {
            mentions += row.number("n").unwrap_or_default();
            wordings.push(exact);
        }
    }
    if wordings.is_empty() {
        return Ok((wordings, 0, 0));
    }
    let values = decisions::literals(&wordings);
    let query = format!(
        "SELECT (COUNT(DISTINCT ?document) AS ?n) {{ VALUES ?exact {{ {values}}} \
         ?mention {words} ?exact ; {body} {thing} ; {document} ?document }}",
        words = oa::EXACT,
        body = oa::HAS_BODY,
        thing = store.iris().id(thing),
        document = store.iris().term(isn::IN_DOCUMENT),
    );
    let documents = store.select(&query).await?.first().and_then(|row| row.number("n")).unwrap_or_default();
    Ok((wordings, mentions, usize::try_from(documents).unwrap_or(usize::MAX)))
}

/// The first mention of a form as the name of a thing, and its words.
async fn first(store: &Store, form: &str, thing: &Id) -> Result<Option<(Id, String)>, Refusal> {
    let query = format!(
        "SELECT ?exact (MIN(STR(?mention)) AS ?first) {{ ?mention {} {} ; {} ?exact }} GROUP BY ?exact",
        oa::HAS_BODY,
        store.iris().id(thing),
        oa::EXACT,
    );
    let folded = fold(form);
    let rows = store.select(&query).await?;
    let found = rows.iter().filter_map(|row| {
        let exact = row.text("exact").filter(|exact| fold(exact) == folded)?;
        Some((store.iris().parse_id(&row.text("first")?)?, exact))
    });
    Ok(found.min())
}
