//! The numbers of an answer as bars or lines.
//!
//! Bars stand in a table of their own, beside the numbers they draw, each column by its own measure: what is seen is
//! also read. Lines are one picture, series differing by their marks and strokes and not only by colour. In Arabic both
//! run from right to left.

use std::fmt::Write as _;

use askama::{Template, filters::HtmlSafe};
use oxigraph::model::Term;

use super::{
    super::{
        reader::Reader,
        value::{Phrase, Value},
        words::words as page_words,
    },
    Rows,
    columns::{Columns, number, words},
};
use crate::serve::lang::PageLang;

/// How many rows are drawn as bars, and how many as points of a line.
const BARS: usize = 100;
const POINTS: usize = 1000;
/// How many columns of numbers are drawn.
const SERIES: usize = 4;
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 320.0;
/// What is left free around the lines for the words of the axes.
const EDGE: [f64; 4] = [14.0, 24.0, 34.0, 64.0];

/// A chart.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/chart.html")]
pub(super) struct Chart {
    lang: PageLang,
    /// What the rows are called by, and what is measured.
    along: Vec<String>,
    measured: Vec<String>,
    bars: Vec<Bar>,
    lines: Option<Lines>,
    /// Whether there are more rows than are drawn.
    more: bool,
}

impl HtmlSafe for Chart {}

/// A row with a bar for each of its numbers.
#[derive(Clone, Debug)]
struct Bar {
    /// What else the row says.
    labels: Vec<Value>,
    values: Vec<Option<Measure>>,
}

/// A number, and where its bar begins and how long it is, in hundredths of the width.
#[derive(Clone, Debug)]
struct Measure {
    text: String,
    x: String,
    width: String,
}

/// The picture of lines.
#[derive(Clone, Debug)]
struct Lines {
    about: String,
    series: Vec<Series>,
    /// Words at places of the axes.
    rungs: Vec<Tick>,
    feet: Vec<Tick>,
    left: f64,
    right: f64,
    bottom: f64,
    /// On which side of their place the words of the rungs end.
    anchor: &'static str,
}

#[derive(Clone, Debug)]
struct Series {
    name: String,
    path: String,
    points: Vec<Point>,
}

#[derive(Clone, Debug)]
struct Point {
    x: String,
    y: String,
    title: String,
}

#[derive(Clone, Debug)]
struct Tick {
    x: String,
    y: String,
    text: String,
    dir: &'static str,
}

impl Chart {
    /// The chart of some rows; nothing where they have no numbers.
    pub(super) fn of(
        reader: &Reader<'_>,
        as_lines: bool,
        names: &[String],
        rows: &Rows,
        columns: &Columns<'_>,
    ) -> Option<Self> {
        let numeric: Vec<usize> = columns.measures().into_iter().take(SERIES).collect();
        let along = if as_lines { columns.along() } else { columns.label() };
        let value = |term: &Term| reader.value(term);
        let most = if as_lines { POINTS } else { BARS };
        let drawn = &rows[..rows.len().min(most)];
        let label = |at: usize, row: &[Option<Term>]| {
            let term = along.and_then(|column| row[column].as_ref());
            term.map_or_else(|| Value::Number((at + 1).to_string()), value)
        };
        let series: Vec<Vec<Option<f64>>> = numeric
            .iter()
            .map(|column| drawn.iter().map(|row| row[*column].as_ref().and_then(number)).collect())
            .collect();
        series.iter().flatten().flatten().next()?;
        let labels: Vec<Value> = drawn.iter().enumerate().map(|(at, row)| label(at, row)).collect();
        let said = columns.said();
        let measured: Vec<String> = numeric.iter().map(|column| columns.name(*column).to_owned()).collect();
        let chart = Self {
            lang: reader.lang,
            along: said.iter().map(|column| names[*column].clone()).collect(),
            bars: if as_lines {
                Vec::new()
            } else {
                let labels = |row: &[Option<Term>]| said.iter().filter_map(|at| row[*at].as_ref().map(value)).collect();
                bars(drawn, &numeric, &labels, &series)
            },
            lines: as_lines.then(|| {
                let days: Vec<Option<f64>> =
                    drawn.iter().map(|row| columns.date(row).map(|date| day(date.earliest()))).collect();
                Lines::of(reader.lang, &measured, &labels, &series, &days)
            }),
            measured,
            more: rows.len() > most,
        };
        Some(chart)
    }

