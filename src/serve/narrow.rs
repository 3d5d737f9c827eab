//! What narrows by time, reliability, source or area, read in the same way from every address that can be narrowed so.

use jiff::civil;

use super::problem::Problem;
use crate::{
    ask::walk::Reliabilities,
    model::{Date, DateError, Id, Kind, Reliability},
    rdf::Iris,
    views::{columns::NOT_ASSESSED, places::point},
};

/// The parameters of a time.
pub(super) const PERIOD: [&str; 2] = ["from", "to"];

/// The first and the last day of a time that two parameters give, each as precisely as it was given.
pub(super) fn period(
    [from, to]: [&str; 2],
    given: [Option<&str>; 2],
) -> Result<(Option<civil::Date>, Option<civil::Date>), Problem> {
    let first = given[0].map(|value| day(from, value).map(|date| date.earliest())).transpose()?;
    let last = given[1].map(|value| day(to, value).map(|date| date.latest())).transpose()?;
    if let (Some(first), Some(last)) = (first, last)
        && first > last
    {
        let detail = format!("`{from}` ({first}) is after `{to}` ({last}): expected the earlier first");
        return Err(Problem::bad_request(detail).at("parameter", from));
    }
    Ok((first, last))
}

fn day(name: &str, value: &str) -> Result<Date, Problem> {
    value.parse().map_err(|error: DateError| Problem::bad_request(error.to_string()).at("parameter", name))
}

/// How documents were assessed: a term, or the path or IRI of its concept, or that nobody did.
pub(super) fn reliability(iris: &Iris, value: &str) -> Result<Reliabilities, Problem> {
    if value == NOT_ASSESSED {
        return Ok(Reliabilities::NotAssessed);
    }
    let path = iris.relative(value).unwrap_or(value);
    let rating: Result<Reliability, String> = path.strip_prefix("vocab/reliability/").unwrap_or(path).parse();
    let refused = |error| Problem::bad_request(format!("{error}, or {NOT_ASSESSED}")).at("parameter", "reliability");
    rating.map(Reliabilities::Rated).map_err(refused)
}

/// A thing of one of these kinds, by its identifier or IRI; not a part of one.
pub(super) fn thing(iris: &Iris, name: &str, value: &str, kinds: &[Kind]) -> Result<Id, Problem> {
    let id = iris.parse_id(value);
    id.filter(|id| kinds.contains(&id.kind()) && id.as_str() == id.whole()).ok_or_else(|| {
        let shown: String = value.chars().take(100).collect();
        let expected: Vec<String> = kinds.iter().map(|kind| format!("{}/key", kind.segment())).collect();
        let detail =
            format!("`{shown}` is no value of `{name}`: expected the identifier or IRI of {}", expected.join(", "));
        Problem::bad_request(detail).at("parameter", name)
    })
}

/// A box: `west,south,east,north`.
pub(super) fn bbox(name: &str, value: &str) -> Result<[f64; 4], Problem> {
    let refuse = |detail: String| Problem::bad_request(detail).at("parameter", name);
    let numbers: Option<Vec<f64>> = value.split(',').map(|part| part.trim().parse().ok()).collect();
    let Some([west, south, east, north]) = numbers.as_deref() else {
        return Err(refuse(format!("`{value}` is no box: expected west,south,east,north such as 35.5,32,42.5,37.5")));
    };
    for (x, y) in [(west, south), (east, north)] {
        point(&format!("POINT({x} {y})")).map_err(|error| refuse(error.to_string()))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reaches_from_its_first_day_to_its_last_and_not_backwards() {
        let days = |from, to| period(PERIOD, [from, to]).map(|(first, last)| format!("{first:?} {last:?}"));
        assert_eq!(days(Some("2016-02"), Some("2016")).ok().as_deref(), Some("Some(2016-02-01) Some(2016-12-31)"));
        assert_eq!(days(None, None).ok().as_deref(), Some("None None"));
        assert!(days(Some("2017"), Some("2016")).is_err() && days(Some("lately"), None).is_err());
    }

    #[test]
    fn a_degree_is_read_as_a_term_a_path_or_an_iri() {
        let iris = Iris::new("https://example.org/").expect("an IRI");
        for value in ["correct", "vocab/reliability/correct", "https://example.org/vocab/reliability/correct"] {
            assert_eq!(reliability(&iris, value).ok(), Some(Reliabilities::Rated(Reliability::Correct)), "{value}");
        }
        assert_eq!(reliability(&iris, "not-assessed").ok(), Some(Reliabilities::NotAssessed));
        assert!(reliability(&iris, "good").is_err());
    }
}
