//! Where things are, drawn on the server: coasts and borders as plain lines, places as circles, and a list of them.
//!
//! The lines are a file of their own, without names, so that the map takes no side by what it calls anything; another
//! file of the same form can take its place. Nothing is fetched from anywhere.

use std::{fmt::Write as _, sync::LazyLock};

use askama::{Template, filters::HtmlSafe};
use serde_json::Value;

use super::{
    asset,
    reader::Reader,
    value::{Link, Phrase},
    words::words,
};
use crate::{model::Text, serve::lang::PageLang};

/// Lines in hundredths of degrees, longitude first; made by `web/basemap.mjs`.
pub(super) const LINES: &str = include_str!("basemap.json");
/// The width of the drawing.
const WIDTH: f64 = 640.0;
/// How many places have their names on the map, and how many stand in the list.
const NAMED: usize = 12;
const LISTED: usize = 200;

static LINES_READ: LazyLock<Vec<Vec<[f64; 2]>>> = LazyLock::new(|| read(LINES));

/// A map of some places.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/map.html")]
pub(super) struct Map {
    lang: PageLang,
    width: f64,
    height: f64,
    lines: String,
    spots: Vec<Spot>,
    listed: Vec<Listed>,
    /// Where the lines are for the module that makes a map to move in of it, and its words.
    lines_at: &'static str,
    words: String,
    /// The search that the map is of, where it is not that of the page: its filters, and the address of its page.
    of: Option<(String, String)>,
}

impl HtmlSafe for Map {}

/// A circle.
#[derive(Clone, Debug)]
struct Spot {
    x: String,
    y: String,
    r: String,
    title: String,
    /// Its name, where there is room for it.
    name: Option<Name>,
}

/// The name of a place on the map.
#[derive(Clone, Debug)]
struct Name {
    text: Phrase,
    y: String,
}

/// A place in the list beside the map.
#[derive(Clone, Debug)]
struct Listed {
    link: Link,
    count: u64,
}

/// A place, or a cluster of them.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub at: [f64; 2],
    pub label: Option<Phrase>,
    pub href: Option<String>,
    pub count: u64,
}

/// A map of what a search found; `href` makes the address of the search within one place.
pub(super) fn of_spots(reader: &Reader<'_>, spots: &Value, href: impl Fn(&str) -> String) -> Option<Map> {
    let features = spots["features"].as_array()?;
    let place = |feature: &Value| {
        let at = [0, 1].map(|index| feature["geometry"]["coordinates"][index].as_f64());
        let properties = &feature["properties"];
        let count = ["documents", "events", "claims"].map(|name| properties[name].as_u64().unwrap_or(0)).iter().sum();
        let text: Option<Text> = serde_json::from_value(properties["label"].clone()).ok();
        let path = feature["id"].as_str().and_then(|id| reader.iris().relative(id));
        Some(Place {
            at: [at[0]?, at[1]?],
            label: text.and_then(|text| Phrase::choose(reader.lang, &text)),
            href: path.map(&href),
            count,
        })
    };
    map(reader.lang, features.iter().filter_map(place).collect())
}

/// The IRIs of the places that a search found.
pub(super) fn things(spots: &Value) -> impl Iterator<Item = String> {
    let features = spots["features"].as_array().into_iter().flatten();
    features.filter_map(|feature| feature["id"].as_str().map(ToOwned::to_owned))
}

/// A map of some places; nothing where there are none.
pub(super) fn map(lang: PageLang, mut places: Vec<Place>) -> Option<Map> {
    places.sort_by(|a, b| b.count.cmp(&a.count).then(a.at[0].total_cmp(&b.at[0])));
    let view = View::of(&places)?;
    let most = places.first().map_or(1, |place| place.count.max(1));
    let mut taken: Vec<[f64; 4]> = Vec::new();
    let mut named = 0;
    let spots = places.iter().map(|place| {
        let [x, y] = view.point(place.at);
        let r = radius(place.count, most);
        let label = place.label.as_ref().filter(|_| named < NAMED);
        let name = label.and_then(|label| room(&mut taken, label, [x, y], r, &view));
        named += usize::from(name.is_some());
        let called = place.label.as_ref().map_or("", |label| label.text.as_str());
        Spot { x: short(x), y: short(y), r: short(r), title: format!("{called} ({})", place.count), name }
    });
    let spots = spots.collect();
    let listed = places.iter().take(LISTED).filter_map(|place| {
        let link = Link { href: place.href.clone()?, label: place.label.clone()?, class: "place" };
        Some(Listed { link, count: place.count })
    });
    Some(Map {
        lang,
        width: WIDTH,
        height: view.height,
        lines: view.lines(),
        spots,
        listed: listed.collect(),
        lines_at: asset::lines_path(),
        words: words(lang).under("web.map."),
        of: None,
    })
}

/// The area of a circle goes with its count.
fn radius(count: u64, most: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "it is drawn")]
    let part = count as f64 / most as f64;
    4.0 + 10.0 * part.sqrt()
}

