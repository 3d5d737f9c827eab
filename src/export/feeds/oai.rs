//! OAI-PMH 2.0: the answers of the protocol. The identifier of a record is the IRI of its graph.

use std::io::{self, Write};

use jiff::Timestamp;
use oxigraph::model::NamedNode;

use super::{Place, dublin_core, second};
use crate::{
    ask::changes::{Content, Item, Set},
    export::xml::{Xml, clean, document, element, empty, text},
    model::Text,
    rdf::{
        GraphFormat, JsonLd, Ontology,
        vocab::{isn, rdf},
        write,
    },
};

const OAI: &str = "http://www.openarchives.org/OAI/2.0/";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// A format of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// Dublin Core.
    DublinCore,
    /// The graph itself, in RDF/XML.
    Rdf,
}

impl Prefix {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::DublinCore, Self::Rdf];

    /// Its name in requests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DublinCore => "oai_dc",
            Self::Rdf => "rdf",
        }
    }

    /// The format with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|prefix| prefix.name() == name)
    }

    fn namespace(self) -> String {
        match self {
            Self::DublinCore => format!("{OAI}oai_dc/"),
            Self::Rdf => "http://www.w3.org/1999/02/22-rdf-syntax-ns#".to_owned(),
        }
    }

    fn schema(self) -> String {
        match self {
            Self::DublinCore => format!("{OAI}oai_dc.xsd"),
            Self::Rdf => format!("{OAI}rdf.xsd"),
        }
    }
}

/// What is wrong with a request, in the words of the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The code.
    pub code: Code,
    /// What is wrong this time.
    pub message: String,
}

/// The codes of the protocol that can come up here; there are always sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// An argument is missing, unknown, repeated or not what it should be.
    BadArgument,
    /// The token is none of ours, or no longer good.
    BadResumptionToken,
    /// There is no such verb.
    BadVerb,
    /// There is no such format.
    CannotDisseminateFormat,
    /// There is no such record.
    IdDoesNotExist,
    /// Nothing fits.
    NoRecordsMatch,
    /// The record has no format, for it was withdrawn.
    NoMetadataFormats,
}

impl Code {
    const fn name(self) -> &'static str {
        match self {
            Self::BadArgument => "badArgument",
            Self::BadResumptionToken => "badResumptionToken",
            Self::BadVerb => "badVerb",
            Self::CannotDisseminateFormat => "cannotDisseminateFormat",
            Self::IdDoesNotExist => "idDoesNotExist",
            Self::NoRecordsMatch => "noRecordsMatch",
            Self::NoMetadataFormats => "noMetadataFormats",
        }
    }
}

/// What an answer is made of, whatever it says.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Where the service is.
    pub place: Place<'a>,
    /// The words of the vocabularies.
    pub ontology: &'a Ontology,
    /// How JSON-LD would be written.
    pub json_ld: &'a JsonLd,
    /// When it is given.
    pub at: Timestamp,
    /// The arguments of the request, where they are good ones.
    pub arguments: &'a [(String, String)],
}

/// Where a list is gone on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resumption {
    /// The token; none on the last page.
    pub token: Option<String>,
    /// How many items the whole list had when it was begun.
    pub size: u64,
    /// How many came on earlier pages.
    pub cursor: u64,
}

