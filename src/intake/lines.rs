//! How do pieces of a page become lines?

use std::ops::Range;

/// What stands in lines of its own.
const LINES: [&str; 22] = [
    "address",
    "article",
    "br",
    "caption",
    "dd",
    "details",
    "div",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "form",
    "header",
    "hr",
    "label",
    "legend",
    "li",
    "main",
    "section",
    "summary",
    "td",
    "th",
];
/// What has a blank line around it.
const PARAGRAPHS: [&str; 14] =
    ["blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "tr", "ul"];

/// So many lines in a row that lead elsewhere are a menu.
const MENU: usize = 3;

/// What parts two pieces of text; the wider gap wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing.
    #[default]
    None,
    /// A space.
    Space,
    /// The end of a line.
    Line,
    /// A blank line.
    Paragraph,
}

impl Gap {
    /// The gap before and after an element of this name.
    pub(super) fn around(name: &str) -> Self {
        match name {
            name if PARAGRAPHS.contains(&name) => Self::Paragraph,
            name if LINES.contains(&name) => Self::Line,
            _ => Self::None,
        }
    }
}

/// Text as it is written out: white space becomes the widest gap that was called for.
#[derive(Default)]
pub(super) struct Lines {
    /// What is written so far; it neither begins nor ends with white space.
    pub(super) written: String,
    gap: Gap,
    /// What of it leads elsewhere, in bytes.
    links: Vec<Range<usize>>,
}

impl Lines {
    /// Parts what comes from what was written.
    pub(super) fn part(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    /// Writes words on that lead elsewhere.
    pub(super) fn push_link(&mut self, text: &str) {
        let start = self.written.len();
        self.push(text);
        if start < self.written.len() {
            self.links.push(start..self.written.len());
        }
    }

    /// What is written without menus: lines in a row, at least so many, in which every word leads elsewhere. Where
    /// nothing else is written they stay.
    pub(super) fn without_menus(&self) -> String {
        let mut kept: Vec<&str> = Vec::new();
        // The lines that are links only since the last other one, blank ones between them.
        let (mut menu, mut length): (Vec<&str>, usize) = (Vec::new(), 0);
        let (mut at, mut links) = (0, self.links.iter().peekable());
        for line in self.written.split('\n') {
            let range = at..at + line.len();
            at = range.end + 1;
            let mut is_link = |place: usize| {
                while links.peek().is_some_and(|link| link.end <= place) {
                    links.next();
                }
                links.peek().is_some_and(|link| link.contains(&place))
            };
            let is_blank = !line.contains(char::is_alphanumeric);
            let words = line.char_indices().filter(|(_, c)| c.is_alphanumeric());
            let leads_elsewhere = words.fold(true, |all, (place, _)| is_link(range.start + place) && all);
            if !is_blank && !leads_elsewhere {
                if length < MENU {
                    kept.append(&mut menu);
                }
                (menu, length) = (Vec::new(), 0);
                kept.push(line);
            } else {
                length += usize::from(!is_blank);
                menu.push(line);
            }
        }
        if length < MENU || kept.iter().all(|line| line.trim().is_empty()) {
            kept.append(&mut menu);
        }
        let mut text = kept.join("\n");
        while text.contains("\n\n\n") {
            text = text.replace("\n\n\n", "\n\n");
        }
        text.trim().to_owned()
    }

    /// Writes words on.
    pub(super) fn push(&mut self, text: &str) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.part(Gap::Space);
                continue;
            }
            let between = match std::mem::take(&mut self.gap) {
                _ if self.written.is_empty() => "",
                Gap::None => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Paragraph => "\n\n",
            };
            self.written.push_str(between);
            self.written.push(character);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wider_gap_wins() {
        let mut lines = Lines::default();
        lines.part(Gap::Paragraph);
        lines.push(" one\n two");
        lines.part(Gap::Line);
        lines.push(" ");
        lines.part(Gap::Paragraph);
        lines.push("three");
        assert_eq!(lines.written, "one two\n\nthree");
    }

    #[test]
    fn a_menu_goes_and_links_in_the_text_stay() {
        let mut lines = Lines::default();
        for words in ["Home", "News", "About us", "Contact"] {
            lines.push_link(words);
            lines.part(Gap::Line);
        }
        lines.push("The text names ");
        lines.push_link("a source");
        lines.part(Gap::Paragraph);
        lines.push_link("One source alone");
        lines.part(Gap::Paragraph);
        lines.push("The end.");
        assert_eq!(lines.without_menus(), "The text names a source\n\nOne source alone\n\nThe end.");
        let mut only = Lines::default();
        for words in ["One", "Two", "Three"] {
            only.push_link(words);
            only.part(Gap::Line);
        }
        assert_eq!(only.without_menus(), "One\nTwo\nThree");
    }
}
