//! Which days, months and years does a text name?
//!
//! Dates that stand by themselves are read, in English and Arabic: a day, a month with its year, a period of two
//! such with the year given once, two years joined by a dash. A year alone is left, and so is "Monday" or "late
//! last year", which only a reader can place. A day without a year takes the year of its surroundings.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::model::{Date, Mention, MentionKind, Rule, Target};

use super::{
    fold::{Folded, is_arabic},
    tokens::{Kind, Token, begins_month, phrase},
    words,
};

type Table = BTreeMap<String, Vec<&'static str>>;

static MONTHS: LazyLock<Table> = LazyLock::new(|| words::table(include_str!("data/months.txt")));
static DAYS: LazyLock<Table> = LazyLock::new(|| words::table(include_str!("data/days.txt")));
static SMALL: LazyLock<Table> = LazyLock::new(|| words::table(include_str!("data/dates.txt")));

/// A date as far as it is said, and the token after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<u32>,
    next: usize,
}

/// A date found: one part or two, from one token to another, the second excluded.
#[derive(Clone, Copy, Debug)]
struct Found {
    from: Part,
    to: Option<Part>,
    first: usize,
}

/// Every date of a text, in order. `issued` gives a year to a day that has none around it.
pub(super) fn dates(text: &Folded, tokens: &[Token], day_first: bool, issued: Option<&Date>) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let date = period(tokens, at).or_else(|| numeric(tokens, at, day_first)).or_else(|| years(tokens, at));
        at = date.map_or(at + 1, |date| date.to.map_or(date.from.next, |to| to.next));
        found.extend(date);
    }
    let known: Vec<Option<u32>> = found.iter().map(|date| date.to.unwrap_or(date.from).year).collect();
    found.iter().enumerate().filter_map(|(at, date)| mention(text, tokens, date, year_of(&known, at), issued)).collect()
}

/// The year that the dates around one have: the nearest before it, else the nearest after it.
fn year_of(known: &[Option<u32>], at: usize) -> (Option<u32>, Option<u32>) {
    (known[..at].iter().rev().find_map(|year| *year), known[at..].iter().find_map(|year| *year))
}

fn mention(
    text: &Folded,
    tokens: &[Token],
    found: &Found,
    (before, after): (Option<u32>, Option<u32>),
    issued: Option<&Date>,
) -> Option<Mention> {
    let end = found.to.unwrap_or(found.from);
    let year = end.year.or(before).or_else(|| last_before(end, issued)).or(after);
    let to = written(end, year)?;
    let date = if found.to.is_some() {
        let from = found.from;
        // "November to February 2017" begins in 2016.
        let turn = u32::from((from.month, from.day) > (end.month, end.day));
        let year = from.year.or(year.and_then(|year| year.checked_sub(turn)));
        format!("{}/{to}", written(from, year)?)
    } else {
        to
    };
    let (start, stop) = text.span(tokens.get(found.first)?.first, tokens.get(end.next.checked_sub(1)?)?.last);
    Some(Mention {
        start,
        end: stop,
        exact: text.original(start, stop),
        kind: MentionKind::Date,
        target: Target::Date(date.parse().ok()?),
        confidence: match (end.year, end.next - found.first) {
            // A number alone, made a day by another date.
            (Some(_), 1) => 0.85,
            (Some(_), _) => 0.95,
            (None, _) => 0.6,
        },
        rule: Rule::Date,
        runner_up: None,
    })
}

/// The year of the last such day before the document was issued.
fn last_before(part: Part, issued: Option<&Date>) -> Option<u32> {
    let issued = issued?.latest();
    let year = u32::try_from(issued.year()).ok()?;
    let of_issue = (u32::try_from(issued.month()).ok()?, u32::try_from(issued.day()).ok()?);
    let later = (part.month?, part.day.unwrap_or(1)) > of_issue;
    year.checked_sub(u32::from(later))
}

fn written(part: Part, year: Option<u32>) -> Option<String> {
    let year = year?;
    Some(match (part.month, part.day) {
        (None, _) => format!("{year:04}"),
        (Some(month), None) => format!("{year:04}-{month:02}"),
        (Some(month), Some(day)) => format!("{year:04}-{month:02}-{day:02}"),
    })
}

