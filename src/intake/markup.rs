//! How may a value of a header be written? Leniently: one or many, a plain string or one a language.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};

use super::text::{language_named, language_or_undetermined};
use crate::model::{Id, Kind, Lang, Reference, Text, Texts};

/// Several values, of which a single one may stand without brackets and none may be left blank.
pub(super) struct List<T>(pub(super) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

/// Reads a [`List`] as a vector.
pub(super) fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    List::deserialize(deserializer).map(|list| list.0)
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or a list of values")
    }

    fn visit_unit<E: Error>(self) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<List<T>, E> {
        if value.trim().is_empty() {
            return Ok(List::default());
        }
        T::deserialize(value.into_deserializer()).map(|value| List(vec![value]))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<List<T>, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<List<T>, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<List<T>, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<List<T>, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<List<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(values)).map(List)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<List<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(entries)).map(|value| List(vec![value]))
    }
}

/// Several wordings as they are written: plain ones, whose language their script tells, or some a language.
#[derive(Default)]
pub(super) struct Wordings {
    plain: Vec<String>,
    by_language: BTreeMap<Tongue, List<String>>,
}

/// A language by its tag or its name.
#[derive(PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct Tongue(Lang);

impl TryFrom<String> for Tongue {
    type Error = String;

    fn try_from(words: String) -> Result<Self, String> {
        let known = language_named(&words).map(Self);
        known.ok_or_else(|| format!("`{words}` is no language: expected a tag such as en or ar"))
    }
}

impl Wordings {
    /// A wording whose language is not said.
    pub(super) fn plain(wording: impl Into<String>) -> Self {
        Self { plain: vec![wording.into()], ..Self::default() }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        let mut all = self.plain.iter().chain(self.by_language.values().flat_map(|list| &list.0));
        all.all(|wording| wording.trim().is_empty())
    }

    /// The wordings of each language.
    pub(super) fn texts(self) -> Texts {
        let mut texts = Texts::new();
        for wording in self.plain {
            texts.entry(language_or_undetermined(&wording)).or_default().push(wording);
        }
        for (Tongue(lang), wordings) in self.by_language {
            texts.entry(lang).or_default().extend(wordings.0);
        }
        for wordings in texts.values_mut() {
            wordings.retain(|wording| !wording.trim().is_empty());
        }
        texts.retain(|_, wordings| !wordings.is_empty());
        texts
    }

    /// One wording a language; an error names the language that has two.
    pub(super) fn text(self) -> Result<Text, String> {
        let one = |(lang, mut wordings): (Lang, Vec<String>)| match (wordings.pop(), wordings.is_empty()) {
            (Some(wording), true) => Ok((lang, wording)),
            _ => Err(format!("two wordings in language {lang}: expected one a language")),
        };
        self.texts().into_iter().map(one).collect()
    }
}

impl<'de> Deserialize<'de> for Wordings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordingsVisitor)
    }
}

struct WordingsVisitor;

impl<'de> Visitor<'de> for WordingsVisitor {
    type Value = Wordings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, or strings by language such as {en: \u{2026}, ar: \u{2026}}")
    }

    fn visit_unit<E: Error>(self) -> Result<Wordings, E> {
        Ok(Wordings::default())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Wordings, E> {
        Ok(Wordings::plain(value))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Wordings, E> {
        Ok(Wordings::plain(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Wordings, E> {
        Ok(Wordings::plain(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Wordings, E> {
        Ok(Wordings::plain(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Wordings, E> {
        Ok(Wordings::plain(value.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<Wordings, A::Error> {
        let plain = Vec::deserialize(SeqAccessDeserializer::new(values))?;
        Ok(Wordings { plain, ..Wordings::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Wordings, A::Error> {
        let by_language = BTreeMap::deserialize(MapAccessDeserializer::new(entries))?;
        Ok(Wordings { by_language, ..Wordings::default() })
    }
}

/// A thing referred to: its identifier, its name, or both as `{id: org/x, text: a name}`.
pub(super) struct Mentioned(pub(super) Reference);

/// The identifier, where the words look like one; else the words as a name.
pub(super) fn reference(words: &str) -> Result<Reference, String> {
    let words = words.trim();
    let looks_like_one = words.split_once('/').is_some_and(|(kind, _)| kind.parse::<Kind>().is_ok());
    if !looks_like_one {
        return Ok(Reference { id: None, text: Some(words.to_owned()) });
    }
    let id = words.parse::<Id>().map_err(|error| error.to_string())?;
    Ok(Reference { id: Some(id), text: None })
}

impl<'de> Deserialize<'de> for Mentioned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected an identifier, a name, or {id: \u{2026}, text: \u{2026}}")]
        enum Form {
            Words(String),
            Both(Both),
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Both {
            id: Id,
            text: String,
        }
        match Form::deserialize(deserializer)? {
            Form::Words(words) => reference(&words).map(Self).map_err(Error::custom),
            Form::Both(Both { id, text }) => Ok(Self(Reference { id: Some(id), text: Some(text) })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wordings(json: &str) -> Result<Text, String> {
        serde_json::from_str::<Wordings>(json).map_err(|error| error.to_string())?.text()
    }

    #[test]
    fn one_value_may_stand_without_brackets() {
        for (json, values) in
            [("[\"a\", \"b\"]", vec!["a", "b"]), ("\"a\"", vec!["a"]), ("null", vec![]), ("7", vec!["7"])]
        {
            let list: List<String> = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(list.0, values);
        }
    }

    #[test]
    fn a_plain_string_has_the_language_of_its_script() {
        let text = wordings("\"\\u062d\\u0644\\u0628\"").expect("is one wording");
        assert_eq!(text.keys().map(Lang::as_str).collect::<Vec<_>>(), ["ar"]);
        assert_eq!(
            wordings("{\"fr\": \"Alep\"}").expect("is one wording").keys().map(Lang::as_str).collect::<Vec<_>>(),
            ["fr"]
        );
        assert!(wordings("{\"en\": [\"a\", \"b\"]}").is_err());
        assert_eq!(wordings("\"\""), Ok(Text::new()));
    }

    #[test]
    fn a_reference_is_an_identifier_or_a_name() {
        assert_eq!(reference("org/hrw").map(|found| found.id.is_some()), Ok(true));
        assert_eq!(reference("and/or").map(|found| found.id.is_some()), Ok(false));
        assert!(reference("org/a b").is_err());
    }
}