    fn say<'a>(&self, key: &'a str) -> &'a str {
        page_words(self.lang).get(key)
    }
}

fn day(date: jiff::civil::Date) -> f64 {
    let years = f64::from(date.year());
    years + f64::from(date.day_of_year() - 1) / f64::from(date.days_in_year())
}

fn bars(
    rows: &[Vec<Option<Term>>],
    measures: &[usize],
    labels: &dyn Fn(&[Option<Term>]) -> Vec<Value>,
    series: &[Vec<Option<f64>>],
) -> Vec<Bar> {
    let bounds: Vec<(f64, f64)> = series.iter().map(|numbers| bounds(numbers.iter().flatten())).collect();
    let bar = |(at, row): (usize, &Vec<Option<Term>>)| {
        let measure = |(index, column): (usize, &usize)| {
            let (low, high) = bounds[index];
            let value = series[index][at]?;
            let text = if let Some(Term::Literal(literal)) = &row[*column] {
                literal.value().to_owned()
            } else {
                return None;
            };
            let part = |number: f64| (number - low) / (high - low) * 100.0;
            let (start, end) = (part(value.min(0.0)), part(value.max(0.0)));
            Some(Measure { text, x: format!("{start:.2}"), width: format!("{:.2}", end - start) })
        };
        Bar { labels: labels(row), values: measures.iter().enumerate().map(measure).collect() }
    };
    rows.iter().enumerate().map(bar).collect()
}

/// From the least number to the greatest, with zero between them.
fn bounds<'a>(numbers: impl Iterator<Item = &'a f64>) -> (f64, f64) {
    let (low, high) = numbers.fold((0.0_f64, 0.0_f64), |(low, high), number| (low.min(*number), high.max(*number)));
    if low < high { (low, high) } else { (0.0, 1.0) }
}

impl Lines {
    fn of(
        lang: PageLang,
        measured: &[String],
        labels: &[Value],
        series: &[Vec<Option<f64>>],
        days: &[Option<f64>],
    ) -> Self {
        let (low, high) = bounds(series.iter().flatten().flatten());
        let step = round(high - low);
        let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
        let [top, end, foot, start] = EDGE;
        let (left, right) = if lang == PageLang::Ar { (end, WIDTH - start) } else { (start, WIDTH - end) };
        let bottom = HEIGHT - foot;
        let order = order(days, labels.len());
        let places = places(days, labels.len());
        let x = |at: usize| {
            if lang == PageLang::Ar { right - places[at] * (right - left) } else { left + places[at] * (right - left) }
        };
        let y = |value: f64| bottom - (value - low) / (high - low) * (bottom - top);
        let called = |at: usize| words(labels[at].clone()).0;
        let one = |(name, numbers): (&String, &Vec<Option<f64>>)| {
            let mut path = String::new();
            let mut points = Vec::new();
            let mut draws = false;
            for &at in &order {
                let Some(value) = numbers[at] else {
                    draws = false;
                    continue;
                };
                let _ = write!(path, "{}{:.1} {:.1}", if draws { "L" } else { "M" }, x(at), y(value));
                draws = true;
                points.push(Point {
                    x: short(x(at)),
                    y: short(y(value)),
                    title: format!("{}: {value}", called(at).text),
                });
            }
            Series { name: name.clone(), path, points }
        };
        let rung = |number: u32| {
            let value = low + f64::from(number) * step;
            let x = if lang == PageLang::Ar { right + 8.0 } else { left - 8.0 };
            Tick { x: short(x), y: short(y(value)), text: tidy(value), dir: "ltr" }
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "there are a handful of them")]
        let rungs = ((high - low) / step).round() as u32;
        Self {
            about: format!("{} {}", page_words(lang).get("drawn.line"), measured.join(", ")),
            series: measured.iter().zip(series).map(one).collect(),
            rungs: (0..=rungs).map(rung).collect(),
            feet: feet(&order, &x, &called, bottom),
            left,
            right,
            bottom,
            anchor: if lang == PageLang::Ar { "start" } else { "end" },
        }
    }
}

