//! Where: the places of what was found, on a map.
//!
//! A document stands at each place that it names, an event at each place where it is reported, a place at its own; not
//! at those around them, or everything would stand in the middle of a country. With a zoom, what stands close together
//! is one cluster: those whose points fall into one cell of a grid over the map, four cells to the side of a tile.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Filters, FindError, Place, sift::sift};
use crate::{
    ask::walk::kind_name,
    model::Kind,
    views::{adjacency::Direction, columns::Columns, text::Words},
};

/// The largest zoom.
pub const MOST_ZOOM: u8 = 20;
/// The most features of an answer.
pub const MOST_FEATURES: usize = 5000;
/// How many cells there are to a side of a tile.
const CELLS: f64 = 4.0;
/// The latitude at which the map ends (Web Mercator).
const EDGE: f64 = 85.051_128_78;

/// How the map is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shown {
    /// Clusters for this zoom; without one, each place.
    pub zoom: Option<u8>,
    /// Only what lies within west, south, east, north.
    pub bbox: Option<[f64; 4]>,
}

/// What stands at one place or in one cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Counts {
    documents: u32,
    events: u32,
    claims: u32,
}

/// The places of one cell.
#[derive(Debug, Default)]
struct Cell {
    places: BTreeSet<u32>,
    counts: Counts,
    /// The last thing that was counted, so that none is counted twice.
    last: Option<u32>,
}

/// What was found, as a GeoJSON feature collection, longitude first. A cluster has the number of its places, its
/// bounding box, and how many things stand in it, each counted once.
pub async fn map(place: Place<'_>, words: Option<Words>, filters: &Filters, shown: Shown) -> Result<Value, FindError> {
    let columns = place.current().await?;
    let tests = filters.tests(&place, &columns)?;
    let known = columns.clone();
    let found = place.views.with_text(move |text| {
        let matches = words.map(|words| text.matches(&words, &known)).transpose()?;
        Ok(sift(&known, &tests, matches.as_ref(), false))
    });
    let Cells { of_place, mut cells } = Cells::of(&columns, shown);
    let mut nowhere = BTreeMap::<&'static str, u64>::new();
    for (number, _) in found.await?.things {
        let Some(kind) = columns.kind(number) else { continue };
        let own = (kind == Kind::Place).then_some(number);
        let edges = if own.is_some() { Cow::default() } else { columns.adjacency.edges(number, Direction::Out) };
        let mut is_anywhere = false;
        for at in own.into_iter().chain(edges.iter().map(|edge| edge.other)) {
            match of_place[at as usize] {
                Stands::Nowhere => {}
                Stands::Outside => is_anywhere = true,
                Stands::In(cell) => {
                    is_anywhere = true;
                    cells[cell as usize].add(at, number, kind);
                }
            }
        }
        if !is_anywhere {
            *nowhere.entry(kind_name(kind)).or_default() += 1;
        }
    }
    cells.retain(|cell| !cell.places.is_empty());
    if cells.len() > MOST_FEATURES {
        let detail = format!(
            "there are {} places; expected {MOST_FEATURES} at most: give a zoom to have them in clusters, or a bbox",
            cells.len()
        );
        return Err(FindError::Parameter { name: "zoom", detail });
    }
    let features: Vec<Value> = cells.iter().map(|cell| feature(&place, &columns, cell)).collect();
    Ok(json!({ "type": "FeatureCollection", "features": features, "withoutCoordinates": nowhere }))
}

impl Counts {
    fn add(&mut self, kind: Kind) {
        match kind {
            Kind::Document => self.documents += 1,
            Kind::Event => self.events += 1,
            Kind::Claim => self.claims += 1,
            _ => {}
        }
    }
}

impl Cell {
    /// Counts a thing at a place.
    fn add(&mut self, place: u32, number: u32, kind: Kind) {
        self.places.insert(place);
        if self.last.replace(number) != Some(number) {
            self.counts.add(kind);
        }
    }
}

/// Where a thing stands on the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// It is no place, or one without coordinates.
    Nowhere,
    /// Outside what is shown.
    Outside,
    /// In the cell of this number.
    In(u32),
}

/// The cells of a map, and the one that each place stands in.
struct Cells {
    of_place: Vec<Stands>,
    cells: Vec<Cell>,
}

