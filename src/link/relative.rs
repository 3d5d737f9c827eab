//! Which dates are said by the day of writing, or by a year alone?
//!
//! "On Monday", "last month", "late last year" are told from the day of issue, and without one nothing is said. "In
//! 2013" and "late 2016" stand by themselves. A late part of a year is its last two months, an early one the first
//! two; of a month, the last and the first ten days.

use std::sync::LazyLock;

use jiff::{ToSpan, civil};

use crate::model::{Date, MentionKind, Rule};

use super::{
    found::{Found, Goal},
    lexicon::Tags,
    tokens::{Kind, Token, after, gap},
    words::{self, Table},
};

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    for parts in words::lines(include_str!("data/relative.txt")) {
        if let [purpose, value, words] = parts[..] {
            let entry = table.entry(words::phrase(words::hashes(words))).or_default();
            entry.extend([purpose, value]);
        }
    }
    table
});

/// The longest phrase of the table, in words.
const LONGEST: usize = 3;

/// A piece of a year or month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Early,
    Middle,
    Late,
}

/// The years that stand by themselves.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2050;

/// Every such date that none of the `known`, which are in order, covers.
pub(super) fn dates(text: &str, tokens: &[Token], known: &[Found], issued: Option<&Date>) -> Vec<Found> {
    let reader = Reader { tokens, issued: issued.map(Date::latest) };
    let (mut all, mut next, mut at): (Vec<Found>, usize, usize) = (Vec::new(), 0, 0);
    while at < tokens.len() {
        let token = &tokens[at];
        if !token.tags.has(Tags::WHEN) && token.kind != Kind::Number {
            at += 1;
            continue;
        }
        while known.get(next).is_some_and(|found| found.end <= token.from()) {
            next += 1;
        }
        let read = reader.read(at).filter(|read| {
            let end = tokens[read.last - 1].to();
            known.get(next).is_none_or(|found| end <= found.start)
        });
        at = read.as_ref().map_or(at + 1, |read| read.last);
        all.extend(read.and_then(|read| read.found(text, tokens)));
    }
    all
}

/// A date as it was read.
struct Read {
    first: usize,
    last: usize,
    from: civil::Date,
    to: civil::Date,
    /// Whether the date is a whole year.
    year: bool,
    confidence: f64,
}

impl Read {
    fn found(self, text: &str, tokens: &[Token]) -> Option<Found> {
        let (from, to) = (self.from, self.to);
        let value = if self.year {
            format!("{:04}", from.year())
        } else if from == to {
            from.to_string()
        } else if from.day() == 1 && to == to.last_of_month() {
            let month = |day: civil::Date| format!("{:04}-{:02}", day.year(), day.month());
            if from.year() == to.year() && from.month() == to.month() {
                month(from)
            } else if from.month() == 1 && to.month() == 12 {
                format!("{:04}", from.year())
            } else {
                format!("{}/{}", month(from), month(to))
            }
        } else {
            format!("{from}/{to}")
        };
        let first = &tokens[self.first];
        let (start, end) = (after(text, first, first.cut), tokens[self.last - 1].to());
        text.get(start..end)?;
        Some(Found {
            start,
            end,
            last: self.last,
            kind: MentionKind::Date,
            goal: Goal::Date(value.parse().ok()?),
            confidence: self.confidence,
            rule: Rule::Date,
            second: None,
            sure: false,
            features: None,
        })
    }
}

struct Reader<'t> {
    tokens: &'t [Token],
    issued: Option<civil::Date>,
}

