//! The service description: that there is one, that it is of this endpoint, and that it is put together as its
//! vocabulary wants.

use oxigraph::{
    io::RdfFormat,
    model::{Graph, NamedNode, NamedNodeRef, TermRef, vocab::rdf},
};

use crate::{answer::has, service::Service, suite::parsed};

const SD: &str = "http://www.w3.org/ns/sparql-service-description#";

/// Properties with the class that their subjects are of, and the one of their objects, where that is written down.
const PROPERTIES: [(&str, &str, Option<&str>); 12] = [
    ("endpoint", "Service", None),
    ("feature", "Service", None),
    ("defaultEntailmentRegime", "Service", None),
    ("supportedLanguage", "Service", None),
    ("resultFormat", "Service", None),
    ("inputFormat", "Service", None),
    ("extensionFunction", "Service", None),
    ("defaultDataset", "Service", Some("Dataset")),
    ("availableGraphs", "Service", Some("GraphCollection")),
    ("defaultGraph", "Dataset", Some("Graph")),
    ("namedGraph", "GraphCollection", Some("NamedGraph")),
    ("graph", "NamedGraph", Some("Graph")),
];

const LANGUAGES: [&str; 3] = ["SPARQL10Query", "SPARQL11Query", "SPARQL11Update"];

/// Holds the test of this name.
pub fn hold(service: &Service, name: &str) -> Result<(), String> {
    let reply = service.send("GET", "/sparql", &[("accept", "text/turtle")], None);
    if reply.status != 200 {
        return Err(reply.brief());
    }
    let format =
        RdfFormat::from_media_type(&reply.media_type).ok_or_else(|| format!("{} is no RDF", reply.media_type))?;
    let address = format!("{}/sparql", service.address);
    let graph = parsed(&reply.body, format, &address)?;
    match name {
        "returns-rdf" if graph.is_empty() => Err("the description is empty".to_owned()),
        "returns-rdf" => Ok(()),
        "has-endpoint-triple" => {
            let endpoint = NamedNode::new(address).map_err(|error| error.to_string())?;
            let found = has(&graph, &format!("{SD}endpoint"), TermRef::NamedNode(endpoint.as_ref()));
            if found { Ok(()) } else { Err(format!("no sd:endpoint is {endpoint}")) }
        }
        "conforms-to-schema" => conforms(&graph),
        _ => Err("the test is not known here".to_owned()),
    }
}

fn conforms(graph: &Graph) -> Result<(), String> {
    let is = |term: TermRef<'_>, class: &str| {
        let class = NamedNode::new_unchecked(format!("{SD}{class}"));
        let node = crate::suite::node(term);
        node.is_some_and(|node| {
            graph.triples_for_subject(node).any(|it| it.predicate == rdf::TYPE && it.object == class.as_ref().into())
        })
    };
    if !has(graph, rdf::TYPE.as_str(), NamedNodeRef::new_unchecked(&format!("{SD}Service")).into()) {
        return Err("nothing is an sd:Service".to_owned());
    }
    for triple in graph {
        let Some(local) = triple.predicate.as_str().strip_prefix(SD) else { continue };
        if local == "name" || local == "entailmentRegime" || local == "supportedEntailmentProfile" {
            continue;
        }
        let known =
            PROPERTIES.iter().find(|(name, ..)| *name == local || (local == "languageExtension" && *name == "feature"));
        let (_, subject, object) = known.ok_or_else(|| format!("the vocabulary has no sd:{local}"))?;
        // A dataset is a collection of graphs too.
        let is_dataset = *subject == "GraphCollection" && is(triple.subject.into(), "Dataset");
        if !is_dataset && !is(triple.subject.into(), subject) {
            return Err(format!("{} has sd:{local} but is no sd:{subject}", triple.subject));
        }
        if object.is_some_and(|class| !is(triple.object, class)) || !triple.object.is_named_node() && object.is_none() {
            return Err(format!("{} is the sd:{local} of something and should not be", triple.object));
        }
        if local == "supportedLanguage"
            && !LANGUAGES.iter().any(|language| triple.object.to_string() == format!("<{SD}{language}>"))
        {
            return Err(format!("{} is no language of the vocabulary", triple.object));
        }
    }
    Ok(())
}
