//! Good inputs made bad, the same way for the same seed.

/// What is put in somewhere: what begins and ends things, what is too great, and letters that are not what they seem.
const PIECES: [&str; 48] = [
    "<",
    ">",
    "&",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ":",
    ";",
    ",",
    ".",
    "/",
    "\\",
    "#",
    "?",
    "*",
    "%",
    "%00",
    "%ff",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "---\n",
    ":::",
    "-1",
    "18446744073709551616",
    "1e309",
    "NaN",
    "null",
    "true",
    "q=",
    "\\u0000",
    "\\ud800",
    "\u{202e}",
    "\u{feff}",
    "\u{641}",
    "\u{66b}",
    "\u{301}",
    "\u{10ffff}",
    "../",
    "SELECT",
    "http://127.0.0.1/",
    "\u{e9}",
];

/// Numbers that look thrown and are not (splitmix64).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 on, below an end.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or_default()
    }
}

/// One of the seeds with up to eight things done to it. Some are left as they are, so that good inputs come too.
pub(super) fn spoil(chance: &mut Chance, from: usize, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[from].clone();
    for _ in 0..chance.below(9) {
        let at = chance.below(bytes.len() + 1);
        let end = (at + chance.below(20)).min(bytes.len());
        match chance.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.truncate(at),
            3 => {
                // Doubled again and again, so that what nests nests deeply.
                let again = bytes[at..end].repeat(1 + chance.below(60));
                drop(bytes.splice(at..at, again));
            }
            4 => {
                let other = &seeds[chance.below(seeds.len())];
                let start = chance.below(other.len() + 1);
                let stop = (start + chance.below(60)).min(other.len());
                drop(bytes.splice(at..end, other[start..stop].iter().copied()));
            }
            _ => {
                let piece = PIECES[chance.below(PIECES.len())].repeat(if chance.below(20) == 0 { 200 } else { 1 });
                drop(bytes.splice(at..at, piece.into_bytes()));
            }
        }
    }
    bytes
}
