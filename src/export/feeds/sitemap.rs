//! Sitemaps: the pages of the documents for search engines, each with the time of its last change.

use std::io;

use super::{Place, second};
use crate::{
    ask::changes::Item,
    export::xml::{Xml, document, element, empty, text},
};

/// The namespace of sitemaps, which ResourceSync builds on.
pub(super) const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// The parts there are.
pub fn index(place: Place<'_>, parts: impl IntoIterator<Item = u64>) -> io::Result<Vec<u8>> {
    document(|xml| {
        element(xml, "sitemapindex", &[("xmlns", NAMESPACE)], |xml| {
            for number in parts {
                let address = place.address(&format!("sitemap.xml?part={number}"));
                element(xml, "sitemap", &[], |xml| text(xml, "loc", &[], &address))?;
            }
            Ok(())
        })
    })
}

/// The pages of some documents, in both languages.
pub fn write(place: Place<'_>, items: &[Item]) -> io::Result<Vec<u8>> {
    let root = [("xmlns", NAMESPACE), ("xmlns:xhtml", "http://www.w3.org/1999/xhtml")];
    document(|xml| {
        element(xml, "urlset", &root, |xml| {
            items.iter().filter(|item| !item.is_withdrawn()).try_for_each(|item| page(xml, place, item))
        })
    })
}

fn page(xml: &mut Xml, place: Place<'_>, item: &Item) -> io::Result<()> {
    let address = place.page_of(&item.graph);
    element(xml, "url", &[], |xml| {
        text(xml, "loc", &[], &address)?;
        text(xml, "lastmod", &[], &second(item.at))?;
        for lang in ["en", "ar"] {
            let href = format!("{address}?lang={lang}");
            empty(xml, "xhtml:link", &[("rel", "alternate"), ("hreflang", lang), ("href", &href)])?;
        }
        Ok(())
    })
}
