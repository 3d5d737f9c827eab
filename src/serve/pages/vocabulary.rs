//! The archive's own words: the ontology, the vocabularies and their terms, as pages.

use super::{
    layout::{Page, render},
    reader::{Reader, compact, expand},
    value::{Fact, Item, Link, Phrase},
};
use crate::{
    rdf::vocab::{rdf, rdfs, skos},
    serve::{Service, lang::PageLang},
};
use askama::Template;

/// What is shown of a term of the ontology besides its label and its comment.
const PROPERTIES: [&str; 6] =
    ["rdfs:subClassOf", "rdfs:subPropertyOf", "rdfs:domain", "rdfs:range", "skos:exactMatch", "skos:closeMatch"];

/// What is shown of a term of a vocabulary in its own place.
const SHOWN: [&str; 5] = ["skos:prefLabel", "rdf:type", "skos:inScheme", "skos:definition", "rdfs:comment"];

/// A term of the ontology.
#[derive(Clone, Debug)]
struct Term {
    /// Its local name.
    name: String,
    label: Phrase,
    /// Its label in the other language.
    other: Vec<Phrase>,
    comments: Vec<Phrase>,
    facts: Vec<Fact>,
}

/// A part of the ontology.
#[derive(Clone, Debug)]
struct Section {
    anchor: &'static str,
    label: &'static str,
    about: &'static str,
    terms: Vec<Term>,
}

#[derive(Template)]
#[template(path = "ontology.html")]
struct Ontology {
    page: Page,
    sections: Vec<Section>,
    schemes: Vec<Link>,
}

/// The page of the ontology: classes, properties, and the properties that can only be claimed.
#[must_use]
pub fn ontology(service: &Service, lang: PageLang) -> String {
    let reader = Reader::of_terms(service, lang, &["ontology", "vocab"]);
    let iris = reader.iris();
    let known = &service.archive.ontology;
    let mut sections = [("classes", Vec::new()), ("properties", Vec::new()), ("claim-predicates", Vec::new())];
    for subject in reader.subjects() {
        let Some(name) = iris.relative(subject).and_then(|path| path.strip_prefix("ontology#")) else { continue };
        let types = reader.things(subject, rdf::TYPE.as_str());
        let is_class = types.iter().any(|class| class.as_str().ends_with("Class"));
        let is_property = types.iter().any(|class| class.as_str().ends_with("Property"));
        let claimed = known.is_claim_predicate(name);
        let section = if claimed {
            2
        } else if is_class {
            0
        } else if is_property {
            1
        } else {
            continue;
        };
        sections[section].1.push(term(&reader, subject, name));
    }
    let sections = sections.into_iter().map(|(anchor, mut terms)| {
        terms.sort_by(|a, b| a.name.cmp(&b.name));
        let (label, about) = match anchor {
            "classes" => (reader.say("ontology.classes"), reader.say("ontology.classes-about")),
            "properties" => (reader.say("ontology.properties"), reader.say("ontology.properties-about")),
            _ => (reader.say("ontology.claimed"), reader.say("ontology.claimed-about")),
        };
        Section { anchor, label, about, terms }
    });
    let page = Page::new(lang, "ontology", reader.say("ontology.title")).of(iris.path("ontology").as_str(), "ontology");
    let schemes = known.concepts().keys().map(|scheme| reader.link(iris.path(&format!("vocab/{scheme}")).as_str()));
    render(&Ontology { page, sections: sections.collect(), schemes: schemes.collect() })
}

fn term(reader: &Reader<'_>, iri: &str, name: &str) -> Term {
    let mut labels = reader.wordings(iri, rdfs::LABEL.as_str());
    let label = if labels.is_empty() { Phrase::key(name) } else { labels.remove(0) };
    let facts = PROPERTIES.into_iter().map(|property| {
        let property = expand(property);
        Fact::new(reader.label(&property), reader.items(iri, &property))
    });
    Term {
        name: name.to_owned(),
        label,
        other: labels,
        comments: comments(reader, iri),
        facts: facts.filter(|fact| !fact.items.is_empty()).collect(),
    }
}