impl Reader<'_> {
    /// A value of the table for some purpose, and the token after it.
    fn find(&self, at: usize, purpose: &str) -> Option<(&'static str, usize)> {
        (1..=LONGEST).rev().find_map(|count| {
            let words = self.tokens.get(at..at + count)?;
            if words[1..].iter().any(|word| !words::follows(word)) {
                return None;
            }
            // Particles may stand before the first word.
            let first = &words[0];
            let begins = if first.cut > 0 { first.rest(usize::from(first.cut)) } else { first.hash };
            let rest = words[1..].iter().map(|word| word.hash);
            let uses = TABLE.get(&words::phrase(std::iter::once(begins).chain(rest)))?;
            let value = uses.chunks(2).find(|pair| pair[0] == purpose)?.get(1)?;
            Some((*value, at + count))
        })
    }

    fn read(&self, at: usize) -> Option<Read> {
        if self.tokens[at].kind == Kind::Number {
            return self.year(at, None);
        }
        self.parted(at)
            .or_else(|| self.shifted(at, at, None))
            .or_else(|| self.weekday(at))
            .or_else(|| self.near_day(at))
    }

    /// "late 2016", "late last year".
    fn parted(&self, first: usize) -> Option<Read> {
        let (part, next) = self.find(first, "part")?;
        let part = match part {
            "early" => Part::Early,
            "late" => Part::Late,
            _ => Part::Middle,
        };
        if let Some(read) = self.shifted(first, next, Some(part)) {
            return Some(read);
        }
        let next = self.find(next, "year").map_or(next, |(_, after)| after);
        let read = self.year(next, Some(part))?;
        Some(Read { first, ..read })
    }

    /// A year by itself, or a part of it.
    fn year(&self, at: usize, part: Option<Part>) -> Option<Read> {
        let token = self.tokens.get(at)?;
        let (value, digits) = token.number()?;
        let glued = |token: &Token| token.joined || token.gap & gap::DASH != 0;
        let part_of_more = glued(token)
            || (token.glued() && at > 0 && !matches!(self.tokens[at - 1].mark(), Some('(' | '"' | ',' | '\u{60C}')))
            || self.tokens.get(at + 1).is_some_and(|next| {
                glued(next) && next.gap & gap::SPACE == 0
                    || next.glued() && matches!(next.mark(), Some('/' | '%' | '\u{66A}')) && next.gap == 0
            });
        if digits != 4 || !YEARS.contains(&value) || part_of_more {
            return None;
        }
        let announced = part.is_some() || at.checked_sub(1).is_some_and(|before| self.announces(before));
        let year = i16::try_from(value).ok()?;
        let (from, to) = (civil::Date::new(year, 1, 1).ok()?, civil::Date::new(year, 12, 31).ok()?);
        let (from, to) = part.map_or(Some((from, to)), |part| piece(from, to, part))?;
        let whole = part.is_none();
        announced.then_some(Read { first: at, last: at + 1, from, to, year: whole, confidence: 0.9 })
    }

    /// Whether a word stands before a year.
    fn announces(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let word = if token.cut > 0 { token.rest(usize::from(token.cut)) } else { token.hash };
        let uses = TABLE.get(&words::phrase([word]));
        token.kind == Kind::Word && uses.is_some_and(|uses| uses.chunks(2).any(|pair| pair[0] == "before"))
    }

    /// "last year", "this month", "last Monday"; in Arabic the noun comes first.
    fn shifted(&self, first: usize, at: usize, part: Option<Part>) -> Option<Read> {
        let issued = self.issued?;
        let arabic = self.tokens.get(at)?.arabic;
        let ((shift, unit), last) = if arabic {
            let (unit, next) = self.find(at, "unit")?;
            let (shift, last) = self.find(next, "shift")?;
            ((shift, unit), last)
        } else {
            let (shift, next) = self.find(at, "shift")?;
            let (unit, last) = self.find(next, "unit")?;
            ((shift, unit), last)
        };
        let shift: i32 = shift.parse().ok()?;
        let (from, to) = match unit {
            "year" => {
                let year = issued.year().checked_add(i16::try_from(shift).ok()?)?;
                (civil::Date::new(year, 1, 1).ok()?, civil::Date::new(year, 12, 31).ok()?)
            }
            "month" => {
                let month = issued.first_of_month().checked_add(shift.months()).ok()?;
                (month, month.last_of_month())
            }
            _ => {
                let into = i32::from(issued.weekday().to_monday_zero_offset());
                let monday = issued.checked_add((7 * shift - into).days()).ok()?;
                (monday, monday.checked_add(6.days()).ok()?)
            }
        };
        let (from, to) = part.map_or(Some((from, to)), |part| piece(from, to, part))?;
        Some(Read { first, last, from, to, year: false, confidence: 0.75 })
    }

    /// "on Monday", "last Monday": the last one before the day of writing, or that day.
    fn weekday(&self, at: usize) -> Option<Read> {
        let issued = self.issued?;
        let last_one = self.find(at, "shift").filter(|&(shift, _)| shift == "-1").map(|(_, next)| next);
        let (day, mut last) = self.find(last_one.unwrap_or(at), "day")?;
        // A date that follows says the day itself.
        let mut next = last;
        if self.tokens.get(next).is_some_and(|next| next.is(',') || next.is('\u{60C}')) {
            next += 1;
        }
        if self.tokens.get(next).is_some_and(|next| next.kind == Kind::Number || next.tags.has(Tags::MONTH)) {
            return None;
        }
        let arabic = self.tokens[at].arabic;
        let mut shift = last_one.map(|_| -1);
        if let Some((value, after)) = self.find(last, "shift").filter(|_| arabic) {
            (shift, last) = (value.parse().ok(), after);
        }
        let on = at.checked_sub(1).is_some_and(|before| self.find(before, "on").is_some_and(|(_, after)| after == at));
        if shift.is_none() && !on {
            return None;
        }
        let wanted: i32 = day.parse().ok()?;
        let back = (i32::from(issued.weekday().to_monday_one_offset()) - wanted).rem_euclid(7);
        let back = if shift == Some(1) {
            back - 7
        } else if shift.is_some() && back == 0 {
            7
        } else {
            back
        };
        let day = issued.checked_sub(back.days()).ok()?;
        Some(Read { first: at, last, from: day, to: day, year: false, confidence: 0.7 })
    }

    /// "yesterday".
    fn near_day(&self, at: usize) -> Option<Read> {
        let (shift, last) = self.find(at, "day-shift")?;
        let day = self.issued?.checked_add(shift.parse::<i32>().ok()?.days()).ok()?;
        Some(Read { first: at, last, from: day, to: day, year: false, confidence: 0.7 })
    }
}

