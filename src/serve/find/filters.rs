//! The filters of an address, the same for every call that looks for things.
//!
//! A filter may be given several times, and then means any of its values; `mentions` means all of them.

use crate::{
    ask::{
        find::{self, Filters},
        walk::Reliabilities,
    },
    model::{Id, Kind, Lang},
    serve::{Service, narrow, parameters::set_once, problem::Problem},
    views::{
        columns::NOT_ASSESSED,
        places::{Area, kilometres, point, polygons},
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
            "reliability" => {
                let wanted = narrow::reliability(self.service.archive.store.iris(), value)?;
                self.filters.reliability.push(match wanted {
                    Reliabilities::NotAssessed => NOT_ASSESSED.to_owned(),
                    Reliabilities::Rated(rating) => format!("vocab/reliability/{}", rating.term()),
                });
            }
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
                let inside = polygons(value).map_err(|error| refuse(error.to_string()))?;
                self.filters.areas.push(Area::Inside(inside));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// All of them.
    pub(super) fn done(mut self) -> Result<Filters, Problem> {
        (self.filters.from, self.filters.to) =
            narrow::period(narrow::PERIOD, [self.from.as_deref(), self.to.as_deref()])?;
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

    fn id(&self, name: &str, value: &str, kinds: &[Kind]) -> Result<Id, Problem> {
        narrow::thing(self.service.archive.store.iris(), name, value, kinds)
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
        let terms: Vec<&str> = known.flat_map(|(_, terms)| terms.keys().map(String::as_str)).collect();
        let detail = format!("`{value}` is no value of `{name}`: expected {}", terms.join(", "));
        Err(Problem::bad_request(detail).at("parameter", name))
    }
}

/// Within some kilometres of `longitude,latitude`.
fn around(near: &str, km: &str) -> Result<Area, Problem> {
    let refuse = |name: &str, detail: String| Problem::bad_request(detail).at("parameter", name);
    let numbers: Option<Vec<f64>> = near.split(',').map(|part| part.trim().parse().ok()).collect();
    let Some([x, y]) = numbers.as_deref() else {
        return Err(refuse("near", format!("`{near}` is no point: expected longitude,latitude such as 37.16,36.20")));
    };
    let point = point(&format!("POINT({x} {y})")).map_err(|error| refuse("near", error.to_string()))?;
    let within = kilometres(km).map_err(|error| refuse("km", error.to_string()))?;
    Ok(Area::Near { point, within })
}
