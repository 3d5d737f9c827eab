//! Questions that are stored to be asked again: each in a graph of its own.

use std::time::Duration;

use oxigraph::model::Literal;

use super::{Archive, Change};
use crate::{
    ask,
    rdf::vocab::isn,
    store::{Dataset, Error},
};

impl Archive {
    /// Stores a question under a name, in place of the one that has it.
    pub async fn store_query(&self, slug: &str, text: &str, deadline: Duration) -> Result<(), Error> {
        let iris = self.store.iris();
        let (graph, query) = (iris.graph(&format!("query/{slug}")), iris.path(&format!("query/{slug}")));
        let (class, property) = (iris.term(isn::SAVED_QUERY), iris.term(isn::QUERY_TEXT));
        let text = Literal::new_simple_literal(text);
        let data = format!("GRAPH {graph} {{ {query} a {class} ; {property} {text} }}");
        self.change_own(&format!("DROP SILENT GRAPH {graph} ; INSERT DATA {{ {data} }}"), deadline).await
    }

    /// Forgets the question of a name.
    pub async fn forget_query(&self, slug: &str, deadline: Duration) -> Result<(), Error> {
        let graph = self.store.iris().graph(&format!("query/{slug}"));
        self.change_own(&format!("DROP SILENT GRAPH {graph}"), deadline).await
    }

    async fn change_own(&self, text: &str, deadline: Duration) -> Result<(), Error> {
        let update = ask::sparql::parse_change(&self.store, text)?;
        self.change(Change { update, dataset: Dataset::default(), deadline, is_reviewed: true }).await
    }
}
