//! What lies near a point, or inside a polygon?
//!
//! A tree of everything that has coordinates: places with a point, and incidents by the place they are reported at.
//! Coordinates are WGS 84 degrees, longitude first, as WKT has them; distances are great circles.

use std::collections::{BTreeMap, BTreeSet};

use geo::{BoundingRect, Centroid, Distance, Haversine, Intersects, MultiPolygon, Point, Validation};
use rstar::{AABB, RTree, primitives::GeomWithData};
use wkt::TryFromWkt;

use super::source::Graph;

/// Kilometres in a degree of latitude; a little less than it is, so that a box is never too small.
const DEGREE: f64 = 111.0;

/// The farthest two points can be from each other, in kilometres.
pub const FARTHEST: f64 = 20_038.0;

/// Names of the coordinate system that WKT means when it names none.
const CRS84: [&str; 2] = ["http://www.opengis.net/def/crs/OGC/1.3/CRS84", "http://www.opengis.net/def/crs/OGC/0/CRS84"];

/// Everything with coordinates, as the graphs say it.
#[derive(Debug, Default)]
pub(super) struct Sites(BTreeMap<String, Vec<Site>>);

/// A thing and where it is.
#[derive(Clone, Debug)]
struct Site {
    iri: String,
    classes: Vec<String>,
    points: Vec<Point>,
    /// Where it is reported, for a thing without coordinates of its own.
    at: Vec<String>,
}

impl Sites {
    /// Puts what graphs say now in the place of what they said.
    pub(super) fn extend(&mut self, graphs: &BTreeMap<String, Graph>) {
        for (iri, graph) in graphs {
            let sites = sites(graph);
            if sites.is_empty() {
                self.0.remove(iri)
            } else {
                self.0.insert(iri.clone(), sites)
            };
        }
    }
}

fn sites(graph: &Graph) -> Vec<Site> {
    let site = |(iri, thing): (&String, &super::source::Thing)| {
        let geometries = thing.iris("hasGeometry").filter_map(|geometry| graph.subjects.get(geometry));
        let points: Vec<Point> =
            geometries.flat_map(|g| g.literals("asWKT")).filter_map(|(wkt, _)| point(wkt).ok()).collect();
        let at: Vec<String> = thing.iris("reportedAt").map(str::to_owned).collect();
        let classes = thing.iris("type").map(str::to_owned).collect();
        (!points.is_empty() || !at.is_empty()).then(|| Site { iri: iri.clone(), classes, points, at })
    };
    graph.subjects.iter().filter_map(site).collect()
}

/// The tree.
#[derive(Debug, Default)]
pub struct Places {
    tree: RTree<GeomWithData<[f64; 2], usize>>,
    things: Vec<(String, Vec<String>)>,
}

/// Something with coordinates that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The place, or the incident reported there.
    pub iri: String,
    /// How far it is from the point asked for, in kilometres; none for a polygon.
    pub distance: Option<f64>,
}

/// Where to look.
#[derive(Clone, Debug, PartialEq)]
pub enum Area {
    /// Within some kilometres of a point.
    Near {
        /// The point.
        point: Point,
        /// The kilometres.
        within: f64,
    },
    /// Inside, or on the line of, one of some polygons.
    Inside(MultiPolygon),
}

/// A point, a distance or a polygon cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AreaError {
    /// It is no WKT of the kind expected.
    #[error("`{0}` is not {1}, longitude first, in degrees")]
    Syntax(String, &'static str),
    /// It names another coordinate system.
    #[error("the coordinate system <{0}> is not known here; leave it out: longitude first, WGS 84 degrees, is meant")]
    System(String),
    /// A latitude beyond the poles, which most often is a longitude.
    #[error("{y} is no latitude: WKT has the longitude first, so write ({y} {x}) if {x} is the latitude")]
    Swapped {
        /// The first number.
        x: f64,
        /// The second number.
        y: f64,
    },
    /// Numbers that are on no globe.
    #[error("({0} {1}) is not on the globe: longitudes run from -180 to 180, latitudes from -90 to 90")]
    Beyond(f64, f64),
    /// A polygon that is wider than half the globe, which most often crosses the antimeridian.
    #[error(
        "the polygon is wider than 180 degrees; one that crosses the antimeridian is written as two, on either side of it"
    )]
    Wide,
    /// A polygon whose lines cross, or that has no area.
    #[error("the polygon is not valid: {0}")]
    Invalid(String),
    /// A distance that is none.
    #[error("`{0}` is not a distance in kilometres: expected a number above 0, up to {FARTHEST}")]
    Distance(String),
}

/// Reads a point in WKT.
pub fn point(text: &str) -> Result<Point, AreaError> {
    let wkt = plain(text)?;
    let point = Point::try_from_wkt_str(wkt)
        .map_err(|_| AreaError::Syntax(text.to_owned(), "a point such as POINT(37.16 36.20)"))?;
    check(point.x(), point.y())?;
    Ok(point)
}

