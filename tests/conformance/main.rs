//! The W3C's SPARQL 1.1 suites against the running service, over HTTP and nothing else.
//!
//! `ISNAD_SUITES` names the folder in which `manifest-all.ttl` stands; without it nothing is tested, and that is said.
//! `misses.txt` lists each test that fails with its reason, `left_out.txt` each that is not run. A miss that is not
//! listed fails this test, and so does a listed one that passes: the lists stay true.

mod answer;
mod description;
mod evaluate;
mod exchange;
mod older;
#[path = "../running/mod.rs"]
mod running;
mod service;
mod suite;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::Write as _,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    thread,
};

use service::Service;
use suite::{Case, Suite};

/// How many services are tested side by side.
const SERVICES: usize = 3;

#[derive(Debug)]
enum Outcome {
    Passed,
    Missed(String),
    LeftOut,
}

#[test]
fn the_suites_hold_but_for_what_is_listed() {
    let Some(root) = std::env::var_os("ISNAD_SUITES").map(PathBuf::from).filter(|root| !root.as_os_str().is_empty())
    else {
        say("skipped: ISNAD_SUITES does not name the folder of the SPARQL 1.1 suite");
        return;
    };
    rustls::crypto::ring::default_provider().install_default().expect("no other provider was installed");
    let suite = Suite::new(root);
    let only = std::env::var("ISNAD_SUITES_ONLY").unwrap_or_default();
    let cases: Vec<Case> = suite.cases().into_iter().filter(|case| case.name.contains(&only)).collect();
    let left_out = listed(include_str!("left_out.txt"));
    let outcomes = run_all(&suite, &cases, &left_out);
    say(&table(&cases, &outcomes));
    let listed = listed(include_str!("misses.txt"));
    let mut wrong = String::new();
    for (name, outcome) in &outcomes {
        let problem = match (outcome, listed.get(name.as_str())) {
            (Outcome::Missed(error), None) => format!("missed and not listed: {error}"),
            (Outcome::Passed, Some(_)) => "passes, and is still listed as a miss".to_owned(),
            _ => continue,
        };
        let _ = writeln!(wrong, "{name}: {problem}");
    }
    if only.is_empty() {
        for name in listed.keys().chain(left_out.keys()).filter(|name| !outcomes.contains_key(**name)) {
            if !name.ends_with("/*") {
                let _ = writeln!(wrong, "{name}: listed, and no test of the suite");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Names and reasons, from lines of a name, a space and a reason.
fn listed(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')).collect()
}

fn run_all(suite: &Suite, cases: &[Case], left_out: &BTreeMap<&str, &str>) -> BTreeMap<String, Outcome> {
    let next = Mutex::new(cases.iter());
    let outcomes = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..SERVICES {
            scope.spawn(|| {
                let service = Service::start();
                loop {
                    let case = next.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(case) = case else { break };
                    let whole_folder = format!("{}/*", case.folder);
                    let is_left_out =
                        [case.name.as_str(), &whole_folder].iter().any(|name| left_out.contains_key(name));
                    let outcome = if is_left_out { Outcome::LeftOut } else { run(suite, &service, case) };
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).insert(case.name.clone(), outcome);
                }
            });
        }
    });
    outcomes.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn run(suite: &Suite, service: &Service, case: &Case) -> Outcome {
    let fragment = case.name.split_once('/').map_or("", |(_, fragment)| fragment);
    let result = match case.kind.as_str() {
        "QueryEvaluationTest" | "CSVResultFormatTest" => evaluate::query(suite, service, case),
        "UpdateEvaluationTest" => evaluate::update(suite, service, case),
        "PositiveSyntaxTest11"
        | "NegativeSyntaxTest11"
        | "PositiveUpdateSyntaxTest11"
        | "NegativeUpdateSyntaxTest11" => evaluate::syntax_test(suite, service, case),
        "GraphStoreProtocolTest" if case.folder == "http-rdf-update" => older::hold(service, fragment),
        "ProtocolTest" | "GraphStoreProtocolTest" => exchange::hold(suite, service, case),
        "ServiceDescriptionTest" => description::hold(service, fragment),
        other => Err(format!("{other} is no known kind of test")),
    };
    result.map_or_else(Outcome::Missed, |()| Outcome::Passed)
}

fn table(cases: &[Case], outcomes: &BTreeMap<String, Outcome>) -> String {
    let mut folders: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut all = [0; 3];
    for case in cases {
        let column = match outcomes.get(&case.name) {
            Some(Outcome::Passed) => 0,
            Some(Outcome::Missed(_)) | None => 1,
            Some(Outcome::LeftOut) => 2,
        };
        folders.entry(&case.folder).or_default()[column] += 1;
        all[column] += 1;
    }
    let mut table = format!("{:<22}{:>8}{:>8}{:>10}\n", "folder", "passed", "missed", "left out");
    for (folder, [passed, missed, left_out]) in folders.into_iter().chain([("all", all)]) {
        let _ = writeln!(table, "{folder:<22}{passed:>8}{missed:>8}{left_out:>10}");
    }
    table
}

/// Past the test harness, which would keep it until a test fails.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
