//! `SERVICE` of other endpoints, where their hosts are allowed: asked here, and put into the query as `VALUES`.
//!
//! Nothing is sent unless the host stands in the settings, and even then not to an address of this machine or of a
//! private network, whatever name leads there. The endpoint is asked once for all that its pattern gives; nothing of
//! the query's other rows is told to it.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::{Duration, Instant},
};

use oxigraph::{
    model::{NamedNode, Term},
    sparql::results::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Url, header, redirect};
use spargebra::{
    Query,
    algebra::GraphPattern as Pattern,
    term::{GroundTerm, NamedNodePattern},
};

use super::sparql;
use crate::store::{Error, Limits, Store, parse_query};

/// The most bytes that an endpoint may answer with.
const MAX_BYTES: usize = 16 << 20;

/// The most rows that an endpoint may give.
const MAX_ROWS: usize = 10_000;

/// A pattern that another endpoint is to answer.
struct Call {
    endpoint: NamedNode,
    pattern: Pattern,
    silent: bool,
}

/// Puts the answers of allowed endpoints into a query; one without such a `SERVICE` is given back as it came.
pub async fn inline(store: &Store, text: String, hosts: &[String], limits: Limits) -> Result<String, Error> {
    if hosts.is_empty() || !text.to_ascii_uppercase().contains("SERVICE") {
        return Ok(text);
    }
    let mut parsed = parse_query(&sparql::parser(store)?, &text)?;
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = &mut parsed;
    let mut calls = Vec::new();
    take_calls(pattern, &mut calls);
    if calls.is_empty() {
        return Ok(text);
    }
    let end = Instant::now() + limits.deadline;
    let mut answers = Vec::new();
    for call in calls {
        let silent = call.silent;
        let answer = match answer(&call, hosts, end.saturating_duration_since(Instant::now())).await {
            // SERVICE SILENT of an endpoint that fails is one empty row; what is not allowed is not a failure.
            Err(Error::Unreachable { .. } | Error::Answered { .. }) if silent => {
                Pattern::Values { variables: Vec::new(), bindings: vec![Vec::new()] }
            }
            Err(Error::Deadline(_)) => return Err(Error::Deadline(limits.deadline)),
            other => other?,
        };
        answers.push(answer);
    }
    put_answers(pattern, &mut answers.into_iter());
    Ok(parsed.to_string())
}

/// The patterns inside a pattern.
fn inside(pattern: &mut Pattern) -> Vec<&mut Pattern> {
    match pattern {
        Pattern::Bgp { .. } | Pattern::Path { .. } | Pattern::Values { .. } | Pattern::Service { .. } => Vec::new(),
        Pattern::Join { left, right }
        | Pattern::Lateral { left, right }
        | Pattern::LeftJoin { left, right, .. }
        | Pattern::Union { left, right }
        | Pattern::Minus { left, right } => vec![left, right],
        Pattern::Filter { inner, .. }
        | Pattern::Graph { inner, .. }
        | Pattern::Extend { inner, .. }
        | Pattern::OrderBy { inner, .. }
        | Pattern::Project { inner, .. }
        | Pattern::Distinct { inner }
        | Pattern::Reduced { inner }
        | Pattern::Slice { inner, .. }
        | Pattern::Group { inner, .. } => vec![inner],
    }
}

fn is_call(pattern: &Pattern) -> bool {
    matches!(pattern, Pattern::Service { name: NamedNodePattern::NamedNode(name), .. } if name.as_str().starts_with("http"))
}

fn take_calls(pattern: &mut Pattern, calls: &mut Vec<Call>) {
    if let (true, Pattern::Service { name: NamedNodePattern::NamedNode(endpoint), inner, silent }) =
        (is_call(pattern), &*pattern)
    {
        calls.push(Call { endpoint: endpoint.clone(), pattern: (**inner).clone(), silent: *silent });
    }
    for inner in inside(pattern) {
        take_calls(inner, calls);
    }
}

fn put_answers(pattern: &mut Pattern, answers: &mut impl Iterator<Item = Pattern>) {
    if is_call(pattern) {
        if let Some(answer) = answers.next() {
            *pattern = answer;
        }
        return;
    }
    for inner in inside(pattern) {
        put_answers(inner, answers);
    }
}

async fn answer(call: &Call, hosts: &[String], left: Duration) -> Result<Pattern, Error> {
    let address = call.endpoint.as_str();
    let url = Url::parse(address).map_err(|error| Error::Refused(format!("SERVICE <{address}>: {error}")))?;
    let host = url.host_str().unwrap_or_default().to_owned();
    if !hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(&host)) {
        return Err(Error::Refused(format!(
            "SERVICE <{address}> is not allowed here; allowed are {}",
            hosts.join(", ")
        )));
    }
    let unreachable =
        |source: Box<dyn std::error::Error + Send + Sync>| Error::Unreachable { address: address.to_owned(), source };
    let port = url.port_or_known_default().unwrap_or(443);
    let name = host.trim_matches(['[', ']']).to_owned();
    let found = tokio::net::lookup_host((name, port)).await.map_err(|error| unreachable(error.into()))?;
    let found: Vec<SocketAddr> = found.collect();
    if let Some(private) = found.iter().find(|address| !is_public(address.ip())) {
        return Err(Error::Refused(format!(
            "SERVICE <{address}> leads to {}, which is no public address",
            private.ip()
        )));
    }
    let body = fetch(&url, &host, &found, &call.pattern, left).await?;
    values(&body, address)
}

