//! A thing in the words of schema.org.
//!
//! A claim is a `schema:Claim` with who makes it and where; what it proposes is told in words alone. Of an incident that
//! is only reported neither a time nor a place nor an actor is stated: schema.org has no way to say who says so. Links
//! that a machine proposed are left out.

use std::collections::BTreeMap;

use oxigraph::model::{GraphName, Literal, NamedNode, NamedNodeRef, Quad, Term};
use serde_json::{Map, Value, json};

use crate::{
    export::cite::Known,
    model::{Id, Kind},
    rdf::vocab::{cito, dct, foaf, geo, isn, org, rdf, rdfs, skos},
    store::literal_value,
};

/// The namespace.
pub const NAMESPACE: &str = "https://schema.org/";

/// The class of each class of ours, the narrowest first.
const CLASSES: [(&str, &str); 10] = [
    ("Report", "Report"),
    ("NewsItem", "NewsArticle"),
    ("Document", "CreativeWork"),
    ("Person", "Person"),
    ("Organization", "Organization"),
    ("Place", "Place"),
    ("Event", "Event"),
    ("Claim", "Claim"),
    ("Collection", "Collection"),
    ("Record", "ArchiveComponent"),
];

/// The property of each property of ours that has the same meaning for everything that has it.
const OWN: [(&str, &str); 19] = [
    (isn::AREA, "contentLocation"),
    (isn::ISSUED_BY, "publisher"),
    (isn::SYMBOL, "identifier"),
    (isn::IN_COLLECTION, "isPartOf"),
    (isn::TRANSLATION_OF, "translationOfWork"),
    (isn::REVISION_OF, "isBasedOn"),
    (isn::RELATED_ENTITY, "about"),
    (isn::RELATED_PERSON, "about"),
    (isn::RELATED_EVENT, "about"),
    (isn::STATED_IN, "appearance"),
    (isn::STATED_BY, "author"),
    (isn::ABOUT_EVENT, "about"),
    (isn::ABOUT_THING, "about"),
    (isn::RELAYS, "isBasedOn"),
    (isn::FOUNDED, "foundingDate"),
    (isn::DISSOLVED, "dissolutionDate"),
    (isn::SEAT, "location"),
    (isn::WITHIN, "containedInPlace"),
    (isn::PCODE, "identifier"),
];

/// The same for the properties of others.
const OTHERS: [(NamedNodeRef<'_>, &str); 11] = [
    (dct::TITLE, "name"),
    (rdfs::LABEL, "name"),
    (skos::PREF_LABEL, "name"),
    (skos::ALT_LABEL, "alternateName"),
    (dct::DESCRIPTION, "description"),
    (dct::ISSUED, "datePublished"),
    (dct::LANGUAGE, "inLanguage"),
    (dct::CREATOR, "author"),
    (cito::CITES, "citation"),
    (skos::EXACT_MATCH, "sameAs"),
    (org::SUB_ORGANIZATION_OF, "parentOrganization"),
];

fn schema(local: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{NAMESPACE}{local}"))
}

/// What is being said.
struct Saying<'a> {
    known: Known<'a>,
    quads: Vec<Quad>,
}

/// The description of a thing, with the names of all that it is joined to, and the claims that stand in it.
#[must_use]
pub fn of(known: Known<'_>, id: &Id) -> Vec<Quad> {
    let mut saying = Saying { known, quads: Vec::new() };
    let iri = known.iris.id(id);
    saying.thing(&iri, id.kind());
    let stated_in = known.iris.term(isn::STATED_IN);
    let here = known.quads.iter().filter(|quad| quad.predicate == stated_in && quad.object == iri.clone().into());
    let claims: Vec<NamedNode> =
        here.filter_map(|quad| NamedNode::new(literal_value(&quad.subject.clone().into())).ok()).collect();
    for claim in &claims {
        saying.thing(claim, Kind::Claim);
    }
    saying.name_all();
    let mut seen = std::collections::HashSet::new();
    saying.quads.retain(|quad| seen.insert(quad.clone()));
    saying.quads
}

