//! The words of a document that name things: marked in its texts, and listed with the evidence for saying so.

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use oxigraph::model::NamedNode;

use super::{
    layout,
    reader::Reader,
    text::{Mark, Piece, paragraphs},
    value::{Group, Link, Phrase, Value, When, kind_words},
    words::words,
};
use crate::{
    ask::{
        resource::Resource,
        walk::{kind_name, kind_of},
    },
    model::{Kind, Lang},
    rdf::vocab::{dct, isn, oa, rdf},
    serve::lang::PageLang,
    store::literal_value,
};

/// A text of a document, with its mentions.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// The name of its place in the page: `text-en`.
    pub anchor: String,
    pub lang: String,
    pub dir: &'static str,
    pub language: Value,
    /// Whose words they are: the document's own, or the archive's.
    pub role: Option<Phrase>,
    pub is_abstract: bool,
    pub digest: String,
    pub paragraphs: Vec<Vec<Piece>>,
    pub mentions: Vec<Mention>,
}

/// A mention with its evidence.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub anchor: String,
    /// Where the link can be commented on.
    pub comment_on: String,
    start: usize,
    end: usize,
    pub exact: String,
    /// What the words name; `None` for a name of something unknown.
    pub target: Option<Value>,
    pub class: &'static str,
    pub kind: Option<Phrase>,
    pub rule: Option<Phrase>,
    pub confidence: Option<String>,
    pub runner_up: Option<Link>,
    pub runner_up_confidence: Option<String>,
    pub state: Option<Phrase>,
}

/// What is known of a mention, beside its words: it shows while they are pointed at or have the focus.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/card.html")]
pub(super) struct Card {
    lang: PageLang,
    target: Value,
    kind: &'static str,
    confidence: Option<String>,
    rule: Option<Phrase>,
    state: Option<Phrase>,
    anchor: String,
    /// Which of the mentions of the same thing in the text it is, and of how many.
    number: usize,
    of: usize,
    /// The mentions of the same thing before and after it.
    previous: Option<String>,
    next: Option<String>,
}

impl HtmlSafe for Card {}

impl Card {
    fn say<'a>(&self, key: &'a str) -> &'a str {
        words(self.lang).get(key)
    }

    /// The card of a mention among those of its text; nothing for one that leads nowhere.
    fn of(reader: &Reader<'_>, mention: &Mention, all: &[Mention]) -> Option<Self> {
        let Some(target @ Value::Link(_)) = &mention.target else { return None };
        let same: Vec<&Mention> = all.iter().filter(|other| other.target == mention.target).collect();
        let at = same.iter().position(|other| other.anchor == mention.anchor)?;
        let anchor = |other: &&Mention| other.anchor.clone();
        Some(Self {
            lang: reader.lang,
            target: target.clone(),
            kind: kind_of(mention.class).map(|kind| kind_words(reader.lang, kind)).unwrap_or_default(),
            confidence: mention.confidence.clone(),
            rule: mention.rule.clone(),
            state: mention.state.clone(),
            anchor: mention.anchor.clone(),
            number: at + 1,
            of: same.len(),
            previous: at.checked_sub(1).and_then(|before| same.get(before)).map(anchor),
            next: same.get(at + 1).map(anchor),
        })
    }
}

/// The texts of a document, in the language of the page first.
pub(super) fn layers(reader: &Reader<'_>, document: &str) -> Vec<Layer> {
    let mentions = by_text(reader);
    let none = Vec::new();
    let mut layers: Vec<Layer> = reader
        .things(document, isn::TEXT)
        .into_iter()
        .filter_map(|layer| one(reader, layer, mentions.get(layer.as_str()).unwrap_or(&none)))
        .collect();
    layers.sort_by_key(|layer| (layer.lang != reader.lang.tag(), layer.lang.clone()));
    layers
}

fn one(reader: &Reader<'_>, layer: &NamedNode, mentions: &[Mention]) -> Option<Layer> {
    let iri = layer.as_str();
    let text = reader.text(iri, rdf::VALUE.as_str())?;
    let lang: Lang = reader.text(iri, dct::LANGUAGE.as_str())?.parse().ok()?;
    let role = reader.things(iri, isn::LAYER_ROLE).into_iter().next();
    let marks: Vec<Mark> = mentions.iter().map(|mention| mark(reader, mention, mentions)).collect();
    Some(Layer {
        anchor: part(iri).to_owned(),
        lang: lang.as_str().to_owned(),
        dir: if lang.is_right_to_left() { "rtl" } else { "ltr" },
        language: super::fields::language(reader, lang.as_str()),
        role: role.map(|role| reader.label(role.as_str())),
        is_abstract: role.is_some_and(|role| role.as_str().ends_with("/abstract")),
        digest: reader.text(iri, isn::SHA256).unwrap_or_default(),
        paragraphs: paragraphs(&text, &marks),
        mentions: mentions.to_vec(),
    })
}

fn part(iri: &str) -> &str {
    iri.split_once('#').map_or("", |(_, part)| part)
}

