//! Identifiers, relative to the base: `org/hrw`, `doc/hrw-2017-02-13#text-en`, `vocab/stance/affirms`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What an identifier names, told by its first segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `doc/…`: a record or document.
    Document,
    /// `person/…`
    Person,
    /// `org/…`
    Organization,
    /// `place/…`
    Place,
    /// `event/…`
    Event,
    /// `claim/…`
    Claim,
    /// `collection/…`
    Collection,
    /// `vocab/{scheme}/{term}`: a concept of a vocabulary.
    Concept,
}

impl Kind {
    /// Every kind, in the order of the routes.
    pub const ALL: [Self; 8] = [
        Self::Document,
        Self::Person,
        Self::Organization,
        Self::Place,
        Self::Event,
        Self::Claim,
        Self::Collection,
        Self::Concept,
    ];

    /// The first segment of the identifiers of this kind.
    #[must_use]
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Document => "doc",
            Self::Person => "person",
            Self::Organization => "org",
            Self::Place => "place",
            Self::Event => "event",
            Self::Claim => "claim",
            Self::Collection => "collection",
            Self::Concept => "vocab",
        }
    }
}

impl FromStr for Kind {
    type Err = IdError;

    fn from_str(segment: &str) -> Result<Self, IdError> {
        Self::ALL.into_iter().find(|kind| kind.segment() == segment).ok_or_else(|| IdError(segment.to_owned()))
    }
}

/// The identifier of a thing, relative to the base: its path and, for a part of a document, a fragment.
///
/// An identifier is opaque: it is made from what the archive gave and nothing is read from it but its kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

/// The identifier is not one of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an identifier: expected doc/…, person/…, org/…, place/…, event/…, claim/…, collection/… or vocab/scheme/term, \
     in letters, digits and the characters . _ ~ -"
)]
pub struct IdError(pub String);

impl Id {
    /// Makes the identifier of a thing of this kind from a key.
    pub fn new(kind: Kind, key: &str) -> Result<Self, IdError> {
        format!("{}/{key}", kind.segment()).parse()
    }

    /// Names a part of this thing: `doc/x` and `text-en` give `doc/x#text-en`.
    #[must_use]
    pub fn part(&self, fragment: &str) -> Self {
        Self(format!("{}#{fragment}", self.whole()))
    }

    /// The kind of the thing.
    ///
    /// # Panics
    ///
    /// Never: an identifier of no kind cannot be made.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.split('/').next().and_then(|segment| segment.parse().ok()).expect("checked when the identifier was made")
    }

    /// What follows the kind, without a fragment: `hrw` for `org/hrw`.
    #[must_use]
    pub fn key(&self) -> &str {
        let whole = self.whole();
        &whole[whole.find('/').map_or(0, |slash| slash + 1)..]
    }

    /// The identifier without its fragment.
    #[must_use]
    pub fn whole(&self) -> &str {
        self.0.split('#').next().unwrap_or(&self.0)
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Id {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let refuse = || IdError(text.to_owned());
        let (path, fragment) = text.split_once('#').unwrap_or((text, "-"));
        let mut segments = path.split('/');
        let kind: Kind = segments.next().unwrap_or_default().parse().map_err(|_| refuse())?;
        let keys: Vec<&str> = segments.collect();
        let expected = if kind == Kind::Concept { 2 } else { 1 };
        let plain = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "._~-".contains(c));
        if keys.len() == expected && keys.iter().chain([&fragment]).all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(refuse())
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Id {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_tells_its_kind_key_and_part() {
        let id: Id = "doc/hrw-2017-02-13#text-en".parse().unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((id.kind(), id.key(), id.whole()), (Kind::Document, "hrw-2017-02-13", "doc/hrw-2017-02-13"));
        assert_eq!(id.part("c1").as_str(), "doc/hrw-2017-02-13#c1");
    }

    #[test]
    fn what_could_climb_or_break_an_iri_is_refused() {
        for text in ["", "org", "org/", "org/../x", "cow/x", "org/a b", "org/a<b", "vocab/x", "org/a/b", "org/a#"] {
            assert!(text.parse::<Id>().is_err(), "{text}");
        }
    }
}
