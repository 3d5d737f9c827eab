//! `isnad link`: what files and standard input name, one after another, without storing anything.

use std::{
    collections::BTreeMap,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use isnad::{
    add::{Archive, File, Plan, Preview, Settings},
    ask::stored,
    export::links::{self, Format, Linked, Setting, Wanted},
    link::{Context, detect, link as link_text},
    model::{Document, Id},
};
use oxigraph::model::NamedNode;

use super::{
    Cli,
    args::{Link, LinkFormat},
    open, show,
    work::ALONE,
};

pub(super) async fn link(cli: &Cli, args: &Link) -> anyhow::Result<ExitCode> {
    let archive = archive(cli).await?;
    let graphs = graphs(&archive, &args.graphs).await?;
    let linker = Linker { archive: &archive, args, graphs, settings: Settings::new(&archive, cli.max_file) };
    let (mut failed, mut first) = (false, true);
    for path in &args.paths {
        let done = match inputs(path) {
            Ok(inputs) => {
                let mut done = Ok(());
                for input in inputs {
                    match linker.one(input, first).await {
                        Ok(()) => first = false,
                        Err(error) => done = done.and(Err(error)),
                    }
                }
                done
            }
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            // A file that cannot be linked does not stop the others.
            writeln!(io::stderr(), "not linked: {}: {error:#}", path.display())?;
            failed = true;
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What is to be linked.
enum Input {
    File(File),
    Text(String),
}

fn inputs(path: &Path) -> anyhow::Result<Vec<Input>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes)?;
        let text = String::from_utf8(bytes)
            .map_err(|error| anyhow::anyhow!("byte {} is not UTF-8", error.utf8_error().valid_up_to()))?;
        return Ok(vec![Input::Text(text)]);
    }
    let plan = Plan::from_paths(&[PathBuf::from(path)])?;
    Ok(plan.files.into_iter().map(Input::File).collect())
}

/// The archive whose names are looked for; where there is none yet, the starter archive.
async fn archive(cli: &Cli) -> anyhow::Result<Archive> {
    let is_folder = cli.store != "memory" && !cli.store.contains("://") && !cli.store.starts_with("query=");
    let is_there = !is_folder || Path::new(&cli.store).exists();
    let archive = if is_there {
        open::archive(cli, ALONE).await?
    } else {
        open::archive(&Cli { store: "memory".to_owned(), ..cli.clone() }, ALONE).await?
    };
    if !is_there || cli.store == "memory" {
        open::fill(&archive, &Plan::starter(), cli.max_file).await?;
    }
    Ok(archive)
}

/// The graphs that are named, which must be there.
async fn graphs(archive: &Archive, names: &[String]) -> anyhow::Result<Vec<NamedNode>> {
    let mut graphs = Vec::new();
    for name in names {
        let base = if name.contains(':') { "" } else { archive.store.iris().base() };
        let graph = NamedNode::new(format!("{base}{name}")).with_context(|| format!("`{name}` is not a graph"))?;
        if !stored::has_graph(&archive.store, &graph).await? {
            bail!("there is no graph `{name}`: expected one such as graph/authority/places");
        }
        graphs.push(graph);
    }
    Ok(graphs)
}

struct Linker<'a> {
    archive: &'a Archive,
    args: &'a Link,
    graphs: Vec<NamedNode>,
    settings: Settings,
}

impl Linker<'_> {
    async fn one(&self, input: Input, first: bool) -> anyhow::Result<()> {
        let mut previews = match input {
            Input::File(file) => self
                .archive
                .preview(&file, &self.settings, &*self.archive.dictionary().await?)
                .map_err(|reason| anyhow::anyhow!("{}: {reason}", file.name))?,
            Input::Text(text) => return self.text(text, first).await,
        };
        if self.args.json || self.args.format == LinkFormat::Table {
            for preview in &mut previews {
                for (_, mentions) in &mut preview.mentions {
                    self.keep(mentions).await?;
                }
            }
            return self.people(&previews);
        }
        let mut texts = Vec::new();
        for preview in previews {
            let layers = preview.document.layers.iter().zip(preview.mentions);
            for (layer, (_, mentions)) in layers {
                let part = preview.document.id.part(&format!("text-{}", layer.lang));
                texts.push(Linked {
                    about: self.archive.store.iris().id(&part),
                    text: layer.text.clone(),
                    lang: layer.lang.clone(),
                    mentions,
                    incidents: None,
                });
            }
        }
        self.programs(texts, first).await
    }

    async fn text(&self, text: String, first: bool) -> anyhow::Result<()> {
        if text.trim().is_empty() {
            bail!("the text is empty");
        }
        let lang = self.args.lang.clone().unwrap_or_else(|| detect(&text));
        let context = Context { issued: self.args.issued.as_ref(), ..Context::default() };
        let mut mentions = link_text(&*self.archive.dictionary().await?, &text, &lang, &context);
        if self.args.json || self.args.format == LinkFormat::Table {
            self.keep(&mut mentions).await?;
            let document = Document::new(Id::new(isnad::model::Kind::Document, "stdin")?);
            return self.people(&[Preview {
                document,
                mentions: vec![(lang.to_string(), mentions)],
                notices: Vec::new(),
            }]);
        }
        let about = links::nameless(&text);
        self.programs(vec![Linked { about, text, lang, mentions, incidents: None }], first).await
    }

    /// Leaves out what is not wanted.
    async fn keep(&self, mentions: &mut Vec<isnad::model::Mention>) -> anyhow::Result<()> {
        let described = if self.graphs.is_empty() {
            None
        } else {
            let things = links::things_of(&*mentions);
            Some(stored::described(&self.archive.store, &things, &self.graphs).await?)
        };
        let is_nif = self.args.format == LinkFormat::Nif;
        let wanted = Wanted {
            types: self.args.types.clone(),
            min_confidence: self.args.min_confidence,
            dates: !is_nif,
            nil: !is_nif,
        };
        wanted.keep(mentions, described.as_ref());
        Ok(())
    }

    /// What people, and programs that know documents, are shown.
    fn people(&self, previews: &[Preview]) -> anyhow::Result<()> {
        if !self.args.json {
            return Ok(show::previews(previews)?);
        }
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, previews)?;
        writeln!(out)?;
        Ok(())
    }

    async fn programs(&self, mut texts: Vec<Linked>, first: bool) -> anyhow::Result<()> {
        let format = match self.args.format {
            LinkFormat::Table | LinkFormat::Json => Format::Json,
            LinkFormat::Csv => Format::Csv,
            LinkFormat::Nif => Format::Nif,
            LinkFormat::Jsonld => Format::Annotations,
        };
        for linked in &mut texts {
            self.keep(&mut linked.mentions).await?;
        }
        let dictionary = self.archive.dictionary().await?;
        let (store, version) = (&self.archive.store, dictionary.version());
        let labels = match format {
            Format::Json | Format::Csv => {
                self.archive.labels.of(store, &self.archive.ontology, version, &links::things(&texts)).await?
            }
            _ => BTreeMap::new(),
        };
        let setting = Setting { iris: store.iris(), dictionary: version, labels: &labels, unit: self.args.unit };
        let written = links::write(&setting, &texts, format);
        // One table has one header.
        let from = if format == Format::Csv && !first { written.find('\n').map_or(0, |end| end + 1) } else { 0 };
        let mut out = io::stdout().lock();
        out.write_all(&written.as_bytes()[from..])?;
        if !written.ends_with('\n') {
            writeln!(out)?;
        }
        Ok(())
    }
}