fn by_text(reader: &Reader<'_>) -> BTreeMap<String, Vec<Mention>> {
    let mut found: BTreeMap<String, Vec<Mention>> = BTreeMap::new();
    for subject in reader.subjects() {
        if let (Some(text), Some(mention)) = (reader.text(subject, isn::IN_TEXT), mention(reader, subject)) {
            found.entry(text).or_default().push(mention);
        }
    }
    for mentions in found.values_mut() {
        mentions.sort_by_key(|mention| (mention.start, mention.end));
    }
    found
}

fn mention(reader: &Reader<'_>, iri: &str) -> Option<Mention> {
    let number = |predicate: &str| reader.text(iri, predicate).and_then(|text| text.parse().ok());
    let concept = |predicate: &str| reader.things(iri, predicate).first().map(|concept| reader.label(concept.as_str()));
    let body = reader.things(iri, oa::HAS_BODY.as_str()).into_iter().next();
    let date = reader.text(iri, isn::DATE);
    let class = match body.and_then(|body| reader.iris().to_id(body.as_ref())) {
        Some(id) => kind_name(id.kind()),
        None if date.is_some() => "date",
        None => "unknown",
    };
    let target = body.map(|body| Value::Link(reader.link(body.as_str())));
    Some(Mention {
        anchor: part(iri).to_owned(),
        comment_on: super::comments::comment_on(reader.lang, reader.iris().relative(iri).unwrap_or_default()),
        start: number(oa::START.as_str())?,
        end: number(oa::END.as_str())?,
        exact: reader.text(iri, oa::EXACT.as_str())?,
        target: target.or_else(|| date.map(|date| Value::When(When::new(&date)))),
        class,
        kind: concept(isn::MENTION_KIND),
        rule: concept(isn::RULE),
        confidence: reader.text(iri, isn::CONFIDENCE),
        runner_up: reader.things(iri, isn::CANDIDATE).first().map(|other| reader.link(other.as_str())),
        runner_up_confidence: reader.text(iri, isn::CANDIDATE_CONFIDENCE),
        state: concept(isn::REVIEW_STATE),
    })
}

/// The mark of a mention: what it names, how surely, by which rule.
fn mark(reader: &Reader<'_>, mention: &Mention, all: &[Mention]) -> Mark {
    let (href, named) = match &mention.target {
        Some(Value::Link(link)) => (Some(link.href.clone()), link.label.text.clone()),
        Some(Value::When(when)) => (None, when.text.clone()),
        _ => (None, reader.say("mention.unknown").to_owned()),
    };
    let mut title = vec![named];
    if let Some(confidence) = &mention.confidence {
        title.push(format!("{} {confidence}", reader.say("mention.confidence")));
    }
    if let Some(rule) = &mention.rule {
        title.push(format!("{} {}", reader.say("mention.rule"), rule.text));
    }
    Mark {
        start: mention.start,
        end: mention.end,
        id: mention.anchor.clone(),
        href,
        class: mention.class,
        title: layout::plain(&title.join(reader.say("list.comma"))),
        card: Card::of(reader, mention, all).map(Box::new),
    }
}

/// The things that the texts name, by kind, each linked, with the number of its mentions.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub label: &'static str,
    pub class: &'static str,
    pub things: Vec<NamedThing>,
}

/// A thing that the texts name.
#[derive(Clone, Debug)]
pub(super) struct NamedThing {
    pub link: Link,
    pub count: usize,
    /// Its first mention.
    pub first: String,
}

/// The things that some texts name, by kind.
pub(super) fn named(reader: &Reader<'_>, layers: &[Layer]) -> Vec<Named> {
    let kinds = [Kind::Organization, Kind::Person, Kind::Place, Kind::Event, Kind::Document];
    let all = kinds.into_iter().map(|kind| Named {
        label: words(reader.lang).find(&format!("kinds.{}", kind_name(kind))).unwrap_or_default(),
        class: kind_name(kind),
        things: things(layers, kind_name(kind)),
    });
    all.filter(|named| !named.things.is_empty()).collect()
}

fn things(layers: &[Layer], class: &str) -> Vec<NamedThing> {
    let mut things: Vec<NamedThing> = Vec::new();
    for mention in layers.iter().flat_map(|layer| &layer.mentions).filter(|mention| mention.class == class) {
        let Some(Value::Link(link)) = &mention.target else { continue };
        match things.iter_mut().find(|thing| thing.link.href == link.href) {
            Some(thing) => thing.count += 1,
            None => things.push(NamedThing { link: link.clone(), count: 1, first: mention.anchor.clone() }),
        }
    }
    things
}

/// A place where a document names a thing, with the words around it.
#[derive(Clone, Debug)]
pub(super) struct Snippet {
    pub href: String,
    pub lang: Option<String>,
    pub dir: &'static str,
    pub before: String,
    pub exact: String,
    pub after: String,
}

/// A document that names a thing.
#[derive(Clone, Debug)]
pub(super) struct Naming {
    pub document: Link,
    pub when: Option<When>,
    pub count: usize,
    pub snippets: Vec<Snippet>,
}

