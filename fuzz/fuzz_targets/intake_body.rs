use isnad::{
    intake::{self, Record, Vocabulary},
    model::Id,
};

/// Reads a file; whatever it is, it is read or refused, the same way twice. Of what is read the identifiers are good and
/// the texts hold no control characters.
pub fn check(name: &str, bytes: &[u8]) {
    let vocabulary = Vocabulary::default();
    let read = || intake::read_up_to(1 << 20, name, bytes, None, &vocabulary);
    let first = read();
    if let Ok(intake) = &first {
        for record in &intake.records {
            let Record::Document(document) = record else { continue };
            assert!(document.id.as_str().parse::<Id>().is_ok(), "{}", document.id);
            for layer in &document.layers {
                assert!(!layer.text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')));
            }
        }
    }
    assert_eq!(read(), first);
}
