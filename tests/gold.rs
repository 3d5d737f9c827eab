//! How well does the linker do on texts that were linked by hand?
//!
//! `ISNAD_GOLD` names a file with one text a line (`id`, `lang`, `text`, and `mentions` with `start`, `end`, `ids`,
//! perhaps `alt` and `optional`), in code points. A link is right where its words are exactly those of a mention, or
//! one of the boundaries accepted for it, and its thing is one of the accepted; recall is over what is certainly in
//! the archive. A text may have `issued` and `document`, as the archive would know them. `ISNAD_PREDICTIONS` names a file to write what was found to. Without `ISNAD_GOLD` nothing is tested.
//!
//! `ISNAD_GOLD=... cargo test gold -- --nocapture`

use std::{collections::BTreeMap, env, fmt::Write as _, fs, io::Write as _};

use isnad::{
    link::{Context, Dictionary, Options, THRESHOLD, link_with},
    model::{Date, Id, Lang, Mention, MentionKind, Target},
};
use serde_json::{Value, json};

use crate::starter_names;

/// What a link at some confidence turned out to be.
struct Link {
    lang: String,
    confidence: f64,
    right: bool,
}

/// Counts of one language.
#[derive(Default)]
struct Count {
    right: u32,
    links: u32,
    known: u32,
    dates: u32,
    right_dates: u32,
    /// Names of what is not in the archive: in the gold, given, and given where the gold has one.
    nil: u32,
    given_nil: u32,
    right_nil: u32,
    nils: Vec<Link>,
}

impl Count {
    fn figures(&self) -> (f64, f64, f64) {
        let share = |part: u32, whole: u32| if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) };
        let (precision, recall) = (share(self.right, self.links), share(self.right, self.known));
        let sum = precision + recall;
        (precision, recall, if sum == 0.0 { 0.0 } else { 2.0 * precision * recall / sum })
    }
}

fn number(value: &Value) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
}

/// The accepted boundaries of a mention of the gold.
pub fn spans(gold: &Value) -> Vec<(usize, usize)> {
    let own = (number(&gold["start"]), number(&gold["end"]));
    let others = gold["alt"].as_array().into_iter().flatten().map(|span| (number(&span[0]), number(&span[1])));
    [own].into_iter().chain(others).collect()
}

/// The things that a mention of the gold may name.
pub fn accepted(gold: &Value) -> Vec<String> {
    let ids = gold["ids"].as_array().into_iter().flatten().filter_map(Value::as_str);
    ids.map(|id| id.strip_prefix("ev/").map_or_else(|| id.to_owned(), |key| format!("event/{key}"))).collect()
}

fn shown(mention: &Mention) -> Option<String> {
    match &mention.target {
        Target::Entity(entity) => Some(entity.to_string()),
        Target::Date(date) => Some(format!("date:{date}")),
        Target::Nil => None,
    }
}

/// Counts one text; what went wrong is said.
fn count(record: &Value, found: &[Mention], count: &mut Count, links: &mut Vec<Link>, wrong: &mut String) {
    let lang = record["lang"].as_str().unwrap_or_default().to_owned();
    let gold: Vec<&Value> = record["mentions"].as_array().into_iter().flatten().collect();
    let of = |mention: &Mention| {
        let mut fits: Vec<&&Value> =
            gold.iter().filter(|one| spans(one).contains(&(mention.start, mention.end))).collect();
        fits.sort_by_key(|one| one["optional"].as_bool().unwrap_or_default());
        fits.first().map(|one| **one)
    };
    for mention in found.iter().filter(|mention| matches!(mention.target, Target::Nil)) {
        // What may be found, but need not be, counts neither way.
        let may = |gold: &Value| gold["optional"].as_bool().unwrap_or_default();
        if of(mention).is_some_and(may) {
            continue;
        }
        let right = of(mention).is_some_and(|gold| accepted(gold).contains(&"NIL".to_owned()));
        count.given_nil += 1;
        count.right_nil += u32::from(right);
        count.nils.push(Link { lang: lang.clone(), confidence: mention.confidence, right });
    }
    for mention in found.iter().filter(|mention| !matches!(mention.target, Target::Nil)) {
        let is_date = mention.kind == MentionKind::Date;
        let (target, gold) = (shown(mention).unwrap_or_default(), of(mention));
        let right = gold.is_some_and(|gold| accepted(gold).contains(&target));
        let optional = gold.is_some_and(|gold| gold["optional"].as_bool().unwrap_or_default());
        if is_date {
            count.right_dates += u32::from(right && !optional);
        } else {
            links.push(Link { lang: lang.clone(), confidence: mention.confidence, right });
            count.links += u32::from(!(optional && right));
        }
        if !right && (!is_date || gold.is_some()) {
            let _ = writeln!(wrong, "  {} {} ({}) is not {target}", record["id"], mention.exact, mention.confidence);
        }
    }
    for one in gold.iter().filter(|one| !one["optional"].as_bool().unwrap_or_default()) {
        let ids = accepted(one);
        if one["type"] == "date" {
            count.dates += 1;
            continue;
        }
        let at = |mention: &&Mention| spans(one).contains(&(mention.start, mention.end));
        let right = found.iter().filter(at).any(|mention| shown(mention).is_some_and(|id| ids.contains(&id)));
        if ids.iter().any(|id| id == "NIL") {
            // Neither missed nor, where it is linked rightly, counted as a link to be found.
            count.links -= u32::from(right);
            count.nil += u32::from(ids.len() == 1);
            continue;
        }
        count.known += 1;
        count.right += u32::from(right);
        if !right {
            let _ = writeln!(wrong, "  {} {} is {ids:?}", record["id"], one["exact"]);
        }
    }
}

