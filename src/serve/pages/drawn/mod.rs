//! An answer drawn: as bars, as lines, on a map, over time or as a graph, above the table that says the same.
//!
//! What can be drawn is told by what the columns hold. How an answer was last looked at is remembered in the query
//! itself, as a comment at its head (`# view: map`), and stands in the address, which has the last word. A stretch of
//! time (`since`, `until`) and an area (`within`) leave only the rows that lie in them.

mod chart;
mod columns;
mod graph;
mod remembered;

use askama::{Template, filters::HtmlSafe};
use jiff::civil;
use oxigraph::model::Term;
use serde_json::json;

use self::{
    chart::Chart,
    columns::{Columns, Points},
};
use super::{
    bars::{self, Bars, Ways},
    layout::query,
    map::{self, Map, Place},
    reader::Reader,
    value::Phrase,
    words::words,
};
use crate::{
    ask::find::facets::{Histogram, Year},
    serve::{Service, lang::PageLang, narrow, parameters::set_once, problem::Problem},
};

/// The rows of an answer: a term for each column, where there is one.
pub(super) type Rows = Vec<Vec<Option<Term>>>;

/// The parameters of a time. `from` and `to` are those of questions with parameters.
const PERIOD: [&str; 2] = ["since", "until"];

/// A way to look at an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum View {
    /// Rows and columns.
    #[default]
    Table,
    /// A bar for each row.
    Bar,
    /// Lines from row to row.
    Line,
    /// Circles on a map.
    Map,
    /// Bars for years, months or days.
    Timeline,
    /// Things and what joins them.
    Graph,
}

impl View {
    pub(super) const ALL: [Self; 6] = [Self::Table, Self::Bar, Self::Line, Self::Map, Self::Timeline, Self::Graph];

    /// Its name in addresses and in the heads of queries.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Bar => "bar",
            Self::Line => "line",
            Self::Map => "map",
            Self::Timeline => "timeline",
            Self::Graph => "graph",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }
}

/// How an answer is to be looked at, and where the page of it stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    view: View,
    from: Option<String>,
    to: Option<String>,
    within: Option<String>,
    days: (Option<civil::Date>, Option<civil::Date>),
    bbox: Option<[f64; 4]>,
    path: String,
    /// What else the address has, the language first.
    others: Vec<(String, String)>,
}

impl Asked {
    /// The parameters that are read here.
    const OWN: [&'static str; 4] = ["view", PERIOD[0], PERIOD[1], "within"];

    /// Takes an address apart: how the answer of a query is to be looked at. `own` are parameters of these names that
    /// mean something else at this address.
    pub(super) fn read(
        path: &str,
        lang: PageLang,
        given: &[(String, String)],
        own: impl Fn(&str) -> bool,
        text: &str,
    ) -> Result<Self, Problem> {
        let mut asked = Self {
            view: remembered::view(text).unwrap_or_default(),
            path: path.to_owned(),
            others: vec![("lang".to_owned(), lang.tag().to_owned())],
            ..Self::default()
        };
        for (name, value) in given.iter().filter(|(name, _)| name != "lang") {
            match name.as_str() {
                name if own(name) || !Self::OWN.contains(&name) => asked.others.push((name.to_owned(), value.clone())),
                _ if value.is_empty() => {}
                "view" => {
                    asked.view = View::from_name(value).ok_or_else(|| {
                        let known = View::ALL.map(View::name).join(", ");
                        let detail = format!("an answer cannot be looked at as `{value}`: expected {known}");
                        Problem::bad_request(detail).at("parameter", "view")
                    })?;
                }
                "since" => set_once(&mut asked.from, name, value.clone())?,
                "until" => set_once(&mut asked.to, name, value.clone())?,
                _ => set_once(&mut asked.within, name, value.clone())?,
            }
        }
        asked.days = narrow::period(PERIOD, [asked.from.as_deref(), asked.to.as_deref()])?;
        asked.bbox = asked.within.as_deref().map(|value| narrow::bbox("within", value)).transpose()?;
        Ok(asked)
    }

    /// Whether nothing but a table of everything is asked for.
    pub(super) fn is_plain(&self) -> bool {
        self.view == View::Table && self.from.is_none() && self.to.is_none() && self.within.is_none()
    }

    /// The same address for another way to look at it. Where the query itself stands in it, it remembers the way.
    fn seen_as(&self, view: View) -> String {
        let mut other = self.clone();
        for (name, value) in &mut other.others {
            if name == "query" {
                *value = remembered::remember(value, view);
            }
        }
        other.view = view;
        other.address()
    }

    fn in_time(&self, from: Option<&str>, to: Option<&str>) -> String {
        let own = |end: Option<&str>| end.map(ToOwned::to_owned);
        Self { from: own(from), to: own(to), ..self.clone() }.address()
    }

    fn anywhere(&self) -> String {
        Self { within: None, ..self.clone() }.address()
    }

    fn address(&self) -> String {
        let own = [(PERIOD[0], &self.from), (PERIOD[1], &self.to), ("within", &self.within)];
        let own = own.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        let others = self.others.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        format!("{}?{}", self.path, query(others.chain([("view", self.view.name())]).chain(own)))
    }

    /// What else has to be kept by the way to the other language.
    pub(super) fn kept(&self) -> Vec<(String, String)> {
        let address = self.address();
        crate::serve::parameters::pairs(address.split_once('?').map_or("", |(_, query)| query))
    }
}

/// An answer as it is looked at.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/drawn.html")]
pub(super) struct Drawn {
    lang: PageLang,
    ways: Vec<Way>,
    chosen: Vec<Way>,
    /// Why it cannot be drawn as it was asked for.
    cannot: Option<&'static str>,
    /// What the modules of the page read: points, days, the pieces of a graph.
    spots: Option<String>,
    days: Option<String>,
    chart: Option<Chart>,
    map: Option<Map>,
    bars: Option<Bars>,
    map_first: bool,
    graph: Option<String>,
    graph_words: String,
}

impl HtmlSafe for Drawn {}

/// A way to look at an answer, or a filter that is on.
#[derive(Clone, Debug)]
struct Way {
    href: String,
    label: Phrase,
    name: &'static str,
    here: bool,
}

impl Drawn {
    fn say<'a>(&self, key: &'a str) -> &'a str {
        words(self.lang).get(key)
    }
}

