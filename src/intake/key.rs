//! Which identifier does a document get? One made from what came with it, never from a counter or a clock.

use super::text::{digest, slug};
use crate::model::{Code, Document, Id, Kind, Reference};

/// The scheme of the numbers by which the archive addresses its pages.
pub(super) const ARCHIVE: &str = "syrian-memory";

/// What an identifier can be made from, the best first.
pub(super) struct Clues<'a> {
    /// The codes of the document, among which may be the archive's number of its page.
    pub(super) codes: &'a [Code],
    /// Who issued it.
    pub(super) issuer: &'a [Reference],
    /// Its symbol.
    pub(super) symbol: Option<&'a str>,
    /// The name of its file, without the extension.
    pub(super) stem: &'a str,
    /// Its text, or the whole file where it has none.
    pub(super) text: &'a str,
}

impl Clues<'_> {
    /// The archive's number; else issuer and symbol; else the name of the file and a digest of the text.
    ///
    /// Where the name gives no slug, the digest alone has to tell documents apart and is twice as long.
    pub(super) fn id(&self) -> Id {
        let key = self.archive_key().or_else(|| self.symbol_key()).unwrap_or_else(|| {
            let digest = digest(self.text);
            slug(self.stem).map_or_else(|| digest[..16].to_owned(), |slug| format!("{slug}-{}", &digest[..8]))
        });
        Id::new(Kind::Document, &key).expect("a key is made of letters, digits and hyphens")
    }

    fn archive_key(&self) -> Option<String> {
        let code = self.codes.iter().find(|code| code.scheme == ARCHIVE)?;
        archive_number(&code.value).map(|number| format!("sm-{number}"))
    }

    fn symbol_key(&self) -> Option<String> {
        let issuer = self.issuer.iter().find_map(|issuer| issuer.id.as_ref())?;
        let (issuer, symbol) = (slug(issuer.key())?, slug(self.symbol?)?);
        Some(if symbol.starts_with(&format!("{issuer}-")) { symbol } else { format!("{issuer}-{symbol}") })
    }
}

/// The 24 hexadecimal digits that stand by themselves in an address or a file name.
pub(super) fn archive_number(text: &str) -> Option<String> {
    let mut runs = text.split(|c: char| !c.is_ascii_alphanumeric());
    let number = |run: &&str| run.len() == 24 && run.bytes().all(|b| b.is_ascii_hexdigit());
    runs.find(number).map(str::to_ascii_lowercase)
}

/// Notes the archive's number among the codes of a document, once.
pub(super) fn add_archive_number(document: &mut Document, number: String) {
    let code = Code { scheme: ARCHIVE.to_owned(), value: number };
    if !document.codes.contains(&code) {
        document.codes.insert(0, code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(codes: &[Code], issuer: &str, symbol: Option<&str>, stem: &str) -> String {
        let issuer = [Reference { id: issuer.parse().ok(), text: None }];
        Clues { codes, issuer: &issuer, symbol, stem, text: "a text" }.id().to_string()
    }

    #[test]
    fn the_best_clue_makes_the_identifier() {
        let number = "0123456789abcdef01234567";
        let code = Code { scheme: ARCHIVE.to_owned(), value: number.to_owned() };
        assert_eq!(id(&[code], "org/un", Some("S/2016/888"), "x"), format!("doc/sm-{number}"));
        assert_eq!(id(&[], "org/un", Some("S/2016/888"), "x"), "doc/un-s-2016-888");
        assert_eq!(id(&[], "", Some("S/2016/888"), "A note_1"), format!("doc/a-note-1-{}", &digest("a text")[..8]));
        assert_eq!(id(&[], "", None, "\u{62d}\u{644}\u{628}"), format!("doc/{}", &digest("a text")[..16]));
    }

    #[test]
    fn an_archive_number_stands_by_itself() {
        let number = "5c9e62b3df644f000155dd8e";
        assert_eq!(archive_number(&format!("page_{number}.html")).as_deref(), Some(number));
        assert_eq!(archive_number(&format!("/archive/documents/{number}?x")).as_deref(), Some(number));
        assert_eq!(archive_number(&format!("{number}0")), None);
    }
}
