//! What the archive is, for those who look for data: VoID, and a catalogue in DCAT 3.
//!
//! It is made of the sums that are kept ([`Totals`]) and of the dumps there are; nothing is counted for it. The datasets
//! have addresses of the service; each part of the archive is one, with the terms that its graphs may be used under.

use std::fmt::Write as _;

use oxigraph::{
    io::{RdfFormat, RdfParseError, RdfParser},
    model::Quad,
};

use super::dump::{FileName, Selection};
use crate::{
    rdf::{Iris, Part, Summary},
    views::counts::{Sums, Totals},
};

const PREFIXES: &str = "@prefix void: <http://rdfs.org/ns/void#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
";

/// What is known of the archive.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The address of the service, with a slash at the end.
    pub here: &'a str,
    /// The IRIs of the archive.
    pub iris: &'a Iris,
    /// The number of the last change.
    pub sequence: u64,
    /// How much there is.
    pub totals: &'a Totals,
    /// The dumps, the newest first.
    pub dumps: &'a [Summary],
}

/// What a part is called, in each language.
const fn title(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Documents => ("Documents", "\u{627}\u{644}\u{648}\u{62b}\u{627}\u{626}\u{642}"),
        Part::Authorities => (
            "People, organizations, places and events",
            "\u{627}\u{644}\u{623}\u{634}\u{62e}\u{627}\u{635} \u{648}\u{627}\u{644}\u{645}\u{646}\u{638}\u{645}\u{627}\u{62a} \u{648}\u{627}\u{644}\u{623}\u{645}\u{627}\u{643}\u{646} \u{648}\u{627}\u{644}\u{623}\u{62d}\u{62f}\u{627}\u{62b}",
        ),
        Part::Reviews => (
            "Decisions and assessments",
            "\u{627}\u{644}\u{642}\u{631}\u{627}\u{631}\u{627}\u{62a} \u{648}\u{627}\u{644}\u{62a}\u{642}\u{64a}\u{64a}\u{645}\u{627}\u{62a}",
        ),
        Part::Vocabulary => (
            "Ontology and vocabularies",
            "\u{627}\u{644}\u{623}\u{646}\u{637}\u{648}\u{644}\u{648}\u{62c}\u{64a}\u{627} \u{648}\u{627}\u{644}\u{645}\u{641}\u{631}\u{62f}\u{627}\u{62a}",
        ),
        Part::Provenance => {
            ("Provenance of the graphs", "\u{645}\u{635}\u{62f}\u{631} \u{643}\u{644} \u{631}\u{633}\u{645}")
        }
        Part::Links => (
            "Links proposed by a machine",
            "\u{631}\u{648}\u{627}\u{628}\u{637} \u{627}\u{642}\u{62a}\u{631}\u{62d}\u{62a}\u{647}\u{627} \u{622}\u{644}\u{629}",
        ),
    }
}

