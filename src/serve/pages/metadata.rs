//! What a page says of its thing to programs: the tags of reference managers, a description in the words of schema.org,
//! and where it is to be had as a reference; and on which page of its links it is.

use super::{
    layout::{Download, Page, Paging},
    reader::Reader,
    reference::references,
};
use crate::{
    ask::resource::Resource,
    export::{
        cite::{self, Known, Reference, tags},
        profiles::schema_org,
    },
};

/// Adds them to a page.
pub(super) fn add(mut page: Page, reader: &Reader<'_>, resource: &Resource) -> Page {
    let (lang, path) = (reader.lang, resource.id.whole());
    let known = Known { iris: reader.iris(), quads: &resource.quads, labels: reader.labels() };
    page.tags = tags::of(&Reference::of(known, &resource.id, &lang.lang()));
    page.json_ld = data_block(&schema_org::json_ld(&schema_org::of(known, &resource.id)).to_string());
    page.citations = cite::Format::ALL
        .into_iter()
        .map(|format| Download {
            href: format!("/{path}.{}?lang={}", format.extension(), lang.tag()),
            name: format.name(),
            media_type: format.media_type(),
        })
        .collect();
    page.references = references(reader, resource);
    let pages = resource.pages();
    page.paging = (pages > 1).then(|| {
        let address = |number: u64| format!("/{path}?lang={}&page={number}#incoming", lang.tag());
        Paging {
            number: resource.page,
            pages,
            total: resource.incoming_total,
            previous: (resource.page > 1).then(|| address(resource.page - 1)),
            next: (resource.page < pages).then(|| address(resource.page + 1)),
        }
    });
    if resource.page > 1 {
        page.switch = format!("{}&page={}", page.switch, resource.page);
    }
    page
}

/// JSON in which nothing can be taken for the end of the block that it stands in.
fn data_block(json: &str) -> String {
    json.chars().fold(String::with_capacity(json.len()), |mut text, c| {
        match c {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            _ => text.push(c),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_end_the_block_that_it_stands_in() {
        let json = serde_json::json!({ "name": "</script><!-- & \"" });
        let block = data_block(&json.to_string());
        assert!(!block.contains(['<', '>', '&']), "{block}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&block).ok(), Some(json));
    }
}
