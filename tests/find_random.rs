//! Archives made at random: what is found, and how it is counted, must be what plain SPARQL says of the same triples.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use axum::{body::Body, http::Request};
use isnad::{
    add::{Archive, File, Plan, Settings},
    serve::Service,
};
use serde_json::Value;

use crate::{
    find::{encoded, ids, json},
    starter,
};

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).expect("it is smaller than the sides")
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

const PLACES: usize = 14;
const PERSONS: usize = 6;
const ORGANIZATIONS: usize = 7;
const EVENTS: usize = 12;
const DOCUMENTS: usize = 36;
const SYLLABLES: [&str; 14] =
    ["bel", "dor", "fan", "gim", "hul", "kra", "lov", "mur", "nez", "pol", "rud", "sam", "tiv", "zor"];
const WORDS: [&str; 6] = ["harvest", "bridge", "letters", "winter", "orchard", "lantern"];
const TYPES: [&str; 3] = ["report", "press-statement", "note"];
const RATINGS: [&str; 3] = ["correct", "unverified", "undefined"];

/// A name of one word, different for each number and kind.
fn name(kind: usize, number: usize) -> String {
    let word = format!("{}{}{}", SYLLABLES[number], SYLLABLES[(number * 3 + kind * 5 + 1) % 14], SYLLABLES[kind]);
    word[..1].to_uppercase() + &word[1..]
}