/// The middle of a point, a line or a polygon in WKT, longitude first; none where it is none of them on the globe.
#[must_use]
pub fn middle(text: &str) -> Option<[f64; 2]> {
    let geometry: geo::Geometry = geo::Geometry::try_from_wkt_str(plain(text).ok()?).ok()?;
    let middle = geometry.centroid()?;
    check(middle.x(), middle.y()).ok()?;
    Some([middle.x(), middle.y()])
}

/// Reads a polygon, or several, in WKT.
pub fn polygons(text: &str) -> Result<MultiPolygon, AreaError> {
    let wkt = plain(text)?;
    let syntax = || AreaError::Syntax(text.to_owned(), "a polygon such as POLYGON((36 35, 38 35, 38 37, 36 35))");
    let polygons = geo::Polygon::try_from_wkt_str(wkt)
        .map(|polygon: geo::Polygon| MultiPolygon(vec![polygon]))
        .or_else(|_| MultiPolygon::try_from_wkt_str(wkt))
        .map_err(|_| syntax())?;
    for polygon in &polygons {
        for coordinate in
            polygon.exterior().coords().chain(polygon.interiors().iter().flat_map(geo::LineString::coords))
        {
            check(coordinate.x, coordinate.y)?;
        }
        let rectangle = polygon.bounding_rect().ok_or_else(syntax)?;
        if rectangle.width() > 180.0 {
            return Err(AreaError::Wide);
        }
    }
    polygons.check_validation().map_err(|error| AreaError::Invalid(error.to_string()))?;
    Ok(polygons)
}

/// Reads a distance in kilometres.
pub fn kilometres(text: &str) -> Result<f64, AreaError> {
    let number = text.parse::<f64>().ok().filter(|number| *number > 0.0 && *number <= FARTHEST);
    number.ok_or_else(|| AreaError::Distance(text.to_owned()))
}

/// The WKT behind the name of its coordinate system.
fn plain(text: &str) -> Result<&str, AreaError> {
    let text = text.trim();
    match text.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((system, rest)) if CRS84.contains(&system) => Ok(rest.trim()),
        Some((system, _)) => Err(AreaError::System(system.to_owned())),
        None => Ok(text),
    }
}

fn check(x: f64, y: f64) -> Result<(), AreaError> {
    if x.abs() <= 90.0 && y.abs() > 90.0 && y.abs() <= 180.0 {
        return Err(AreaError::Swapped { x, y });
    }
    if x.abs() <= 180.0 && y.abs() <= 90.0 { Ok(()) } else { Err(AreaError::Beyond(x, y)) }
}

impl Places {
    /// Plants the tree.
    pub(super) fn new(sites: &Sites) -> Self {
        let mut points: BTreeMap<&str, Vec<Point>> = BTreeMap::new();
        let mut classes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let all = || sites.0.values().flatten();
        for site in all() {
            points.entry(&site.iri).or_default().extend(&site.points);
            classes.entry(&site.iri).or_default().extend(site.classes.iter().map(String::as_str));
        }
        let mut reported: Vec<(&str, Point)> = Vec::new();
        for site in all() {
            let at = site.at.iter().filter_map(|place| points.get(place.as_str())).flatten();
            reported.extend(at.map(|point| (site.iri.as_str(), *point)));
        }
        let (mut things, mut leaves) = (Vec::new(), Vec::new());
        let own = points.iter().flat_map(|(iri, points)| points.iter().map(move |point| (*iri, *point)));
        for (iri, point) in own.chain(reported) {
            let of = classes.get(iri).into_iter().flatten().map(|class| (*class).to_owned()).collect();
            leaves.push(GeomWithData::new([point.x(), point.y()], things.len()));
            things.push((iri.to_owned(), of));
        }
        Self { tree: RTree::bulk_load(leaves), things }
    }

    /// What lies in an area, of some classes or, without any, of all; the nearest first, then by IRI.
    #[must_use]
    pub fn find(&self, area: &Area, classes: &[String]) -> Vec<Found> {
        let mut found: BTreeMap<&str, Option<f64>> = BTreeMap::new();
        for (index, distance) in boxes(area).iter().flat_map(|within| self.within(within, area)) {
            let (iri, of) = &self.things[index];
            if classes.is_empty() || classes.iter().any(|class| of.contains(class)) {
                let nearest = found.entry(iri).or_insert(distance);
                *nearest = nearest.zip(distance).map(|(a, b)| a.min(b));
            }
        }
        let mut found: Vec<Found> =
            found.into_iter().map(|(iri, distance)| Found { iri: iri.to_owned(), distance }).collect();
        found.sort_by(|a, b| a.distance.unwrap_or(0.0).total_cmp(&b.distance.unwrap_or(0.0)).then(a.iri.cmp(&b.iri)));
        found
    }

    fn within(&self, within: &AABB<[f64; 2]>, area: &Area) -> Vec<(usize, Option<f64>)> {
        let exact = |leaf: &GeomWithData<[f64; 2], usize>| {
            let here = Point::new(leaf.geom()[0], leaf.geom()[1]);
            match area {
                Area::Near { point, within } => {
                    let distance = Haversine.distance(*point, here) / 1000.0;
                    (distance <= *within).then_some((leaf.data, Some(distance)))
                }
                Area::Inside(polygons) => polygons.intersects(&here).then_some((leaf.data, None)),
            }
        };
        self.tree.locate_in_envelope_intersecting(*within).filter_map(exact).collect()
    }
}

