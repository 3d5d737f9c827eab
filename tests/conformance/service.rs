//! The service as its users have it: the program in a process of its own, spoken to over HTTP.

use std::time::Duration;

use reqwest::{Client, Method, header, redirect::Policy};
use tokio::runtime::Runtime;

use crate::running::{Running, TOKEN};

/// A running service, on a store in memory, and a client with open connections to it.
pub struct Service {
    runtime: Runtime,
    client: Client,
    /// Where it is, without a slash at the end; also the base of its IRIs.
    pub address: String,
    /// It ends with this.
    _running: Running,
}

/// What comes back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// The media type without parameters; empty where none is told.
    pub media_type: String,
    pub location: Option<String>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The status and the beginning of what was said, for a report.
    pub fn brief(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let detail = serde_json::from_slice::<serde_json::Value>(&self.body)
            .ok()
            .and_then(|problem| problem.get("detail")?.as_str().map(ToOwned::to_owned))
            .unwrap_or_else(|| text.into_owned());
        format!("{} {}", self.status, detail.chars().take(160).collect::<String>().replace('\n', " "))
    }
}

impl Service {
    /// Starts it with nothing in its store but what it puts there itself.
    pub fn start() -> Self {
        let running = Running::start("memory", &[]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime is made");
        let client = Client::builder().timeout(Duration::from_secs(60)).redirect(Policy::none()).no_proxy();
        let client = client.build().expect("a client is made");
        Self { runtime, client, address: running.address.clone(), _running: running }
    }

    /// Sends one request; `path` begins with a slash and may have a query.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Reply {
        let method = Method::from_bytes(method.as_bytes()).expect("the method is one");
        let mut request = self.client.request(method, format!("{}{path}", self.address)).bearer_auth(TOKEN);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        self.runtime.block_on(async {
            let response = match request.send().await {
                Ok(response) => response,
                Err(error) => return Reply::lost(&error),
            };
            let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
            let media_type = header(header::CONTENT_TYPE).unwrap_or_default();
            let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            let location = header(header::LOCATION).map(ToOwned::to_owned);
            let status = response.status().as_u16();
            match response.bytes().await {
                Ok(body) => Reply { status, media_type, location, body: body.to_vec() },
                Err(error) => Reply::lost(&error),
            }
        })
    }

    /// Asks a query, over the graphs that the parameters name.
    pub fn query(&self, text: &str, dataset: &[(&str, String)], accept: &str) -> Reply {
        let headers = [("content-type", "application/sparql-query"), ("accept", accept)];
        self.send("POST", &with_parameters("/sparql", dataset), &headers, Some(text.as_bytes().to_vec()))
    }

    /// Carries out an update.
    pub fn update(&self, text: &str) -> Reply {
        let headers = [("content-type", "application/sparql-update")];
        self.send("POST", "/update", &headers, Some(text.as_bytes().to_vec()))
    }

    /// The graph in which the triples without a graph are kept.
    pub fn default_graph(&self) -> String {
        format!("{}/graph/default", self.address)
    }
}

impl Reply {
    fn lost(error: &reqwest::Error) -> Self {
        let body = format!("no answer: {error}").into_bytes();
        Self { status: 0, media_type: String::new(), location: None, body }
    }
}

/// A path with a query string.
pub fn with_parameters(path: &str, parameters: &[(&str, String)]) -> String {
    let pairs: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// A value as it stands in a query string.
pub fn encoded(value: &str) -> String {
    percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string()
}
