//! Parsing, and where exactly it failed.
//!
//! The parser tells the furthest place it looked at, which for a keyword is as far behind the mistake as the
//! keyword is long, and what it would have liked there, down to classes of characters. People are told the token
//! that does not belong.

use spargebra::{Query, SparqlParser, SparqlSyntaxError, Update};

use super::{
    super::Error,
    size::check_text,
    token::{Kind, Token, tokens},
};

/// The longest keyword (`ENCODE_FOR_URI`) and a bit.
const LOOKAHEAD: usize = 20;

/// Parses a query with a parser that may know a base and prefixes; without a base, relative IRIs are refused.
///
/// A text that is too deep to be parsed is refused before the parser sees it.
pub fn parse_query(parser: &SparqlParser, text: &str) -> Result<Query, Error> {
    parse(text, |text| parser.clone().parse_query(text))
}

/// Parses an update request, as [`parse_query`] does a query.
pub fn parse_update(parser: &SparqlParser, text: &str) -> Result<Update, Error> {
    parse(text, |text| parser.clone().parse_update(text))
}

fn parse<T>(text: &str, parser: impl Fn(&str) -> Result<T, SparqlSyntaxError>) -> Result<T, Error> {
    check_text(text)?;
    parser(text).map_err(|error| {
        // Looking ahead for keywords, the parser stumbles over the end of the text before the mistake. So it gets
        // something to look at.
        let longer = format!("{text}{}", " ".repeat(LOOKAHEAD));
        let error = parser(&longer).err().unwrap_or(error).to_string();
        let mistake = Complaint::read(&error, &longer).map(|complaint| complaint.mistake(text));
        mistake.unwrap_or(Error::Syntax { message: error, line: None, column: None })
    })
}

/// What the parser says: `error at 1:8: expected one of "{", WHERE, ['a' ..= 'z']`.
struct Complaint<'a> {
    /// In bytes of the text.
    place: usize,
    expected: Vec<&'a str>,
}

impl<'a> Complaint<'a> {
    fn read(error: &'a str, text: &str) -> Option<Self> {
        let (place, expected) = error.strip_prefix("error at ")?.split_once(": expected ")?;
        let (line, column) = place.split_once(':')?;
        let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
        let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let within: usize = text[before..].chars().take(column - 1).map(char::len_utf8).sum();
        let expected = expected.strip_prefix("one of ").unwrap_or(expected).split(", ").collect();
        Some(Self { place: before + within, expected })
    }

    fn mistake(&self, text: &str) -> Error {
        let sentence = self.expected.iter().find(|item| item.contains(' ') && item.starts_with(char::is_alphabetic));
        let place = self.begin(text);
        match sentence {
            Some(&"Prefix not found") => {
                let name = tokens(text).take_while(|token| token.start < self.place).last();
                let prefix = name.and_then(|name| name.text.split_once(':')).map_or("", |(prefix, _)| prefix);
                let message = format!("the prefix {prefix}: is not declared");
                at(text, name.map_or(self.place, |name| name.start), message)
            }
            Some(sentence) => {
                let message = sentence[..1].to_lowercase() + &sentence[1..];
                if place < text.trim_end().len() {
                    return at(text, place, message);
                }
                // Found out when all was read.
                Error::Syntax { message, line: None, column: None }
            }
            None => match self.misplaced(text, place) {
                Some(token) if is_relative(token.text) => {
                    at(text, token.start, format!("the IRI {} is relative, and there is no BASE", token.text))
                }
                Some(token) => at(text, token.start, format!("unexpected {}{}", token.text, self.wishes())),
                None => at(text, text.trim_end().len(), format!("unexpected end{}", self.wishes())),
            },
        }
    }

    /// Where what the parser could not read begins: a keyword is read before it is compared.
    fn begin(&self, text: &str) -> usize {
        let keywords = self.expected.iter().filter(|item| is_keyword(item));
        let shortest = keywords.map(|keyword| keyword.len()).min();
        let only_keywords = self.expected.iter().all(|item| is_keyword(item) || *item == "[_]");
        let back = shortest.filter(|_| only_keywords).unwrap_or(0);
        let end = self.place.min(text.len());
        let beyond = self.place - end;
        let within = back.saturating_sub(beyond);
        text[..end].char_indices().rev().take(within).last().map_or(end, |(index, _)| index)
    }

