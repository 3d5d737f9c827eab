//! The suite as its manifests tell it: which tests there are, of what kind, and with which files.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{Graph, NamedNode, NamedNodeRef, NamedOrBlankNodeRef, TermRef, vocab::rdf},
};

/// Under which IRI the suite's folder is known.
const BASE: &str = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/";

pub const MF: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";

/// The suite's folder.
#[derive(Clone, Debug)]
pub struct Suite {
    root: PathBuf,
}

/// One test.
#[derive(Clone, Debug)]
pub struct Case {
    /// The folder and the last part of its IRI: `add/add01`.
    pub name: String,
    pub folder: String,
    /// The last part of its class: `QueryEvaluationTest`.
    pub kind: String,
    pub node: NamedNode,
    /// The manifest in which it stands.
    pub manifest: Arc<Graph>,
}

impl Suite {
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// All tests that the manifests list, and the one folder that they leave out.
    pub fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        self.read(&self.root.join("manifest-all.ttl"), &mut cases);
        self.read(&self.root.join("http-rdf-update/manifest.ttl"), &mut cases);
        cases
    }

    fn read(&self, path: &Path, cases: &mut Vec<Case>) {
        let manifest = Arc::new(self.graph(path));
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let iri = self.iri(path);
        let iri = NamedNodeRef::new_unchecked(&iri);
        for included in list(&manifest, iri.into(), &format!("{MF}include")) {
            if let TermRef::NamedNode(included) = included {
                self.read(&self.path(included.as_str()), cases);
            }
        }
        for entry in list(&manifest, iri.into(), &format!("{MF}entries")) {
            let TermRef::NamedNode(node) = entry else { continue };
            let kind = object(&manifest, node.into(), rdf::TYPE.as_str()).map(local).unwrap_or_default();
            cases.push(Case {
                name: format!("{folder}/{}", local(entry)),
                folder: folder.clone(),
                kind,
                node: node.into_owned(),
                manifest: Arc::clone(&manifest),
            });
        }
    }

    /// The file that an IRI of the suite means.
    pub fn path(&self, iri: &str) -> PathBuf {
        self.root.join(iri.strip_prefix(BASE).expect("the file belongs to the suite"))
    }

    /// The IRI of a file of the suite.
    pub fn iri(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.root).expect("the file belongs to the suite");
        format!("{BASE}{}", inside.to_string_lossy())
    }

    /// The triples of a file, its relative IRIs resolved against its own.
    pub fn graph(&self, path: &Path) -> Graph {
        let bytes = fs::read(path).unwrap_or_else(|error| panic!("failed to read {}: {error}", path.display()));
        let format = path.extension().and_then(|extension| RdfFormat::from_extension(&extension.to_string_lossy()));
        let format = format.unwrap_or_else(|| panic!("{} is of no known syntax", path.display()));
        parsed(&bytes, format, &self.iri(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub fn text(&self, iri: &str) -> String {
        let path = self.path(iri);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("failed to read {}: {error}", path.display()))
    }
}

/// The triples of a document.
pub fn parsed(bytes: &[u8], format: RdfFormat, base: &str) -> Result<Graph, String> {
    let parser = RdfParser::from_format(format).with_base_iri(base).map_err(|error| error.to_string())?;
    let mut graph = Graph::new();
    for quad in parser.rename_blank_nodes().for_slice(bytes) {
        let quad = quad.map_err(|error| error.to_string())?;
        graph.insert(oxigraph::model::TripleRef::from(quad.as_ref()));
    }
    Ok(graph)
}

/// The one object of a property.
pub fn object<'a>(graph: &'a Graph, subject: NamedOrBlankNodeRef<'_>, predicate: &str) -> Option<TermRef<'a>> {
    graph.object_for_subject_predicate(subject, NamedNodeRef::new_unchecked(predicate))
}

/// All objects of a property.
pub fn objects<'a>(graph: &'a Graph, subject: NamedOrBlankNodeRef<'_>, predicate: &str) -> Vec<TermRef<'a>> {
    let predicate = NamedNode::new_unchecked(predicate);
    graph
        .iter()
        .filter(|triple| triple.subject == subject && triple.predicate == predicate.as_ref())
        .map(|triple| triple.object)
        .collect()
}

/// The members of the list that a property has.
pub fn list<'a>(graph: &'a Graph, subject: NamedOrBlankNodeRef<'_>, predicate: &str) -> Vec<TermRef<'a>> {
    let mut members = Vec::new();
    let mut rest = object(graph, subject, predicate);
    while let Some(node) = rest.and_then(node) {
        members.extend(object(graph, node, rdf::FIRST.as_str()));
        rest = object(graph, node, rdf::REST.as_str());
    }
    members
}

/// A term that can have properties.
pub fn node(term: TermRef<'_>) -> Option<NamedOrBlankNodeRef<'_>> {
    match term {
        TermRef::NamedNode(node) => Some(node.into()),
        TermRef::BlankNode(node) => Some(node.into()),
        _ => None,
    }
}

/// The text of a literal or of an IRI.
pub fn text(term: TermRef<'_>) -> String {
    match term {
        TermRef::NamedNode(node) => node.as_str().to_owned(),
        TermRef::Literal(literal) => literal.value().to_owned(),
        other => other.to_string(),
    }
}

/// The last part of an IRI.
pub fn local(term: TermRef<'_>) -> String {
    let text = text(term);
    text.rsplit(['#', '/']).next().unwrap_or_default().to_owned()
}
