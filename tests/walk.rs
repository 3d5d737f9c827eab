//! Walking gives what plain SPARQL gives, on archives made at random and after changes made at random.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use isnad::{
    add::{Archive, Change},
    ask::{
        sparql::parse_change,
        walk::{self, CoMentions, Filter, Ground, Neighbors, Paths},
    },
    model::{Id, Kind},
    store::Dataset,
    views::adjacency::{Adjacency, Direction},
};

use crate::starter;

/// Numbers without a pattern, the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) >> 16).unwrap_or_default() % sides
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len())]
    }

    fn thing(&mut self) -> String {
        let kind = self.of(&["org", "person", "place", "event", "claim"]);
        format!("{kind}/t{}", self.roll(12))
    }

    fn document(&mut self) -> String {
        format!("doc/d{}", self.roll(25))
    }
}

const RELATIONS: [&str; 3] =
    ["http://example.org/near", "http://example.org/part", "http://purl.org/dc/terms/relation"];

/// A statement between two things, as text, and the graph it stands in.
fn statement(dice: &mut Dice) -> (String, String) {
    let document = dice.document();
    let graph = document.replacen("doc/", "graph/doc/", 1);
    if dice.roll(3) > 0 {
        let graph = format!("{}/dictionary-1", document.replacen("doc/", "graph/mention/", 1));
        return (graph, format!("<{document}> isn:mentions <{}>", dice.thing()));
    }
    let subject = if dice.roll(2) == 0 { document } else { dice.thing() };
    let object = if dice.roll(6) == 0 { dice.document() } else { dice.thing() };
    (graph, format!("<{subject}> <{}> <{object}>", dice.of(&RELATIONS)))
}

async fn change(archive: &Archive, text: &str) {
    let text = format!("PREFIX isn: <{}ontology#> {text}", archive.store.iris().base());
    let update = parse_change(&archive.store, &text).expect("it is an update");
    let change = Change { update, dataset: Dataset::default(), deadline: Duration::from_secs(60), is_reviewed: true };
    archive.change(change).await.expect("it is carried out");
}

async fn random(dice: &mut Dice, statements: usize) -> Archive {
    let archive = starter::empty(starter::memory()).await;
    insert(&archive, dice, statements).await;
    archive
}

async fn insert(archive: &Archive, dice: &mut Dice, statements: usize) {
    let quads: Vec<String> = (0..statements)
        .map(|_| {
            let (graph, triple) = statement(dice);
            format!("GRAPH <{graph}> {{ {triple} }}")
        })
        .collect();
    change(archive, &format!("INSERT DATA {{ {} }}", quads.join(" "))).await;
}

/// Every statement between two things, as SPARQL has it: subject, predicate, object, graph.
async fn statements(archive: &Archive) -> BTreeSet<(Id, String, Id, String)> {
    let iris = archive.store.iris();
    let rows = archive.store.select("SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }").await.expect("it answers");
    let thing = |iri: Option<&str>| iri.and_then(|iri| iris.parse_id(iri)).filter(|id| id.as_str() == id.whole());
    rows.iter()
        .filter_map(|row| {
            let (subject, object) = (thing(row.iri("s"))?, thing(row.iri("o"))?);
            let ours = subject.kind() != Kind::Concept && object.kind() != Kind::Concept && subject != object;
            let graph = row.iri("g")?.to_owned();
            let walked = ["graph/doc/", "graph/mention/"]
                .iter()
                .any(|start| iris.relative(&graph).is_some_and(|path| path.starts_with(start)));
            (ours && walked).then(|| (subject, row.iri("p").unwrap_or_default().to_owned(), object, graph))
        })
        .collect()
}

/// Every edge that the adjacency has, in the same form.
fn edges(archive: &Archive, adjacency: &Adjacency) -> BTreeSet<(Id, String, Id, String)> {
    let iri = |path: &str| {
        if path.contains(':') { path.to_owned() } else { archive.store.iris().path(path).into_string() }
    };
    let id = |number| adjacency.id(number).parse::<Id>().expect("it is an identifier");
    let all = adjacency.all();
    all.map(|(source, edge)| {
        (id(source), iri(adjacency.predicate(edge.predicate)), id(edge.other), iri(adjacency.graph(edge.graph)))
    })
    .collect()
}

