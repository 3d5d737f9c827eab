//! The names and facts of the starter archive, read straight from its tables and the heads of its documents.
//!
//! The linker is measured with them alone: without a store, an ontology or rules.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use isnad::{
    link::{Facts, Name, NameKind, Office},
    model::{Date, Id, Lang},
};

fn root() -> PathBuf {
    // The benchmarks lie one folder further down.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    [here.join("data"), here.join("../data")].into_iter().find(|data| data.is_dir()).unwrap_or_default()
}

fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').map(str::trim).filter(|part| !part.is_empty())
}

fn ids(cell: &str) -> Vec<Id> {
    // "place/syria=org/ocha" says who says so.
    parts(cell).filter_map(|part| part.split('=').next()?.trim_end_matches('~').parse().ok()).collect()
}

fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let path = root().join("entities").join(table);
    let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    reader.deserialize().map(|row| row.unwrap_or_else(|e| panic!("{table}: {e}"))).collect()
}

/// The names and facts of the tables and documents.
pub fn all() -> (Vec<Name>, Facts) {
    let (mut names, mut facts) = (Vec::new(), Facts::new());
    for table in ["organizations.csv", "persons.csv", "places.csv", "events.csv"] {
        for row in rows(table) {
            entity(&row, &mut names, &mut facts);
        }
    }
    for row in rows("tenures.csv") {
        let (Ok(person), Ok(of)) = (row["person"].parse::<Id>(), row["organization"].parse::<Id>()) else { continue };
        let date = |column: &str| row[column].parse::<Date>().ok();
        for title in ["role_en", "role_ar"] {
            let title = row[title].clone();
            let office = Office { title, of: of.clone(), from: date("from"), to: date("to") };
            facts.entry(person.clone()).or_default().offices.push(office);
        }
    }
    for entry in fs::read_dir(root().join("documents")).unwrap_or_else(|e| panic!("{e}")) {
        let path = entry.unwrap_or_else(|e| panic!("{e}")).path();
        document(&fs::read_to_string(&path).unwrap_or_default(), &mut names, &mut facts);
    }
    (names, facts)
}

fn entity(row: &BTreeMap<String, String>, names: &mut Vec<Name>, facts: &mut Facts) {
    let cell = |column: &str| row.get(column).map(String::as_str).unwrap_or_default();
    let Ok(id) = cell("id").parse::<Id>() else { return };
    for (column, kind) in [("label", NameKind::Label), ("alt", NameKind::AltLabel), ("hidden", NameKind::Hidden)] {
        for lang in ["en", "ar"] {
            let column = cell(&format!("{column}_{lang}"));
            let forms: Vec<&str> = if kind == NameKind::Label { vec![column] } else { parts(column).collect() };
            for form in forms.into_iter().filter(|form| !form.is_empty()) {
                let lang = lang.parse::<Lang>().ok();
                names.push(Name { entity: id.clone(), form: form.to_owned(), lang, kind });
            }
        }
    }
    let fact = facts.entry(id).or_default();
    fact.within = [cell("within"), cell("part_of")].into_iter().flat_map(ids).collect();
    fact.level = Some(cell("level").to_owned()).filter(|level| !level.is_empty());
    fact.from = cell("founded").parse().ok();
    fact.to = cell("dissolved").parse().ok();
    fact.related = ["seat", "at", "reported_by", "concerns"].into_iter().flat_map(|column| ids(cell(column))).collect();
}

fn document(text: &str, names: &mut Vec<Name>, facts: &mut Facts) {
    let Some(head) = text.strip_prefix("---\n").and_then(|rest| rest.split("\n---").next()) else { return };
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let Some(Ok(id)) = field("id").map(str::parse::<Id>) else { return };
    let mut add = |form: String, lang: Option<&str>, kind| {
        let lang = lang.and_then(|lang| lang.parse::<Lang>().ok());
        names.push(Name { entity: id.clone(), form, lang, kind });
    };
    for (name, kind) in [("title", NameKind::Title), ("alt_title", NameKind::AltLabel)] {
        let Some(value) = field(name) else { continue };
        let value: serde_json::Value = serde_saphyr::from_str(value).unwrap_or_default();
        for (lang, forms) in value.as_object().into_iter().flatten() {
            let forms = forms.as_array().cloned().unwrap_or_else(|| vec![forms.clone()]);
            forms.iter().filter_map(|form| form.as_str()).for_each(|form| add(form.to_owned(), Some(lang), kind));
        }
    }
    if let Some(symbol) = field("symbol") {
        add(symbol.trim_matches('"').to_owned(), None, NameKind::Symbol);
    }
    let fact = facts.entry(id.clone()).or_default();
    fact.within = field("issuer")
        .into_iter()
        .flat_map(|issuers| issuers.trim_matches(['[', ']']).split(','))
        .filter_map(|issuer| issuer.trim().parse().ok())
        .collect();
    let cited = head.lines().filter_map(|line| line.trim().strip_prefix("- {cited: ")?.split(',').next()?.parse().ok());
    fact.related = cited.collect();
    fact.from = field("issued").and_then(|date| date.parse().ok());
}
