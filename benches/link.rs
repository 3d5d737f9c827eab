//! How fast is a text linked, and how near is that to what cannot be undercut?
//!
//! `cargo bench --manifest-path benches/Cargo.toml --bench link` measures on the starter documents, or on the folder
//! that `ISNAD_CORPUS` names, repeated
//! to some megabytes, with 100,000 made-up names besides those of the starter archive. Beside the linker stand two
//! floors: decoding the text, and one automaton over text that was folded before. Making the dictionaries, of a
//! hundred thousand and of two million names, is timed once and printed.

use std::{env, fs, hint::black_box, io::Write as _, path::PathBuf, time::Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use daachorse::{CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder};
use isnad::{
    link::{Context, Dictionary, Edit, Fact, Name, NameKind, link},
    model::{Id, Lang},
};

#[path = "../tests/starter_names.rs"]
mod starter_names;

/// About how much text is linked in one turn.
const SIZE: usize = 8 << 20;

/// The documents of the corpus, repeated.
fn corpus() -> Vec<String> {
    let folder = env::var_os("ISNAD_CORPUS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../data/documents")), PathBuf::from);
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let texts: Vec<String> = files.iter().filter_map(|path| fs::read_to_string(path).ok()).collect();
    let all: usize = texts.iter().map(String::len).sum();
    let times = SIZE.div_ceil(all.max(1));
    (0..times).flat_map(|_| texts.iter().cloned()).collect()
}

/// Numbers without a pattern, the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) >> 16).unwrap_or_default() % sides
    }
}

const LATIN: [&str; 24] = [
    "ba", "da", "far", "ghu", "ha", "jis", "ka", "khan", "la", "mar", "na", "qa", "ra", "sal", "sha", "ta", "um", "wa",
    "ya", "zeit", "nour", "din", "bir", "tal",
];
const ARABIC: [char; 24] = [
    '\u{628}', '\u{62A}', '\u{62C}', '\u{62D}', '\u{62E}', '\u{62F}', '\u{631}', '\u{633}', '\u{634}', '\u{635}',
    '\u{637}', '\u{639}', '\u{63A}', '\u{641}', '\u{642}', '\u{643}', '\u{644}', '\u{645}', '\u{646}', '\u{647}',
    '\u{648}', '\u{64A}', '\u{627}', '\u{629}',
];
const HEADS: [&str; 8] =
    ["Committee of", "Council of", "Centre for", "Brigade of", "Network of", "Hospital of", "Union of", "Office of"];

fn word(dice: &mut Dice, arabic: bool) -> String {
    if arabic {
        return (0..4 + dice.roll(5)).map(|_| ARABIC[dice.roll(ARABIC.len())]).collect();
    }
    let small: String = (0..2 + dice.roll(3)).map(|_| LATIN[dice.roll(LATIN.len())]).collect();
    small[..1].to_uppercase() + &small[1..]
}

/// Names as various as those of an archive: towns, people and bodies, in two scripts.
fn made_up(count: usize) -> Vec<Name> {
    let mut dice = Dice(7);
    (0..count)
        .filter_map(|number| {
            let arabic = dice.roll(5) < 2;
            let (kind, words) = [("place", 1), ("place", 2), ("person", 2), ("person", 3), ("org", 2)][dice.roll(5)];
            let mut form: Vec<String> = (0..words).map(|_| word(&mut dice, arabic)).collect();
            if kind == "org" && !arabic {
                form.insert(0, HEADS[dice.roll(HEADS.len())].to_owned());
            }
            let entity = format!("{kind}/x-{}", number / 2).parse().ok()?;
            let lang = Some(if arabic { Lang::ar() } else { Lang::en() });
            Some(Name { entity, form: form.join(" "), lang, kind: NameKind::Label })
        })
        .collect()
}

/// Writes a line of the report.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn grown(count: usize) -> Dictionary {
    let (mut names, facts) = starter_names::all();
    names.extend(made_up(count));
    let before = Instant::now();
    let dictionary = Dictionary::new(names, &facts);
    let megabytes = dictionary.bytes() / (1 << 20);
    say(&format!("dictionary of {count} names: {:.0?}, {megabytes} MiB", before.elapsed()));
    dictionary
}

/// The bare automaton, over names and texts folded no further than to small letters.
fn automaton() -> Option<CharwiseDoubleArrayAhoCorasick<u32>> {
    let mut forms: Vec<String> = made_up(100_000).into_iter().map(|name| name.form.to_lowercase()).collect();
    forms.extend(starter_names::all().0.into_iter().map(|name| name.form.to_lowercase()));
    forms.sort();
    forms.dedup();
    let before = Instant::now();
    let made = CharwiseDoubleArrayAhoCorasickBuilder::new().build_with_values(forms.iter().zip(0..)).ok();
    let bytes = made.as_ref().map_or(0, CharwiseDoubleArrayAhoCorasick::heap_bytes);
    say(&format!("bare automaton of the same names: {:.0?}, {} MiB", before.elapsed(), bytes >> 20));
    made
}

fn edits(dictionary: &Dictionary) {
    let id: Id = "place/x-1".parse().unwrap_or_else(|e| panic!("{e}"));
    let name = Name { entity: id.clone(), form: "Renamed Town".to_owned(), lang: None, kind: NameKind::Label };
    let edit = Edit { entity: id, names: vec![name], fact: Fact::default() };
    let before = Instant::now();
    let edited = dictionary.edited([edit]);
    let found = link(&edited, "in Renamed Town", &Lang::en(), &Context::default()).len();
    say(&format!("an edit, until it is found: {:.0?} ({found} found)", before.elapsed()));
}

fn speed(c: &mut Criterion) {
    let texts = corpus();
    let folded: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let dictionary = grown(100_000);
    edits(&dictionary);
    let mentions: usize =
        texts.iter().map(|text| link(&dictionary, text, &Lang::en(), &Context::default()).len()).sum();
    say(&format!("{} texts, {} kB, {mentions} mentions", texts.len(), bytes / 1000));

    let mut group = c.benchmark_group("link");
    group.sample_size(10).throughput(Throughput::Bytes(u64::try_from(bytes).unwrap_or_default()));
    group.bench_function("floor: text decoded", |b| {
        b.iter(|| {
            let decode = |text: &String| {
                let valid = std::str::from_utf8(text.as_bytes()).unwrap_or_default();
                valid.chars().map(u32::from).fold(0u32, u32::wrapping_add)
            };
            texts.iter().map(decode).fold(0, u32::wrapping_add)
        });
    });
    if let Some(automaton) = automaton() {
        group.bench_function("floor: automaton over folded text", |b| {
            b.iter(|| folded.iter().map(|text| automaton.find_overlapping_iter(text).count()).sum::<usize>());
        });
    }
    group.bench_function("names only", |b| {
        b.iter(|| texts.iter().map(|text| black_box(dictionary.names_in(text)).len()).sum::<usize>());
    });
    group.bench_function("whole", |b| {
        let whole = |text: &String| link(&dictionary, text, &Lang::en(), &Context::default()).len();
        b.iter(|| texts.iter().map(whole).sum::<usize>());
    });
    group.finish();
}

fn large(_: &mut Criterion) {
    drop(grown(2_000_000));
}

criterion_group!(benches, speed, large);
criterion_main!(benches);
