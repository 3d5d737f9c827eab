//! Claims as cards: who says what, where, when, how firmly, and what became of it.
//!
//! Nothing a claim says is shown without its speaker.

use std::collections::BTreeSet;

use askama::{Template, filters::HtmlSafe};
use oxigraph::model::{NamedNode, Quad, Term};

use super::{
    counter::{self, Counter},
    reader::Reader,
    value::{Item, Link, Phrase, When},
    words::words,
};
use crate::{
    rdf::vocab::{dct, isn, rdf},
    serve::lang::PageLang,
    store::Error,
};

/// How many claims are looked up that relay, supersede or dispute those of a page.
const ANSWERS: usize = 500;

/// A claim, ready to be shown.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/claim.html")]
pub(super) struct Claim {
    lang: PageLang,
    pub iri: String,
    /// The name of its place in the page.
    pub anchor: String,
    pub link: Link,
    pub kind: Phrase,
    pub speakers: Vec<Link>,
    pub attributed: Vec<Link>,
    pub stance: Phrase,
    /// The stance as a class of the style sheet and as the key of what introduces the sentences.
    pub stance_term: String,
    pub degree: Option<Phrase>,
    pub wording: Vec<Phrase>,
    pub summary: Vec<Phrase>,
    pub sentences: Vec<Subject>,
    pub document: Option<Link>,
    pub when: Option<When>,
    pub locator: Option<String>,
    pub period: Option<When>,
    /// How it stands to other claims and things, where it does.
    pub relations: Vec<Relation>,
    /// What is held against it, and what it is held against.
    pub counters: Vec<Counter>,
    pub sources: Vec<Item>,
    /// The IRIs of the claims it relays, for folding.
    pub relays: Vec<String>,
    /// The claims that relay it, where the page folds them under it.
    pub folded: Vec<Claim>,
    /// Whether its heading is shown: not on its own page, where it is the title.
    pub heading: bool,
}

impl HtmlSafe for Claim {}

/// What a claim proposes about one thing.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub link: Link,
    pub sentences: Vec<Sentence>,
}

/// One proposition.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/sentence.html")]
pub(super) struct Sentence {
    pub anchor: String,
    pub predicate: Link,
    pub bound: Option<Phrase>,
    pub objects: Vec<Item>,
    pub population: Option<Phrase>,
}

impl HtmlSafe for Sentence {}

/// How a claim stands to other things.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub label: &'static str,
    pub links: Vec<Link>,
}

impl Claim {
    fn say<'a>(&self, key: &'a str) -> &'a str {
        words(self.lang).get(key)
    }

    /// What introduces the sentences: `says that`, `denies that`.
    fn says(&self) -> &'static str {
        words(self.lang).find(&format!("says.{}", self.stance_term)).unwrap_or_default()
    }
}

/// Fetches what is needed to show some claims; gives back the statements of other claims that point to them.
pub(super) async fn fetch(reader: &mut Reader<'_>, claims: &BTreeSet<NamedNode>) -> Result<Vec<Quad>, Error> {
    reader.fetch(claims, &[]).await?;
    let all = |predicate: &str| -> BTreeSet<NamedNode> {
        claims.iter().flat_map(|claim| reader.things(claim.as_str(), predicate)).cloned().collect()
    };
    let (propositions, documents) = (all(isn::PROPOSES), all(isn::STATED_IN));
    reader.fetch(&propositions, &[]).await?;
    let iris = reader.iris();
    let dates = [dct::ISSUED.into_owned(), iris.term(isn::EARLIEST), iris.term(isn::DATE_TEXT)];
    reader.fetch(&documents, &dates).await?;
    let answers = [isn::RELAYS, isn::SUPERSEDES, isn::DISPUTES].map(|local| iris.term(local));
    let pointing = reader.fetch_pointing(claims, &answers, ANSWERS).await?;
    counter::fetch(reader, &pointing, claims).await?;
    Ok(pointing)
}

/// Some claims, the oldest first.
pub(super) fn claims<'a>(
    reader: &Reader<'_>,
    pointing: &[Quad],
    claims: impl IntoIterator<Item = &'a str>,
) -> Vec<Claim> {
    let mut found: Vec<(String, Claim)> =
        claims.into_iter().map(|claim| (day(reader, claim), one(reader, pointing, claim))).collect();
    found.sort_by(|(a, first), (b, second)| (a, &first.iri).cmp(&(b, &second.iri)));
    found.into_iter().map(|(_, claim)| claim).collect()
}

/// The first day of the document that states a claim; what has no date comes last.
fn day(reader: &Reader<'_>, claim: &str) -> String {
    let document = reader.text(claim, isn::STATED_IN);
    document.and_then(|document| reader.text(&document, isn::EARLIEST)).unwrap_or_else(|| "9999".to_owned())
}

