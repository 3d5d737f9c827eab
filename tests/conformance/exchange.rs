//! Tests that are conversations: requests in order, and what each reply must be like.

use oxigraph::{
    io::RdfFormat,
    model::{Graph, NamedOrBlankNodeRef},
};

use crate::{
    answer::{Answer, Syntax, isomorphic},
    evaluate::State,
    service::{Reply, Service},
    suite::{Case, MF, Suite, list, local, node, object, objects, parsed, text},
};

const HT: &str = "http://www.w3.org/2011/http#";
const CNT: &str = "http://www.w3.org/2011/content#";
const UT: &str = "http://www.w3.org/2009/sparql/tests/test-update#";

/// A request of a conversation.
struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    /// The body's characters are written in UTF-16.
    wide: bool,
}

/// Holds the conversation of a test on the state it asks for.
pub fn hold(suite: &Suite, service: &Service, case: &Case) -> Result<(), String> {
    let manifest = &case.manifest;
    State::read(suite, manifest, case.node.as_ref().into(), UT).put(service)?;
    let action = object(manifest, case.node.as_ref().into(), &format!("{MF}action")).and_then(node);
    let action = action.ok_or("there is no action")?;
    let mut learned: Vec<(String, String)> = Vec::new();
    for (number, at) in list(manifest, action, &format!("{HT}requests")).into_iter().filter_map(node).enumerate() {
        let mut request = Request::read(manifest, at).ok_or("a request is not understood")?;
        for (name, value) in &learned {
            request.path = request.path.replace(name, value);
            request.body = request.body.map(|body| body.replace(name, value));
        }
        request.path = address(case, &request);
        let reply = request.send(service);
        let wanted = object(manifest, at, &format!("{HT}resp")).and_then(node).ok_or("no reply is described")?;
        check(manifest, wanted, &reply, &format!("{}{}", service.address, request.path))
            .map_err(|error| format!("request {}, {} {}: {error}", number + 1, request.method, request.path))?;
        if let Some(name) = object(manifest, wanted, &format!("{MF}expectedLocation")) {
            let location = reply.location.ok_or_else(|| format!("request {}: there is no Location", number + 1))?;
            learned.push((text(name), location));
        }
    }
    Ok(())
}

impl Request {
    fn read(manifest: &Graph, at: NamedOrBlankNodeRef<'_>) -> Option<Self> {
        let body = object(manifest, at, &format!("{HT}body")).and_then(node);
        let encoding = body.and_then(|body| object(manifest, body, &format!("{CNT}characterEncoding"))).map(text);
        Some(Self {
            method: text(object(manifest, at, &format!("{HT}methodName"))?),
            path: text(object(manifest, at, &format!("{HT}absolutePath"))?),
            headers: headers(manifest, at),
            body: body.and_then(|body| object(manifest, body, &format!("{CNT}chars"))).map(text),
            wide: encoding.is_some_and(|encoding| encoding == "UTF-16"),
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    fn send(&self, service: &Service) -> Reply {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let body = self.body.as_ref().map(|text| {
            if self.wide {
                std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
            } else {
                text.clone().into_bytes()
            }
        });
        service.send(&self.method, &self.path, &headers, body)
    }
}

fn headers(manifest: &Graph, at: NamedOrBlankNodeRef<'_>) -> Vec<(String, String)> {
    let fields = list(manifest, at, &format!("{HT}headers")).into_iter().filter_map(node);
    fields
        .filter_map(|field| {
            let name = text(object(manifest, field, &format!("{HT}fieldName"))?);
            Some((name.to_ascii_lowercase(), text(object(manifest, field, &format!("{HT}fieldValue"))?)))
        })
        .collect()
}

/// Where the service has what the suite has at its own paths; queries and updates are at one path there.
fn address(case: &Case, request: &Request) -> String {
    if let Some(rest) = request.path.strip_prefix("/gsp") {
        return format!("/graphs{rest}");
    }
    let rest = request.path.strip_prefix("/sparql/").unwrap_or(&request.path);
    let asks = request.header("content-type").is_some_and(|value| value.starts_with("application/sparql-query"));
    let updates = case.name.contains("update") && !asks;
    format!("{}{rest}", if updates { "/update" } else { "/sparql" })
}

fn check(manifest: &Graph, wanted: NamedOrBlankNodeRef<'_>, reply: &Reply, address: &str) -> Result<(), String> {
    let statuses: Vec<String> =
        objects(manifest, wanted, &format!("{MF}expectedStatus")).into_iter().map(local).collect();
    if !statuses.iter().any(|name| is_status(name, reply.status)) {
        return Err(format!("{}; expected {}", reply.brief(), statuses.join(", ")));
    }
    if let Some(format) = object(manifest, wanted, &format!("{MF}expectedFormat")) {
        let answer = Syntax::of_media_type(&reply.media_type)
            .ok_or_else(|| format!("{} is no syntax of answers", reply.media_type))
            .and_then(|syntax| Answer::read(&reply.body, syntax, address))?;
        let kind = match answer {
            Answer::Boolean(_) => "boolean",
            Answer::Rows(..) => "tabular",
            Answer::Graph(_) => "RDF",
        };
        if text(format) != kind {
            return Err(format!("the answer is {kind}; expected {}", text(format)));
        }
        let value = object(manifest, wanted, &format!("{MF}expectedBoolean")).map(text);
        if let (Answer::Boolean(found), Some(value)) = (answer, value)
            && found.to_string() != value
        {
            return Err(format!("the answer is {found}; expected {value}"));
        }
    }
    for (name, value) in headers(manifest, wanted) {
        let expected = value.split(';').next().unwrap_or_default().trim();
        if name == "content-type" && reply.media_type != expected {
            return Err(format!("it came as {}; expected {expected}", reply.media_type));
        }
    }
    let body = object(manifest, wanted, &format!("{HT}body")).and_then(node);
    match body.and_then(|body| object(manifest, body, &format!("{CNT}chars"))) {
        Some(expected) => same_graph(&text(expected), reply, address),
        None => Ok(()),
    }
}

/// Compares the graph in a reply with one in Turtle.
pub fn same_graph(expected: &str, reply: &Reply, address: &str) -> Result<(), String> {
    let expected = parsed(expected.as_bytes(), RdfFormat::Turtle, address)?;
    let format =
        RdfFormat::from_media_type(&reply.media_type).ok_or_else(|| format!("{} is no RDF", reply.media_type))?;
    let found = parsed(&reply.body, format, address)?;
    if isomorphic(&expected, &found) {
        return Ok(());
    }
    Err(format!(
        "the graph is {}; expected {}",
        Answer::Graph(Box::new(found)).brief(),
        Answer::Graph(Box::new(expected)).brief()
    ))
}

/// Whether a status is the one of this name, or of this class. What is to fail must fail for what it asks, not for
/// where or by whom it is asked.
fn is_status(name: &str, status: u16) -> bool {
    match name {
        "OK" => status == 200,
        "Created" => status == 201,
        "NoContent" => status == 204,
        "NotFound" => status == 404,
        "StatusCode2xx" => (200..300).contains(&status),
        "StatusCode3xx" => (300..400).contains(&status),
        "StatusCode4xx" => (400..500).contains(&status) && ![401, 403, 404].contains(&status),
        _ => false,
    }
}
