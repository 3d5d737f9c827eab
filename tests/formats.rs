//! Files that are no text: what they say, and what is refused in them.

use std::sync::LazyLock;

use isnad::intake::{self, Intake, Mapping, Record, Vocabulary};
use proptest::prelude::*;

use crate::packages::{docx, paragraph, xlsx, zip};

#[path = "../fuzz/fuzz_targets/intake_body.rs"]
pub mod intake_body;

fn read(name: &str, bytes: &[u8]) -> Result<Intake, intake::Error> {
    intake::read_up_to(1 << 20, name, bytes, None, &Vocabulary::default())
}

fn refusal(name: &str, bytes: &[u8]) -> String {
    read(name, bytes).err().unwrap_or_else(|| panic!("{name} was read")).to_string()
}

fn document(intake: &Intake) -> &isnad::model::Document {
    match &intake.records[..] {
        [Record::Document(document)] => document,
        other => panic!("expected one document, not {}", other.len()),
    }
}

#[test]
fn a_word_processors_file_is_its_words() {
    let arabic =
        "\u{642}\u{627}\u{644}\u{62a} \u{627}\u{644}\u{645}\u{646}\u{638}\u{645}\u{629} & \u{62d}\u{644}\u{628}";
    let escaped = arabic.replace('&', "&amp;");
    let body = format!(
        "<w:p><w:pPr><w:pStyle w:val=\"Title\"/></w:pPr><w:r><w:t>A note</w:t></w:r><w:r><w:t xml:space=\"preserve\"> on Aleppo</w:t></w:r></w:p>\
         {}<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>kept</w:t></w:r></w:ins><w:r><w:br/><w:t>below</w:t></w:r></w:p>\
         <w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        paragraph(&escaped),
        paragraph("one"),
        paragraph("two"),
    );
    let intake = read("a note.docx", &docx(&body)).expect("it is read");
    let document = document(&intake);
    assert_eq!(document.title.values().collect::<Vec<_>>(), ["A note on Aleppo"]);
    assert_eq!(document.layers[0].text, format!("A note on Aleppo\n\n{arabic}\n\nkept\nbelow\n\none\n\ntwo"));
    assert!(document.id.as_str().starts_with("doc/a-note-"), "{}", document.id);
}

#[test]
fn a_spreadsheet_is_its_first_sheet_or_the_one_that_is_named() {
    let rows: &[&[&str]] = &[&[], &["id", "label_en", "founded", "note_en"], &["org/x", "An office", "date:42781", ""]];
    let other: &[&[&str]] = &[&["code", "name"], &["7", "Tall Rifat"], &["", "Nameless"]];
    let bytes = xlsx(&[("Offices", rows), ("Places", other)]);
    let intake = read("things.xlsx", &bytes).expect("it is read");
    let says = serde_json::to_value(&intake.records).expect("it is JSON").to_string();
    assert!(says.contains("2017-02-15") && says.contains("An office"), "{says}");
    assert_eq!(intake.table.as_deref(), Some("things"));

    let mapping = r#"{"kind": "place", "sheet": "Places", "id": "place/sa-{code}", "columns": {"label_en": "{name}"}}"#;
    let mapping = Mapping::from_json(mapping).expect("it is a mapping");
    let intake = intake::read("things.xlsx", &bytes, Some(&mapping), &Vocabulary::default()).expect("it is read");
    assert_eq!(intake.records.len(), 1);
    assert_eq!(intake.failures[0].row, 3);
    assert!(intake.failures[0].to_string().contains("the mapping makes it from `code`"), "{}", intake.failures[0]);

    let mapping = r#"{"kind": "place", "sheet": "Persons", "id": "place/{code}", "columns": {}}"#;
    let mapping = Mapping::from_json(mapping).expect("it is a mapping");
    let error = intake::read("things.xlsx", &bytes, Some(&mapping), &Vocabulary::default()).expect_err("no such sheet");
    assert!(error.to_string().contains("expected one of Offices, Places"), "{error}");
}

#[test]
fn a_bad_cell_is_named_by_its_row_and_column() {
    let rows: &[&[&str]] = &[&["id", "label_en", "latitude", "longitude"], &["place/x", "X", "95", "37"]];
    let intake = read("places.xlsx", &xlsx(&[("A", rows)])).expect("it is read");
    let failure = intake.failures[0].to_string();
    assert!(failure.starts_with("row 2, column `latitude`: `95`"), "{failure}");
}

#[test]
fn a_line_of_json_that_is_none_does_not_spoil_the_others() {
    let text =
        "{\"id\": \"org/x\", \"label_en\": \"X\"}\n\n{\"id\": \n{\"id\": \"org/y\", \"label_en\": [\"Y\", {}]}\n";
    let intake = read("offices.jsonl", text.as_bytes()).expect("it is read");
    assert_eq!(intake.records.len(), 1);
    let failures: Vec<String> = intake.failures.iter().map(ToString::to_string).collect();
    assert!(failures[0].starts_with("row 3: character"), "{failures:?}");
    assert!(failures[1].starts_with("row 4, column `label_en`"), "{failures:?}");
}