fn date(dice: &mut Dice) -> String {
    let (year, month, day) = (2011 + dice.roll(6), 1 + dice.roll(12), 1 + dice.roll(28));
    match dice.roll(5) {
        0 => format!("{year}"),
        1 => format!("{year}-{month:02}"),
        2 => format!("{year}/{}", year + 1),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

fn entities(dice: &mut Dice) -> Vec<File> {
    let mut places = "id,label_en,label_ar,level,within,latitude,longitude\n".to_owned();
    for number in 0..PLACES {
        let level = ["governorate", "district", "city"][if number < 3 {
            0
        } else if number < 7 {
            1
        } else {
            2
        }];
        let within = match number {
            0..3 => String::new(),
            3..7 => format!("place/p{}=org/o0", dice.roll(3)),
            _ => format!("place/p{}=org/o0", 3 + dice.roll(4)),
        };
        let point = if dice.roll(4) == 0 {
            ",".to_owned()
        } else {
            format!("3{}.{},3{}.{}", 3 + dice.roll(3), dice.roll(100), 6 + dice.roll(3), dice.roll(100))
        };
        let _ = writeln!(
            places,
            "place/p{number},{},\u{645}\u{643}\u{627}\u{646} {number},{level},{within},{point}",
            name(0, number)
        );
    }
    let mut persons = "id,label_en,label_ar\n".to_owned();
    for number in 0..PERSONS {
        let _ = writeln!(
            persons,
            "person/q{number},{} {},\u{634}\u{62E}\u{635} {number}",
            name(1, number),
            name(2, number)
        );
    }
    let mut organizations = "id,label_en,label_ar,seat\n".to_owned();
    for number in 0..ORGANIZATIONS {
        let seat = if dice.roll(2) == 0 { format!("place/p{}", dice.roll(PLACES)) } else { String::new() };
        let _ = writeln!(
            organizations,
            "org/o{number},{} Union,\u{627}\u{62A}\u{62D}\u{627}\u{62F} {number},{seat}",
            name(3, number)
        );
    }
    let mut events = "id,label_en,label_ar,kind,event_kind,when,at,reported_by\n".to_owned();
    for number in 0..EVENTS {
        let kind = dice.pick(&["reported-chemical-incident", "reported-executions"]);
        let when = date(dice);
        let _ = writeln!(
            events,
            "event/e{number},Reported incident {},\u{62D}\u{627}\u{62F}\u{62B}\u{629} {number},reported-incident,{kind},{when},place/p{},org/o{}",
            name(4, number),
            dice.roll(PLACES),
            dice.roll(ORGANIZATIONS),
        );
    }
    [("places.csv", places), ("persons.csv", persons), ("organizations.csv", organizations), ("events.csv", events)]
        .map(|(file, text)| File::bytes(file.to_owned(), text.into_bytes()))
        .into()
}

fn document(dice: &mut Dice, number: usize) -> File {
    let mut text = format!(
        "---\nid: doc/d{number}\ntitle: {{en: \"Paper {number} on {}\"}}\ntype: {}\n",
        dice.pick(&WORDS),
        dice.pick(&TYPES)
    );
    if dice.roll(6) > 0 {
        let _ = writeln!(text, "issued: {}", date(dice));
    }
    let _ = writeln!(
        text,
        "issuer: [org/o{}]\nlanguage: [{}]",
        dice.roll(ORGANIZATIONS),
        dice.pick(&["en", "ar", "en, ar", "ar-SY"])
    );
    if dice.roll(3) > 0 {
        let _ = writeln!(text, "area: [place/p{}]", dice.roll(PLACES));
    }
    if dice.roll(3) == 0 {
        let _ = writeln!(text, "related_person: [person/q{}]", dice.roll(PERSONS));
    }
    if dice.roll(3) == 0 {
        let _ = writeln!(text, "collection: [collection/c{}]", dice.roll(2));
    }
    if dice.roll(2) == 0 {
        let _ = write!(
            text,
            "claims:\n  - id: claim/k{number}\n    kind: claim\n    stated_by: [org/o{}]\n    about_event: [event/e{}]\n    about_thing: [place/p{}]\n    \
             stance: {}\n    degree: estimates\n    summary: {{en: \"It was told of the {}.\", ar: \"\u{642}\u{64A}\u{644} \u{630}\u{644}\u{643}\"}}\n    \
             propositions:\n      - {{subject: event/e{}, predicate: perpetrator, object: org/o{}}}\n",
            dice.roll(ORGANIZATIONS),
            dice.roll(EVENTS),
            dice.roll(PLACES),
            dice.pick(&["affirms", "denies"]),
            dice.pick(&WORDS),
            dice.roll(EVENTS),
            dice.roll(ORGANIZATIONS),
        );
    }
    text.push_str("---\n");
    for _ in 0..3 + dice.roll(4) {
        let named = match dice.roll(3) {
            0 => name(0, dice.roll(PLACES)),
            1 => {
                let person = dice.roll(PERSONS);
                format!("{} {}", name(1, person), name(2, person))
            }
            _ => format!("{} Union", name(3, dice.roll(ORGANIZATIONS))),
        };
        let _ = writeln!(text, "The {} was seen in the city of {named}, it is said.", dice.pick(&WORDS));
    }
    File::bytes(format!("d{number}.md"), text.into_bytes())
}

async fn add(archive: &Archive, files: Vec<File>) {
    let report = archive.add(&Plan::of(files), &Settings::new(archive, 1 << 20), &|_| ()).await.expect("it is stored");
    assert!(report.failures.is_empty(), "{:?}", report.failures.iter().map(ToString::to_string).collect::<Vec<_>>());
}

async fn update(service: &Arc<Service>, text: &str) {
    let request = Request::post("/update")
        .header("content-type", "application/sparql-update")
        .header("authorization", "Bearer secret")
        .body(Body::from(text.to_owned()))
        .expect("the request is good");
    let (status, _, body) = starter::ask(service, request).await;
    assert_eq!(status, 204, "{body}\n{text}");
}

/// An archive that is first read whole, and then changed: documents replaced, others rated, places put into a circle.
fn archive(seed: u64) -> Arc<Service> {
    let mut dice = Dice(seed);
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        archive.add_ontology().await.expect("the ontology can be added");
        let mut files = entities(&mut dice);
        files.extend((0..DOCUMENTS).map(|number| document(&mut dice, number)));
        add(&archive, files).await;
        archive.views.columns().await.expect("they are made");
        let again = (0..6).map(|_| dice.roll(DOCUMENTS)).collect::<BTreeSet<_>>();
        let files = again.into_iter().map(|number| document(&mut dice, number)).collect();
        add(&archive, files).await;
        let service = starter::service(archive);
        for number in 0..DOCUMENTS {
            if dice.roll(3) == 0 {
                let rating = dice.pick(&RATINGS);
                update(&service, &format!(
                    "PREFIX prov: <http://www.w3.org/ns/prov#> INSERT DATA {{ GRAPH <graph/review/d{number}> {{ \
                     <doc/d{number}#rating1> a isn:Assessment ; isn:assesses <doc/d{number}> ; isn:scale <vocab/reliability> ; \
                     isn:rating <vocab/reliability/{rating}> ; prov:wasAttributedTo <org/o1> ; \
                     prov:generatedAtTime \"2020-01-01T00:00:00Z\"^^<http://www.w3.org/2001/XMLSchema#dateTime> }} }}"
                )).await;
            }
        }
        update(&service, "INSERT DATA { GRAPH <urn:circle> { <place/p0> isn:within <place/p1> } }").await;
        update(&service, "INSERT DATA { GRAPH <urn:circle2> { <place/p1> isn:within <place/p0> } }").await;
        service
    })
}