fn one(reader: &Reader<'_>, pointing: &[Quad], iri: &str) -> Claim {
    let document = reader.text(iri, isn::STATED_IN);
    let date = document.as_ref().and_then(|document| {
        reader.text(document, dct::ISSUED.as_str()).or_else(|| reader.text(document, isn::DATE_TEXT))
    });
    let concept = |predicate: &str| reader.things(iri, predicate).first().map(|concept| reader.label(concept.as_str()));
    Claim {
        lang: reader.lang,
        iri: iri.to_owned(),
        anchor: iri.rsplit('/').next().unwrap_or_default().to_owned(),
        link: reader.link(iri),
        kind: kind(reader, iri),
        speakers: reader.links(iri, isn::STATED_BY),
        attributed: reader.links(iri, isn::ATTRIBUTED_TO),
        stance: concept(isn::STANCE).unwrap_or_else(|| Phrase::key("-")),
        stance_term: reader.concept(iri, isn::STANCE).unwrap_or_default().to_owned(),
        degree: concept(isn::DEGREE),
        wording: reader.wordings(iri, isn::DEGREE_WORDING),
        summary: reader.wordings(iri, dct::DESCRIPTION.as_str()),
        sentences: sentences(reader, iri),
        document: document.map(|document| reader.link(&document)),
        when: date.map(|date| When::new(&date)),
        locator: reader.text(iri, isn::LOCATOR),
        period: reader.text(iri, isn::PERIOD).map(|period| When::new(&period)),
        relations: relations(reader, pointing, iri),
        counters: counter::counters(reader, pointing, iri),
        sources: reader.sources(iri),
        relays: reader.things(iri, isn::RELAYS).into_iter().map(|iri| iri.as_str().to_owned()).collect(),
        folded: Vec::new(),
        heading: true,
    }
}

/// The narrowest class of a claim.
fn kind(reader: &Reader<'_>, iri: &str) -> Phrase {
    let types: Vec<&str> =
        reader.things(iri, rdf::TYPE.as_str()).into_iter().map(|class| reader.key(class.as_str())).collect();
    let narrow = ["Finding", "RelayedClaim", "Demand"].into_iter().find(|class| types.contains(class));
    reader.label(reader.iris().term(narrow.unwrap_or("Claim")).as_str())
}

fn sentences(reader: &Reader<'_>, claim: &str) -> Vec<Subject> {
    let mut subjects: Vec<(String, Vec<Sentence>)> = Vec::new();
    let mut propositions = reader.things(claim, isn::PROPOSES);
    propositions.sort_by_key(|iri| number_at_end(iri.as_str()));
    for proposition in propositions {
        let proposition = proposition.as_str();
        let (Some(subject), Some(sentence)) =
            (reader.text(proposition, rdf::SUBJECT.as_str()), sentence(reader, claim, proposition))
        else {
            continue;
        };
        match subjects.iter_mut().find(|(known, _)| *known == subject) {
            Some((_, sentences)) => sentences.push(sentence),
            None => subjects.push((subject, vec![sentence])),
        }
    }
    let linked = |(subject, sentences): (String, Vec<Sentence>)| Subject { link: reader.link(&subject), sentences };
    subjects.into_iter().map(linked).collect()
}

fn number_at_end(iri: &str) -> u32 {
    iri.rsplit_once("#p").and_then(|(_, number)| number.parse().ok()).unwrap_or(u32::MAX)
}

/// A proposition as predicate and value.
pub(super) fn sentence(reader: &Reader<'_>, claim: &str, proposition: &str) -> Option<Sentence> {
    let predicate = reader.text(proposition, rdf::PREDICATE.as_str())?;
    let concept =
        |predicate: &str| reader.things(proposition, predicate).first().map(|concept| reader.label(concept.as_str()));
    let unchecked = reader.unchecked(claim);
    let mut objects: Vec<&Term> = reader.objects(proposition, rdf::OBJECT.as_str());
    // Words that stand for a value come in several languages: the reader gets theirs.
    if objects.len() > 1
        && let Some(own) = objects.iter().copied().find(|term| in_language(term, reader.lang))
    {
        objects = vec![own];
    }
    let item = |term: &Term| Item { unchecked: reader.flag(&unchecked, term), ..reader.value(term).into() };
    Some(Sentence {
        anchor: proposition.split_once('#').map_or("", |(_, part)| part).to_owned(),
        predicate: reader.link(&predicate),
        bound: concept(isn::BOUND),
        objects: objects.into_iter().map(item).collect(),
        population: concept(isn::POPULATION_KIND),
    })
}

fn in_language(term: &Term, lang: PageLang) -> bool {
    matches!(term, Term::Literal(literal) if literal.language() == Some(lang.tag()))
}

