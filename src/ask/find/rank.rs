//! In which order, and where the last page ended.

use std::cmp::Ordering;

use jiff::civil;

use crate::{
    rdf::hex,
    views::columns::{Columns, TitleOrder},
};

/// The order of what was found. Equal things stand in the order of their identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The best match first.
    Relevance,
    /// The latest first; what has no date last.
    Newest,
    /// The earliest first; what has no date last.
    Oldest,
    /// By title.
    Title(TitleOrder),
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Relevance,
        Self::Newest,
        Self::Oldest,
        Self::Title(TitleOrder::English),
        Self::Title(TitleOrder::Arabic),
    ];

    /// Its name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Title(TitleOrder::English) => "title",
            Self::Title(TitleOrder::Arabic) => "title-ar",
        }
    }
}

/// Where a page ended: the last thing of it, and by what it was sorted. It is told to no one but who asks for the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    key: Key,
    id: String,
}

/// The text is no cursor of this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it is not a place in this order; take the `cursor` of the answer before, with the same `sort`, or leave it out"
)]
pub struct CursorError;

/// By what a thing is sorted.
#[derive(Clone, Debug, PartialEq)]
enum Key {
    Score(f32),
    Day(Option<civil::Date>),
    Title(String),
}

impl Cursor {
    /// Reads one as it was given out.
    pub fn parse(text: &str, sort: Sort) -> Result<Self, CursorError> {
        let bytes = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok());
        let bytes = bytes.collect::<Option<Vec<u8>>>().ok_or(CursorError)?;
        let plain = String::from_utf8(bytes).map_err(|_| CursorError)?;
        let parts: Vec<&str> = plain.split('\n').collect();
        let [name, key, id] = parts[..] else { return Err(CursorError) };
        let key = match sort {
            _ if name != sort.name() => None,
            Sort::Relevance => u32::from_str_radix(key, 16).ok().map(f32::from_bits).map(Key::Score),
            Sort::Newest | Sort::Oldest if key.is_empty() => Some(Key::Day(None)),
            Sort::Newest | Sort::Oldest => key.parse().ok().map(Some).map(Key::Day),
            Sort::Title(_) => Some(Key::Title(key.to_owned())),
        };
        Ok(Self { key: key.ok_or(CursorError)?, id: id.to_owned() })
    }

    /// The cursor after a thing.
    fn after(columns: &Columns, sort: Sort, number: u32, score: f32) -> Self {
        let key = match sort {
            Sort::Relevance => Key::Score(score),
            Sort::Newest | Sort::Oldest => Key::Day(columns.days(number).map(|days| days.0)),
            Sort::Title(order) => Key::Title(columns.title(number, order)),
        };
        Self { key, id: columns.adjacency.id(number).to_owned() }
    }

    /// As it is given out.
    fn written(&self, sort: Sort) -> String {
        let key = match &self.key {
            Key::Score(score) => format!("{:x}", score.to_bits()),
            Key::Day(day) => day.map(|day| day.to_string()).unwrap_or_default(),
            Key::Title(title) => title.replace('\n', " "),
        };
        hex(format!("{}\n{key}\n{}", sort.name(), self.id).as_bytes())
    }
}

/// The things of one page, and the cursor of the next, if there is one.
pub(super) fn page(
    columns: &Columns,
    things: &[(u32, f32)],
    sort: Sort,
    cursor: Option<&Cursor>,
    limit: usize,
) -> (Vec<(u32, f32)>, Option<String>) {
    let places: &[u32] = match sort {
        Sort::Title(order) => &columns.by_title(order).places,
        _ => &[],
    };
    // A number for each thing is compared faster than what it stands for.
    let key = |(number, score): (u32, f32)| match sort {
        Sort::Relevance => -i64::from(ordered(score)),
        Sort::Newest => day(columns, number).map_or(i64::MAX, |day| -day),
        Sort::Oldest => day(columns, number).unwrap_or(i64::MAX),
        Sort::Title(_) => i64::from(places[number as usize]),
    };
    let first = match (sort, cursor) {
        (Sort::Title(order), Some(cursor)) => title_after(columns, order, cursor),
        _ => 0,
    };
    let is_wanted = |key: i64, thing: &(u32, f32)| match sort {
        Sort::Title(_) => key >= first,
        _ => cursor.is_none_or(|cursor| is_after(columns, sort, cursor, *thing)),
    };
    let keyed = things.iter().map(|thing| (key(*thing), *thing));
    let mut rest: Vec<(i64, (u32, f32))> = keyed.filter(|(key, thing)| is_wanted(*key, thing)).collect();
    let id = |thing: &(u32, f32)| columns.adjacency.id(thing.0);
    let order = |a: &(i64, (u32, f32)), b: &(i64, (u32, f32))| a.0.cmp(&b.0).then_with(|| id(&a.1).cmp(id(&b.1)));
    let more = rest.len() > limit;
    if more {
        rest.select_nth_unstable_by(limit, order);
        rest.truncate(limit);
    }
    rest.sort_unstable_by(order);
    let rest: Vec<(u32, f32)> = rest.into_iter().map(|(_, thing)| thing).collect();
    let last = rest.last().filter(|_| more);
    let next = last.map(|&(number, score)| Cursor::after(columns, sort, number, score).written(sort));
    (rest, next)
}

/// A score as a number in the same order.
fn ordered(score: f32) -> i32 {
    let bits = score.to_bits().cast_signed();
    bits ^ (((bits >> 31).cast_unsigned() >> 1).cast_signed())
}

/// The first day of a thing, as a number in the order of days.
fn day(columns: &Columns, number: u32) -> Option<i64> {
    let (from, _) = columns.days(number)?;
    Some((i64::from(from.year()) * 16 + i64::from(from.month())) * 32 + i64::from(from.day()))
}

/// The first place after a cursor in the order of titles.
fn title_after(columns: &Columns, order: TitleOrder, cursor: &Cursor) -> i64 {
    let Key::Title(last) = &cursor.key else { return 0 };
    let is_before = |&number: &u32| {
        (columns.title(number, order).as_str(), columns.adjacency.id(number)) <= (last.as_str(), cursor.id.as_str())
    };
    i64::try_from(columns.by_title(order).things.partition_point(is_before)).unwrap_or(i64::MAX)
}

fn by_day(sort: Sort, a: Option<civil::Date>, b: Option<civil::Date>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if sort == Sort::Newest => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        // What is dated goes first.
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// Whether a thing stands after the place of a cursor.
fn is_after(columns: &Columns, sort: Sort, cursor: &Cursor, (number, score): (u32, f32)) -> bool {
    let order = match (&cursor.key, sort) {
        (Key::Score(last), _) => last.total_cmp(&score),
        (Key::Day(last), _) => by_day(sort, columns.days(number).map(|days| days.0), *last),
        (Key::Title(_), _) => Ordering::Less,
    };
    order.then_with(|| columns.adjacency.id(number).cmp(&cursor.id)) == Ordering::Greater
}
