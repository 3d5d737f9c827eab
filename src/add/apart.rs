//! What is kept apart: fields that could harm somebody, words that are withheld in a text, and the files that hold either.
//!
//! All of it stands in the private store. In public stand the text with the words made unreadable, that this was done, by
//! whom and why, and the digest of the text as it was, so that the chain from a mention to its source holds for whoever may
//! see the source. A digest tells nobody the words, but whoever guesses all of them can see that the guess is right.
//!
//! A document that comes in again has the same words withheld before anything else looks at it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::PoisonError,
};

use jiff::Timestamp;
use oxigraph::model::{Literal, NamedNode, NamedOrBlankNode, Quad, Term};

use super::{Archive, actor, document};
use crate::{
    ask::linking::{self, Linked},
    model::{Document, Id, Lang, MASK, Redaction, Sensitive, TextLayer, masked, places},
    rdf::{
        canonicalize, describe, rules,
        vocab::{dct, isn, oa, prov, rdf, skos},
    },
    store::{Change, Digest, Error, Update, literal_value},
};

/// What is withheld in a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Withheld {
    redactions: Vec<Redaction>,
    /// The texts as they were, by digest. They are never shown, hence the type that does not show them.
    texts: BTreeMap<String, Secret>,
}

impl Withheld {
    /// The text that words of a layer were withheld in, if the layer is what was left of it.
    fn whole(&self, layer: &TextLayer) -> Option<String> {
        let own = self.redactions.iter().filter(|redaction| redaction.lang == layer.lang);
        let mut originals = own.map(|redaction| &redaction.original);
        let original = originals.find(|original| {
            let text = self.texts.get(*original).map(|secret| masked(&secret.0, self.spans(original)));
            text.is_some_and(|text| text == layer.text)
        });
        original.cloned()
    }

    /// The words of a redaction.
    fn words(&self, redaction: &Redaction) -> Option<String> {
        let whole = self.texts.get(&redaction.original)?;
        let words: String = whole.0.chars().skip(redaction.start).take(redaction.end - redaction.start).collect();
        // Words that hold masks were withheld in part before, and stand nowhere like that.
        (!words.is_empty() && !words.contains(MASK)).then_some(words)
    }

    /// What is withheld in one text.
    fn spans(&self, original: &str) -> Vec<(usize, usize)> {
        let own = self.redactions.iter().filter(|redaction| redaction.original == original);
        own.map(|redaction| (redaction.start, redaction.end)).collect()
    }
}

/// Words that are not written by accident.
#[derive(Clone, Default)]
struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// What is to be withheld.
#[derive(Clone, Debug)]
pub struct Withhold {
    /// The document.
    pub document: Id,
    /// The layer, by its language.
    pub lang: Lang,
    /// The first code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// Why, in words that can be read by all.
    pub reason: String,
    /// Who: the path of an agent.
    pub by: String,
}

/// What was withheld, and where the same words can still be read.
#[derive(Clone, Debug)]
pub struct Redacted {
    /// What was withheld.
    pub redaction: Redaction,
    /// The digest of the layer as it stands now.
    pub digest: String,
    /// What still says the words in public, each as a thing and a property.
    pub still: Vec<(String, String)>,
}

impl Archive {
    /// Keeps what is known of people who could be harmed by it, in place of what was kept of the document before.
    pub async fn keep_sensitive(&self, document: &Id, sensitive: &Sensitive) -> Result<(), Error> {
        let (graph, quads) = describe::sensitive(&self.ontology, document, sensitive);
        self.keep_apart(&graph, &quads).await
    }

    /// What is kept of people who could be harmed by it.
    pub async fn sensitive(&self, document: &Id) -> Result<Sensitive, Error> {
        let iris = self.store.iris();
        let graph = iris.sensitive_graph(document);
        let rows = self.private.select(&format!("SELECT ?p ?o {{ GRAPH {graph} {{ ?s ?p ?o }} }} ORDER BY ?o")).await?;
        let of = |local: &str| {
            let property = iris.term(local);
            rows.iter().filter(|row| row.iri("p") == Some(property.as_str())).filter_map(|row| row.text("o")).collect()
        };
        Ok(Sensitive { witness: of(isn::WITNESS), contact: of(isn::CONTACT) })
    }

    /// Gives a file to nobody from now on.
    pub async fn withhold_original(&self, original: &str) -> Result<(), Error> {
        let iris = self.store.iris();
        let (graph, file) = (iris.graph("withheld"), iris.path(&format!("original/{original}")));
        let text = format!("INSERT DATA {{ GRAPH {graph} {{ {file} {} true }} }}", iris.term(isn::WITHHELD));
        self.private.change(Update::new(text, self.private.limits().deadline)).await
    }

