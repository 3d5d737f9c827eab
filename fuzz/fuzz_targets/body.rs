use isnad::{
    link::{Context, Dictionary, Facts, Name, NameKind, Unit, detect, link, slice, spans},
    model::Id,
};

const KINDS: [&str; 5] = ["org", "person", "place", "event", "doc"];

/// Reads names, one a line, and after an empty line the text; whatever they are, every mention is in order and its
/// words are those between its offsets, in each unit.
pub fn check(bytes: &[u8]) {
    let input = String::from_utf8_lossy(bytes);
    let (names, text) = input.split_once("\n\n").unwrap_or(("", &input));
    let name = |(number, form): (usize, &str)| {
        let entity: Id = format!("{}/x-{number}", KINDS[number % KINDS.len()]).parse().ok()?;
        let kind = [NameKind::Label, NameKind::AltLabel, NameKind::Hidden, NameKind::Symbol][number % 4];
        Some(Name { entity, form: form.to_owned(), lang: None, kind })
    };
    let dictionary = Dictionary::new(names.lines().take(64).enumerate().filter_map(name), &Facts::new());
    let mentions = link(&dictionary, text, &detect(text), &Context::default());
    for pair in mentions.windows(2) {
        assert!(pair[0].end <= pair[1].start, "mentions overlap or are out of order");
    }
    for unit in [Unit::CodePoints, Unit::Utf16, Unit::Bytes] {
        for (mention, place) in mentions.iter().zip(spans(text, &mentions, unit)) {
            assert_eq!(slice(text, place, unit), Some(mention.exact.as_str()));
        }
    }
}
