//! What the files of a dump are called: what is in them, in which syntax, how compressed.

use std::fmt;

use crate::rdf::{GraphFormat, Packing, Part};

/// The syntaxes that files are written in.
const FORMATS: [GraphFormat; 4] = [GraphFormat::NQuads, GraphFormat::TriG, GraphFormat::Turtle, GraphFormat::JsonLd];

/// A file of a dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName {
    /// What is in it.
    pub selection: Selection,
    /// In which syntax.
    pub format: GraphFormat,
    /// How it is compressed.
    pub packing: Packing,
}

/// What is in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Everything public but the links that a machine proposed.
    Archive,
    /// One part.
    Part(Part),
    /// The things of one class of the ontology, by its local name, as the graphs describe them in which they have it.
    Class(String),
    /// What one source says: the graph `authority/NAME`.
    Source(String),
}

impl FileName {
    /// The file with everything in it, as it is read from the store.
    pub(super) const ARCHIVE: Self =
        Self { selection: Selection::Archive, format: GraphFormat::NQuads, packing: Packing::Gzip };

    /// The file with the proposed links, as they are read from the store.
    pub(super) const LINKS: Self =
        Self { selection: Selection::Part(Part::Links), format: GraphFormat::NQuads, packing: Packing::Gzip };

    /// Takes a name apart, or says what would be one.
    pub fn parse(name: &str) -> Result<Self, String> {
        let (inner, packing) = Packing::split(name);
        let found = inner.rsplit_once('.').and_then(|(stem, extension)| {
            let format = FORMATS.into_iter().find(|format| format.extension() == extension)?;
            Some(Self { selection: Selection::parse(stem)?, format, packing })
        });
        found.filter(|found| found.packing != Packing::Plain).ok_or_else(|| {
            let extensions = FORMATS.map(GraphFormat::extension).join(", ");
            let parts = Part::ALL.map(Part::name).join(", ");
            format!(
                "a dump has no file `{name}`: expected archive, {parts}, class-NAME or source-NAME, \
                 then one of the extensions {extensions}, then .gz or .zst, such as documents.trig.zst"
            )
        })
    }

    /// Every file with this in it.
    pub fn of(selection: &Selection) -> impl Iterator<Item = Self> {
        let packed = |format| [Packing::Gzip, Packing::Zstd].map(|packing| (format, packing));
        let all = FORMATS.into_iter().flat_map(packed);
        all.map(|(format, packing)| Self { selection: selection.clone(), format, packing })
    }

    /// The media type it is served with.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        self.packing.media_type().unwrap_or_else(|| self.format.media_type())
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}{}", self.selection, self.format.extension(), self.packing.suffix())
    }
}

impl Selection {
    fn parse(stem: &str) -> Option<Self> {
        let is_key = |key: &&str| {
            !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if stem == "archive" {
            return Some(Self::Archive);
        }
        if let Some(class) = stem.strip_prefix("class-").filter(is_key) {
            return Some(Self::Class(class.to_owned()));
        }
        if let Some(source) = stem.strip_prefix("source-").filter(is_key) {
            return Some(Self::Source(source.to_owned()));
        }
        Part::ALL.into_iter().find(|part| part.name() == stem).map(Self::Part)
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive => f.write_str("archive"),
            Self::Part(part) => f.write_str(part.name()),
            Self::Class(class) => write!(f, "class-{class}"),
            Self::Source(source) => write!(f, "source-{source}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_it_was_taken_apart_from() {
        for name in ["archive.nq.gz", "links.nq.zst", "class-Person.ttl.gz", "source-places.jsonld.zst"] {
            assert_eq!(FileName::parse(name).map(|it| it.to_string()), Ok(name.to_owned()));
        }
        for name in ["", "archive", "archive.nq", "archive.rdf.gz", "class-.nq.gz", "class-../x.nq.gz", "cows.nq.gz"] {
            assert!(FileName::parse(name).is_err_and(|it| it.contains("documents.trig.zst")), "{name}");
        }
    }
}