    /// Whether a file is kept and given to nobody. Whoever hands out originals asks this first.
    pub async fn is_withheld(&self, original: &Digest) -> Result<bool, Error> {
        let iris = self.store.iris();
        let (graph, file) = (iris.graph("withheld"), iris.path(&format!("original/{original}")));
        let query = format!("SELECT ?is {{ GRAPH {graph} {{ {file} {} ?is }} }}", iris.term(isn::WITHHELD));
        Ok(!self.private.select(&query).await?.is_empty())
    }

    /// Makes words of a text unreadable.
    pub async fn redact(&self, wanted: &Withhold) -> Result<Redacted, Error> {
        let _turn = self.turn.lock().await;
        let Withhold { document, lang, start, end, .. } = wanted;
        let refuse = |detail: String| Err(Error::Refused(detail));
        let read = linking::read(&self.store, std::slice::from_ref(document)).await?;
        let Some(mut linked) = read.into_iter().next() else {
            return refuse(format!("there is no document {document} with a graph of its own"));
        };
        let Some(layer) = linked.document.layers.iter_mut().find(|layer| layer.lang == *lang) else {
            return refuse(format!("{document} has no text in {lang}"));
        };
        let letters = layer.text.chars().count();
        if start >= end || *end > letters {
            return refuse(format!("{start} to {end} is not a part of the text, which has {letters} code points"));
        }
        let words: String = layer.text.chars().skip(*start).take(end - start).collect();
        let mut kept = self.withheld_in(document);
        let original = kept.whole(layer).unwrap_or_else(|| {
            let digest = Digest::of(layer.text.as_bytes()).to_string();
            kept.texts.insert(digest.clone(), Secret(layer.text.clone()));
            digest
        });
        let redaction = Redaction {
            lang: lang.clone(),
            start: *start,
            end: *end,
            original,
            reason: wanted.reason.clone(),
            by: wanted.by.clone(),
            at: Timestamp::now(),
        };
        kept.redactions.retain(|other| (other.part(), &other.original) != (redaction.part(), &redaction.original));
        kept.redactions.push(redaction.clone());
        kept.redactions.sort();
        layer.text = masked(&layer.text, [(*start, *end)]);
        let text = layer.text.clone();
        // First what is withheld is kept, then it is taken from what all can read.
        self.keep_withheld(document, &kept).await?;
        self.withhold_original(&linked.original).await?;
        let graph = self.store.iris().document_graph(document);
        let quads = self.with_layer(&graph, document, &text, &redaction).await?;
        let mut changes = vec![self.restated(&linked, graph, quads).await?];
        changes.extend(self.reviews_without(document, &redaction).await?);
        self.store.commit(changes).await?;
        self.learn_decisions(BTreeSet::new()).await?;
        self.refresh_views().await;
        let still = self.still_said(document, &words).await?;
        Ok(Redacted { redaction, digest: Digest::of(text.as_bytes()).to_string(), still })
    }

    /// The graph of a document with another text in one of its layers.
    async fn with_layer(
        &self,
        graph: &NamedNode,
        document: &Id,
        text: &str,
        redaction: &Redaction,
    ) -> Result<Vec<Quad>, Error> {
        let lang = &redaction.lang;
        let iris = self.store.iris();
        let layer: NamedOrBlankNode = iris.id(&document.part(&format!("text-{lang}"))).into();
        let mut quads = self.quads_of(graph).await?;
        let said = describe::redacted(&self.ontology, document, redaction);
        let sha256 = iris.term(isn::SHA256);
        quads.retain(|quad| !said.contains(quad));
        for quad in quads.iter_mut().filter(|quad| quad.subject == layer) {
            if quad.predicate == rdf::VALUE {
                quad.object = Literal::new_language_tagged_literal_unchecked(text, lang.as_str()).into();
            } else if quad.predicate == sha256 {
                quad.object = Literal::new_simple_literal(Digest::of(text.as_bytes()).to_string()).into();
            }
        }
        quads.extend(said);
        Ok(quads)
    }

    pub(super) async fn quads_of(&self, graph: &NamedNode) -> Result<Vec<Quad>, Error> {
        let query = format!("CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {graph} {{ ?s ?p ?o }} }}");
        let quads = self.store.construct(&query).await?.into_iter();
        Ok(quads.map(|quad| Quad { graph_name: graph.clone().into(), ..quad }).collect())
    }

