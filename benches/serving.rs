//! The starter archive in memory, as a service that is asked.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use isnad::{
    add::{Archive, Plan, Settings},
    config::{Config, QueryLimits, Starter},
    export::dump::Dumps,
    rdf::{Iris, JsonLd, Ontology, Shapes},
    review::Cases,
    serve::{Kept, Service, tokens::Tokens, visitors::Visitors},
    store::{Embedded, Limits, Options, Originals, Store},
};

/// What a bench comes to.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The service, in which so many queries may wait.
pub async fn service(queue: usize) -> Outcome<Arc<Service>> {
    let engine = Arc::new(Embedded::memory(Options { workers: 2, queue, memory: u64::MAX })?);
    let iris = Iris::new("http://localhost:7878/")?;
    let ontology = Ontology::new(iris.clone())?;
    let shapes = Shapes::new(&ontology)?;
    let limits = Limits { deadline: Duration::from_secs(600), rows: u64::MAX, memory: u64::MAX };
    let store = Store::open(engine, iris, limits).await?;
    let archive = Archive::open(store, ontology, shapes, Originals::memory()).await?;
    archive.add_ontology().await?;
    archive.add(&Plan::starter(), &Settings::new(&archive, 64 << 20), &|_| ()).await?;
    let json_ld = JsonLd::new(&archive.ontology)?;
    let config = Config {
        bind: SocketAddr::from(([127, 0, 0, 1], 0)),
        starter: Starter::Nothing,
        token_sha256: None,
        tokens: None,
        read_only: false,
        is_engine: false,
        allowed_hosts: Vec::new(),
        contact: None,
        query: QueryLimits::default(),
        max_body: 16 << 20,
        max_file: 64 << 20,
    };
    Ok(Arc::new(Service {
        archive,
        running: Arc::default(),
        cases: Cases::default(),
        dumps: Dumps::temporary(),
        tokens: Tokens::default(),
        moderating: tokio::sync::Mutex::default(),
        visitors: Visitors::default(),
        config,
        json_ld,
        kept: Kept::default(),
    }))
}
