//! The page of anything else: its statements as they stand, with the graph of each.

use std::collections::BTreeSet;

use askama::Template;
use oxigraph::model::{GraphName, Quad};

use super::{
    head::{Head, class, head},
    layout::{Page, Rendered},
    mentions,
    provenance::{self, Graph},
    reader::Reader,
    value::{Group, Item, Link, Phrase, kind_words},
};
use crate::{
    ask::resource::Resource,
    model::Kind,
    rdf::vocab::{dct, isn, rdfs, skos},
    serve::{Service, lang::PageLang},
    store::Error,
};

#[derive(Template)]
#[template(path = "statements.html")]
struct Statements {
    page: Page,
    head: Head,
    subjects: Vec<Subject>,
    incoming: Vec<Group>,
    sources: Vec<Item>,
    graphs: Vec<Graph>,
    /// When it stood so, where that is not now.
    stood: Option<String>,
}

/// What is said of a thing or of one of its parts.
#[derive(Clone, Debug)]
struct Subject {
    /// The part, or nothing for the thing itself.
    anchor: String,
    rows: Vec<Row>,
}

/// One statement.
#[derive(Clone, Debug)]
struct Row {
    predicate: Link,
    item: Item,
}

/// The page of a record, a collection or whatever else has an address.
pub(super) async fn page(service: &Service, resource: &Resource, lang: PageLang) -> Result<Rendered, Error> {
    let mut reader = reader(service, resource, lang).await?;
    let graphs = provenance::graphs(&mut reader, &resource.quads).await?;
    Ok(shown(&reader, resource, graphs, None))
}

/// The page of anything as it stood. Names are those of today; of the provenance only what is there.
pub async fn past(service: &Service, resource: &Resource, lang: PageLang, stood: String) -> Result<Rendered, Error> {
    let reader = reader(service, resource, lang).await?;
    Ok(shown(&reader, resource, Vec::new(), Some(stood)))
}

async fn reader<'a>(service: &'a Service, resource: &Resource, lang: PageLang) -> Result<Reader<'a>, Error> {
    let mut reader = Reader::new(service, lang, resource.quads.clone()).await?;
    reader.add(resource.incoming.clone()).await?;
    Ok(reader)
}

fn shown(reader: &Reader<'_>, resource: &Resource, graphs: Vec<Graph>, stood: Option<String>) -> Rendered {
    let (iri, lang) = (resource.iri.as_str(), reader.lang);
    let kind = match resource.id.kind() {
        Kind::Document => class(reader, iri, &[], "Record"),
        kind => Phrase::own(lang, kind_words(lang, kind)),
    };
    let name = [dct::TITLE.as_str(), rdfs::LABEL.as_str(), skos::PREF_LABEL.as_str()]
        .into_iter()
        .find(|name| !reader.objects(iri, name).is_empty())
        .unwrap_or_default();
    let (page, head) = head(reader, resource, kind, name);
    Rendered::of(
        reader,
        &Statements {
            page,
            head,
            subjects: subjects(reader, resource),
            incoming: mentions::incoming(reader, &resource.incoming, &resource.incoming_counts, &[isn::MENTIONS]),
            sources: reader.sources(iri),
            graphs,
            stood,
        },
    )
}

fn subjects(reader: &Reader<'_>, resource: &Resource) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = Vec::new();
    let mut seen: Vec<&Quad> = Vec::new();
    let graphs: BTreeSet<String> = resource.quads.iter().map(|quad| quad.graph_name.to_string()).collect();
    for quad in &resource.quads {
        let again = seen.iter().any(|known| {
            known.subject == quad.subject && known.predicate == quad.predicate && known.object == quad.object
        });
        if again {
            continue;
        }
        seen.push(quad);
        let subject = quad.subject.to_string();
        let anchor = subject.trim_matches(['<', '>']).split_once('#').map_or("", |(_, part)| part).to_owned();
        let given_in = match &quad.graph_name {
            GraphName::NamedNode(graph) if graphs.len() > 1 => reader.iris().relative(graph.as_str()).map(Phrase::key),
            _ => None,
        };
        let row = Row {
            predicate: reader.link(quad.predicate.as_str()),
            item: Item { given_in, ..reader.value(&quad.object).into() },
        };
        match subjects.iter_mut().find(|subject| subject.anchor == anchor) {
            Some(subject) => subject.rows.push(row),
            None => subjects.push(Subject { anchor, rows: vec![row] }),
        }
    }
    subjects.sort_by_key(|subject| !subject.anchor.is_empty());
    subjects
}
