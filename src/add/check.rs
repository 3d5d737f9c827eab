//! The archive as it stands, held against the rules and the shapes again.

use oxigraph::model::NamedNode;

use super::Archive;
use crate::{rdf::rules, store::Error};

/// What a check of the archive found.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// How many graphs were looked at.
    pub graphs: usize,
    /// How many findings would refuse their graph.
    pub refusals: usize,
    /// The findings, each with its graph.
    pub findings: Vec<String>,
}

impl Archive {
    /// Checks every graph that the provenance knows.
    pub async fn check(&self) -> Result<Checked, Error> {
        let prov = self.store.iris().graph("prov");
        let digest = self.store.iris().term("sha256");
        let query = format!("SELECT ?g {{ GRAPH {prov} {{ ?g {digest} ?d }} }} ORDER BY ?g");
        let rows = self.store.select(&query).await?;
        let mut checked = Checked::default();
        for graph in rows.iter().filter_map(|row| row.iri("g")) {
            let graph = NamedNode::new_unchecked(graph);
            checked.graphs += 1;
            let quads =
                self.store.construct(&format!("CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {graph} {{ ?s ?p ?o }} }}")).await?;
            if let Err(broken) = rules::nothing_claimed_is_asserted(&self.ontology, &quads) {
                checked.refusals += 1;
                checked.findings.push(format!("{graph}: {broken}"));
            }
            for finding in self.shapes.check(&quads).map_err(Error::internal)? {
                checked.refusals += usize::from(finding.refuses);
                checked.findings.push(format!("{graph}: {finding}"));
            }
        }
        Ok(checked)
    }
}
