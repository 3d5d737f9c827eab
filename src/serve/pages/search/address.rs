//! The address of a search: what it asks for, and the addresses of searches that ask for a little more or less.
//!
//! Pages take the parameters of the calls. Only `lang` is the language of the page to them, as it is everywhere;
//! the filter of that name is called `text-lang`. What a form leaves empty is not asked for.

use crate::serve::{lang::PageLang, pages::layout::query, parameters::pairs};

/// The name that the filter by language has on pages.
pub(super) const TEXT_LANG: &str = "text-lang";

/// The filters that take the identifier of a thing.
pub(super) const THINGS: [&str; 6] = ["place", "organization", "person", "event", "mentions", "source"];

/// What is no filter.
const OWN: [&str; 5] = ["sort", "cursor", "limit", "top", "lang"];

/// The state of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    lang: PageLang,
    pairs: Vec<(String, String)>,
}

impl Address {
    /// Reads the query string of a page.
    pub fn read(text: &str, lang: PageLang) -> Self {
        let given = pairs(text).into_iter().filter(|(name, value)| name != "lang" && !value.trim().is_empty());
        Self { lang, pairs: given.collect() }
    }

    /// A search for what one filter lets through.
    pub fn of(lang: PageLang, name: &str, value: &str) -> Self {
        Self { lang, pairs: vec![(name.to_owned(), value.to_owned())] }
    }

    /// What is asked for, name by name.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The first value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a filter has a value.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.pairs.iter().any(|(known, has)| known == name && has == value)
    }

    /// The identifiers of the things that filters name.
    pub fn things(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(|(name, _)| THINGS.contains(&name.as_str())).map(|(_, value)| value.as_str())
    }

    /// The filters that are on, without the words.
    pub fn filter_pairs(&self) -> impl Iterator<Item = &(String, String)> {
        self.pairs.iter().filter(|(name, _)| name != "q" && !OWN.contains(&name.as_str()))
    }

    /// What other parameters there are.
    pub fn besides(&self, names: &[&str]) -> Vec<(String, String)> {
        self.pairs.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect()
    }

    /// The same search with nothing but these parameters.
    #[must_use]
    pub fn only(&self, names: &[&str]) -> Self {
        let kept = self.pairs.iter().filter(|(name, _)| names.contains(&name.as_str()));
        Self { lang: self.lang, pairs: kept.cloned().collect() }
    }

    /// The same search from its beginning, with one more value of a filter.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut more = self.without(name, value);
        more.pairs.push((name.to_owned(), value.to_owned()));
        more
    }

    /// The same search from its beginning, with one value of a filter less.
    #[must_use]
    pub fn without(&self, name: &str, value: &str) -> Self {
        let kept = self.pairs.iter().filter(|(known, has)| known != "cursor" && !(known == name && has == value));
        Self { lang: self.lang, pairs: kept.cloned().collect() }
    }

    /// The same search with this value of a parameter and no other; from its beginning, unless it is the cursor.
    #[must_use]
    pub fn set(&self, name: &str, value: Option<&str>) -> Self {
        let mut pairs = self.besides(&[name, "cursor"]);
        pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        Self { lang: self.lang, pairs }
    }

    /// The address of the page.
    pub fn page(&self) -> String {
        let own = self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        format!("/search?{}", query([("lang", self.lang.tag())].into_iter().chain(own)))
    }

    /// The query string of a call that asks for the same, with more parameters where they are not given.
    pub fn call(&self, more: &[(&str, &str)]) -> String {
        let more = more.iter().filter(|(name, _)| self.get(name).is_none());
        let own = self.pairs.iter().map(|(name, value)| (call_name(name), value.as_str()));
        query(own.chain(more.copied()))
    }

    /// The words and filters alone, as a query string of a call.
    pub fn filters(&self) -> String {
        let own = self.pairs.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
        query(own.map(|(name, value)| (call_name(name), value.as_str())))
    }
}

fn call_name(name: &str) -> &str {
    if name == TEXT_LANG { "lang" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(query: &str) -> Address {
        Address::read(query, PageLang::Ar)
    }

    #[test]
    fn filters_are_put_on_and_taken_off_and_begin_again_from_the_first_page() {
        let search = address("lang=ar&q=a+b&kind=claim&cursor=x&from=");
        assert_eq!(search.with("place", "place/x").page(), "/search?lang=ar&q=a%20b&kind=claim&place=place%2Fx");
        assert_eq!(search.without("kind", "claim").page(), "/search?lang=ar&q=a%20b");
        assert_eq!(search.set("sort", Some("oldest")).get("cursor"), None);
        assert_eq!(search.with("kind", "claim"), search.without("kind", "claim").with("kind", "claim"));
    }

    #[test]
    fn the_language_of_the_page_is_no_filter_and_that_of_texts_is() {
        let search = address("lang=ar&text-lang=en&cursor=c");
        assert_eq!(search.call(&[("top", "8")]), "lang=en&cursor=c&top=8");
        assert_eq!(search.filters(), "lang=en");
    }
}
