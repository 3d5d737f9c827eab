//! The filters of an address, the same for every call that looks for things.
//!
//! A filter may be given several times, and then means any of its values; `mentions` means all of them.

use crate::{
    ask::find::{self, Filters},
    model::{Date, Id, Kind, Lang},
    serve::{Service, parameters::set_once, problem::Problem},
    views::{
        columns::NOT_ASSESSED,
        places::{Area, AreaError, kilometres, point, polygons},
    },
};

/// Their names.
pub(super) const NAMES: &[&str] = &[
    "kind",
    "type",
    "place",
    "organization",
    "person",
    "event",
    "mentions",
    "from",
    "to",
    "reliability",
    "lang",
    "source",
    "stance",
    "near",
    "km",
    "polygon",
];

/// How far is near, where nothing else is said.
const KILOMETRES: &str = "10";

/// Takes filters one by one.
pub(super) struct Reader<'a> {
    service: &'a Service,
    filters: Filters,
    from: Option<String>,
    to: Option<String>,
    near: Option<String>,
    km: Option<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(service: &'a Service) -> Self {
        Self { service, filters: Filters::default(), from: None, to: None, near: None, km: None }
    }

    /// Takes a parameter; says whether it is a filter.
    pub(super) fn take(&mut self, name: &str, value: &str) -> Result<bool, Problem> {
        let refuse = |detail: String| Problem::bad_request(detail).at("parameter", name);
        let value = value.trim();
        if NAMES.contains(&name) && value.is_empty() {
            return Err(refuse(format!("`{name}` is empty: give it a value or leave it out")));
        }
        match name {
            "kind" => {
                let kind = find::filters::kind(value).ok_or_else(|| {
                    let known: Vec<&str> = find::KINDS.into_iter().map(crate::ask::walk::kind_name).collect();
                    refuse(format!("`{value}` is no kind of thing: expected {}", known.join(", ")))
                })?;
                self.filters.kinds.push(kind);
            }
            "type" => {
                self.filters.types.push(self.concept(name, value, &["document-type", "event-kind", "admin-level"])?);
            }
            "stance" => self.filters.stances.push(self.concept(name, value, &["stance"])?),
            "reliability" if value == NOT_ASSESSED => self.filters.reliability.push(value.to_owned()),
            "reliability" => self.filters.reliability.push(self.concept(name, value, &["reliability"])?),
            "place" => self.filters.places.push(self.id(name, value, &[Kind::Place])?),
            "organization" => self.filters.organizations.push(self.id(name, value, &[Kind::Organization])?),
            "person" => self.filters.persons.push(self.id(name, value, &[Kind::Person])?),
            "event" => self.filters.events.push(self.id(name, value, &[Kind::Event])?),
            "mentions" => self.filters.mentions.push(self.id(name, value, &find::KINDS)?),
            "source" => {
                let kinds = [Kind::Organization, Kind::Person, Kind::Collection];
                self.filters.sources.push(self.id(name, value, &kinds)?);
            }
            "lang" => {
                let lang = value.parse::<Lang>().map_err(|error| refuse(error.to_string()))?;
                self.filters.langs.push(lang.as_str().to_owned());
            }
            "from" => set_once(&mut self.from, name, value.to_owned())?,
            "to" => set_once(&mut self.to, name, value.to_owned())?,
            "near" => set_once(&mut self.near, name, value.to_owned())?,
            "km" => set_once(&mut self.km, name, value.to_owned())?,
            "polygon" => {
                let inside = polygons(value).map_err(|error| refuse(told(&error)))?;
                self.filters.areas.push(Area::Inside(inside));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// All of them.
    pub(super) fn done(mut self) -> Result<Filters, Problem> {
        self.filters.from = self.from.map(|value| day("from", &value).map(|date| date.earliest())).transpose()?;
        self.filters.to = self.to.map(|value| day("to", &value).map(|date| date.latest())).transpose()?;
        if let (Some(from), Some(to)) = (self.filters.from, self.filters.to)
            && from > to
        {
            let detail = format!("`from` ({from}) is after `to` ({to}): expected the earlier first");
            return Err(Problem::bad_request(detail).at("parameter", "from"));
        }
        match (self.near, self.km) {
            (Some(near), km) => self.filters.areas.push(around(&near, km.as_deref().unwrap_or(KILOMETRES))?),
            (None, Some(_)) => {
                let detail = "`km` needs `near`, the centre, as longitude,latitude such as near=37.16,36.20";
                return Err(Problem::bad_request(detail).at("parameter", "km"));
            }
            (None, None) => {}
        }
        Ok(self.filters)
    }

    /// A thing of one of these kinds, by its identifier or IRI.
    fn id(&self, name: &str, value: &str, kinds: &[Kind]) -> Result<Id, Problem> {
        let id = self.service.archive.store.iris().parse_id(value);
        id.filter(|id| kinds.contains(&id.kind()) && !id.as_str().contains('#')).ok_or_else(|| {
            let expected: Vec<String> = kinds.iter().map(|kind| format!("{}/key", kind.segment())).collect();
            let detail =
                format!("`{value}` is no value of `{name}`: expected the identifier or IRI of {}", expected.join(", "));
            Problem::bad_request(detail).at("parameter", name)
        })
    }

    /// The path of a concept of one of these vocabularies, by its term, path or IRI.
    fn concept(&self, name: &str, value: &str, schemes: &[&str]) -> Result<String, Problem> {
        let ontology = &self.service.archive.ontology;
        let path = ontology.iris().relative(value).unwrap_or(value);
        let known = schemes.iter().filter_map(|scheme| Some((scheme, ontology.concepts().get(*scheme)?)));
        for (scheme, terms) in known.clone() {
            let term = path.strip_prefix("vocab/").and_then(|rest| rest.strip_prefix(scheme)?.strip_prefix('/'));
            if let Some(term) = terms.keys().find(|known| *known == term.unwrap_or(path)) {
                return Ok(format!("vocab/{scheme}/{term}"));
            }
        }
        let mut terms: Vec<&str> = known.flat_map(|(_, terms)| terms.keys().map(String::as_str)).collect();
        if name == "reliability" {
            terms.push(NOT_ASSESSED);
        }
        let detail = format!("`{value}` is no value of `{name}`: expected {}", terms.join(", "));
        Err(Problem::bad_request(detail).at("parameter", name))
    }
}

fn day(name: &str, value: &str) -> Result<Date, Problem> {
    value
        .parse()
        .map_err(|error: crate::model::DateError| Problem::bad_request(error.to_string()).at("parameter", name))
}

/// Within some kilometres of `longitude,latitude`.
fn around(near: &str, km: &str) -> Result<Area, Problem> {
    let refuse = |name: &str, detail: String| Problem::bad_request(detail).at("parameter", name);
    let numbers: Option<Vec<f64>> = near.split(',').map(|part| part.trim().parse().ok()).collect();
    let Some([x, y]) = numbers.as_deref() else {
        return Err(refuse("near", format!("`{near}` is no point: expected longitude,latitude such as 37.16,36.20")));
    };
    let point = point(&format!("POINT({x} {y})")).map_err(|error| refuse("near", told(&error)))?;
    let within = kilometres(km).map_err(|error| refuse("km", told(&error)))?;
    Ok(Area::Near { point, within })
}

/// What is wrong with an area, as addresses have it.
pub(super) fn told(error: &AreaError) -> String {
    error.to_string()
}

/// A box, as `west,south,east,north`.
pub(super) fn bbox(value: &str) -> Result<[f64; 4], Problem> {
    let refuse = |detail: String| Problem::bad_request(detail).at("parameter", "bbox");
    let numbers: Option<Vec<f64>> = value.split(',').map(|part| part.trim().parse().ok()).collect();
    let Some([west, south, east, north]) = numbers.as_deref() else {
        return Err(refuse(format!("`{value}` is no box: expected west,south,east,north such as 35.5,32,42.5,37.5")));
    };
    for (x, y) in [(west, south), (east, north)] {
        point(&format!("POINT({x} {y})")).map_err(|error| refuse(told(&error)))?;
    }
    if west > east || south > north {
        let detail = format!(
            "`{value}` has its corners in the wrong order: expected west,south,east,north; one that crosses the \
             antimeridian is asked for in two"
        );
        return Err(refuse(detail));
    }
    Ok([*west, *south, *east, *north])
}
