//! How much is wanted of the linker?

/// The confidence from which a link may be taken as it is: on the development gold, in English and in Arabic, at least
/// 95 of 100 links at or above it are right.
pub const THRESHOLD: f64 = 0.5;

/// The confidence below which a reading is left out.
pub(super) const LEAST: f64 = 0.3;

/// What is given besides the surest mentions.
///
/// By default every link that is more than a guess is given, none inside another, and names of nothing known are
/// passed over: what is stored of a document should not be full of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The least confidence of what is given.
    pub least: f64,
    /// Whether names by which nothing is known are given too, as [`Target::Nil`](crate::model::Target::Nil).
    pub nil: bool,
    /// Whether what is named inside another name is given too: the town in the name of its council.
    pub nested: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { least: LEAST, nil: false, nested: false }
    }
}
