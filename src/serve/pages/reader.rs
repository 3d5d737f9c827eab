//! What a page is made from: statements at hand, and the labels of everything in them, for a reader of one language.
//!
//! A predicate is looked up by its local name where it is ours (`statedBy`), else by its whole IRI.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad, Term, vocab::xsd};

use super::{
    layout,
    value::{Item, Link, Phrase, Value, When, external},
    words::words,
};
use crate::{
    ask::{around, names, walk::kind_name},
    model::{Id, Lang, Text},
    rdf::{
        Iris, prefixes,
        vocab::{dct, isn, skos},
    },
    serve::{Service, lang::PageLang},
    store::{Error, literal_value},
    views::touched::Seen,
};

/// Statements with the labels of what they speak of.
pub(super) struct Reader<'a> {
    pub service: &'a Service,
    pub lang: PageLang,
    quads: Vec<Quad>,
    by_subject: HashMap<String, Vec<usize>>,
    labels: BTreeMap<String, Text>,
    /// What was asked for, whether anything was found or not.
    seen: Seen,
}

impl<'a> Reader<'a> {
    /// Takes in some statements and fetches the labels of everything in them.
    pub(super) async fn new(service: &'a Service, lang: PageLang, quads: Vec<Quad>) -> Result<Self, Error> {
        let mut reader = Self::empty(service, lang);
        reader.add(quads).await?;
        Ok(reader)
    }

    fn empty(service: &'a Service, lang: PageLang) -> Self {
        Self {
            service,
            lang,
            quads: Vec::new(),
            by_subject: HashMap::new(),
            labels: BTreeMap::new(),
            seen: Seen::default(),
        }
    }

    /// Takes in terms of the ontology and of the vocabularies, whose labels need no asking.
    pub(super) fn of_terms(service: &'a Service, lang: PageLang, graphs: &[&str]) -> Self {
        let mut reader = Self::empty(service, lang);
        let known = service.archive.ontology.graphs();
        reader.index(graphs.iter().filter_map(|name| known.get(name)).flatten().cloned().collect());
        reader
    }

    /// Takes in more statements.
    pub(super) async fn add(&mut self, quads: Vec<Quad>) -> Result<(), Error> {
        let mut things = BTreeSet::new();
        for quad in &quads {
            if let NamedOrBlankNode::NamedNode(subject) = &quad.subject {
                things.extend(with_whole(subject));
            }
            if let Term::NamedNode(object) = &quad.object {
                things.extend(with_whole(object));
            }
            things.insert(quad.predicate.clone());
        }
        self.index(quads);
        self.name(things).await
    }

    /// Takes in what is said of some things, with some predicates or with any.
    pub(super) async fn fetch(&mut self, things: &BTreeSet<NamedNode>, predicates: &[NamedNode]) -> Result<(), Error> {
        self.seen.said_of_all(things);
        let quads = around::statements(&self.service.archive.store, things, predicates).await?;
        self.add(quads).await
    }

    /// Takes in the statements that point to some things with some predicates of ours or others.
    pub(super) async fn fetch_pointing(
        &mut self,
        things: &BTreeSet<NamedNode>,
        predicates: &[NamedNode],
        limit: usize,
    ) -> Result<Vec<Quad>, Error> {
        for thing in things {
            self.seen.pointing_to(thing.as_str());
        }
        let quads = around::pointing(&self.service.archive.store, things, predicates, limit).await?;
        self.add(quads.clone()).await?;
        Ok(quads)
    }

    /// Fetches the labels of some things.
    pub(super) async fn name(&mut self, things: BTreeSet<NamedNode>) -> Result<(), Error> {
        self.seen.said_of_all(&things);
        let new: Vec<&NamedNode> = things.iter().filter(|thing| !self.labels.contains_key(thing.as_str())).collect();
        let archive = &self.service.archive;
        let labels = names::labels(&archive.store, &archive.ontology, new).await?;
        self.labels.extend(labels);
        Ok(())
    }

    fn index(&mut self, quads: Vec<Quad>) {
        for quad in quads {
            if let NamedOrBlankNode::NamedNode(subject) = &quad.subject {
                let known = self.by_subject.entry(subject.as_str().to_owned()).or_default();
                if !known.iter().any(|index| self.quads[*index] == quad) {
                    known.push(self.quads.len());
                    self.quads.push(quad);
                }
            }
        }
    }

    /// What was asked for.
    pub(super) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// What everything that was taken in is called, by IRI.
    pub(super) fn labels(&self) -> &BTreeMap<String, Text> {
        &self.labels
    }

