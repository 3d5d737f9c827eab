//! Linking a text that somebody sends, or one that is stored. Nothing is kept of it, so no token is needed.

mod asked;

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use oxigraph::model::NamedNode;

use self::asked::{Asked, Body};
use super::{
    Service, negotiate,
    parameters::{media_type, text, unsupported},
    problem::Problem,
};
use crate::{
    ask::stored::{self, Stored},
    export::links::{self, Format, Linked, Setting, nif, spots::spots},
    link::{Context, Dictionary, detect, incidents, link},
    model::Lang,
};

/// A longer text is linked beside the threads that answer requests.
const SHORT: usize = 64 << 10;

/// The largest text that is linked in one call.
const LONGEST: usize = 4 << 20;

const ACCEPTED: [&str; 4] = ["text/plain", "application/json", "application/x-turtle", "text/turtle"];

/// One text on its way: its IRI, its language, and the spans that alone are to be linked.
struct Text {
    about: NamedNode,
    words: String,
    lang: Option<Lang>,
    spans: Vec<(usize, usize)>,
}

/// `POST /api/link`
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    let given = media_type(&headers);
    let kind = match given.as_deref() {
        Some("text/plain") => Body::Plain,
        Some("application/json") => Body::Json,
        Some("application/x-turtle" | "text/turtle") => Body::Nif,
        other => return Err(unsupported(other, &ACCEPTED)),
    };
    if body.len() > LONGEST {
        let detail = format!("the body has {} bytes; at most {LONGEST} are linked in one call", body.len());
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        return Err(Problem::new(status, "too-large", "The text is too long", detail).at("limit", LONGEST));
    }
    let words = text(&headers, &body)?;
    let mut asked = Asked::read(kind, query.as_deref().unwrap_or_default(), words)?;
    let format = format(&asked, &headers)?;
    let dictionary = service.archive.dictionary().await?;
    let (texts, known) = texts(&service, &mut asked, kind, words).await?;
    let graphs = graphs(&service, &asked.graphs).await?;
    let asked = Arc::new(asked);
    let size: usize = texts.iter().map(|text| text.words.len()).sum();
    let work = {
        let (asked, dictionary) = (Arc::clone(&asked), Arc::clone(&dictionary));
        move || texts.into_iter().map(|text| found(&dictionary, &asked, &known, text)).collect::<Vec<_>>()
    };
    let mut linked = if size > SHORT {
        tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))?
    } else {
        work()
    };
    keep(&service, &asked, format, &graphs, &dictionary, &mut linked).await?;
    let archive = &service.archive;
    let things = links::things(&linked);
    let labels = match format {
        Format::Json | Format::Csv => {
            archive.labels.of(&archive.store, &archive.ontology, dictionary.version(), &things).await?
        }
        Format::Annotations | Format::Nif | Format::NifTriples => BTreeMap::new(),
    };
    let setting =
        Setting { iris: archive.store.iris(), dictionary: dictionary.version(), labels: &labels, unit: asked.unit };
    let media_type = match (format, given.as_deref()) {
        // Whoever calls Turtle by its old name is answered by it.
        (Format::Nif, Some("application/x-turtle")) => "application/x-turtle",
        _ => format.media_type(),
    };
    let charset = if format == Format::Csv { "; charset=utf-8; header=present" } else { "; charset=utf-8" };
    let headers = [
        (header::CONTENT_TYPE, format!("{media_type}{charset}")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::VARY, "Accept".to_owned()),
    ];
    Ok((headers, links::write(&setting, &linked, format)).into_response())
}

/// The syntax of the answer: what is named, else what is accepted, else what came in.
fn format(asked: &Asked, headers: &HeaderMap) -> Result<Format, Problem> {
    if let Some(format) = asked.format {
        return Ok(format);
    }
    let mut accept = negotiate::accept(headers).map(|accept| accept.replace("application/x-turtle", "text/turtle"));
    if asked.is_nif && accept.as_deref().is_none_or(|accept| accept.trim() == "*/*") {
        accept = Some(Format::Nif.media_type().to_owned());
    }
    let offered = Format::ALL.map(Format::media_type);
    negotiate::choose(accept.as_deref(), &offered)
        .map(|at| Format::ALL[at])
        .ok_or_else(|| Problem::not_acceptable("links are not written in what is accepted", offered.to_vec()))
}