/// A date in words, or a period of two.
fn period(tokens: &[Token], at: usize) -> Option<Found> {
    let Some(from) = part(tokens, at) else { return bare(tokens, at) };
    let to = joint(tokens, from.next).and_then(|(next, joint)| {
        // "November 17 to 19, 2016": the second day has no month of its own.
        let short = || {
            let to = bare_day(tokens, next).filter(|_| from.day.is_some() && month_first(tokens, at))?;
            let (year, next) = optional_year(tokens, to.next);
            Some(Part { month: from.month, year, next, ..to })
        };
        let to = part(tokens, next).or_else(short)?;
        let same = to.day.is_some() == from.day.is_some();
        // Two dates with their own years are two, unless a dash joins them.
        let whole = from.year.is_none() && to.year.is_some() || joint == Joint::Dash;
        (same && whole).then_some((to, joint))
    });
    match to {
        Some((to, Joint::And)) if !follows_between(tokens, at) => {
            // "April and May 2014" are two dates; the first has its year from the second.
            Some(Found { from: Part { year: to.year, ..from }, to: None, first: at })
        }
        Some((to, _)) => Some(Found { from, to: Some(to), first: at }),
        None => (from.year.is_some() || from.day.is_some()).then_some(Found { from, to: None, first: at }),
    }
}

/// A day without a month, where one with a month follows: "24, 25 and 30 March 2017", "17 to 19 November 2016".
fn bare(tokens: &[Token], at: usize) -> Option<Found> {
    let from = bare_day(tokens, at)?;
    let (mut next, mut joint_here) = joint_or_comma(tokens, from.next)?;
    let is_list = joint_here == Joint::And;
    for _ in 0..31 {
        if let Some(to) = part(tokens, next) {
            // What begins with a month belongs to another date: "on the 17, November 18".
            let to = Some(to).filter(|to| to.day.is_some() && !month_first(tokens, next))?;
            let period = !is_list || (joint_here == Joint::And && follows_between(tokens, at));
            let from = Part { month: to.month, year: if period { None } else { to.year }, ..from };
            return Some(Found { from, to: period.then_some(to), first: at });
        }
        if !is_list {
            return None;
        }
        (next, joint_here) = joint_or_comma(tokens, bare_day(tokens, next)?.next)?;
    }
    None
}

fn month_first(tokens: &[Token], at: usize) -> bool {
    tokens[at].word().is_some()
}

/// A date in words: a month with a day or a year, or a month that a year given once further on may complete.
fn part(tokens: &[Token], at: usize) -> Option<Part> {
    if let Some((month, next)) = month(tokens, at) {
        let latin = tokens[at].word().is_some_and(str::is_ascii);
        if let Some((day, after)) = latin.then(|| day(tokens, next)).flatten() {
            let (year, next) = optional_year(tokens, after);
            return Some(Part { day: Some(day), month: Some(month), year, next });
        }
        let (year, next) = optional_year(tokens, next);
        return Some(Part { day: None, month: Some(month), year, next });
    }
    let (number, after) = day(tokens, at).or_else(|| day_in_words(tokens, at))?;
    let after = small(tokens, after, "of").unwrap_or(after);
    let (month, next) = month(tokens, after)?;
    let (year, next) = optional_year(tokens, next);
    Some(Part { day: Some(number), month: Some(month), year, next })
}

fn bare_day(tokens: &[Token], at: usize) -> Option<Part> {
    let (day, next) = day(tokens, at)?;
    Some(Part { day: Some(day), month: None, year: None, next })
}

/// A day of the month in digits: "17", "17th".
fn day(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let token = tokens.get(at)?;
    let (value, digits) = token.number()?;
    let part_of_more = token.glued && at > 0 && matches!(tokens[at - 1].kind, Kind::Mark('/' | '.' | ':'));
    if !(1..=31).contains(&value) || digits > 2 || part_of_more {
        return None;
    }
    let glued = tokens.get(at + 1).is_some_and(|next| next.glued);
    Some((value, glued.then(|| small(tokens, at + 1, "ordinal")).flatten().unwrap_or(at + 1)))
}

