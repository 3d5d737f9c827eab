//! What files say, and how bad ones are refused: `cases/intake/read` and `cases/intake/refused`.
//!
//! Beside each file that is read stands what it says, as JSON without empty values; what is said of each file that is
//! refused stands in `refused.json`. With `ACCEPT=1` in the environment the expectations are written anew: review the
//! difference.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use isnad::intake::{self, Mapping, Record, Vocabulary};
use serde_json::Value;

fn cases(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/intake").join(folder)
}

fn text_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn vocabulary() -> Vocabulary {
    let rows = text_of(&cases("vocabulary.csv"));
    let row = |line: &str| {
        let cells: Vec<String> = line.splitn(3, ',').map(str::to_owned).collect();
        <[String; 3]>::try_from(cells)
            .map(|[scheme, term, label]| (scheme, term, label))
            .expect("a row has three cells")
    };
    rows.lines().skip(1).map(row).collect()
}

/// The mapping of that name in `mappings/`, for a table in a foreign layout.
fn mapping(file: &Path) -> Option<Mapping> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mappings").join(file.file_name()?);
    let json = fs::read_to_string(&path).ok()?;
    Some(Mapping::from_json(&json).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn read(file: &Path) -> Result<intake::Intake, intake::Error> {
    let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    intake::read(&file.to_string_lossy(), &bytes, mapping(file).as_ref(), &vocabulary())
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(cases(folder)).expect("the folder of the cases is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.retain(|file| !file.to_string_lossy().ends_with(".says.json"));
    files.sort();
    files
}

/// The value without nulls, empty lists and empty objects.
fn pruned(value: Value) -> Value {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    };
    match value {
        Value::Array(values) => Value::Array(values.into_iter().map(pruned).collect()),
        Value::Object(entries) => Value::Object(
            entries.into_iter().map(|(key, value)| (key, pruned(value))).filter(|(_, v)| !empty(v)).collect(),
        ),
        other => other,
    }
}

/// Compares with the expectation in a file, or writes it.
fn expect(path: &Path, says: &Value) {
    let says = serde_json::to_string_pretty(says).expect("it is JSON") + "\n";
    if std::env::var_os("ACCEPT").is_some() {
        fs::write(path, &says).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    assert_eq!(says, text_of(path), "{}", path.display());
}

#[test]
fn every_file_says_what_stands_beside_it() {
    for file in files("read") {
        let intake = read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let says = serde_json::to_value(&intake).expect("it is JSON");
        expect(&PathBuf::from(format!("{}.says.json", file.display())), &pruned(says));
    }
}

#[test]
fn every_bad_file_is_refused_with_its_place_and_what_would_do() {
    let mut refused = BTreeMap::new();
    for file in files("refused") {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let error = read(&file).err().unwrap_or_else(|| panic!("{name} was read"));
        refused.insert(name.clone(), error.to_string().replace(&*file.to_string_lossy(), &name));
    }
    expect(&cases("refused.json"), &serde_json::to_value(refused).expect("it is JSON"));
}

#[test]
fn the_text_of_a_page_is_the_file_as_it_came() {
    let file = cases("read/archive-page.txt");
    let intake = read(&file).expect("it is read");
    let [Record::Document(document)] = &intake.records[..] else { panic!("a page is one document") };
    assert_eq!(document.layers[0].text, text_of(&file));
}

#[test]
fn a_file_reads_the_same_twice_and_its_name_may_stand_in_a_folder() {
    let page = "A title\n\nA body.\n";
    let read = |name| intake::read(name, page.as_bytes(), None, &Vocabulary::default()).expect("it is read").records;
    assert_eq!(read("a note.txt"), read("folder/a note.txt"));
}

#[test]
fn a_file_over_the_limit_is_refused_before_it_is_looked_at() {
    let error = intake::read_up_to(3, "x.txt", b"\0\0\0\0", None, &Vocabulary::default()).expect_err("is too large");
    assert_eq!(error, intake::Error::TooLarge { size: 4, limit: 3 });
}