impl Saying<'_> {
    fn say(&mut self, subject: &NamedNode, property: &str, object: impl Into<Term>) {
        self.quads.push(Quad::new(subject.clone(), schema(property), object, GraphName::DefaultGraph));
    }

    /// What is known of a thing.
    fn thing(&mut self, iri: &NamedNode, kind: Kind) {
        let known = self.known;
        let own = |local: &str| known.iris.term(local);
        let types = known.things(iri.as_str(), rdf::TYPE);
        let is = |class: &str| types.iter().any(|known| **known == own(class));
        let class = CLASSES.iter().find(|(class, _)| is(class)).map_or_else(|| usual(kind), |(_, class)| *class);
        self.quads.push(Quad::new(iri.clone(), rdf::TYPE, schema(class), GraphName::DefaultGraph));
        let reported = kind == Kind::Event && !is("InstitutionalEvent");
        types.iter().filter(|it| known.iris.relative(it.as_str()).is_some()).for_each(|class| {
            self.say(iri, "additionalType", (*class).clone());
        });
        self.say(iri, "url", iri.clone());
        for (property, theirs) in OTHERS {
            for term in known.objects(iri.as_str(), property) {
                self.say(iri, theirs, plain(term));
            }
        }
        for (local, theirs) in OWN {
            for term in known.objects(iri.as_str(), own(local).as_ref()) {
                self.say(iri, theirs, plain(term));
            }
        }
        for term in known.objects(iri.as_str(), foaf::PAGE) {
            self.say(iri, "sameAs", term.clone());
        }
        if kind == Kind::Event && !reported {
            self.time_and_place(iri);
        }
        if kind == Kind::Claim {
            self.stance(iri);
        }
        self.offices(iri);
        self.coordinates(iri);
    }

    /// When and where something was that is on record: a vote, an election.
    fn time_and_place(&mut self, iri: &NamedNode) {
        let known = self.known;
        for (local, theirs) in [(isn::EARLIEST, "startDate"), (isn::LATEST, "endDate"), (isn::REPORTED_AT, "location")]
        {
            for term in known.objects(iri.as_str(), known.iris.term(local).as_ref()) {
                self.say(iri, theirs, plain(term));
            }
        }
    }

    /// Whether a claim affirms or denies, as a word that it is found by.
    fn stance(&mut self, iri: &NamedNode) {
        let known = self.known;
        for stance in known.things(iri.as_str(), known.iris.term(isn::STANCE).as_ref()) {
            for (lang, words) in known.labels.get(stance.as_str()).into_iter().flatten() {
                self.say(iri, "keywords", Literal::new_language_tagged_literal_unchecked(words, lang.as_str()));
            }
        }
    }

    /// The offices of a person.
    fn offices(&mut self, iri: &NamedNode) {
        let known = self.known;
        for tenure in known.things(iri.as_str(), org::HAS_MEMBERSHIP) {
            self.quads.push(Quad::new(tenure.clone(), rdf::TYPE, schema("OrganizationRole"), GraphName::DefaultGraph));
            self.say(iri, "memberOf", tenure.clone());
            let own = [isn::FROM, isn::TO].map(|local| known.iris.term(local));
            let [from, to] = own.each_ref().map(NamedNode::as_ref);
            let properties =
                [(rdfs::LABEL, "roleName"), (org::ORGANIZATION, "memberOf"), (from, "startDate"), (to, "endDate")];
            for (property, theirs) in properties {
                for term in known.objects(tenure.as_str(), property) {
                    self.say(tenure, theirs, plain(term));
                }
            }
        }
    }

    /// The point of a place.
    fn coordinates(&mut self, iri: &NamedNode) {
        let known = self.known;
        for geometry in known.things(iri.as_str(), geo::HAS_GEOMETRY) {
            let text = known.objects(geometry.as_str(), geo::AS_WKT).first().map(|it| literal_value(it));
            let point =
                text.as_deref().and_then(|text| text.strip_prefix("POINT(")?.strip_suffix(')')?.split_once(' '));
            if let Some((longitude, latitude)) = point {
                self.say(iri, "geo", geometry.clone());
                let class = schema("GeoCoordinates");
                self.quads.push(Quad::new(geometry.clone(), rdf::TYPE, class, GraphName::DefaultGraph));
                self.say(geometry, "latitude", Literal::new_simple_literal(latitude));
                self.say(geometry, "longitude", Literal::new_simple_literal(longitude));
            }
        }
    }

    /// Says of everything that is pointed to what it is and what it is called.
    fn name_all(&mut self) {
        let known = self.known;
        let told: std::collections::BTreeSet<String> =
            self.quads.iter().map(|quad| literal_value(&quad.subject.clone().into())).collect();
        let others: BTreeMap<NamedNode, Kind> = self
            .quads
            .iter()
            .filter_map(|quad| match &quad.object {
                Term::NamedNode(iri) if !told.contains(iri.as_str()) => {
                    Some((iri.clone(), known.iris.to_id(iri.as_ref())?.kind()))
                }
                _ => None,
            })
            .collect();
        for (iri, kind) in others {
            let class = schema(usual(kind));
            self.quads.push(Quad::new(iri.clone(), rdf::TYPE, class, GraphName::DefaultGraph));
            for (lang, words) in known.labels.get(iri.as_str()).into_iter().flatten() {
                self.say(&iri, "name", Literal::new_language_tagged_literal_unchecked(words, lang.as_str()));
            }
        }
    }
}