/// A day of the month in words; "of" must follow, for the same words count other things.
fn day_in_words(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    tokens.get(at)?.word().filter(|word| word.starts_with(is_arabic))?;
    let (values, next) = phrase(tokens, at, 2, |words| DAYS.get(words).map(Vec::as_slice))?;
    small(tokens, next, "of")?;
    Some((values.first()?.parse().ok()?, next))
}

/// A month by name. Arabic often gives it twice, in two calendars' names.
fn month(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let name = |at: usize| -> Option<(u32, usize)> {
        tokens.get(at)?.word().filter(|word| begins_month(word))?;
        let (values, next) = phrase(tokens, at, 2, |words| MONTHS.get(words).map(Vec::as_slice))?;
        tokens[at].large.then_some((values.first()?.parse().ok()?, next))
    };
    let (number, next) = name(at)?;
    let again = |from: usize| name(from).filter(|&(other, _)| other == number).map(|(_, next)| next);
    let mark = tokens.get(next).map(|token| &token.kind);
    let doubled = match mark {
        Some(Kind::Mark('/' | '\\' | '-')) => again(next + 1),
        Some(Kind::Mark('(')) => {
            again(next + 1).filter(|&end| tokens.get(end).is_some_and(|t| t.is(')'))).map(|end| end + 1)
        }
        Some(Kind::Word(_)) => again(next),
        // "Feb. 2017"
        Some(Kind::Mark('.')) if tokens[next].glued => tokens.get(next + 1).and_then(Token::number).map(|_| next + 1),
        _ => None,
    };
    Some((number, doubled.unwrap_or(next)))
}

/// A year of four digits, after a comma or one of the small words.
fn year(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let comma = tokens.get(at).is_some_and(|token| token.is(',') || token.is('\u{60C}'));
    let at = if comma { at + 1 } else { small(tokens, at, "year").unwrap_or(at) };
    let token = tokens.get(at)?;
    let (value, digits) = token.number()?;
    (digits == 4 && (1800..=2100).contains(&value)).then_some((value, at + 1))
}

fn optional_year(tokens: &[Token], at: usize) -> (Option<u32>, usize) {
    year(tokens, at).map_or((None, at), |(year, next)| (Some(year), next))
}

/// One of the small words, of one or two tokens, for one use.
fn small(tokens: &[Token], at: usize, purpose: &str) -> Option<usize> {
    let (_, next) =
        phrase(tokens, at, 2, |words| SMALL.get(words).filter(|uses| uses.contains(&purpose)).map(Vec::as_slice))?;
    Some(next)
}

/// What joins two dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    Dash,
    To,
    And,
}

/// What joins two dates here, and the token after it.
fn joint(tokens: &[Token], at: usize) -> Option<(usize, Joint)> {
    if tokens.get(at)?.is('-') {
        return Some((at + 1, Joint::Dash));
    }
    let and = small(tokens, at, "and").map(|next| (next, Joint::And));
    and.or_else(|| small(tokens, at, "to").map(|next| (next, Joint::To)))
}

/// The same, where a comma may stand in a list.
fn joint_or_comma(tokens: &[Token], at: usize) -> Option<(usize, Joint)> {
    let comma = tokens.get(at).is_some_and(|token| token.is(',') || token.is('\u{60C}'));
    let after = at + usize::from(comma);
    joint(tokens, after).filter(|(_, joint)| !comma || *joint == Joint::And).or(comma.then_some((after, Joint::And)))
}

/// Whether "between" stands before: then "and" joins the ends of a period.
fn follows_between(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| small(tokens, before, "between") == Some(at))
}

