//! Who is at work? What is written while a request is answered is logged as the work of whoever asked.
//!
//! It goes with the task, so that no writer can forget to pass it on. Work that nobody asked for, such as linking again,
//! is the program's own.

use std::{
    future::Future,
    sync::{Arc, OnceLock},
};

use oxigraph::model::NamedNode;

use crate::rdf::Iris;

/// The program itself.
const PROGRAM: &str = "agent/isnad";

tokio::task_local! {
    static ACTOR: Arc<OnceLock<String>>;
}

/// Does some work in which somebody may turn out to be at work.
pub async fn attributed<T>(work: impl Future<Output = T>) -> T {
    ACTOR.scope(Arc::default(), work).await
}

/// Says who is at work, once: the path of an agent.
pub fn is_at_work(agent: &str) {
    // Outside of a request nobody else is.
    let _ = ACTOR.try_with(|actor| actor.set(agent.to_owned()));
}

/// The agent at work.
pub(super) fn at_work(iris: &Iris) -> NamedNode {
    let actor = ACTOR.try_with(|actor| actor.get().cloned()).ok().flatten();
    iris.path(actor.as_deref().unwrap_or(PROGRAM))
}

/// The program as an agent.
pub(super) fn program(iris: &Iris) -> NamedNode {
    iris.path(PROGRAM)
}
