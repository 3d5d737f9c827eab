//! Whatever comes in is read or refused, soon, and nothing falls over: files of every format, SPARQL, headers, texts for
//! the linker, bodies, tokens and query strings.
//!
//! Inputs are made by spoiling good ones, the same each time; `ISNAD_SEED` makes it another story. `ISNAD_FUZZ_INPUTS` says
//! how many in all (4,000 without it), which the kinds share. Figures are printed:
//!
//! `ISNAD_FUZZ_INPUTS=10000000 cargo test --test it fuzz:: -- --nocapture`

mod calls;
mod spoil;

use std::{
    io::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use isnad::{
    ask::sparql,
    model::{Date, Id, Lang},
    rdf::{GraphFormat, SolutionsFormat},
    serve::{lang::PageLang, negotiate},
    store::parse_update,
};

use self::spoil::{Chance, spoil};
use crate::{
    formats::{SEEDS, intake_body},
    link_call::body as link_body,
    starter::{empty, memory, run},
};

/// How many inputs there are in all where nothing is said.
const FEW: u64 = 4_000;

/// An input that takes longer hangs.
const HANGS: Duration = Duration::from_secs(20);

/// The longest input, in bytes.
const LONGEST: usize = 8 << 10;

/// So many of a thousand inputs are of a kind.
fn each(kind: &str, share: u64, seeds: &[Vec<u8>], check: impl Fn(usize, &[u8])) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (all, seed) = (number("ISNAD_FUZZ_INPUTS").unwrap_or(FEW), number("ISNAD_SEED").unwrap_or(7));
    let count = (all * share / 1_000).max(100);
    let guard = Watch::new(kind);
    let begun = Instant::now();
    for input in 0..count {
        let mut chance = Chance::new(seed.wrapping_add(input));
        let from = chance.below(seeds.len());
        let mut bytes = spoil(&mut chance, from, seeds);
        bytes.truncate(LONGEST);
        guard.begins(&bytes);
        let ended = catch_unwind(AssertUnwindSafe(|| check(from, &bytes)));
        assert!(ended.is_ok(), "{kind}: input {input} of seed {seed}: {:?}", String::from_utf8_lossy(&bytes));
    }
    let took = begun.elapsed();
    let rate = u128::from(count) * 1_000 / took.as_millis().max(1);
    let seconds = took.as_secs_f64();
    let _ = writeln!(std::io::stderr(), "fuzz {kind}: {count} inputs in {seconds:.1} s, {rate} a second");
}

/// Ends the process when an input hangs, and says which.
struct Watch {
    now: Arc<Mutex<(Instant, Vec<u8>)>>,
    over: Arc<AtomicBool>,
}

impl Watch {
    fn new(kind: &str) -> Self {
        let now = Arc::new(Mutex::new((Instant::now(), Vec::new())));
        let over = Arc::new(AtomicBool::new(false));
        let (looked_at, ended, kind) = (Arc::clone(&now), Arc::clone(&over), kind.to_owned());
        std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(500));
                let (begun, bytes) = looked_at.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if begun.elapsed() > HANGS && !ended.load(Ordering::Relaxed) {
                    let _ = writeln!(std::io::stderr(), "{kind} hangs on {:?}", String::from_utf8_lossy(&bytes));
                    std::process::abort();
                }
            }
        });
        Self { now, over }
    }

    fn begins(&self, bytes: &[u8]) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.0 = Instant::now();
        now.1.clear();
        now.1.extend_from_slice(bytes);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

