//! Walking, as calls for visualization tools: `/api/graph/neighbors`, `paths`, `comentions`, `citations`.
//!
//! Each call takes its parameters apart, walks on a blocking thread, and answers with a piece of the graph in the
//! syntax that is asked for by extension, by `format=` or by `Accept`.

mod asked;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};

use self::asked::Asked;
use super::{
    Service,
    parameters::pairs,
    piece::{self, Form},
    problem::Problem,
};
use crate::{
    ask::{
        Piece,
        walk::{self, Citations, CoMentions, Error, Ground, Measure, Neighbors, Paths, Ranking},
    },
    views::adjacency::Direction,
};

/// The most things asked at once.
const MOST_IDS: usize = 50;
/// The most edges given for one thing, and how many where the caller does not say.
const EDGES: (usize, usize) = (2_000, 200);
/// The most paths, and how many where the caller does not say.
const PATHS: (usize, usize) = (100, 10);
/// The most steps of a path, and how many where the caller does not say.
const STEPS: (usize, usize) = (12, 6);
/// The most things named together with those asked for, and how many where the caller does not say.
const TOGETHER: (usize, usize) = (300, 50);
/// The most steps along citations, and how many where the caller does not say.
const DEPTH: (usize, usize) = (20, 5);
/// The most things along citations, and how many where the caller does not say.
const CITED: (usize, usize) = (5_000, 500);
/// What is being written just now is waited for so long; then the state before is walked.
const PATIENCE: Duration = Duration::from_millis(300);
/// Centralities are for what can be looked at.
const MOST_MEASURED: usize = 3_000;

/// The calls, by the last part of their address.
const CALLS: [(&str, Call); 4] = [
    ("neighbors", Call::Neighbors),
    ("paths", Call::Paths),
    ("comentions", Call::CoMentions),
    ("citations", Call::Citations),
];

/// A way to walk.
#[derive(Clone, Copy, Debug)]
pub(super) enum Call {
    /// What stands one step away.
    Neighbors,
    /// How things hang together.
    Paths,
    /// Who is named together.
    CoMentions,
    /// What a document rests on.
    Citations,
}

/// What is walked, once the parameters are read.
enum Walk {
    Neighbors(Neighbors),
    Paths(Paths),
    Connect { ids: Vec<crate::model::Id>, filter: walk::Filter, penalty: f64 },
    CoMentions(CoMentions),
    Citations(Citations),
}

/// `GET /api/graph/{call}`, or `/api/graph/{call}.{extension}`.
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    uri: Uri,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let address = uri.path().rsplit('/').next().unwrap_or_default();
    let (name, extension) = address.split_once('.').map_or((address, None), |(name, ext)| (name, Some(ext)));
    let Some((_, call)) = CALLS.into_iter().find(|(known, _)| *known == name) else {
        let known = CALLS.map(|(name, _)| name).join(", ");
        return Err(Problem::not_found(format!("there is no call /api/graph/{address}: expected one of {known}")));
    };
    let mut given = pairs(query.as_deref().unwrap_or_default());
    let form = Form::take(&mut given, &headers, extension)?;
    let piece = found(&service, call, given).await?;
    piece::answer(&service, &form, &piece)
}

/// What a call answers to these parameters, for a page or for a program.
pub(super) async fn found(service: &Service, call: Call, given: Vec<(String, String)>) -> Result<Piece, Problem> {
    let mut asked = Asked::new(service.archive.store.iris(), given);
    let measures = asked.measures()?;
    let evidence = asked.flag("evidence")?;
    let walk = walk_of(call, &mut asked)?;
    asked.end()?;
    let mut piece = walked(service, walk, measures).await?;
    let store = &service.archive.store;
    walk::add_functions(store, &mut piece).await?;
    if evidence {
        walk::add_evidence(store, &mut piece).await?;
    }
    Ok(piece)
}

