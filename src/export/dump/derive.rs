//! The other files of a dump, made of the two that were read from the store.

use std::{
    collections::HashSet,
    fs,
    io::{self, BufReader},
    path::Path,
};

use oxigraph::{
    io::{RdfFormat, RdfParser, WriterQuadSerializer},
    model::{GraphName, NamedOrBlankNode, Quad, Term},
};

use super::{DumpError, FileName, Ready, Selection, Unfinished};
use crate::rdf::{Iris, Packer, Part, Summary, vocab::rdf, write};

/// Where quads go.
type Writer = WriterQuadSerializer<Packer<Unfinished>>;

/// Makes a file of a dump.
pub(super) fn derive(folder: &Path, dump: &Summary, wanted: &FileName) -> Result<Ready, DumpError> {
    let iris = Iris::new(&dump.base).map_err(DumpError::other)?;
    if let Selection::Class(class) = &wanted.selection
        && !dump.classes.contains_key(class)
    {
        let classes: Vec<&str> = dump.classes.keys().map(String::as_str).collect();
        return Err(DumpError::Unknown(format!(
            "nothing in the dump is of a class `{class}`: expected one of {}",
            classes.join(", ")
        )));
    }
    let from = match wanted.selection {
        Selection::Part(Part::Links) => FileName::LINKS,
        _ => FileName::ARCHIVE,
    };
    let source = folder.join(from.to_string());
    let read = fs::File::open(&source).and_then(|file| from.packing.read(BufReader::with_capacity(1 << 18, file)));
    let parser =
        RdfParser::from_format(RdfFormat::NQuads).for_reader(BufReader::new(read.map_err(DumpError::io(&source))?));
    let path = folder.join(wanted.to_string());
    let write = || -> io::Result<(Unfinished, u64)> {
        let packer = Packer::new(wanted.packing, Unfinished::new(path.clone())?)?;
        let mut writer = write::serializer(&iris, wanted.format)?.for_writer(packer);
        let quads = parser.map(|quad| quad.map_err(io::Error::other));
        let written = match &wanted.selection {
            Selection::Class(class) => of_class(&iris, class, quads, &mut writer, wanted)?,
            selection => of_graphs(&iris, selection, quads, &mut writer, wanted)?,
        };
        Ok((writer.finish()?.finish()?, written))
    };
    let (unfinished, written) = write().map_err(DumpError::io(&path))?;
    if let (Selection::Source(source), 0) = (&wanted.selection, written) {
        let _ = fs::remove_file(&unfinished.part);
        return Err(DumpError::Unknown(format!(
            "the dump has no graph authority/{source}; its manifest lists all graphs"
        )));
    }
    unfinished.finish().map_err(DumpError::io(&path))
}

/// Writes the graphs of a selection; tells how many quads.
fn of_graphs(
    iris: &Iris,
    selection: &Selection,
    quads: impl Iterator<Item = io::Result<Quad>>,
    writer: &mut Writer,
    wanted: &FileName,
) -> io::Result<u64> {
    let mut written = 0;
    // Whole graphs follow each other, so that each is looked at once.
    let (mut graph, mut is_wanted) = (GraphName::DefaultGraph, false);
    for quad in quads {
        let quad = quad?;
        if quad.graph_name != graph {
            graph.clone_from(&quad.graph_name);
            is_wanted = selects(iris, selection, &graph);
        }
        if is_wanted {
            put(writer, &quad, wanted)?;
            written += 1;
        }
    }
    Ok(written)
}

fn selects(iris: &Iris, selection: &Selection, graph: &GraphName) -> bool {
    let GraphName::NamedNode(graph) = graph else { return false };
    match selection {
        // The file of links holds nothing else.
        Selection::Archive | Selection::Part(Part::Links) => true,
        Selection::Part(part) => Part::of(iris, graph.as_ref()) == Some(*part),
        Selection::Source(source) => *graph == iris.authority_graph(source),
        Selection::Class(_) => false,
    }
}

/// Writes the things of a class, each as the graphs describe it in which it has the class.
fn of_class(
    iris: &Iris,
    class: &str,
    quads: impl Iterator<Item = io::Result<Quad>>,
    writer: &mut Writer,
    wanted: &FileName,
) -> io::Result<u64> {
    let class = Term::from(iris.term(class));
    let mut written = 0;
    let mut graph: Vec<Quad> = Vec::new();
    let mut settle = |graph: &mut Vec<Quad>| -> io::Result<()> {
        let is_it = |quad: &&Quad| quad.predicate == rdf::TYPE && quad.object == class;
        let things: HashSet<NamedOrBlankNode> = graph.iter().filter(is_it).map(|quad| quad.subject.clone()).collect();
        for quad in graph.drain(..).filter(|quad| things.contains(&quad.subject)) {
            put(writer, &quad, wanted)?;
            written += 1;
        }
        Ok(())
    };
    for quad in quads {
        let quad = quad?;
        if graph.last().is_some_and(|last| last.graph_name != quad.graph_name) {
            settle(&mut graph)?;
        }
        graph.push(quad);
    }
    settle(&mut graph)?;
    Ok(written)
}

fn put(writer: &mut Writer, quad: &Quad, wanted: &FileName) -> io::Result<()> {
    if wanted.format.keeps_graphs() { writer.serialize_quad(quad) } else { writer.serialize_triple(quad.as_ref()) }
}
