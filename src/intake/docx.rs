//! What does a word processor's file (DOCX) say? Its paragraphs become lines, which are read like those of any text.
//!
//! Only the words count: what was deleted with changes tracked is gone, what was inserted stays, footnotes come at the
//! end. Nothing that the file points to is fetched, no macro is looked at, and entities of its own are refused.

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{
    Error, File, Notice, Record,
    lines::{Gap, Lines},
    page::{self, Known},
    text::{decode, squeeze},
    zip::{Zip, fault},
};

/// The parts with words, in the order in which they are read.
const MAIN: &str = "word/document.xml";
const NOTES: [&str; 2] = ["word/footnotes.xml", "word/endnotes.xml"];

/// Reads a file.
pub(super) fn read(bytes: &[u8], limit: usize, file: &File<'_>, notices: &mut Vec<Notice>) -> Result<Record, Error> {
    let zip = Zip::open(bytes, limit)?;
    let mut story = Story::default();
    story.read(MAIN, &zip.text(MAIN)?)?;
    for name in NOTES {
        if let Some(notes) = zip.text_if_there(name)? {
            story.read(name, &notes)?;
        }
    }
    let text = decode(story.lines.written.as_bytes(), limit, notices)?;
    let title = Some(squeeze(&story.title)).filter(|title| !title.is_empty() && text.contains(title.as_str()));
    let file = File { text: &text, ..*file };
    page::document(&file, Known { title, ..Known::default() }, notices).map(Record::Document)
}

/// The words of a file.
#[derive(Default)]
struct Story {
    lines: Lines,
    /// The words of the first paragraph in the style of a title.
    title: String,
    /// Whether the paragraph that is being read is in that style.
    in_title: bool,
    /// Whether words are being read.
    in_words: bool,
    /// How many elements are open whose words stand elsewhere once more, or are no words of the text.
    unread: usize,
}

impl Story {
    fn read(&mut self, name: &str, xml: &str) -> Result<(), Error> {
        self.lines.part(Gap::Paragraph);
        each_event(name, xml, |event| {
            match event {
                Event::Start(tag) => self.start(tag),
                Event::End(tag) => self.end(tag.local_name().as_ref()),
                Event::Text(text) if self.in_words && self.unread == 0 => {
                    let words = text.unescape().map_err(|error| fault(name, error.to_string()))?;
                    self.words(&words);
                }
                Event::CData(text) if self.in_words && self.unread == 0 => {
                    let words = text.decode().map_err(|error| fault(name, error.to_string()))?;
                    self.words(&words);
                }
                _ => {}
            }
            Ok(())
        })
    }

    fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            b"t" => self.in_words = true,
            b"tab" => self.lines.part(Gap::Space),
            b"br" | b"cr" => self.lines.part(Gap::Line),
            b"p" => self.lines.part(Gap::Paragraph),
            // A picture's words are given twice, for programs old and new.
            b"Fallback" => self.unread += 1,
            b"pStyle" => {
                let style = value(tag, b"val").unwrap_or_default();
                self.in_title = self.title.is_empty() && matches!(style.as_str(), "Title" | "Heading1");
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"t" => self.in_words = false,
            b"p" => {
                self.in_title = false;
                self.lines.part(Gap::Paragraph);
            }
            b"tc" => self.lines.part(Gap::Line),
            b"Fallback" => self.unread = self.unread.saturating_sub(1),
            _ => {}
        }
    }

    fn words(&mut self, words: &str) {
        self.lines.push(words);
        if self.in_title {
            self.title.push_str(words);
        }
    }
}

/// Hands over what stands in some XML, piece by piece. Whatever has a DTD is refused: entities of its own could make a
/// little file as large as one likes, or name other files.
pub(super) fn each_event(
    name: &str,
    xml: &str,
    mut take: impl FnMut(&Event<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(()),
            Ok(Event::DocType(_)) => {
                return Err(fault(
                    name,
                    "it has a document type declaration: expected XML without, and without entities",
                ));
            }
            Ok(event) => take(&event)?,
            Err(error) => {
                let place = reader.error_position();
                return Err(fault(name, format!("byte {place}: {error}")));
            }
        }
    }
}

/// The value of an attribute, whatever its prefix.
pub(super) fn value(tag: &BytesStart<'_>, key: &[u8]) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == key)?;
    found.unescape_value().ok().map(std::borrow::Cow::into_owned)
}