    /// A document whose text has changed here, with its mentions as they are found now, in one change.
    async fn restated(&self, linked: &Linked, graph: NamedNode, quads: Vec<Quad>) -> Result<Change, Error> {
        let (dictionary, iris) = (self.dictionary().await?, self.store.iris());
        let found = document::mentions(&dictionary, &linked.document);
        let mentions = describe::mentions(&self.ontology, &linked.document, &found);
        let broken = |error: rules::Broken| Error::Refused(error.to_string());
        rules::mentions_quote_their_text(&self.ontology, &quads, &mentions).map_err(broken)?;
        let run = iris.mention_graph(&linked.document.id, describe::RUN);
        let digest = canonicalize(&quads).map_err(Error::internal)?.digest;
        let mut provenance = Vec::new();
        let mentioned = canonicalize(&mentions).map_err(Error::internal)?.digest;
        let version = dictionary.version().to_owned();
        for (graph, digest, dictionary) in [(&graph, digest.clone(), None), (&run, mentioned, Some(version))] {
            let (original, licence) = (linked.original.clone(), linked.licence.clone());
            let about = describe::Provenance { original, digest, at: Timestamp::now(), licence, dictionary };
            provenance.extend(describe::provenance(&self.ontology, graph, &about));
        }
        let (companions, agent) = (vec![(run, mentions)], actor::at_work(iris));
        Ok(Change { graph, quads, digest, companions, provenance, agent, force: true, forget: true })
    }

    /// What people have said of a document without what they said of words that are withheld, where they said any.
    async fn reviews_without(&self, document: &Id, redaction: &Redaction) -> Result<Option<Change>, Error> {
        let iris = self.store.iris();
        let graph = iris.review_graph(document);
        let mut quads = self.quads_of(&graph).await?;
        let assesses = iris.term(isn::ASSESSES);
        let gone: BTreeSet<String> = quads
            .iter()
            .filter(|quad| quad.predicate == assesses)
            .filter(|quad| iris.parse_id(&literal_value(&quad.object)).is_some_and(|id| overlaps(&id, redaction)))
            .map(|quad| quad.subject.to_string())
            .collect();
        if gone.is_empty() {
            return Ok(None);
        }
        quads.retain(|quad| !gone.contains(&quad.subject.to_string()));
        let digest = canonicalize(&quads).map_err(Error::internal)?.digest;
        let query = format!("SELECT ?p ?o {{ GRAPH {} {{ {graph} ?p ?o }} }}", iris.graph("prov"));
        let mut provenance = Vec::new();
        for row in self.store.select(&query).await? {
            let (Some(property), Some(value)) = (row.iri("p"), row.term("o")) else { continue };
            let is_digest = property == iris.term(isn::SHA256).as_str();
            let value = if is_digest { Literal::new_simple_literal(&digest).into() } else { value.clone() };
            // What was written last may have been just that.
            if let (true, Some(original)) = (property == dct::SOURCE.as_str(), literal_value(&value).rsplit('/').next())
            {
                self.withhold_original(original).await?;
            }
            provenance.push(Quad::new(graph.clone(), NamedNode::new_unchecked(property), value, iris.graph("prov")));
        }
        let (companions, agent) = (Vec::new(), actor::at_work(iris));
        Ok(Some(Change { graph, quads, digest, companions, provenance, agent, force: true, forget: true }))
    }

    /// What in the graphs of a document still says some words.
    async fn still_said(&self, document: &Id, words: &str) -> Result<Vec<(String, String)>, Error> {
        let iris = self.store.iris();
        let graphs = [
            iris.document_graph(document),
            iris.mention_graph(document, describe::RUN),
            iris.review_graph(document),
            iris.comment_graph(document),
        ];
        let mut still = BTreeSet::new();
        for graph in graphs {
            for quad in self.quads_of(&graph).await? {
                if matches!(&quad.object, Term::Literal(literal) if literal.value().contains(words)) {
                    let subject = literal_value(&Term::from(quad.subject));
                    let path = |iri: &str| iris.relative(iri).unwrap_or(iri).to_owned();
                    still.insert((path(&subject), path(quad.predicate.as_str())));
                }
            }
        }
        Ok(still.into_iter().collect())
    }

