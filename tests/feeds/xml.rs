//! XML as a tree, names without their prefixes.

use std::collections::BTreeMap;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// An element.
#[derive(Clone, Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub text: String,
    pub children: Vec<Element>,
    /// Where its content stands in the document.
    pub inner: std::ops::Range<usize>,
}

impl Element {
    /// The elements of a name below this one, in their order.
    pub fn all(&self, name: &str) -> Vec<&Self> {
        let mut found: Vec<&Self> = self.children.iter().filter(|child| child.name == name).collect();
        found.extend(self.children.iter().filter(|child| child.name != name).flat_map(|child| child.all(name)));
        found
    }

    pub fn first(&self, name: &str) -> &Self {
        self.all(name).first().unwrap_or_else(|| panic!("there is no {name} in {self:?}"))
    }
}

fn open(start: &BytesStart<'_>, at: usize) -> Element {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("it is UTF-8");
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.expect("the attribute is good");
        let value = attribute.unescape_value().expect("the value is good").into_owned();
        (text(attribute.key.local_name().as_ref()), value)
    });
    let attributes = attributes.filter(|(name, _)| !["xmlns", "xsi", "schemaLocation"].contains(&name.as_str()));
    Element {
        name: text(start.local_name().as_ref()),
        attributes: attributes.collect(),
        inner: at..at,
        ..Element::default()
    }
}

/// Parses a document; what it could not hold is refused.
pub fn parse(document: &str) -> Element {
    let held = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert!(document.chars().all(held), "XML 1.0 cannot hold every character of {document}");
    let mut reader = Reader::from_str(document);
    let mut open_elements = vec![Element::default()];
    loop {
        let before = usize::try_from(reader.buffer_position()).expect("it is short");
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error}: {document}"));
        let after = usize::try_from(reader.buffer_position()).expect("it is short");
        match event {
            Event::Start(start) => open_elements.push(open(&start, after)),
            Event::Empty(start) => {
                open_elements.last_mut().expect("there is a root").children.push(open(&start, after));
            }
            Event::End(_) => {
                let mut done = open_elements.pop().expect("it was opened");
                done.inner.end = before;
                open_elements.last_mut().expect("there is a root").children.push(done);
            }
            Event::Text(text) => {
                let text = text.unescape().expect("the text is good");
                open_elements.last_mut().expect("there is a root").text.push_str(text.trim());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open_elements.len(), 1, "every element is closed");
    open_elements.remove(0)
}
