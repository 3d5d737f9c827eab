//! The order of the layers, and the size of what stands in them.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each layer may use those before it in this list; those in one row do not know each other.
///
/// Change it only with a reason in the commit.
const LAYERS: [&[&str]; 8] = [
    &["config", "model"],
    &["rdf"],
    &["intake", "link", "store"],
    &["views"],
    &["ask"],
    &["add", "review", "export"],
    &["serve"],
    &["cli"],
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&layer))
}

#[test]
fn no_arrow_points_to_the_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut arrows = 0;
    for file in files(&root) {
        let inside = file.strip_prefix(&root).expect("the file is in the folder");
        let layer = inside.iter().next().map(|part| part.to_string_lossy().replace(".rs", "")).unwrap_or_default();
        let Some(own) = rank(&layer) else { continue };
        let text = fs::read_to_string(&file).expect("the file can be read");
        for other in LAYERS.iter().copied().flatten().filter(|other| **other != layer) {
            let flat: String = text.split_whitespace().collect();
            let used = flat.contains(&format!("crate::{other}"))
                || flat.split("usecrate::{").skip(1).any(|rest| {
                    let block = rest.split(';').next().unwrap_or_default();
                    block.starts_with(&format!("{other}::"))
                        || block.contains(&format!(",{other}::"))
                        || block.contains(&format!(",{other},"))
                });
            if used {
                arrows += 1;
                assert!(rank(other) < Some(own), "{} uses {other}, which stands to its right", inside.display());
            }
        }
    }
    assert!(arrows > 20, "the test sees the arrows there are");
}

#[test]
fn no_file_is_longer_than_600_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in files(&root.join("src")).into_iter().chain(files(&root.join("tests"))) {
        let lines = fs::read_to_string(&file).expect("the file can be read").lines().count();
        assert!(lines <= 600, "{} has {lines} lines", file.display());
    }
}

#[test]
fn every_test_file_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let list = fs::read_to_string(root.join("it.rs")).expect("the list can be read");
    for file in files(&root) {
        let name = file.file_stem().expect("the file has a name").to_string_lossy().into_owned();
        let listed = name == "it" || list.contains(&format!("mod {name};"));
        let inside = file.parent() != Some(root.as_path());
        assert!(listed || inside, "tests/{name}.rs is not listed in tests/it.rs");
    }
}