    /// The token that does not belong, among those from the beginning to the place the parser has seen.
    fn misplaced<'t>(&self, text: &'t str, begin: usize) -> Option<Token<'t>> {
        let seen: Vec<_> = tokens(text).skip_while(|token| token.end() <= begin).collect();
        let first = *seen.first()?;
        if first.start >= self.place || first.kind != Kind::Operand {
            return Some(first);
        }
        // A statement begins here and has no fault at its first token.
        let statement = seen.iter().take_while(|token| token.start < self.place);
        let unfinished = statement.clone().take(3).find(|token| matches!(token.kind, Kind::Close | Kind::Separator));
        let wrong = statement.clone().find(|token| is_relative(token.text)).or(unfinished);
        Some(*wrong.unwrap_or(&first))
    }

    /// The signs the parser would have liked; keywords are hit or missed by chance.
    fn wishes(&self) -> String {
        let signs: Vec<&str> = self.expected.iter().copied().filter(|item| item.starts_with('"')).collect();
        match signs.as_slice() {
            [] => String::new(),
            [sign] => format!(", expected {sign}"),
            signs if signs.len() > 6 => String::new(),
            signs => format!(", expected one of {}", signs.join(" ")),
        }
    }
}

fn is_keyword(item: &str) -> bool {
    item.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_relative(token: &str) -> bool {
    token.len() > 1 && token.starts_with('<') && token.ends_with('>') && !token.contains(':')
}

fn at(text: &str, place: usize, message: String) -> Error {
    let before = &text[..place.min(text.len())];
    let line_start = before.rfind('\n').map_or(0, |index| index + 1);
    let count = |n: usize| Some(u64::try_from(n).unwrap_or(u64::MAX));
    Error::Syntax {
        message,
        line: count(before.matches('\n').count() + 1),
        column: count(before[line_start..].chars().count() + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(result: Result<(), Error>) -> String {
        match result {
            Ok(()) => "sound".to_owned(),
            Err(Error::Syntax { message, line: Some(line), column: Some(column) }) => {
                format!("{line}:{column} {message}")
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn mistakes_are_found_where_they_are() {
        let cases = [
            ("SELECT *\nWHERE { ?s ?p }", "2:15 unexpected }"),
            ("SELEC * { }", "1:1 unexpected SELEC"),
            ("SELECT * {\n ?s ?p ?o ", "2:10 unexpected end"),
            ("SELECT * { ?s foaf:name ?o }", "1:15 the prefix foaf: is not declared"),
            ("SELECT * {\n ?s a dct:X\n FILTR(?o) }", "2:7 the prefix dct: is not declared"),
            ("SELECT * { ?s ?p ?o FILTER(?o > ) }", "1:33 unexpected )"),
            ("ASK { <a> <b> <c> }", "1:7 the IRI <a> is relative, and there is no BASE"),
            ("ASK { ?s <b> <c> }", "1:10 the IRI <b> is relative, and there is no BASE"),
            ("", "1:1 unexpected end"),
            ("SELECT * { ?s ?p ?o } ORDER ?o", "1:29 unexpected ?o"),
            ("SELECT * { ?s ?p ?o } LIMIT x", "1:29 unexpected x"),
            ("SELECT * { ?s ?p ?o . OPTIONL { ?s ?q ?r } . ?a ?b ?c }", "1:23 unexpected OPTIONL"),
            ("SELECT ?x (COUNT(?y) AS ?n) { ?x ?p ?y }", "the SELECT contains a variable that is unbound"),
            ("INSERT DATA { }", "1:1 unexpected INSERT"),
        ];
        for (text, expected) in cases {
            let found = shown(parse_query(&SparqlParser::new(), text).map(drop));
            assert!(found.starts_with(expected), "{text}\n  expected {expected}\n  found {found}");
        }
        let found = shown(parse_update(&SparqlParser::new(), "INSERT DATA {\n  ?s ?p 1 }").map(drop));
        assert!(found.starts_with("2:"), "{found}");
    }

    #[test]
    fn no_text_makes_it_panic() {
        let text =
            "SELECT (COUNT(?x) AS ?n) { ?x a \u{62d}:y ; ex:p \"\u{644}\u{628}\\\"\"@ar , 'x' . FILTER(?x < <u:v>) }";
        let parse_query = |text: &str| parse_query(&SparqlParser::new(), text);
        for (end, _) in text.char_indices() {
            assert!(parse_query(&text[..end]).is_err());
            assert!(parse_query(&text[end..]).is_err());
            assert!(parse_query(&format!("{}\\{}", &text[..end], &text[end..])).is_err());
        }
    }
}
