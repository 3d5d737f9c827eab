//! `GET` and `POST /oai`. Whatever is wrong with a request is said in the words of the protocol, with the status 200.

mod arguments;

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use oxigraph::model::NamedNode;

use self::arguments::{Done, List, Verb, fault};
use super::broken;
use crate::{
    ask::changes::{self, Content, Item, Set, Span},
    export::feeds::{
        Place,
        oai::{Answer, Code, Fault, Resumption, spec},
    },
    model::{Lang, Text},
    serve::{Service, description, parameters::pairs, problem::Problem},
};

/// So many records, or headers, stand on a page.
const RECORDS: usize = 100;

/// Whom to write to where nobody is named: an address that cannot be anybody's.
const NOBODY: &str = "nobody@example.invalid";

/// A request by its address.
pub(in crate::serve) async fn get(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    answer(&service, &headers, query.as_deref().unwrap_or_default()).await
}

/// A request by a form.
pub(in crate::serve) async fn post(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    answer(&service, &headers, &String::from_utf8_lossy(&body)).await
}

/// What goes wrong: the asker's fault is an answer, ours is a problem.
enum Wrong {
    Fault(Fault),
    Problem(Problem),
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<crate::store::Error> for Wrong {
    fn from(error: crate::store::Error) -> Self {
        Self::Problem(error.into())
    }
}

impl From<std::io::Error> for Wrong {
    fn from(error: std::io::Error) -> Self {
        Self::Problem(broken(&error))
    }
}

async fn answer(service: &Service, headers: &HeaderMap, text: &str) -> Result<Response, Problem> {
    let here = description::here(service, headers);
    let store = &service.archive.store;
    let pairs = pairs(text);
    let answer = Answer {
        place: Place { here: &here, iris: store.iris() },
        ontology: &service.archive.ontology,
        json_ld: &service.json_ld,
        at: Timestamp::now(),
        arguments: &pairs,
    };
    let said = match arguments::read(&pairs) {
        Ok(verb) => said(service, answer, verb).await,
        Err(fault) => Err(fault.into()),
    };
    let body = match said {
        Ok(body) => body,
        Err(Wrong::Problem(problem)) => return Err(problem),
        Err(Wrong::Fault(fault)) => {
            // What is not an argument is not repeated as one.
            let is_argued = !matches!(fault.code, Code::BadVerb | Code::BadArgument);
            let arguments = if is_argued { answer.arguments } else { &[] };
            Answer { arguments, ..answer }.fault(&fault).map_err(|error| broken(&error))?
        }
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

async fn said(service: &Service, answer: Answer<'_>, verb: Verb) -> Result<Vec<u8>, Wrong> {
    let store = &service.archive.store;
    match verb {
        Verb::Identify => {
            let earliest = changes::time_of(store, 1).await?.unwrap_or(answer.at);
            let contact = service.config.contact.as_deref().unwrap_or(NOBODY);
            Ok(answer.identify(contact, earliest)?)
        }
        Verb::ListMetadataFormats { identifier } => {
            if let Some(identifier) = identifier
                && item(service, &identifier).await?.is_withdrawn()
            {
                return Err(fault(Code::NoMetadataFormats, format!("{identifier} was withdrawn")).into());
            }
            Ok(answer.formats()?)
        }
        Verb::ListSets => Ok(answer.sets(&sets(service).await?)?),
        Verb::GetRecord { identifier, prefix } => {
            let item = item(service, &identifier).await?;
            let contents = changes::contents(store, vec![item]).await?;
            Ok(contents.first().map_or_else(|| Ok(Vec::new()), |content| answer.one(prefix, content))?)
        }
        Verb::List { with_records, list } => {
            let (contents, rest) = page(service, &list).await?;
            Ok(answer.list(with_records.then_some(list.prefix), &contents, rest.as_ref())?)
        }
    }
}

/// The item behind an identifier.
async fn item(service: &Service, identifier: &str) -> Result<Item, Wrong> {
    let found = match NamedNode::new(identifier) {
        Ok(graph) => changes::of(&service.archive.store, &graph).await?,
        Err(_) => None,
    };
    Ok(found.ok_or_else(|| fault(Code::IdDoesNotExist, format!("there is no record `{identifier}`")))?)
}

/// A page of a list, and where it is gone on with.
async fn page(service: &Service, list: &List) -> Result<(Vec<Content>, Option<Resumption>), Wrong> {
    let store = &service.archive.store;
    let none = || fault(Code::NoRecordsMatch, "no record was changed in that time in that set");
    let set = match &list.set {
        None => Set::All,
        Some(name) => sets(service)
            .await?
            .into_iter()
            .find_map(|(set, _)| (spec(&set).as_ref() == Some(name)).then_some(set))
            .ok_or_else(|| fault(Code::NoRecordsMatch, format!("there is no set `{name}`; ListSets names them")))?,
    };
    let newest = store.last_change().await?;
    let upto = match &list.until {
        Some(until) => changes::number_before(store, until.ends).await?,
        None => newest,
    };
    let begins = match &list.from {
        Some(from) => changes::number_before(store, from.begins).await?,
        None => 0,
    };
    let done = match list.done {
        Some(done) if done.after > newest => return Err(arguments::bad_token("the token is of another archive").into()),
        Some(done) => done,
        None => {
            let size = changes::count(store, &set, Span { after: begins, upto }).await?;
            Done { after: begins, items: 0, size }
        }
    };
    let span = Span { after: done.after.max(begins), upto };
    let mut items = changes::first(store, &set, span, RECORDS + 1).await?;
    let has_more = items.len() > RECORDS;
    items.truncate(RECORDS);
    let Some(after) = items.last().map(|item| item.number) else { return Err(none().into()) };
    let given = done.items + items.len() as u64;
    // The list grows where things are changed while it is read.
    let size = done.size.max(given + u64::from(has_more));
    let token = has_more.then(|| list.token(Done { after, items: given, size }));
    let rest = (has_more || list.done.is_some()).then_some(Resumption { token, size, cursor: done.items });
    Ok((changes::contents(store, items).await?, rest))
}

/// The sets there are, with their names.
async fn sets(service: &Service) -> Result<Vec<(Set, Text)>, Wrong> {
    let archive = &service.archive;
    let label = |path: &str| archive.ontology.label(path).cloned().unwrap_or_default();
    let mut sets = vec![(Set::Documents, label("ontology#Document"))];
    let types = archive.ontology.concepts().get("document-type").into_iter().flatten();
    sets.extend(types.map(|(term, concept)| (Set::OfType(term.clone()), concept.label.clone())));
    for (collection, name) in changes::collections(&archive.store).await? {
        let key = archive.store.iris().relative(collection.as_str()).and_then(|path| path.strip_prefix("collection/"));
        let name: Text = name.map(|name| (Lang::en(), name)).into_iter().collect::<BTreeMap<_, _>>();
        sets.extend(key.map(|key| (Set::InCollection(key.to_owned()), name)));
    }
    sets.push((Set::Authorities, Text::default()));
    Ok(sets)
}
