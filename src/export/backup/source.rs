//! Where a backup is read from: the archive itself, or the service that has it open.

use std::{io, path::PathBuf, time::Duration};

use bytes::Bytes;
use futures::{FutureExt, TryStreamExt, future::BoxFuture};
use oxigraph::model::Quad;
use reqwest::{Client, Response};

use super::{BackupError, failed};
use crate::store::{Answer, Digest, Error, Kind, Limits, Originals, Store, all_quads, read_quads};

/// A backup takes as long as it takes.
const PATIENT: Limits = Limits { deadline: Duration::from_secs(7 * 86_400), rows: u64::MAX, memory: u64::MAX };

/// Takes quads, one by one.
pub type Take<'a> = dyn FnMut(Quad) -> Result<(), BackupError> + Send + 'a;

/// One of the two stores that make up an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// What is asked.
    Archive,
    /// What is kept apart and never shown.
    Private,
}

/// What is backed up.
pub trait Source: Sync {
    /// Every quad of one state of a half, each graph in one piece.
    fn quads<'a>(&'a self, half: Half, take: &'a mut Take<'_>) -> BoxFuture<'a, Result<(), BackupError>>;

    /// The file of tokens, where there is one.
    fn tokens(&self) -> BoxFuture<'_, Result<Option<Bytes>, BackupError>>;

    /// The digests of the originals.
    fn originals(&self) -> BoxFuture<'_, Result<Vec<Digest>, BackupError>>;

    /// An original.
    fn original<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<Bytes, BackupError>>;
}

/// Every quad of a store as it stands, as bytes that go over a wire.
pub async fn snapshot(store: &Store) -> Result<Answer, Error> {
    // The engine in a folder has its graphs one after the other already.
    let order = if store.engine().kind() == Kind::Embedded { "" } else { " ORDER BY ?g" };
    store.rows_of_quads(&format!("{}{order}", all_quads(&[])), PATIENT).await
}

/// Takes every quad of a store as it stands.
pub(super) async fn each_quad(store: &Store, take: &mut Take<'_>) -> Result<(), BackupError> {
    let Answer { body } = snapshot(store).await?;
    read_quads(body.map_err(BackupError::from), take).await
}

/// An archive that is open here.
#[derive(Clone, Debug)]
pub struct Here {
    /// The triples.
    pub store: Store,
    /// What is kept apart.
    pub private: Store,
    /// The files that came in.
    pub originals: Originals,
    /// The file of tokens, which need not be there.
    pub tokens: Option<PathBuf>,
}

impl Source for Here {
    fn quads<'a>(&'a self, half: Half, take: &'a mut Take<'_>) -> BoxFuture<'a, Result<(), BackupError>> {
        let store = match half {
            Half::Archive => &self.store,
            Half::Private => &self.private,
        };
        each_quad(store, take).boxed()
    }

    fn tokens(&self) -> BoxFuture<'_, Result<Option<Bytes>, BackupError>> {
        async move {
            let Some(file) = &self.tokens else { return Ok(None) };
            match tokio::fs::read(file).await {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                read => Ok(Some(read.map_err(failed(file))?.into())),
            }
        }
        .boxed()
    }

    fn originals(&self) -> BoxFuture<'_, Result<Vec<Digest>, BackupError>> {
        async move { Ok(self.originals.all().await?) }.boxed()
    }

    fn original<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<Bytes, BackupError>> {
        async move { Ok(self.originals.get(digest).await?) }.boxed()
    }
}

/// A service that has the archive open.
#[derive(Clone, Debug)]
pub struct Service {
    client: Client,
    address: String,
    token: String,
}

impl Service {
    /// The service at an address, and the token that it asks for.
    pub fn new(address: &str, token: String) -> Result<Self, BackupError> {
        let address = address.trim_end_matches('/').to_owned();
        let client = Client::builder().build();
        let client = client.map_err(|source| BackupError::Unreachable { address: address.clone(), source })?;
        Ok(Self { client, address, token })
    }

    async fn get(&self, path: &str) -> Result<Response, BackupError> {
        let address = format!("{}/api/backup{path}", self.address);
        let request = self.client.get(&address).bearer_auth(&self.token).header("accept-encoding", "identity");
        let response = request.send().await.map_err(|source| self.broken(source))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        let detail = response.text().await.unwrap_or_default();
        let told: Option<serde_json::Value> = serde_json::from_str(&detail).ok();
        let told = told.and_then(|told| Some(told["detail"].as_str()?.to_owned()));
        Err(BackupError::Service { address, status, detail: told.unwrap_or(detail) })
    }

    fn broken(&self, source: reqwest::Error) -> BackupError {
        BackupError::Unreachable { address: self.address.clone(), source: source.without_url() }
    }
}

impl Source for Service {
    fn quads<'a>(&'a self, half: Half, take: &'a mut Take<'_>) -> BoxFuture<'a, Result<(), BackupError>> {
        async move {
            let path = match half {
                Half::Archive => "",
                Half::Private => "/private",
            };
            let body = self.get(path).await?.bytes_stream();
            // An answer that is not whole breaks off, and that is an error here.
            read_quads(Box::pin(body.map_err(|source| self.broken(source))), take).await
        }
        .boxed()
    }

    fn tokens(&self) -> BoxFuture<'_, Result<Option<Bytes>, BackupError>> {
        async move {
            let bytes = self.get("/tokens").await?.bytes().await.map_err(|source| self.broken(source))?;
            Ok(Some(bytes).filter(|bytes| !bytes.is_empty()))
        }
        .boxed()
    }

    fn originals(&self) -> BoxFuture<'_, Result<Vec<Digest>, BackupError>> {
        async move {
            let text = self.get("/originals").await?.text().await.map_err(|source| self.broken(source))?;
            let digest = |line: &str| line.parse().map_err(|error| BackupError::Store(Error::internal(error)));
            text.lines().map(|line: &str| -> Result<Digest, BackupError> { digest(line) }).collect()
        }
        .boxed()
    }

    fn original<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<Bytes, BackupError>> {
        async move {
            let bytes = self.get(&format!("/originals/{digest}")).await?.bytes().await;
            let bytes = bytes.map_err(|source| self.broken(source))?;
            let found = Digest::of(&bytes);
            if found == *digest {
                return Ok(bytes);
            }
            let what = "an original on its way here".to_owned();
            Err(BackupError::Differs { what, expected: digest.to_string(), found: found.to_string() })
        }
        .boxed()
    }
}