/// The class of the things of a kind.
const fn usual(kind: Kind) -> &'static str {
    match kind {
        Kind::Document => "CreativeWork",
        Kind::Person => "Person",
        Kind::Organization => "Organization",
        Kind::Place => "Place",
        Kind::Event => "Event",
        Kind::Claim => "Claim",
        Kind::Collection => "Collection",
        Kind::Concept => "DefinedTerm",
    }
}

/// Dates and numbers are text to those who read schema.org.
fn plain(term: &Term) -> Term {
    match term {
        Term::Literal(literal) if literal.language().is_none() => Literal::new_simple_literal(literal.value()).into(),
        other => other.clone(),
    }
}

/// A description as JSON-LD that needs nothing from elsewhere to be read.
#[must_use]
pub fn json_ld(quads: &[Quad]) -> Value {
    let mut order: Vec<String> = Vec::new();
    let mut nodes: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for quad in quads {
        let subject = literal_value(&quad.subject.clone().into());
        let node = nodes.entry(subject.clone()).or_insert_with(|| {
            order.push(subject.clone());
            Map::from_iter([("@id".to_owned(), subject.clone().into())])
        });
        let (key, value) = match (&quad.object, quad.predicate == rdf::TYPE) {
            (class, true) => ("@type", literal_value(class).replacen(NAMESPACE, "", 1).into()),
            (Term::Literal(literal), _) => (
                local(&quad.predicate),
                match literal.language() {
                    Some(lang) => json!({ "@value": literal.value(), "@language": lang }),
                    None => literal.value().into(),
                },
            ),
            (thing, _) => (local(&quad.predicate), json!({ "@id": literal_value(thing) })),
        };
        match node.get_mut(key) {
            None => {
                node.insert(key.to_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
        }
    }
    let graph: Vec<Value> = order.iter().filter_map(|subject| nodes.remove(subject).map(Value::Object)).collect();
    json!({ "@context": { "@vocab": NAMESPACE }, "@graph": graph })
}

fn local(property: &NamedNode) -> &str {
    property.as_str().strip_prefix(NAMESPACE).unwrap_or(property.as_str())
}
