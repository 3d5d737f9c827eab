//! The language of a page: `?lang=`, else what the browser asks for, else English.

use crate::model::Lang;

/// A language that pages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PageLang {
    /// English.
    En,
    /// Arabic.
    Ar,
}

impl PageLang {
    /// Both.
    pub const ALL: [Self; 2] = [Self::En, Self::Ar];

    /// Its tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ar => "ar",
        }
    }

    /// Its direction, as HTML writes it.
    #[must_use]
    pub const fn dir(self) -> &'static str {
        match self {
            Self::En => "ltr",
            Self::Ar => "rtl",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Ar,
            Self::Ar => Self::En,
        }
    }

    /// The same as a language of texts.
    #[must_use]
    pub fn lang(self) -> Lang {
        match self {
            Self::En => Lang::en(),
            Self::Ar => Lang::ar(),
        }
    }

    /// Chooses by the `lang` parameter of a query string, then by an `Accept-Language` header.
    #[must_use]
    pub fn choose(query: Option<&str>, accept_language: Option<&str>) -> Self {
        let named = |tag: &str| Self::ALL.into_iter().find(|lang| lang.tag() == tag);
        let asked = query.into_iter().flat_map(|query| query.split('&')).find_map(|pair| pair.strip_prefix("lang="));
        if let Some(lang) = asked.and_then(named) {
            return lang;
        }
        let mut best = (0.0, Self::En);
        for range in accept_language.into_iter().flat_map(|header| header.split(',')) {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim().split('-').next().unwrap_or_default();
            let quality = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0_f32);
            if let Some(lang) = named(&tag.to_ascii_lowercase())
                && quality > best.0
            {
                best = (quality, lang);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_in_the_language_asked_for() {
        for (query, header, lang) in [
            (Some("lang=ar"), Some("en"), PageLang::Ar),
            (Some("x=1&lang=en"), Some("ar"), PageLang::En),
            (Some("lang=fr"), Some("ar-SY,en;q=0.5"), PageLang::Ar),
            (None, Some("fr, ar;q=0.3, en;q=0.7"), PageLang::En),
            (None, None, PageLang::En),
        ] {
            assert_eq!(PageLang::choose(query, header), lang, "{query:?} {header:?}");
        }
    }
}
