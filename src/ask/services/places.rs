//! `isnad:places`: what lies near a point or inside a polygon.

use oxigraph::model::{NamedNode, Term};

use super::{
    Arguments, DEFAULT_LIMIT, MAX_LIMIT, Signature, Table,
    arguments::{Values, refused},
    decimal, too_many,
};
use crate::{
    store::{Error, literal_value},
    views::{
        Views,
        places::{self, Area, AreaError},
    },
};

pub(super) const SIGNATURE: Signature = Signature {
    name: "places",
    given: &["nearPoint", "withinKm", "inPolygon", "type", "limit"],
    any_of: &["type"],
    asked: &["distanceKm"],
};

pub(super) fn answer(views: &Views, arguments: &Arguments) -> Result<Table, Error> {
    let mut table = None;
    for values in arguments.combinations()? {
        let area = area(&values)?;
        if arguments.asks("distanceKm") && matches!(area, Area::Inside(_)) {
            return Err(refused(
                "places",
                "isnad:distanceKm needs isnad:nearPoint, the point it is measured from".to_owned(),
            ));
        }
        let mut found = views.places().find(&area, &values.iris("type")?);
        if let Some(subjects) = &arguments.subjects {
            let subjects: Vec<String> = subjects.iter().map(literal_value).collect();
            found.retain(|found| subjects.contains(&found.iri));
        }
        let limit = values.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT)?;
        if found.len() > limit && values.one("limit").is_none() {
            return Err(too_many("places", limit));
        }
        let table = table.get_or_insert_with(|| Table::new(arguments, &values.bound));
        for found in found.iter().take(limit) {
            let subject: Term = NamedNode::new_unchecked(&found.iri).into();
            let distance = |_: &str| found.distance.map(|distance| decimal(distance, 3));
            table.push(arguments, &subject, distance, &values.bound);
        }
    }
    Ok(table.unwrap_or_default())
}

fn area(values: &Values) -> Result<Area, Error> {
    let wrong = |property: &str, error: AreaError| refused("places", format!("isnad:{property}: {error}"));
    match (values.text("nearPoint"), values.text("inPolygon")) {
        (Some(text), None) => {
            let point = places::point(&text).map_err(|error| wrong("nearPoint", error))?;
            let within = literal_value(values.required("withinKm", "25")?);
            let within = places::kilometres(&within).map_err(|error| wrong("withinKm", error))?;
            Ok(Area::Near { point, within })
        }
        (None, Some(_)) if values.one("withinKm").is_some() => {
            Err(refused("places", "isnad:withinKm needs isnad:nearPoint; a polygon has no distance".to_owned()))
        }
        (None, Some(text)) => Ok(Area::Inside(places::polygons(&text).map_err(|error| wrong("inPolygon", error))?)),
        _ => Err(refused(
            "places",
            "it needs isnad:nearPoint \"POINT(37.16 36.20)\" with isnad:withinKm 25, or isnad:inPolygon with a POLYGON; \
             one of the two"
                .to_owned(),
        )),
    }
}
