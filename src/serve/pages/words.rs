//! The words of the pages, in each language that pages are written in.
//!
//! They stand in one file a language, under keys that the templates and this folder use. Where a number stands in
//! words, there is a key for each grammatical number of the language (`search.found#few`); elsewhere numbers stand
//! beside a word.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::serve::lang::PageLang;

/// Words by key.
#[derive(Debug)]
pub(super) struct Words(PageLang, BTreeMap<String, String>);

static EN: LazyLock<Words> = LazyLock::new(|| Words::read(PageLang::En, include_str!("words/en.json")));
static AR: LazyLock<Words> = LazyLock::new(|| Words::read(PageLang::Ar, include_str!("words/ar.json")));

/// The words of a language.
pub(super) fn words(lang: PageLang) -> &'static Words {
    match lang {
        PageLang::En => &EN,
        PageLang::Ar => &AR,
    }
}

impl Words {
    fn read(lang: PageLang, text: &str) -> Self {
        Self(lang, serde_json::from_str(text).expect("a test reads the files of words"))
    }

    /// The words under a key; the key itself where there are none.
    pub(super) fn get<'a>(&'static self, key: &'a str) -> &'a str {
        self.find(key).unwrap_or(key)
    }

    /// The words under a key.
    pub(super) fn find(&'static self, key: &str) -> Option<&'static str> {
        self.1.get(key).map(String::as_str)
    }

    /// The words under the keys that begin so, as JSON, by the rest of the key: for what a browser adds to a page.
    pub(super) fn under(&'static self, start: &str) -> String {
        let rest = self.1.iter().filter_map(|(key, words)| Some((key.strip_prefix(start)?, words.as_str())));
        serde_json::to_string(&rest.collect::<BTreeMap<_, _>>()).unwrap_or_default()
    }

    /// The words for so many things, with the number where `{n}` stands.
    pub(super) fn counted(&'static self, key: &str, n: u64) -> String {
        let words = self.find(&format!("{key}#{}", number_of(self.0, n))).unwrap_or("{n}");
        words.replace("{n}", &n.to_string())
    }
}

/// The grammatical number that goes with a number of things (CLDR).
fn number_of(lang: PageLang, n: u64) -> &'static str {
    match (lang, n, n % 100) {
        (_, 1, _) => "one",
        (PageLang::Ar, 0, _) => "zero",
        (PageLang::Ar, 2, _) => "two",
        (PageLang::Ar, _, 3..=10) => "few",
        (PageLang::Ar, _, 11..=99) => "many",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn both_languages_have_the_same_keys_and_no_empty_word() {
        let key = |key: &'static String| key.split('#').next().unwrap_or_default();
        let keys = |words: &'static Words| words.1.keys().map(key).collect::<BTreeSet<_>>();
        assert_eq!(keys(&EN), keys(&AR));
        assert!(EN.1.values().chain(AR.1.values()).all(|words| !words.trim().is_empty()));
    }

    #[test]
    fn what_is_counted_has_words_for_every_number_of_its_language() {
        let counted: BTreeSet<&str> = EN.1.keys().filter_map(|key| Some(key.split_once('#')?.0)).collect();
        assert!(!counted.is_empty());
        for key in counted {
            for words in [&*EN, &*AR] {
                for n in [0, 1, 2, 3, 11, 100, 102, 103, 111] {
                    let number = number_of(words.0, n);
                    assert!(words.find(&format!("{key}#{number}")).is_some(), "{:?}: {key}#{number}", words.0);
                }
            }
        }
        let arabic = [0, 1, 2, 3, 10, 11, 99, 100, 102, 103].map(|n| number_of(PageLang::Ar, n));
        assert_eq!(
            arabic,
            ["zero", "one", "two", "few", "few", "many", "many", "other", "other", "few"],
            "as CLDR has them"
        );
    }

    #[test]
    fn results_are_counted_in_the_grammar_of_arabic() {
        for (n, expected) in [
            (0, "\u{644}\u{627} \u{646}\u{62A}\u{627}\u{626}\u{62C}"),
            (1, "\u{646}\u{62A}\u{64A}\u{62C}\u{629} \u{648}\u{627}\u{62D}\u{62F}\u{629}"),
            (2, "\u{646}\u{62A}\u{64A}\u{62C}\u{62A}\u{627}\u{646}"),
            (3, "3 \u{646}\u{62A}\u{627}\u{626}\u{62C}"),
            (11, "11 \u{646}\u{62A}\u{64A}\u{62C}\u{629}\u{64B}"),
            (100, "100 \u{646}\u{62A}\u{64A}\u{62C}\u{629}"),
            (103, "103 \u{646}\u{62A}\u{627}\u{626}\u{62C}"),
        ] {
            assert_eq!(AR.counted("search.found", n), expected);
        }
        let english = [0, 1, 2, 103].map(|n| EN.counted("search.found", n));
        assert_eq!(english, ["0 results", "1 result", "2 results", "103 results"]);
    }

    #[test]
    fn every_key_that_is_asked_for_exists() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/serve/pages");
        let mut folders = vec![folder];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs::read_to_string(&path).unwrap_or_default();
                for rest in text.split("say(\"").skip(1) {
                    let key = rest.split('"').next().unwrap_or_default();
                    assert!(EN.find(key).is_some(), "{}: there are no words under `{key}`", path.display());
                    seen += 1;
                }
                for rest in text.split(".counted(\"").skip(1) {
                    let key = format!("{}#other", rest.split('"').next().unwrap_or_default());
                    assert!(EN.find(&key).is_some(), "{}: there are no words under `{key}`", path.display());
                }
            }
        }
        assert!(seen > 100, "only {seen} keys were seen");
    }
}
