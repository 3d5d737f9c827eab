//! A comment, as a web annotation: in public without whoever sent it, in the inbox with everything.

use oxigraph::model::{Literal, NamedNode, Quad};

use super::{Writer, provenance::time, tagged};
use crate::{
    model::{Comment, CommentKind},
    rdf::{
        Ontology,
        vocab::{dct, isn, oa, rdf, skos},
    },
};

/// Describes a published comment, in the graph of the comments on its document.
#[must_use]
pub fn comment(ontology: &Ontology, comment: &Comment) -> Vec<Quad> {
    said(ontology, comment, ontology.iris().comment_graph(&comment.id)).quads
}

/// Describes a comment with whoever sent it, in a graph of the inbox, which is never public.
#[must_use]
pub fn inbox(ontology: &Ontology, comment: &Comment) -> Vec<Quad> {
    let mut writer = said(ontology, comment, ontology.iris().inbox_graph(comment.key()));
    let node = writer.iris.id(&comment.id);
    if let Some(name) = &comment.sender.name {
        writer.add(&node, dct::CREATOR, Literal::new_simple_literal(name));
    }
    if let Some(contact) = &comment.sender.contact {
        writer.own(&node, isn::CONTACT, Literal::new_simple_literal(contact));
    }
    writer.own(&node, isn::MAY_BE_USED, Literal::from(comment.sender.consents));
    if let Some(reason) = &comment.reason {
        writer.add(&node, skos::NOTE, Literal::new_simple_literal(reason));
    }
    writer.quads
}

fn said<'a>(ontology: &'a Ontology, comment: &Comment, graph: NamedNode) -> Writer<'a> {
    let mut writer = Writer::new(ontology, graph);
    let node = writer.iris.id(&comment.id);
    let body = writer.iris.id(&comment.id.part(&format!("comment-{}-body", comment.key())));
    writer.class(&node, "Comment");
    writer.add(&node, rdf::TYPE, oa::ANNOTATION);
    writer.add(&node, oa::HAS_TARGET, writer.iris.id(&comment.about));
    writer.add(&node, oa::HAS_BODY, body.clone());
    writer.add(&body, rdf::TYPE, oa::TEXTUAL_BODY);
    writer.add(&body, rdf::VALUE, tagged(&comment.text, comment.lang.as_str()));
    let motive = if comment.kind == CommentKind::Correction { oa::EDITING } else { oa::COMMENTING };
    writer.add(&node, oa::MOTIVATED_BY, motive);
    writer.concept(&node, isn::COMMENT_KIND, "comment-kind", comment.kind.term());
    writer.concept(&node, isn::COMMENT_STATE, "comment-state", comment.state.term());
    writer.add(&node, dct::CREATED, time(comment.at));
    if let Some((by, at)) = &comment.moderated {
        writer.own(&node, isn::MODERATED_BY, writer.iris.path(by));
        writer.own(&node, isn::MODERATED_AT, time(*at));
    }
    if let Some(answer) = &comment.answer {
        writer.own(&node, isn::ANSWER, tagged(answer, super::decision::language(answer)));
    }
    if let Some(path) = &comment.led_to {
        writer.own(&node, isn::LED_TO, writer.iris.path(path));
    }
    if let Some(name) = &comment.credited {
        writer.own(&node, isn::CREDITED_TO, Literal::new_simple_literal(name));
    }
    writer
}
