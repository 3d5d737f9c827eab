//! Which names are most like some words, for whoever holds a name and looks for the thing?
//!
//! Every word of every name stands in a table: as it is folded, without an Arabic article, and by its consonants, so
//! that a name in one script is found by its spelling in the other. A word that stands nowhere is compared with all
//! words of about its length. What is rare tells more: a word weighs by how few names have it.
//!
//! The table is made of a layer's forms when it is first asked for; an edit makes only the small one of the edits anew.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
};

use super::{
    dictionary::Entry,
    layer::Layer,
    lookup,
    skeleton::{self, Skeleton},
    words,
};

/// The most words of what is looked for.
const MOST_WORDS: usize = 24;
/// The least letters of a word that may be misspelled.
const LEAST_LETTERS: usize = 4;
/// The least consonants of a word that is known by them.
const LEAST_CONSONANTS: usize = 2;
/// So many forms are gathered by rarer words before a frequent one only adds to them.
const GATHERED: usize = 20_000;
/// What a word with other vowels or of another script is worth at most.
const SOUND: f64 = 0.9;
/// What the same words in another order are worth.
const ORDER: f64 = 0.96;
/// The same letters, parted into words in another way.
const JOINED: f64 = 0.98;

/// A form of a name, and how like what was looked for it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Like {
    /// The thing.
    pub entity: u32,
    /// The form, in the texts of its layer.
    pub place: u32,
    pub length: u32,
    /// How good a name it is.
    pub goodness: f64,
    /// 0 to 1.
    pub likeness: f64,
    pub how: How,
}

/// In which way a name is like some words, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// They are the same but for what folding removes.
    Whole,
    /// They have words in common.
    Words,
    /// They sound alike, in another spelling or script.
    Sound,
    /// Letters differ.
    Spelling,
}

#[derive(Clone, Debug)]
struct Spelling {
    entity: u32,
    place: u32,
    length: u32,
    goodness: f64,
    /// What its words weigh together.
    weight: f64,
}

#[derive(Clone, Debug, Default)]
struct Word {
    letters: Vec<char>,
    /// Which letters it has, each as one of 64 bits.
    mask: u64,
    /// The forms that have it, in order.
    forms: Vec<u32>,
}

/// The words of all forms of a layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Spellings {
    forms: Vec<Spelling>,
    words: BTreeMap<Box<str>, u32>,
    table: Vec<Word>,
    /// The words by their consonants.
    sounds: HashMap<u64, Vec<u32>>,
    /// The forms by all their letters.
    whole: BTreeMap<Box<str>, Vec<u32>>,
}

/// A word that is looked for.
struct Wanted {
    text: String,
    sound: Option<u64>,
    /// Words like it: the number, how like, and in which way.
    like: Vec<(u32, f64, How)>,
    weight: f64,
}