/// What names what, as SPARQL has it: `?m` is the one, `?x` the other.
const NAMES: &str = "{ ?m ?p ?x } UNION { ?m <http://www.w3.org/ns/org#hasMembership>/<http://www.w3.org/ns/org#organization> ?x } \
     UNION { ?m isn:proposes/rdf:object ?x } UNION { ?mention isn:inDocument ?m ; <http://www.w3.org/ns/oa#hasBody> ?x }";

/// The pattern that binds the values of a facet to `?v`.
fn values_of(facet: &str) -> String {
    let kind = |segment: &str| {
        format!("FILTER(STRSTARTS(STR(?v), \"{}{segment}/\") && !CONTAINS(STR(?v), \"#\"))", starter::BASE)
    };
    let named = |segment: &str| {
        format!(
            "{} {}",
            NAMES
                .replace("?x", "?v")
                .replace("{ ?m ?p ?v }", "{ ?m ?p ?v FILTER(?p NOT IN (isn:issuedBy, isn:inCollection)) }"),
            kind(segment)
        )
    };
    match facet {
        "type" => "?m isn:docType|isn:eventKind|isn:adminLevel ?v".to_owned(),
        "place" => format!("{{ ?m isn:within* ?v {} FILTER(STRSTARTS(STR(?m), \"{}place/\")) }} UNION {{ {NAMES} ?x isn:within* ?v {} }}", kind("place"), starter::BASE, kind("place")),
        "organization" => named("org"),
        "person" => named("person"),
        "reliability" => "?assessment isn:assesses ?m ; isn:rating ?v".to_owned(),
        "lang" => "?m dct:language ?tag VALUES ?how { 0 1 } \
                   BIND(IF(?how = 0, STR(?tag), STRBEFORE(STR(?tag), \"-\")) AS ?v) FILTER(?v != \"\" && STRSTARTS(STR(?m), STR(<doc/>)) && !CONTAINS(STR(?m), \"#\"))"
            .to_owned(),
        "source" => "{ ?m isn:issuedBy|isn:inCollection ?v } UNION { ?m isn:statedIn/(isn:issuedBy|isn:inCollection) ?v }".to_owned(),
        "stance" => "?m isn:stance ?v".to_owned(),
        other => panic!("there is no facet {other}"),
    }
}

const FACETS: [&str; 8] = ["type", "place", "organization", "person", "reliability", "lang", "source", "stance"];

/// What is so of each thing, as SPARQL says it.
struct Said {
    things: BTreeSet<String>,
    values: BTreeMap<&'static str, BTreeSet<(String, String)>>,
    names: BTreeSet<(String, String)>,
    days: BTreeMap<String, (String, String)>,
    words: BTreeMap<&'static str, BTreeSet<String>>,
}