#[tokio::test]
async fn edges_are_the_statements_between_things_whatever_changes() {
    for seed in 0..6 {
        let mut dice = Dice(seed);
        let archive = random(&mut dice, 300).await;
        let adjacency = archive.views.adjacency().await.expect("it is made");
        assert_eq!(edges(&archive, &adjacency), statements(&archive).await, "seed {seed}");
        for round in 0..12 {
            match dice.roll(4) {
                0 => {
                    let document = dice.document().replacen("doc/", "graph/doc/", 1);
                    change(&archive, &format!("DROP SILENT GRAPH <{document}>")).await;
                }
                1 => {
                    let thing = dice.thing();
                    change(&archive, &format!("DELETE WHERE {{ GRAPH ?g {{ <{thing}> ?p ?o }} }}")).await;
                }
                _ => insert(&archive, &mut dice, 10).await,
            }
            let adjacency = archive.views.adjacency().await.expect("it follows");
            let expected = statements(&archive).await;
            assert_eq!(edges(&archive, &adjacency), expected, "seed {seed}, round {round}");
            for (subject, ..) in &expected {
                let number = adjacency.number(subject).expect("it is known");
                let own = expected.iter().filter(|(s, _, o, _)| s == subject || o == subject).count();
                assert_eq!(adjacency.degree(number), own);
            }
        }
    }
}

#[tokio::test]
async fn neighbours_and_their_counts_are_those_of_sparql() {
    let mut dice = Dice(7);
    let archive = random(&mut dice, 500).await;
    let adjacency = archive.views.adjacency().await.expect("it is made");
    let ground = Ground::of(&adjacency, &archive.ontology);
    let all = statements(&archive).await;
    let kinds = [Kind::Document, Kind::Organization, Kind::Person, Kind::Event];
    for case in 0..1000 {
        let id: Id = dice.thing().parse().expect("it is an identifier");
        if adjacency.number(&id).is_none() {
            continue;
        }
        let direction = [None, Some(Direction::Out), Some(Direction::In)][dice.roll(3)];
        let relation = (dice.roll(2) == 0).then(|| dice.of(&["mentions", "near", "part"]));
        let kind = (dice.roll(2) == 0).then(|| kinds[dice.roll(kinds.len())]);
        let filter = Filter {
            direction,
            relations: relation.map(str::to_owned).into_iter().collect(),
            kinds: kind.into_iter().collect(),
            ..Filter::default()
        };
        let expected: BTreeSet<_> = all
            .iter()
            .filter(|(subject, predicate, object, _)| {
                let side = match direction {
                    None => *subject == id || *object == id,
                    Some(Direction::Out) => *subject == id,
                    Some(Direction::In) => *object == id,
                };
                let other = if *subject == id { object } else { subject };
                side && relation.is_none_or(|relation| predicate.ends_with(relation))
                    && kind.is_none_or(|kind| other.kind() == kind)
            })
            .map(|(s, p, o, g)| {
                let iri = |id: &Id| archive.store.iris().id(id).into_string();
                (iri(s), p.clone(), iri(o), g.clone())
            })
            .collect();
        // Page by page, until there is no next.
        let (mut found, mut cursor, mut pages) = (BTreeSet::new(), None, 0);
        let asked = Neighbors { ids: vec![id.clone()], filter, limit: 1 + dice.roll(9), cursor: None };
        loop {
            let piece = walk::neighbors(ground, &Neighbors { cursor, ..asked.clone() }).expect("it answers");
            assert_eq!(piece.total_edges, Some(expected.len() as u64), "case {case}");
            let counted: BTreeMap<String, BTreeSet<&String>> = expected.iter().fold(BTreeMap::new(), |mut all, e| {
                let other = if e.0 == archive.store.iris().id(&id).into_string() { &e.2 } else { &e.0 };
                all.entry(format!("{}{}", e.1, u8::from(other == &e.2))).or_default().insert(other);
                all
            });
            let neighbours: usize = counted.values().map(BTreeSet::len).sum();
            let told: u64 = piece.counts.values().flat_map(|counts| counts.predicates.values()).sum();
            assert_eq!(told, neighbours as u64, "case {case}");
            let page = piece.edges.into_iter().map(|e| (e.source, e.predicate, e.target, e.graph));
            let before = found.len();
            found.extend(page);
            assert!(found.len() - before <= asked.limit, "case {case}");
            pages += 1;
            cursor = piece.next;
            if cursor.is_none() {
                break;
            }
            assert!(pages < 1000, "case {case} does not end");
        }
        assert_eq!(found, expected, "case {case}");
    }
}

/// In how many steps everything is reached from a thing, over all statements.
fn steps(all: &BTreeSet<(Id, String, Id, String)>, from: &Id) -> BTreeMap<Id, usize> {
    let mut near: BTreeMap<&Id, BTreeSet<&Id>> = BTreeMap::new();
    for (subject, _, object, _) in all {
        near.entry(subject).or_default().insert(object);
        near.entry(object).or_default().insert(subject);
    }
    let (mut steps, mut open) = (BTreeMap::from([(from.clone(), 0)]), VecDeque::from([from.clone()]));
    while let Some(at) = open.pop_front() {
        for next in near.get(&at).into_iter().flatten() {
            if !steps.contains_key(*next) {
                steps.insert((*next).clone(), steps[&at] + 1);
                open.push_back((*next).clone());
            }
        }
    }
    steps
}

