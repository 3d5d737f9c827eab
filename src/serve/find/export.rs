//! What was found, in the syntaxes that documents have: a table, descriptions of the things, or references to them.

use std::collections::BTreeSet;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use oxigraph::model::{NamedNode, Quad, Term};

use crate::{
    ask::{
        find::{
            Labelled,
            search::{Found, Hit},
        },
        names, resource,
    },
    export::cite,
    model::{Id, Text},
    rdf::{GraphFormat, write},
    serve::{Service, lang::PageLang, negotiate, problem::Problem},
};

/// A syntax of what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// The answer whole.
    Json,
    /// A row for each hit.
    Csv,
    /// The description of each hit.
    Graph(GraphFormat),
    /// A reference to each hit.
    Citation(cite::Format),
}

impl Format {
    /// By its name, else by the `Accept` header.
    pub(super) fn choose(name: Option<&str>, accept: Option<&str>) -> Result<Self, Problem> {
        let own = [("json", "application/json", Self::Json), ("csv", "text/csv", Self::Csv)];
        let graphs = GraphFormat::ALL.into_iter().map(|it| (it.extension(), it.media_type(), Self::Graph(it)));
        let citations = cite::Format::ALL.into_iter().map(|it| (it.key(), it.media_type(), Self::Citation(it)));
        let all: Vec<(&str, &str, Self)> = own.into_iter().chain(graphs).chain(citations).collect();
        let offered: Vec<&'static str> = all.iter().map(|(_, media_type, _)| *media_type).collect();
        match name {
            Some(name) => all.iter().find(|(extension, media_type, _)| *extension == name || *media_type == name),
            None => negotiate::choose(accept, &offered).map(|index| &all[index]),
        }
        .map(|(_, _, format)| *format)
        .ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|(extension, _, _)| *extension).collect();
            let detail = format!("what was found can be had as {}", names.join(", "));
            Problem::not_acceptable(detail, offered).at("parameter", "format")
        })
    }

    /// Of how many things at most.
    pub(super) const fn most(self) -> usize {
        match self {
            Self::Json | Self::Csv => 1000,
            // Each description is asked for and may hold a whole text.
            Self::Graph(_) | Self::Citation(_) => 200,
        }
    }
}

/// What was found, as a table, as descriptions or as references in a language.
pub(super) async fn export(
    service: &Service,
    found: &Found,
    format: Format,
    lang: PageLang,
) -> Result<Response, Problem> {
    let format = match format {
        Format::Json | Format::Csv => {
            let table = table(found).map_err(|error| Problem::internal(&error))?;
            return Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], table).into_response());
        }
        Format::Citation(format) => return references(service, found, format, lang).await,
        Format::Graph(format) => format,
    };
    let quads: Vec<Quad> = descriptions(service, found).await?.into_iter().flat_map(|(_, quads)| quads).collect();
    let iris = service.archive.store.iris();
    let bytes = write::quads(iris, &service.json_ld, format, &quads).map_err(|error| Problem::internal(&error))?;
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    Ok(response)
}

/// What is said of each hit.
async fn descriptions(service: &Service, found: &Found) -> Result<Vec<(Id, Vec<Quad>)>, Problem> {
    let mut descriptions = Vec::new();
    for hit in &found.hits {
        let Some(id) = service.archive.store.iris().parse_id(&hit.id) else { continue };
        if let Some(quads) = resource::described(&service.archive.store, &id).await? {
            descriptions.push((id, quads));
        }
    }
    Ok(descriptions)
}

async fn references(
    service: &Service,
    found: &Found,
    format: cite::Format,
    lang: PageLang,
) -> Result<Response, Problem> {
    let (store, ontology) = (&service.archive.store, &service.archive.ontology);
    let mut references = Vec::new();
    for (id, quads) in descriptions(service, found).await? {
        let things: BTreeSet<NamedNode> = quads
            .iter()
            .filter(|quad| quad.subject == store.iris().id(&id).into())
            .filter_map(|quad| if let Term::NamedNode(iri) = &quad.object { Some(iri.clone()) } else { None })
            .collect();
        let labels = names::labels(store, ontology, &things).await?;
        let known = cite::Known { iris: store.iris(), quads: &quads, labels: &labels };
        references.push(cite::Reference::of(known, &id, &lang.lang()));
    }
    let name = format!("attachment; filename=\"isnad.{}\"", format.extension());
    let head = [(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((head, format.write(&references)).into_response())
}

fn table(found: &Found) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "id",
        "kind",
        "type",
        "label_en",
        "label_ar",
        "date",
        "from",
        "to",
        "issuer",
        "speaker",
        "stance",
        "document",
        "languages",
        "score",
        "snippet",
    ])?;
    for hit in &found.hits {
        writer.write_record(row(hit))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn row(hit: &Hit) -> [String; 15] {
    let label = |label: &Text, wanted: &str| {
        label.iter().find(|(lang, _)| lang.as_str() == wanted).map(|(_, words)| words.clone()).unwrap_or_default()
    };
    let ids = |things: &[Labelled]| things.iter().map(|it| it.id.as_str()).collect::<Vec<_>>().join(" ");
    let day = |at: usize| hit.days.as_ref().map(|days| days[at].clone()).unwrap_or_default();
    [
        hit.id.clone(),
        hit.kind.to_owned(),
        ids(&hit.types),
        label(&hit.label, "en"),
        label(&hit.label, "ar"),
        hit.date.clone().unwrap_or_default(),
        day(0),
        day(1),
        ids(&hit.issuer),
        ids(&hit.speaker),
        ids(hit.stance.as_slice()),
        ids(hit.document.as_slice()),
        hit.languages.join(" "),
        hit.score.map(|score| format!("{score:.4}")).unwrap_or_default(),
        hit.snippet.as_ref().map(|snippet| snippet.marked.clone()).unwrap_or_default(),
    ]
}