/// The graphs that are named, by IRI or by the path under the base; each must be there.
async fn graphs(service: &Service, names: &[String]) -> Result<Vec<NamedNode>, Problem> {
    let store = &service.archive.store;
    let mut graphs = Vec::new();
    for name in names {
        let iri = if name.contains(':') { name.clone() } else { format!("{}{name}", store.iris().base()) };
        let graph = NamedNode::new(iri).ok();
        match graph {
            Some(graph) if stored::has_graph(store, &graph).await? => graphs.push(graph),
            _ => {
                let detail = format!("there is no graph `{name}`: expected one such as graph/authority/places");
                return Err(Problem::bad_request(detail).at("parameter", "graphs"));
            }
        }
    }
    Ok(graphs)
}

/// The texts that are to be linked, and what is known of the document they belong to.
async fn texts(service: &Service, asked: &mut Asked, kind: Body, words: &str) -> Result<(Vec<Text>, Stored), Problem> {
    if kind == Body::Nif {
        let contexts = nif::read(words, asked.unit)
            .map_err(|error| Problem::bad_request(error.to_string()).at("at", error.at.clone()))?;
        let texts = contexts.into_iter().map(|one| Text {
            about: one.about,
            words: one.text,
            lang: asked.lang.clone(),
            spans: one.spans,
        });
        return Ok((texts.collect(), Stored::default()));
    }
    if let Some(id) = &asked.document {
        let missing = || Problem::not_found(format!("there is no document {id}")).at("parameter", "document");
        let mut stored = stored::document(&service.archive.store, id).await?.ok_or_else(missing)?;
        let texts: Vec<Text> = std::mem::take(&mut stored.texts)
            .into_iter()
            .map(|(about, lang, words)| Text { about, words, lang: Some(lang), spans: Vec::new() })
            .collect();
        if texts.is_empty() {
            return Err(Problem::bad_request(format!("{id} has no text")).at("parameter", "document"));
        }
        return Ok((texts, stored));
    }
    let text = asked.text.take().unwrap_or_else(|| words.to_owned());
    if text.trim().is_empty() {
        return Err(Problem::bad_request("the text is empty: expected words to link").at("parameter", "text"));
    }
    let text = Text { about: links::nameless(&text), words: text, lang: asked.lang.clone(), spans: Vec::new() };
    Ok((vec![text], Stored::default()))
}

/// Finds what one text names.
fn found(dictionary: &Dictionary, asked: &Asked, known: &Stored, text: Text) -> Linked {
    let Text { about, words: text, lang, spans } = text;
    let lang = lang.unwrap_or_else(|| detect(&text));
    let or = |given: &'_ [_], stored: &'_ [_]| if given.is_empty() { stored.to_vec() } else { given.to_vec() };
    let (area, issuer) = (or(&asked.area, &known.area), or(&asked.issuer, &known.issuer));
    let context = Context {
        document: asked.document.as_ref(),
        area: &area,
        issued: asked.issued.as_ref().or(known.issued.as_ref()),
        issuer: &issuer,
    };
    let mentions = if spans.is_empty() {
        link(dictionary, &text, &lang, &context)
    } else {
        spots(dictionary, &text, &lang, &context, &spans)
    };
    Linked { about, lang, mentions, incidents: None, text }
}

/// Leaves out what was not asked for, then proposes incidents from what stays.
async fn keep(
    service: &Service,
    asked: &Asked,
    format: Format,
    graphs: &[NamedNode],
    dictionary: &Dictionary,
    texts: &mut [Linked],
) -> Result<(), Problem> {
    let described = if graphs.is_empty() {
        None
    } else {
        Some(stored::described(&service.archive.store, &links::things(texts), graphs).await?)
    };
    let wanted = asked.wanted(format);
    for linked in texts {
        wanted.keep(&mut linked.mentions, described.as_ref());
        if asked.incidents {
            linked.incidents = Some(incidents(dictionary, &linked.text, &linked.mentions));
        }
    }
    Ok(())
}
