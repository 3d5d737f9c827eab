//! How well are the places of records found in a gazetteer that somebody else made?
//!
//! `ISNAD_GAZETTEER` names a folder with `syrian-archive-locations.json`, places with coordinates and the chain of
//! places around them, and `syrian-archive-incidents.json`, records that name a place in Arabic and in English titles
//! and summaries, some with coordinates. A place is right within 5 km of those. The places are named as the mapping
//! of the import names them, and lie in the districts and governorates of the starter archive. Without
//! `ISNAD_GAZETTEER` nothing is tested.
//!
//! `ISNAD_GAZETTEER=... cargo test gazetteer -- --nocapture`

use std::{collections::BTreeMap, env, fmt::Write as _, fs, io::Write as _, path::Path};

use isnad::{
    link::{Context, Dictionary, Fact, Name, NameKind, Options, link_with},
    model::{Id, Kind, Lang, Target},
};
use serde_json::Value;

use crate::starter_names;

/// How far a place may be from what it is compared with, in kilometres.
const NEAR: f64 = 5.0;

type Point = (f64, f64);

fn read(folder: &Path, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"))
}

fn field<'v>(record: &'v Value, name: &str) -> &'v str {
    record[name].as_str().unwrap_or_default()
}

/// The distance of two points on a globe, in kilometres.
fn distance(a: Point, b: Point) -> f64 {
    let (a, b) = ((a.0.to_radians(), a.1.to_radians()), (b.0.to_radians(), b.1.to_radians()));
    let half = ((b.0 - a.0) / 2.0).sin().powi(2) + a.0.cos() * b.0.cos() * ((b.1 - a.1) / 2.0).sin().powi(2);
    2.0 * 6371.0 * half.sqrt().asin()
}

/// The districts and governorates of the starter archive with every place of the gazetteer, and where those lie.
fn gazetteer(folder: &Path) -> (Dictionary, BTreeMap<Id, Point>) {
    let (mut names, mut facts) = starter_names::all();
    let is_wide = |fact: &Fact| matches!(fact.level.as_deref(), Some("country" | "governorate" | "district"));
    facts.retain(|id, fact| id.kind() == Kind::Place && is_wide(fact));
    names.retain(|name| facts.contains_key(&name.entity));
    let areas = Dictionary::new(names.clone(), &facts);
    let mut points = BTreeMap::new();
    for place in read(folder, "syrian-archive-locations.json") {
        let Ok(id) = format!("place/sa-{}", place["id"]).parse::<Id>() else { continue };
        for (column, lang) in [("search_name_en", "en"), ("search_name_ar", "ar")] {
            let chain = field(&place, column).split(" --- ").next().unwrap_or_default();
            // Narrow to wide ("Batbo - Atareb - Jebel Saman"), or wide to narrow ("ALEPPO : Ramousah").
            let form = chain.split(" - ").next().unwrap_or_default().trim();
            let wide = chain.split_once(" : ").map_or(chain.rsplit(" - ").next(), |(wide, _)| Some(wide));
            let entity = id.clone();
            names.push(Name { entity, form: form.to_owned(), lang: lang.parse().ok(), kind: NameKind::Label });
            let around = wide.filter(|wide| *wide != form).and_then(|wide| areas.located(wide, &[]));
            let within = &mut facts.entry(id.clone()).or_default().within;
            within.extend(around.map(|(whole, _)| whole).filter(|whole| !within.contains(whole)));
        }
        if let (Some(lat), Some(lon)) = (place["lat"].as_f64(), place["lon"].as_f64()) {
            points.insert(id, (lat, lon));
        }
    }
    (Dictionary::new(names, &facts), points)
}

/// The place that an English text is about: its names taken as a chain.
fn in_text(dictionary: &Dictionary, text: &str) -> Option<Id> {
    let options = Options { nil: true, ..Options::default() };
    let mentions = link_with(dictionary, text, &Lang::en(), &Context::default(), &options);
    let named = mentions.into_iter().filter(|mention| match &mention.target {
        Target::Entity(id) => id.kind() == Kind::Place,
        Target::Date(_) => false,
        Target::Nil => true,
    });
    let chain: Vec<String> = named.map(|mention| mention.exact).collect();
    dictionary.located(&chain.join(" : "), &[]).map(|(id, _)| id)
}

#[derive(Default)]
struct Count {
    records: u32,
    covered: u32,
    right: u32,
    wrong: String,
}

impl Count {
    fn add(&mut self, text: &str, found: Option<&Id>, points: &BTreeMap<Id, Point>, at: Point) {
        self.records += 1;
        let Some(found) = found else {
            let _ = writeln!(self.wrong, "  {text}: nothing");
            return;
        };
        self.covered += 1;
        match points.get(found).map(|&point| distance(point, at)) {
            Some(far) if far <= NEAR => self.right += 1,
            far => {
                let _ = writeln!(self.wrong, "  {text}: {found}, {:.1} km away", far.unwrap_or(f64::NAN));
            }
        }
    }

    fn share(part: u32, whole: u32) -> f64 {
        f64::from(part) / f64::from(whole.max(1))
    }

    fn say(&self, name: &str) {
        let _ = writeln!(
            std::io::stderr(),
            "{name}: {} records, covered {:.3}, right {:.3}, precision {:.3}\n{}",
            self.records,
            Self::share(self.covered, self.records),
            Self::share(self.right, self.records),
            Self::share(self.right, self.covered),
            self.wrong
        );
    }
}

#[test]
fn places_of_records_are_found() {
    let Some(folder) = env::var_os("ISNAD_GAZETTEER") else {
        let _ = writeln!(std::io::stderr(), "skipped: ISNAD_GAZETTEER names no folder");
        return;
    };
    let folder = Path::new(&folder);
    let (dictionary, points) = gazetteer(folder);
    let (mut arabic, mut english) = (Count::default(), Count::default());
    let (mut fields, mut resolved, mut unknown) = (0, 0, String::new());
    for record in read(folder, "syrian-archive-incidents.json") {
        let place = field(&record, "location").trim();
        let found = dictionary.located(place, &[]).map(|(id, _)| id);
        if !place.is_empty() {
            fields += 1;
            resolved += u32::from(found.as_ref().is_some_and(|id| points.contains_key(id)));
            if found.is_none_or(|id| !points.contains_key(&id)) {
                let _ = write!(unknown, "  {place}");
            }
        }
        let (Some(lat), Some(lon)) = (record["latitude"].as_f64(), record["longitude"].as_f64()) else { continue };
        if !place.is_empty() {
            arabic.add(place, dictionary.located(place, &[]).map(|(id, _)| id).as_ref(), &points, (lat, lon));
        }
        let titles = ["title_en", "fr_title", "summary_en"].map(|name| field(&record, name));
        if titles.iter().any(|title| !title.is_empty()) {
            let found = titles.iter().find_map(|title| in_text(&dictionary, title));
            let title = titles.iter().find(|title| !title.is_empty()).copied().unwrap_or_default();
            english.add(title.lines().next().unwrap_or_default(), found.as_ref(), &points, (lat, lon));
        }
    }
    let _ = writeln!(std::io::stderr(), "{resolved} of {fields} Arabic fields resolved; not:{unknown}");
    arabic.say("Arabic fields");
    english.say("English titles");
    assert!(Count::share(resolved, fields) >= 0.95);
    assert!(Count::share(arabic.right, arabic.records) >= 0.85);
    assert!(Count::share(english.right, english.records) >= 0.7);
}
