//! Where in a query do our services stand?
//!
//! The text is cut only as far as that takes: strings, comments, IRIs and braces are told apart, so that the word
//! SERVICE in any of them is not taken for one. What stands outside a service of ours stays as it was written, and with
//! it the places in error messages.

use std::ops::Range;

/// What the names of our services begin with.
pub(super) const SPACE: &str = "urn:isnad:";

/// A service of ours in a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    /// Its name without the space, such as `search`.
    pub name: String,
    /// The bytes from SERVICE to the brace that ends its group.
    pub whole: Range<usize>,
    /// The bytes of its name as it is written.
    pub written: Range<usize>,
}

/// The services of ours in a query, in the order of the text. Those inside another service are left to it.
pub(super) fn calls(text: &str) -> Vec<Call> {
    let tokens = tokens(text);
    let prefixes = prefixes(text, &tokens);
    let (mut calls, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if let Some((call, next)) = call(text, &tokens, at, &prefixes) {
            calls.push(call);
            at = next;
        } else {
            at += 1;
        }
    }
    calls
}

/// The service that begins at a token, and the token after it.
fn call(text: &str, tokens: &[Range<usize>], at: usize, prefixes: &[(String, String)]) -> Option<(Call, usize)> {
    let word = |at: usize| tokens.get(at).map(|token| &text[token.clone()]);
    word(at)?.eq_ignore_ascii_case("service").then_some(())?;
    let silent = usize::from(word(at + 1)?.eq_ignore_ascii_case("silent"));
    let (name_at, open) = (at + 1 + silent, at + 2 + silent);
    let name = expand(word(name_at)?, prefixes)?.strip_prefix(SPACE)?.to_owned();
    let mut depth = 0_usize;
    for next in open..tokens.len() {
        match word(next)? {
            "{" => depth += 1,
            "}" => depth = depth.checked_sub(1)?,
            _ if next == open => return None,
            _ => {}
        }
        if depth == 0 {
            let whole = tokens[at].start..tokens[next].end;
            return Some((Call { name, whole, written: tokens[name_at].clone() }, next + 1));
        }
    }
    None
}

/// The IRI of a name as it is written.
fn expand(written: &str, prefixes: &[(String, String)]) -> Option<String> {
    if let Some(iri) = written.strip_prefix('<') {
        return Some(iri.strip_suffix('>')?.to_owned());
    }
    let (prefix, local) = written.split_once(':')?;
    // The last declaration holds.
    let iri = prefixes.iter().rev().find(|(name, _)| name == prefix).map_or("", |(_, iri)| iri.as_str());
    match iri {
        "" if prefix == "isnad" => Some(format!("{SPACE}{local}")),
        "" => None,
        iri => Some(format!("{iri}{local}")),
    }
}

/// The prefixes that a text declares.
fn prefixes(text: &str, tokens: &[Range<usize>]) -> Vec<(String, String)> {
    let declaration = |window: &[Range<usize>]| {
        let [keyword, name, iri] = [0, 1, 2].map(|at| &text[window[at].clone()]);
        keyword.eq_ignore_ascii_case("prefix").then_some(())?;
        Some((name.strip_suffix(':')?.to_owned(), iri.strip_prefix('<')?.strip_suffix('>')?.to_owned()))
    };
    tokens.windows(3).filter_map(declaration).collect()
}

/// Words, IRIs and signs; strings and comments are left out.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let start = at;
        at = match bytes[at] {
            b'#' => text[at..].find(['\n', '\r']).map_or(text.len(), |line| at + line),
            b'"' | b'\'' => string_end(text, at),
            byte if byte.is_ascii_whitespace() => at + 1,
            b'<' => iri_end(text, at).unwrap_or(at + 1),
            byte if is_name(byte) => at + bytes[at..].iter().take_while(|byte| is_name(**byte)).count(),
            _ => at + 1,
        };
        let skipped = bytes[start].is_ascii_whitespace() || matches!(bytes[start], b'#' | b'"' | b'\'');
        if !skipped {
            tokens.push(start..at);
        }
    }
    tokens
}

/// Whether a byte can belong to a keyword or a prefixed name. Variables keep their sign, so that `?service` is none.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b':' | b'_' | b'-' | b'.' | b'%' | b'\\' | b'?' | b'$' | b'@')
        || byte >= 0x80
}

/// One past an IRI that begins here; `None` where `<` only means less.
fn iri_end(text: &str, at: usize) -> Option<usize> {
    let length = text[at + 1..].find(|c: char| c <= ' ' || "<>\"{}|^`\\".contains(c))?;
    let end = at + 1 + length;
    text[end..].starts_with('>').then_some(end + 1)
}

/// One past a string that begins here, or the end of the text.
fn string_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let quote = bytes[at];
    let long = bytes[at..].starts_with(&[quote; 3]);
    let mut next = at + if long { 3 } else { 1 };
    while next < bytes.len() {
        match bytes[next] {
            b'\\' => next += 2,
            byte if byte == quote && !long => return next + 1,
            byte if byte == quote && bytes[next..].starts_with(&[quote; 3]) => return next + 3,
            b'\n' | b'\r' if !long => return next,
            _ => next += 1,
        }
    }
    // An escape may end the text, between the bytes of a character.
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, &str, &str)> {
        let cut = |call: Call| (call.name.clone(), &text[call.whole.clone()], &text[call.written]);
        calls(text).into_iter().map(cut).collect()
    }

    #[test]
    fn a_service_of_ours_is_found_whatever_its_name_is_written_as() {
        for (text, written) in [
            ("SELECT * { SERVICE isnad:search { ?d ?p \"}\" } }", "isnad:search"),
            ("SELECT * { service silent <urn:isnad:search> { ?d ?p { # }\n } } }", "<urn:isnad:search>"),
            ("PREFIX i: <urn:isnad:> SELECT * { Service i:search{ ?d ?p '''a'}''' } }", "i:search"),
        ] {
            let found = found(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((found[0].0.as_str(), found[0].2), ("search", written));
            assert!(found[0].1.ends_with('}') && text.ends_with(&format!("{} }}", found[0].1)), "{found:?}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_left() {
        for text in [
            "SELECT * { ?s ?p \"SERVICE isnad:search { }\" }",
            "SELECT * { ?s ?p ?o } # SERVICE isnad:search { }",
            "SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }",
            "SELECT * { ?service isnad:search ?o }",
            "PREFIX isnad: <http://a.example/> SELECT * { SERVICE isnad:search { ?s ?p ?o } }",
            "SELECT * { SERVICE isnad:search { ?s ?p ?o",
            "SELECT * { SERVICE isnad:search ?x { } }",
            "\"\\",
            "SERVICE",
        ] {
            assert!(calls(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn less_than_is_no_iri() {
        assert_eq!(found("SELECT * { FILTER(?a<1 && ?b>2) SERVICE isnad:path { ?a ?b ?c } }").len(), 1);
    }
}
