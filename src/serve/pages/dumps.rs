//! The page of the dumps.

use askama::Template;
use axum::{http::HeaderMap, response::Response};

use super::{
    home::{answer, lang_of},
    layout::{Page, render},
    words::words,
};
use crate::{
    export::dump::{FileName, MANIFEST, Selection},
    rdf::{Part, Summary},
};

#[derive(Template)]
#[template(path = "dumps.html")]
struct Dumps {
    page: Page,
    dumps: Vec<Dump>,
}

/// A dump as it is listed.
struct Dump {
    name: String,
    made: String,
    sequence: u64,
    graphs: u64,
    triples: u64,
    archive: Vec<File>,
    links: Vec<File>,
    manifest: String,
}

/// A file to be fetched.
struct File {
    href: String,
    name: String,
}

/// Every dump, the newest first.
pub fn dumps(dumps: &[Summary], headers: &HeaderMap, query: Option<&str>) -> Response {
    let lang = lang_of(headers, query);
    let page = Page::new(lang, "about", words(lang).get("dumps.title"));
    let dumps = dumps.iter().map(dump).collect();
    answer(lang, render(&Dumps { page, dumps }))
}

fn dump(dump: &Summary) -> Dump {
    let files = |selection: Selection| -> Vec<File> {
        let names = FileName::of(&selection).map(|name| name.to_string());
        names.map(|name| File { href: format!("/dumps/{}/{name}", dump.name), name }).collect()
    };
    Dump {
        name: dump.name.clone(),
        made: dump.made.strftime("%Y-%m-%d %H:%M").to_string(),
        sequence: dump.sequence,
        graphs: dump.graphs.values().sum(),
        triples: dump.triples.values().sum(),
        archive: files(Selection::Archive),
        links: files(Selection::Part(Part::Links)),
        manifest: format!("/dumps/{}/{MANIFEST}", dump.name),
    }
}