impl Spellings {
    /// The table of a layer's forms.
    pub(super) fn of<'a>(layer: &'a Layer, entries: impl Iterator<Item = &'a Entry>) -> Self {
        let mut table = Self::default();
        for entry in entries.filter(|entry| !entry.headless && !entry.joined && entry.office == 0) {
            table.enter(entry, layer.text(entry));
        }
        let names = table.forms.len();
        for word in &table.table {
            let weight = weight(names, word.forms.len());
            for &form in &word.forms {
                table.forms[form as usize].weight += weight;
            }
        }
        table
    }

    fn enter(&mut self, entry: &Entry, text: &str) {
        let form = number(self.forms.len());
        let goodness = super::dictionary::goodness(entry.rule, entry.hidden);
        let Entry { entity, place, length, .. } = *entry;
        self.forms.push(Spelling { entity, place, length, goodness, weight: 0.0 });
        let words = lookup::words(text);
        let letters: String = words.iter().map(|word| word.folded.as_str()).collect();
        self.whole.entry(letters.into()).or_default().push(form);
        for word in words {
            let folded = bare(&word.folded);
            let next = number(self.table.len());
            let at = *self.words.entry(folded.into()).or_insert(next);
            if at == next {
                let letters: Vec<char> = folded.chars().collect();
                self.table.push(Word { mask: mask(&letters), letters, forms: Vec::new() });
                if let Some(sound) = sound(folded) {
                    self.sounds.entry(sound).or_default().push(at);
                }
            }
            let forms = &mut self.table[at as usize].forms;
            if forms.last() != Some(&form) {
                forms.push(form);
            }
        }
    }

    /// The forms most like some words, each with how like it is, in no order.
    pub(super) fn like(&self, text: &str, layer: &Layer) -> Vec<Like> {
        let wanted = self.wanted(text);
        let letters: String = lookup::words(text).iter().map(|word| word.folded.as_str()).collect();
        let weight: f64 = wanted.iter().map(|word| word.weight).sum();
        let mut found = self.overlaps(&wanted);
        for &form in self.whole.get(letters.as_str()).into_iter().flatten() {
            found.entry(form).or_insert((0.0, How::Whole));
        }
        let folded = lookup::fold(text);
        let like = |(form, (shared, how)): (u32, (f64, How))| {
            let spelling = &self.forms[form as usize];
            let written = layer.form(spelling.place, spelling.length);
            let share = if weight > 0.0 { (shared / (weight + spelling.weight)).min(1.0) } else { 0.0 };
            let (likeness, how) = if lookup::fold(written) == folded {
                (1.0, How::Whole)
            } else if lookup::words(written).iter().map(|word| word.folded.as_str()).collect::<String>() == letters {
                (JOINED, How::Whole)
            } else {
                (share * ORDER, how)
            };
            let Spelling { entity, place, length, goodness, .. } = *spelling;
            Like { entity, place, length, goodness, likeness, how }
        };
        found.into_iter().map(like).collect()
    }

    /// The forms in which every word begins one of theirs, with whether the form itself begins so; in no order.
    pub(super) fn begun(&self, text: &str, layer: &Layer) -> Vec<Like> {
        let words = lookup::words(text);
        let folded = lookup::fold(text);
        let mut found: Option<Vec<u32>> = None;
        for word in words.iter().take(MOST_WORDS) {
            let mut forms: Vec<u32> = self
                .words
                .range::<str, _>((Bound::Included(bare(&word.folded)), Bound::Unbounded))
                .take_while(|(known, _)| known.starts_with(bare(&word.folded)))
                .flat_map(|(_, &at)| self.table[at as usize].forms.iter().copied())
                .collect();
            forms.sort_unstable();
            forms.dedup();
            if let Some(before) = &found {
                forms.retain(|form| before.binary_search(form).is_ok());
            }
            found = Some(forms);
        }
        let like = |form: u32| {
            let Spelling { entity, place, length, goodness, .. } = self.forms[form as usize];
            let written = lookup::fold(layer.form(place, length));
            let likeness = if written == folded {
                1.0
            } else if written.starts_with(&folded) {
                JOINED
            } else {
                SOUND
            };
            Like { entity, place, length, goodness, likeness, how: How::Words }
        };
        found.unwrap_or_default().into_iter().map(like).collect()
    }

    /// How much each form has in common with the words: the weights of both sides, as far as they are alike.
    fn overlaps(&self, wanted: &[Wanted]) -> HashMap<u32, (f64, How)> {
        let mut found: HashMap<u32, (f64, How)> = HashMap::new();
        for word in wanted {
            let mut of_word: HashMap<u32, (f64, How)> = HashMap::new();
            let is_full = found.len() > GATHERED;
            for &(at, likeness, how) in &word.like {
                let known = &self.table[at as usize];
                let shared = likeness * (word.weight + weight(self.forms.len(), known.forms.len()));
                for &form in known.forms.iter().filter(|form| !is_full || found.contains_key(form)) {
                    let best = of_word.entry(form).or_insert((shared, how));
                    if best.0 < shared {
                        *best = (shared, how);
                    }
                }
            }
            for (form, (shared, how)) in of_word {
                let sum = found.entry(form).or_insert((0.0, how));
                // What is least like tells in which way the whole is alike.
                *sum = (sum.0 + shared, sum.1.max(how));
            }
        }
        found
    }

    /// The words of what is looked for, the rarest first, each with the words like it.
    fn wanted(&self, text: &str) -> Vec<Wanted> {
        let mut wanted: Vec<Wanted> = Vec::new();
        for word in lookup::words(text).into_iter().take(MOST_WORDS) {
            let text = bare(&word.folded).to_owned();
            if wanted.iter().any(|other| other.text == text) {
                continue;
            }
            let mut word = Wanted { sound: sound(&text), text, like: Vec::new(), weight: 0.0 };
            self.find_like(&mut word);
            let same = word.like.iter().find(|like| like.2 == How::Words);
            let known = same.or(word.like.first()).map_or(0, |like| self.table[like.0 as usize].forms.len());
            word.weight = weight(self.forms.len(), known);
            wanted.push(word);
        }
        wanted.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.text.cmp(&b.text)));
        wanted
    }

    fn find_like(&self, word: &mut Wanted) {
        let same = self.words.get(word.text.as_str()).copied();
        word.like.extend(same.map(|at| (at, 1.0, How::Words)));
        let sounding = word.sound.and_then(|sound| self.sounds.get(&sound)).into_iter().flatten();
        for &at in sounding.filter(|&&at| Some(at) != same) {
            let known: String = self.table[at as usize].letters.iter().collect();
            let likeness = skeleton::likeness(&word.text, &known) * SOUND;
            word.like.push((at, likeness, How::Sound));
        }
        let letters: Vec<char> = word.text.chars().collect();
        if same.is_some() || letters.len() < LEAST_LETTERS || letters.iter().any(char::is_ascii_digit) {
            return;
        }
        let most = letters.len() / 4;
        let own = mask(&letters);
        for (at, known) in (0u32..).zip(&self.table) {
            let apart = known.letters.len().abs_diff(letters.len());
            // A letter that is changed changes two bits at most.
            if apart > most || (own ^ known.mask).count_ones() as usize > 2 * most {
                continue;
            }
            let edits = edits(&letters, &known.letters);
            if edits <= most && !word.like.iter().any(|like| like.0 == at) {
                word.like.push((at, 1.0 - share(edits, letters.len().max(known.letters.len())), How::Spelling));
            }
        }
    }
}

