//! A thing in a few words, in both languages, to be framed by the programs of others.

use askama::Template;

use super::{
    asset,
    layout::{plain, render},
};
use crate::{ask::reconcile::Shown, model::Id, serve::lang::PageLang};

#[derive(Template)]
#[template(path = "preview.html")]
struct Preview {
    lang: PageLang,
    style: &'static str,
    address: String,
    /// The name and the description in the language of the page, then in the other.
    lines: Vec<Line>,
}

struct Line {
    lang: PageLang,
    /// The language of the name, which may have none in that of the line.
    name_lang: String,
    name_dir: &'static str,
    name: String,
    description: String,
}

/// The page; `shown` is the thing in each of the languages of pages.
#[must_use]
pub fn preview(id: &Id, shown: &[Option<Shown>; 2], lang: PageLang) -> String {
    let lines = PageLang::ALL.into_iter().zip(shown).filter_map(|(lang, shown)| {
        let shown = shown.as_ref()?;
        let of_name = shown.lang.clone().unwrap_or_else(|| lang.lang());
        Some(Line {
            lang,
            name_dir: if of_name.is_right_to_left() { "rtl" } else { "ltr" },
            name_lang: of_name.to_string(),
            name: plain(&shown.name),
            description: plain(&shown.description),
        })
    });
    let mut lines: Vec<Line> = lines.collect();
    lines.sort_by_key(|line| line.lang != lang);
    render(&Preview { lang, style: asset::style_path(), address: format!("/{id}?lang={}", lang.tag()), lines })
}
