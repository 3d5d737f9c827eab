//! How does it reach people and programs over the web?
//!
//! One table of routes; a handler takes a request apart, calls one function of `ask`, `add` or `review`, and answers.
//! Which representation goes out is decided in [`negotiate`], what goes wrong becomes a status in [`problem`],
//! and pages are made in `pages`.
//!
//! No SPARQL stands here, and no triple is made here.

mod assessments;
mod audit;
mod auth;
mod backup;
mod comments;
mod conditional;
mod created;
mod dataset;
mod description;
mod documents;
mod dumps;
mod entities;
mod feeds;
mod find;
mod fragments;
mod graph;
mod graphs;
mod health;
pub mod lang;
mod link;
mod links;
mod narrow;
pub mod negotiate;
mod openapi;
mod originals;
mod pages;
mod parameters;
mod past;
mod piece;
pub mod problem;
mod readable;
mod reconcile;
mod resemblances;
mod resource;
mod reviews;
mod running;
mod saved;
mod sparql;
pub mod tokens;
mod update;
pub mod visitors;
mod withheld;

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, Method, header},
    middleware,
    routing::{delete, get, post},
};
use tokio::net::TcpListener;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate as _},
    },
    cors::{Any, CorsLayer},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};

use self::{tokens::Tokens, visitors::Visitors};
use crate::{
    add::{Archive, actor},
    ask::running::Running,
    config::Config,
    export::dump::Dumps,
    rdf::JsonLd,
    review::Cases,
};

pub use resource::Kept;
pub use saved::all as saved_queries;

/// What every handler has at hand.
#[derive(Debug)]
pub struct Service {
    /// The archive.
    pub archive: Archive,
    /// The queries that are being answered.
    pub running: Arc<Running>,
    /// The cases for review.
    pub cases: Cases,
    /// The dumps.
    pub dumps: Dumps,
    /// Who may write.
    pub tokens: Tokens,
    /// Held by whoever decides on a comment.
    pub moderating: tokio::sync::Mutex<()>,
    /// Who has sent comments, and queries to be kept, lately.
    pub visitors: Visitors,
    /// The settings.
    pub config: Config,
    /// How JSON-LD is compacted.
    pub json_ld: JsonLd,
    /// The answers about things that are kept.
    pub kept: Kept,
}

/// Nothing but our own files, no scripts between the lines, no framing.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// How often the views look for changes that other processes made.
const FOLLOW: Duration = Duration::from_secs(2);