/// How many of a document's mentions are shown with the words around them.
const SNIPPETS: usize = 3;

/// The documents that name a thing, the latest first, from the mentions that were fetched.
pub(super) fn naming(reader: &Reader<'_>, mentions: &[String]) -> Vec<Naming> {
    let mut found: BTreeMap<String, Vec<(usize, Snippet)>> = BTreeMap::new();
    for iri in mentions {
        let start = reader.text(iri, oa::START.as_str()).and_then(|text| text.parse().ok()).unwrap_or(0);
        if let (Some(document), Some(snippet)) = (reader.text(iri, isn::IN_DOCUMENT), snippet(reader, iri)) {
            found.entry(document).or_default().push((start, snippet));
        }
    }
    let mut all: Vec<(Option<String>, Naming)> = found
        .into_iter()
        .map(|(document, mut snippets)| {
            snippets.sort_by_key(|(start, snippet)| (snippet.lang.is_some(), *start));
            let when = reader.text(&document, dct::ISSUED.as_str()).map(|date| When::new(&date));
            let naming = Naming {
                document: reader.link(&document),
                when,
                count: snippets.len(),
                snippets: snippets.into_iter().map(|(_, snippet)| snippet).take(SNIPPETS).collect(),
            };
            (reader.text(&document, isn::EARLIEST), naming)
        })
        .collect();
    all.sort_by(|(a, _), (b, _)| b.cmp(a));
    all.into_iter().map(|(_, naming)| naming).collect()
}

fn snippet(reader: &Reader<'_>, iri: &str) -> Option<Snippet> {
    let text = |predicate: &str| reader.text(iri, predicate).map(|text| layout::plain(&text.replace('\n', " ")));
    let layer = reader.text(iri, isn::IN_TEXT)?;
    let lang: Lang = part(&layer).strip_prefix("text-")?.parse().ok()?;
    let (before, after) =
        (text(oa::PREFIX.as_str()).unwrap_or_default(), text(oa::SUFFIX.as_str()).unwrap_or_default());
    // A word that the window cuts is left out.
    let before = before.split_once(' ').map_or(before.as_str(), |(_, rest)| rest).to_owned();
    let after = after.rsplit_once(' ').map_or(after.as_str(), |(rest, _)| rest).to_owned();
    let phrase = Phrase::new(reader.lang, &lang, "");
    Some(Snippet {
        href: layout::to(reader.lang, reader.iris().relative(iri)?),
        lang: phrase.lang,
        dir: phrase.dir,
        before,
        exact: text(oa::EXACT.as_str())?,
        after,
    })
}

/// How many documents name a thing: those that were fetched, or, where not all were, those that say that they do.
pub(super) fn naming_count(resource: &Resource, naming: &[Naming], reader: &Reader<'_>) -> u64 {
    let count = |key: &str| {
        let counts = resource.incoming_counts.iter();
        counts.filter(|(predicate, _)| reader.key(predicate.as_str()) == key).map(|(_, count)| *count).sum::<u64>()
    };
    let shown = naming.len() as u64;
    let mentions: u64 = naming.iter().map(|naming| naming.count as u64).sum();
    if mentions < count(oa::HAS_BODY.as_str()) { shown.max(count(isn::MENTIONS)) } else { shown }
}

/// Things that point to another thing, under the property they do it with.
pub(super) fn incoming(
    reader: &Reader<'_>,
    quads: &[oxigraph::model::Quad],
    counts: &[(NamedNode, u64)],
    shown_elsewhere: &[&str],
) -> Vec<Group> {
    let shown = counts.iter().filter(|(predicate, _)| !shown_elsewhere.contains(&reader.key(predicate.as_str())));
    shown
        .map(|(predicate, count)| {
            let mut links: Vec<Link> = Vec::new();
            for quad in quads.iter().filter(|quad| quad.predicate == *predicate) {
                let link = reader.link(&literal_value(&quad.subject.clone().into()));
                if !links.contains(&link) {
                    links.push(link);
                }
            }
            let more = u64::try_from(links.len()).is_ok_and(|shown| shown < *count);
            Group { label: reader.label(predicate.as_str()), count: *count, links, more }
        })
        .collect()
}

/// The entries of the legend: the kinds that are marked, with the key of the style.
pub(super) fn legend(reader: &Reader<'_>, layers: &[Layer]) -> Vec<(&'static str, &'static str)> {
    let has = |class: &str| layers.iter().flat_map(|layer| &layer.mentions).any(|mention| mention.class == class);
    let kinds = [Kind::Organization, Kind::Person, Kind::Place, Kind::Event, Kind::Document];
    let mut legend: Vec<_> = kinds
        .into_iter()
        .map(|kind| (kind_name(kind), kind_words(reader.lang, kind)))
        .chain([
            ("date", words(reader.lang).get("mention.date")),
            ("unknown", words(reader.lang).get("mention.unknown")),
        ])
        .collect();
    legend.retain(|(class, _)| has(class));
    legend
}
