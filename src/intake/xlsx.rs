//! What does a spreadsheet (XLSX) say? The rows of one sheet, as text, each with the number that a person sees beside it.
//!
//! Numbers are written as short as they can be, and those in the format of a date as that date; formulas count by the
//! value that was last calculated. Nothing is calculated here.

use std::collections::HashMap;

use jiff::{SignedDuration, civil};
use quick_xml::events::{BytesStart, Event};

use super::{
    Error,
    docx::{each_event, value},
    text::nfc,
    zip::{Zip, fault},
};

const BOOK: &str = "xl/workbook.xml";
const LINKS: &str = "xl/_rels/workbook.xml.rels";
const STRINGS: &str = "xl/sharedStrings.xml";
const STYLES: &str = "xl/styles.xml";

/// The formats of dates that have no pattern of their own in the file.
const DATES: [std::ops::RangeInclusive<u32>; 3] = [14..=22, 27..=36, 45..=47];
/// The widest sheet there is.
const COLUMNS: usize = 16_384;
/// What is written out may be so many times as large as a file may be: one string can stand in every cell.
const WRITTEN: usize = 4;

/// A row: its number, and its cells from the first column on.
pub(super) type Numbered = (usize, Vec<String>);

/// The rows of the sheet that is named, or of the first one.
pub(super) fn rows(bytes: &[u8], limit: usize, sheet: Option<&str>) -> Result<Vec<Numbered>, Error> {
    let zip = Zip::open(bytes, limit)?;
    let book = Book::read(&zip)?;
    let path = book.sheet(&zip, sheet)?;
    let mut reading = Sheet {
        strings: strings(&zip)?,
        dates: dates(&zip)?,
        counts_from_1904: book.counts_from_1904,
        left: limit.saturating_mul(WRITTEN),
        rows: Vec::new(),
        cell: Cell::default(),
        in_value: false,
    };
    let xml = zip.text(&path)?;
    each_event(&path, &xml, |event| reading.take(&path, event))?;
    Ok(reading.rows)
}

/// The sheets of a file.
#[derive(Default)]
struct Book {
    /// The name of each, and the name of its link.
    sheets: Vec<(String, String)>,
    counts_from_1904: bool,
}

impl Book {
    fn read(zip: &Zip<'_>) -> Result<Self, Error> {
        let mut book = Self::default();
        each_event(BOOK, &zip.text(BOOK)?, |event| {
            if let Event::Start(tag) = event {
                match tag.local_name().as_ref() {
                    b"sheet" => {
                        let name = value(tag, b"name").unwrap_or_default();
                        book.sheets.push((name, value(tag, b"id").unwrap_or_default()));
                    }
                    b"workbookPr" => {
                        book.counts_from_1904 = matches!(value(tag, b"date1904").as_deref(), Some("1" | "true"));
                    }
                    _ => {}
                }
            }
            Ok(())
        })?;
        Ok(book)
    }

    /// The part in which a sheet stands.
    fn sheet(&self, zip: &Zip<'_>, wanted: Option<&str>) -> Result<String, Error> {
        let found = self.sheets.iter().find(|(name, _)| wanted.is_none_or(|wanted| wanted == name));
        let Some((name, link)) = found else {
            let names: Vec<&str> = self.sheets.iter().map(|(name, _)| name.as_str()).collect();
            let wanted = wanted.unwrap_or_default();
            return Err(fault("the file", format!("it has no sheet `{wanted}`: expected one of {}", names.join(", "))));
        };
        let mut target = None;
        each_event(LINKS, &zip.text(LINKS)?, |event| {
            if let Event::Start(tag) = event
                && value(tag, b"Id").as_ref() == Some(link)
            {
                target = value(tag, b"Target");
            }
            Ok(())
        })?;
        let target = target.ok_or_else(|| fault(LINKS, format!("it does not say where the sheet `{name}` stands")))?;
        Ok(target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), ToOwned::to_owned))
    }
}