#[tokio::test]
async fn paths_are_as_short_as_can_be_and_the_best_come_first() {
    for seed in 20..24 {
        let mut dice = Dice(seed);
        let archive = random(&mut dice, 60).await;
        let adjacency = archive.views.adjacency().await.expect("it is made");
        let ground = Ground::of(&adjacency, &archive.ontology);
        let all = statements(&archive).await;
        let things: Vec<Id> = all.iter().flat_map(|(s, _, o, _)| [s.clone(), o.clone()]).collect();
        for case in 0..300 {
            let (from, to) = (things[dice.roll(things.len())].clone(), things[dice.roll(things.len())].clone());
            if from == to {
                continue;
            }
            // A path has twelve steps at most.
            let far = steps(&all, &from).get(&to).copied().filter(|steps| *steps <= 12);
            let asked = |best, limit| Paths {
                from: from.clone(),
                to: to.clone(),
                filter: Filter::default(),
                max_steps: 12,
                limit,
                best,
                penalty: 0.0,
            };
            let shortest = walk::paths(ground, &asked(false, 50)).expect("it answers").paths;
            let lengths: BTreeSet<usize> = shortest.iter().map(|path| path.steps.len()).collect();
            assert_eq!(lengths, far.into_iter().collect(), "seed {seed}, case {case}: {from} to {to}");
            let distinct: BTreeSet<_> = shortest.iter().map(|path| &path.nodes).collect();
            assert_eq!(distinct.len(), shortest.len());
            let best = walk::paths(ground, &asked(true, 50)).expect("it answers").paths;
            assert!(best.is_sorted_by_key(|path| path.steps.len()), "seed {seed}, case {case}");
            let first = best.iter().take_while(|path| Some(path.steps.len()) == far).count();
            assert_eq!(first.min(50), shortest.len().min(50), "seed {seed}, case {case}: {from} to {to}");
            for path in best.iter().chain(&shortest) {
                let loopless: BTreeSet<_> = path.nodes.iter().collect();
                assert_eq!(loopless.len(), path.nodes.len());
                assert!(path.steps.iter().all(|step| !step.is_empty()), "every step has an edge");
            }
        }
    }
}

#[tokio::test]
async fn what_is_named_together_is_counted_as_sparql_counts_it() {
    for seed in 40..43 {
        let mut dice = Dice(seed);
        let archive = random(&mut dice, 400).await;
        let adjacency = archive.views.adjacency().await.expect("it is made");
        let ground = Ground::of(&adjacency, &archive.ontology);
        let query = format!(
            "SELECT ?a ?b (COUNT(DISTINCT ?d) AS ?n) {{ ?d {0} ?a, ?b FILTER(STR(?a) < STR(?b)) }} GROUP BY ?a ?b",
            archive.store.iris().term("mentions")
        );
        let rows = archive.store.select(&query).await.expect("it answers");
        let text = |row: &isnad::store::Row, name| row.iri(name).unwrap_or_default().to_owned();
        let pairs: BTreeMap<(String, String), u64> =
            rows.iter().map(|row| ((text(row, "a"), text(row, "b")), row.number("n").unwrap_or_default())).collect();
        let asked = CoMentions { limit: 1000, ..CoMentions::default() };
        let piece = walk::comentions(ground, &asked).expect("it answers");
        let found: BTreeMap<(String, String), u64> = piece
            .edges
            .iter()
            .map(|edge| {
                let mut ends = [edge.source.clone(), edge.target.clone()];
                ends.sort();
                (ends.into(), edge.count.unwrap_or_default())
            })
            .collect();
        assert_eq!(found, pairs, "seed {seed}");
        for (at, seed_thing) in pairs.keys().map(|(a, _)| a.clone()).collect::<BTreeSet<_>>().iter().enumerate() {
            let id = archive.store.iris().parse_id(seed_thing).expect("it is one of ours");
            let asked = CoMentions { ids: vec![id], limit: 5, ..CoMentions::default() };
            let piece = walk::comentions(ground, &asked).expect("it answers");
            let own = pairs.iter().filter(|((a, b), _)| a == seed_thing || b == seed_thing);
            let mut expected: Vec<u64> = own.map(|(_, count)| *count).collect();
            expected.sort_unstable_by(|a, b| b.cmp(a));
            expected.truncate(5);
            let own = piece.edges.iter().filter(|edge| edge.source == *seed_thing || edge.target == *seed_thing);
            let mut found: Vec<u64> = own.filter_map(|edge| edge.count).collect();
            found.sort_unstable_by(|a, b| b.cmp(a));
            assert_eq!(found, expected, "seed {seed}, thing {at}");
        }
    }
}