impl About<'_> {
    /// The description in the words of VoID: what there is of each class and property, where it leads, how it is had.
    pub fn void(&self) -> Result<Vec<Quad>, RdfParseError> {
        let here = self.here;
        let mut text = format!(
            "{PREFIXES}<{here}.well-known/void> a void:DatasetDescription ; foaf:primaryTopic <{here}dcat#archive> .
<{here}dcat#archive> a void:Dataset ; void:sparqlEndpoint <{here}sparql> ; void:uriSpace \"{base}\" ;
  dct:title \"Isnad\"@en , \"\u{625}\u{633}\u{646}\u{627}\u{62f}\"@ar ; void:vocabulary {ontology} ;
  void:uriLookupEndpoint <{here}> ; void:documents {graphs} ; void:triples {triples} .\n",
            base = self.iris.base(),
            ontology = self.iris.path("ontology"),
            graphs = self.totals.values().map(|sums| sums.graphs).sum::<u64>(),
            triples = self.totals.values().map(Sums::triples).sum::<u64>(),
        );
        for (part, sums) in self.totals {
            self.part(&mut text, *part, sums);
        }
        if let Some(dump) = self.dumps.first() {
            for name in FileName::of(&Selection::Archive) {
                let _ = writeln!(text, "<{here}dcat#archive> void:dataDump <{here}dumps/{}/{name}> .", dump.name);
            }
        }
        parse(&text)
    }

    /// A part as a dataset of its own.
    fn part(&self, text: &mut String, part: Part, sums: &Sums) {
        let here = self.here;
        let dataset = format!("<{here}dcat#{}>", part.name());
        let (en, ar) = title(part);
        let _ = writeln!(
            text,
            "<{here}dcat#archive> void:subset {dataset} . {dataset} a void:Dataset ; dct:title \"{en}\"@en , \"{ar}\"@ar ; \
             void:documents {} ; void:triples {} ; void:classes {} ; void:properties {} .",
            sums.graphs,
            sums.triples(),
            sums.classes.len(),
            sums.properties.len(),
        );
        for (class, things) in &sums.classes {
            let _ = writeln!(text, "{dataset} void:classPartition [ void:class <{class}> ; void:entities {things} ] .");
        }
        for (property, triples) in &sums.properties {
            let _ = writeln!(
                text,
                "{dataset} void:propertyPartition [ void:property <{property}> ; void:triples {triples} ] ."
            );
        }
        for licence in sums.licences.keys() {
            let _ = writeln!(text, "{dataset} dct:license <{licence}> .");
        }
        for ((property, space), triples) in &sums.links {
            let _ = writeln!(
                text,
                "[] a void:Linkset ; void:subjectsTarget {dataset} ; void:linkPredicate <{property}> ; \
                 void:objectsTarget [ a void:Dataset ; void:uriSpace \"{space}\" ] ; void:triples {triples} ."
            );
        }
        if let Some(dump) = self.dumps.first().filter(|dump| dump.triples.contains_key(&part)) {
            for name in FileName::of(&Selection::Part(part)) {
                let _ = writeln!(text, "{dataset} void:dataDump <{here}dumps/{}/{name}> .", dump.name);
            }
        }
    }

    /// The catalogue: the archive and its parts as datasets, the dumps as their versions, the calls as services.
    pub fn catalogue(&self) -> Result<Vec<Quad>, RdfParseError> {
        let here = self.here;
        let mut text = format!(
            "{PREFIXES}<{here}dcat> a dcat:Catalog ; dct:title \"Isnad\"@en , \"\u{625}\u{633}\u{646}\u{627}\u{62f}\"@ar ;
  dcat:dataset <{here}dcat#archive> ; dcat:service <{here}sparql#service> ; foaf:homepage <{here}> .
<{here}dcat#archive> a dcat:DatasetSeries , dcat:Dataset ; dct:title \"Isnad\"@en , \"\u{625}\u{633}\u{646}\u{627}\u{62f}\"@ar ;
  dct:language \"en\" , \"ar\" ; dcat:version \"{version}\" ; dcat:landingPage <{here}about> ;
  dcat:distribution <{here}dcat#sparql> ; foaf:isPrimaryTopicOf <{here}.well-known/void> .
<{here}dcat#sparql> a dcat:Distribution ; dcat:accessURL <{here}sparql> ; dcat:accessService <{here}sparql#service> .
<{here}sparql#service> a dcat:DataService , sd:Service ; dct:title \"SPARQL 1.1\"@en , \"SPARQL 1.1\"@ar ;
  dcat:endpointURL <{here}sparql> ; sd:endpoint <{here}sparql> ; dcat:endpointDescription <{here}openapi.json> , <{here}sparql> ;
  dct:conformsTo <http://www.w3.org/TR/sparql11-protocol/> ; dcat:servesDataset <{here}dcat#archive> .\n",
            version = self.sequence,
        );
        for (part, sums) in self.totals {
            let dataset = format!("<{here}dcat#{}>", part.name());
            let (en, ar) = title(*part);
            let _ = writeln!(
                text,
                "<{here}dcat> dcat:dataset {dataset} . {dataset} a dcat:Dataset ; dct:title \"{en}\"@en , \"{ar}\"@ar ; \
                 dct:isPartOf <{here}dcat#archive> ; dcat:version \"{}\" .",
                self.sequence
            );
            for licence in sums.licences.keys() {
                let _ = writeln!(
                    text,
                    "{dataset} dct:license <{licence}> . <{here}dcat#archive> dct:license <{licence}> ."
                );
            }
            if let Some(dump) = self.dumps.first().filter(|dump| dump.triples.contains_key(part)) {
                self.files(&mut text, &dataset, dump, &Selection::Part(*part));
            }
        }
        for (dump, before) in self.dumps.iter().zip(self.dumps.iter().skip(1).map(Some).chain([None])) {
            self.version(&mut text, dump, before);
        }
        parse(&text)
    }

    /// A dump: a version of the archive that does not change.
    fn version(&self, text: &mut String, dump: &Summary, before: Option<&Summary>) {
        let here = self.here;
        let name = &dump.name;
        let dataset = format!("<{here}dumps/{name}>");
        let _ = writeln!(
            text,
            "<{here}dcat#archive> dcat:hasVersion {dataset} . {dataset} a dcat:Dataset ; dcat:version \"{name}\" ; \
             dct:title \"Isnad {name}\"@en , \"\u{625}\u{633}\u{646}\u{627}\u{62f} {name}\"@ar ; dcat:isVersionOf <{here}dcat#archive> ; \
             dct:issued \"{}\"^^xsd:dateTime ; dcat:inSeries <{here}dcat#archive> ; \
             foaf:page <{here}dumps/{name}/manifest.json> .",
            dump.made
        );
        if let Some(before) = before {
            let _ = writeln!(text, "{dataset} dcat:prev <{here}dumps/{}> .", before.name);
        }
        self.files(text, &dataset, dump, &Selection::Archive);
    }

    /// The files of a selection, as distributions.
    fn files(&self, text: &mut String, dataset: &str, dump: &Summary, selection: &Selection) {
        for name in FileName::of(selection) {
            let file = format!("<{}dumps/{}/{name}>", self.here, dump.name);
            let _ = writeln!(
                text,
                "{dataset} dcat:distribution {file} . {file} a dcat:Distribution ; dcat:downloadURL {file} ; \
                 dcat:mediaType <https://www.iana.org/assignments/media-types/{}> ; \
                 dcat:compressFormat <https://www.iana.org/assignments/media-types/{}> .",
                name.format.media_type(),
                name.media_type(),
            );
        }
    }
}

fn parse(text: &str) -> Result<Vec<Quad>, RdfParseError> {
    RdfParser::from_format(RdfFormat::Turtle).for_slice(text).collect::<Result<_, _>>().map_err(Into::into)
}
