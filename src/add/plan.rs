//! What is to be added, and under which terms.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use oxigraph::model::NamedNode;
use rust_embed::RustEmbed;

use super::Archive;
use crate::{
    intake::{self, Mapping},
    rdf::GraphFormat,
};

/// The files of `data/`.
#[derive(RustEmbed)]
#[folder = "data/"]
struct Starter;

/// The end of the names of mapping files, which lie beside the tables they explain.
const MAPPING: &str = ".mapping.json";

/// Some files, in the order in which they are added.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The files.
    pub files: Vec<File>,
}

/// A file to be added.
#[derive(Clone, Debug)]
pub struct File {
    /// What it is called in reports.
    pub name: String,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Path(PathBuf),
    Bytes(Vec<u8>),
    Included(String),
}

impl File {
    /// A file on disk.
    #[must_use]
    pub fn path(path: PathBuf) -> Self {
        Self { name: path.display().to_string(), content: Content::Path(path) }
    }

    /// A file that came another way.
    #[must_use]
    pub fn bytes(name: String, bytes: Vec<u8>) -> Self {
        Self { name, content: Content::Bytes(bytes) }
    }

    /// Its content; `limit` is in bytes, and a larger file is not read at all.
    pub(super) fn read(&self, limit: usize) -> io::Result<Vec<u8>> {
        match &self.content {
            Content::Bytes(bytes) => Ok(bytes.clone()),
            Content::Included(name) => Starter::get(name)
                .map(|file| file.data.into_owned())
                .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the file is not in the program")),
            Content::Path(path) => {
                let size = fs::metadata(path)?.len();
                if usize::try_from(size).map_or(true, |size| size > limit) {
                    return Err(io::Error::other(format!(
                        "the file has {size} bytes, and at most {limit} are accepted"
                    )));
                }
                fs::read(path)
            }
        }
    }

    /// The mapping that lies beside the file, if there is one.
    pub(super) fn mapping(&self) -> Option<io::Result<String>> {
        let Content::Path(path) = &self.content else { return None };
        let beside = path.with_extension("mapping.json");
        beside.is_file().then(|| fs::read_to_string(beside))
    }
}

impl Plan {
    /// These files.
    #[must_use]
    pub fn of(files: Vec<File>) -> Self {
        Self { files }
    }

    /// The starter archive that comes with the program.
    #[must_use]
    pub fn starter() -> Self {
        let mut names: Vec<String> = Starter::iter()
            .map(std::borrow::Cow::into_owned)
            .filter(|name| name.starts_with("documents/") || name.starts_with("entities/"))
            .collect();
        names.sort();
        let files =
            names.into_iter().map(|name| File { name: format!("data/{name}"), content: Content::Included(name) });
        Self { files: files.collect() }
    }

    /// The files named and, in the order of their names, all that are known by their extension in the folders named.
    pub fn from_paths(paths: &[PathBuf]) -> io::Result<Self> {
        let mut files = Vec::new();
        for path in paths {
            let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
            if fs::metadata(path).map_err(named)?.is_dir() {
                walk(path, &mut files).map_err(named)?;
            } else {
                files.push(File::path(path.clone()));
            }
        }
        Ok(Self { files })
    }
}

/// Whether files with this extension are looked for in a folder.
fn is_read(extension: &str) -> bool {
    intake::extensions().any(|known| known == extension) || GraphFormat::from_extension(extension).is_some()
}

fn walk(folder: &Path, files: &mut Vec<File>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        if name.starts_with('.') || name.ends_with(MAPPING) || name == "README.md" {
            continue;
        }
        if path.is_dir() {
            // A link could lead round in a circle, or out of the folder.
            if !path.is_symlink() {
                walk(&path, files)?;
            }
        } else if path.is_file() && extension.is_some_and(|extension| is_read(&extension)) {
            files.push(File::path(path));
        }
    }
    Ok(())
}

/// How the files are added.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The terms that what is added may be used under: an IRI.
    pub licence: String,
    /// Who adds: the IRI of an agent.
    pub agent: NamedNode,
    /// When.
    pub at: Timestamp,
    /// How foreign tables are read, where no mapping lies beside them.
    pub mapping: Option<Mapping>,
    /// The most bytes of one file.
    pub max_file: usize,
    /// Whether documents that did not change are linked again.
    pub relink: bool,
    /// Whether everything is done but the storing.
    pub dry_run: bool,
}

impl Settings {
    /// The usual settings, from now on.
    #[must_use]
    pub fn new(archive: &Archive, max_file: usize) -> Self {
        Self {
            // Terms that are not stated are not invented: this says that nobody has said anything.
            licence: "http://rightsstatements.org/vocab/UND/1.0/".to_owned(),
            agent: super::actor::at_work(archive.store.iris()),
            at: Timestamp::now(),
            mapping: None,
            max_file,
            relink: false,
            dry_run: false,
        }
    }
}
