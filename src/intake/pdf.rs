//! What does a PDF say? Poppler's `pdftotext` tells, where it is installed.
//!
//! It is run without a shell, with nothing but the file on its standard input, and it is stopped when it takes too long or
//! writes too much. Its lines come in the order in which they are read, right to left as left to right.
//!
//! Of lam and alef drawn as one glyph Poppler tells the alef first; where that can be seen it is put right, in the middle
//! of a word it cannot.
//!
//! Rejected: libraries for PDF in Rust. Those that were tried give Arabic in the order in which it is drawn, backwards.

use std::{
    borrow::Cow,
    io::{self, Read, Write as _},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use unicode_normalization::UnicodeNormalization as _;

use super::{
    Error, File, Notice, Record, page,
    text::{decode, is_refused},
};

/// The program, and what it is told: read standard input, write standard output, in UTF-8, and be quiet.
const PROGRAM: &str = "pdftotext";
const ARGUMENTS: [&str; 7] = ["-q", "-enc", "UTF-8", "-eol", "unix", "-", "-"];
/// The longest it may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(5);
/// So much of what it complains of is read.
const COMPLAINTS: u64 = 4_096;

/// Reads a file.
pub(super) fn read(bytes: &[u8], limit: usize, file: &File<'_>, notices: &mut Vec<Notice>) -> Result<Record, Error> {
    if !bytes.windows(5).take(1_024).any(|window| window == b"%PDF-") {
        return Err(fault("it does not begin like a PDF"));
    }
    let mut command = Command::new(PROGRAM);
    command.args(ARGUMENTS);
    let told = told(&mut command, bytes, limit, PATIENCE)?;
    let text = cleaned(&told, notices);
    if text.trim().is_empty() {
        return Err(fault(
            "it has no text: expected a PDF with a text layer; of a scan, give the text beside it as .txt or .md",
        ));
    }
    let text = decode(text.trim().as_bytes(), limit, notices)?;
    page::read(&File { text: &text, ..*file }, notices)
}

fn fault(reason: impl Into<String>) -> Error {
    Error::Inside { name: "the PDF".to_owned(), reason: reason.into() }
}

/// What a program writes of a file.
fn told(command: &mut Command, bytes: &[u8], limit: usize, patience: Duration) -> Result<String, Error> {
    let begun = Instant::now();
    let program = &command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Running(command.spawn().map_err(|error| not_run(program, &error))?);
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let (output, errors) = (collect(child.0.stdout.take(), most), collect(child.0.stderr.take(), COMPLAINTS));
    let input = child.0.stdin.take();
    let bytes = bytes.to_vec();
    // It may stop reading early; what it says then is what counts.
    thread::spawn(move || input.map(|mut input| input.write_all(&bytes)));
    let too_slow =
        || fault(format!("`{program}` was stopped after {} seconds, before it had read it", patience.as_secs()));
    let output = output.recv_timeout(patience).map_err(|_| too_slow())?;
    if output.len() > limit {
        return Err(fault(format!("its text is longer than the {limit} bytes that are accepted")));
    }
    let ended = loop {
        match child.0.try_wait() {
            Ok(Some(ended)) => break ended,
            Ok(None) if begun.elapsed() > patience => return Err(too_slow()),
            Ok(None) => thread::sleep(LOOK),
            Err(error) => return Err(not_run(program, &error)),
        }
    };
    if !ended.success() && output.is_empty() {
        let complaint = errors.recv_timeout(patience.saturating_sub(begun.elapsed())).unwrap_or_default();
        let complaint = String::from_utf8_lossy(&complaint);
        let first = complaint.lines().find(|line| !line.trim().is_empty()).unwrap_or("it does not say why").trim();
        return Err(fault(format!("`{program}` cannot read it: {first}")));
    }
    Ok(String::from_utf8_lossy(&output).into_owned())
}

/// A program that does not outlive its reader.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is waited for, so that nothing of it stays.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn not_run(program: &str, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::NotFound {
        return fault(format!(
            "PDF is read by `{program}` of Poppler, which is not installed here (Debian and Ubuntu: poppler-utils, \
             Fedora: poppler-utils, macOS: brew install poppler); or give the text as .txt or .md"
        ));
    }
    fault(format!("`{program}` could not be run: {error}"))
}

/// Reads at most so many bytes of what a program writes, on a thread of its own.
fn collect(from: Option<impl Read + Send + 'static>, most: u64) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(from) = from {
            // What was read before a fault counts.
            let _ = from.take(most).read_to_end(&mut bytes);
        }
        sender.send(bytes)
    });
    receiver
}

