//! The documents that were noticed to resemble others, as they are proposed.

use std::fmt::Write as _;

use serde::Serialize;

use crate::{
    model::Id,
    rdf::vocab::{dct, isn},
    store::{Error, Row, Store},
};

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
    let title = dct::TITLE;
    let query = format!(
        "SELECT ?r ?document ?other ?kind ?share (SAMPLE(?a) AS ?own) (SAMPLE(?b) AS ?its) {{ \
           GRAPH ?g {{ ?r {of} ?document ; {resembles} ?other ; {kind} ?kind ; {share} ?share }}{conditions} \
           GRAPH ?h {{ ?document {title} ?a }} GRAPH ?i {{ ?other {title} ?b }} }} \
         GROUP BY ?r ?document ?other ?kind ?share ORDER BY DESC(?share) ?r OFFSET {} LIMIT {}",
        filter.offset,
        filter.limit,
        of = iris.term(isn::RESEMBLANCE_OF),
        resembles = iris.term(isn::RESEMBLES),
        kind = iris.term(isn::RESEMBLANCE_KIND),
        share = iris.term(isn::SHARED_PART),
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
            titles: [row.text("own"), row.text("its")],
        })
    };
    Ok(rows.iter().filter_map(proposal).collect())
}