    async fn keep_withheld(&self, document: &Id, kept: &Withheld) -> Result<(), Error> {
        let graph = self.store.iris().withheld_graph(document);
        let texts = kept.texts.iter().map(|(digest, text)| (digest.as_str(), text.0.as_str()));
        let quads = describe::withheld(&self.ontology, document, &kept.redactions, texts);
        self.keep_apart(&graph, &quads).await?;
        let mut all = self.withheld.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(document.clone(), kept.clone());
        Ok(())
    }

    fn withheld_in(&self, document: &Id) -> Withheld {
        let all = self.withheld.read().unwrap_or_else(PoisonError::into_inner);
        all.get(document).cloned().unwrap_or_default()
    }

    /// Reads what is withheld, when the private store is opened.
    pub(super) async fn learn_withheld(&self) -> Result<(), Error> {
        let iris = self.store.iris();
        let query = format!(
            "SELECT ?redaction ?layer ?start ?end ?reason ?by ?at ?before ?text {{ GRAPH ?g {{ \
             ?redaction {redacts} ?layer ; {start} ?start ; {end} ?end ; {note} ?reason ; {by} ?by ; {at} ?at . \
             ?redaction {derived} ?before . ?before {value} ?text }} }}",
            redacts = iris.term(isn::REDACTS),
            start = oa::START,
            end = oa::END,
            note = skos::NOTE,
            by = prov::WAS_ATTRIBUTED_TO,
            at = prov::GENERATED_AT_TIME,
            derived = prov::WAS_DERIVED_FROM,
            value = rdf::VALUE,
        );
        let mut all: BTreeMap<Id, Withheld> = BTreeMap::new();
        for row in self.private.select(&query).await? {
            let path = |variable: &str| row.iri(variable).and_then(|iri| iris.relative(iri)).map(ToOwned::to_owned);
            let number = |variable: &str| row.number(variable).and_then(|number| usize::try_from(number).ok());
            let read = || {
                let document: Id = path("redaction")?.split('#').next()?.parse().ok()?;
                let redaction = Redaction {
                    lang: path("layer")?.rsplit_once("#text-")?.1.parse().ok()?,
                    start: number("start")?,
                    end: number("end")?,
                    original: path("before")?.strip_prefix("text/")?.to_owned(),
                    reason: row.text("reason")?,
                    by: path("by")?,
                    at: row.text("at")?.parse().ok()?,
                };
                Some((document, redaction, row.text("text")?))
            };
            if let Some((document, redaction, text)) = read() {
                let withheld = all.entry(document).or_default();
                withheld.texts.insert(redaction.original.clone(), Secret(text));
                withheld.redactions.push(redaction);
            }
        }
        for withheld in all.values_mut() {
            withheld.redactions.sort();
        }
        *self.withheld.write().unwrap_or_else(PoisonError::into_inner) = all;
        Ok(())
    }

    /// Withholds in a document that comes in what is withheld in it already: the same places where its text is the same,
    /// and the same words wherever they stand where it is another.
    pub(super) fn withhold_again(&self, document: &mut Document) {
        let withheld = self.withheld_in(&document.id);
        for layer in &mut document.layers {
            let digest = Digest::of(layer.text.as_bytes()).to_string();
            let own: Vec<&Redaction> =
                withheld.redactions.iter().filter(|redaction| redaction.lang == layer.lang).collect();
            let mut again: Vec<Redaction> = Vec::new();
            if own.iter().any(|redaction| redaction.original == digest) {
                again.extend(own.into_iter().filter(|redaction| redaction.original == digest).cloned());
            } else {
                for redaction in own {
                    let words = withheld.words(redaction).unwrap_or_default();
                    again.extend(places(&layer.text, &words).into_iter().map(|(start, end)| Redaction {
                        start,
                        end,
                        original: digest.clone(),
                        ..redaction.clone()
                    }));
                }
            }
            layer.text = masked(&layer.text, again.iter().map(|redaction| (redaction.start, redaction.end)));
            document.redactions.extend(again);
        }
    }
}

/// Whether a mention is of words that are withheld: `doc/x#m-en-10-25`.
fn overlaps(mention: &Id, redaction: &Redaction) -> bool {
    let part = mention.as_str().split_once('#').map_or("", |(_, part)| part);
    let Some((rest, end)) = part.rsplit_once('-') else { return false };
    let Some((rest, start)) = rest.rsplit_once('-') else { return false };
    let is_here = rest == format!("m-{}", redaction.lang);
    let (Ok(start), Ok(end)) = (start.parse::<usize>(), end.parse::<usize>()) else { return false };
    is_here && start < redaction.end && end > redaction.start
}
