//! What stands around a thing: when and where it is spoken of, and with whom it is named.
//!
//! It comes from the views, which may be a moment behind; what they do not know yet is left out.

use std::{collections::BTreeMap, time::Duration};

use super::{
    bars::{self, Bars},
    graph,
    map::{self, Map},
    reader::Reader,
    search::Address,
    value::Link,
};
use crate::{
    ask::{Edge, Piece},
    model::Id,
    serve::{find, graph as walking},
};

/// How long is waited for the views.
const PATIENCE: Duration = Duration::from_millis(300);

/// How many things named together with it are shown.
const TOGETHER: &str = "15";

/// What stands around a thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    /// All that speaks of it, as a search.
    pub search: String,
    /// The graph around it.
    pub graph: String,
    pub bars: Option<Bars>,
    pub map: Option<Map>,
    pub together: Vec<Together>,
    /// Whether it is of the last change.
    pub is_current: bool,
    /// The IRIs of what is shown.
    pub shown: Vec<String>,
}

/// Something that is named together with it.
#[derive(Clone, Debug)]
pub(super) struct Together {
    pub link: Link,
    pub count: u64,
    /// The documents that name both.
    pub both: String,
}

impl Around {
    /// Finds what stands around a thing.
    pub(super) async fn of(reader: &Reader<'_>, id: &Id) -> Self {
        let (service, lang) = (reader.service, reader.lang);
        let is_current = service.archive.views.caught_up(PATIENCE).await;
        let address = Address::of(lang, "mentions", id.as_str());
        let found = find::found(service, &address.call(&[("facets", "date"), ("limit", "1")])).await.ok();
        let spots = find::spots(service, &address.filters()).await.ok();
        let years = found.as_ref().and_then(|found| found.facets.date.as_ref());
        let asked = [("id", id.as_str()), ("limit", TOGETHER)];
        let asked = asked.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let piece = walking::found(service, walking::Call::CoMentions, asked).await.ok();
        let together_with = piece.iter().flat_map(|piece| piece.nodes.iter().map(|node| node.id.clone()));
        let places = spots.iter().flat_map(map::things);
        Self {
            is_current,
            shown: together_with.chain(places).collect(),
            search: address.page(),
            graph: graph::address(lang, &[id.as_str()]),
            bars: years.and_then(|years| bars::found(lang, years, &address, false)),
            map: spots.and_then(|spots| {
                let map = map::of_spots(reader, &spots, |place| address.with("place", place).page())?;
                Some(map.of_search(address.filters(), address.page()))
            }),
            together: piece.map(|piece| together(reader, &address, &piece)).unwrap_or_default(),
        }
    }
}

/// The things of a piece that an edge counts, the most frequent first.
fn together(reader: &Reader<'_>, address: &Address, piece: &Piece) -> Vec<Together> {
    let this = reader.iris().path(address.get("mentions").unwrap_or_default()).into_string();
    let other = |edge: &Edge| if edge.source == this { edge.target.clone() } else { edge.source.clone() };
    let counts: BTreeMap<String, u64> =
        piece.edges.iter().map(|edge| (other(edge), edge.count.unwrap_or_default())).collect();
    let nodes = piece.nodes.iter().filter(|node| node.id != this);
    let mut all: Vec<Together> = nodes
        .filter_map(|node| {
            let path = reader.iris().relative(&node.id)?;
            Some(Together {
                link: reader.named(&node.id, &node.label),
                count: *counts.get(&node.id)?,
                both: address.with("mentions", path).with("kind", "document").page(),
            })
        })
        .collect();
    all.sort_by_key(|together| std::cmp::Reverse(together.count));
    all
}
