//! In whose words is it said?
//!
//! A thing is described in our ontology; on request in the words of schema.org ([`schema_org`]), with RDF 1.2 reifiers in
//! the place of propositions ([`reifiers`]), and, where it is a claim, as a nanopublication ([`nanopublication`]). Which
//! one is wanted is negotiated (W3C, Content Negotiation by Profile). No profile states as a fact what somebody claims.

pub mod nanopublication;
pub mod reifiers;
pub mod schema_org;

use std::io;

use oxigraph::model::Quad;

use crate::{
    model::Kind,
    rdf::{GraphFormat, Iris, JsonLd, write},
};

/// A way to describe a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// In our ontology.
    Isnad,
    /// In the words of schema.org.
    SchemaOrg,
    /// In our ontology, with the reifiers of RDF 1.2.
    Reifiers,
    /// As a nanopublication.
    Nanopublication,
}

impl Profile {
    /// Every profile, the usual one first.
    pub const ALL: [Self; 4] = [Self::Isnad, Self::SchemaOrg, Self::Reifiers, Self::Nanopublication];

    /// Its name in parameters.
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::Isnad => "isnad",
            Self::SchemaOrg => "schema",
            Self::Reifiers => "rdf12",
            Self::Nanopublication => "nanopub",
        }
    }

    /// Its IRI.
    #[must_use]
    pub fn iri(self, iris: &Iris) -> String {
        match self {
            Self::Isnad => iris.path("ontology").into_string(),
            Self::SchemaOrg => "https://schema.org/".to_owned(),
            Self::Reifiers => "https://www.w3.org/TR/rdf12-concepts/".to_owned(),
            Self::Nanopublication => "http://www.nanopub.org/nschema#".to_owned(),
        }
    }

    /// The profile with this name or IRI; of schema.org with and without its last slash, by either scheme.
    #[must_use]
    pub fn find(iris: &Iris, name: &str) -> Option<Self> {
        let plain = |iri: &str| iri.trim_end_matches(['/', '#']).replacen("http://", "https://", 1);
        Self::ALL.into_iter().find(|it| it.token() == name || plain(&it.iri(iris)) == plain(name))
    }

    /// The syntaxes that can say it, the preferred first.
    #[must_use]
    pub fn syntaxes(self) -> &'static [GraphFormat] {
        use GraphFormat::{JsonLd, NQuads, NTriples, RdfXml, TriG, Turtle};
        match self {
            Self::Isnad => &GraphFormat::ALL,
            Self::SchemaOrg => &[JsonLd, Turtle, TriG, NTriples, NQuads, RdfXml],
            Self::Reifiers => &[Turtle, TriG, NTriples, NQuads],
            Self::Nanopublication => &[TriG, NQuads],
        }
    }

    /// Whether things of a kind are described this way.
    #[must_use]
    pub fn is_of(self, kind: Kind) -> bool {
        self != Self::Nanopublication || kind == Kind::Claim
    }

    /// Writes a description that was made for this profile.
    pub fn write(self, iris: &Iris, json_ld: &JsonLd, format: GraphFormat, quads: &[Quad]) -> io::Result<Vec<u8>> {
        let own = match self {
            Self::SchemaOrg if format == GraphFormat::JsonLd => {
                return Ok(schema_org::json_ld(quads).to_string().into_bytes());
            }
            Self::SchemaOrg => Some(("schema", schema_org::NAMESPACE)),
            Self::Nanopublication => Some(("np", nanopublication::NAMESPACE)),
            Self::Isnad | Self::Reifiers => None,
        };
        let Some((prefix, namespace)) = own.filter(|_| !matches!(format, GraphFormat::NTriples | GraphFormat::NQuads))
        else {
            return write::quads(iris, json_ld, format, quads);
        };
        let serializer = write::serializer(iris, format)?.with_prefix(prefix, namespace).map_err(io::Error::other)?;
        let mut writer = serializer.for_writer(Vec::new());
        for quad in quads {
            if format.keeps_graphs() { writer.serialize_quad(quad)? } else { writer.serialize_triple(quad.as_ref())? }
        }
        writer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_by_its_name_and_by_its_iri() {
        let iris = Iris::new("https://data.example.org/").expect("the base is good");
        for profile in Profile::ALL {
            assert_eq!(Profile::find(&iris, profile.token()), Some(profile));
            assert_eq!(Profile::find(&iris, &profile.iri(&iris)), Some(profile));
        }
        assert_eq!(Profile::find(&iris, "http://schema.org"), Some(Profile::SchemaOrg));
        assert_eq!(Profile::find(&iris, "https://schema.org/Person"), None);
    }
}