/// A place for a name under its circle, where no other name stands.
fn room(taken: &mut Vec<[f64; 4]>, label: &Phrase, [x, y]: [f64; 2], r: f64, view: &View) -> Option<Name> {
    #[expect(clippy::cast_precision_loss, reason = "names are short")]
    let half = label.text.chars().count() as f64 * 3.6 + 4.0;
    let baseline = y + r + 13.0;
    let own = [x - half, baseline - 11.0, x + half, baseline + 4.0];
    let is_inside = own[0] >= 0.0 && own[2] <= WIDTH && own[3] <= view.height;
    let is_free = taken.iter().all(|b| own[2] < b[0] || own[0] > b[2] || own[3] < b[1] || own[1] > b[3]);
    (is_inside && is_free).then(|| {
        taken.push(own);
        Name { text: label.clone(), y: short(baseline) }
    })
}

/// What part of the world is seen.
struct View {
    west: f64,
    north: f64,
    /// Drawing units for a degree of latitude, and how much narrower one of longitude is.
    scale: f64,
    narrow: f64,
    height: f64,
}

impl View {
    /// All the places with some land around them.
    fn of(places: &[Place]) -> Option<Self> {
        let bound = |index: usize, pick: fn(f64, f64) -> f64| places.iter().map(|place| place.at[index]).reduce(pick);
        let (west, east) = (bound(0, f64::min)?, bound(0, f64::max)?);
        let (south, north) = (bound(1, f64::min)?, bound(1, f64::max)?);
        let (x, y) = (f64::midpoint(west, east), f64::midpoint(south, north));
        let narrow = y.to_radians().cos().max(0.2);
        let wide = ((east - west) * narrow * 1.3).max(5.0);
        let high = ((north - south) * 1.35).clamp(wide * 0.5, wide * 0.8).max((north - south) * 1.2);
        let wide = wide.max(high * 1.25);
        let scale = WIDTH / wide;
        Some(Self {
            west: x - wide / narrow / 2.0,
            north: y + high / 2.0,
            scale,
            narrow,
            height: (high * scale).round(),
        })
    }

    fn point(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [(x - self.west) * self.scale * self.narrow, (self.north - y) * self.scale]
    }

    /// The lines that are seen, as one path.
    fn lines(&self) -> String {
        let mut path = String::new();
        let margin = WIDTH / 4.0;
        for line in LINES_READ.iter() {
            let mut drawing = false;
            for point in line {
                let [x, y] = self.point(*point);
                let seen = (-margin..=WIDTH + margin).contains(&x) && (-margin..=self.height + margin).contains(&y);
                if seen {
                    let _ = write!(path, "{}{x:.1} {y:.1}", if drawing { "L" } else { "M" });
                }
                drawing = seen;
            }
        }
        path
    }
}

fn short(value: f64) -> String {
    format!("{value:.1}")
}

/// Lines as differences of hundredths of degrees: `[[x, y, dx, dy, ...], ...]`.
fn read(text: &str) -> Vec<Vec<[f64; 2]>> {
    let lines: Vec<Vec<i32>> = serde_json::from_str(text).unwrap_or_default();
    let line = |line: Vec<i32>| {
        let mut at = [0, 0];
        let points = line.chunks_exact(2).map(|step| {
            at = [at[0] + step[0], at[1] + step[1]];
            at.map(|hundredths| f64::from(hundredths) / 100.0)
        });
        points.collect()
    };
    lines.into_iter().map(line).collect()
}

impl Map {
    /// The same map on a page that is not that of the search it shows.
    #[must_use]
    pub(super) fn of_search(self, filters: String, page: String) -> Self {
        Self { of: Some((filters, page)), ..self }
    }

    fn say<'a>(&self, key: &'a str) -> &'a str {
        words(self.lang).get(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lang;

    fn place(x: f64, y: f64, name: &str, count: u64) -> Place {
        Place { at: [x, y], label: Some(Phrase::new(PageLang::En, &Lang::en(), name)), href: None, count }
    }

    #[test]
    fn the_base_map_holds_lines_and_every_point_is_on_the_globe() {
        let points: Vec<&[f64; 2]> = LINES_READ.iter().flatten().collect();
        assert!(points.len() > 1000, "{}", points.len());
        assert!(points.iter().all(|[x, y]| x.abs() <= 180.01 && y.abs() <= 90.01));
    }

    #[test]
    fn places_lie_where_they_are_and_names_do_not_cover_each_other() {
        let map = map(
            PageLang::En,
            vec![place(37.16, 36.2, "Aleppo", 9), place(36.63, 35.93, "Idlib", 4), place(37.161, 36.201, "Twin", 1)],
        );
        let map = map.expect("there are places");
        let at = |index: usize| (map.spots[index].x.parse::<f64>(), map.spots[index].y.parse::<f64>());
        let ((Ok(x), Ok(y)), (Ok(west), Ok(south))) = (at(0), at(1)) else { panic!("numbers") };
        assert!(west < x && south > y, "Idlib lies to the south-west of Aleppo");
        assert!(map.spots.iter().all(|spot| spot.x.parse::<f64>().is_ok_and(|x| (0.0..=WIDTH).contains(&x))));
        assert!(map.spots[0].name.is_some() && map.spots[2].name.is_none(), "two names in one place");
        assert!(map.lines.starts_with('M'), "there are borders around Aleppo");
        assert!(super::map(PageLang::En, Vec::new()).is_none());
    }
}