impl Answer<'_> {
    /// What is wrong.
    pub fn fault(self, fault: &Fault) -> io::Result<Vec<u8>> {
        self.write(|xml| text(xml, "error", &[("code", fault.code.name())], &fault.message))
    }

    /// What the repository is.
    pub fn identify(self, contact: &str, earliest: Timestamp) -> io::Result<Vec<u8>> {
        let (address, earliest) = (self.place.address("oai"), second(earliest));
        self.write(|xml| {
            element(xml, "Identify", &[], |xml| {
                for (name, value) in [
                    ("repositoryName", "Isnad"),
                    ("baseURL", &address),
                    ("protocolVersion", "2.0"),
                    ("adminEmail", contact),
                    ("earliestDatestamp", &earliest),
                    ("deletedRecord", "persistent"),
                    ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
                ] {
                    text(xml, name, &[], value)?;
                }
                Ok(())
            })
        })
    }

    /// The formats there are.
    pub fn formats(self) -> io::Result<Vec<u8>> {
        self.write(|xml| {
            element(xml, "ListMetadataFormats", &[], |xml| {
                Prefix::ALL.into_iter().try_for_each(|prefix| {
                    element(xml, "metadataFormat", &[], |xml| {
                        text(xml, "metadataPrefix", &[], prefix.name())?;
                        text(xml, "schema", &[], &prefix.schema())?;
                        text(xml, "metadataNamespace", &[], &prefix.namespace())
                    })
                })
            })
        })
    }

    /// The sets there are, with their names.
    pub fn sets(self, sets: &[(Set, Text)]) -> io::Result<Vec<u8>> {
        self.write(|xml| {
            element(xml, "ListSets", &[], |xml| {
                for (set, names) in sets {
                    let Some(spec) = spec(set) else { continue };
                    element(xml, "set", &[], |xml| {
                        text(xml, "setSpec", &[], &spec)?;
                        let name = names.values().map(String::as_str).collect::<Vec<_>>().join(" / ");
                        text(xml, "setName", &[], if name.is_empty() { &spec } else { &name })
                    })?;
                }
                Ok(())
            })
        })
    }

    /// Some records, or their headers where no format is given.
    pub fn list(self, prefix: Option<Prefix>, contents: &[Content], rest: Option<&Resumption>) -> io::Result<Vec<u8>> {
        let verb = if prefix.is_some() { "ListRecords" } else { "ListIdentifiers" };
        self.write(|xml| {
            element(xml, verb, &[], |xml| {
                for content in contents {
                    match prefix {
                        Some(prefix) => self.record(xml, prefix, content)?,
                        None => self.header(xml, content)?,
                    }
                }
                let Some(Resumption { token, size, cursor }) = rest else { return Ok(()) };
                let (size, cursor) = (size.to_string(), cursor.to_string());
                let counts = [("completeListSize", size.as_str()), ("cursor", &cursor)];
                text(xml, "resumptionToken", &counts, token.as_deref().unwrap_or_default())
            })
        })
    }

    /// One record.
    pub fn one(self, prefix: Prefix, content: &Content) -> io::Result<Vec<u8>> {
        self.write(|xml| element(xml, "GetRecord", &[], |xml| self.record(xml, prefix, content)))
    }

    fn write(self, content: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<Vec<u8>> {
        let location = format!("{OAI} {OAI}OAI-PMH.xsd");
        let root = [("xmlns", OAI), ("xmlns:xsi", XSI), ("xsi:schemaLocation", &location)];
        let arguments: Vec<(&str, &str)> =
            self.arguments.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        document(|xml| {
            element(xml, "OAI-PMH", &root, |xml| {
                text(xml, "responseDate", &[], &second(self.at))?;
                text(xml, "request", &arguments, &self.place.address("oai"))?;
                content(xml)
            })
        })
    }

    fn header(self, xml: &mut Xml, content: &Content) -> io::Result<()> {
        let item = &content.item;
        let status: &[(&str, &str)] = if item.is_withdrawn() { &[("status", "deleted")] } else { &[] };
        element(xml, "header", status, |xml| {
            text(xml, "identifier", &[], item.graph.as_str())?;
            text(xml, "datestamp", &[], &second(item.at))?;
            sets_of(self.place, content).iter().filter_map(spec).try_for_each(|spec| text(xml, "setSpec", &[], &spec))
        })
    }

    fn record(self, xml: &mut Xml, prefix: Prefix, content: &Content) -> io::Result<()> {
        element(xml, "record", &[], |xml| {
            self.header(xml, content)?;
            if content.item.is_withdrawn() {
                return Ok(());
            }
            element(xml, "metadata", &[], |xml| match prefix {
                Prefix::DublinCore => self.dublin_core(xml, content),
                Prefix::Rdf => self.graph(xml, content),
            })?;
            content.item.licence.as_ref().map_or(Ok(()), |licence| rights(xml, licence))
        })
    }

    fn dublin_core(self, xml: &mut Xml, content: &Content) -> io::Result<()> {
        let namespace = Prefix::DublinCore.namespace();
        let location = format!("{namespace} {}", Prefix::DublinCore.schema());
        let root = [
            ("xmlns:oai_dc", namespace.as_str()),
            ("xmlns:dc", DC),
            ("xmlns:xsi", XSI),
            ("xsi:schemaLocation", &location),
        ];
        element(xml, "oai_dc:dc", &root, |xml| {
            for (name, lang, words) in dublin_core::elements(self.place, self.ontology, content) {
                let lang: Vec<(&str, &str)> = lang.iter().map(|lang| ("xml:lang", lang.as_str())).collect();
                text(xml, &format!("dc:{name}"), &lang, &words)?;
            }
            Ok(())
        })
    }

    /// The graph is a document of its own, but for its first line.
    fn graph(self, xml: &mut Xml, content: &Content) -> io::Result<()> {
        let bytes = write::quads(self.place.iris, self.json_ld, GraphFormat::RdfXml, &content.quads)?;
        let whole = std::str::from_utf8(&bytes).map_err(io::Error::other)?;
        let root = whole.find("<rdf:RDF").map_or(whole, |start| &whole[start..]);
        // A parser takes the end of a line by any other name where it is not written as a number.
        xml.get_mut().write_all(clean(root).replace('\r', "&#13;").as_bytes())
    }
}

