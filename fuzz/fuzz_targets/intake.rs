//! Arbitrary files; the first byte chooses the format, what must hold stands in `intake_body.rs`, which a test runs too.

#![no_main]

mod intake_body;

const NAMES: [&str; 9] = ["x.md", "x.txt", "x.html", "x.csv", "x.json", "x.jsonl", "x.nif", "x.docx", "x.xlsx"];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some((first, rest)) = bytes.split_first() {
        intake_body::check(NAMES[usize::from(*first) % NAMES.len()], rest);
    }
});
