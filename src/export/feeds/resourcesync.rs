//! ResourceSync 1.1 (ANSI/NISO Z39.99): the graphs as resources that a copy can be kept of.
//!
//! A resource is a graph in canonical N-Quads, so that the digest in the log is the digest of its bytes. The list of
//! changes has the last change of each graph: whoever brings a copy up to date needs no other.

use std::io;

use super::{Place, sitemap::NAMESPACE};
use crate::{
    ask::changes::Item,
    export::xml::{Xml, document, element, empty, text},
    rdf::GraphFormat,
    store::ChangeKind,
};

/// The namespace of ResourceSync's own elements.
const TERMS: &str = "http://www.openarchives.org/rs/terms/";

/// A list of resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Those that there are.
    Resources,
    /// Those that have changed.
    Changes,
}

impl List {
    /// What ResourceSync calls it.
    #[must_use]
    pub const fn capability(self) -> &'static str {
        match self {
            Self::Resources => "resourcelist",
            Self::Changes => "changelist",
        }
    }

    /// The list with this file name.
    #[must_use]
    pub fn from_file(name: &str) -> Option<Self> {
        let capability = name.strip_suffix(".xml")?;
        [Self::Resources, Self::Changes].into_iter().find(|list| list.capability() == capability)
    }

    fn path(self) -> String {
        format!("resourcesync/{}.xml", self.capability())
    }

    /// The attributes of the times that the list reaches from and to.
    fn times(self, from: &str, until: Option<&str>) -> Vec<(&'static str, String)> {
        match self {
            Self::Resources => vec![("at", until.unwrap_or(from).to_owned())],
            Self::Changes => [("from", Some(from)), ("until", until)]
                .into_iter()
                .filter_map(|(name, time)| Some((name, time?.to_owned())))
                .collect(),
        }
    }
}

/// A list, or a part of one.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The list.
    pub list: List,
    /// Whether there are other parts.
    pub is_one_of_several: bool,
    /// The time of its first change.
    pub from: &'a str,
    /// The time up to which it will stay as it is: that of its last change, where no other can come.
    pub until: Option<&'a str>,
}

/// Where everything begins: the archive has one set of resources.
pub fn description(place: Place<'_>) -> io::Result<Vec<u8>> {
    urls(|xml| {
        empty(xml, "rs:ln", &[("rel", "describedby"), ("href", &place.address("about"))])?;
        empty(xml, "rs:md", &[("capability", "description")])?;
        capability(xml, place, "capabilitylist")
    })
}

/// What can be had of the set.
pub fn capabilities(place: Place<'_>) -> io::Result<Vec<u8>> {
    urls(|xml| {
        up(xml, place, ".well-known/resourcesync")?;
        empty(xml, "rs:md", &[("capability", "capabilitylist")])?;
        capability(xml, place, List::Resources.capability())?;
        capability(xml, place, List::Changes.capability())
    })
}

/// The parts of a list that has several, each with the times it reaches from and to.
pub fn index(place: Place<'_>, list: List, parts: &[(u64, String, Option<String>)]) -> io::Result<Vec<u8>> {
    let root = [("xmlns", NAMESPACE), ("xmlns:rs", TERMS)];
    let (from, until) =
        parts.first().zip(parts.last()).map_or(("", None), |(first, last)| (&first.1, last.2.as_deref()));
    document(|xml| {
        element(xml, "sitemapindex", &root, |xml| {
            up(xml, place, "resourcesync/capabilitylist.xml")?;
            metadata(xml, list, from, until)?;
            for (number, from, until) in parts {
                element(xml, "sitemap", &[], |xml| {
                    text(xml, "loc", &[], &place.address(&format!("{}?part={number}", list.path())))?;
                    metadata(xml, list, from, until.as_deref())
                })?;
            }
            Ok(())
        })
    })
}

/// A list, or a part of one.
pub fn write(place: Place<'_>, part: Part<'_>, items: &[Item]) -> io::Result<Vec<u8>> {
    urls(|xml| {
        up(xml, place, "resourcesync/capabilitylist.xml")?;
        if part.is_one_of_several {
            empty(xml, "rs:ln", &[("rel", "index"), ("href", &place.address(&part.list.path()))])?;
        }
        metadata(xml, part.list, part.from, part.until)?;
        for item in items.iter().filter(|item| part.list == List::Changes || !item.is_withdrawn()) {
            resource(xml, place, part.list, item)?;
        }
        Ok(())
    })
}

fn resource(xml: &mut Xml, place: Place<'_>, list: List, item: &Item) -> io::Result<()> {
    let (time, hash) = (item.at.to_string(), format!("sha-256:{}", item.digest));
    let mut attributes: Vec<(&str, &str)> = Vec::new();
    if list == List::Changes {
        attributes.extend([("change", change(item.kind)), ("datetime", &time)]);
    }
    if !item.is_withdrawn() {
        attributes.extend([("hash", hash.as_str()), ("type", GraphFormat::NQuads.media_type())]);
    }
    element(xml, "url", &[], |xml| {
        text(xml, "loc", &[], &place.bytes_of(&item.graph))?;
        text(xml, "lastmod", &[], &time)?;
        empty(xml, "rs:md", &attributes)?;
        let thing = place.thing_of(&item.graph);
        for (rel, target) in [
            ("canonical", Some(&item.graph)),
            ("describes", Some(&thing)),
            ("license", item.licence.as_ref()),
            ("via", item.source.as_ref()),
        ] {
            target.map_or(Ok(()), |target| empty(xml, "rs:ln", &[("rel", rel), ("href", target.as_str())]))?;
        }
        Ok(())
    })
}

const fn change(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Created => "created",
        ChangeKind::Updated => "updated",
        ChangeKind::Withdrawn => "deleted",
    }
}

fn urls(content: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<Vec<u8>> {
    document(|xml| element(xml, "urlset", &[("xmlns", NAMESPACE), ("xmlns:rs", TERMS)], content))
}

fn up(xml: &mut Xml, place: Place<'_>, path: &str) -> io::Result<()> {
    empty(xml, "rs:ln", &[("rel", "up"), ("href", &place.address(path))])
}

fn capability(xml: &mut Xml, place: Place<'_>, name: &str) -> io::Result<()> {
    element(xml, "url", &[], |xml| {
        text(xml, "loc", &[], &place.address(&format!("resourcesync/{name}.xml")))?;
        empty(xml, "rs:md", &[("capability", name)])
    })
}

fn metadata(xml: &mut Xml, list: List, from: &str, until: Option<&str>) -> io::Result<()> {
    let times = list.times(from, until);
    let times = times.iter().map(|(name, time)| (*name, time.as_str()));
    let attributes: Vec<(&str, &str)> = [("capability", list.capability())].into_iter().chain(times).collect();
    empty(xml, "rs:md", &attributes)
}
