//! The cases, the most instructive first.
//!
//! A decision teaches most where the linker is least sure and the case is frequent. How unsure it is tells the margin
//! between the best reading and the next (margin sampling: Scheffer, Decomain and Wrobel, Active hidden Markov models
//! for information extraction, 2001), where "names nothing known" is a reading too, with what the best leaves to
//! certainty; how much a decision carries over tells the number of identical links (as the density in Settles and
//! Craven, An analysis of active learning strategies for sequence labeling tasks, 2008):
//! `teaches = (1 - |best - next|) * links`.
//!
//! The engine counts the links; what is kept in memory is one row for each wording, thing and runner-up, for one state of
//! the archive, told by the number of its last change. Mentions are read only for the examples of one page.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Serialize;
use tokio::sync::Mutex;

use crate::{
    link::{Decisions, fold},
    model::{Id, Kind, Verdict},
    rdf::vocab::{isn, oa},
    store::{Error, Row, Store},
};

/// So many examples of a case are shown.
const EXAMPLES: usize = 3;

/// Identical links.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// The words, folded.
    pub form: String,
    /// What they are taken to name.
    pub thing: Id,
    /// What they would be taken to name otherwise, most often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<Id>,
    /// How many mentions there are.
    pub mentions: u64,
    /// How probable the reading is, on average.
    pub confidence: f64,
    /// How probable the next one is, on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runner_up_confidence: Option<f64>,
    /// How much a decision would teach.
    pub teaches: f64,
    /// Some of the mentions.
    pub examples: Vec<Example>,
    /// The first mention of each wording.
    #[serde(skip)]
    first: Vec<String>,
}

/// A mention, as it is shown to whoever decides.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// The mention.
    pub mention: Id,
    /// Its document.
    pub document: Id,
    /// The words.
    pub exact: String,
    /// The words before.
    pub before: String,
    /// The words after.
    pub after: String,
    /// The first code point.
    pub start: u64,
    /// One past the last code point.
    pub end: u64,
    /// How probable it is.
    pub confidence: f64,
    /// The rule that found it.
    pub rule: String,
}

/// Which cases are wanted.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Those of one document.
    pub document: Option<Id>,
    /// Those of one thing.
    pub thing: Option<Id>,
    /// Those of things of one kind.
    pub kind: Option<Kind>,
    /// Those in one state.
    pub state: Verdict,
    /// Those of which the linker is no surer than this.
    pub max_confidence: f64,
    /// Those after this place.
    pub after: Option<String>,
    /// So many at most.
    pub limit: usize,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            document: None,
            thing: None,
            kind: None,
            state: Verdict::Proposed,
            max_confidence: 1.0,
            after: None,
            limit: 20,
        }
    }
}

/// Some cases.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The cases.
    pub cases: Vec<Case>,
    /// How many there are in all.
    pub total: usize,
    /// The place after which the next ones come, where there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Where reviewing stands.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// How many mentions are in each state.
    pub mentions: BTreeMap<String, u64>,
    /// How many decisions of each kind are in force.
    pub decisions: BTreeMap<&'static str, usize>,
    /// Of the proposed links that were accepted, rejected or corrected, the share that was accepted.
    pub precision: Option<f64>,
}

/// The state of the archive, the state of review, the document.
type Key = (u64, Verdict, Option<Id>);

/// The cases of an archive, kept until it changes.
#[derive(Debug, Default)]
pub struct Cases(Mutex<Option<(Key, Arc<Vec<Case>>)>>);

impl Cases {
    /// A page of cases.
    pub async fn page(&self, store: &Store, filter: &Filter) -> Result<Page, Error> {
        let all = self.all(store, filter).await?;
        let wanted = |case: &&Case| {
            filter.thing.as_ref().is_none_or(|thing| case.thing == *thing)
                && filter.kind.is_none_or(|kind| case.thing.kind() == kind)
                && case.confidence <= filter.max_confidence
        };
        let wanted: Vec<&Case> = all.iter().filter(wanted).collect();
        let from = match filter.after.as_deref().and_then(place) {
            Some(after) => wanted.partition_point(|case| order(case, &after).is_le()),
            None => 0,
        };
        let mut cases: Vec<Case> = wanted[from..].iter().take(filter.limit).map(|case| Case::clone(case)).collect();
        let more = from + cases.len() < wanted.len();
        let next = cases.last().filter(|_| more).map(|last| format!("{}~{}~{}", last.teaches, last.thing, last.form));
        let total = wanted.len();
        examples(store, &mut cases).await?;
        Ok(Page { cases, total, next })
    }