/// The strings that cells share, in their order.
fn strings(zip: &Zip<'_>) -> Result<Vec<String>, Error> {
    let Some(xml) = zip.text_if_there(STRINGS)? else { return Ok(Vec::new()) };
    let (mut strings, mut in_words, mut phonetic) = (Vec::new(), false, false);
    each_event(STRINGS, &xml, |event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                b"si" => strings.push(String::new()),
                b"rPh" => phonetic = true,
                b"t" => in_words = !phonetic,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                b"t" => in_words = false,
                b"rPh" => phonetic = false,
                _ => {}
            },
            Event::Text(text) if in_words => {
                let words = text.unescape().map_err(|error| fault(STRINGS, error.to_string()))?;
                strings.last_mut().into_iter().for_each(|string| string.push_str(&words));
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(strings)
}

/// Which of the styles of cells are those of dates.
fn dates(zip: &Zip<'_>) -> Result<Vec<bool>, Error> {
    let Some(xml) = zip.text_if_there(STYLES)? else { return Ok(Vec::new()) };
    let (mut patterns, mut dates, mut in_cells) = (HashMap::new(), Vec::new(), false);
    each_event(STYLES, &xml, |event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                b"numFmt" => {
                    let (id, pattern) = (value(tag, b"numFmtId"), value(tag, b"formatCode").unwrap_or_default());
                    patterns.insert(id.unwrap_or_default(), is_pattern_of_a_date(&pattern));
                }
                b"cellXfs" => in_cells = true,
                b"xf" if in_cells => {
                    let id = value(tag, b"numFmtId").unwrap_or_default();
                    let known = || id.parse().is_ok_and(|id: u32| DATES.iter().any(|dates| dates.contains(&id)));
                    dates.push(patterns.get(&id).copied().unwrap_or_else(known));
                }
                _ => {}
            },
            Event::End(tag) if tag.local_name().as_ref() == b"cellXfs" => in_cells = false,
            _ => {}
        }
        Ok(())
    })?;
    Ok(dates)
}

/// Whether a pattern writes a year, a month or a day, outside of what it writes literally.
fn is_pattern_of_a_date(pattern: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    pattern.chars().any(|c| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        match c {
            '"' => quoted = !quoted,
            '\\' | '_' | '*' if !quoted => escaped = true,
            '[' if !quoted => bracketed = true,
            ']' if !quoted => bracketed = false,
            'y' | 'Y' | 'd' | 'D' if !quoted && !bracketed => return true,
            _ => {}
        }
        false
    })
}

/// A sheet that is being read.
struct Sheet {
    strings: Vec<String>,
    dates: Vec<bool>,
    counts_from_1904: bool,
    left: usize,
    rows: Vec<Numbered>,
    cell: Cell,
    in_value: bool,
}

/// A cell that is being read.
#[derive(Default)]
struct Cell {
    column: usize,
    kind: String,
    style: usize,
    text: String,
}

