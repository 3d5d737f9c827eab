//! The tokens of a SPARQL text, told apart just well enough to measure it and to find a place in it.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word without a colon: a keyword, or a mistake.
    Word,
    /// A variable, an IRI, a name with a prefix, a literal.
    Operand,
    /// A bracket that opens.
    Open,
    /// A bracket that closes.
    Close,
    /// A point, a comma, a semicolon.
    Separator,
    /// Anything else.
    Operator,
}

/// A token and where it begins, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) start: usize,
    pub(super) text: &'a str,
    pub(super) kind: Kind,
}

impl Token<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The tokens of a text; white space and comments are left out.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    Tokens { text, at: 0, open: Vec::new(), after_operand: false }
}

struct Tokens<'a> {
    text: &'a str,
    at: usize,
    open: Vec<bool>,
    after_operand: bool,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.at += blank(&self.text[self.at..]);
        let rest = &self.text[self.at..];
        let (length, kind) = self.measure(rest, rest.chars().next()?);
        let token = Token { start: self.at, text: &rest[..length], kind };
        self.at = token.end();
        match kind {
            Kind::Open => self.open.push(token.text == "("),
            Kind::Close => drop(self.open.pop()),
            _ => {}
        }
        self.after_operand = matches!(kind, Kind::Operand) || token.text == ")";
        Some(token)
    }
}

impl Tokens<'_> {
    fn measure(&self, rest: &str, first: char) -> (usize, Kind) {
        let of_name = |c: char| c.is_alphanumeric() || c == '_';
        match first {
            '"' | '\'' => (string(rest), Kind::Operand),
            '<' if rest.starts_with("<<") => (2, Kind::Open),
            '>' if rest.starts_with(">>") => (2, Kind::Close),
            // Inside parentheses, what follows an operand is a comparison, however much it looks like an IRI.
            '<' => match iri(rest) {
                Some(length) if !(self.after_operand && self.open.last() == Some(&true)) => (length, Kind::Operand),
                _ => (1, Kind::Operator),
            },
            '?' | '$' => match run(&rest[1..], of_name) {
                0 => (1, Kind::Operator),
                length => (1 + length, Kind::Operand),
            },
            '@' => (1 + run(&rest[1..], |c| c.is_ascii_alphanumeric() || c == '-'), Kind::Operand),
            '(' | '{' | '[' => (1, Kind::Open),
            ')' | '}' | ']' => (1, Kind::Close),
            '^' if rest.starts_with("^^") => (2, Kind::Separator),
            '0'..='9' => (number(rest), Kind::Operand),
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => (number(rest), Kind::Operand),
            ',' | ';' | '.' => (1, Kind::Separator),
            ':' => (local(rest), Kind::Operand),
            _ => match run(rest, of_name) {
                0 => (first.len_utf8(), Kind::Operator),
                length if rest[length..].starts_with(':') => (length + local(&rest[length..]), Kind::Operand),
                length => (length, Kind::Word),
            },
        }
    }
}

fn run(text: &str, mut belongs: impl FnMut(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn blank(text: &str) -> usize {
    let mut length = 0;
    loop {
        length += run(&text[length..], char::is_whitespace);
        if !text[length..].starts_with('#') {
            return length;
        }
        length += run(&text[length..], |c| c != '\n' && c != '\r');
    }
}

/// The length of a string with its quotes; one that is not closed ends with its line, or with the text.
fn string(text: &str) -> usize {
    let quote = &text[..1];
    let long = quote.repeat(3);
    let (close, begin) = if text.starts_with(&long) { (long.as_str(), 3) } else { (quote, 1) };
    let mut at = begin;
    while let Some(next) = text[at..].chars().next() {
        if text[at..].starts_with(close) {
            return at + close.len();
        }
        if begin == 1 && matches!(next, '\n' | '\r') {
            return at;
        }
        at += next.len_utf8();
        if next == '\\' {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    at
}

fn iri(text: &str) -> Option<usize> {
    let inside = run(&text[1..], |c| c > ' ' && !"<>\"{}|^`\\".contains(c));
    text[1 + inside..].starts_with('>').then_some(inside + 2)
}

fn number(text: &str) -> usize {
    let mut length = run(text, |c| c.is_ascii_alphanumeric() || c == '.');
    if text[..length].ends_with(['e', 'E']) && text[length..].starts_with(['+', '-']) {
        length += 1 + run(&text[length + 1..], |c| c.is_ascii_digit());
    }
    length - usize::from(text[..length].ends_with('.'))
}

/// The length of a name from its colon on; the point that ends a statement is no part of it.
fn local(text: &str) -> usize {
    let mut escaped = false;
    let length = run(text, |c| {
        let belongs = escaped || c.is_alphanumeric() || "_-.:%\\".contains(c);
        escaped = !escaped && c == '\\';
        belongs
    });
    text[..length].trim_end_matches('.').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).map(|token| token.text).collect()
    }

    #[test]
    fn tokens_are_told_apart() {
        assert_eq!(
            texts("SELECT ?x # a 'comment'\n{ ?x ex:a-b <http://x/a+b>, -1.5e-3 . }"),
            ["SELECT", "?x", "{", "?x", "ex:a-b", "<http://x/a+b>", ",", "-", "1.5e-3", ".", "}"]
        );
        assert_eq!(
            texts(r#"'it\'s' "a""b" '''x ' y''' "c"^^xsd:date 'z'@en-US"#),
            [r"'it\'s'", r#""a""#, r#""b""#, "'''x ' y'''", r#""c""#, "^^", "xsd:date", "'z'", "@en-US"]
        );
        assert_eq!(texts("(?a<?b+?c>?d)"), ["(", "?a", "<", "?b", "+", "?c", ">", "?d", ")"]);
        assert_eq!(texts("true-true"), ["true", "-", "true"]);
        assert_eq!(texts("ex:a. :b <p>* ?"), ["ex:a", ".", ":b", "<p>", "*", "?"]);
        assert_eq!(texts("'open\n}"), ["'open", "}"]);
    }
}