/// A word without the Arabic article, where enough is left.
fn bare(folded: &str) -> &str {
    folded.strip_prefix("\u{627}\u{644}").filter(|rest| rest.chars().count() > 2).unwrap_or(folded)
}

/// The consonants of a word, as a number.
fn sound(word: &str) -> Option<u64> {
    let token = words::of_name(word).into_iter().next()?;
    let skeleton = Skeleton::of(word, &token);
    (skeleton.count >= LEAST_CONSONANTS).then(|| skeleton.alone())
}

fn mask(letters: &[char]) -> u64 {
    letters.iter().fold(0, |mask, &letter| mask | 1 << (u32::from(letter) % 64))
}

/// What a word weighs that so many of the names have.
fn weight(names: usize, having: usize) -> f64 {
    (1.0 + share(names, having.max(1))).ln()
}

fn share(part: usize, whole: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "names are counted in millions, not in quadrillions")]
    let share = part as f64 / whole as f64;
    share
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// How many letters must be added, left out, changed or swapped with the next.
fn edits(a: &[char], b: &[char]) -> usize {
    let (mut before, mut row): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=b.len()).collect());
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            next[j] = (row[j - 1] + usize::from(a[i - 1] != b[j - 1])).min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

/// How like two sequences of letters are, 0 to 1: one less the share of letters that must be changed.
#[must_use]
pub fn letters_alike(a: &[char], b: &[char]) -> f64 {
    let longest = a.len().max(b.len());
    if longest == 0 { 1.0 } else { 1.0 - share(edits(a, b), longest) }
}
