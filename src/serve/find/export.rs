//! What was found, in the syntaxes that documents have: a table, or descriptions of the things.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use oxigraph::model::Quad;

use crate::{
    ask::{
        find::{
            Labelled,
            search::{Found, Hit},
        },
        resource,
    },
    model::Text,
    rdf::{GraphFormat, write},
    serve::{Service, negotiate, problem::Problem},
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
}

impl Format {
    /// By its name, else by the `Accept` header.
    pub(super) fn choose(name: Option<&str>, accept: Option<&str>) -> Result<Self, Problem> {
        let own = [("json", "application/json", Self::Json), ("csv", "text/csv", Self::Csv)];
        let graphs = GraphFormat::ALL.into_iter().map(|it| (it.extension(), it.media_type(), Self::Graph(it)));
        let all: Vec<(&str, &str, Self)> = own.into_iter().chain(graphs).collect();
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
            Self::Graph(_) => 200,
        }
    }
}

/// What was found, as a table or as descriptions.
pub(super) async fn export(service: &Service, found: &Found, format: Format) -> Result<Response, Problem> {
    let Format::Graph(format) = format else {
        let table = table(found).map_err(|error| Problem::internal(&error))?;
        return Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], table).into_response());
    };
    let mut quads: Vec<Quad> = Vec::new();
    for hit in &found.hits {
        let Some(id) = service.archive.store.iris().parse_id(&hit.id) else { continue };
        quads.extend(resource::find(&service.archive.store, &id).await?.into_iter().flat_map(|found| found.quads));
    }
    let iris = service.archive.store.iris();
    let bytes = write::quads(iris, &service.json_ld, format, &quads).map_err(|error| Problem::internal(&error))?;
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    Ok(response)
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