impl Sheet {
    fn take(&mut self, path: &str, event: &Event<'_>) -> Result<(), Error> {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                b"row" => {
                    let next = self.rows.last().map_or(1, |(number, _)| number + 1);
                    let number = value(tag, b"r").and_then(|number| number.parse().ok()).unwrap_or(next);
                    if number < next {
                        return Err(fault(path, format!("row {number} comes after row {}", next - 1)));
                    }
                    self.spend(path, size_of::<Numbered>())?;
                    self.rows.push((number, Vec::new()));
                }
                b"c" => self.cell = self.begin(path, tag)?,
                b"v" | b"t" => self.in_value = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                b"v" | b"t" => self.in_value = false,
                b"c" => self.end(path)?,
                _ => {}
            },
            Event::Text(text) if self.in_value => {
                let words = text.unescape().map_err(|error| fault(path, error.to_string()))?;
                self.cell.text.push_str(&words);
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&self, path: &str, tag: &BytesStart<'_>) -> Result<Cell, Error> {
        let next = self.rows.last().map_or(0, |(_, cells)| cells.len());
        let name = value(tag, b"r");
        let column = name.as_deref().map_or(Some(next), column);
        let column = column.filter(|column| (next..COLUMNS).contains(column)).ok_or_else(|| {
            let name = name.unwrap_or_default();
            fault(path, format!("`{name}` is not the name of the next cell: expected one such as B2"))
        })?;
        Ok(Cell {
            column,
            kind: value(tag, b"t").unwrap_or_default(),
            style: value(tag, b"s").and_then(|style| style.parse().ok()).unwrap_or_default(),
            text: String::new(),
        })
    }

    fn end(&mut self, path: &str) -> Result<(), Error> {
        let cell = std::mem::take(&mut self.cell);
        let text = match cell.kind.as_str() {
            "s" => {
                let string = cell.text.trim().parse().ok().and_then(|number: usize| self.strings.get(number));
                string.cloned().ok_or_else(|| fault(path, format!("there is no shared string {}", cell.text)))?
            }
            "b" => if cell.text.trim() == "1" { "true" } else { "false" }.to_owned(),
            // A fault such as #N/A is no value.
            "e" => String::new(),
            "" | "n" => self.number(&cell),
            _ => cell.text,
        };
        // Every cell takes room, also an empty one.
        let before = self.rows.last().map_or(0, |(_, cells)| cells.len());
        self.spend(path, text.len() + (cell.column + 1).saturating_sub(before) * size_of::<String>())?;
        if let Some((_, cells)) = self.rows.last_mut() {
            cells.resize(cell.column, String::new());
            cells.push(nfc(&text).into_owned());
        }
        Ok(())
    }

    /// Takes some of the room that there is for what is written out.
    fn spend(&mut self, path: &str, bytes: usize) -> Result<(), Error> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| {
            fault(path, "its cells take more room than is accepted: this looks like a file made to fill memory")
        })?;
        Ok(())
    }

    /// A number, or the date that it counts to.
    fn number(&self, cell: &Cell) -> String {
        let text = cell.text.trim();
        let Ok(number) = text.parse::<f64>() else { return text.to_owned() };
        let is_date = self.dates.get(cell.style).copied().unwrap_or_default();
        let date = is_date.then(|| date(number, self.counts_from_1904)).flatten();
        date.unwrap_or_else(|| number.to_string())
    }
}

/// The column of a cell of this name, counted from 0: 1 for `B2`.
fn column(name: &str) -> Option<usize> {
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_name = !letters.is_empty() && letters.len() <= 3 && letters.bytes().all(|b| b.is_ascii_uppercase());
    is_name.then(|| letters.bytes().fold(0, |number, letter| number * 26 + usize::from(letter - b'A') + 1) - 1)
}

/// The date that is so many days after the beginning of time, with the time of day where it has one.
fn date(days: f64, counts_from_1904: bool) -> Option<String> {
    // The calendar of spreadsheets has a 29 February 1900; the days before it are not told apart here.
    let start = if counts_from_1904 { civil::date(1904, 1, 1) } else { civil::date(1899, 12, 30) };
    if !(1.0..2_958_466.0).contains(&days) {
        return None;
    }
    let seconds = SignedDuration::try_from_secs_f64((days * 86_400.0).round()).ok()?;
    let moment = start.at(0, 0, 0, 0).checked_add(seconds).ok()?;
    let day = moment.date();
    Some(if moment.time() == civil::Time::midnight() { day.to_string() } else { moment.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_the_format_of_a_date_is_that_date() {
        assert_eq!(date(42_781.0, false).as_deref(), Some("2017-02-15"));
        assert_eq!(date(41_319.0, true).as_deref(), Some("2017-02-15"));
        assert_eq!(date(42_781.5, false).as_deref(), Some("2017-02-15T12:00:00"));
        assert_eq!(date(-1.0, false), None);
        for (pattern, is_date) in [
            ("yyyy\\-mm\\-dd", true),
            ("d/m/yy", true),
            ("0.00", false),
            ("[Red]0", false),
            ("0\" days\"", false),
            ("General", false),
        ] {
            assert_eq!(is_pattern_of_a_date(pattern), is_date, "{pattern}");
        }
    }

    #[test]
    fn columns_count_like_letters() {
        for (name, number) in [("A1", Some(0)), ("Z9", Some(25)), ("AA10", Some(26)), ("a1", None), ("12", None)] {
            assert_eq!(column(name), number, "{name}");
        }
    }
}
