//! Every syntax that is read or written, with its media type and its extension. Nothing else knows them.

use oxigraph::{
    io::{JsonLdProfileSet, RdfFormat},
    sparql::results::QueryResultsFormat,
};

/// A syntax for graphs and datasets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GraphFormat {
    /// Turtle.
    Turtle,
    /// JSON-LD.
    JsonLd,
    /// `TriG`: Turtle with graphs.
    TriG,
    /// N-Triples.
    NTriples,
    /// N-Quads.
    NQuads,
    /// RDF/XML.
    RdfXml,
}

impl GraphFormat {
    /// Every syntax, the preferred first.
    pub const ALL: [Self; 6] = [Self::Turtle, Self::JsonLd, Self::TriG, Self::NTriples, Self::NQuads, Self::RdfXml];

    /// The media type it is served with.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Turtle => "text/turtle",
            Self::JsonLd => "application/ld+json",
            Self::TriG => "application/trig",
            Self::NTriples => "application/n-triples",
            Self::NQuads => "application/n-quads",
            Self::RdfXml => "application/rdf+xml",
        }
    }

    /// The extension of its files and addresses, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Turtle => "ttl",
            Self::JsonLd => "jsonld",
            Self::TriG => "trig",
            Self::NTriples => "nt",
            Self::NQuads => "nq",
            Self::RdfXml => "rdf",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Turtle => "Turtle",
            Self::JsonLd => "JSON-LD",
            Self::TriG => "TriG",
            Self::NTriples => "N-Triples",
            Self::NQuads => "N-Quads",
            Self::RdfXml => "RDF/XML",
        }
    }

    /// Whether it says which graph a triple stands in.
    #[must_use]
    pub const fn keeps_graphs(self) -> bool {
        matches!(self, Self::TriG | Self::NQuads | Self::JsonLd)
    }

    /// The syntax with this extension.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.extension() == extension)
    }

    /// The syntax with this extension, media type, or name that clients give it, in lower case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let usual = match name {
            "turtle" | "n3" | "text/n3" | "text/rdf+n3" | "application/x-turtle" => Some(Self::Turtle),
            "json-ld" | "application/json" | "json" => Some(Self::JsonLd),
            "ntriples" | "n-triples" | "text/plain" => Some(Self::NTriples),
            "nquads" | "n-quads" => Some(Self::NQuads),
            "rdf+xml" | "rdf/xml" | "xml" | "application/xml" | "text/xml" => Some(Self::RdfXml),
            _ => None,
        };
        usual.or_else(|| Self::from_extension(name)).or_else(|| Self::from_media_type(name))
    }

    /// The syntax of this media type, in lower case and without parameters.
    #[must_use]
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.media_type() == media_type)
    }

    /// The same syntax for the parsers and serializers.
    #[must_use]
    pub fn to_rdf_format(self) -> RdfFormat {
        match self {
            Self::Turtle => RdfFormat::Turtle,
            Self::JsonLd => RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() },
            Self::TriG => RdfFormat::TriG,
            Self::NTriples => RdfFormat::NTriples,
            Self::NQuads => RdfFormat::NQuads,
            Self::RdfXml => RdfFormat::RdfXml,
        }
    }
}

/// A syntax for the solutions of a query, or its yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SolutionsFormat {
    /// SPARQL Query Results JSON.
    Json,
    /// SPARQL Query Results XML.
    Xml,
    /// Comma-separated values.
    Csv,
    /// Tab-separated values.
    Tsv,
}

impl SolutionsFormat {
    /// Every syntax, the preferred first.
    pub const ALL: [Self; 4] = [Self::Json, Self::Xml, Self::Csv, Self::Tsv];

    /// The media type it is served with.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/sparql-results+json",
            Self::Xml => "application/sparql-results+xml",
            Self::Csv => "text/csv",
            Self::Tsv => "text/tab-separated-values",
        }
    }

    /// The extension of its files and addresses, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Json => "srj",
            Self::Xml => "srx",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Xml => "XML",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
        }
    }

    /// The syntax with this name (`json`, `xml`, `csv`, `tsv`) or media type, in lower case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let usual = match name {
            "application/json" => Some(Self::Json),
            "application/xml" | "text/xml" => Some(Self::Xml),
            _ => None,
        };
        let own = |format: &Self| format.name().eq_ignore_ascii_case(name) || format.media_type() == name;
        usual.or_else(|| Self::ALL.into_iter().find(own))
    }

    /// The same syntax for the serializers.
    #[must_use]
    pub fn to_results_format(self) -> QueryResultsFormat {
        match self {
            Self::Json => QueryResultsFormat::Json,
            Self::Xml => QueryResultsFormat::Xml,
            Self::Csv => QueryResultsFormat::Csv,
            Self::Tsv => QueryResultsFormat::Tsv,
        }
    }
}

/// The syntax of an answer, by the form of the query it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnswerFormat {
    /// For SELECT and ASK.
    Solutions(SolutionsFormat),
    /// For CONSTRUCT and DESCRIBE.
    Graph(GraphFormat),
}

impl AnswerFormat {
    /// The media type it is served with.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Solutions(format) => format.media_type(),
            Self::Graph(format) => format.media_type(),
        }
    }

    /// The extension of its files, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Solutions(format) => format.extension(),
            Self::Graph(format) => format.extension(),
        }
    }
}
