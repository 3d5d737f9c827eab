//! What is in the folder is taken up again, or made anew; never believed where it is not so.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, SystemTime},
};

use oxigraph::store::Store;
use tempfile::tempdir;

use super::{
    super::{super::manifest, Snapshot},
    Both,
    history::{self, Dice},
};

/// Names the folder in which a process of the test's own is to write until it is killed.
const CHILD: &str = "ISNAD_SNAPSHOT_CHILD";

/// Opens a store and its snapshot as the engine does, and waits until it is there.
fn open(folder: &Path) -> Both {
    let both = begin(folder);
    both.snapshot.settle();
    both
}

fn begin(folder: &Path) -> Both {
    let (quads, views) = (folder.join("quads"), folder.join("snapshot"));
    let before = manifest(&quads);
    let store = Store::open(&quads).expect("the store opens");
    let is_own = !before.is_empty() && Snapshot::opened(&views) == Some(before);
    let snapshot = Snapshot::open_with(&store, Some(&views), is_own, &manifest(&quads), Some(60));
    Both::new(store, snapshot)
}

fn bases(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("snapshot")).expect("there is a snapshot");
    let names = entries.map(|entry| entry.expect("it is read").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with("base-")).collect()
}

#[tokio::test]
async fn what_was_committed_is_known_after_opening_again() {
    let folder = tempdir().expect("a folder can be made");
    let mut dice = Dice::new(7);
    for _ in 0..6 {
        let both = open(folder.path());
        let known = bases(folder.path());
        both.is_the_same();
        for _ in 0..dice.below(7) {
            both.change(&dice.update());
            both.is_the_same();
        }
        assert_eq!(known.len(), 1, "one base counts: {known:?}");
    }
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_trusted_is_made_anew() {
    let folder = tempdir().expect("a folder can be made");
    let mut dice = Dice::new(11);
    let changed = |both: &Both, dice: &mut Dice| (0..5).for_each(|_| both.change(&dice.update()));
    let both = open(folder.path());
    (0..8).for_each(|_| changed(&both, &mut dice));
    both.snapshot.settle();
    drop(both);
    // A byte is another.
    let base = folder.path().join("snapshot").join(&bases(folder.path())[0]);
    let file = base.join("spog-2");
    let mut bytes = fs::read(&file).expect("it is read");
    bytes[0] ^= 1;
    fs::write(&file, bytes).expect("it is written");
    let both = open(folder.path());
    both.is_the_same();
    changed(&both, &mut dice);
    drop(both);
    // Somebody else has written to the store.
    let store = Store::open(folder.path().join("quads")).expect("the store opens");
    let other = "INSERT DATA { GRAPH <urn:g:1> { <urn:a> <urn:other> 1 } <urn:a> <urn:other> 1 }";
    store.update(other).expect("it is sound");
    drop(store);
    let both = open(folder.path());
    both.is_the_same();
    both.agrees("SELECT * { ?s <urn:other> ?o }");
    changed(&both, &mut dice);
    drop(both);
    // A file is missing; a write was not ended.
    let base = folder.path().join("snapshot").join(&bases(folder.path())[0]);
    fs::remove_file(base.join("terms")).expect("it is there");
    fs::create_dir_all(folder.path().join("snapshot").join("base-99.new")).expect("it is made");
    let both = open(folder.path());
    both.is_the_same();
    assert_eq!(bases(folder.path()).len(), 1, "what was begun is gone");
}

#[tokio::test]
async fn what_is_in_no_graph_is_left_to_the_store() {
    let folder = tempdir().expect("a folder can be made");
    let store = Store::open(folder.path().join("quads")).expect("the store opens");
    store.update("INSERT DATA { <urn:a> <urn:p> 1 }").expect("it is sound");
    drop(store);
    let both = open(folder.path());
    assert!(both.snapshot.live().is_none());
    both.change("INSERT DATA { GRAPH <urn:g:1> { <urn:a> <urn:p> 2 } }");
    assert!(both.snapshot.live().is_none());
}

#[tokio::test]
async fn a_journal_may_end_in_the_middle_and_say_too_much() {
    let folder = tempdir().expect("a folder can be made");
    let both = open(folder.path());
    both.change("INSERT DATA { GRAPH <urn:g:1> { <urn:a> <urn:p> 1 } }");
    both.change("INSERT DATA { GRAPH <urn:g:1> { <urn:a> <urn:p> 2 } }");
    drop(both);
    let entries = fs::read_dir(folder.path().join("snapshot")).expect("there is a snapshot");
    let journals = entries.map(|entry| entry.expect("it is read").path());
    let journal = journals.filter(|path| path.to_string_lossy().contains("journal-")).max().expect("there is one");
    let mut bytes = fs::read(&journal).expect("it is read");
    // An update that was written down and not committed, and one of which half was written down.
    let text = "#urn:g:9\n<urn:a> <urn:p> \"3\" <urn:g:9> .\n";
    for part in [text.len(), text.len() / 2] {
        bytes.extend_from_slice(&u32::try_from(text.len()).expect("it is short").to_le_bytes());
        bytes.extend_from_slice(&crc32fast::hash(text.as_bytes()).to_le_bytes());
        bytes.extend_from_slice(&text.as_bytes()[..part]);
    }
    fs::write(&journal, bytes).expect("it is written");
    let both = open(folder.path());
    both.is_the_same();
    both.agrees("SELECT ?g { GRAPH ?g {} }");
}

/// Writes without end, where it is told to.
#[tokio::test]
async fn a_process_that_is_killed() {
    let Some(folder) = env::var_os(CHILD) else { return };
    let folder = Path::new(&folder);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("time goes on");
    let mut dice = Dice::new(u64::from(now.subsec_nanos()));
    if dice.below(4) == 0 {
        // Then everything is made anew while it is written to.
        let _ = fs::remove_file(folder.join("snapshot").join("current"));
    }
    let both = begin(folder);
    loop {
        both.change(&dice.update());
    }
}

#[tokio::test]
async fn whoever_is_killed_at_any_moment_loses_nothing_that_was_committed() {
    let folder = tempdir().expect("a folder can be made");
    let own = env::current_exe().expect("this program is known");
    let name = module_path!().split_once("::").map(|(_, path)| format!("{path}::a_process_that_is_killed"));
    let mut dice = Dice::new(5);
    for round in 0..history::rounds(8) {
        let mut child = Command::new(&own)
            .args([name.as_deref().expect("it is in a module"), "--exact", "--quiet"])
            .env(CHILD, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("it can be started");
        thread::sleep(Duration::from_millis(100 + dice.below(700)));
        assert!(child.try_wait().expect("it is a child").is_none(), "round {round}: it ended by itself");
        child.kill().expect("it can be killed");
        child.wait().expect("it is a child");
        let both = open(folder.path());
        both.is_the_same();
        both.agrees("SELECT ?g { GRAPH ?g {} }");
    }
}
