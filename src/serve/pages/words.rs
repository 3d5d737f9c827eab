//! The words of the pages, in each language that pages are written in.
//!
//! They stand in one file a language, under keys that the templates and this folder use; numbers stand beside a
//! word and never inside a sentence, so that no grammar of number is needed.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::serve::lang::PageLang;

/// Words by key.
#[derive(Debug)]
pub(super) struct Words(BTreeMap<String, String>);

static EN: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("words/en.json")));
static AR: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("words/ar.json")));

/// The words of a language.
pub(super) fn words(lang: PageLang) -> &'static Words {
    match lang {
        PageLang::En => &EN,
        PageLang::Ar => &AR,
    }
}

impl Words {
    fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).expect("a test reads the files of words"))
    }

    /// The words under a key; the key itself where there are none.
    pub(super) fn get<'a>(&'static self, key: &'a str) -> &'a str {
        self.find(key).unwrap_or(key)
    }

    /// The words under a key.
    pub(super) fn find(&'static self, key: &str) -> Option<&'static str> {
        self.0.get(key).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn both_languages_have_the_same_keys_and_no_empty_word() {
        let keys = |words: &'static Words| words.0.keys().collect::<BTreeSet<_>>();
        assert_eq!(keys(&EN), keys(&AR));
        assert!(EN.0.values().chain(AR.0.values()).all(|words| !words.trim().is_empty()));
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
            }
        }
        assert!(seen > 100, "only {seen} keys were seen");
    }
}