/// How often links of about the same confidence are right.
fn calibration(links: &[&Link]) -> String {
    let mut text = String::new();
    for (low, high) in [(0.0, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.01)] {
        let within: Vec<&&Link> = links.iter().filter(|link| (low..high).contains(&link.confidence)).collect();
        let right = within.iter().filter(|link| link.right).count();
        let mean = within.iter().map(|link| link.confidence).sum::<f64>()
            / f64::from(u32::try_from(within.len().max(1)).unwrap_or(1));
        let _ = writeln!(text, "  {low:.2} to {high:.2}: {right} of {} right, mean confidence {mean:.3}", within.len());
    }
    text
}

/// The share of links from some confidence on that are right.
fn precision_from(links: &[&Link], least: f64) -> f64 {
    let above: Vec<&&Link> = links.iter().filter(|link| link.confidence >= least).collect();
    let count = |links: usize| f64::from(u32::try_from(links).unwrap_or(u32::MAX));
    count(above.iter().filter(|link| link.right).count()) / count(above.len().max(1))
}

#[test]
fn links_agree_with_the_gold() {
    let Some(path) = env::var_os("ISNAD_GOLD") else {
        let _ = writeln!(std::io::stderr(), "skipped: ISNAD_GOLD names no gold file");
        return;
    };
    let gold = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let (names, facts) = starter_names::all();
    let dictionary = Dictionary::new(names, &facts);
    let (mut counts, mut links, mut wrong) = (BTreeMap::<String, Count>::new(), Vec::new(), String::new());
    let mut predictions = String::new();
    for line in gold.lines() {
        let record: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}"));
        let lang = record["lang"].as_str().unwrap_or_default();
        let text = record["text"].as_str().unwrap_or_default();
        let tag = lang.parse().unwrap_or_else(|_| Lang::ar());
        let issued: Option<Date> = record["issued"].as_str().and_then(|day| day.parse().ok());
        let document: Option<Id> = record["document"].as_str().and_then(|id| id.parse().ok());
        let context = Context { issued: issued.as_ref(), document: document.as_ref(), ..Context::default() };
        let options = Options { nil: true, ..Options::default() };
        let found = link_with(&dictionary, text, &tag, &context, &options);
        let mentions: Vec<Value> = found
            .iter()
            .map(|mention| json!({"start": mention.start, "end": mention.end, "entity": shown(mention)}))
            .collect();
        let _ = writeln!(predictions, "{}", json!({"id": record["id"], "mentions": mentions}));
        count(&record, &found, counts.entry(lang.to_owned()).or_default(), &mut links, &mut wrong);
    }
    let mut report = format!("\n{wrong}");
    for (lang, count) in &counts {
        let (precision, recall, f1) = count.figures();
        let of_lang: Vec<&Link> = links.iter().filter(|link| link.lang == *lang).collect();
        let _ = writeln!(
            report,
            "{lang}: precision {precision:.3}, recall {recall:.3}, F1 {f1:.3} ({} links); dates {} of {}; \
             names of nothing known {} of {}, {} given\n{}of nothing known:\n{}",
            of_lang.len(),
            count.right_dates,
            count.dates,
            count.right_nil,
            count.nil,
            count.given_nil,
            calibration(&of_lang),
            calibration(&count.nils.iter().collect::<Vec<_>>())
        );
    }
    let _ = writeln!(std::io::stderr(), "{report}");
    if let Some(path) = env::var_os("ISNAD_PREDICTIONS") {
        fs::write(path, predictions).unwrap_or_else(|e| panic!("{e}"));
    }
    for (lang, least, nil) in [("en", 0.9, 0.75), ("ar", 0.85, 0.25)] {
        let Some(count) = counts.get(lang) else { continue };
        let of_lang: Vec<&Link> = links.iter().filter(|link| link.lang == lang).collect();
        assert!(count.figures().2 >= least, "{lang}: {:?}", count.figures());
        assert!(precision_from(&of_lang, THRESHOLD) >= 0.95, "{lang}: {}", precision_from(&of_lang, THRESHOLD));
        assert!(precision_from(&of_lang, 0.9) >= 0.9, "{lang}: {}", precision_from(&of_lang, 0.9));
        let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
        assert!(share(count.right_nil, count.nil) >= nil, "{lang}: {} of {}", count.right_nil, count.nil);
        assert!(share(count.right_nil, count.given_nil) >= 0.6, "{lang}: {} given", count.given_nil);
    }
}