#[test]
fn a_name_in_an_archive_that_leads_out_of_it_is_refused() {
    for name in ["../x", "/etc/passwd", "word/../../x", "c:\\x", "..", "word\\x"] {
        let said = refusal("x.docx", &zip(&[("word/document.xml", b"<w/>"), (name, b"x")]));
        assert!(said.contains("leads out of the file"), "{name}: {said}");
    }
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let zeros = vec![b' '; 64 << 20];
    let said = refusal("x.docx", &zip(&[("word/document.xml", &zeros)]));
    assert!(said.contains("more than 250 times as many"), "{said}");
    // Less regular, so that the ratio is a usual one; but all together are more than four times what a file may have.
    let block: Vec<u8> =
        (0_u32..1_000).map(|at| u8::try_from(at.wrapping_mul(2_654_435_761) >> 25).unwrap_or_default()).collect();
    let said = refusal("x.docx", &zip(&[("word/document.xml", &block.repeat(5_000))]));
    assert!(said.contains("only 4194304 more are accepted"), "{said}");
    let many: Vec<String> = (0..10_001).map(|number| format!("a{number}")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let said = refusal("x.docx", &zip(&many));
    assert!(said.contains("at most 10000"), "{said}");
}

#[test]
fn a_size_that_is_not_the_one_promised_is_refused() {
    let mut bytes = docx(&paragraph("words"));
    let table = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").expect("it has a table of contents");
    bytes[table + 24] ^= 1;
    assert!(refusal("x.docx", &bytes).contains("promises"), "{}", refusal("x.docx", &bytes));
    let twice = zip(&[("word/document.xml", b"<w/>"), ("word/document.xml", b"<w/>")]);
    assert!(refusal("x.docx", &twice).contains("expected each once"));
    assert!(refusal("x.docx", b"PK\x03\x04").contains("cut short"));
    assert!(refusal("x.docx", b"plain text").contains("does not begin like a ZIP"));
}

#[test]
fn one_string_in_every_cell_does_not_fill_the_memory() {
    let long = "x".repeat(1 << 16);
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(10_000);
    let sheet = format!(
        "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>id</t></is></c></row><row>{cells}</row></sheetData></worksheet>"
    );
    let bytes = zip(&[
        ("xl/workbook.xml", b"<workbook><sheets><sheet name=\"A\" r:id=\"r\"/></sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", b"<Relationships><Relationship Id=\"r\" Target=\"/xl/a.xml\"/></Relationships>"),
        ("xl/sharedStrings.xml", format!("<sst><si><t>{long}</t></si></sst>").as_bytes()),
        ("xl/a.xml", sheet.as_bytes()),
    ]);
    assert!(refusal("x.xlsx", &bytes).contains("made to fill memory"), "{}", refusal("x.xlsx", &bytes));
}

#[test]
fn entities_of_a_files_own_are_refused() {
    let laughs = "<!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><w><p><t>&b;</t></p></w>";
    let said = refusal("x.docx", &zip(&[("word/document.xml", laughs.as_bytes())]));
    assert!(said.contains("document type declaration"), "{said}");
    let unknown = refusal("x.docx", &docx(&paragraph("&file;")));
    assert!(unknown.contains("file"), "{unknown}");
}

/// The file was printed by Chromium; Poppler reads it where it is installed.
#[test]
fn arabic_in_a_pdf_stands_in_the_order_of_reading() {
    let bytes = include_bytes!("cases/pdf/arabic.pdf");
    let intake = match read("a statement.pdf", bytes) {
        Ok(intake) => intake,
        Err(error) => {
            assert!(error.to_string().contains("poppler-utils"), "{error}");
            return;
        }
    };
    let document = document(&intake);
    let text = &document.layers[0].text;
    let title = "\u{628}\u{64a}\u{627}\u{646} \u{635}\u{62d}\u{641}\u{64a} \u{639}\u{646} \u{62d}\u{644}\u{628}";
    assert_eq!(document.title.values().next().map(String::as_str), Some(title));
    let date = "13 \u{634}\u{628}\u{627}\u{637}/\u{641}\u{628}\u{631}\u{627}\u{64a}\u{631} 2017";
    assert!(text.contains(date), "{text}");
    let at_least = "\u{639}\u{644}\u{649} \u{627}\u{644}\u{623}\u{642}\u{644}.";
    assert!(text.contains(at_least), "{text}");
    assert!(text.contains("Human Rights Watch, report of 13 February 2017, names Aleppo."), "{text}");
    assert!(!text.contains(['\u{202a}', '\u{202b}', '\u{202c}']));
}

#[test]
fn a_pdf_that_is_none_is_told_from_one_that_cannot_be_read() {
    assert!(refusal("x.pdf", b"plain text").contains("does not begin like a PDF"));
    let said = refusal("x.pdf", b"%PDF-1.7\nnothing else");
    assert!(said.contains("cannot read it") || said.contains("poppler-utils") || said.contains("no text"), "{said}");
}

const NIF: &str = "@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
@prefix its: <http://www.w3.org/2005/11/its/rdf#> .
<http://x.example/a#char=0,15> a nif:Context ; nif:isString \"Aleppo was hit.\"@en .
<http://x.example/a#char=0,6> a nif:Phrase ; nif:referenceContext <http://x.example/a#char=0,15> ;
  nif:beginIndex 0 ; nif:endIndex 6 ; nif:anchorOf \"Aleppo\" ; its:taIdentRef <http://x.example/Aleppo> .
<http://x.example/b#char=0,14> a nif:Context ; nif:isString \"Idlib was hit.\" .
";

#[test]
fn each_text_of_a_file_in_nif_is_a_document_and_its_links_are_not_taken_over() {
    let intake = read("texts.nif", NIF.as_bytes()).expect("it is read");
    let texts: Vec<&str> = intake
        .records
        .iter()
        .map(|record| match record {
            Record::Document(document) => document.layers[0].text.as_str(),
            _ => panic!("it holds documents"),
        })
        .collect();
    assert_eq!(texts, ["Aleppo was hit.", "Idlib was hit."]);
    assert!(
        intake.notices.iter().any(|notice| notice.message.starts_with("1 links came with it")),
        "{:?}",
        intake.notices
    );
    let moved = NIF.replace("nif:beginIndex 0 ; nif:endIndex 6", "nif:beginIndex 1 ; nif:endIndex 7");
    let intake = read("texts.nif", moved.as_bytes()).expect("it is read");
    assert!(intake.notices.iter().any(|notice| notice.message.contains("do not stand where they say")));
    assert!(refusal("x.nif", b"<a> <b> <c> .").contains("line 1") || refusal("x.nif", b"").contains("empty"));
    assert!(refusal("x.nif", b"<http://a/> <http://b/> <http://c/> .").contains("nif:Context"));
}

/// Every format, with a file of it that is read.
pub static SEEDS: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
    let rows: &[&[&str]] = &[&["id", "label_en", "founded"], &["org/x", "X", "date:42781"]];
    vec![
        (
            "x.md",
            b"---\ntitle: {en: A}\nissued: 2017-02-15\nclaims: []\n---\n::: en\ntext\n::: ar\n\xd8\xad\n".to_vec(),
        ),
        ("x.txt", b"A title\nPress Statement Original in arabic\n15 February 2017\n\nBody.\n".to_vec()),
        (
            "x.html",
            b"<html lang=en><head><title>T</title></head><body><main><h1>A</h1><p>b &amp; c<a href=x>d</a></main>"
                .to_vec(),
        ),
        ("x.csv", b"id,label_en,founded\norg/x,\"X, Y\",2017\n".to_vec()),
        ("x.json", b"[{\"id\": \"org/x\", \"label_en\": \"X\", \"founded\": 2017}]".to_vec()),
        ("x.jsonl", b"{\"id\": \"org/x\", \"label_en\": \"X\"}\n{\"id\": \"org/y\", \"label_en\": \"Y\"}\n".to_vec()),
        ("x.nif", NIF.as_bytes().to_vec()),
        ("x.docx", docx(&paragraph("A text &amp; more"))),
        ("x.xlsx", xlsx(&[("A", rows)])),
    ]
});

