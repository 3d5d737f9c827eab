//! How a piece of the graph is answered: in which syntax, and under which name it is saved.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::{Service, negotiate, parameters::set_once, problem::Problem, sparql::attachment};
use crate::{
    ask::Piece,
    export::graph::{self, Syntax, Table},
};

/// What a client wants of an answer, whatever it asks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    syntax: Syntax,
    download: Option<String>,
}

impl Form {
    /// Takes the parameters that are about the form out of those of a request. The extension decides on the syntax,
    /// then `format=`, then the `Accept` header.
    pub(super) fn take(
        parameters: &mut Vec<(String, String)>,
        headers: &HeaderMap,
        extension: Option<&str>,
    ) -> Result<Self, Problem> {
        let (mut format, mut table, mut download) = (None, None, None);
        let mut others = Vec::new();
        for (name, value) in parameters.drain(..) {
            match name.as_str() {
                "format" => set_once(&mut format, &name, value.to_ascii_lowercase())?,
                "table" => set_once(&mut table, &name, value)?,
                "download" => set_once(&mut download, &name, value)?,
                _ => others.push((name, value)),
            }
        }
        *parameters = others;
        let syntax = match (extension, format) {
            (Some(extension), None) => Syntax::from_extension(extension)
                .ok_or_else(|| not_acceptable().at("parameter", "extension").at("given", extension))?,
            (None, Some(name)) => {
                Syntax::from_name(&name).ok_or_else(|| not_acceptable().at("parameter", "format").at("given", name))?
            }
            (None, None) => {
                let offered = Syntax::ALL.map(Syntax::media_type);
                let chosen = negotiate::choose(negotiate::accept(headers).as_deref(), &offered);
                chosen.map(|index| Syntax::ALL[index]).ok_or_else(not_acceptable)?
            }
            (Some(extension), Some(_)) => {
                let detail = format!("the address names the format already (.{extension}); leave `format` out");
                return Err(Problem::bad_request(detail).at("parameter", "format"));
            }
        };
        Ok(Self { syntax: with_table(syntax, table.as_deref())?, download })
    }
}

fn with_table(syntax: Syntax, table: Option<&str>) -> Result<Syntax, Problem> {
    let Some(name) = table else { return Ok(syntax) };
    match (syntax, Table::from_name(name)) {
        (Syntax::Csv(_), Some(table)) => Ok(Syntax::Csv(table)),
        (Syntax::Csv(_), None) => Err(Problem::bad_request(format!("`{name}` is not a table: expected nodes, edges"))),
        _ => Err(Problem::bad_request("`table` is for format=csv alone; every other format holds nodes and edges")),
    }
    .map_err(|problem| problem.at("parameter", "table"))
}

fn not_acceptable() -> Problem {
    let names = Syntax::ALL.map(|syntax| format!("{} ({})", syntax.extension(), syntax.media_type()));
    let available = Syntax::ALL.map(Syntax::media_type).to_vec();
    Problem::not_acceptable(format!("the answer can be had as {}", names.join(", ")), available)
}

/// The answer.
pub(super) fn answer(service: &Service, form: &Form, piece: &Piece) -> Result<Response, Problem> {
    let body = graph::write(piece, form.syntax, &service.archive.ontology, &service.json_ld)
        .map_err(|error| Problem::internal(&error))?;
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.syntax.media_type()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    if form.syntax == Syntax::NodeLink {
        let schema = "</api/graph/schema.json>; rel=\"describedby\"; type=\"application/schema+json\"";
        headers.insert(header::LINK, HeaderValue::from_static(schema));
    }
    if let Some(name) = &form.download {
        headers.insert(header::CONTENT_DISPOSITION, attachment(name, form.syntax.extension()));
    }
    Ok(response)
}

/// `GET /api/graph/schema.json`: the JSON Schema of the node-link form.
pub(super) async fn schema() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/schema+json")], graph::SCHEMA)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(query: &str, accept: &'static str, extension: Option<&str>) -> Result<Form, Problem> {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        Form::take(&mut super::super::parameters::pairs(query), &headers, extension)
    }

    #[test]
    fn the_extension_decides_then_the_parameter_then_the_header() {
        for (query, accept, extension, syntax) in [
            ("", "*/*", None, Syntax::NodeLink),
            ("", "text/html,application/xml;q=0.9,*/*;q=0.8", None, Syntax::NodeLink),
            ("", "application/graphml+xml", None, Syntax::GraphMl),
            ("", "application/json;q=0.5, application/gexf+xml", None, Syntax::Gexf),
            ("format=DOT", "application/json", None, Syntax::Dot),
            ("format=application/geo%2Bjson", "application/json", None, Syntax::GeoJson),
            ("format=csv", "*/*", None, Syntax::Csv(Table::Edges)),
            ("table=nodes", "text/csv", None, Syntax::Csv(Table::Nodes)),
            ("", "image/png", Some("jsonld"), Syntax::JsonLd),
        ] {
            assert_eq!(form(query, accept, extension).map(|form| form.syntax), Ok(syntax), "{query} {accept}");
        }
    }

    #[test]
    fn what_cannot_be_had_is_said_with_what_can() {
        for (query, accept, extension, status, words) in [
            ("", "image/png", None, 406, "graphml (application/graphml+xml)"),
            ("format=pdf", "*/*", None, 406, "gexf"),
            ("", "*/*", Some("pdf"), 406, "gexf"),
            ("format=csv", "*/*", Some("csv"), 400, "leave `format` out"),
            ("format=csv&format=dot", "*/*", None, 400, "twice"),
            ("format=csv&table=cows", "*/*", None, 400, "nodes, edges"),
            ("table=nodes", "*/*", None, 400, "format=csv"),
        ] {
            let problem = form(query, accept, extension).expect_err("it is refused");
            assert_eq!(problem.status.as_u16(), status, "{query} {accept}");
            assert!(problem.detail.contains(words), "{query} {accept}: {}", problem.detail);
        }
    }

    #[test]
    fn what_is_not_about_the_form_is_left_in_its_order() {
        let mut parameters = super::super::parameters::pairs("id=a&format=dot&id=b&limit=3&download=x");
        let form = Form::take(&mut parameters, &HeaderMap::new(), None).expect("it is good");
        assert_eq!(form, Form { syntax: Syntax::Dot, download: Some("x".to_owned()) });
        assert_eq!(parameters, super::super::parameters::pairs("id=a&id=b&limit=3"));
    }
}
