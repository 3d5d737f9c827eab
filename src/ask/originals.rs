//! The files that came in, as the provenance of the public graphs knows them.

use oxigraph::model::NamedNodeRef;

use crate::{
    rdf::{
        Part,
        vocab::{dct, isn},
    },
    store::{Digest, Error, Store},
};

/// A file that public graphs were read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Original {
    /// What sort of file it is, where that was recorded.
    pub media_type: Option<String>,
    /// The paths of the graphs: `graph/doc/x`.
    pub graphs: Vec<String>,
}

/// What is known of a file; `None` where no public graph rests on it, whether it is kept or not.
pub async fn find(store: &Store, digest: &Digest) -> Result<Option<Original>, Error> {
    let iris = store.iris();
    let query = format!(
        "SELECT ?g ?type {{ GRAPH {} {{ ?g {} {} OPTIONAL {{ ?g {} ?type }} }} }} ORDER BY ?g",
        iris.graph("prov"),
        dct::SOURCE,
        iris.path(&format!("original/{digest}")),
        iris.term(isn::SOURCE_MEDIA_TYPE),
    );
    let mut found = Original::default();
    for row in store.select(&query).await? {
        let Some(graph) = row.iri("g") else { continue };
        if Part::of(iris, NamedNodeRef::new_unchecked(graph)).is_none() {
            continue;
        }
        found.media_type = found.media_type.or(row.text("type"));
        found.graphs.extend(iris.relative(graph).map(ToOwned::to_owned));
    }
    Ok((!found.graphs.is_empty()).then_some(found))
}
