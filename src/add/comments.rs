//! A comment is received, and what becomes of it is written down.
//!
//! What a reader has sent is kept whole in the private store. Its public part is written to the archive when it is
//! published, without whoever sent it.

use oxigraph::model::{Literal, NamedNode, Term};
use serde_json::json;

use super::{Archive, Change};
use crate::{
    ask::{self, changes},
    model::{Comment, CommentState, Id, Kind},
    rdf::{describe, vocab::isn},
    store::{Dataset, Error, Update},
};

impl Archive {
    /// Keeps a comment that was sent, or what has become of it.
    pub async fn keep_comment(&self, comment: &Comment) -> Result<(), Error> {
        let graph = self.store.iris().inbox_graph(comment.key());
        let quads = describe::inbox(&self.ontology, comment);
        self.keep_apart(&graph, &quads).await
    }

    /// Writes down what a moderator has decided: in the archive what may be read by all, in the inbox the whole of it.
    pub async fn moderate_comment(&self, comment: &Comment) -> Result<(), Error> {
        if comment.state == CommentState::Published {
            let graph = self.store.iris().comment_graph(&comment.id);
            let by = comment.moderated.as_ref().map_or("agent/isnad", |(by, _)| by);
            let public = json!({
                "id": comment.id, "about": comment.about, "kind": comment.kind.term(), "text": comment.text,
                "at": comment.at, "answer": comment.answer, "led_to": comment.led_to, "credited": comment.credited,
            });
            self.write_beside(graph, describe::comment(&self.ontology, comment), public.to_string().into_bytes(), by)
                .await?;
            self.refresh_views().await;
        }
        self.keep_comment(comment).await
    }

    /// Puts other words in the place of one value of a document or a claim, and tells the path of the record in the log.
    ///
    /// Texts are not touched: their digests are what mentions rest on.
    pub async fn correct_words(&self, about: &Id, property: &str, from: &str, to: &str) -> Result<String, Error> {
        let iris = self.store.iris();
        let refuse = |detail: String| Error::Refused(detail);
        if about.as_str() != about.whole() || !matches!(about.kind(), Kind::Document | Kind::Claim) {
            return Err(refuse(format!("{about} is neither a document nor a claim; its texts stay as they came")));
        }
        let property = self.expand(property).ok_or_else(|| {
            refuse(format!("`{property}` is not a property: expected one such as dct:title or isn:dateText"))
        })?;
        let subject = iris.id(about);
        let query = format!("SELECT ?g ?o {{ GRAPH ?g {{ {subject} {property} ?o }} }}");
        let rows = self.store.select(&query).await?;
        let folder = iris.path("graph/doc/");
        let fits = |graph: &str, object: &Term| {
            graph.starts_with(folder.as_str()) && matches!(object, Term::Literal(literal) if literal.value() == from)
        };
        let found = rows.iter().find_map(|row| {
            let (graph, object) = (row.iri("g")?, row.term("o")?);
            fits(graph, object).then(|| (NamedNode::new_unchecked(graph), object.clone()))
        });
        let Some((graph, Term::Literal(old))) = found else {
            return Err(refuse(format!("{about} has no value of {property} that reads `{from}`")));
        };
        let new = match old.language() {
            Some(lang) => Literal::new_language_tagged_literal_unchecked(to, lang),
            None => Literal::new_typed_literal(to, old.datatype()),
        };
        let text = format!(
            "DELETE DATA {{ GRAPH {graph} {{ {subject} {property} {old} }} }} ; \
             INSERT DATA {{ GRAPH {graph} {{ {subject} {property} {new} }} }}"
        );
        let update = ask::sparql::parse_change(&self.store, &text)?;
        let deadline = self.store.limits().deadline;
        self.change(Change { update, dataset: Dataset::default(), deadline, is_reviewed: true }).await?;
        let last = changes::of(&self.store, &graph).await?.map(|item| item.number).unwrap_or_default();
        Ok(format!("change/{last}"))
    }

    /// The property behind a name with a prefix.
    fn expand(&self, short: &str) -> Option<NamedNode> {
        let (prefix, local) = short.split_once(':')?;
        let is_plain = !local.is_empty() && local.chars().all(|c| c.is_ascii_alphanumeric());
        let own = [isn::SHA256, isn::NORMAL_FORM];
        match prefix {
            _ if !is_plain => None,
            "isn" => (!own.contains(&local)).then(|| self.store.iris().term(local)),
            _ => {
                let start = crate::rdf::prefixes().iter().find(|(known, _)| *known == prefix)?.1;
                NamedNode::new(format!("{start}{local}")).ok()
            }
        }
    }

    /// Puts a graph in its place in the private store.
    pub(super) async fn keep_apart(&self, graph: &NamedNode, quads: &[oxigraph::model::Quad]) -> Result<(), Error> {
        let statements = quads.iter().map(|quad| format!("{} {} {} .", quad.subject, quad.predicate, quad.object));
        let statements = statements.collect::<Vec<_>>().join("\n");
        let text = format!("DROP SILENT GRAPH {graph} ; INSERT DATA {{ GRAPH {graph} {{ {statements} }} }}");
        self.private.change(Update::new(text, self.private.limits().deadline)).await
    }
}
