//! Do a text and its translation name the same things?
//!
//! `ISNAD_CORPUS` names a folder of texts in pairs, `x.md` in English and `x_ar.md` in Arabic. Of each pair the sets of
//! things that are linked are compared, dates aside: 2 |both| / (|one| + |other|), and |both| / |either|. Some
//! translations are free, so that no linker reaches 1. Without `ISNAD_CORPUS` nothing is tested.
//!
//! `ISNAD_CORPUS=... cargo test agreement -- --nocapture`

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use isnad::{
    link::{Context, Dictionary, link},
    model::{Lang, Target},
};

use crate::starter_names;

fn things(dictionary: &Dictionary, path: &Path, lang: &Lang) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mentions = link(dictionary, &text, lang, &Context::default());
    let ids = mentions.into_iter().filter_map(|mention| match mention.target {
        Target::Entity(id) => Some(id.to_string()),
        _ => None,
    });
    ids.collect()
}

fn share(part: usize, whole: usize) -> f64 {
    let count = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 { 1.0 } else { count(part) / count(whole) }
}

#[test]
fn a_text_and_its_translation_name_the_same() {
    let Some(folder) = env::var_os("ISNAD_CORPUS") else {
        let _ = writeln!(std::io::stderr(), "skipped: ISNAD_CORPUS names no folder");
        return;
    };
    let (names, facts) = starter_names::all();
    let dictionary = Dictionary::new(names, &facts);
    let files = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{e}")).filter_map(|entry| Some(entry.ok()?.path()));
    let mut arabic: Vec<PathBuf> = files.filter(|path| path.to_string_lossy().ends_with("_ar.md")).collect();
    arabic.sort();
    let (mut both, mut one, mut other, mut either, mut pairs) = (0, 0, 0, 0, 0);
    let (mut report, mut differ) = (String::new(), BTreeMap::<String, (u32, u32)>::new());
    for path in arabic {
        let english = PathBuf::from(path.to_string_lossy().replace("_ar.md", ".md"));
        if !english.exists() {
            continue;
        }
        let (en, ar) = (things(&dictionary, &english, &Lang::en()), things(&dictionary, &path, &Lang::ar()));
        let (shared, all) = (en.intersection(&ar).count(), en.union(&ar).count());
        (pairs, both, one, other, either) = (pairs + 1, both + shared, one + en.len(), other + ar.len(), either + all);
        let name = english.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let f1 = share(2 * shared, en.len() + ar.len());
        let _ = writeln!(report, "{f1:.2} {name}");
        for id in en.difference(&ar) {
            let _ = writeln!(report, "    only English: {id}");
            differ.entry(id.clone()).or_default().0 += 1;
        }
        for id in ar.difference(&en) {
            let _ = writeln!(report, "    only Arabic:  {id}");
            differ.entry(id.clone()).or_default().1 += 1;
        }
    }
    let mut most: Vec<(String, (u32, u32))> = differ.into_iter().collect();
    most.sort_by_key(|(_, (en, ar))| std::cmp::Reverse(en + ar));
    let _ = writeln!(report, "most often in one language only:");
    for (id, (en, ar)) in most.iter().take(25) {
        let _ = writeln!(report, "    {id}: {en} English, {ar} Arabic");
    }
    let (f1, jaccard) = (share(2 * both, one + other), share(both, either));
    let _ = writeln!(report, "{pairs} pairs: F1 {f1:.3}, Jaccard {jaccard:.3}");
    let _ = writeln!(std::io::stderr(), "{report}");
    assert!(pairs > 0 && f1 >= 0.85, "{f1}");
}
