//! The starter archive in memory, loaded once and shared by the tests that only read it.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    body::Body,
    http::{Request, Response},
};
use isnad::{
    add::{Archive, Plan, Settings},
    config::{Config, QueryLimits, Starter},
    export::dump::Dumps,
    rdf::{Iris, JsonLd, Ontology, Shapes},
    review::Cases,
    serve::{self, Kept, Service, tokens::Tokens, visitors::Visitors},
    store::{Embedded, Engine, Limits, Options, Originals, Store},
};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// The base of the archives in tests.
pub const BASE: &str = "http://localhost:7878/";

/// The token that may write in tests, `secret`, by its digest.
const TOKEN: &str = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime can be made"));

static SERVICE: LazyLock<Arc<Service>> = LazyLock::new(|| {
    run(async {
        let archive = empty(memory()).await;
        let settings = Settings::new(&archive, 1 << 20);
        archive.add_ontology().await.expect("the ontology can be added");
        let report = archive.add(&Plan::starter(), &settings, &|_| ()).await.expect("the starter archive can be added");
        assert!(report.failures.is_empty(), "{:?}", report.failures);
        service(archive)
    })
});

/// Runs to the end, on the runtime that all tests share.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    RUNTIME.block_on(work)
}

/// The service over the starter archive. Nobody writes to it.
pub fn starter() -> Arc<Service> {
    Arc::clone(&SERVICE)
}

/// An engine in memory.
pub fn memory() -> Arc<dyn Engine> {
    Arc::new(Embedded::memory(Options { workers: 2, queue: 64, memory: u64::MAX }).expect("memory is there"))
}

/// An archive with its ontology still to come.
pub async fn empty(engine: Arc<dyn Engine>) -> Archive {
    let iris = Iris::new(BASE).expect("the base is good");
    let ontology = Ontology::new(iris.clone()).expect("the ontology parses");
    let shapes = Shapes::new(&ontology).expect("the shapes compile");
    let limits = Limits { deadline: Duration::from_secs(120), rows: u64::MAX, memory: u64::MAX };
    let store = Store::open(engine, iris, limits).await.expect("the store opens");
    Archive::open(store, ontology, shapes, Originals::memory()).await.expect("the archive opens")
}

/// A service over an archive; `secret` may write.
pub fn service(archive: Archive) -> Arc<Service> {
    serving(archive, |_| ())
}

/// A service that is the engine of another.
pub fn engine(archive: Archive) -> Arc<Service> {
    serving(archive, |service| service.config.is_engine = true)
}

/// A service over an archive, set up otherwise than usual.
pub fn serving(archive: Archive, set_up: impl FnOnce(&mut Service)) -> Arc<Service> {
    let json_ld = JsonLd::new(&archive.ontology).expect("the context parses");
    let config = Config {
        bind: SocketAddr::from(([127, 0, 0, 1], 0)),
        starter: Starter::Nothing,
        token_sha256: Some(TOKEN.to_owned()),
        tokens: None,
        read_only: false,
        is_engine: false,
        allowed_hosts: Vec::new(),
        contact: None,
        query: QueryLimits { deadline: Duration::from_secs(20), ..QueryLimits::default() },
        max_body: 1 << 20,
        max_file: 1 << 20,
    };
    let (running, cases, dumps) = (Arc::default(), Cases::default(), Dumps::temporary());
    let (tokens, moderating, visitors) = (Tokens::default(), tokio::sync::Mutex::default(), Visitors::default());
    let kept = Kept::default();
    let mut service = Service { archive, running, cases, dumps, tokens, moderating, visitors, config, json_ld, kept };
    set_up(&mut service);
    Arc::new(service)
}

/// One request through the routes, without a socket.
pub async fn ask(service: &Arc<Service>, request: Request<Body>) -> (u16, Response<()>, String) {
    let response = serve::router(Arc::clone(service)).oneshot(request).await.expect("a router cannot fail");
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 64 << 20).await.expect("the body is whole");
    (
        parts.status.as_u16(),
        Response::from_parts(parts, ()),
        String::from_utf8(bytes.to_vec()).expect("the body is UTF-8"),
    )
}

/// A GET with an `Accept` header.
pub fn get(path: &str, accept: &str) -> Request<Body> {
    Request::get(path).header("accept", accept).body(Body::empty()).expect("the request is good")
}