fn relations(reader: &Reader<'_>, pointing: &[Quad], iri: &str) -> Vec<Relation> {
    let own = |key: &'static str, predicate: &str| Relation {
        label: words(reader.lang).get(key),
        links: reader.links(iri, predicate),
    };
    let from = |key: &'static str, predicate: &str| {
        let pointing = pointing.iter().filter(|quad| {
            reader.key(quad.predicate.as_str()) == predicate
                && matches!(&quad.object, Term::NamedNode(to) if to.as_str() == iri)
        });
        let subjects: BTreeSet<String> =
            pointing.map(|quad| quad.subject.to_string().trim_matches(['<', '>']).to_owned()).collect();
        let links = subjects.iter().map(|subject| reader.link(subject)).collect();
        Relation { label: words(reader.lang).get(key), links }
    };
    let spoken_of = sentences(reader, iri);
    let mut about = own("claim.about", isn::ABOUT_EVENT);
    about.links.extend(reader.links(iri, isn::ABOUT_THING));
    // What the sentences are about stands over them.
    about.links.retain(|link| !spoken_of.iter().any(|subject| subject.link == *link));
    let all = [
        about,
        own("claim.addressee", isn::ADDRESSEE),
        own("claim.relays", isn::RELAYS),
        own("claim.supersedes", isn::SUPERSEDES),
        from("claim.relayed-by", isn::RELAYS),
        from("claim.superseded-by", isn::SUPERSEDES),
    ];
    all.into_iter().filter(|relation| !relation.links.is_empty()).collect()
}

/// Leaves the thing that a page is about out of what its claims are said to be about.
pub(super) fn leave_out(claims: &mut [Claim], thing: &Link) {
    for relation in claims.iter_mut().flat_map(|claim| &mut claim.relations) {
        relation.links.retain(|link| link.href != thing.href);
    }
    for claim in claims {
        claim.relations.retain(|relation| !relation.links.is_empty());
    }
}

/// Puts claims that relay another of them under it, so that a repetition does not look like a second voice.
pub(super) fn fold(claims: Vec<Claim>) -> Vec<Claim> {
    let iris: Vec<String> = claims.iter().map(|claim| claim.iri.clone()).collect();
    let parent = |claim: &Claim| claim.relays.iter().find_map(|iri| iris.iter().position(|known| known == iri));
    let parents: Vec<Option<usize>> = claims.iter().map(parent).collect();
    let root = |start: usize| {
        let mut at = start;
        // A circle of relays ends after as many steps as there are claims.
        for _ in 0..parents.len() {
            match parents[at] {
                Some(next) => at = next,
                None => return at,
            }
        }
        start
    };
    let roots: Vec<usize> = (0..claims.len()).map(root).collect();
    let mut folded: Vec<Option<Claim>> = claims.into_iter().map(Some).collect();
    for (index, root) in roots.iter().enumerate().filter(|(index, root)| index != *root) {
        if let Some(claim) = folded[index].take()
            && let Some(Some(source)) = folded.get_mut(*root)
        {
            // What is folded under it need not be named again.
            for relation in &mut source.relations {
                relation.links.retain(|link| link.href != claim.link.href);
            }
            source.relations.retain(|relation| !relation.links.is_empty());
            source.folded.push(claim);
        }
    }
    folded.into_iter().flatten().collect()
}

/// What some claims say of a thing, question by question: a question is a predicate.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub predicate: Link,
    pub answers: Vec<Answer>,
}

/// One answer to it.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub sentence: Sentence,
    /// The place of the claim in the page.
    pub anchor: String,
    pub speakers: Vec<Link>,
    pub stance: Phrase,
    pub stance_term: String,
    pub when: Option<When>,
    /// How many claims repeat it, and who makes them.
    pub relays: usize,
    pub repeated_by: Vec<Link>,
}

/// Who speaks in some claims, each once.
pub(super) fn voices<'a>(claims: impl IntoIterator<Item = &'a Claim>) -> Vec<Link> {
    let mut voices: Vec<Link> = Vec::new();
    for link in claims.into_iter().flat_map(|claim| &claim.speakers) {
        if !voices.contains(link) {
            voices.push(link.clone());
        }
    }
    voices
}

/// Puts what claims say of a thing side by side.
pub(super) fn points(claims: &[Claim], thing: &Link) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for claim in claims {
        for sentence in claim.sentences.iter().filter(|s| s.link.href == thing.href).flat_map(|s| &s.sentences) {
            let answer = Answer {
                sentence: sentence.clone(),
                anchor: claim.anchor.clone(),
                speakers: claim.speakers.clone(),
                stance: claim.stance.clone(),
                stance_term: claim.stance_term.clone(),
                when: claim.when.clone(),
                relays: claim.folded.len(),
                repeated_by: voices(&claim.folded),
            };
            match points.iter_mut().find(|point| point.predicate.href == sentence.predicate.href) {
                Some(point) => point.answers.push(answer),
                None => points.push(Point { predicate: sentence.predicate.clone(), answers: vec![answer] }),
            }
        }
    }
    points
}
