//! The words of the archive by address: the ontology, the vocabularies and their terms.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use oxigraph::model::{NamedOrBlankNode, Quad};

use super::{
    Service,
    form::{Form, Syntax},
    head, internal,
    kept::{self, Key, Made, Outcome},
};
use crate::{
    export::profiles::Profile,
    rdf::{GraphFormat, write},
    serve::{lang::PageLang, pages, problem::Problem},
    views::touched::Seen,
};

/// `GET /ontology`: the classes and properties, with their alignments.
pub(in crate::serve) async fn ontology(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    whole(&service, &headers, query.as_deref(), None).await
}

/// `GET /ontology.ttl` and its like.
pub(in crate::serve) async fn ontology_file(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    match Syntax::by_extension(&name) {
        ("ontology", extension @ Some(Syntax::Page | Syntax::Graph(_))) => {
            whole(&service, &headers, query.as_deref(), extension).await
        }
        _ => Err(Problem::not_found(format!("there is nothing at /{name}"))),
    }
}

async fn whole(
    service: &Service,
    headers: &HeaderMap,
    query: Option<&str>,
    extension: Option<Syntax>,
) -> Result<Response, Problem> {
    let page = |lang| pages::ontology(service, lang);
    let quads = || service.archive.ontology.graphs()["ontology"].clone();
    answer(service, "ontology", headers, query, extension, page, quads).await
}

/// `GET /vocab/{scheme}`: a vocabulary with its terms.
pub(in crate::serve) async fn scheme(
    State(service): State<Arc<Service>>,
    Path(scheme): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (scheme, extension) = Syntax::by_extension(&scheme);
    let path = format!("vocab/{scheme}");
    let fits = |subject: &str| subject == path || subject.strip_prefix(&path).is_some_and(|rest| rest.starts_with('/'));
    let quads = vocabulary(&service, fits);
    if quads.is_empty() {
        return Err(Problem::not_found(format!("there is no vocabulary at /{path}")));
    }
    let page = |lang| pages::scheme(&service, scheme, lang);
    answer(&service, &path, &headers, query.as_deref(), extension, page, || quads).await
}

/// `GET /vocab/{scheme}/{term}`: a term of a vocabulary.
pub(in crate::serve) async fn concept(
    State(service): State<Arc<Service>>,
    Path((scheme, term)): Path<(String, String)>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (term, extension) = Syntax::by_extension(&term);
    let path = format!("vocab/{scheme}/{term}");
    let quads = vocabulary(&service, |subject| subject == path);
    if quads.is_empty() {
        return Err(Problem::not_found(format!("there is no term at /{path}")));
    }
    let page = |lang| pages::concept(&service, &scheme, term, lang);
    answer(&service, &path, &headers, query.as_deref(), extension, page, || quads).await
}

/// The statements of the vocabularies whose subject's path fits.
fn vocabulary(service: &Service, fits: impl Fn(&str) -> bool) -> Vec<Quad> {
    let ontology = &service.archive.ontology;
    let subject = |quad: &Quad| match &quad.subject {
        NamedOrBlankNode::NamedNode(iri) => ontology.iris().relative(iri.as_str()).map(ToOwned::to_owned),
        NamedOrBlankNode::BlankNode(_) => None,
    };
    ontology.graphs()["vocab"].iter().filter(|quad| subject(quad).is_some_and(|path| fits(&path))).cloned().collect()
}

/// Terms as a page or as data. They come with the program, and change when the graph that they are kept in does.
async fn answer(
    service: &Service,
    path: &str,
    headers: &HeaderMap,
    query: Option<&str>,
    extension: Option<Syntax>,
    page: impl FnOnce(PageLang) -> String,
    quads: impl FnOnce() -> Vec<Quad>,
) -> Result<Response, Problem> {
    let lang = super::lang_of(headers, query);
    let ontology = &service.archive.ontology;
    let (form, lang) = match Syntax::of_term(extension, headers)? {
        Syntax::Page => (Form::Page, lang),
        Syntax::Graph(format) => (Form::Graph(format, Profile::Isnad), PageLang::En),
        Syntax::Citation(_) => return Err(Problem::not_found(format!("there is nothing to cite at /{path}"))),
    };
    let make = async {
        let (media_type, body) = match form {
            Form::Graph(format, _) => {
                let body = write::quads(ontology.iris(), &service.json_ld, format, &quads());
                (format.media_type(), body.map_err(internal)?)
            }
            Form::Page | Form::Citation(_) => ("text/html; charset=utf-8", page(lang).into_bytes()),
        };
        let mut seen = Seen::default();
        seen.said_of_all(&["ontology", "vocab"].map(|name| ontology.iris().graph(name)));
        let alternates = std::iter::once(("text/html", "html"))
            .chain(GraphFormat::ALL.into_iter().map(|format| (format.media_type(), format.extension())))
            .map(|(media_type, extension)| format!("</{path}.{extension}>; rel=\"alternate\"; type=\"{media_type}\""));
        Ok(Outcome::Made(Made { body, headers: head(media_type, alternates), seen, is_current: true }))
    };
    let key = Key { path: path.to_owned(), form, lang, page: 1 };
    kept::answer(service, key, headers, make).await
}