/// How long open requests may take to end after a signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// The routes over a service, with what holds for all of them.
pub fn router(service: Arc<Service>) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MODIFIED_SINCE,
            header::IF_NONE_MATCH,
            header::IF_RANGE,
            header::RANGE,
            HeaderName::from_static("accept-profile"),
        ])
        .expose_headers(
            [
                header::ACCEPT_RANGES,
                header::CONTENT_RANGE,
                header::ETAG,
                header::LAST_MODIFIED,
                header::LINK,
                header::LOCATION,
                header::RETRY_AFTER,
            ]
            .into_iter()
            .chain(
                [
                    "memento-datetime",
                    "server-timing",
                    "x-change",
                    "x-query-deadline",
                    "x-query-id",
                    "x-query-max-memory",
                    "x-query-max-rows",
                    "x-total-count",
                ]
                .map(HeaderName::from_static),
            )
            .collect::<Vec<_>>(),
        );
    // A file that is compressed by itself goes out as it is: its bytes are what its digest and its ranges are about.
    let unpacked = DefaultPredicate::new()
        .and(NotForContentType::const_new("application/gzip"))
        .and(NotForContentType::const_new("application/zstd"));
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    routes()
        .layer(middleware::from_fn(readable::problems))
        .layer(middleware::from_fn(|request, next: middleware::Next| actor::attributed(next.run(request))))
        .layer(DefaultBodyLimit::max(service.config.max_body))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(cors)
        .layer(fixed(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(CompressionLayer::new().compress_when(unpacked))
        .layer(middleware::map_response(conditional::name_coding))
        .layer(TraceLayer::new_for_http())
        .with_state(service)
}

/// The table of routes: every address, and who answers.
fn routes() -> Router<Arc<Service>> {
    looked_at().merge(called())
}

/// What people look at, and things by their addresses.
fn looked_at() -> Router<Arc<Service>> {
    Router::new()
        // pages
        .route("/", get(pages::home))
        .route("/about", get(pages::about))
        .route("/search", get(pages::search))
        .route("/graph", get(pages::graph))
        .route("/queries", get(pages::queries))
        .route("/queries/{slug}", get(pages::saved_query))
        .route("/assets/{file}", get(pages::asset))
        // the desk of those who review
        .route("/review", get(pages::review))
        .route("/review/comments", get(pages::review_comments))
        .route("/review/assess", get(pages::review_assess))
        .route("/review/add", get(pages::review_add))
        .route("/review/resemblances", get(pages::review_resemblances))
        // things, by address
        .route("/ontology", get(resource::ontology))
        .route("/{ontology_file}", get(resource::ontology_file))
        .route("/vocab/{scheme}", get(resource::scheme))
        .route("/vocab/{scheme}/{term}", get(resource::concept))
        .route("/{kind}/{key}", get(resource::thing))
        .route("/{kind}/{key}/linkset", get(resource::linkset))
        .route("/original/{digest}", get(originals::get))
        .route("/{kind}/{key}/claims", get(pages::said))
}

/// What programs call.
fn called() -> Router<Arc<Service>> {
    Router::new()
        // asking
        .route("/sparql", get(sparql::get).post(sparql::post))
        .route("/fragments", get(fragments::get))
        .route("/q", post(links::send))
        .route("/q/{short}", get(links::get))
        .route("/api/links", post(links::post))
        .route("/api/queries", get(saved::list))
        .route("/api/queries/running", get(running::list))
        .route("/api/queries/running/{id}", delete(running::cancel))
        .route("/api/queries/{slug}", get(saved::run).put(saved::put).delete(saved::delete))
        .route("/api/graph/neighbors", get(graph::get))
        .route("/api/graph/paths", get(graph::get))
        .route("/api/graph/comentions", get(graph::get))
        .route("/api/graph/citations", get(graph::get))
        .route("/api/graph/schema.json", get(piece::schema))
        .route("/api/graph/{call}", get(graph::get))
        // names in the tables of others
        .route("/reconcile", get(reconcile::get).post(reconcile::post))
        .route("/reconcile/properties", get(reconcile::properties))
        .route("/reconcile/suggest/{what}", get(reconcile::suggest))
        .route("/reconcile/preview", get(reconcile::preview))
        .route("/reconcile/view", get(reconcile::view))
        .route("/reconcile/v1", get(reconcile::manifest))
        .route("/reconcile/v1/match", post(reconcile::matches))
        .route("/reconcile/v1/extend", post(reconcile::extend))
        .route("/reconcile/v1/extend/propose", get(reconcile::properties))
        .route("/reconcile/v1/suggest/{what}", get(reconcile::suggest))
        .route("/reconcile/v1/preview", get(reconcile::preview))
        // linking, which stores nothing
        .route("/api/link", post(link::post))
        // taking home
        .route("/.well-known/void", get(dataset::void))
        .route("/dcat", get(dataset::dcat))
        .route("/dumps", get(dumps::without_slash))
        .route("/dumps/", get(dumps::index).post(dumps::make))
        .route("/dumps/{dump}", get(dumps::dump))
        .route("/dumps/{dump}/{file}", get(dumps::file))
        // backing up
        .route("/api/backup", get(backup::quads))
        .route("/api/backup/private", get(backup::private))
        .route("/api/backup/tokens", get(backup::tokens))
        .route("/api/backup/originals", get(backup::originals))
        .route("/api/backup/originals/{digest}", get(backup::original))
        // reviewing
        .route("/api/reviews", get(reviews::list).post(reviews::post))
        .route("/api/reviews/resemblances", get(resemblances::list).post(resemblances::post))
        .route("/api/reviews/resemblances/{key}/{other}", get(resemblances::one).delete(resemblances::undo))
        .route("/api/reviews/decisions", get(reviews::decisions))
        .route("/api/reviews/decisions/{key}/{name}", get(reviews::decision).delete(reviews::undo))
        // the life of things
        .route("/api/entities", post(entities::create))
        .route("/api/entities/duplicates", get(entities::duplicates))
        .route("/api/entities/{kind}/{key}", get(entities::fate).patch(entities::edit).delete(entities::withdraw))
        .route("/api/entities/{kind}/{key}/merge", post(entities::merge))
        .route("/api/entities/{kind}/{key}/split", post(entities::split))
        .route("/api/changes/{number}/undo", post(entities::undo))
        // what people say: how reliable something is, comments, and who has written what
        .route("/api/assessments", get(assessments::list).post(assessments::post))
        .route("/api/comments", get(comments::list).post(comments::post))
        .route("/api/comments/{id}", get(comments::one).post(comments::moderate))
        .route("/comment", get(comments::form).post(comments::send))
        .route("/api/audit", get(audit::list))
        .route("/api/tokens/own", get(auth::own))
        // what is kept apart
        .route("/api/sensitive", get(withheld::sensitive).put(withheld::put))
        .route("/api/redactions", post(withheld::redact))
        // finding
        .route("/api/search", get(find::search))
        .route("/api/suggest", get(find::suggest))
        .route("/api/timeline", get(find::timeline))
        .route("/api/geo", get(find::geo))
        // following what has changed
        .route("/ldes", get(feeds::ldes))
        .route("/ldes/{page}", get(feeds::ldes_page))
        .route("/oai", get(feeds::oai).post(feeds::oai_form))
        .route("/.well-known/resourcesync", get(feeds::resourcesync))
        .route("/resourcesync/{file}", get(feeds::resourcesync_file))
        .route("/resourcesync/graph/{*path}", get(feeds::resource))
        .route("/feed.atom", get(feeds::atom))
        .route("/sitemap.xml", get(feeds::sitemap))
        .route("/robots.txt", get(feeds::robots))
        // writing
        .route("/update", post(update::post))
        .route("/graphs", get(graphs::get).put(graphs::put).post(graphs::post).delete(graphs::delete))
        .route("/graphs/{*path}", get(graphs::get).put(graphs::put).post(graphs::post).delete(graphs::delete))
        .route("/graph/{*path}", get(graphs::get))
        .route("/api/documents", post(documents::post))
        // operation
        .route("/openapi.json", get(openapi::describe))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(resource::nothing)
        .method_not_allowed_fallback(resource::wrong_method)
}

/// Serves until `shutdown` resolves, then lets open requests end for a while.
pub async fn run(
    service: Arc<Service>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let _following = service.archive.views.follow(FOLLOW);
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let signal = async move {
        shutdown.await;
        let _ = stop.send(());
    };
    // The addresses of clients are needed to hold back whoever sends too much.
    let routes = router(Arc::clone(&service)).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, routes).with_graceful_shutdown(signal);
    let too_long = async {
        // An error means that the server ended by itself: then the other branch is the one to finish.
        if stopped.await.is_ok() {
            tokio::time::sleep(GRACE).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        result = server => result,
        () = too_long => Ok(()),
        () = service.archive.keep_linked() => Ok(()),
    }
}
