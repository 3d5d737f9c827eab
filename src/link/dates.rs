//! Which days, months and years does a text name?
//!
//! Dates that stand by themselves are read, in English and Arabic: a day, a month with its year, a period of two
//! such with the year given once, two years joined by a dash. A year alone is left, and so is "Monday" or "late
//! last year", which only a reader can place. A day without a year takes the year of its surroundings.

use std::sync::LazyLock;

use crate::model::{Date, MentionKind, Rule};

use super::{
    found::{Found, Goal},
    lexicon::Tags,
    pieces::{Piece, What, phrase, pieces},
    tokens::{Kind, Token},
    words::{self, Table},
};

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

/// A date read: one part or two, from one piece to another, the second excluded.
#[derive(Clone, Copy, Debug)]
struct Read {
    from: Part,
    to: Option<Part>,
    first: usize,
}

/// A date with where it stands.
struct Placed {
    read: Read,
    start: usize,
    end: usize,
    /// One past its last token.
    last: usize,
}

/// Every date of a text, in order. `issued` gives a year to a day that has none around it; `day_first` tells how
/// numbers alone are read at a place.
pub(super) fn dates(
    text: &str,
    tokens: &[Token],
    day_first: impl Fn(usize) -> bool,
    issued: Option<&Date>,
) -> Vec<Found> {
    let mut placed = Vec::new();
    for (first, last) in stretches(tokens) {
        // The piece before and the one after tell whether a number is a part of something longer.
        let (from, to) = (first.saturating_sub(1), (last + 2).min(tokens.len()));
        let pieces = pieces(text, &tokens[from..to], from);
        let mut at = pieces.iter().position(|piece| piece.token >= first).unwrap_or(pieces.len());
        while at < pieces.len() && pieces[at].token < last {
            let read = period(&pieces, at)
                .or_else(|| numeric(&pieces, at, || day_first(pieces[at].start)))
                .or_else(|| years(&pieces, at));
            at = read.map_or(at + 1, |read| read.to.map_or(read.from.next, |to| to.next));
            placed.extend(read.and_then(|read| {
                let (begin, end) = (pieces.get(read.first)?, pieces.get(at.checked_sub(1)?)?);
                Some(Placed { read, start: begin.start, end: end.end, last: end.token + 1 })
            }));
        }
    }
    let known: Vec<Option<u32>> = placed.iter().map(|date| date.read.to.unwrap_or(date.read.from).year).collect();
    placed.iter().enumerate().filter_map(|(at, date)| found(date, year_of(&known, at), issued)).collect()
}

/// The stretches of tokens that may hold dates: words of dates, numbers and the signs between them.
fn stretches(tokens: &[Token]) -> Vec<(usize, usize)> {
    let belongs = |token: &Token| match token.kind {
        Kind::Number => true,
        Kind::Word => token.tags.has(Tags::DATE) || token.letters == 1,
        Kind::Mark => matches!(token.mark(), Some(',' | '\u{60C}' | '(' | ')' | '/' | '\\' | '.')),
    };
    let (mut stretches, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        // A stretch without a number or a month is none.
        let token = &tokens[at];
        if token.kind != Kind::Number && !token.tags.has(Tags::MONTH) {
            at += 1;
            continue;
        }
        let begins = stretches.last().map_or(0, |&(_, last)| last);
        let first = (begins..at).rev().take_while(|&before| belongs(&tokens[before])).last().unwrap_or(at);
        let last = (at + 1..tokens.len()).find(|&next| !belongs(&tokens[next])).unwrap_or(tokens.len());
        stretches.push((first, last));
        at = last;
    }
    stretches
}

/// The year that the dates around one have: the nearest before it, else the nearest after it.
fn year_of(known: &[Option<u32>], at: usize) -> (Option<u32>, Option<u32>) {
    (known[..at].iter().rev().find_map(|year| *year), known[at..].iter().find_map(|year| *year))
}

