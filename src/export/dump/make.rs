//! One reading of the store, graph by graph, into two files: everything public, and the proposed links apart.
//!
//! Each graph is read as it stands at one moment, while others go on writing; whoever follows the log from the dump's
//! number on comes to the same state as the store. One task reads, another sorts, digests and compresses, and neither
//! holds more than a few graphs.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    mem,
    path::Path,
    sync::mpsc::{SyncSender, sync_channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{BlankNode, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term},
};
use sha2::{Digest, Sha256};
use tokio::{sync::mpsc, task::spawn_blocking};

use super::{DumpError, FileName, MANIFEST, SUMMARY, Unfinished};
use crate::{
    ask::public::{self, Public},
    rdf::{Canonical, GraphRecord, Iris, Manifest, Packer, Part, Summary, canonicalize, hex, vocab::rdf},
    store::{Error, Store},
};

/// So many questions are asked at once.
const AT_ONCE: usize = 2;

/// So many graphs are read in one question.
const GRAPHS_AT_ONCE: usize = 100;

/// Of so many graphs the provenance is read in one question.
const RECORDS_AT_ONCE: usize = 500;

/// So many blocks wait to be compressed.
const BLOCKS: usize = 16;

/// So many bytes are compressed at once.
const BLOCK: usize = 1 << 16;

/// How long a reader waits where the engine has no room for one more question.
const WAIT: Duration = Duration::from_millis(200);

/// What was read, as lines of N-Triples.
enum Read {
    /// Some graphs, in the order of their names.
    Graphs(Vec<(Public, Vec<String>)>),
    /// What the provenance says of some graphs, in the order of their names.
    Provenance(Vec<String>),
}

pub(super) async fn make(store: &Store, folder: &Path) -> Result<Summary, DumpError> {
    let store = &store.patient();
    let sequence = store.last_change().await?;
    let made = Timestamp::now();
    let name = format!("{}-{sequence}", made.strftime("%Y-%m-%d"));
    let whole = folder.join(&name);
    if let Ok(text) = fs::read(whole.join(SUMMARY)) {
        return serde_json::from_slice(&text).map_err(DumpError::other);
    }
    let unfinished = folder.join(format!("{name}.part"));
    let summary = Summary {
        name,
        base: store.iris().base().to_owned(),
        made,
        sequence,
        until: sequence,
        graphs: BTreeMap::new(),
        triples: BTreeMap::new(),
        classes: BTreeMap::new(),
    };
    let (sender, receiver) = mpsc::channel(AT_ONCE);
    let (iris, into) = (store.iris().clone(), unfinished.clone());
    let writing = spawn_blocking(move || write(&iris, &into, receiver));
    let read = read(store, sender).await;
    // Where the writer failed, the reader only knows that nobody listens any more.
    let written = writing.await.map_err(DumpError::other)?;
    let finish = || async {
        let mut written = written?;
        read?;
        let until = store.last_change().await?;
        written.0 = Summary {
            until,
            graphs: written.0.graphs,
            triples: written.0.triples,
            classes: written.0.classes,
            ..summary
        };
        keep(written, &unfinished, &whole)
    };
    let finished = finish().await;
    if finished.is_err() {
        let _ = fs::remove_dir_all(&unfinished);
    }
    finished
}

