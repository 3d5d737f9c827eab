//! The same query as a command, and as a few lines of Python and R that need nothing but what comes with them.

use askama::{Template, filters::HtmlSafe};

use super::words::words;
use crate::serve::lang::PageLang;

/// What an answer is, for the lines that read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The rows of a SELECT.
    Rows,
    /// The yes or no of an ASK.
    Truth,
    /// The triples of a CONSTRUCT or DESCRIBE.
    Triples,
}

/// The query in other languages.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/copies.html")]
pub(super) struct Copies {
    lang: PageLang,
    words: String,
    all: [(&'static str, &'static str, String); 3],
}

impl HtmlSafe for Copies {}

impl Copies {
    /// For a query at the address of this service, which ends in a slash.
    pub(super) fn of(lang: PageLang, here: &str, query: &str, kind: Kind) -> Self {
        let query = query.replace("\r\n", "\n");
        let all = [
            ("curl", "curl", curl(here, &query, kind)),
            ("python", "Python", python(here, &query, kind)),
            ("r", "R", r(here, &query, kind)),
        ];
        Self { lang, words: words(lang).under("web.copy."), all }
    }

    fn say<'a>(&self, key: &'a str) -> &'a str {
        words(self.lang).get(key)
    }
}

/// For a shell, where nothing between single quotes means anything.
fn curl(here: &str, query: &str, kind: Kind) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let accept = match kind {
        Kind::Rows => "text/csv",
        Kind::Truth => "application/sparql-results+json",
        Kind::Triples => "text/turtle",
    };
    format!(
        "curl --fail-with-body {} \\\n  --header 'Accept: {accept}' \\\n  --data-urlencode {}",
        quoted(&format!("{here}sparql")),
        quoted(&format!("query={query}")),
    )
}

fn python(here: &str, query: &str, kind: Kind) -> String {
    let escaped = query.replace('\\', "\\\\").replace('"', "\\\"");
    let (accept, read) = match kind {
        Kind::Rows => ("application/sparql-results+json", "rows = json.load(answer)[\"results\"][\"bindings\"]"),
        Kind::Truth => ("application/sparql-results+json", "truth = json.load(answer)[\"boolean\"]"),
        Kind::Triples => ("text/turtle", "triples = answer.read().decode()"),
    };
    let shown = read.split(' ').next().unwrap_or_default();
    let import = if kind == Kind::Triples { "" } else { "import json\n" };
    format!(
        "{import}import urllib.parse\nimport urllib.request\n\nquery = \"\"\"\\\n{escaped}\n\"\"\"\n\
         request = urllib.request.Request(\n    \"{here}sparql\",\n    \
         data=urllib.parse.urlencode({{\"query\": query}}).encode(),\n    headers={{\"Accept\": \"{accept}\"}},\n)\n\
         with urllib.request.urlopen(request) as answer:\n    {read}\nprint({shown})\n"
    )
}

fn r(here: &str, query: &str, kind: Kind) -> String {
    let escaped = query.replace('\\', "\\\\").replace('"', "\\\"");
    let (format, read) = match kind {
        Kind::Rows => ("csv", "rows <- utils::read.csv(url(address, encoding = \"UTF-8\"))\nprint(rows)"),
        Kind::Truth => ("json", "print(readLines(url(address, encoding = \"UTF-8\"), warn = FALSE))"),
        Kind::Triples => ("nt", "triples <- readLines(url(address, encoding = \"UTF-8\"))\nprint(triples)"),
    };
    format!(
        "query <- \"{escaped}\"\naddress <- paste0(\n  \"{here}sparql?format={format}&query=\",\n  \
         utils::URLencode(enc2utf8(query), reserved = TRUE)\n)\n{read}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "https://archive.example/";

    #[test]
    fn what_a_shell_would_read_between_the_words_is_quoted() {
        let command = curl(HERE, "SELECT * { ?a ?b 'it''s $HOME `x`' }", Kind::Rows);
        assert!(command.starts_with("curl --fail-with-body 'https://archive.example/sparql' "), "{command}");
        assert!(command.ends_with(r"'query=SELECT * { ?a ?b '\''it'\'''\''s $HOME `x`'\'' }'"), "{command}");
    }

    #[test]
    fn quotes_and_backslashes_stay_what_they_are_in_python_and_r() {
        let query = "SELECT * { ?a ?b \"\"\"x\\n\"\"\" }";
        let escaped = r#"SELECT * { ?a ?b \"\"\"x\\n\"\"\" }"#;
        let program = python(HERE, query, Kind::Rows);
        assert!(program.contains(&format!("query = \"\"\"\\\n{escaped}\n\"\"\"")), "{program}");
        assert!(r(HERE, query, Kind::Rows).starts_with(&format!("query <- \"{escaped}\"\n")));
        assert!(python(HERE, query, Kind::Truth).contains("print(truth)"));
        assert!(!python(HERE, query, Kind::Triples).contains("json"));
    }
}
