//! Signposts: typed links from a thing to its metadata, terms and authors, for machines that follow links
//! (<https://signposting.org/>), in a header and as a link set (RFC 9264).

use std::collections::BTreeSet;

use oxigraph::model::{NamedNode, Quad, Term};
use serde_json::{Map, Value, json};

use crate::rdf::{
    GraphFormat, Iris,
    vocab::{isn, rdf},
};

/// The media type of a link set in JSON.
pub const LINKSET_JSON: &str = "application/linkset+json";

/// The media type of a link set as lines of a header.
pub const LINKSET: &str = "application/linkset";

/// What every page about a thing is, to those who follow signposts.
const LANDING_PAGE: &str = "https://schema.org/AboutPage";

/// A typed link from a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signpost {
    /// Where it leads.
    pub target: String,
    /// What stands there.
    pub relation: &'static str,
    /// In which media type, where there are several.
    pub media_type: Option<&'static str>,
}

impl Signpost {
    fn new(relation: &'static str, target: impl Into<String>) -> Self {
        Self { target: target.into(), relation, media_type: None }
    }

    /// As it stands in a header.
    #[must_use]
    pub fn to_header(&self) -> String {
        let media_type = self.media_type.map(|it| format!("; type=\"{it}\"")).unwrap_or_default();
        format!("<{}>; rel=\"{}\"{media_type}", self.target, self.relation)
    }
}

/// The signposts of a thing: `address` is that of its page, `quads` is what is said of it.
#[must_use]
pub fn of(iris: &Iris, thing: &NamedNode, address: &str, quads: &[Quad], licences: &[NamedNode]) -> Vec<Signpost> {
    let said = |predicate: &NamedNode| -> BTreeSet<&str> {
        let its = quads.iter().filter(|quad| quad.subject == thing.clone().into() && quad.predicate == *predicate);
        let targets = its.filter_map(|quad| match &quad.object {
            Term::NamedNode(iri) => Some(iri.as_str()),
            _ => None,
        });
        targets.collect()
    };
    let mut posts = vec![Signpost::new("cite-as", thing.as_str())];
    posts.extend(GraphFormat::ALL.into_iter().map(|format| Signpost {
        media_type: Some(format.media_type()),
        ..Signpost::new("describedby", format!("{address}.{}", format.extension()))
    }));
    posts.push(Signpost::new("type", LANDING_PAGE));
    posts.extend(said(&rdf::TYPE.into_owned()).into_iter().map(|class| Signpost::new("type", class)));
    posts.extend(said(&iris.term(isn::ISSUED_BY)).into_iter().map(|author| Signpost::new("author", author)));
    posts.extend(licences.iter().map(|licence| Signpost::new("license", licence.as_str())));
    for media_type in [LINKSET_JSON, LINKSET] {
        let post = Signpost::new("linkset", format!("{address}/linkset"));
        posts.push(Signpost { media_type: Some(media_type), ..post });
    }
    posts
}

/// The link set of a thing in JSON: what its page points to, and that each description describes it.
#[must_use]
pub fn to_json(posts: &[Signpost], thing: &str, address: &str) -> Value {
    let mut page = Map::from_iter([("anchor".to_owned(), address.into())]);
    for post in posts.iter().filter(|post| post.relation != "linkset") {
        let mut target = json!({ "href": post.target });
        if let Some(media_type) = post.media_type {
            target["type"] = media_type.into();
        }
        if let Value::Array(targets) = page.entry(post.relation).or_insert_with(|| json!([])) {
            targets.push(target);
        }
    }
    let described = posts.iter().filter(|post| post.relation == "describedby");
    let back = described.map(|post| json!({ "anchor": post.target, "describes": [{ "href": thing }] }));
    let all: Vec<Value> = std::iter::once(Value::Object(page)).chain(back).collect();
    json!({ "linkset": all })
}

/// The same as lines of a header.
#[must_use]
pub fn to_text(posts: &[Signpost], thing: &str, address: &str) -> String {
    let page = posts.iter().filter(|post| post.relation != "linkset");
    let page = page.map(|post| format!("{}; anchor=\"{address}\"", post.to_header()));
    let described = posts.iter().filter(|post| post.relation == "describedby");
    let back = described.map(|post| format!("<{thing}>; rel=\"describes\"; anchor=\"{}\"", post.target));
    page.chain(back).collect::<Vec<_>>().join(",\n") + "\n"
}