#[derive(Template)]
#[template(path = "scheme.html")]
struct Scheme {
    page: Page,
    iri: String,
    title: Phrase,
    comments: Vec<Phrase>,
    terms: Vec<SchemeTerm>,
}

/// A term in the table of its vocabulary.
#[derive(Clone, Debug)]
struct SchemeTerm {
    key: String,
    link: Link,
    others: Vec<Phrase>,
    alt: Vec<Phrase>,
}

/// The page of a vocabulary with its terms.
#[must_use]
pub fn scheme(service: &Service, scheme: &str, lang: PageLang) -> String {
    let reader = Reader::of_terms(service, lang, &["vocab"]);
    let path = format!("vocab/{scheme}");
    let iri = reader.iris().path(&path).into_string();
    let labels = label_of(&reader, &iri);
    let title = labels.first().cloned().unwrap_or_else(|| Phrase::key(scheme));
    let page = Page::new(lang, "ontology", title.text.clone()).of(&iri, &path);
    let terms = service.archive.ontology.concepts().get(scheme);
    let term = |key: &String| {
        let iri = reader.iris().concept(scheme, key).into_string();
        SchemeTerm {
            key: key.clone(),
            link: reader.link(&iri),
            others: label_of(&reader, &iri).into_iter().skip(1).collect(),
            alt: reader.wordings(&iri, skos::ALT_LABEL.as_str()),
        }
    };
    render(&Scheme {
        page,
        title,
        comments: comments(&reader, &iri),
        terms: terms.into_iter().flat_map(|terms| terms.keys()).map(term).collect(),
        iri,
    })
}

#[derive(Template)]
#[template(path = "concept.html")]
struct Concept {
    page: Page,
    iri: String,
    title: Phrase,
    others: Vec<Phrase>,
    comments: Vec<Phrase>,
    facts: Vec<Fact>,
    scheme: Link,
}

/// The page of a term of a vocabulary.
#[must_use]
pub fn concept(service: &Service, scheme: &str, term: &str, lang: PageLang) -> String {
    let reader = Reader::of_terms(service, lang, &["vocab"]);
    let path = format!("vocab/{scheme}/{term}");
    let iri = reader.iris().path(&path).into_string();
    let mut labels = label_of(&reader, &iri);
    let title = if labels.is_empty() { Phrase::key(term) } else { labels.remove(0) };
    let page = Page::new(lang, "ontology", title.text.clone()).of(&iri, &path);
    let mut facts: Vec<Fact> = Vec::new();
    for quad in reader.statements(&iri) {
        let predicate = quad.predicate.as_str();
        let label = reader.label(predicate);
        if !SHOWN.contains(&compact(predicate).as_str()) && !facts.iter().any(|fact| fact.label == label) {
            let key = reader.key(predicate);
            let items: Vec<Item> =
                reader.objects(&iri, key).into_iter().map(|term| reader.value(term).into()).collect();
            facts.push(Fact::new(label, items));
        }
    }
    let scheme = reader.link(reader.iris().path(&format!("vocab/{scheme}")).as_str());
    render(&Concept { page, title, others: labels, comments: comments(&reader, &iri), facts, scheme, iri })
}

fn label_of(reader: &Reader<'_>, iri: &str) -> Vec<Phrase> {
    let found = reader.wordings(iri, skos::PREF_LABEL.as_str());
    if found.is_empty() { reader.wordings(iri, rdfs::LABEL.as_str()) } else { found }
}

fn comments(reader: &Reader<'_>, iri: &str) -> Vec<Phrase> {
    let found = reader.wordings(iri, &expand("skos:definition"));
    if found.is_empty() { reader.wordings(iri, &expand("rdfs:comment")) } else { found }
}
