//! Dates as exact as they were given: a day, a month, a year, or an interval of those (EDTF level 1).
//!
//! Read and written in the Extended Date/Time Format of ISO 8601-2:2019, the part called level 1 that dates
//! in archives need: `2017`, `2017-02`, `2017-02-13`, `201X`, a last `?`, `~` or `%`, and `a/b`.

use std::{fmt, str::FromStr};

use jiff::civil;
use serde::{Deserialize, Serialize};

/// A date of day, month, year or decade precision, perhaps doubtful, perhaps an interval.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    text: String,
    earliest: civil::Date,
    latest: civil::Date,
}

/// The text is not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a date: expected a year, year-month or year-month-day such as 2017-02-13, or two of them joined by /"
)]
pub struct DateError(String);

impl Date {
    /// A date of one day.
    #[must_use]
    pub fn day(day: civil::Date) -> Self {
        Self { text: day.to_string(), earliest: day, latest: day }
    }

    /// The first day it can be.
    #[must_use]
    pub fn earliest(&self) -> civil::Date {
        self.earliest
    }

    /// The last day it can be.
    #[must_use]
    pub fn latest(&self) -> civil::Date {
        self.latest
    }

    /// The date as written, in EDTF.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is marked uncertain or approximate.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        self.text.contains(['?', '~', '%'])
    }

    /// Whether both bounds are dates of their own, joined by a slash.
    #[must_use]
    pub fn is_interval(&self) -> bool {
        self.text.contains('/')
    }
}

/// The first and the last day of one date without a slash.
fn bounds(text: &str) -> Option<(civil::Date, civil::Date)> {
    let plain = text.strip_suffix(['?', '~', '%']).unwrap_or(text);
    let digits = |part: &str, length: usize| -> Option<i16> {
        (part.len() == length && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
    };
    let day = |year: i16, month: i16, day: i16| {
        civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    let mut parts = plain.split('-');
    let (year, month, last) = (parts.next()?, parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    if let Some(decade) = year.strip_suffix('X') {
        let first = digits(decade, 3)? * 10;
        return month.is_none().then_some((day(first, 1, 1)?, day(first + 9, 12, 31)?));
    }
    let year = digits(year, 4)?;
    match (month, last) {
        (None, _) => Some((day(year, 1, 1)?, day(year, 12, 31)?)),
        (Some(month), None) => {
            let first = day(year, digits(month, 2)?, 1)?;
            Some((first, first.last_of_month()))
        }
        (Some(month), Some(last)) => {
            let only = day(year, digits(month, 2)?, digits(last, 2)?)?;
            Some((only, only))
        }
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let refuse = || DateError(text.to_owned());
        let trimmed = text.trim();
        let (start, end) = trimmed.split_once('/').unwrap_or((trimmed, trimmed));
        let (earliest, _) = bounds(start).ok_or_else(refuse)?;
        let (_, latest) = bounds(end).ok_or_else(refuse)?;
        if earliest > latest {
            return Err(refuse());
        }
        Ok(Self { text: trimmed.to_owned(), earliest, latest })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Date {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_knows_its_first_and_last_day() {
        for (text, first, last) in [
            ("2017", "2017-01-01", "2017-12-31"),
            ("2016-02", "2016-02-01", "2016-02-29"),
            ("2017-02-13", "2017-02-13", "2017-02-13"),
            ("201X", "2010-01-01", "2019-12-31"),
            ("2015-04-13?", "2015-04-13", "2015-04-13"),
            ("2016-11-17/2016-12-13", "2016-11-17", "2016-12-13"),
            ("2014/2015", "2014-01-01", "2015-12-31"),
        ] {
            let date: Date = text.parse().unwrap_or_else(|e| panic!("{e}"));
            assert_eq!((date.earliest().to_string(), date.latest().to_string()), (first.to_owned(), last.to_owned()));
            assert_eq!(date.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["", "yesterday", "2017-13", "2017-02-30", "17-02-13", "2017-2-1", "2017/2016", "2017-02-13-01", "X"]
        {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