/// Reads every public graph, and what the provenance says of it.
async fn read(store: &Store, sender: mpsc::Sender<Read>) -> Result<(), Error> {
    let graphs = public::graphs(store).await?;
    let some: Vec<Vec<Public>> = graphs.chunks(GRAPHS_AT_ONCE).map(<[Public]>::to_vec).collect();
    let mut reading = stream::iter(some)
        .map(|some| async move {
            let lines = patiently(|| public::lines(store, &some)).await?;
            Ok::<_, Error>(Read::Graphs(some.into_iter().zip(lines).collect()))
        })
        .buffered(AT_ONCE);
    while let Some(read) = reading.try_next().await? {
        if sender.send(read).await.is_err() {
            return Ok(());
        }
    }
    for some in graphs.chunks(RECORDS_AT_ONCE) {
        let lines = patiently(|| public::provenance(store, some)).await?;
        if sender.send(Read::Provenance(lines)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Asks again where the engine has no room for one more question: visitors come first.
async fn patiently<T, F: Future<Output = Result<T, Error>>>(ask: impl Fn() -> F) -> Result<T, Error> {
    loop {
        match ask().await {
            Err(Error::Busy) => tokio::time::sleep(WAIT).await,
            answer => return answer,
        }
    }
}

/// One of the two files, with its provenance. It is compressed on a thread of its own, which takes longest.
struct File {
    block: String,
    blocks: SyncSender<String>,
    packing: JoinHandle<io::Result<()>>,
    provenance: Sha256,
    records: u64,
}

impl File {
    fn new(folder: &Path, name: &FileName) -> io::Result<Self> {
        let mut packer = Packer::new(name.packing, Unfinished::new(folder.join(name.to_string()))?)?;
        let (blocks, waiting) = sync_channel::<String>(BLOCKS);
        let packing = thread::Builder::new().name("dump".to_owned()).spawn(move || {
            waiting.iter().try_for_each(|block| packer.write_all(block.as_bytes()))?;
            packer.finish().and_then(Unfinished::finish).map(drop)
        })?;
        Ok(Self { block: String::new(), blocks, packing, provenance: Sha256::new(), records: 0 })
    }

    fn finish(self) -> io::Result<()> {
        // Where nobody takes it, what happened is told below.
        let _ = self.blocks.send(self.block);
        drop(self.blocks);
        self.packing.join().unwrap_or_else(|_| Err(gone()))
    }

    /// Writes the lines of a graph in canonical form, with its name.
    fn put(&mut self, text: &str, graph: &NamedNode) -> io::Result<u64> {
        let end = format!("{graph} .\n");
        let mut lines = 0;
        // Within a literal a line break is written otherwise, so this is the end of a line.
        for line in text.split_inclusive(".\n") {
            self.block.push_str(line.strip_suffix(".\n").unwrap_or(line));
            self.block.push_str(&end);
            lines += 1;
            if self.block.len() >= BLOCK {
                let whole = mem::replace(&mut self.block, String::with_capacity(2 * BLOCK));
                self.blocks.send(whole).map_err(|_| gone())?;
            }
        }
        Ok(lines)
    }
}

/// What compresses has ended before its time.
fn gone() -> io::Error {
    io::Error::other("the file could not be written to its end")
}

/// The summary and the records that were gathered while writing.
type Written = (Summary, Vec<GraphRecord>);

fn write(iris: &Iris, folder: &Path, mut receiver: mpsc::Receiver<Read>) -> Result<Written, DumpError> {
    let _ = fs::remove_dir_all(folder);
    let failed = || DumpError::io(folder);
    let mut archive = File::new(folder, &FileName::ARCHIVE).map_err(failed())?;
    let mut links = File::new(folder, &FileName::LINKS).map_err(failed())?;
    let mut records: Vec<GraphRecord> = Vec::new();
    let mut classes = BTreeMap::new();
    let prov = iris.graph("prov");
    let class = format!("{} <{}", rdf::TYPE, iris.path("ontology#").as_str());
    while let Some(read) = receiver.blocking_recv() {
        match read {
            Read::Graphs(graphs) => {
                for (public, lines) in graphs {
                    let Canonical { text, digest } = canonical(lines, records.len())?;
                    let file = if public.part == Part::Links { &mut links } else { &mut archive };
                    let triples = file.put(&text, &public.graph).map_err(failed())?;
                    // A graph that is withdrawn meanwhile is empty.
                    if triples > 0 {
                        if public.part != Part::Links {
                            count(&class, &text, &mut classes);
                        }
                        records.push(record(public, triples, digest));
                    }
                }
            }
            Read::Provenance(said) => {
                let is_link = |line: &String| {
                    let graph = line.split(' ').next().unwrap_or_default().trim_matches(['<', '>']);
                    Part::of(iris, NamedNodeRef::new_unchecked(graph)) == Some(Part::Links)
                };
                let (of_links, others): (Vec<String>, Vec<String>) = said.into_iter().partition(is_link);
                for (file, of) in [(&mut links, of_links), (&mut archive, others)] {
                    let text = canonical(of, records.len())?.text;
                    file.records += file.put(&text, &prov).map_err(failed())?;
                    file.provenance.update(text);
                }
            }
        }
    }
    for (file, part) in [(archive, Part::Provenance), (links, Part::Links)] {
        let (triples, digest) = (file.records, hex(&file.provenance.clone().finalize()));
        file.finish().map_err(failed())?;
        let public = Public { graph: prov.clone(), part, licence: None, source: None };
        records.push(record(public, triples, digest));
    }
    Ok((summary_of(&records, classes), records))
}

fn record(public: Public, triples: u64, sha256: String) -> GraphRecord {
    let Public { graph, part, licence, source } = public;
    GraphRecord { graph: graph.into_string(), part, licence, source, triples, sha256 }
}

/// The counts of a summary; the rest of it is known to whoever reads.
fn summary_of(records: &[GraphRecord], classes: BTreeMap<String, u64>) -> Summary {
    let (mut graphs, mut triples) = (BTreeMap::new(), BTreeMap::new());
    for record in records {
        *graphs.entry(record.part).or_default() += 1;
        *triples.entry(record.part).or_default() += record.triples;
    }
    let (name, base) = (String::new(), String::new());
    Summary { name, base, made: Timestamp::UNIX_EPOCH, sequence: 0, until: 0, graphs, triples, classes }
}

/// Counts the things of each class of the ontology: `class` is how what follows the subject begins.
fn count(class: &str, text: &str, classes: &mut BTreeMap<String, u64>) {
    for line in text.lines() {
        let said = line.split_once(' ').and_then(|(_, said)| said.strip_prefix(class)?.strip_suffix("> ."));
        if let Some(class) = said {
            *classes.entry(class.to_owned()).or_default() += 1;
        }
    }
}

/// The text of a graph and its digest. Its blank nodes get a name that no other graph of the file has for its own.
fn canonical(lines: Vec<String>, graph: usize) -> Result<Canonical, DumpError> {
    let lines = match Canonical::of_ground_lines(lines) {
        Ok(canonical) => return Ok(canonical),
        Err(lines) => lines,
    };
    let parser = RdfParser::from_format(RdfFormat::NTriples);
    let mut quads = parser.for_slice(&lines.concat()).collect::<Result<Vec<Quad>, _>>().map_err(DumpError::other)?;
    let canonical = canonicalize(&quads).map_err(DumpError::other)?;
    let text = if rename_blank_nodes(&mut quads, graph) { sorted(&quads) } else { canonical.text };
    Ok(Canonical { text, digest: canonical.digest })
}

/// Gives blank nodes a name that no other graph of the file has for its own; tells whether there are any.
fn rename_blank_nodes(quads: &mut [Quad], graph: usize) -> bool {
    let rename = |node: &BlankNode| BlankNode::new_unchecked(format!("g{graph}-{}", node.as_str()));
    let mut any = false;
    for quad in quads {
        if let NamedOrBlankNode::BlankNode(node) = &quad.subject {
            (quad.subject, any) = (rename(node).into(), true);
        }
        if let Term::BlankNode(node) = &quad.object {
            (quad.object, any) = (rename(node).into(), true);
        }
    }
    any
}

fn sorted(quads: &[Quad]) -> String {
    let mut lines: Vec<String> =
        quads.iter().map(|quad| format!("{} {} {} .\n", quad.subject, quad.predicate, quad.object)).collect();
    lines.sort_unstable();
    lines.concat()
}

/// Writes what the dump holds, and gives its folder its name: from then on it is there, and does not change.
fn keep((dump, graphs): Written, unfinished: &Path, whole: &Path) -> Result<Summary, DumpError> {
    let put = |name: &str, text: Result<Vec<u8>, serde_json::Error>| {
        let path = unfinished.join(name);
        fs::write(&path, text.map_err(DumpError::other)?).map_err(DumpError::io(&path))
    };
    put(SUMMARY, serde_json::to_vec_pretty(&dump))?;
    let manifest = Manifest { dump, graphs };
    put(MANIFEST, serde_json::to_vec(&manifest))?;
    fs::rename(unfinished, whole).map_err(DumpError::io(whole))?;
    Ok(manifest.dump)
}