/// A part of a year, a month or a week.
fn piece(from: civil::Date, to: civil::Date, part: Part) -> Option<(civil::Date, civil::Date)> {
    if from.year() == to.year() && from.month() == 1 && to.month() == 12 {
        let (first, last) = match part {
            Part::Early => (1, 2),
            Part::Middle => (6, 7),
            Part::Late => (11, 12),
        };
        let month = |month| civil::Date::new(from.year(), month, 1).ok();
        return Some((month(first)?, month(last)?.last_of_month()));
    }
    let third = (to.checked_add(1.day()).ok()? - from).get_days() / 3;
    Some(match part {
        Part::Early => (from, from.checked_add((third - 1).days()).ok()?),
        Part::Middle => (from.checked_add(third.days()).ok()?, from.checked_add((2 * third - 1).days()).ok()?),
        Part::Late => (from.checked_add((2 * third).days()).ok()?, to),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::words::of_name;

    fn found(text: &str, issued: &str) -> Vec<String> {
        let issued = issued.parse().ok();
        let dates = dates(text, &of_name(text), &[], issued.as_ref());
        let shown = |found: &Found| match &found.goal {
            Goal::Date(date) => format!("{} {date}", &text[found.start..found.end]),
            Goal::Entity(_) | Goal::Nil => String::new(),
        };
        dates.iter().map(shown).collect()
    }

    #[test]
    fn a_day_is_told_from_the_day_of_issue() {
        // 15 February 2017 was a Wednesday.
        let day = "2017-02-15";
        assert_eq!(found("released on Monday", day), ["Monday 2017-02-13"]);
        assert_eq!(found("on Wednesday; last Wednesday", day), ["Wednesday 2017-02-15", "last Wednesday 2017-02-08"]);
        assert_eq!(found("late last year, last month", day), ["late last year 2016-11/2016-12", "last month 2017-01"]);
        assert_eq!(found("this week, yesterday", day), ["this week 2017-02-13/2017-02-19", "yesterday 2017-02-14"]);
        assert_eq!(found("last year, on Monday", ""), [""; 0]);
        assert_eq!(found("Monday, 13 February", day), [""; 0]);
    }

    #[test]
    fn a_year_by_itself_is_announced() {
        assert_eq!(found("in 2013, since 2011", ""), ["2013 2013", "2011 2011"]);
        assert_eq!(found("late 2016", ""), ["late 2016 2016-11/2016-12"]);
        assert_eq!(found("2000 people, S/2016/3, in 2016/17, in 2016-2017", ""), [""; 0]);
    }
}
