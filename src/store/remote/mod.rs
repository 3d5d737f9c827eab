//! The engine behind an address: any server that speaks the SPARQL 1.1 Protocol.
//!
//! Queries are sent as forms, updates as they are, and the bytes of an answer are passed on unread. What the
//! protocol has no words for is not promised: rows are not counted (a number of bytes may be the limit), the
//! default graph is the one the server was set up with (it must be the union of all graphs), and an update that
//! was not answered in time may or may not have been carried out.

mod address;
mod reply;
mod review;

use std::{fmt, time::Duration};

use bytes::Bytes;
use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{
    Client, RequestBuilder, Response, Url,
    header::{self, HeaderValue},
    redirect,
};
use tokio::time::{Instant, timeout_at};

use self::address::Endpoint;
pub use self::address::RemoteAddress;
use super::{Answer, Dataset, Engine, Error, Kind, Query, Update};

/// How a remote engine is spoken to.
#[derive(Clone)]
pub struct RemoteOptions {
    /// A bearer token, in place of what the address says.
    pub token: Option<String>,
    /// How long a connection may take to come about.
    pub connect: Duration,
    /// How many bytes an answer may have.
    pub bytes: Option<u64>,
}

impl Default for RemoteOptions {
    fn default() -> Self {
        Self { token: None, connect: Duration::from_secs(5), bytes: None }
    }
}

impl fmt::Debug for RemoteOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteOptions")
            .field("connect", &self.connect)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// A SPARQL server.
#[derive(Clone, Debug)]
pub struct Remote {
    client: Client,
    address: RemoteAddress,
    bytes: Option<u64>,
}

impl Remote {
    /// The engine at an address. Nothing is sent yet.
    pub fn new(address: &str, options: &RemoteOptions) -> Result<Self, Error> {
        let mut address: RemoteAddress = address.parse()?;
        if let Some(token) = &options.token {
            let authorization = address::bearer(token)?;
            address.query.authorization = Some(authorization.clone());
            address.update.authorization = Some(authorization);
        }
        Ok(Self { client: client(&address, options)?, address, bytes: options.bytes })
    }

    /// Where it is, without credentials.
    #[must_use]
    pub fn address(&self) -> &RemoteAddress {
        &self.address
    }

    fn post(&self, endpoint: &Endpoint, url: Url, body_type: &'static str, body: String) -> RequestBuilder {
        let request = self.client.post(url).header(header::CONTENT_TYPE, body_type).body(body);
        match &endpoint.authorization {
            Some(authorization) => request.header(header::AUTHORIZATION, authorization),
            None => request,
        }
    }
}

/// A client that talks to one engine: it follows no redirects, which could lead to another host, and asks no
/// proxy for this machine.
fn client(address: &RemoteAddress, options: &RemoteOptions) -> Result<Client, Error> {
    let mut builder = Client::builder()
        .user_agent(concat!("isnad/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(options.connect);
    if address.is_loopback() {
        builder = builder.no_proxy();
    }
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        if !address.is_plain() {
            return Err(Error::internal("no provider for TLS was installed"));
        }
        builder = builder.tls_backend_preconfigured(trusting_nobody()?);
    }
    builder.build().map_err(|error| Error::internal(error.without_url()))
}

/// A configuration for a client that needs no TLS, which reqwest does not do without.
fn trusting_nobody() -> Result<rustls::ClientConfig, Error> {
    let provider = rustls::crypto::ring::default_provider().into();
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}

impl Engine for Remote {
    fn query(&self, query: Query) -> BoxFuture<'_, Result<Answer, Error>> {
        let exchange = Exchange::new(&self.address.query, query.limits.deadline);
        async move {
            let form = form(&[("query", &query.text)], &query.dataset, ["default-graph-uri", "named-graph-uri"]);
            let request = self
                .post(&self.address.query, exchange.url.clone(), "application/x-www-form-urlencoded", form)
                .header(header::ACCEPT, HeaderValue::from_static(query.format.media_type()));
            let reply = exchange.send(request).await?;
            reply::check_type(&reply, query.format, exchange.url.as_str())?;
            Body { reply, exchange, left: self.bytes, limit: self.bytes }.answer().await
        }
        .boxed()
    }

    fn update(&self, mut update: Update) -> BoxFuture<'_, Result<(), Error>> {
        if let Some(review) = update.review.take() {
            return async move {
                let touched = review::touched(self, &update).await?;
                let record = review.look(&touched)?;
                if !record.is_empty() {
                    update.text = format!("{} ;\n{record}", update.text.trim_end().trim_end_matches(';'));
                }
                self.update(update).await
            }
            .boxed();
        }
        let mut exchange = Exchange::new(&self.address.update, update.deadline);
        let using = form(&[], &update.dataset, ["using-graph-uri", "using-named-graph-uri"]);
        if !using.is_empty() {
            let query = exchange.url.query().map_or_else(|| using.clone(), |query| format!("{query}&{using}"));
            exchange.url.set_query(Some(&query));
        }
        let request = self.post(&self.address.update, exchange.url.clone(), "application/sparql-update", update.text);
        async move {
            // On a task of its own, so that it is carried to its end when nobody waits for it any more.
            let done = tokio::spawn(async move { exchange.send(request).await });
            done.await.map_err(Error::internal)?.map(drop)
        }
        .boxed()
    }

    fn kind(&self) -> Kind {
        Kind::Remote
    }
}

