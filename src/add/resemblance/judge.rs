//! What somebody decided on a resemblance is written down and carried out.
//!
//! Where it was accepted, the document is said to be a translation or a revision of the other. That stands with what people
//! say of the document, and goes when it is undone. The proposal keeps its place and tells its state.

use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad, Term};

use super::{super::Settings, Archive, texts};
use crate::{
    ask::resemblances,
    model::{Assessment, Id, ResemblanceKind, Verdict, resemblance_id},
    rdf::{describe, vocab::isn},
    store::{Change, Error},
};

impl Archive {
    /// Writes down what was decided on whether a document resembles another, with what follows from it, in one change.
    ///
    /// Gives the decision that stands against it, where there is one by now; then nothing was written.
    pub async fn judge(&self, decision: &Assessment, pair: &(Id, Id)) -> Result<Option<Assessment>, Error> {
        self.add_ontology().await?;
        let _turn = self.turn.lock().await;
        let (document, other) = pair;
        let standing = resemblances::standing(&self.store, document, other).await?;
        if standing.as_ref().map(|standing| &standing.id) != decision.revises.as_ref() {
            return Ok(standing);
        }
        let verdict: Verdict = decision.rating.parse().map_err(Error::Refused)?;
        let bytes = serde_json::to_vec(decision).map_err(Error::internal)?;
        let mut changes = Vec::new();
        for (one, its) in [(document, other), (other, document)] {
            let before = self.quads_of(&self.store.iris().review_graph(one)).await?;
            let mut quads = self.without_relation(&before, one, its);
            if one == document {
                quads.extend(describe::assessment(&self.ontology, decision));
                if verdict == Verdict::Accepted {
                    quads.extend(self.relation(one, its).await?);
                }
            }
            if quads.len() != before.len() {
                changes.push(self.said_of(one, quads, &bytes, decision)?);
            }
            changes.extend(self.restate(one, its, verdict).await?);
        }
        self.originals.put(bytes).await.map_err(Error::internal)?;
        self.store.commit(changes).await?;
        self.refresh_views().await;
        Ok(None)
    }

    /// What people say of a document, without that it is a translation or a revision of another.
    fn without_relation(&self, said: &[Quad], document: &Id, other: &Id) -> Vec<Quad> {
        let iris = self.store.iris();
        let (subject, object): (NamedOrBlankNode, Term) = (iris.id(document).into(), iris.id(other).into());
        let relations = [isn::TRANSLATION_OF, isn::REVISION_OF].map(|relation| iris.term(relation));
        let is_one =
            |quad: &&Quad| quad.subject == subject && quad.object == object && relations.contains(&quad.predicate);
        said.iter().filter(|quad| !is_one(quad)).cloned().collect()
    }

    /// What a document is of another, by the kind of their resemblance.
    async fn relation(&self, document: &Id, other: &Id) -> Result<Option<Quad>, Error> {
        let iris = self.store.iris();
        let kind = iris.term(isn::RESEMBLANCE_KIND);
        let node: NamedOrBlankNode = iris.id(&resemblance_id(document, other)).into();
        let noticed = self.quads_of(&iris.mention_graph(document, describe::COMPARISON)).await?;
        let kind = noticed.into_iter().find(|quad| quad.subject == node && quad.predicate == kind);
        let is = |kind: ResemblanceKind| Term::from(iris.concept("resemblance", kind.term()));
        Ok(kind.map(|quad| {
            let translates = quad.object == is(ResemblanceKind::Translation);
            let relation = if translates { isn::TRANSLATION_OF } else { isn::REVISION_OF };
            Quad::new(iris.id(document), iris.term(relation), iris.id(other), iris.review_graph(document))
        }))
    }

    /// The graph of what people say of a document, in a change that whoever decided has made.
    fn said_of(&self, document: &Id, quads: Vec<Quad>, bytes: &[u8], by: &Assessment) -> Result<Change, Error> {
        let iris = self.store.iris();
        let settings = Settings { agent: iris.path(&by.by), ..Settings::new(self, usize::MAX) };
        let graph = iris.review_graph(document);
        let prepared = self.finish(graph, quads, Vec::new(), bytes, None, &settings);
        Ok(prepared.map_err(Error::Refused)?.change)
    }

    /// The graph of what was noticed of a document with another state of one proposal, where that stands in it.
    async fn restate(&self, document: &Id, other: &Id, verdict: Verdict) -> Result<Option<Change>, Error> {
        let iris = self.store.iris();
        let graph: NamedNode = iris.mention_graph(document, describe::COMPARISON);
        let node: NamedOrBlankNode = iris.id(&resemblance_id(document, other)).into();
        let state = iris.term(isn::REVIEW_STATE);
        let mut quads = self.quads_of(&graph).await?;
        let Some(stated) = quads.iter_mut().find(|quad| quad.subject == node && quad.predicate == state) else {
            return Ok(None);
        };
        stated.object = iris.concept("review-state", verdict.term()).into();
        let own = texts::read(&self.store, vec![document.clone()]).await?.remove(document);
        own.map(|own| self.noticed(document, &own, quads)).transpose()
    }
}
