//! What the archive says of itself: the numbers are those of the store, in every syntax, after every change.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Request, header},
};
use isnad::{
    add::{Plan, Settings},
    rdf::{GraphFormat, Part, canonicalize},
    store::Store,
    views::counts::{Sums, Totals},
};
use oxigraph::{io::RdfParser, model::Quad};

use crate::starter::{ask, empty, get, memory, run, service, starter};

/// The same sums, by asking for everything.
async fn counted(store: &Store) -> BTreeMap<Part, (u64, u64, BTreeMap<String, u64>)> {
    let mut found: BTreeMap<Part, (u64, u64, BTreeMap<String, u64>)> = BTreeMap::new();
    let part = |graph: &str| {
        let graph = oxigraph::model::NamedNode::new_unchecked(graph);
        Part::of(store.iris(), graph.as_ref()).filter(|part| *part != Part::Links)
    };
    for row in store.select("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g").await.expect("it works")
    {
        if let Some(part) = row.iri("g").and_then(part) {
            let sums = found.entry(part).or_default();
            sums.0 += 1;
            sums.1 += row.number("n").expect("it is a number");
        }
    }
    let query = "SELECT ?g ?c (COUNT(*) AS ?n) { GRAPH ?g { ?s a ?c } } GROUP BY ?g ?c";
    for row in store.select(query).await.expect("it works") {
        if let (Some(part), Some(class)) = (row.iri("g").and_then(part), row.iri("c")) {
            *found.entry(part).or_default().2.entry(class.to_owned()).or_default() +=
                row.number("n").expect("a number");
        }
    }
    found
}

fn told(totals: &Totals) -> BTreeMap<Part, (u64, u64, BTreeMap<String, u64>)> {
    let of = |sums: &Sums| (sums.graphs, sums.triples(), sums.classes.clone());
    totals.iter().filter(|(_, sums)| sums.graphs > 0).map(|(part, sums)| (*part, of(sums))).collect()
}

#[test]
fn counts_stay_those_of_the_store_through_every_change() {
    run(async {
        let archive = empty(memory()).await;
        let settings = Settings::new(&archive, 1 << 20);
        assert!(told(&archive.views.counts().await.expect("it is counted").1).is_empty());
        archive.add_ontology().await.expect("the store works");
        archive.add(&Plan::starter(), &settings, &|_| ()).await.expect("the store works");
        let service = service(archive);
        let archive = &service.archive;
        let (_, first) = archive.views.counts().await.expect("it is counted");
        assert_eq!(told(&first), counted(&archive.store).await);
        assert!(first[&Part::Vocabulary].links.keys().any(|(_, space)| space.contains("wikidata.org")));
        for data in [
            "DROP GRAPH <graph/doc/jim-4>",
            "INSERT DATA { GRAPH <graph/doc/jim-1> { <doc/jim-1> <http://www.w3.org/2000/01/rdf-schema#seeAlso> <https://a.example/x> } }",
            "DELETE WHERE { GRAPH <graph/doc/jim-1> { ?s <http://www.w3.org/2000/01/rdf-schema#seeAlso> ?o } }",
        ] {
            let request = Request::post("/update")
                .header(header::AUTHORIZATION, "Bearer secret")
                .header(header::CONTENT_TYPE, "application/sparql-update")
                .body(Body::from(format!("BASE <http://localhost:7878/> {data}")))
                .expect("the request is good");
            let (status, _, body) = ask(&service, request).await;
            assert_eq!(status, 204, "{body}");
            let (_, now) = archive.views.counts().await.expect("it is counted");
            assert_eq!(told(&now), counted(&archive.store).await, "{data}");
            let linked = now[&Part::Documents].links.keys().any(|(_, space)| space == "https://a.example/");
            assert_eq!(linked, data.contains("INSERT"), "{data}");
        }
    });
}