/// Words under the axis, where they leave each other room.
fn feet(order: &[usize], x: &dyn Fn(usize) -> f64, called: &dyn Fn(usize) -> Phrase, bottom: f64) -> Vec<Tick> {
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let mut feet = Vec::new();
    for &at in order {
        let phrase = called(at);
        let letters: Vec<char> = phrase.text.chars().collect();
        let text: String =
            if letters.len() > 18 { letters[..17].iter().chain(&['\u{2026}']).collect() } else { phrase.text };
        #[expect(clippy::cast_precision_loss, reason = "words are short")]
        let half = text.chars().count() as f64 * 3.4 + 6.0;
        let middle = x(at).clamp(half, WIDTH - half);
        if taken.iter().all(|(low, high)| middle + half < *low || middle - half > *high) {
            taken.push((middle - half, middle + half));
            feet.push(Tick { x: short(middle), y: short(bottom + 20.0), text, dir: phrase.dir });
        }
    }
    feet
}

/// The rows in the order they are joined: by time where they have one.
fn order(days: &[Option<f64>], count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    if days.iter().any(Option::is_some) {
        order.retain(|at| days[*at].is_some());
        order.sort_by(|a, b| days[*a].unwrap_or_default().total_cmp(&days[*b].unwrap_or_default()));
    }
    order
}

/// Where rows stand along the axis, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "there are a thousand at most")]
fn places(days: &[Option<f64>], count: usize) -> Vec<f64> {
    let known: Vec<f64> = days.iter().flatten().copied().collect();
    let (first, last) = known.iter().fold((f64::MAX, f64::MIN), |(low, high), day| (low.min(*day), high.max(*day)));
    let by_row = |at: usize| if count > 1 { at as f64 / (count - 1) as f64 } else { 0.5 };
    let by_day = |day: f64| if last > first { (day - first) / (last - first) } else { 0.5 };
    (0..count).map(|at| if known.is_empty() { by_row(at) } else { days[at].map_or(0.0, by_day) }).collect()
}

/// A step between rungs that is 1, 2 or 5 with zeros: about five of them.
fn round(span: f64) -> f64 {
    let rough = span / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|step| *step >= rough).unwrap_or(rough)
}

/// A number without the noise of its arithmetic.
fn tidy(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn short(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_are_round_numbers_that_reach_around_everything() {
        for (span, step) in [(7.0, 2.0), (100.0, 20.0), (0.9, 0.2), (34_000.0, 10_000.0)] {
            assert!((round(span) - step).abs() < 1e-9, "{span}: {}", round(span));
        }
        assert_eq!(bounds([3.0, -2.0].iter()), (-2.0, 3.0));
        assert_eq!(bounds([0.0].iter()), (0.0, 1.0));
        assert_eq!(tidy(0.1 + 0.2), "0.3");
    }

    #[test]
    fn lines_run_by_time_and_break_where_there_is_no_number() {
        let days = [Some(2017.0), None, Some(2015.0), Some(2016.0)];
        assert_eq!(order(&days, 4), [2, 3, 0]);
        assert_eq!(places(&days, 4), [1.0, 0.0, 0.0, 0.5]);
        let labels: Vec<Value> = (0..3).map(|at| Value::Number(at.to_string())).collect();
        let numbers = vec![Some(1.0), None, Some(3.0)];
        let drawn =
            |lang| Lines::of(lang, &["n".to_owned()], &labels, std::slice::from_ref(&numbers), &[None, None, None]);
        let english = drawn(PageLang::En);
        assert_eq!(english.series[0].path.matches('M').count(), 2, "{}", english.series[0].path);
        let x = |lines: &Lines, at: usize| lines.series[0].points[at].x.parse::<f64>().unwrap_or_default();
        assert!(x(&english, 0) < x(&english, 1));
        let arabic = drawn(PageLang::Ar);
        assert!(x(&arabic, 0) > x(&arabic, 1), "from right to left");
    }
}
