//! Which term do these words mean? A vocabulary is handed in; this layer does not know where it is kept.

use std::collections::BTreeMap;

use super::text::fold;

/// The terms of every scheme with the labels they go by, in any language.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    schemes: BTreeMap<String, Scheme>,
}

/// The terms of one scheme, and which term each folded label means.
#[derive(Clone, Debug, Default)]
struct Scheme {
    terms: Vec<String>,
    labels: BTreeMap<String, String>,
}

/// The words are neither a term of the scheme nor a label of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{words}` is not in vocab/{scheme}: expected {}", self.expected())]
pub struct Unknown {
    /// The scheme that was asked.
    pub scheme: String,
    /// The words as they came.
    pub words: String,
    /// Every term that would be accepted.
    pub accepted: Vec<String>,
}

impl Unknown {
    fn expected(&self) -> String {
        if self.accepted.is_empty() {
            "nothing, for it has no terms".to_owned()
        } else {
            format!("one of {}, or the label of one", self.accepted.join(", "))
        }
    }
}

impl Vocabulary {
    /// Adds a term of a scheme and the labels it goes by. A label that two terms share means the first of them.
    pub fn add<'a>(&mut self, scheme: &str, term: &str, labels: impl IntoIterator<Item = &'a str>) {
        let scheme = self.schemes.entry(scheme.to_owned()).or_default();
        if !scheme.terms.iter().any(|known| known == term) {
            scheme.terms.push(term.to_owned());
        }
        for label in labels {
            scheme.labels.entry(fold(label)).or_insert_with(|| term.to_owned());
        }
    }

    /// The term of a scheme that the words mean: the term itself or one of its labels, whatever the case.
    pub fn term(&self, scheme: &str, words: &str) -> Result<String, Unknown> {
        let folded = fold(words);
        let found = self.schemes.get(scheme).and_then(|scheme| {
            let term = scheme.terms.iter().find(|term| fold(term) == folded);
            term.or_else(|| scheme.labels.get(&folded)).cloned()
        });
        found.ok_or_else(|| Unknown {
            scheme: scheme.to_owned(),
            words: words.to_owned(),
            accepted: self.schemes.get(scheme).map(|scheme| scheme.terms.clone()).unwrap_or_default(),
        })
    }
}

/// Collects rows of scheme, term and label.
impl<S: AsRef<str>> FromIterator<(S, S, S)> for Vocabulary {
    fn from_iter<I: IntoIterator<Item = (S, S, S)>>(rows: I) -> Self {
        let mut vocabulary = Self::default();
        for (scheme, term, label) in rows {
            vocabulary.add(scheme.as_ref(), term.as_ref(), [label.as_ref()]);
        }
        vocabulary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_found_by_itself_or_by_a_label() {
        let arabic = "\u{643}\u{644}\u{645}\u{629} / \u{625}\u{62d}\u{627}\u{637}\u{629}";
        let vocabulary: Vocabulary = [
            ("document-type", "press-statement", "press statement"),
            ("document-type", "speech", "speech / briefing"),
            ("document-type", "speech", arabic),
        ]
        .into_iter()
        .collect();
        for words in ["speech", "Speech/Briefing", arabic, &arabic.replace(" / ", "/")] {
            assert_eq!(vocabulary.term("document-type", words).as_deref(), Ok("speech"), "{words}");
        }
        assert_eq!(vocabulary.term("document-type", "Press_Statement").as_deref(), Ok("press-statement"));
    }

    #[test]
    fn what_is_unknown_is_answered_with_what_is_known() {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add("adoption", "vetoed", []);
        let error = vocabulary.term("adoption", "burnt").expect_err("is no term").to_string();
        assert_eq!(error, "`burnt` is not in vocab/adoption: expected one of vetoed, or the label of one");
        assert!(vocabulary.term("colour", "red").is_err());
    }
}