#[test]
fn the_descriptions_say_the_same_in_every_syntax() {
    let service = starter();
    run(async {
        let totals = service.archive.views.counts().await.expect("it is counted").1;
        let triples: u64 = totals.values().map(Sums::triples).sum();
        for (path, words) in [
            (
                "/.well-known/void",
                [format!("void#triples> {triples} "), "void#Linkset".to_owned(), "class> isn:Person".to_owned()],
            ),
            ("/dcat", ["dcat#DataService".to_owned(), "rightsstatements.org".to_owned(), "dcat#version".to_owned()]),
        ] {
            let mut first: Option<String> = None;
            for format in GraphFormat::ALL {
                let (status, head, body) = ask(&service, get(path, format.media_type())).await;
                assert_eq!(status, 200, "{path} {body}");
                assert_eq!(head.headers()[header::CONTENT_TYPE], format.media_type());
                let parser = RdfParser::from_format(format.to_rdf_format());
                let quads: Vec<Quad> = parser.for_slice(&body).map(|quad| quad.expect("it parses")).collect();
                let form = canonicalize(&quads).expect("it has a form").digest;
                assert_eq!(first.get_or_insert_with(|| form.clone()), &form, "{path} in {}", format.name());
                let tag = head.headers()[header::ETAG].to_str().expect("it is text").to_owned();
                let mut again = get(path, format.media_type());
                again.headers_mut().insert(header::IF_NONE_MATCH, tag.parse().expect("it is a value"));
                assert_eq!(ask(&service, again).await.0, 304, "{path}");
            }
            let (_, _, turtle) = ask(&service, get(path, "text/turtle")).await;
            for words in words {
                assert!(turtle.contains(&words), "{path}: {words}\n{}", &turtle[..2000.min(turtle.len())]);
            }
            assert!(!turtle.contains("graph/mention"), "{path}");
            assert_eq!(ask(&service, get(path, "image/png")).await.0, 406);
        }
        let (_, _, described) = ask(&service, get("/sparql", "text/turtle")).await;
        assert!(described.contains(".well-known/void"), "the descriptions know each other");
    });
}

#[test]
fn signposts_lead_from_a_page_to_what_belongs_to_it() {
    let service = starter();
    run(async {
        let path = "/doc/sc-2017-02-15-hrw-aleppo";
        let links = |head: &axum::http::Response<()>| -> String {
            let lines = head.headers().get_all(header::LINK).iter().filter_map(|value| value.to_str().ok());
            lines.collect::<Vec<_>>().join(", ")
        };
        let (_, head, _) = ask(&service, get(path, "text/html")).await;
        let told = links(&head);
        for sign in [
            "<http://localhost:7878/doc/sc-2017-02-15-hrw-aleppo>; rel=\"cite-as\"",
            "<https://schema.org/AboutPage>; rel=\"type\"",
            "<http://rightsstatements.org/vocab/UND/1.0/>; rel=\"license\"",
            "/org/syrian-coalition>; rel=\"author\"",
            "</doc/sc-2017-02-15-hrw-aleppo.ttl>; rel=\"describedby\"; type=\"text/turtle\"",
            "</doc/sc-2017-02-15-hrw-aleppo/linkset>; rel=\"linkset\"; type=\"application/linkset+json\"",
        ] {
            assert!(told.contains(sign), "{sign} in {told}");
        }
        let (_, head, _) = ask(&service, get(path, "text/turtle")).await;
        assert!(links(&head).contains("rel=\"describes\""), "{}", links(&head));

        let (status, head, body) = ask(&service, get(&format!("{path}/linkset"), "*/*")).await;
        assert_eq!(
            (status, &head.headers()[header::CONTENT_TYPE]),
            (200, &"application/linkset+json".parse().expect("ok"))
        );
        let set: serde_json::Value = serde_json::from_str(&body).expect("it is JSON");
        let page = &set["linkset"][0];
        assert!(page["anchor"].as_str().is_some_and(|anchor| anchor.ends_with(path)), "{page}");
        for relation in ["cite-as", "describedby", "type", "license", "author"] {
            let targets = page[relation].as_array().expect(relation);
            assert!(
                targets.iter().all(|target| target["href"].as_str().is_some_and(|it| it.starts_with("http"))),
                "{page}"
            );
        }
        let (_, _, text) = ask(&service, get(&format!("{path}/linkset"), "application/linkset")).await;
        let targets = page.as_object().expect("it is an object").values().filter_map(|it| it.as_array()).map(Vec::len);
        let described = set["linkset"].as_array().expect("it is a list").len() - 1;
        assert_eq!(text.lines().count(), targets.sum::<usize>() + described, "{text}");
        assert_eq!(ask(&service, get("/doc/none/linkset", "*/*")).await.0, 404);
        assert_eq!(ask(&service, get(&format!("{path}/linkset"), "image/png")).await.0, 406);
    });
}