/// Writes a form of the protocol's parameters.
fn form(fields: &[(&str, &str)], dataset: &Dataset, keys: [&str; 2]) -> String {
    let default = dataset.default.iter().map(|graph| (keys[0], graph.as_str()));
    let named = dataset.named.iter().map(|graph| (keys[1], graph.as_str()));
    let pairs = fields.iter().copied().chain(default).chain(named);
    pairs
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect::<Vec<_>>()
        .join("&")
}

/// One request and what comes back, under one deadline.
#[derive(Debug)]
struct Exchange {
    url: Url,
    deadline: Instant,
    limit: Duration,
}

impl Exchange {
    fn new(endpoint: &Endpoint, limit: Duration) -> Self {
        let now = Instant::now();
        let deadline = now.checked_add(limit).unwrap_or_else(|| now + Duration::from_secs(365 * 24 * 3600));
        Self { url: endpoint.url.clone(), deadline, limit }
    }

    /// Sends a request and waits until a reply begins; one without success is an error.
    async fn send(&self, request: RequestBuilder) -> Result<Response, Error> {
        let reply = self.in_time(request.send()).await?;
        if reply.status().is_success() {
            return Ok(reply);
        }
        let error = timeout_at(self.deadline, reply::error(reply, self.url.as_str(), self.limit)).await;
        Err(error.unwrap_or(Error::Deadline(self.limit)))
    }

    async fn in_time<T>(&self, step: impl Future<Output = reqwest::Result<T>>) -> Result<T, Error> {
        match timeout_at(self.deadline, step).await {
            Ok(result) => result.map_err(|error| Error::Unreachable {
                address: self.url.to_string(),
                source: error.without_url().into(),
            }),
            Err(_) => Err(Error::Deadline(self.limit)),
        }
    }
}

/// The body of an answer on its way.
struct Body {
    reply: Response,
    exchange: Exchange,
    /// The bytes it may still have, and had at first.
    left: Option<u64>,
    limit: Option<u64>,
}

impl Body {
    /// Waits for the first bytes, or for the news that there are none.
    async fn answer(mut self) -> Result<Answer, Error> {
        let first = self.next().await?;
        let rest =
            stream::try_unfold(self, |mut body| async move { Ok(body.next().await?.map(|chunk| (chunk, body))) });
        Ok(Answer { body: stream::iter(first.map(Ok)).chain(rest).boxed() })
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = self.exchange.in_time(self.reply.chunk()).await?;
        if let (Some(chunk), Some(left)) = (&chunk, &mut self.left) {
            *left = left.checked_sub(chunk.len() as u64).ok_or_else(|| {
                Error::Refused(format!("the answer has more than {} bytes", self.limit.unwrap_or_default()))
            })?;
        }
        Ok(chunk)
    }
}
