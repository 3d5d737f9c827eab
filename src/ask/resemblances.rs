//! The documents that were noticed to resemble others, as they are proposed.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;

use super::assessments::{self, REVIEW};
use crate::{
    model::{Assessment, Id, Verdict, resemblance_id},
    rdf::vocab::{dct, isn},
    store::{Error, Row, Store},
};

/// Of so many pairs it is asked at once what was decided.
const AT_ONCE: usize = 100;

/// A document that resembles another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proposal {
    /// The proposal itself.
    pub id: Id,
    /// The document that came in later.
    pub document: Id,
    /// The one that was there.
    pub resembles: Id,
    /// `near-duplicate` or `translation`.
    pub kind: String,
    /// How much of what was compared they share, 0 to 1.
    pub share: f64,
    /// `proposed`, `accepted` or `rejected`.
    pub state: String,
    /// A title of each.
    pub titles: [Option<String>; 2],
}

/// Which proposals are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those about one document, from either side.
    pub document: Option<Id>,
    /// Those of one kind.
    pub kind: Option<String>,
    /// Those in one state.
    pub state: Option<Verdict>,
    /// So many of the first are left out,
    pub offset: usize,
    /// and so many are given at most.
    pub limit: usize,
}

/// The proposals, the greatest share first. Those whose documents are gone are left out.
pub async fn find(store: &Store, filter: &Filter) -> Result<Vec<Proposal>, Error> {
    let iris = store.iris();
    let mut conditions = String::new();
    if let Some(document) = &filter.document {
        let document = iris.id(document);
        let _ = write!(conditions, " FILTER(?document = {document} || ?other = {document})");
    }
    if let Some(kind) = &filter.kind {
        let _ = write!(conditions, " FILTER(?kind = {})", iris.concept("resemblance", kind));
    }
    if let Some(state) = filter.state {
        let _ = write!(conditions, " FILTER(?state = {})", iris.concept(REVIEW, state.term()));
    }
    let title = dct::TITLE;
    let query = format!(
        "SELECT ?r ?document ?other ?kind ?share ?state (SAMPLE(?a) AS ?own) (SAMPLE(?b) AS ?its) {{ \
           GRAPH ?g {{ ?r {of} ?document ; {resembles} ?other ; {kind} ?kind ; {share} ?share ; {state} ?state }}{conditions} \
           GRAPH ?h {{ ?document {title} ?a }} GRAPH ?i {{ ?other {title} ?b }} }} \
         GROUP BY ?r ?document ?other ?kind ?share ?state ORDER BY DESC(?share) ?r OFFSET {} LIMIT {}",
        filter.offset,
        filter.limit,
        of = iris.term(isn::RESEMBLANCE_OF),
        resembles = iris.term(isn::RESEMBLES),
        kind = iris.term(isn::RESEMBLANCE_KIND),
        share = iris.term(isn::SHARED_PART),
        state = iris.term(isn::REVIEW_STATE),
    );
    let rows = store.select(&query).await?;
    let proposal = |row: &Row| {
        let id = |variable: &str| iris.parse_id(row.iri(variable)?);
        Some(Proposal {
            id: id("r")?,
            document: id("document")?,
            resembles: id("other")?,
            kind: row.iri("kind")?.rsplit('/').next()?.to_owned(),
            share: row.text("share")?.parse().ok()?,
            state: row.iri("state")?.rsplit('/').next()?.to_owned(),
            titles: [row.text("own"), row.text("its")],
        })
    };
    Ok(rows.iter().filter_map(proposal).collect())
}

/// Whether it was noticed that a document resembles another.
pub async fn is_noticed(store: &Store, document: &Id, other: &Id) -> Result<bool, Error> {
    let iris = store.iris();
    let query = format!(
        "SELECT ?other {{ GRAPH ?g {{ {} {} ?other }} }} LIMIT 1",
        iris.id(&resemblance_id(document, other)),
        iris.term(isn::RESEMBLES),
    );
    Ok(!store.select(&query).await?.is_empty())
}

/// What was decided on whether two documents resemble each other, from either side, in order of time.
pub async fn decisions(store: &Store, document: &Id, other: &Id) -> Result<Vec<Assessment>, Error> {
    assessments::verdicts(store, &[resemblance_id(document, other), resemblance_id(other, document)]).await
}

/// The decision that is in force on whether two documents resemble each other, be it that one was undone.
pub async fn standing(store: &Store, document: &Id, other: &Id) -> Result<Option<Assessment>, Error> {
    Ok(decisions(store, document, other).await?.pop())
}

/// What is in force of some pairs on which something was decided, each as it was asked for.
pub async fn standing_of(store: &Store, pairs: &[(Id, Id)]) -> Result<BTreeMap<(Id, Id), Verdict>, Error> {
    let mut found = BTreeMap::new();
    let sides = |(one, other): &(Id, Id)| [resemblance_id(one, other), resemblance_id(other, one)];
    for some in pairs.chunks(AT_ONCE) {
        let asked: Vec<Id> = some.iter().flat_map(sides).collect();
        let verdicts = assessments::verdicts(store, &asked).await?;
        for pair in some {
            let own = sides(pair);
            // They are in order of time.
            let last = verdicts.iter().rev().find(|verdict| own.contains(&verdict.assesses));
            found.extend(last.and_then(|last| Some((pair.clone(), last.rating.parse().ok()?))));
        }
    }
    Ok(found)
}