fn bytes(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[test]
fn files_of_every_format() {
    let seeds: Vec<Vec<u8>> = SEEDS.iter().map(|(_, bytes)| bytes.clone()).collect();
    each("intake", 60, &seeds, |from, bytes| intake_body::check(SEEDS[from].0, bytes));
}

#[test]
fn texts_for_the_linker() {
    let seeds = bytes(&[
        "Human Rights Watch\nAleppo\n\nHuman Rights Watch wrote of Aleppo on 15 February 2017, and of S/2017/131.",
        "\u{645}\u{646}\u{638}\u{645}\u{629}\n\u{62d}\u{644}\u{628}\n\n\u{642}\u{627}\u{644}\u{62a} \u{627}\u{644}\u{645}\u{646}\u{638}\u{645}\u{629} \u{641}\u{64a} \u{62d}\u{644}\u{628} \u{64a}\u{648}\u{645} 15 \u{634}\u{628}\u{627}\u{637} 2017.",
        "S/2017/131\nresolution 2118 (2013)\n\nSee S/2017/131 and resolution 2118 (2013), page 4; 12-15 March 2012.",
    ]);
    each("link", 40, &seeds, |_, bytes| link_body::check(bytes));
}

#[test]
fn queries_and_updates() {
    let store = run(async { empty(memory()).await.store });
    let saved = isnad::serve::saved_queries().iter().map(|saved| saved.text.clone().into_bytes());
    // Short ones: there are as many ways to spoil them, in less time.
    let mut seeds: Vec<Vec<u8>> = saved.filter(|text| text.len() < 1_000).collect();
    seeds.extend(bytes(&[
        "SELECT ?a (COUNT(*) AS ?n) { ?a (isn:x|^<y>/!rdf:type)* ?b OPTIONAL { ?b ?p \"x\"@ar } } GROUP BY ?a HAVING (?n > 1) LIMIT 5",
        "CONSTRUCT { ?s ?p [ <q> ( 1 2.5e3 true ) ] } WHERE { { SELECT * { ?s ?p ?o } } UNION { SERVICE isnad:search { ?d isnad:matches \"x\" } } }",
        "PREFIX a: <b:> INSERT DATA { GRAPH <g> { a:x a:y 'z'^^a:t } } ; DELETE WHERE { ?s ?p ?o } ; LOAD <http://x/> INTO GRAPH <y>",
        "ASK { << ?s ?p ?o >> ?q ?r FILTER(REGEX(?x, \"^a\\\\d+\", \"i\") && EXISTS { ?a ?b ?c } || ?y IN (1, 2)) BIND(IF(?x, 1, 2) AS ?z) }",
    ]));
    let parser = spargebra::SparqlParser::new();
    each("sparql", 200, &seeds, |_, bytes| {
        let text = String::from_utf8_lossy(bytes);
        let (_, _) = (sparql::form(&store, &text).is_ok(), parse_update(&parser, &text).is_ok());
    });
}

#[test]
fn what_headers_and_names_say() {
    let seeds = bytes(&[
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/turtle;q=0.5, application/ld+json;profile=\"x\";q=1.0, text/*",
        "ar-SY,ar;q=0.9,en-GB;q=0.8,*;q=0.1",
        "lang=ar&x=1&format=csv",
        "doc/sc-2017-02-15-hrw-aleppo#text-en",
        "2017-02-15/2017-03",
    ]);
    let offered = ["text/html", "text/turtle", "application/ld+json", "application/rdf+xml"];
    each("headers", 600, &seeds, |_, bytes| {
        let text = String::from_utf8_lossy(bytes);
        assert!(negotiate::choose(Some(&text), &offered).is_none_or(|chosen| chosen < offered.len()));
        let lang = PageLang::choose(Some(&text), Some(&text));
        assert!(PageLang::ALL.contains(&lang));
        for part in text.split([',', ';', '&', '=']) {
            let _ =
                (GraphFormat::from_media_type(part), GraphFormat::from_name(part), SolutionsFormat::from_name(part));
            let _ = (part.parse::<Lang>(), part.parse::<Date>());
            if let Ok(id) = part.parse::<Id>() {
                assert_eq!(id.as_str().parse::<Id>().as_ref(), Ok(&id), "{part:?}");
            }
        }
    });
}
