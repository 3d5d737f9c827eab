//! What readers have sent: the published comments of the archive, and those of the inbox, which is a store of its own.

use std::collections::BTreeMap;

use oxigraph::model::NamedNode;

use crate::{
    model::{Comment, CommentKind, CommentState, Id, Lang, Sender},
    rdf::vocab::{dct, isn, oa, rdf, skos},
    store::{Error, Row, Store},
};

/// The published comments on a document and on what is stated in it, the oldest first.
pub async fn published(store: &Store, document: &Id) -> Result<Vec<Comment>, Error> {
    let graph = store.iris().comment_graph(document);
    read(store, &format!("VALUES ?g {{ {graph} }} GRAPH ?g {{ ?comment a {} }}", store.iris().term("Comment"))).await
}

/// A comment of the inbox, by its name in addresses.
pub async fn one(inbox: &Store, key: &str) -> Result<Option<Comment>, Error> {
    if key.is_empty() || !key.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let graph = inbox.iris().inbox_graph(key);
    let pattern = format!("VALUES ?g {{ {graph} }} GRAPH ?g {{ ?comment a {} }}", inbox.iris().term("Comment"));
    Ok(read(inbox, &pattern).await?.pop())
}

/// The comments of the inbox in a state, the oldest first, a page of them.
pub async fn waiting(inbox: &Store, state: CommentState, limit: usize, offset: usize) -> Result<Vec<Comment>, Error> {
    let iris = inbox.iris();
    let pattern = format!(
        "{{ SELECT ?g ?comment {{ GRAPH ?g {{ ?comment {} {} ; {} ?sent }} }} ORDER BY ?sent ?comment LIMIT {limit} OFFSET {offset} }}",
        iris.term(isn::COMMENT_STATE),
        iris.concept("comment-state", state.term()),
        dct::CREATED,
    );
    read(inbox, &pattern).await
}

/// How many comments of the inbox are in a state.
pub async fn count(inbox: &Store, state: CommentState) -> Result<u64, Error> {
    let query = format!(
        "SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?comment {} {} }} }}",
        inbox.iris().term(isn::COMMENT_STATE),
        inbox.iris().concept("comment-state", state.term()),
    );
    Ok(inbox.select(&query).await?.first().and_then(|row| row.number("n")).unwrap_or_default())
}

/// Reads the comments that a pattern finds, each `?comment` in its graph `?g`.
async fn read(store: &Store, pattern: &str) -> Result<Vec<Comment>, Error> {
    let query = format!(
        "SELECT ?comment ?p ?o {{ {pattern} GRAPH ?g {{ {{ ?comment ?p ?o }} UNION \
         {{ ?comment {body} ?words . ?words {value} ?o BIND({value} AS ?p) }} }} }}",
        body = oa::HAS_BODY,
        value = rdf::VALUE,
    );
    let rows = store.select(&query).await?;
    let mut said: BTreeMap<&str, Said<'_>> = BTreeMap::new();
    for row in &rows {
        if let (Some(comment), Some(property)) = (row.iri("comment"), row.iri("p")) {
            said.entry(comment).or_default().insert(property, row);
        }
    }
    let mut found: Vec<Comment> = said.iter().filter_map(|(iri, said)| comment(store, iri, said)).collect();
    found.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    Ok(found)
}

/// What is said of a comment: a row for each property.
type Said<'a> = BTreeMap<&'a str, &'a Row>;

fn comment(store: &Store, iri: &str, said: &Said<'_>) -> Option<Comment> {
    let iris = store.iris();
    let row = |property: &NamedNode| said.get(property.as_str()).copied();
    let own = |local: &str| row(&iris.term(local));
    let text = |row: Option<&Row>| row.and_then(|row| row.text("o"));
    let path = |row: Option<&Row>| text(row).map(|iri| iris.relative(&iri).unwrap_or(&iri).to_owned());
    let term = |row: Option<&Row>| text(row).and_then(|iri| iri.rsplit('/').next().map(ToOwned::to_owned));
    let words = row(&rdf::VALUE.into_owned())?;
    let moderated = path(own(isn::MODERATED_BY)).zip(text(own(isn::MODERATED_AT)).and_then(|at| at.parse().ok()));
    Some(Comment {
        id: iris.parse_id(iri)?,
        about: iris.parse_id(&text(row(&oa::HAS_TARGET.into_owned()))?)?,
        kind: term(own(isn::COMMENT_KIND)).and_then(|kind| kind.parse().ok()).unwrap_or(CommentKind::Remark),
        text: words.text("o")?,
        lang: words.lang("o").and_then(|tag| tag.parse().ok()).unwrap_or_else(Lang::undetermined),
        at: text(row(&dct::CREATED.into_owned()))?.parse().ok()?,
        state: term(own(isn::COMMENT_STATE))?.parse().ok()?,
        sender: Sender {
            name: text(row(&dct::CREATOR.into_owned())),
            contact: text(own(isn::CONTACT)),
            consents: text(own(isn::MAY_BE_USED)).as_deref() == Some("true"),
        },
        moderated,
        reason: text(row(&skos::NOTE.into_owned())),
        answer: text(own(isn::ANSWER)),
        led_to: path(own(isn::LED_TO)),
        credited: text(own(isn::CREDITED_TO)),
    })
}