/// The rows of a query, without the base.
fn rows(service: &Arc<Service>, query: &str) -> Vec<Vec<String>> {
    let address = format!("/sparql?query={}", encoded(query));
    let (status, _, body) = starter::run(starter::ask(service, starter::get(&address, "text/csv")));
    assert_eq!(status, 200, "{body}\n{query}");
    let body = body.replace(starter::BASE, "");
    let lines = body.lines().skip(1).filter(|line| !line.is_empty());
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn pairs(service: &Arc<Service>, query: &str) -> BTreeSet<(String, String)> {
    rows(service, query).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect()
}

fn said(service: &Arc<Service>) -> Said {
    let kinds = "doc|person|org|place|event|claim|collection";
    let query =
        format!("SELECT DISTINCT ?m {{ ?m a ?class FILTER(REGEX(STR(?m), \"^{}({kinds})/[^#/]+$\")) }}", starter::BASE);
    let things: BTreeSet<String> = rows(service, &query).into_iter().map(|row| row[0].clone()).collect();
    let mut values: BTreeMap<_, _> = FACETS
        .map(|facet| (facet, pairs(service, &format!("SELECT DISTINCT ?m ?v {{ {} }}", values_of(facet)))))
        .into();
    let rated: BTreeSet<String> = values["reliability"].iter().map(|(thing, _)| thing.clone()).collect();
    let unrated = things.iter().filter(|thing| thing.starts_with("doc/") && !rated.contains(*thing));
    let unrated: Vec<_> = unrated.map(|thing| (thing.clone(), "not-assessed".to_owned())).collect();
    values.entry("reliability").or_default().extend(unrated);
    let days = "SELECT DISTINCT ?m ?a ?b { { ?m isn:earliest ?a ; isn:latest ?b } UNION \
                { ?m isn:statedIn ?d . ?d isn:earliest ?a ; isn:latest ?b } }";
    let days = rows(service, days).into_iter().map(|row| (row[0].clone(), (row[1].clone(), row[2].clone())));
    let words = WORDS.map(|word| {
        let query = format!("SELECT DISTINCT ?m {{ SERVICE isnad:search {{ ?m isnad:matches \"{word}\" }} }}");
        (word, rows(service, &query).into_iter().map(|row| row[0].clone()).collect())
    });
    Said {
        names: pairs(
            service,
            &format!(
                "SELECT DISTINCT ?m ?x {{ {NAMES} FILTER(ISIRI(?m) && ISIRI(?x) && STRSTARTS(STR(?x), STR(<>))) }}"
            ),
        ),
        days: days.collect(),
        words: words.into(),
        things,
        values,
    }
}

/// A filter with what passes it.
struct Filter {
    name: &'static str,
    values: Vec<String>,
    passes: BTreeSet<String>,
}

/// The filters that are drawn from.
const FILTERS: [&str; 14] = [
    "type",
    "place",
    "organization",
    "person",
    "reliability",
    "lang",
    "source",
    "stance",
    "kind",
    "mentions",
    "event",
    "from",
    "to",
    "q",
];

impl Said {
    fn filter(&self, dice: &mut Dice) -> Filter {
        let name = dice.pick(&FILTERS);
        let mut values = Vec::new();
        let passes = match name {
            "kind" => {
                let (kind, segment) =
                    [("document", "doc/"), ("place", "place/"), ("event", "event/"), ("claim", "claim/")][dice.roll(4)];
                values.push(kind.to_owned());
                self.things.iter().filter(|thing| thing.starts_with(segment)).cloned().collect()
            }
            "mentions" | "event" => {
                let prefix = if name == "event" { "event/" } else { "" };
                let known: Vec<&String> = self.things.iter().filter(|thing| thing.starts_with(prefix)).collect();
                let value = known[dice.roll(known.len())];
                values.push(value.clone());
                let naming = self.names.iter().filter(|(_, named)| named == value).map(|(naming, _)| naming.clone());
                naming.chain([value.clone()]).collect()
            }
            "from" | "to" => {
                let day = format!("{}-0{}-15", 2011 + dice.roll(6), 1 + dice.roll(9));
                let fits = |(first, last): &(String, String)| if name == "from" { *last >= day } else { *first <= day };
                let passes = self.days.iter().filter(|(_, days)| fits(days)).map(|(thing, _)| thing.clone()).collect();
                values.push(day);
                passes
            }
            "q" => {
                let word = dice.pick(&WORDS);
                values.push(word.to_owned());
                self.words[word].clone()
            }
            facet => {
                let known: Vec<&String> = self.values[facet].iter().map(|(_, value)| value).collect();
                for _ in 0..=dice.roll(2) {
                    values.push(known[dice.roll(known.len())].clone());
                }
                let has = self.values[facet].iter().filter(|(_, value)| values.contains(value));
                has.map(|(thing, _)| thing.clone()).collect()
            }
        };
        Filter { name, values, passes }
    }

    /// What passes all filters but those of these names.
    fn passing(&self, filters: &[Filter], but: &[&str]) -> BTreeSet<&String> {
        let counts = |filter: &&Filter| !but.contains(&filter.name);
        self.things
            .iter()
            .filter(|thing| filters.iter().filter(counts).all(|filter| filter.passes.contains(*thing)))
            .collect()
    }
}

fn counts(found: &Value, facet: &str) -> BTreeMap<String, u64> {
    let values = found["facets"][facet]["values"].as_array().expect("the facet is there");
    let count = |value: &Value| Some((value["value"].as_str()?.to_owned(), value["count"].as_u64()?));
    values.iter().filter_map(count).collect()
}

fn compare(service: &Arc<Service>, said: &Said, filters: &[Filter]) -> usize {
    let query = filters.iter().fold(String::new(), |all, filter| {
        filter.values.iter().fold(all, |all, value| format!("{all}&{}={}", filter.name, encoded(value)))
    });
    let found = json(service, &format!("/api/search?limit=1000&top=1000{query}"));
    let expected = said.passing(filters, &[]);
    let hits = ids(&found);
    assert_eq!(hits.iter().collect::<BTreeSet<_>>(), expected, "{query}");
    assert_eq!((found["total"].as_u64(), hits.len()), (Some(expected.len() as u64), expected.len()), "{query}");
    for facet in FACETS {
        let passing = said.passing(filters, &[facet]);
        let mut expected = BTreeMap::new();
        for (_, value) in said.values[facet].iter().filter(|(thing, _)| passing.contains(thing)) {
            *expected.entry(value.clone()).or_default() += 1;
        }
        assert_eq!(counts(&found, facet), expected, "{facet} {query}");
    }
    let mut years = BTreeMap::new();
    for (from, to) in said.passing(filters, &["from", "to"]).into_iter().filter_map(|thing| said.days.get(thing)) {
        if from[..4] == to[..4] {
            *years.entry(from[..4].to_owned()).or_default() += 1_u64;
        }
    }
    let shown = found["facets"]["date"]["years"].as_array().expect("the years are there").iter();
    let shown: BTreeMap<String, u64> =
        shown.filter_map(|year| Some((year["year"].as_str()?.to_owned(), year["count"].as_u64()?))).collect();
    assert_eq!(shown, years, "{query}");
    hits.len()
}

#[test]
fn hits_and_counts_are_those_of_sparql() {
    let (mut cases, mut with_hits) = (0, 0);
    for seed in [7, 2017, 71_248] {
        let service = archive(seed);
        let said = said(&service);
        assert!(said.values.values().all(|values| values.len() > 3), "every facet has values");
        let mut dice = Dice(seed + 1);
        for _ in 0..200 {
            let mut filters: Vec<Filter> = Vec::new();
            for _ in 0..dice.roll(4) {
                let filter = said.filter(&mut dice);
                if filters.iter().all(|known| known.name != filter.name) {
                    filters.push(filter);
                }
            }
            if filters.iter().any(|one| one.name == "from") && filters.iter().any(|one| one.name == "to") {
                continue;
            }
            cases += 1;
            with_hits += usize::from(compare(&service, &said, &filters) > 0);
        }
    }
    assert!(cases > 500 && with_hits > 300, "{with_hits} of {cases} cases found anything");
}
