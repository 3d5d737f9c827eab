//! The archive as it stands, held against the rules and the shapes again, and its files against their digests.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use oxigraph::model::NamedNode;
use serde::Serialize;

use super::Archive;
use crate::{
    rdf::{rules, vocab::dct},
    store::{Digest, Error, OriginalsError, Row},
};

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

    /// Reads every file that came in, and holds it against its digest; `progress` is told how many are read, of how many.
    pub async fn check_originals(&self, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<CheckedOriginals, Error> {
        let mut named = self.named_originals().await?;
        let mut checked = CheckedOriginals::default();
        let kept: Vec<(String, Option<Digest>)> = self.originals.list().try_collect().await.map_err(Error::internal)?;
        let all = kept.len();
        for (done, (name, digest)) in kept.into_iter().enumerate() {
            progress(done, all);
            let Some(digest) = digest else {
                checked.unknown.push(name);
                continue;
            };
            let graph = named.remove(&digest);
            match self.originals.get(&digest).await {
                Ok(_) if graph.is_none() => checked.unknown.push(name),
                Ok(_) => checked.whole += 1,
                Err(OriginalsError::Altered(_)) => checked.damaged.push(Original { digest: digest.to_string(), graph }),
                // It was taken away while the others were read.
                Err(OriginalsError::Missing(_)) => checked.missing.push(Original { digest: digest.to_string(), graph }),
                Err(error) => return Err(Error::internal(error)),
            }
        }
        let missing =
            named.into_iter().map(|(digest, graph)| Original { digest: digest.to_string(), graph: Some(graph) });
        checked.missing.extend(missing);
        Ok(checked)
    }

    /// The digests of the files that graphs were read from, each with the first of its graphs.
    async fn named_originals(&self) -> Result<BTreeMap<Digest, String>, Error> {
        let iris = self.store.iris();
        let start = iris.path("original/");
        let query = format!(
            "SELECT ?file (MIN(STR(?g)) AS ?graph) {{ GRAPH {} {{ ?g {} ?file }} \
             FILTER(STRSTARTS(STR(?file), \"{}\")) }} GROUP BY ?file",
            iris.graph("prov"),
            dct::SOURCE,
            start.as_str(),
        );
        let rows = self.store.select(&query).await?;
        let digest = |row: &Row| row.iri("file")?.strip_prefix(start.as_str())?.parse().ok();
        Ok(rows.iter().filter_map(|row| Some((digest(row)?, row.text("graph")?))).collect())
    }
}

/// What a check of the files that came in found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CheckedOriginals {
    /// How many are there as they came.
    pub whole: usize,
    /// Those that a graph was read from and that are not there.
    pub missing: Vec<Original>,
    /// Those that are not as they came.
    pub damaged: Vec<Original>,
    /// Those that nothing that is stored now was read from: of an earlier version, of something withdrawn, or a
    /// stranger's.
    pub unknown: Vec<String>,
}

/// A file that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Original {
    /// Its digest.
    pub digest: String,
    /// A graph that was read from it.
    pub graph: Option<String>,
}
