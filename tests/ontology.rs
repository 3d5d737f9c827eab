//! What `ontology/` says and what the code says are the same.

use std::{collections::BTreeSet, fs, path::Path};

use isnad::{
    rdf::{Iris, JsonLd, Ontology, Shapes},
    store::literal_value,
};
use oxigraph::{
    io::{JsonLdProfileSet, RdfFormat, RdfParser},
    model::{NamedOrBlankNode, Quad},
};

use crate::starter::{self, BASE};

fn ontology() -> Ontology {
    Ontology::new(Iris::new(BASE).expect("the base is good")).expect("the ontology parses")
}

#[test]
fn every_term_in_the_code_is_in_the_ontology_and_every_property_has_labels_in_both_languages() {
    let ontology = ontology();
    let code = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rdf/vocab.rs")).expect("it is there");
    let own = code.split("pub mod isn {").nth(1).expect("our terms are there");
    let used: BTreeSet<&str> = own.split("&str = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(used.len() > 80, "{}", used.len());
    for local in used {
        let label = ontology.label(&format!("ontology#{local}"));
        assert_eq!(label.map(std::collections::BTreeMap::len), Some(2), "isn:{local}");
    }
}

#[test]
fn every_label_and_comment_stands_in_both_languages() {
    let ontology = ontology();
    let mut langs: std::collections::BTreeMap<(String, String), BTreeSet<String>> = std::collections::BTreeMap::new();
    for quad in ontology.graphs()["ontology"].iter().chain(&ontology.graphs()["vocab"]) {
        let predicate = quad.predicate.as_str().rsplit(['#', '/']).next().unwrap_or_default();
        if let ("label" | "comment" | "prefLabel", oxigraph::model::Term::Literal(literal)) = (predicate, &quad.object)
        {
            let lang = literal.language().unwrap_or("none").to_owned();
            langs.entry((quad.subject.to_string(), predicate.to_owned())).or_default().insert(lang);
        }
    }
    assert!(langs.len() > 300);
    for (term, langs) in langs {
        assert_eq!(langs.into_iter().collect::<Vec<_>>(), ["ar", "en"], "{term:?}");
    }
}

#[test]
fn the_ontology_and_the_vocabularies_pass_the_shapes() {
    let ontology = ontology();
    let shapes = Shapes::new(&ontology).expect("the shapes compile");
    for name in ["ontology", "vocab"] {
        let findings = shapes.check(&ontology.graphs()[name]).expect("the check runs");
        assert!(findings.iter().all(|finding| !finding.refuses), "{findings:?}");
    }
}

/// JSON-LD is written by hand here, so it is read back by a parser that knows nothing of that.
#[test]
fn json_ld_of_every_document_says_what_turtle_says() {
    let service = starter::starter();
    let json_ld = JsonLd::new(&service.archive.ontology).expect("the context parses");
    starter::run(async {
        let rows = service
            .archive
            .store
            .select(
                "SELECT DISTINCT ?d { ?d a isn:Document }"
                    .replace("isn:Document", &format!("<{BASE}ontology#Document>"))
                    .as_str(),
            )
            .await
            .expect("it is answered");
        assert!(rows.len() >= 79, "{}", rows.len());
        for iri in rows.iter().filter_map(|row| row.iri("d")) {
            let id = service.archive.store.iris().parse_id(iri).expect("it is one of ours");
            let resource = isnad::ask::resource::find(&service.archive.store, &id)
                .await
                .expect("it is answered")
                .expect("it is there");
            let written = json_ld.document(&resource.quads).to_string();
            let parser = RdfParser::from_format(RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() });
            let back: Vec<Quad> =
                parser.for_slice(written.as_bytes()).collect::<Result<_, _>>().unwrap_or_else(|e| panic!("{iri}: {e}"));
            assert_eq!(lines(&back), lines(&resource.quads), "{iri}");
        }
    });
}

/// There are no blank nodes, so that two graphs are isomorphic when their sorted triples are equal.
fn lines(quads: &[Quad]) -> BTreeSet<String> {
    quads
        .iter()
        .map(|quad| {
            assert!(matches!(quad.subject, NamedOrBlankNode::NamedNode(_)), "{}", literal_value(&quad.object));
            format!("{} {} {}", quad.subject, quad.predicate, quad.object)
        })
        .collect()
}