/// Where the things of an answer are, for those of which the archive knows it.
pub(super) async fn points(service: &Service, rows: &Rows) -> Points {
    columns::points(service, rows).await
}

/// Leaves the rows that lie in the time and the area that are asked for, and draws what is left.
pub(super) fn draw(reader: &Reader<'_>, asked: &Asked, names: &[String], rows: &mut Rows, points: &Points) -> Drawn {
    let columns = Columns::of(names, rows, points);
    let everywhere: Vec<usize> = (0..rows.len()).filter(|at| is_in_time(asked, &columns, &rows[*at])).collect();
    let always: Vec<usize> = (0..rows.len()).filter(|at| is_inside(asked, &columns, &rows[*at])).collect();
    let in_both: Vec<usize> = always.iter().copied().filter(|at| everywhere.binary_search(at).is_ok()).collect();
    let pick = |which: &[usize]| which.iter().map(|at| rows[*at].clone()).collect::<Rows>();
    let (on_map, in_time, left) = (pick(&everywhere), pick(&always), pick(&in_both));
    let wants = |views: &[View]| views.contains(&asked.view);
    let drawable = View::ALL.into_iter().filter(|view| columns.can_be(*view));
    let can = columns.can_be(asked.view);
    let both = wants(&[View::Map, View::Timeline]) && can;
    let mut drawn = Drawn {
        lang: reader.lang,
        ways: drawable.map(|view| way(reader, asked, view)).collect(),
        chosen: chosen(reader, asked, &columns),
        cannot: (!can).then(|| words(reader.lang).find(&format!("drawn.cannot.{}", asked.view.name()))).flatten(),
        spots: None,
        days: None,
        chart: None,
        map: None,
        bars: None,
        map_first: asked.view == View::Map,
        graph: None,
        graph_words: String::new(),
    };
    if can && wants(&[View::Bar, View::Line]) {
        drawn.chart = Chart::of(reader, asked.view == View::Line, names, &left, &columns);
    }
    if both && columns.can_be(View::Map) {
        let places = places(reader, &columns, &left);
        drawn.spots = Some(spots(&self::places(reader, &columns, &on_map)));
        drawn.map = map::map(reader.lang, places.into_iter().map(|(place, _)| place).collect());
    }
    if both && columns.can_be(View::Timeline) {
        drawn.days = Some(json!(days(&columns, &in_time)).to_string());
        drawn.bars = over_time(reader.lang, asked, &columns, &in_time);
    }
    if can && wants(&[View::Graph]) {
        drawn.graph = Some(graph::piece(reader, &columns, &left));
        drawn.graph_words = words(reader.lang).under("web.graph.");
    }
    *rows = left;
    drawn
}

fn way(reader: &Reader<'_>, asked: &Asked, view: View) -> Way {
    let label = words(reader.lang).find(&format!("drawn.{}", view.name())).unwrap_or_default();
    Way {
        href: asked.seen_as(view),
        label: Phrase::own(reader.lang, label),
        name: view.name(),
        here: asked.view == view,
    }
}

