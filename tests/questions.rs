//! The questions of `queries/`, asked of the starter archive; where the answer is known it is asserted.

use std::collections::BTreeSet;

use isnad::{ask::saved::SavedQuery, serve};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::starter::{ask, get, run, starter};

/// The answer to a question as rows of cells, IRIs without the base.
fn answer(number: &str, values: &[(&str, &str)]) -> Vec<Vec<String>> {
    let service = starter();
    let slug = slug(number);
    let mut parameters = String::new();
    for (name, value) in values {
        let value = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
        parameters.extend(["&", name, "=", &value]);
    }
    let path = format!("/api/queries/{slug}?format=json{parameters}");
    let (status, _, body) = run(ask(&service, get(&path, "*/*")));
    assert_eq!(status, 200, "{slug}: {body}");
    let json: serde_json::Value = serde_json::from_str(&body).expect("it is JSON");
    let columns: Vec<&str> =
        json["head"]["vars"].as_array().expect("there are columns").iter().filter_map(|v| v.as_str()).collect();
    let rows = json["results"]["bindings"].as_array().expect("there are rows");
    rows.iter()
        .map(|row| {
            let cell =
                |column: &&str| row[*column]["value"].as_str().unwrap_or_default().replace(crate::starter::BASE, "");
            columns.iter().map(cell).collect()
        })
        .collect()
}

fn slug(number: &str) -> &'static str {
    let found = serve::saved_queries().iter().find(|query| query.slug.starts_with(&format!("{number}-")));
    &found.unwrap_or_else(|| panic!("there is no question {number}")).slug
}

/// Every cell of an answer that begins so.
fn cells(rows: &[Vec<String>], start: &str) -> BTreeSet<String> {
    rows.iter().flatten().filter(|cell| cell.starts_with(start)).cloned().collect()
}

fn set(expected: &[&str]) -> BTreeSet<String> {
    expected.iter().map(|&cell| cell.to_owned()).collect()
}

#[test]
fn there_are_thirty_two_with_titles_in_both_languages_and_each_runs() {
    let queries: &[SavedQuery] = serve::saved_queries();
    assert_eq!(queries.len(), 32);
    for query in queries {
        assert_eq!((query.title.len(), query.about.len()), (2, 2), "{}", query.slug);
        answer(&query.slug[..3], &[]);
    }
}

#[test]
fn three_incidents_were_laid_to_government_forces_in_findings_standing_that_day() {
    let incidents = |day: &str| cells(&answer("q01", &[("day", day)]), "event/");
    let three = set(&["event/talmenes-2014-04-21", "event/sarmin-2015-03-16", "event/qmenas-2015-03-16"]);
    assert_eq!(incidents("2017-02-15"), three);
    assert_eq!(incidents("2016-09-01").len(), 2);
    assert_eq!(incidents("2016-10-22"), three);
    assert!(incidents("2017-10-27").contains("event/khan-shaykhun-2017-04-04"));
}

#[test]
fn the_cited_report_itself_establishes_only_one_of_the_three() {
    let rows = answer("q02", &[]);
    let yes: Vec<_> = rows.iter().filter(|row| row.contains(&"true".to_owned())).cloned().collect();
    assert_eq!(cells(&yes, "event/"), set(&["event/qmenas-2015-03-16"]));
    assert_eq!(cells(&rows, "event/").len(), 3);
}

#[test]
fn three_outcomes_changed_between_two_reports() {
    let expected = set(&["event/qmenas-2015-03-16", "event/kafr-zita-2014-04-18", "event/binnish-2015-03-24"]);
    assert_eq!(cells(&answer("q03", &[]), "event/"), expected);
}

#[test]
fn the_displacement_is_the_one_part_that_the_relayed_source_does_not_hold() {
    let rows = answer("q04", &[]);
    let missing: Vec<_> = rows.iter().filter(|row| row.contains(&"false".to_owned())).cloned().collect();
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert!(missing[0].iter().any(|cell| cell.contains("displacing-residents")), "{missing:?}");
}

#[test]
fn the_verified_deaths_of_the_eight_incidents_are_nine_and_the_unverified_seven() {
    let rows = answer("q05", &[]);
    let all: BTreeSet<String> = rows.iter().flatten().cloned().collect();
    let figures = ["8", "9", "7", "4", "true"];
    assert!(figures.iter().all(|cell| all.contains(*cell)) && !all.contains("false"), "{rows:?}");
}

#[test]
fn three_incidents_have_cylinder_and_smoke_and_no_verified_death() {
    let expected = set(&["event/aleppo-2016-11-18", "event/aleppo-2016-11-20-b", "event/aleppo-2016-11-28"]);
    assert_eq!(cells(&answer("q06", &[]), "event/"), expected);
}

#[test]
fn three_neighbourhoods_are_named_more_than_once() {
    let expected = set(&["place/aleppo-karm-al-jazmati", "place/aleppo-karm-al-qaterji", "place/aleppo-kallaseh"]);
    assert_eq!(cells(&answer("q07", &[]), "place/"), expected);
}