impl Cells {
    fn of(columns: &Columns, shown: Shown) -> Self {
        let mut numbers: HashMap<(u32, u32), u32> = HashMap::new();
        let mut stands = |number: u32| {
            let point = columns.adjacency.thing(number).point.filter(|_| columns.kind(number) == Some(Kind::Place));
            let Some(point) = point.map(|(x, y)| (f64::from(x), f64::from(y))) else { return Stands::Nowhere };
            if !is_inside(shown.bbox, point) {
                return Stands::Outside;
            }
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            Stands::In(*numbers.entry(cell(shown.zoom, number, point)).or_insert(next))
        };
        let of_place = (0..u32::try_from(columns.len()).unwrap_or(u32::MAX)).map(&mut stands).collect();
        Self { of_place, cells: numbers.iter().map(|_| Cell::default()).collect() }
    }
}

fn is_inside(bbox: Option<[f64; 4]>, (x, y): (f64, f64)) -> bool {
    bbox.is_none_or(|[west, south, east, north]| (west..=east).contains(&x) && (south..=north).contains(&y))
}

/// The cell of a point: of the grid at a zoom, else one for each place.
fn cell(zoom: Option<u8>, at: u32, (x, y): (f64, f64)) -> (u32, u32) {
    let Some(zoom) = zoom else { return (at, 0) };
    let side = CELLS * f64::from(1_u32 << zoom.min(MOST_ZOOM));
    let latitude = y.clamp(-EDGE, EDGE).to_radians();
    let across = (x + 180.0) / 360.0;
    let down = (1.0 - latitude.tan().asinh() / std::f64::consts::PI) / 2.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and the side")]
    let number = |part: f64| (part * side).floor().clamp(0.0, side - 1.0) as u32;
    (number(across), number(down))
}

fn feature(place: &Place<'_>, columns: &Columns, cell: &Cell) -> Value {
    let points: Vec<(f64, f64)> = cell
        .places
        .iter()
        .filter_map(|&at| columns.adjacency.thing(at).point)
        .map(|(x, y)| (degrees(x), degrees(y)))
        .collect();
    let Counts { documents, events, claims } = cell.counts;
    if let (1, Some(&only), [(x, y)]) = (cell.places.len(), cell.places.first(), points.as_slice()) {
        let of = place.thing(columns, only);
        return json!({
            "type": "Feature",
            "id": of.id,
            "geometry": { "type": "Point", "coordinates": [x, y] },
            "properties": {
                "id": of.id, "label": of.label, "type": "place",
                "documents": documents, "events": events, "claims": claims,
            },
        });
    }
    let bound =
        |pick: fn(f64, f64) -> f64, of: fn(&(f64, f64)) -> f64| points.iter().map(of).reduce(pick).unwrap_or(0.0);
    let bbox = [
        bound(f64::min, |point| point.0),
        bound(f64::min, |point| point.1),
        bound(f64::max, |point| point.0),
        bound(f64::max, |point| point.1),
    ];
    #[expect(clippy::cast_precision_loss, reason = "there are fewer places than that")]
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / points.len().max(1) as f64;
    json!({
        "type": "Feature",
        "bbox": bbox,
        "geometry": { "type": "Point", "coordinates": [rounded(mean(|p| p.0)), rounded(mean(|p| p.1))] },
        "properties": {
            "type": "cluster", "places": cell.places.len(),
            "documents": documents, "events": events, "claims": claims,
        },
    })
}

/// Degrees as they were given: half a metre needs no more than six decimals.
fn degrees(value: f32) -> f64 {
    rounded(f64::from(value))
}

fn rounded(value: f64) -> f64 {
    (value * 1e5).round() / 1e5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_close_together_is_one_cell_until_the_map_is_near() {
        let (aleppo, idlib, sydney) = ((37.16, 36.20), (36.63, 35.93), (151.2, -33.9));
        let at = |zoom, point| cell(Some(zoom), 0, point);
        assert_eq!(at(4, aleppo), at(4, idlib));
        assert_ne!(at(8, aleppo), at(8, idlib));
        assert_ne!(at(0, aleppo), at(0, sydney));
        assert_eq!(at(0, (180.0, -90.0)), (3, 3));
        assert_ne!(cell(None, 1, aleppo), cell(None, 2, aleppo));
    }
}