    async fn all(&self, store: &Store, filter: &Filter) -> Result<Arc<Vec<Case>>, Error> {
        let key = (store.last_change().await?, filter.state, filter.document.clone());
        let mut kept = self.0.lock().await;
        if let Some((_, cases)) = kept.as_ref().filter(|(known, _)| *known == key) {
            return Ok(Arc::clone(cases));
        }
        let cases = Arc::new(count(store, filter).await?);
        *kept = Some((key, Arc::clone(&cases)));
        Ok(cases)
    }

    /// Where reviewing stands.
    pub async fn figures(&self, store: &Store, decisions: &Decisions) -> Result<Figures, Error> {
        let iris = store.iris();
        let query = format!(
            "SELECT ?state (COUNT(?mention) AS ?n) {{ ?mention {state} ?state ; {body} ?thing }} GROUP BY ?state",
            state = iris.term(isn::REVIEW_STATE),
            body = oa::HAS_BODY,
        );
        let rows = store.select(&query).await?;
        let state = |row: &Row| Some((row.iri("state")?.rsplit('/').next()?.to_owned(), row.number("n")?));
        let mut figures = Figures { mentions: rows.iter().filter_map(state).collect(), ..Figures::default() };
        for decision in decisions.in_force() {
            *figures.decisions.entry(decision.verdict.term()).or_default() += 1;
        }
        let number = |verdict: Verdict| {
            let count = figures.decisions.get(verdict.term()).copied().unwrap_or_default();
            f64::from(u32::try_from(count).unwrap_or(u32::MAX))
        };
        let accepted = number(Verdict::Accepted);
        let decided = accepted + number(Verdict::Rejected) + number(Verdict::Corrected);
        figures.precision = (decided > 0.0).then(|| accepted / decided);
        Ok(figures)
    }
}

/// The place of a case in the order.
fn place(cursor: &str) -> Option<(f64, Id, String)> {
    let mut parts = cursor.splitn(3, '~');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.to_owned()))
}

impl Filter {
    /// Whether this is a place as a page gives it.
    #[must_use]
    pub fn is_place(cursor: &str) -> bool {
        place(cursor).is_some()
    }
}

fn order(case: &Case, (teaches, thing, form): &(f64, Id, String)) -> std::cmp::Ordering {
    teaches.total_cmp(&case.teaches).then_with(|| (&case.thing, &case.form).cmp(&(thing, form)))
}

/// A case that is being counted.
#[derive(Default)]
struct Counted {
    mentions: u64,
    confidence: f64,
    seconds: BTreeMap<Id, (u64, f64)>,
    first: BTreeSet<String>,
}

