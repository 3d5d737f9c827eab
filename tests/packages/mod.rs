//! Files of word processors and spreadsheets, made for tests.

use std::{fmt::Write as _, io::Write as _};

use flate2::{Compression, Crc, write::DeflateEncoder};

/// A ZIP file of these entries.
pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut file, mut table) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let mut crc = Crc::new();
        crc.update(content);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).expect("memory takes it");
        let packed = encoder.finish().expect("memory takes it");
        let at = number(file.len());
        let name_length = u16::try_from(name.len()).expect("it is short").to_le_bytes();
        let sizes =
            [&crc.sum().to_le_bytes()[..], &number(packed.len()), &number(content.len()), &name_length, &[0, 0]]
                .concat();
        file.extend(
            [&b"PK\x03\x04"[..], &[20, 0, 0, 8, 8, 0, 0, 0, 0, 0], &sizes[..], name.as_bytes(), &packed].concat(),
        );
        table.extend([&b"PK\x01\x02"[..], &[20, 0, 20, 0, 0, 8, 8, 0, 0, 0, 0, 0], &sizes[..]].concat());
        table.extend([&[0_u8; 10][..], &at, name.as_bytes()].concat());
    }
    let count = u16::try_from(entries.len()).expect("they are few").to_le_bytes();
    let (length, at) = (number(table.len()), number(file.len()));
    [&file[..], &table, b"PK\x05\x06", &[0; 4], &count, &count, &length, &at, &[0, 0]].concat()
}

fn number(number: usize) -> [u8; 4] {
    u32::try_from(number).expect("it is small").to_le_bytes()
}

/// A word processor's file with this body, in the elements of `WordprocessingML`.
pub fn docx(body: &str) -> Vec<u8> {
    let main = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    );
    zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", main.as_bytes())])
}

/// A paragraph of such a file.
pub fn paragraph(words: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{words}</w:t></w:r></w:p>")
}

/// A spreadsheet of sheets, each with its name and its rows; cells that are numbers are written as numbers, those that
/// begin with `date:` in the format of a date, all others as shared strings.
pub fn xlsx(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut strings: Vec<&str> = Vec::new();
    let (mut book, mut links, mut parts) = (String::new(), String::new(), Vec::new());
    for (number, (name, rows)) in (1..).zip(sheets) {
        let _ = write!(book, "<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>");
        let _ = write!(links, "<Relationship Id=\"rId{number}\" Target=\"worksheets/sheet{number}.xml\"/>");
        let mut data = String::new();
        for (row, cells) in (1..).zip(*rows) {
            let _ = write!(data, "<row r=\"{row}\">");
            for (column, cell) in ('A'..='Z').zip(*cells) {
                if cell.is_empty() {
                    continue;
                }
                let place = format!("r=\"{column}{row}\"");
                let written = match (cell.parse::<f64>(), cell.strip_prefix("date:")) {
                    (_, Some(days)) => format!("<c {place} s=\"1\"><v>{days}</v></c>"),
                    (Ok(_), None) => format!("<c {place}><v>{cell}</v></c>"),
                    _ => {
                        strings.push(cell);
                        format!("<c {place} t=\"s\"><v>{}</v></c>", strings.len() - 1)
                    }
                };
                data.push_str(&written);
            }
            data += "</row>";
        }
        let sheet = format!("<worksheet><sheetData>{data}</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/sheet{number}.xml"), sheet));
    }
    let shared = strings.iter().fold(String::new(), |all, string| all + "<si><t>" + string + "</t></si>");
    parts.extend([
        ("xl/workbook.xml".to_owned(), format!("<workbook xmlns:r=\"r\"><sheets>{book}</sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships>{links}</Relationships>")),
        ("xl/sharedStrings.xml".to_owned(), format!("<sst>{shared}</sst>")),
        (
            "xl/styles.xml".to_owned(),
            "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>".to_owned(),
        ),
    ]);
    let entries: Vec<(&str, &[u8])> = parts.iter().map(|(name, part)| (name.as_str(), part.as_bytes())).collect();
    zip(&entries)
}