    /// The IRIs of the archive.
    pub(super) fn iris(&self) -> &'a Iris {
        self.service.archive.ontology.iris()
    }

    /// The words of the page under a key.
    pub(super) fn say<'b>(&self, key: &'b str) -> &'b str {
        words(self.lang).get(key)
    }

    /// The name by which a predicate is looked up.
    pub(super) fn key<'b>(&self, predicate: &'b str) -> &'b str {
        self.iris().relative(predicate).and_then(|path| path.strip_prefix("ontology#")).unwrap_or(predicate)
    }

    /// What is said of a subject.
    pub(super) fn statements(&self, subject: &str) -> impl Iterator<Item = &Quad> {
        self.by_subject.get(subject).into_iter().flatten().map(|index| &self.quads[*index])
    }

    /// Everything that is known to be a subject, in the order it came.
    pub(super) fn subjects(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        let all = self.quads.iter().filter_map(|quad| match &quad.subject {
            NamedOrBlankNode::NamedNode(subject) => Some(subject.as_str()),
            NamedOrBlankNode::BlankNode(_) => None,
        });
        all.filter(|subject| seen.insert(*subject)).collect()
    }

    /// The values of a property, each once.
    pub(super) fn objects(&self, subject: &str, predicate: &str) -> Vec<&Term> {
        let mut found: Vec<&Term> = Vec::new();
        for quad in self.statements(subject) {
            if self.key(quad.predicate.as_str()) == predicate && !found.contains(&&quad.object) {
                found.push(&quad.object);
            }
        }
        found
    }

    /// The IRIs among the values of a property.
    pub(super) fn things(&self, subject: &str, predicate: &str) -> Vec<&NamedNode> {
        let objects = self.objects(subject, predicate).into_iter();
        objects.filter_map(|term| if let Term::NamedNode(iri) = term { Some(iri) } else { None }).collect()
    }

    /// The words or the IRI of the first value of a property.
    pub(super) fn text(&self, subject: &str, predicate: &str) -> Option<String> {
        self.objects(subject, predicate).first().map(|term| literal_value(term))
    }

    /// The last part of the IRI of a concept that is the value of a property: `affirms`.
    pub(super) fn concept(&self, subject: &str, predicate: &str) -> Option<&str> {
        self.things(subject, predicate).first().and_then(|iri| iri.as_str().rsplit('/').next())
    }

    /// The wordings of a property: the language of the page first.
    pub(super) fn wordings(&self, subject: &str, predicate: &str) -> Vec<Phrase> {
        let mut found: Vec<Phrase> =
            self.objects(subject, predicate).into_iter().filter_map(|t| self.words(t)).collect();
        found.sort_by_key(|phrase| phrase.lang.is_some());
        found
    }

    /// The wording of a property for this reader.
    pub(super) fn wording(&self, subject: &str, predicate: &str) -> Option<Phrase> {
        let mut text = Text::new();
        for term in self.objects(subject, predicate) {
            if let Term::Literal(literal) = term {
                let lang = literal.language().and_then(|tag| tag.parse().ok()).unwrap_or_else(Lang::en);
                text.entry(lang).or_insert_with(|| literal.value().to_owned());
            }
        }
        Phrase::choose(self.lang, &text)
    }

    fn words(&self, term: &Term) -> Option<Phrase> {
        let Term::Literal(literal) = term else { return None };
        Some(match literal.language().and_then(|tag| tag.parse::<Lang>().ok()) {
            Some(lang) => Phrase::new(self.lang, &lang, literal.value()),
            None => Phrase::unknown(literal.value()),
        })
    }

    /// The label of anything: in the language of the page, else in another, else its key.
    pub(super) fn label(&self, iri: &str) -> Phrase {
        if let Some(label) = self.known_label(iri) {
            return label;
        }
        if let Some(path) = self.iris().relative(iri) {
            return Phrase::key(path.strip_prefix("ontology#").unwrap_or(path));
        }
        let short = compact(iri);
        let own = words(self.lang).find(&format!("term.{short}"));
        own.map_or_else(|| Phrase::key(short), |words| Phrase::own(self.lang, words))
    }

    fn known_label(&self, iri: &str) -> Option<Phrase> {
        let own = |iri: &str| {
            let path = self.iris().relative(iri)?;
            self.service.archive.ontology.label(path).or_else(|| self.labels.get(iri))
        };
        let text = self.labels.get(iri).or_else(|| own(iri));
        // A part without a name goes by the name of the whole.
        let text = text.or_else(|| own(iri.split_once('#').filter(|(whole, _)| !whole.ends_with("ontology"))?.0));
        let known = text.and_then(|text| Phrase::choose(self.lang, text));
        known.or_else(|| self.wording(iri, skos::PREF_LABEL.as_str()))
    }

    /// A link to anything, with its label.
    pub(super) fn link(&self, iri: &str) -> Link {
        let label = self.label(iri);
        if let Some(path) = self.iris().relative(iri) {
            let class = path.parse::<Id>().map_or("", |id| kind_name(id.kind()));
            return Link { href: layout::to(self.lang, path), label, class };
        }
        let (href, class) = external(iri).map_or_else(|| ("#".to_owned(), ""), |link| (link.href, link.class));
        Link { href, label, class }
    }

    /// A link to a thing whose labels came with it.
    pub(super) fn named(&self, iri: &str, label: &Text) -> Link {
        let path = self.iris().relative(iri).unwrap_or(iri);
        let class = path.parse::<Id>().map_or("", |id| kind_name(id.kind()));
        let label = Phrase::choose(self.lang, label).unwrap_or_else(|| Phrase::key(path));
        Link { href: layout::to(self.lang, path), label, class }
    }

    /// Links to the values of a property.
    pub(super) fn links(&self, subject: &str, predicate: &str) -> Vec<Link> {
        self.things(subject, predicate).into_iter().map(|iri| self.link(iri.as_str())).collect()
    }

    /// A term as a value on a page.
    pub(super) fn value(&self, term: &Term) -> Value {
        match term {
            // What is kept under a digest or named by a graph has no page of its own.
            Term::NamedNode(iri) => match self.iris().relative(iri.as_str()) {
                Some(path) if !has_page(path) => Value::Code(path.to_owned()),
                None if external(iri.as_str()).is_none() => Value::Code(iri.as_str().to_owned()),
                _ => Value::Link(self.link(iri.as_str())),
            },
            Term::Literal(literal) if literal.language().is_none() => {
                let text = literal.value().to_owned();
                match literal.datatype() {
                    xsd::DATE | xsd::G_YEAR | xsd::G_YEAR_MONTH => Value::When(When::new(&text)),
                    xsd::INTEGER | xsd::DECIMAL | xsd::DOUBLE => Value::Number(text),
                    xsd::BOOLEAN => {
                        let key = if text == "true" { self.say("yes") } else { self.say("no") };
                        Value::Words(Phrase::own(self.lang, key))
                    }
                    xsd::STRING => Value::Words(Phrase::unknown(text)),
                    _ => Value::Code(text),
                }
            }
            Term::Literal(_) => Value::Words(self.words(term).unwrap_or_else(|| Phrase::unknown(literal_value(term)))),
            other => Value::Code(other.to_string()),
        }
    }

    /// The wordings of a property in the language of the page, or in all there are where there is none in it.
    pub(super) fn notes(&self, subject: &str, predicate: &str) -> Vec<Item> {
        let mut wordings = self.wordings(subject, predicate);
        if wordings.iter().any(|words| words.lang.is_none()) {
            wordings.retain(|words| words.lang.is_none());
        }
        wordings.into_iter().map(|words| Value::Words(words).into()).collect()
    }

    /// The values of a property, each marked where it rests on no source that was read.
    pub(super) fn items(&self, subject: &str, predicate: &str) -> Vec<Item> {
        let unchecked = self.unchecked(subject);
        let objects = self.objects(subject, predicate).into_iter();
        objects.map(|term| Item { unchecked: self.flag(&unchecked, term), ..self.value(term).into() }).collect()
    }

    /// The values of a description that rest on no source that was read.
    pub(super) fn unchecked(&self, subject: &str) -> BTreeSet<String> {
        self.objects(subject, isn::UNCHECKED).into_iter().map(literal_value).collect()
    }

    /// The mark of a value that rests on no source that was read.
    pub(super) fn flag(&self, unchecked: &BTreeSet<String>, term: &Term) -> Option<&'static str> {
        let text = literal_value(term);
        let path = self.iris().relative(&text).unwrap_or(&text);
        (unchecked.contains(&text) || unchecked.contains(path)).then(|| words(self.lang).get("unchecked"))
    }

    /// Where a description was read.
    pub(super) fn sources(&self, subject: &str) -> Vec<Item> {
        let unverified = self.things(subject, isn::UNVERIFIED_SOURCE);
        let sources = self.things(subject, dct::SOURCE.as_str()).into_iter();
        let flag = |source| unverified.contains(&source).then(|| words(self.lang).get("unverified"));
        sources.map(|iri| Item { unchecked: flag(iri), ..Value::Link(self.link(iri.as_str())).into() }).collect()
    }
}

/// A thing, and the thing that it is a part of.
fn with_whole(iri: &NamedNode) -> impl Iterator<Item = NamedNode> {
    let whole = iri.as_str().split_once('#').map(|(whole, _)| NamedNode::new_unchecked(whole));
    std::iter::once(iri.clone()).chain(whole)
}

/// Whether there is a page at a path of ours.
fn has_page(path: &str) -> bool {
    path.parse::<Id>().is_ok() || path.starts_with("ontology") || path.starts_with("vocab/")
}

/// An IRI of a well-known vocabulary with its prefix: `dct:title`.
pub(super) fn compact(iri: &str) -> String {
    let known = prefixes().iter().find_map(|(prefix, start)| Some(format!("{prefix}:{}", iri.strip_prefix(start)?)));
    known.unwrap_or_else(|| iri.to_owned())
}

/// The IRI behind a name with a well-known prefix.
pub(super) fn expand(short: &str) -> String {
    let (prefix, local) = short.split_once(':').unwrap_or(("", short));
    let start = prefixes().iter().find(|(known, _)| *known == prefix).map_or("", |(_, start)| start);
    format!("{start}{local}")
}