async fn count(store: &Store, filter: &Filter) -> Result<Vec<Case>, Error> {
    let iris = store.iris();
    let document = match &filter.document {
        Some(document) => format!("; {} {} ", iris.term(isn::IN_DOCUMENT), iris.id(document)),
        None => String::new(),
    };
    let query = format!(
        "SELECT ?exact ?thing ?second (COUNT(?mention) AS ?n) (SUM(?one) AS ?best) (SUM(?other) AS ?next) \
         (MIN(STR(?mention)) AS ?first) {{ \
         ?mention {state} {wanted} ; {body} ?thing ; {words} ?exact ; {confidence} ?one {document}. \
         OPTIONAL {{ ?mention {candidate} ?second ; {candidate_confidence} ?other }} }} GROUP BY ?exact ?thing ?second",
        state = iris.term(isn::REVIEW_STATE),
        wanted = iris.concept("review-state", filter.state.term()),
        body = oa::HAS_BODY,
        words = oa::EXACT,
        confidence = iris.term(isn::CONFIDENCE),
        candidate = iris.term(isn::CANDIDATE),
        candidate_confidence = iris.term(isn::CANDIDATE_CONFIDENCE),
    );
    let mut counted: BTreeMap<(String, Id), Counted> = BTreeMap::new();
    for row in store.select(&query).await? {
        let id = |variable: &str| row.iri(variable).and_then(|iri| iris.parse_id(iri));
        let sum = |variable: &str| row.text(variable).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
        let (Some(exact), Some(thing), Some(n)) = (row.text("exact"), id("thing"), row.number("n")) else { continue };
        let case = counted.entry((fold(&exact), thing)).or_default();
        case.mentions += n;
        case.confidence += sum("best");
        case.first.extend(row.text("first"));
        if let Some(second) = id("second") {
            let of = case.seconds.entry(second).or_default();
            of.0 += n;
            of.1 += sum("next");
        }
    }
    let mut cases: Vec<Case> = counted.into_iter().map(|((form, thing), counted)| case(form, thing, counted)).collect();
    cases.sort_by(|a, b| b.teaches.total_cmp(&a.teaches).then_with(|| (&a.thing, &a.form).cmp(&(&b.thing, &b.form))));
    Ok(cases)
}

fn case(form: String, thing: Id, counted: Counted) -> Case {
    let real = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let round = |number: f64| (number * 1000.0).round() / 1000.0;
    let second = counted.seconds.into_iter().max_by(|a, b| a.1.0.cmp(&b.1.0).then_with(|| b.0.cmp(&a.0)));
    let second = second.map(|(id, (n, sum))| (id, round(sum / real(n))));
    let confidence = round(counted.confidence / real(counted.mentions));
    let next = second.as_ref().map_or(0.0, |(_, confidence)| *confidence).max(1.0 - confidence);
    let teaches = round((1.0 - (confidence - next).abs()) * real(counted.mentions));
    let (runner_up, runner_up_confidence) = second.unzip();
    Case {
        form,
        thing,
        runner_up,
        mentions: counted.mentions,
        confidence,
        runner_up_confidence,
        teaches,
        examples: Vec::new(),
        first: counted.first.into_iter().take(EXAMPLES).collect(),
    }
}

/// Reads the examples of some cases.
async fn examples(store: &Store, cases: &mut [Case]) -> Result<(), Error> {
    let iris = store.iris();
    let mentions = cases.iter().flat_map(|case| &case.first).map(|mention| format!("<{mention}>"));
    let mentions = mentions.collect::<Vec<_>>().join(" ");
    if mentions.is_empty() {
        return Ok(());
    }
    let query = format!(
        "SELECT * {{ VALUES ?mention {{ {mentions}}} ?mention {document} ?document ; {start} ?start ; {end} ?end ; \
         {exact} ?exact ; {before} ?before ; {after} ?after ; {confidence} ?confidence ; {rule} ?rule }}",
        document = iris.term(isn::IN_DOCUMENT),
        start = oa::START,
        end = oa::END,
        exact = oa::EXACT,
        before = oa::PREFIX,
        after = oa::SUFFIX,
        confidence = iris.term(isn::CONFIDENCE),
        rule = iris.term(isn::RULE),
    );
    let mut found: BTreeMap<String, Example> = BTreeMap::new();
    for row in store.select(&query).await? {
        let id = |variable: &str| row.iri(variable).and_then(|iri| iris.parse_id(iri));
        let (Some(iri), Some(mention), Some(document)) = (row.iri("mention"), id("mention"), id("document")) else {
            continue;
        };
        let text = |variable: &str| row.text(variable).unwrap_or_default();
        let example = Example {
            mention,
            document,
            exact: text("exact"),
            before: text("before"),
            after: text("after"),
            start: row.number("start").unwrap_or_default(),
            end: row.number("end").unwrap_or_default(),
            confidence: text("confidence").parse().unwrap_or_default(),
            rule: text("rule").rsplit('/').next().unwrap_or_default().to_owned(),
        };
        found.insert(iri.to_owned(), example);
    }
    for case in cases {
        case.examples = case.first.iter().filter_map(|mention| found.get(mention).cloned()).collect();
    }
    Ok(())
}
