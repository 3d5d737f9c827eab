//! How do pieces of a page become lines?

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
}

impl Lines {
    /// Parts what comes from what was written.
    pub(super) fn part(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
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
}