/// The text without what belongs to the drawing: marks around each line that say which way it runs, letters in the shape
/// that they have between others, control characters that stand for glyphs.
fn cleaned(told: &str, notices: &mut Vec<Notice>) -> String {
    let (mut text, mut dropped) = (String::with_capacity(told.len()), 0_usize);
    for line in told.split_inclusive('\n') {
        for character in in_order(line).chars() {
            match character {
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
                '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' => text.extend(std::iter::once(character).nfkc()),
                '\u{c}' | '\r' => text.push(character),
                _ if is_refused(character) => dropped += 1,
                _ => text.push(character),
            }
        }
    }
    if dropped > 0 {
        notices.push(Notice::new("text", format!("{dropped} control characters were left out")));
    }
    with_article(&text)
}

/// A line that runs from right to left, with the signs that stand before a number or a Latin word in it put behind:
/// drawn on the left, they are read after it.
fn in_order(line: &str) -> Cow<'_, str> {
    let (right, left, end) = ('\u{202b}', '\u{202a}', '\u{202c}');
    if !line.trim_start_matches('\u{c}').starts_with(right) || !line.contains(left) {
        return Cow::Borrowed(line);
    }
    let mut ordered = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, run)) = rest.split_once(left) {
        let (run, after) = run.split_once(end).unwrap_or((run, ""));
        let words = run.trim_start_matches([' ', '.', ',', ';', ':', '\u{60c}', '\u{61b}']);
        ordered.push_str(before);
        ordered.push_str(words);
        ordered.extend(run[..run.len() - words.len()].chars().rev());
        rest = after;
    }
    ordered.push_str(rest);
    Cow::Owned(ordered)
}

/// The article before an alef, where lam and alef were drawn as one glyph and are told in the wrong order: two alefs and
/// a lam at the beginning of a word are an alef, a lam and an alef. No word is written the other way.
fn with_article(text: &str) -> String {
    let (alef, lam) = ('\u{627}', '\u{644}');
    let is_alef = |c: char| matches!(c, '\u{622}' | '\u{623}' | '\u{625}' | '\u{627}');
    let mut letters: Vec<char> = text.chars().collect();
    for at in 0..letters.len().saturating_sub(2) {
        if letters[at] == alef && is_alef(letters[at + 1]) && letters[at + 2] == lam {
            letters.swap(at + 1, at + 2);
        }
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_named_with_what_would_do() {
        let mut missing = Command::new("isnad-no-such-program");
        let error = told(&mut missing, b"%PDF-", 10, PATIENCE).expect_err("it is not there").to_string();
        assert!(error.contains("poppler-utils") && error.contains(".txt"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_takes_too_long_or_writes_too_much_is_stopped() {
        let begun = Instant::now();
        for (program, patience, says) in [
            ("exec yes", PATIENCE, "longer than the 1000 bytes"),
            ("exec sleep 600", Duration::from_millis(200), "was stopped"),
            ("exec >&-; exec sleep 600", Duration::from_millis(200), "was stopped"),
            ("echo no good >&2; exit 1", PATIENCE, "cannot read it: no good"),
        ] {
            let mut command = Command::new("sh");
            command.args(["-c", program]);
            let error = told(&mut command, &vec![b'x'; 1 << 20], 1_000, patience).expect_err(program).to_string();
            assert!(error.contains(says), "{program}: {error}");
        }
        assert!(begun.elapsed() < PATIENCE);
    }

    #[test]
    fn shapes_and_marks_of_the_drawing_go() {
        let mut notices = Vec::new();
        let drawn = "\u{202b}\u{fedf}\u{fe8e}\u{202c} \u{200f}a\u{2}\n\u{fefb}\u{c}b";
        assert_eq!(cleaned(drawn, &mut notices), "\u{644}\u{627} \u{200f}a\n\u{644}\u{627}\u{c}b");
        assert_eq!(notices.len(), 1);
    }

    #[test]
    fn what_is_drawn_from_right_to_left_is_told_in_the_order_of_reading() {
        let (day, month) = ("\u{64a}\u{648}\u{645}", "\u{634}\u{628}\u{627}\u{637}");
        let drawn = format!(
            "\u{202b}{day} \u{202a} 13\u{202c}{month}\u{202c}\n\u{202b}\u{202a}.Human Rights\u{202c}\u{202c}\n"
        );
        assert_eq!(cleaned(&drawn, &mut Vec::new()), format!("{day} 13 {month}\nHuman Rights.\n"));
        let (drawn, read) = ("\u{627}\u{623}\u{644}\u{642}\u{644}", "\u{627}\u{644}\u{623}\u{642}\u{644}");
        assert_eq!(cleaned(drawn, &mut Vec::new()), read);
    }
}