/// The time and the area that rows are left of, each a way to be without it.
fn chosen(reader: &Reader<'_>, asked: &Asked, columns: &Columns<'_>) -> Vec<Way> {
    let mut chosen = Vec::new();
    let filter = |href, label| Way { href, label: Phrase::key(label), name: "", here: false };
    if (asked.from.is_some() || asked.to.is_some()) && columns.can_be(View::Timeline) {
        let end = |end: &Option<String>| end.clone().unwrap_or_else(|| "\u{2026}".to_owned());
        let label = format!("{} \u{2013} {}", end(&asked.from), end(&asked.to));
        chosen.push(filter(asked.in_time(None, None), label));
    }
    if let Some(within) = asked.within.as_ref().filter(|_| columns.can_be(View::Map)) {
        let label = format!("{}: {within}", words(reader.lang).get("facet.polygon"));
        chosen.push(Way { label: Phrase::own(reader.lang, label), ..filter(asked.anywhere(), String::new()) });
    }
    chosen
}

fn is_in_time(asked: &Asked, columns: &Columns<'_>, row: &[Option<Term>]) -> bool {
    let (from, to) = asked.days;
    if (from.is_none() && to.is_none()) || !columns.can_be(View::Timeline) {
        return true;
    }
    let Some(date) = columns.date(row) else { return false };
    from.is_none_or(|from| date.latest() >= from) && to.is_none_or(|to| date.earliest() <= to)
}

fn is_inside(asked: &Asked, columns: &Columns<'_>, row: &[Option<Term>]) -> bool {
    let Some([west, south, east, north]) = asked.bbox.filter(|_| columns.can_be(View::Map)) else { return true };
    columns.point(row).is_some_and(|[x, y]| (west..=east).contains(&x) && (south..=north).contains(&y))
}

/// A place for each row that has one, with what else the row says.
fn places(reader: &Reader<'_>, columns: &Columns<'_>, rows: &Rows) -> Vec<(Place, String)> {
    let place = |row: &Vec<Option<Term>>| {
        let at = columns.point(row)?;
        let (label, href) = columns.named(reader, row);
        let note = columns.date(row).map(|date| date.as_str().to_owned()).unwrap_or_default();
        Some((Place { at, label: Some(label), href, count: 1 }, note))
    };
    rows.iter().filter_map(place).collect()
}

/// The same for the module of the page.
fn spots(places: &[(Place, String)]) -> String {
    let spot = |(place, note): &(Place, String)| {
        let label = place.label.as_ref().map_or("", |label| label.text.as_str());
        json!({ "at": place.at, "label": label, "href": place.href, "note": note })
    };
    json!(places.iter().map(spot).collect::<Vec<_>>()).to_string()
}

fn days(columns: &Columns<'_>, rows: &Rows) -> Vec<String> {
    rows.iter().filter_map(|row| columns.date(row).map(|date| date.as_str().to_owned())).collect()
}

/// How many rows are of each year.
fn over_time(lang: PageLang, asked: &Asked, columns: &Columns<'_>, rows: &Rows) -> Option<Bars> {
    let mut histogram = Histogram { years: Vec::new(), imprecise: 0, undated: 0 };
    let mut years = std::collections::BTreeMap::<String, u64>::new();
    for row in rows {
        match columns.date(row).map(|date| (date.earliest().year(), date.latest().year())) {
            None => histogram.undated += 1,
            Some((first, last)) if first != last => histogram.imprecise += 1,
            Some((year, _)) => *years.entry(format!("{year:04}")).or_default() += 1,
        }
    }
    histogram.years = years.into_iter().map(|(year, count)| Year { year, count }).collect();
    let is_narrowed = asked.from.is_some() || asked.to.is_some();
    let chosen = asked.from.as_deref().filter(|_| asked.from == asked.to);
    let only = |year: Option<&str>| asked.in_time(year, year);
    bars::years(lang, &histogram, &Ways { only: &only, chosen, is_narrowed, is_live: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(given: &[(&str, &str)], text: &str) -> Result<Asked, Problem> {
        let given: Vec<(String, String)> =
            given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Asked::read("/sparql", PageLang::En, &given, |_| false, text)
    }

    #[test]
    fn the_address_says_how_an_answer_is_looked_at_before_the_query_does() {
        let of = |given: &[(&str, &str)], text| asked(given, text).map(|asked| asked.view).ok();
        assert_eq!(of(&[], "SELECT * {}"), Some(View::Table));
        assert_eq!(of(&[], "# view: map\nSELECT * {}"), Some(View::Map));
        assert_eq!(of(&[("view", "bar")], "# view: map\nSELECT * {}"), Some(View::Bar));
        assert!(asked(&[("view", "pie")], "").is_err() && asked(&[("within", "1,2")], "").is_err());
    }

    #[test]
    fn every_way_keeps_the_rest_of_the_address_and_the_query_remembers_it() {
        let asked = asked(&[("query", "SELECT * {}"), ("since", "2016")], "").unwrap_or_else(|e| panic!("{e:?}"));
        let map = asked.seen_as(View::Map);
        assert!(map.starts_with("/sparql?lang=en&query=%23%20view%3A%20map%0ASELECT"), "{map}");
        assert!(map.ends_with("&view=map&since=2016"), "{map}");
        assert!(asked.in_time(None, None).ends_with("view=table"));
    }
}