/// A day in digits only: 2017-02-15, 15/2/2017, 15.02.2017.
fn numeric(tokens: &[Token], at: usize, day_first: bool) -> Option<Found> {
    let [first, one, second, two, third] = tokens.get(at..at + 5)? else { return None };
    let same = matches!(one.kind, Kind::Mark('-' | '/' | '.')) && one.kind == two.kind;
    let glued = [one, second, two, third].iter().all(|token| token.glued);
    if !same || !glued || !is_apart(tokens, at, at + 5) {
        return None;
    }
    let ((a, long), (b, middle), (c, short)) = (first.number()?, second.number()?, third.number()?);
    if middle > 2 {
        return None;
    }
    let (year, month, day) = match (long, short) {
        (4, 1..=2) => (a, b, c),
        // In English, 4/5/2017 may be either; a number above 12 tells.
        (1..=2, 4) if day_first || a > 12 || a == b => (c, b, a),
        (1..=2, 4) if b > 12 => (c, a, b),
        _ => return None,
    };
    let from = Part { day: Some(day), month: Some(month), year: Some(year), next: at + 5 };
    (1800..=2100).contains(&year).then_some(Found { from, to: None, first: at })
}

/// Two years joined by a dash.
fn years(tokens: &[Token], at: usize) -> Option<Found> {
    let [first, dash, second] = tokens.get(at..at + 3)? else { return None };
    let plain = |token: &Token| {
        let (value, digits) = token.number()?;
        (digits == 4 && (1800..=2100).contains(&value)).then_some(value)
    };
    let (a, b) = (plain(first)?, plain(second)?);
    if !dash.is('-') || dash.glued != second.glued || a >= b || !is_apart(tokens, at, at + 3) {
        return None;
    }
    let part = |year, next| Part { day: None, month: None, year: Some(year), next };
    Some(Found { from: part(a, at + 1), to: Some(part(b, at + 3)), first: at })
}

/// Whether these tokens are not a piece of a longer number or symbol.
fn is_apart(tokens: &[Token], first: usize, last: usize) -> bool {
    let before = first > 0 && tokens[first].glued && {
        let other = &tokens[first - 1].kind;
        matches!(other, Kind::Number(..) | Kind::Mark('/' | '-' | '.'))
            || matches!(other, Kind::Word(w) if !w.starts_with(is_arabic))
    };
    let after = tokens.get(last).is_some_and(|token| {
        token.glued
            && match token.kind {
                Kind::Mark('/' | '-' | '.') => {
                    tokens.get(last + 1).is_some_and(|next| next.glued && !matches!(next.kind, Kind::Mark(_)))
                }
                Kind::Mark(_) => false,
                _ => true,
            }
    });
    !before && !after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{fold::Level, tokens::tokens};

    fn found(words: &str, issued: Option<&str>) -> Vec<String> {
        let text = Folded::new(words, Level::Light);
        let issued = issued.and_then(|issued| issued.parse().ok());
        let dates = dates(&text, &tokens(&text), false, issued.as_ref());
        dates.into_iter().map(|date| format!("{} {}", date.exact, shown(&date.target))).collect()
    }

    fn shown(target: &Target) -> String {
        if let Target::Date(date) = target { date.to_string() } else { String::new() }
    }

    #[test]
    fn a_period_has_its_year_once() {
        assert_eq!(
            found("between November 17 and December 13, 2016", None),
            ["November 17 and December 13, 2016 2016-11-17/2016-12-13"]
        );
        assert_eq!(found("May 3 to 5, 2016", None), ["May 3 to 5, 2016 2016-05-03/2016-05-05"]);
        assert_eq!(found("Dec - Feb 2017", None), ["Dec - Feb 2017 2016-12/2017-02"]);
    }

    #[test]
    fn dates_joined_by_and_are_several() {
        assert_eq!(found("on 1, 2 and 4 May 2016", None), ["1 2016-05-01", "2 2016-05-02", "4 May 2016 2016-05-04"]);
        assert_eq!(found("in April and May 2014", None), ["April 2014-04", "May 2014 2014-05"]);
    }

    #[test]
    fn a_day_has_the_year_of_its_surroundings() {
        assert_eq!(found("on 5 May", None), [""; 0]);
        assert_eq!(found("on 5 May", Some("2017-02-15")), ["5 May 2016-05-05"]);
        assert_eq!(found("2 May 2014, then 5 May", Some("2017-02-15"))[1], "5 May 2014-05-05");
    }

    #[test]
    fn what_no_calendar_has_is_no_date() {
        assert_eq!(found("31 April 2016, 2015-13-01, 2016-2014, S/2014-2015/3, may 2016", None), [""; 0]);
    }
}