fn found(date: &Placed, (before, after): (Option<u32>, Option<u32>), issued: Option<&Date>) -> Option<Found> {
    let Placed { read, .. } = date;
    let end = read.to.unwrap_or(read.from);
    let year = end.year.or(before).or_else(|| last_before(end, issued)).or(after);
    let to = written(end, year)?;
    let value = if read.to.is_some() {
        let from = read.from;
        // "November to February 2017" begins in 2016.
        let turn = u32::from((from.month, from.day) > (end.month, end.day));
        let year = from.year.or(year.and_then(|year| year.checked_sub(turn)));
        format!("{}/{to}", written(from, year)?)
    } else {
        to
    };
    Some(Found {
        start: date.start,
        end: date.end,
        last: date.last,
        kind: MentionKind::Date,
        goal: Goal::Date(value.parse().ok()?),
        confidence: match (end.year, end.next - read.first) {
            // A number alone, made a day by another date.
            (Some(_), 1) if end.day.is_some() => 0.85,
            (Some(_), _) => 0.95,
            (None, _) => 0.6,
        },
        rule: Rule::Date,
        second: None,
        sure: false,
        features: None,
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
fn period(pieces: &[Piece], at: usize) -> Option<Read> {
    let Some(from) = part(pieces, at) else { return bare(pieces, at) };
    let to = joint(pieces, from.next).and_then(|(next, joint)| {
        // "November 17 to 19, 2016": the second day has no month of its own.
        let short = || {
            let to = bare_day(pieces, next).filter(|_| from.day.is_some() && month_first(pieces, at))?;
            let (year, next) = optional_year(pieces, to.next);
            Some(Part { month: from.month, year, next, ..to })
        };
        let to = part(pieces, next).or_else(short)?;
        let same = to.day.is_some() == from.day.is_some();
        // Two dates with their own years are two, unless a dash joins them.
        let whole = from.year.is_none() && to.year.is_some() || joint == Joint::Dash;
        (same && whole).then_some((to, joint))
    });
    match to {
        Some((to, Joint::And)) if !follows_between(pieces, at) => {
            // "April and May 2014" are two dates; the first has its year from the second.
            Some(Read { from: Part { year: to.year, ..from }, to: None, first: at })
        }
        Some((to, _)) => Some(Read { from, to: Some(to), first: at }),
        None => (from.year.is_some() || from.day.is_some()).then_some(Read { from, to: None, first: at }),
    }
}

/// A day without a month, where one with a month follows: "24, 25 and 30 March 2017", "17 to 19 November 2016".
fn bare(pieces: &[Piece], at: usize) -> Option<Read> {
    let from = bare_day(pieces, at)?;
    let (mut next, mut joint_here) = joint_or_comma(pieces, from.next)?;
    let is_list = joint_here == Joint::And;
    for _ in 0..31 {
        if let Some(to) = part(pieces, next) {
            // What begins with a month belongs to another date: "on the 17, November 18".
            let to = Some(to).filter(|to| to.day.is_some() && !month_first(pieces, next))?;
            let period = !is_list || (joint_here == Joint::And && follows_between(pieces, at));
            let from = Part { month: to.month, year: if period { None } else { to.year }, ..from };
            return Some(Read { from, to: period.then_some(to), first: at });
        }
        if !is_list {
            return None;
        }
        (next, joint_here) = joint_or_comma(pieces, bare_day(pieces, next)?.next)?;
    }
    None
}

fn month_first(pieces: &[Piece], at: usize) -> bool {
    pieces[at].word().is_some()
}

/// A date in words: a month with a day or a year, or a month that a year given once further on may complete.
fn part(pieces: &[Piece], at: usize) -> Option<Part> {
    if let Some((month, next)) = month(pieces, at) {
        let latin = !pieces[at].arabic;
        if let Some((day, after)) = latin.then(|| day(pieces, next)).flatten() {
            let (year, next) = optional_year(pieces, after);
            return Some(Part { day: Some(day), month: Some(month), year, next });
        }
        let (year, next) = optional_year(pieces, next);
        return Some(Part { day: None, month: Some(month), year, next });
    }
    let (number, after) = day(pieces, at).or_else(|| day_in_words(pieces, at))?;
    let after = small(pieces, after, "of").unwrap_or(after);
    let (month, next) = month(pieces, after)?;
    let (year, next) = optional_year(pieces, next);
    Some(Part { day: Some(number), month: Some(month), year, next })
}

fn bare_day(pieces: &[Piece], at: usize) -> Option<Part> {
    let (day, next) = day(pieces, at)?;
    Some(Part { day: Some(day), month: None, year: None, next })
}

/// A day of the month in digits: "17", "17th".
fn day(pieces: &[Piece], at: usize) -> Option<(u32, usize)> {
    let piece = pieces.get(at)?;
    let (value, digits) = piece.number()?;
    let part_of_more = piece.glued && at > 0 && matches!(pieces[at - 1].what, What::Mark('/' | '.' | ':'));
    if !(1..=31).contains(&value) || digits > 2 || part_of_more {
        return None;
    }
    let glued = pieces.get(at + 1).is_some_and(|next| next.glued);
    Some((value, glued.then(|| small(pieces, at + 1, "ordinal")).flatten().unwrap_or(at + 1)))
}

/// A day of the month in words; "of" must follow, for the same words count other things.
fn day_in_words(pieces: &[Piece], at: usize) -> Option<(u32, usize)> {
    let _ = pieces.get(at).filter(|piece| piece.arabic)?;
    let (values, next) = phrase(pieces, at, 2, |words| DAYS.get(&words).map(Vec::as_slice))?;
    small(pieces, next, "of")?;
    Some((values.first()?.parse().ok()?, next))
}

/// A month by name. Arabic often gives it twice, in two calendars' names.
fn month(pieces: &[Piece], at: usize) -> Option<(u32, usize)> {
    let name = |at: usize| -> Option<(u32, usize)> {
        let _ = pieces.get(at).filter(|piece| piece.month)?;
        let (values, next) = phrase(pieces, at, 2, |words| MONTHS.get(&words).map(Vec::as_slice))?;
        pieces[at].large.then_some((values.first()?.parse().ok()?, next))
    };
    let (number, next) = name(at)?;
    let again = |from: usize| name(from).filter(|&(other, _)| other == number).map(|(_, next)| next);
    let mark = pieces.get(next).map(|piece| piece.what);
    let doubled = match mark {
        Some(What::Mark('/' | '\\' | '-')) => again(next + 1),
        Some(What::Mark('(')) => {
            again(next + 1).filter(|&end| pieces.get(end).is_some_and(|t| t.is(')'))).map(|end| end + 1)
        }
        Some(What::Word(_)) => again(next),
        // "Feb. 2017"
        Some(What::Mark('.')) if pieces[next].glued => pieces.get(next + 1).and_then(Piece::number).map(|_| next + 1),
        _ => None,
    };
    Some((number, doubled.unwrap_or(next)))
}

/// A year of four digits, after a comma or one of the small words.
fn year(pieces: &[Piece], at: usize) -> Option<(u32, usize)> {
    let comma = pieces.get(at).is_some_and(|piece| piece.is(',') || piece.is('\u{60C}'));
    let at = if comma { at + 1 } else { small(pieces, at, "year").unwrap_or(at) };
    let piece = pieces.get(at)?;
    let (value, digits) = piece.number()?;
    (digits == 4 && (1800..=2100).contains(&value)).then_some((value, at + 1))
}

fn optional_year(pieces: &[Piece], at: usize) -> (Option<u32>, usize) {
    year(pieces, at).map_or((None, at), |(year, next)| (Some(year), next))
}

/// One of the small words, of one or two pieces, for one use.
fn small(pieces: &[Piece], at: usize, purpose: &str) -> Option<usize> {
    let (_, next) =
        phrase(pieces, at, 2, |words| SMALL.get(&words).filter(|uses| uses.contains(&purpose)).map(Vec::as_slice))?;
    Some(next)
}

/// What joins two dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    Dash,
    To,
    And,
}

/// What joins two dates here, and the piece after it.
fn joint(pieces: &[Piece], at: usize) -> Option<(usize, Joint)> {
    if pieces.get(at)?.is('-') {
        return Some((at + 1, Joint::Dash));
    }
    let and = small(pieces, at, "and").map(|next| (next, Joint::And));
    and.or_else(|| small(pieces, at, "to").map(|next| (next, Joint::To)))
}

/// The same, where a comma may stand in a list.
fn joint_or_comma(pieces: &[Piece], at: usize) -> Option<(usize, Joint)> {
    let comma = pieces.get(at).is_some_and(|piece| piece.is(',') || piece.is('\u{60C}'));
    let after = at + usize::from(comma);
    joint(pieces, after).filter(|(_, joint)| !comma || *joint == Joint::And).or(comma.then_some((after, Joint::And)))
}

/// Whether "between" stands before: then "and" joins the ends of a period.
fn follows_between(pieces: &[Piece], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| small(pieces, before, "between") == Some(at))
}

/// A day in digits only: 2017-02-15, 15/2/2017, 15.02.2017.
fn numeric(pieces: &[Piece], at: usize, day_first: impl Fn() -> bool) -> Option<Read> {
    let [first, one, second, two, third] = pieces.get(at..at + 5)? else { return None };
    let same = matches!(one.what, What::Mark('-' | '/' | '.')) && one.what == two.what;
    let glued = [one, second, two, third].iter().all(|piece| piece.glued);
    if !same || !glued || !is_apart(pieces, at, at + 5) {
        return None;
    }
    let ((a, long), (b, middle), (c, short)) = (first.number()?, second.number()?, third.number()?);
    if middle > 2 {
        return None;
    }
    let (year, month, day) = match (long, short) {
        (4, 1..=2) => (a, b, c),
        // In English, 4/5/2017 may be either; a number above 12 tells.
        (1..=2, 4) if a > 12 || a == b || b <= 12 && day_first() => (c, b, a),
        (1..=2, 4) if b > 12 => (c, a, b),
        _ => return None,
    };
    let from = Part { day: Some(day), month: Some(month), year: Some(year), next: at + 5 };
    (1800..=2100).contains(&year).then_some(Read { from, to: None, first: at })
}

/// Two years joined by a dash.
fn years(pieces: &[Piece], at: usize) -> Option<Read> {
    let [first, dash, second] = pieces.get(at..at + 3)? else { return None };
    let plain = |piece: &Piece| {
        let (value, digits) = piece.number()?;
        (digits == 4 && (1800..=2100).contains(&value)).then_some(value)
    };
    let (a, b) = (plain(first)?, plain(second)?);
    if !dash.is('-') || dash.glued != second.glued || a >= b || !is_apart(pieces, at, at + 3) {
        return None;
    }
    let part = |year, next| Part { day: None, month: None, year: Some(year), next };
    Some(Read { from: part(a, at + 1), to: Some(part(b, at + 3)), first: at })
}

/// Whether these pieces are not a piece of a longer number or symbol.
fn is_apart(pieces: &[Piece], first: usize, last: usize) -> bool {
    let before = first > 0 && pieces[first].glued && {
        let other = &pieces[first - 1];
        matches!(other.what, What::Number(..) | What::Mark('/' | '-' | '.'))
            || (other.word().is_some() && !other.arabic)
    };
    let after = pieces.get(last).is_some_and(|piece| {
        piece.glued
            && match piece.what {
                What::Mark('/' | '-' | '.') => {
                    pieces.get(last + 1).is_some_and(|next| next.glued && !matches!(next.what, What::Mark(_)))
                }
                What::Mark(_) => false,
                _ => true,
            }
    });
    !before && !after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::words::of_name;

    fn found(words: &str, issued: Option<&str>) -> Vec<String> {
        let issued = issued.and_then(|issued| issued.parse().ok());
        let dates = dates(words, &of_name(words), |_| false, issued.as_ref());
        dates.into_iter().map(|date| format!("{} {}", &words[date.start..date.end], shown(&date.goal))).collect()
    }

    fn shown(goal: &Goal) -> String {
        if let Goal::Date(date) = goal { date.to_string() } else { String::new() }
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
