//! What is common to everything that leaves as XML: elements whose text XML 1.0 can hold.

use std::{borrow::Cow, io};

use quick_xml::{
    Writer,
    escape::escape,
    events::{BytesDecl, BytesText, Event},
};

/// Where a document is written.
pub(super) type Xml = Writer<Vec<u8>>;

/// The attributes of an element, in their order.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

/// Writes a document.
pub(super) fn document(content: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    content(&mut xml)?;
    Ok(xml.into_inner())
}

/// Writes an element with others in it.
pub(super) fn element(
    xml: &mut Xml,
    name: &str,
    attributes: Attributes<'_>,
    content: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let values = escaped_all(attributes);
    xml.create_element(name).with_attributes(raw(&values)).write_inner_content(content)?;
    Ok(())
}

/// Writes an element with nothing in it.
pub(super) fn empty(xml: &mut Xml, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
    let values = escaped_all(attributes);
    xml.create_element(name).with_attributes(raw(&values)).write_empty()?;
    Ok(())
}

/// Writes an element with text in it.
pub(super) fn text(xml: &mut Xml, name: &str, attributes: Attributes<'_>, text: &str) -> io::Result<()> {
    let values = escaped_all(attributes);
    let text = BytesText::from_escaped(escaped(text));
    xml.create_element(name).with_attributes(raw(&values)).write_text_content(text)?;
    Ok(())
}

fn escaped_all(attributes: Attributes<'_>) -> Vec<(&str, String)> {
    attributes.iter().map(|(name, value)| (*name, escaped(value))).collect()
}

/// Names and values as bytes, which the library takes as they are.
fn raw<'a>(values: &'a [(&'a str, String)]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    values.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()))
}

/// A parser turns ends of lines and tabs into other space where they are not written as numbers.
fn escaped(text: &str) -> String {
    escape(clean(text)).replace('\t', "&#9;").replace('\n', "&#10;").replace('\r', "&#13;")
}

/// A text with the replacement character for whatever XML 1.0 cannot hold, escaped or not.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let is_held =
        |c: char| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.chars().all(is_held) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_held(c) { c } else { char::REPLACEMENT_CHARACTER }).collect())
}