/// Asks an endpoint at addresses that were looked at; no other name is resolved and no redirect is followed.
async fn fetch(
    url: &Url,
    host: &str,
    found: &[SocketAddr],
    pattern: &Pattern,
    left: Duration,
) -> Result<Vec<u8>, Error> {
    let failed = |error: reqwest::Error| {
        if error.is_timeout() {
            return Error::Deadline(left);
        }
        Error::Unreachable { address: url.to_string(), source: error.without_url().into() }
    };
    let client = reqwest::Client::builder()
        .user_agent(concat!("isnad/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .timeout(left)
        .resolve_to_addrs(host, found)
        .build()
        .map_err(failed)?;
    let mut variables = Vec::new();
    pattern.on_in_scope_variable(|variable| {
        if !variables.contains(variable) {
            variables.push(variable.clone());
        }
    });
    let pattern = Pattern::Project { inner: Box::new(pattern.clone()), variables };
    let query = Query::Select { dataset: None, pattern, base_iri: None }.to_string();
    let form = format!("query={}", utf8_percent_encode(&query, NON_ALPHANUMERIC));
    let request = client
        .post(url.clone())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/sparql-results+json")
        .body(form);
    let mut reply = request.send().await.map_err(failed)?;
    let status = reply.status();
    let mut body = Vec::new();
    while let Some(chunk) = reply.chunk().await.map_err(failed)? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BYTES {
            return Err(Error::Refused(format!("SERVICE <{url}> answered with more than {MAX_BYTES} bytes")));
        }
    }
    if status.is_success() {
        return Ok(body);
    }
    let message = String::from_utf8_lossy(&body).chars().take(500).collect();
    Err(Error::Answered { address: url.to_string(), status: status.as_u16(), message })
}

/// An answer as `VALUES`.
fn values(body: &[u8], address: &str) -> Result<Pattern, Error> {
    let broken = |message: String| Error::Answered { address: address.to_owned(), status: 200, message };
    let parsed = QueryResultsParser::from_format(QueryResultsFormat::Json).for_slice(body);
    let SliceQueryResultsParserOutput::Solutions(solutions) = parsed.map_err(|error| broken(error.to_string()))? else {
        return Err(broken("it answered yes or no to a SELECT".to_owned()));
    };
    let variables = solutions.variables().to_vec();
    let mut bindings = Vec::new();
    for solution in solutions {
        let solution = solution.map_err(|error| broken(error.to_string()))?;
        if bindings.len() == MAX_ROWS {
            return Err(Error::Refused(format!(
                "SERVICE <{address}> gives more than {MAX_ROWS} rows; narrow its pattern"
            )));
        }
        let row = variables.iter().map(|variable| solution.get(variable).map(|term| ground(term, address)).transpose());
        bindings.push(row.collect::<Result<_, _>>()?);
    }
    Ok(Pattern::Values { variables, bindings })
}

fn ground(term: &Term, address: &str) -> Result<GroundTerm, Error> {
    match term {
        Term::NamedNode(iri) => Ok(iri.clone().into()),
        Term::Literal(literal) => Ok(literal.clone().into()),
        Term::BlankNode(_) | Term::Triple(_) => Err(Error::Refused(format!(
            "SERVICE <{address}> gives blank nodes, which mean nothing outside it; select only IRIs and literals"
        ))),
    }
}

/// Whether an address is one of the public internet (IANA's special-purpose registries).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Only global unicast; of it neither documentation nor what wraps an address of the other kind.
    let [first, second, ..] = address.segments();
    (0x2000..0x4000).contains(&first) && !(first == 0x2001 && (second == 0xDB8 || second == 0)) && first != 0x2002
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_internet_are_public() {
        for public in ["93.184.216.34", "2606:2800:220:1::1"] {
            assert!(is_public(public.parse().unwrap_or_else(|e| panic!("{e}"))), "{public}");
        }
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2001:db8::1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(private.parse().unwrap_or_else(|e| panic!("{e}"))), "{private}");
        }
    }

    fn call(endpoint: &str) -> Call {
        let endpoint = NamedNode::new_unchecked(endpoint);
        Call { endpoint, pattern: Pattern::default(), silent: false }
    }

    #[tokio::test]
    async fn neither_an_unknown_host_nor_this_machine_is_asked() {
        let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        for endpoint in ["http://example.org/sparql", "http://localhost:9/sparql", "http://127.0.0.1:9/sparql"] {
            let error = answer(&call(endpoint), &hosts, Duration::from_secs(5)).await;
            assert!(matches!(error, Err(Error::Refused(_))), "{endpoint}: {error:?}");
        }
    }

    #[tokio::test]
    async fn an_answer_becomes_values() {
        const ANSWER: &str =
            r#"{"head":{"vars":["x","y"]},"results":{"bindings":[{"x":{"type":"uri","value":"urn:a"}}]}}"#;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let app = axum::Router::new().route("/sparql", axum::routing::post(|| async { ANSWER }));
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = Url::parse(&format!("http://endpoint.test:{}/sparql", address.port())).expect("it is an address");
        let wait = Duration::from_secs(20);
        let body = fetch(&url, "endpoint.test", &[address], &Pattern::default(), wait).await.expect("it answers");
        let Ok(Pattern::Values { variables, bindings }) = values(&body, url.as_str()) else { panic!("{body:?}") };
        assert_eq!((variables.len(), bindings.len()), (2, 1));
        assert!(bindings[0][0].is_some() && bindings[0][1].is_none());
        server.abort();
    }
}