/// Under which terms a record may be used, as the protocol's guidelines have it.
fn rights(xml: &mut Xml, licence: &NamedNode) -> io::Result<()> {
    let (namespace, location) = (format!("{OAI}rights/"), format!("{OAI}rights/ {OAI}rights.xsd"));
    let root = [("xmlns", namespace.as_str()), ("xmlns:xsi", XSI), ("xsi:schemaLocation", &location)];
    element(xml, "about", &[], |xml| {
        element(xml, "rights", &root, |xml| empty(xml, "rightsReference", &[("ref", licence.as_str())]))
    })
}

/// The name of a set in requests; none where the protocol's letters do not suffice for it.
#[must_use]
pub fn spec(set: &Set) -> Option<String> {
    let plain = |key: &str| key.chars().all(|c| c.is_ascii_alphanumeric() || "-_.!~*'()".contains(c));
    match set {
        Set::All => None,
        Set::Documents => Some("document".to_owned()),
        Set::OfType(term) => plain(term).then(|| format!("document:{term}")),
        Set::InCollection(key) => plain(key).then(|| format!("collection:{key}")),
        Set::Authorities => Some("authority".to_owned()),
    }
}

/// The sets that an item is in.
fn sets_of(place: Place<'_>, Content { item, quads }: &Content) -> Vec<Set> {
    let Item { graph, .. } = item;
    let thing = place.thing_of(graph);
    if thing == *graph {
        let path = place.iris.relative(graph.as_str()).unwrap_or_default();
        return if path.starts_with("graph/comment/") { Vec::new() } else { vec![Set::Authorities] };
    }
    let (doc_type, collection) = (place.iris.term(isn::DOC_TYPE), place.iris.term(isn::IN_COLLECTION));
    let mut sets = vec![Set::Documents];
    for quad in quads.iter().filter(|quad| quad.subject == thing.clone().into() && quad.predicate != rdf::TYPE) {
        let oxigraph::model::Term::NamedNode(object) = &quad.object else { continue };
        let path = place.iris.relative(object.as_str()).unwrap_or_default();
        let last = |folder: &str| path.strip_prefix(folder).map(ToOwned::to_owned);
        if quad.predicate == doc_type {
            sets.extend(last("vocab/document-type/").map(Set::OfType));
        } else if quad.predicate == collection {
            sets.extend(last("collection/").map(Set::InCollection));
        }
    }
    sets
}
