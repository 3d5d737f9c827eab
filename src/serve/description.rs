//! What the endpoint can do, as SPARQL 1.1 Service Description has it.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use oxigraph::{
    io::{RdfFormat, RdfParser, RdfSerializer},
    model::NamedNode,
};
use std::fmt::Write as _;

use super::{Service, negotiate, problem::Problem};
use crate::rdf::{GraphFormat, SolutionsFormat, prefixes};

/// The names that the W3C gave the syntaxes: <http://www.w3.org/ns/formats/>.
const FORMATS: &str = "http://www.w3.org/ns/formats/";

/// The description, in the syntax that is wanted.
pub(super) fn describe(service: &Service, headers: &HeaderMap, names: &[String]) -> Result<Response, Problem> {
    let offered: Vec<&str> = GraphFormat::ALL.iter().map(|format| format.media_type()).collect();
    let by_header =
        || negotiate::choose(negotiate::accept(headers).as_deref(), &offered).map(|index| GraphFormat::ALL[index]);
    let chosen = names.iter().find_map(|name| GraphFormat::from_name(name)).or_else(by_header);
    let Some(format) = chosen else {
        // Whoever wants rows has forgotten the query.
        let detail = format!("there is no query; without one the service is described, as {}", offered.join(", "));
        return Err(Problem::not_acceptable(detail, offered).at("parameter", "query"));
    };
    let turtle = turtle(service, &here(service, headers));
    let body = serialize(&turtle, format).map_err(|error| Problem::internal(&*error))?;
    let mut response = Body::from(body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    Ok(response)
}

/// The address by which the service was reached, with a slash at the end.
pub(super) fn here(service: &Service, headers: &HeaderMap) -> String {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = if header("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    let reached = header("host").map(|host| format!("{scheme}://{host}/"));
    let base = service.archive.store.iris().base();
    reached.filter(|reached| NamedNode::new(reached).is_ok()).unwrap_or_else(|| base.to_owned())
}

fn turtle(service: &Service, here: &str) -> String {
    let iris = service.archive.store.iris();
    let results = SolutionsFormat::ALL.map(solutions_name).into_iter().chain(GraphFormat::ALL.map(graph_name));
    let results: Vec<String> = results.map(|name| format!("<{FORMATS}{name}>")).collect();
    let inputs: Vec<String> =
        GraphFormat::ALL.iter().map(|format| format!("<{FORMATS}{}>", graph_name(*format))).collect();
    let functions: Vec<String> =
        spargeo::GEOSPARQL_EXTENSION_FUNCTIONS.iter().map(|(name, _)| name.to_string()).collect();
    let mut text = format!(
        "@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix isnad: <urn:isnad:> .
<{here}sparql#service> a sd:Service ;
  sd:endpoint <{here}sparql> ;
  sd:supportedLanguage sd:SPARQL10Query , sd:SPARQL11Query ;
  sd:feature sd:UnionDefaultGraph , isnad:search , isnad:places , isnad:path{federation} ;
  sd:resultFormat {results} ;
  sd:extensionFunction {functions} ;
  sd:defaultEntailmentRegime <http://www.w3.org/ns/entailment/Simple> ;
  sd:defaultDataset <{here}sparql#dataset> .
<{here}update#service> a sd:Service ;
  sd:endpoint <{here}update> ;
  sd:supportedLanguage sd:SPARQL11Update ;
  sd:feature sd:UnionDefaultGraph ;
  sd:inputFormat {inputs} ;
  sd:defaultDataset <{here}sparql#dataset> .
<http://www.w3.org/ns/entailment/Simple> a sd:EntailmentRegime .
isnad:search a sd:Feature . isnad:places a sd:Feature . isnad:path a sd:Feature .
<{here}sparql#dataset> a sd:Dataset ;
  sd:defaultGraph <{here}sparql#default-graph> ;
  rdfs:seeAlso <{here}dcat#archive> , <{here}.well-known/void> ;
  void:uriSpace \"{base}\" ",
        federation = if service.config.allowed_hosts.is_empty() { "" } else { " , sd:BasicFederatedQuery" },
        results = results.join(" , "),
        inputs = inputs.join(" , "),
        functions = functions.join(" , "),
        base = iris.base(),
    );
    let graphs = ["ontology", "vocab", "shapes", "prov", "changes"].map(|name| iris.graph(name));
    for graph in &graphs {
        let _ = write!(text, ";\n  sd:namedGraph <{here}sparql#{}> ", local(graph));
    }
    let _ = writeln!(text, ".\n<{here}sparql#default-graph> a sd:Graph .");
    for graph in &graphs {
        let _ = writeln!(
            text,
            "<{here}sparql#{0}> a sd:NamedGraph ; sd:name {graph} ; sd:graph <{here}sparql#{0}-graph> .\n\
             <{here}sparql#{0}-graph> a sd:Graph .",
            local(graph)
        );
    }
    for (function, _) in spargeo::GEOSPARQL_EXTENSION_FUNCTIONS {
        let _ = writeln!(text, "{function} a sd:Function .");
    }
    text
}

fn local(graph: &NamedNode) -> &str {
    graph.as_str().rsplit('/').next().unwrap_or_default()
}

fn serialize(turtle: &str, format: GraphFormat) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut serializer = RdfSerializer::from_format(format.to_rdf_format());
    let own = [("sd", "http://www.w3.org/ns/sparql-service-description#")];
    for (prefix, iri) in prefixes().iter().copied().chain(own) {
        serializer = serializer.with_prefix(prefix, iri)?;
    }
    let mut writer = serializer.for_writer(Vec::new());
    for quad in RdfParser::from_format(RdfFormat::Turtle).for_slice(turtle) {
        writer.serialize_quad(&quad?)?;
    }
    Ok(writer.finish()?)
}

const fn solutions_name(format: SolutionsFormat) -> &'static str {
    match format {
        SolutionsFormat::Json => "SPARQL_Results_JSON",
        SolutionsFormat::Xml => "SPARQL_Results_XML",
        SolutionsFormat::Csv => "SPARQL_Results_CSV",
        SolutionsFormat::Tsv => "SPARQL_Results_TSV",
    }
}

const fn graph_name(format: GraphFormat) -> &'static str {
    match format {
        GraphFormat::Turtle => "Turtle",
        GraphFormat::JsonLd => "JSON-LD",
        GraphFormat::TriG => "TriG",
        GraphFormat::NTriples => "N-Triples",
        GraphFormat::NQuads => "N-Quads",
        GraphFormat::RdfXml => "RDF_XML",
    }
}
