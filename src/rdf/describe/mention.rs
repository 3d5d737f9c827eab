//! The mentions that a run of the linker found in a document, each with its evidence.

use std::collections::BTreeSet;

use oxigraph::model::{Literal, NamedNode, Quad, vocab::xsd};

use super::{Writer, provenance::time};
use crate::{
    model::{Document, Mention, Target, TextLayer, Verdict},
    rdf::{
        Ontology,
        vocab::{isn, oa, prov, rdf},
    },
};

/// The name of the run in the IRIs of graphs: the method and its version.
pub const RUN: &str = "dictionary-2";

/// How many code points before and after a mention are kept with it, so that it can be found again.
const AROUND: usize = 32;

/// Describes the mentions of a document, layer by layer, in the graph of the run.
#[must_use]
pub fn mentions(ontology: &Ontology, document: &Document, found: &[(usize, Vec<Mention>)]) -> Vec<Quad> {
    let graph = ontology.iris().mention_graph(&document.id, RUN);
    let mut writer = Writer::new(ontology, graph.clone());
    let node = writer.iris.id(&document.id);
    let mut entities = BTreeSet::new();
    for (layer, mentions) in found {
        let Some(layer) = document.layers.get(*layer) else { continue };
        let letters: Vec<char> = layer.text.chars().collect();
        for mention in mentions {
            if let Target::Entity(entity) = &mention.target {
                entities.insert(entity.clone());
            }
            annotate(&mut writer, &graph, document, layer, &letters, mention);
        }
    }
    writer.things(&node, isn::MENTIONS, &entities.into_iter().collect::<Vec<_>>());
    writer.quads
}

fn annotate(
    writer: &mut Writer<'_>,
    run: &NamedNode,
    document: &Document,
    layer: &TextLayer,
    letters: &[char],
    mention: &Mention,
) {
    let name = Mention::part(&layer.lang, mention.start, mention.end);
    let node = writer.iris.id(&document.id.part(&name));
    writer.class(&node, "Mention");
    writer.add(&node, rdf::TYPE, oa::ANNOTATION);
    writer.own(&node, isn::IN_TEXT, writer.iris.id(&document.id.part(&format!("text-{}", layer.lang))));
    writer.own(&node, isn::IN_DOCUMENT, writer.iris.id(&document.id));
    writer.add(&node, oa::START, offset(mention.start));
    writer.add(&node, oa::END, offset(mention.end));
    writer.add(&node, oa::EXACT, Literal::new_simple_literal(&mention.exact));
    let before = letters[mention.start.saturating_sub(AROUND)..mention.start].iter().collect::<String>();
    let after = letters[mention.end..letters.len().min(mention.end + AROUND)].iter().collect::<String>();
    writer.add(&node, oa::PREFIX, Literal::new_simple_literal(before));
    writer.add(&node, oa::SUFFIX, Literal::new_simple_literal(after));
    match &mention.target {
        Target::Entity(entity) => writer.add(&node, oa::HAS_BODY, writer.iris.id(entity)),
        Target::Date(date) => writer.own(&node, isn::DATE, Literal::new_simple_literal(date.as_str())),
        Target::Nil => writer.own(&node, isn::NIL, Literal::from(true)),
    }
    writer.concept(&node, isn::MENTION_KIND, "mention-kind", mention.kind.term());
    writer.concept(&node, isn::RULE, "rule", mention.rule.term());
    writer.own(&node, isn::CONFIDENCE, confidence(mention.confidence));
    if let Some(second) = &mention.runner_up {
        writer.own(&node, isn::CANDIDATE, writer.iris.id(&second.entity));
        writer.own(&node, isn::CANDIDATE_CONFIDENCE, confidence(second.confidence));
    }
    if let Some(features) = &mention.features {
        writer.concept(&node, isn::KEY, "key", features.key.term());
        writer.own(&node, isn::NAME_GOODNESS, confidence(features.name));
        writer.own(&node, isn::CONTEXT_FIT, confidence(features.fit));
        writer.own(&node, isn::SHARE_OF_READINGS, confidence(features.share));
        writer.own(&node, isn::LEVEL_TOLD, Literal::from(features.level));
    }
    let state = mention.review.as_ref().map_or(Verdict::Proposed, |review| review.state);
    writer.concept(&node, isn::REVIEW_STATE, "review-state", state.term());
    if let Some(review) = &mention.review {
        writer.add(&node, prov::WAS_ATTRIBUTED_TO, writer.iris.path(&review.by));
        writer.add(&node, prov::GENERATED_AT_TIME, time(review.at));
    }
    writer.add(&node, prov::WAS_GENERATED_BY, run.clone());
}

/// A number of code points.
fn offset(count: usize) -> Literal {
    Literal::new_typed_literal(count.to_string(), xsd::INTEGER)
}

/// A probability to three places, without the zeros that an engine would drop.
#[must_use]
pub fn confidence(value: f64) -> Literal {
    let text = format!("{value:.3}");
    let short = text.trim_end_matches('0');
    let short = if short.ends_with('.') { format!("{short}0") } else { short.to_owned() };
    Literal::new_typed_literal(short, xsd::DECIMAL)
}