/// What a call asks for.
fn walk_of(call: Call, asked: &mut Asked<'_>) -> Result<Walk, Problem> {
    let ids = asked.ids("id", MOST_IDS)?;
    let none = || Problem::bad_request(format!("expected 1 to {MOST_IDS} parameters `id`")).at("parameter", "id");
    match call {
        Call::Neighbors if ids.is_empty() => Err(none()),
        Call::Neighbors => Ok(Walk::Neighbors(Neighbors {
            ids,
            filter: asked.filter(true)?,
            limit: asked.number("limit", 1, EDGES)?,
            cursor: asked.one("cursor")?,
        })),
        Call::Paths => {
            let (mode, filter) = (asked.choice("show", &["shortest", "all", "best"])?, asked.filter(false)?);
            let (limit, max_steps) = (asked.number("limit", 1, PATHS)?, asked.number("max_steps", 1, STEPS)?);
            let penalty = asked.decimal("hub_penalty", 0.0..=10.0)?;
            match <[_; 2]>::try_from(ids) {
                Ok([from, to]) => Ok(Walk::Paths(Paths {
                    from,
                    to,
                    filter,
                    max_steps,
                    limit: if mode == "shortest" { 1 } else { limit },
                    best: mode == "best",
                    penalty,
                })),
                Err(ids) if ids.len() > 2 => Ok(Walk::Connect { ids, filter, penalty }),
                Err(_) => Err(Problem::bad_request(
                    "expected two parameters `id` for the paths between two things, or more for what connects them",
                )
                .at("parameter", "id")),
            }
        }
        Call::CoMentions => Ok(Walk::CoMentions(CoMentions {
            ids,
            filter: asked.filter(false)?,
            place: asked.id("place")?,
            ranking: if asked.choice("rank", &["count", "pmi"])? == "pmi" { Ranking::Pmi } else { Ranking::Count },
            limit: asked.number("limit", 1, TOGETHER)?,
            least: u32::try_from(asked.number("least", 1, (1_000_000, 1))?).unwrap_or(u32::MAX),
            star: !asked.flag("between")?,
        })),
        Call::Citations => {
            let direction = asked.choice("direction", &["out", "in"])?;
            let [id] = <[_; 1]>::try_from(ids).map_err(|_| {
                Problem::bad_request("expected one parameter `id`: a document or a claim").at("parameter", "id")
            })?;
            Ok(Walk::Citations(Citations {
                id,
                direction: if direction == "in" { Direction::In } else { Direction::Out },
                depth: asked.number("depth", 1, DEPTH)?,
                limit: asked.number("limit", 1, CITED)?,
            }))
        }
    }
}

/// Walks, where nobody else waits for the processor.
async fn walked(service: &Service, walk: Walk, measures: Vec<Measure>) -> Result<Piece, Problem> {
    let adjacency = service.archive.views.adjacency_within(PATIENCE).await?;
    let ontology = Arc::clone(&service.archive.ontology);
    let running = tokio::task::spawn_blocking(move || {
        let ground = Ground::of(&adjacency, &ontology);
        let mut piece = match &walk {
            Walk::Neighbors(asked) => walk::neighbors(ground, asked),
            Walk::Paths(asked) => walk::paths(ground, asked),
            Walk::Connect { ids, filter, penalty } => walk::connect(ground, ids, filter, *penalty),
            Walk::CoMentions(asked) => walk::comentions(ground, asked),
            Walk::Citations(asked) => walk::citations(ground, asked),
        }
        .map_err(|error| problem(&error))?;
        if !measures.is_empty() && piece.nodes.len() > MOST_MEASURED {
            return Err(Problem::bad_request(format!(
                "the answer has {} things; measures are for {MOST_MEASURED} at most: ask for fewer with `limit`",
                piece.nodes.len()
            ))
            .at("parameter", "measure"));
        }
        walk::measure(&mut piece, &measures);
        Ok(piece)
    });
    running.await.map_err(|error| Problem::internal(&error))?
}

fn problem(error: &Error) -> Problem {
    let detail = error.to_string();
    match error {
        Error::Unknown(_) => Problem::not_found(detail).at("parameter", "id"),
        Error::Relation { .. } => Problem::bad_request(detail).at("parameter", "relation"),
        Error::Cursor => Problem::bad_request(detail).at("parameter", "cursor"),
        Error::OneEnd => Problem::bad_request(detail).at("parameter", "id"),
        Error::TooMuch(_) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too-much", "Too much would have to be looked at", detail)
        }
    }
}
