//! Short names for queries: the beginning of the digest of their text, so that the same query always has the same.

use oxigraph::model::Literal;

use super::Archive;
use crate::{
    ask::links,
    rdf::vocab::isn,
    store::{Digest, Error, Update},
};

/// How much of a digest is a name: more of it where a name is taken by another query.
const LENGTHS: [usize; 3] = [10, 20, 64];

impl Archive {
    /// The short name that a query has, if it has one.
    pub async fn link_of(&self, text: &str) -> Result<Option<String>, Error> {
        let digest = Digest::of(text.as_bytes()).to_string();
        for length in LENGTHS {
            let short = &digest[..length];
            match links::query(&self.private, short).await? {
                Some(known) if known == text => return Ok(Some(short.to_owned())),
                Some(_) => {}
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Gives a query a short name, and keeps it under that.
    pub async fn link(&self, text: &str) -> Result<String, Error> {
        let digest = Digest::of(text.as_bytes()).to_string();
        let iris = self.private.iris();
        let (graph, property) = (links::graph(iris), iris.term(isn::QUERY_TEXT));
        for length in LENGTHS {
            let short = &digest[..length];
            let Some(query) = links::iri(iris, short) else { continue };
            let words = Literal::new_simple_literal(text);
            // Whoever comes first has the name, also where two come at once.
            let insert = format!(
                "INSERT {{ GRAPH {graph} {{ {query} {property} {words} }} }} \
                 WHERE {{ FILTER NOT EXISTS {{ GRAPH {graph} {{ {query} {property} ?other }} }} }}"
            );
            self.private.change(Update::new(insert, self.private.limits().deadline)).await?;
            if links::query(&self.private, short).await?.as_deref() == Some(text) {
                return Ok(short.to_owned());
            }
        }
        Err(Error::Refused("another query has the same digest".to_owned()))
    }
}
