//! The sentence around some words of a text, so that whoever decides can see what they mean.

/// So many characters of a sentence are shown on each side of the words.
const REACH: usize = 280;

/// What ends a sentence, in the scripts of the archive.
const ENDS: [char; 5] = ['.', '!', '?', '\u{61F}', '\u{6D4}'];

/// The words from one code point up to another, with what stands before and after them in their sentence; nothing where
/// the text is shorter.
pub(super) fn around(text: &str, start: usize, end: usize) -> Option<[String; 3]> {
    let letters: Vec<char> = text.chars().collect();
    let exact = letters.get(start..end)?;
    let first = start.saturating_sub(REACH);
    let before = &letters[first..start];
    let from = (1..before.len()).rev().find(|at| is_end(before, at - 1)).unwrap_or(0);
    let cut = from == 0 && first > 0;
    let after = &letters[end..letters.len().min(end + REACH)];
    let to = (0..after.len()).find(|at| is_end(after, *at)).map_or(after.len(), |at| at + 1);
    let is_whole = to < after.len() || end + to == letters.len();
    let (before, after) = (line(&before[from..]), line(&after[..to]));
    Some([
        if cut { format!("\u{2026}{}", whole_words(&before, true)) } else { before.trim_start().to_owned() },
        line(exact),
        if is_whole { after.trim_end().to_owned() } else { format!("{}\u{2026}", whole_words(&after, false)) },
    ])
}

/// Whether a sentence ends with a letter: a line ends, or a full stop has a space behind it.
fn is_end(letters: &[char], at: usize) -> bool {
    let has_space = letters.get(at + 1).is_some_and(|next| next.is_whitespace());
    letters[at] == '\n' || (ENDS.contains(&letters[at]) && has_space)
}

fn line(letters: &[char]) -> String {
    letters.iter().map(|letter| if letter.is_control() { ' ' } else { *letter }).collect()
}

/// A text without the word that was cut at its start or end.
fn whole_words(text: &str, at_start: bool) -> &str {
    let parts = if at_start { text.split_once(' ').map(|it| it.1) } else { text.rsplit_once(' ').map(|it| it.0) };
    parts.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, words: &str) -> [String; 3] {
        let start = text.find(words).map_or(0, |byte| text[..byte].chars().count());
        around(text, start, start + words.chars().count()).unwrap_or_default()
    }

    #[test]
    fn a_sentence_reaches_from_one_full_stop_to_the_next() {
        let text = "It rained. On 4.5 hectares near Aleppo nothing grew.\nThen it did.";
        assert_eq!(at(text, "Aleppo"), ["On 4.5 hectares near ", "Aleppo", " nothing grew."]);
        assert_eq!(at(text, "Then"), ["", "Then", " it did."]);
        assert_eq!(at(text, "rained"), ["It ", "rained", "."]);
        let arabic = "\u{647}\u{644} \u{62D}\u{644}\u{628}\u{61F} \u{646}\u{639}\u{645}";
        assert_eq!(at(arabic, "\u{646}\u{639}\u{645}")[0], "");
    }

    #[test]
    fn a_long_sentence_is_cut_between_words_and_says_so() {
        let text = format!("{} here {}", "word ".repeat(100), "more ".repeat(100));
        let [before, exact, after] = at(&text, "here");
        assert!(before.starts_with("\u{2026}word ") && exact == "here" && after.ends_with("more\u{2026}"), "{before}");
        assert!(before.chars().count() <= REACH + 1 && after.chars().count() <= REACH + 1);
    }

    #[test]
    fn words_beyond_the_end_have_no_sentence() {
        assert_eq!(around("short", 3, 9), None);
        assert_eq!(around("", 0, 0), Some(Default::default()));
    }
}