/// The boxes that an area lies in; one on each side, where it crosses the antimeridian.
fn boxes(area: &Area) -> Vec<AABB<[f64; 2]>> {
    match area {
        Area::Inside(polygons) => polygons
            .bounding_rect()
            .map(|it| AABB::from_corners([it.min().x, it.min().y], [it.max().x, it.max().y]))
            .into_iter()
            .collect(),
        Area::Near { point, within } => {
            let up = within / DEGREE;
            let (south, north) = (point.y() - up, point.y() + up);
            let narrow = south.abs().max(north.abs()).to_radians().cos();
            // At a pole every longitude is near.
            let aside = if south <= -90.0 || north >= 90.0 || narrow <= 0.0 { 360.0 } else { up / narrow };
            if aside >= 180.0 {
                return vec![AABB::from_corners([-180.0, south], [180.0, north])];
            }
            let (west, east) = (point.x() - aside, point.x() + aside);
            let sides = [(west, east), (west + 360.0, east + 360.0), (west - 360.0, east - 360.0)];
            let visible = sides.into_iter().filter(|(west, east)| *west <= 180.0 && *east >= -180.0);
            visible.map(|(west, east)| AABB::from_corners([west, south], [east, north])).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(points: &[(f64, f64)]) -> Places {
        let sites = points.iter().enumerate().map(|(n, (x, y))| Site {
            iri: format!("p{n}"),
            classes: vec!["place".to_owned()],
            points: vec![Point::new(*x, *y)],
            at: Vec::new(),
        });
        Places::new(&Sites([("g".to_owned(), sites.collect())].into()))
    }

    fn near(places: &Places, x: f64, y: f64, within: f64) -> Vec<String> {
        let area = Area::Near { point: Point::new(x, y), within };
        places.find(&area, &[]).into_iter().map(|found| found.iri).collect()
    }

    #[test]
    fn what_is_near_is_found_by_distance_across_the_antimeridian_and_at_the_poles() {
        let places = places(&[(37.16, 36.20), (36.27, 33.51), (179.9, 0.0), (-179.9, 0.0), (90.0, 89.9)]);
        assert_eq!(near(&places, 37.1, 36.2, 10.0), ["p0"]);
        assert_eq!(near(&places, 37.1, 36.2, 310.0), ["p0", "p1"]);
        assert_eq!(near(&places, 180.0, 0.0, 50.0), ["p2", "p3"]);
        assert_eq!(near(&places, -90.0, 89.9, 50.0), ["p4"]);
        assert_eq!(near(&places, 0.0, 0.0, FARTHEST).len(), 5);
    }

    #[test]
    fn the_distance_from_aleppo_to_damascus_is_309_kilometres() {
        let places = places(&[(36.2765, 33.5138)]);
        let area = Area::Near { point: Point::new(37.1612, 36.2012), within: 400.0 };
        let distance = places.find(&area, &[])[0].distance;
        assert!(distance.is_some_and(|it| (it - 309.6).abs() < 1.0), "{distance:?}");
    }

    #[test]
    fn a_polygon_holds_what_is_inside_or_on_its_line_and_not_in_its_hole() {
        let places = places(&[(1.0, 1.0), (0.0, 2.0), (5.0, 5.0), (2.0, 2.0)]);
        let ring = "POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (1.5 1.5, 2.5 1.5, 2.5 2.5, 1.5 2.5, 1.5 1.5))";
        let area = Area::Inside(polygons(ring).unwrap_or_else(|e| panic!("{e}")));
        let found: Vec<String> = places.find(&area, &[]).into_iter().map(|found| found.iri).collect();
        assert_eq!(found, ["p0", "p1"]);
        assert!(places.find(&area, &["incident".to_owned()]).is_empty());
    }

    #[test]
    fn what_is_no_area_is_told() {
        assert!(matches!(point("POINT(36.2 137.1)"), Err(AreaError::Swapped { .. })));
        assert!(matches!(point("POINT(200 10)"), Err(AreaError::Beyond(..))));
        assert!(matches!(point("37.1, 36.2"), Err(AreaError::Syntax(..))));
        assert!(matches!(point("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(1 2)"), Err(AreaError::System(_))));
        assert!(point("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(1 2)").is_ok());
        assert!(matches!(polygons("POLYGON((-179 0, 179 0, 179 1, -179 0))"), Err(AreaError::Wide)));
        assert!(matches!(polygons("POLYGON((0 0, 2 2, 2 0, 0 2, 0 0))"), Err(AreaError::Invalid(_))));
        assert!(polygons("MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)), ((2 2, 3 2, 3 3, 2 2)))").is_ok());
        for text in ["0", "-1", "x", "NaN", "1e9"] {
            assert!(kilometres(text).is_err(), "{text}");
        }
    }
}
