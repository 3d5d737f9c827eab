//! Which day does a printed date mean? Only what leaves no doubt is answered.

use std::sync::LazyLock;

use jiff::civil;
use serde::Deserialize;

use super::text::{fold, squeeze};
use crate::model::Date;

/// A date that was read, and what is odd about the way it was printed.
pub(super) struct Reading {
    /// The date.
    pub(super) date: Date,
    /// What was passed over.
    pub(super) remark: Option<&'static str>,
}

/// The names of months, and the words that may stand beside a date and say nothing about the day.
#[derive(Deserialize)]
struct Names {
    months: Vec<Vec<String>>,
    passed_over: Vec<String>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names: Names =
        serde_json::from_str(include_str!("data/months.json")).expect("the table of months is checked by a test");
    for name in names.months.iter_mut().flatten().chain(&mut names.passed_over) {
        *name = fold(name);
    }
    names
});

/// Reads a date: EDTF, a time stamp of which the day is taken, figures, or words in English or Arabic.
///
/// Nothing is read from figures that could be day and month either way.
pub(super) fn read(printed: &str) -> Option<Reading> {
    let printed = printed.trim();
    let plain = |date| Reading { date, remark: None };
    if let Ok(date) = printed.parse() {
        return Some(plain(date));
    }
    let western = western_digits(printed);
    time_stamp(&western).or_else(|| figures(&western).or_else(|| words(&western)).map(plain))
}

fn western_digits(text: &str) -> String {
    let digit = |c: char| match u32::from(c) {
        code @ (0x660..=0x669 | 0x6f0..=0x6f9) => char::from_digit(code & 0xf, 10).unwrap_or(c),
        _ => c,
    };
    text.chars().map(digit).collect()
}

/// The day of `2017-07-01T00:05:18.055Z`.
fn time_stamp(text: &str) -> Option<Reading> {
    let (day, time) = (text.get(..10)?, text.get(10..)?);
    let day: civil::Date = day.parse().ok()?;
    let clock = time.strip_prefix(['T', 't', ' ']).filter(|clock| clock.starts_with(|c: char| c.is_ascii_digit()))?;
    let zoned = text.parse::<jiff::Timestamp>().is_ok() || text.parse::<civil::DateTime>().is_ok();
    let spaced = clock.split(' ').next().is_some_and(|clock| clock.parse::<civil::Time>().is_ok());
    let remark = (!zoned && !spaced).then_some("the time of day is not one; the day was taken");
    Some(Reading { date: Date::day(day), remark })
}

/// `2017/02/15` or `15.2.2017`; not `03/04/2017`.
fn figures(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['/', '.', '-']).map(str::trim).collect();
    let [first, middle, last] = parts[..] else { return None };
    let number = |part: &str| (part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<i16>().ok())?;
    let (a, b, c) = (number(first)?, number(middle)?, number(last)?);
    let day = |year, month: i16, day: i16| {
        civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().map(Date::day)
    };
    match (first.len(), last.len()) {
        (4, 1..=2) => day(a, b, c),
        (1..=2, 4) if a > 12 || a == b => day(c, b, a),
        (1..=2, 4) if b > 12 => day(c, a, b),
        _ => None,
    }
}

/// `February 15, 2017`, `15th of Feb. 2017`, `February 2017`; also with Arabic months, perhaps in both their names.
fn words(text: &str) -> Option<Date> {
    let bare = text.replace([',', '.', '(', ')', '\u{60c}', '/', '-'], " ");
    let folded = squeeze(&fold(&bare));
    let tokens: Vec<&str> = folded.split(' ').collect();
    let (mut year, mut month, mut day) = (None, None, None);
    let mut rest = &tokens[..];
    while let Some(token) = rest.first() {
        let (used, named) = month_named(rest);
        if let Some(named) = named {
            (month.is_none_or(|known| known == named)).then(|| month = Some(named))?;
        } else if let Some((number, digits)) = number(token) {
            let place = if digits == 4 { &mut year } else { &mut day };
            place.replace(number).is_none().then_some(())?;
        } else if !NAMES.passed_over.iter().any(|word| word == token) {
            return None;
        }
        rest = &rest[used..];
    }
    let (year, month) = (year?, month?);
    match day {
        Some(day) => civil::Date::new(year, month, i8::try_from(day).ok()?).ok().map(Date::day),
        None => format!("{year:04}-{month:02}").parse().ok(),
    }
}

/// How many tokens the name of a month takes at the start, and which month it is.
fn month_named(tokens: &[&str]) -> (usize, Option<i8>) {
    for length in [2, 1] {
        let Some(words) = tokens.get(..length) else { continue };
        let name = words.join(" ");
        let found = (1..).zip(&NAMES.months).find(|(_, names)| names.contains(&name));
        if let Some((month, _)) = found {
            return (length, Some(month));
        }
    }
    (1, None)
}

/// A number of one, two or four digits, perhaps with the ending of an ordinal, and how many digits it has.
fn number(token: &str) -> Option<(i16, usize)> {
    let bare = ["st", "nd", "rd", "th"].iter().find_map(|ending| token.strip_suffix(ending)).unwrap_or(token);
    let digits = matches!(bare.len(), 1 | 2 | 4) && bare.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| Some((bare.parse().ok()?, bare.len())))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_date_is_read_where_it_leaves_no_doubt() {
        for (printed, date) in [
            ("2017-02", "2017-02"),
            ("February 15, 2017", "2017-02-15"),
            ("15th of Feb. 2017", "2017-02-15"),
            ("Wednesday, 15 February 2017", "2017-02-15"),
            ("February 2017", "2017-02"),
            ("2017/2/15", "2017-02-15"),
            ("15.02.2017", "2017-02-15"),
            ("02/15/2017", "2017-02-15"),
            ("2017-07-01T00:05:18.055Z", "2017-07-01"),
            ("2017-07-01 00:05:18 +0200", "2017-07-01"),
            (
                "\u{661}\u{665} \u{634}\u{628}\u{627}\u{637}/\u{641}\u{628}\u{631}\u{627}\u{64a}\u{631} \u{662}\u{660}\u{661}\u{667}",
                "2017-02-15",
            ),
            ("2 \u{643}\u{627}\u{646}\u{648}\u{646} \u{627}\u{644}\u{62b}\u{627}\u{646}\u{64a} 2017", "2017-01-02"),
        ] {
            let reading = read(printed).unwrap_or_else(|| panic!("{printed}"));
            assert_eq!((reading.date.as_str(), reading.remark), (date, None));
        }
    }

    #[test]
    fn a_doubtful_date_is_left_alone() {
        for printed in
            ["yesterday", "03/04/2017", "31 February 2017", "May", "May June 2017", "15 2017", "2017-07-01 hello", ""]
        {
            assert!(read(printed).is_none(), "{printed}");
        }
    }

    #[test]
    fn a_bad_time_does_not_spoil_a_good_day() {
        let reading = read("2017-07-01T00:05:18055Z").expect("has a day");
        assert_eq!(reading.date.as_str(), "2017-07-01");
        assert!(reading.remark.is_some());
    }
}