/// How a file is changed in one place.
type Change = (u8, prop::sample::Index, Vec<u8>);

/// How a file may be spoilt: bytes changed, taken out, doubled, or other bytes put in.
fn spoilt() -> impl Strategy<Value = (usize, Vec<Change>)> {
    let pieces = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..4),
        prop::sample::select(vec![
            "<", ">", "&", "\"", "---\n", ":::", "{", "}", "[", "\n", ",", "\\u0000", "\u{202e}", "'"
        ])
        .prop_map(|piece| piece.as_bytes().to_vec()),
    ];
    (0..9_usize, prop::collection::vec((0..4_u8, any::<prop::sample::Index>(), pieces), 0..8))
}

fn spoil(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for (how, place, piece) in changes {
        let at = place.index(bytes.len() + 1);
        let end = (at + piece.len()).min(bytes.len());
        match how {
            0 => drop(bytes.splice(at..end, piece.iter().copied())),
            1 => drop(bytes.drain(at..end)),
            2 => drop(bytes.splice(at..at, piece.iter().copied())),
            _ => {
                let again: Vec<u8> = bytes[at..(at + 40).min(bytes.len())].to_vec();
                drop(bytes.splice(at..at, again));
            }
        }
    }
    bytes
}

/// How many files are thrown at intake: `ISNAD_FUZZ=1000000 cargo test --test it formats` for more.
fn inputs() -> u32 {
    std::env::var("ISNAD_FUZZ").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: inputs(), failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes in, it is read or refused: texts are in normal form, identifiers are good, offsets hold.
    #[test]
    fn whatever_comes_in_is_read_or_refused((seed, changes) in spoilt()) {
        let (name, bytes) = &SEEDS[seed];
        intake_body::check(name, &spoil(bytes.clone(), &changes));
    }
}