#[test]
fn the_tolls_given_for_ghouta_run_from_281_to_1729() {
    let rows = answer("q08", &[]);
    let ghouta = rows.iter().find(|row| row.contains(&"event/ghouta-2013-08-21".to_owned())).expect("it is there");
    assert!(["281", "1729", "12"].iter().all(|cell| ghouta.contains(&(*cell).to_owned())), "{ghouta:?}");
}

#[test]
fn attribution_stands_beside_no_mandate_to_attribute() {
    let events = cells(&answer("q09", &[]), "event/");
    for event in ["ghouta-2013-08-21", "khan-shaykhun-2017-04-04", "sarmin-2015-03-16", "qmenas-2015-03-16"] {
        assert!(events.contains(&format!("event/{event}")), "{events:?}");
    }
}

#[test]
fn three_offices_are_held_by_these_three_on_the_day_of_the_statement() {
    let expected = set(&["person/anas-al-abdah", "person/virginia-gamba", "person/ahmet-uzumcu"]);
    assert_eq!(cells(&answer("q11", &[]), "person/"), expected);
}

#[test]
fn one_signature_changed_between_the_two_reports() {
    let people = cells(&answer("q12", &[]), "person/");
    assert_eq!(people, set(&["person/virginia-gamba", "person/ban-ki-moon", "person/antonio-guterres"]));
}

#[test]
fn what_is_cited_by_body_and_date_is_found() {
    let rows = answer("q13", &[]);
    assert!(cells(&rows, "doc/").is_superset(&set(&["doc/jim-4", "doc/a-res-71-248"])), "{rows:?}");
}

#[test]
fn monday_is_the_thirteenth() {
    let rows = answer("q14", &[]);
    assert!(!cells(&rows, "2017-02-13").is_empty() && cells(&rows, "doc/").contains("doc/jim-5"), "{rows:?}");
}

#[test]
fn five_drafts_failed_and_two_states_voted_with_russia() {
    let rows = answer("q17", &[]);
    let all: BTreeSet<String> = rows.iter().flatten().cloned().collect();
    for day in ["2014-05-22", "2017-02-28", "2017-10-24", "2017-11-16", "2017-11-17"] {
        assert!(all.contains(day), "{day}: {rows:?}");
    }
    let times = |state: &str| {
        let row = rows.iter().find(|row| row.contains(&format!("vocab/state/{state}"))).cloned();
        row.unwrap_or_default()
    };
    assert!(times("bolivia").contains(&"4".to_owned()) && times("china").contains(&"2".to_owned()), "{rows:?}");
}

#[test]
fn two_symbols_look_alike() {
    let rows = answer("q18", &[]);
    assert!(
        rows.iter().any(|row| row.contains(&"doc/ffm-2017-2022".to_owned()) && row.contains(&"doc/jim-5".to_owned())),
        "{rows:?}"
    );
}

#[test]
fn two_incidents_are_near_idlib_and_one_has_no_coordinates() {
    let events = cells(&answer("q20", &[]), "event/");
    let expected = set(&["event/sarmin-2015-03-16", "event/binnish-2015-03-24", "event/qmenas-2015-03-16"]);
    assert_eq!(events, expected);
}

#[test]
fn marea_stands_for_four_incidents() {
    let expected =
        set(&["event/marea-2015-08-21", "event/marea-2015-09-01", "event/marea-2015-09-03", "event/marea-2016-08-16"]);
    assert_eq!(cells(&answer("q21", &[]), "event/"), expected);
}

#[test]
fn no_document_was_ever_rated() {
    let rows = answer("q25", &[]);
    assert!(rows.len() >= 84 && cells(&rows, "doc/").contains("doc/sc-2017-02-15-hrw-aleppo"));
}

#[test]
fn the_first_question_as_known_on_other_days() {
    let count = |day: &str| cells(&answer("q27", &[("day", day)]), "event/").len();
    assert_eq!((count("2016-09-01"), count("2016-10-22"), count("2017-10-27")), (2, 3, 4));
}

#[test]
fn the_same_report_has_two_figures() {
    let all: BTreeSet<String> = answer("q29", &[]).into_iter().flatten().collect();
    assert!(all.contains("9") && all.contains("8"), "{all:?}");
}

#[test]
fn chlorine_stands_near_human_rights_watch_in_both_languages_of_the_statement() {
    let rows = answer("q31", &[]);
    let statement: Vec<_> = rows.iter().filter(|row| row[0] == "doc/sc-2017-02-15-hrw-aleppo").collect();
    let languages: BTreeSet<&str> = statement.iter().map(|row| row[2].as_str()).collect();
    assert_eq!(languages, BTreeSet::from(["ar", "en"]), "{rows:?}");
    assert!(rows.iter().all(|row| row[5].contains('\u{27E6}') && row[5].contains('\u{27E7}')), "{rows:?}");
}

#[test]
fn incidents_lie_around_idlib_by_distance() {
    let rows = answer("q32", &[]);
    let events = cells(&rows, "event/");
    for event in ["event/sarmin-2015-03-16", "event/binnish-2015-03-24"] {
        assert!(events.contains(event), "{rows:?}");
    }
    let kilometres: Vec<f64> = rows.iter().filter_map(|row| row[3].parse().ok()).collect();
    assert!(kilometres.len() == rows.len() && kilometres.is_sorted() && kilometres.iter().all(|it| *it <= 25.0));
}
