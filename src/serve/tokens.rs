//! Who holds which token: a file beside the store, which the command line writes and the service reads.
//!
//! Of a token only the SHA-256 is kept: it is 256 bits of chance, so that nothing slower than a digest is needed. The file
//! is read again when it has changed, so that a token that is revoked is refused at once. When each was last used stands
//! in a file of its own, which the service alone writes.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::store::Digest;

/// What every token begins with, so that one that is found in a wrong place is known for what it is.
const PREFIX: &str = "isnad_";

/// How exactly it is known when a token was last used.
const EXACTNESS: SignedDuration = SignedDuration::from_mins(1);

/// What the holder of a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Adds and changes what the archive holds, and does what a reviewer does.
    Archivist,
    /// Assesses, and decides on links.
    Reviewer,
    /// Publishes, answers and declines comments.
    Moderator,
    /// Everything.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Archivist, Self::Reviewer, Self::Moderator, Self::Admin];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Archivist => "archivist",
            Self::Reviewer => "reviewer",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
        }
    }

    /// Whether this role may do what another is needed for.
    #[must_use]
    pub fn may(self, needed: Self) -> bool {
        self == needed || self == Self::Admin || (self == Self::Archivist && needed == Self::Reviewer)
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| format!("`{text}` is not a role: expected {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// By what it is named on the command line.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The digest of the token itself.
    pub sha256: String,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it is refused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires: Option<Timestamp>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revoked: Option<Timestamp>,
}

impl Token {
    /// The path of its holder as an agent.
    #[must_use]
    pub fn agent(&self) -> String {
        agent(&self.name)
    }

    /// Whether it is refused at a time.
    #[must_use]
    pub fn has_expired(&self, at: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= at)
    }
}

/// The path of the agent of a name: its letters and digits, joined by hyphens.
#[must_use]
pub fn agent(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    format!("agent/{}", words.map(str::to_lowercase).collect::<Vec<_>>().join("-"))
}

/// What can go wrong with tokens.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Tokens are kept nowhere.
    #[error("there is no file for tokens; name one with --tokens")]
    Nowhere,
    /// The name is none, or somebody else's.
    #[error("{0}")]
    Name(String),
    /// There is no such token.
    #[error("there is no token {0}; `isnad token list` shows those there are")]
    Unknown(String),
    /// The file cannot be read or written.
    #[error("failed to read or write the tokens in {path}")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    tokens: Vec<Token>,
}

/// The file as it was last read: when it was written, how long it is.
type Stamp = (Option<SystemTime>, u64);

/// The tokens of an archive.
#[derive(Debug, Default)]
pub struct Tokens {
    file: Option<PathBuf>,
    read: Mutex<Option<(Stamp, Vec<Token>)>>,
    used: Mutex<BTreeMap<String, Timestamp>>,
}

impl Tokens {
    /// The tokens of a file, which need not be there yet.
    #[must_use]
    pub fn open(file: PathBuf) -> Self {
        let used = fs::read(beside(&file)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self { file: Some(file), read: Mutex::default(), used: Mutex::new(used.unwrap_or_default()) }
    }

    /// Makes a token for somebody. What is given back with it is the token itself, which nobody can tell again.
    pub fn create(
        &self,
        name: &str,
        role: Role,
        expires: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(Token, String), TokenError> {
        let name = name.trim();
        let reserved = ["agent/", "agent/isnad"].contains(&agent(name).as_str());
        if reserved || name.chars().count() > 100 || name.chars().any(char::is_control) {
            let detail = format!("`{name}` is not a name for the holder of a token: expected up to 100 letters");
            return Err(TokenError::Name(detail));
        }
        let secret = chance(32)?;
        let token = Token {
            id: chance(4)?,
            name: name.to_owned(),
            role,
            sha256: Digest::of(format!("{PREFIX}{secret}").as_bytes()).to_string(),
            created: now,
            expires,
            revoked: None,
        };
        self.change(|tokens| {
            let is_valid = |other: &&Token| other.revoked.is_none() && !other.has_expired(now);
            if let Some(other) = tokens.iter().filter(is_valid).find(|other| other.agent() == token.agent()) {
                let detail = format!("{} has a token already, {}; revoke it first", other.name, other.id);
                return Err(TokenError::Name(detail));
            }
            tokens.push(token.clone());
            Ok(())
        })?;
        Ok((token, format!("{PREFIX}{secret}")))
    }

    /// Revokes a token, by its id or by the name of its holder.
    pub fn revoke(&self, wanted: &str, now: Timestamp) -> Result<Token, TokenError> {
        let mut revoked = None;
        self.change(|tokens| {
            let is_wanted =
                |token: &&mut Token| token.revoked.is_none() && (token.id == wanted || token.name == wanted);
            let found = tokens.iter_mut().find(is_wanted).ok_or_else(|| TokenError::Unknown(wanted.to_owned()))?;
            found.revoked = Some(now);
            revoked = Some(found.clone());
            Ok(())
        })?;
        revoked.ok_or_else(|| TokenError::Unknown(wanted.to_owned()))
    }

    /// Every token there ever was.
    pub fn all(&self) -> Result<Vec<Token>, TokenError> {
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        let stamp = match fs::metadata(file) {
            Ok(metadata) => (metadata.modified().ok(), metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(failed(file, source)),
        };
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, tokens)) = read.as_ref().filter(|(known, _)| *known == stamp) {
            return Ok(tokens.clone());
        }
        let tokens = load(file)?;
        *read = Some((stamp, tokens.clone()));
        Ok(tokens)
    }

    /// The file as it is kept, where there is one.
    pub fn as_kept(&self) -> Result<Option<Vec<u8>>, TokenError> {
        let Some(file) = &self.file else { return Ok(None) };
        match fs::read(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some).map_err(|source| failed(file, source)),
        }
    }

    /// The token that somebody shows. Every digest is compared to its end, so that the time it takes tells nothing.
    pub fn find(&self, shown: &str) -> Result<Option<Token>, TokenError> {
        let digest = Digest::of(shown.as_bytes()).to_string();
        let tokens = self.all()?;
        Ok(tokens
            .into_iter()
            .fold(None, |found, token| if is_same(&token.sha256, &digest) { Some(token) } else { found }))
    }

    /// Remembers that a token was used.
    pub fn note_use(&self, token: &Token, now: Timestamp) {
        let Some(file) = &self.file else { return };
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.get(&token.id).is_some_and(|last| now.duration_since(*last) < EXACTNESS) {
            return;
        }
        used.insert(token.id.clone(), now);
        if let Err(error) = write(&beside(file), &*used) {
            tracing::warn!(%error, "it could not be noted when a token was used");
        }
    }

    /// When tokens were last used, by id, to the minute.
    #[must_use]
    pub fn last_used(&self) -> BTreeMap<String, Timestamp> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the file; whoever else does so at the same time waits.
    fn change(&self, change: impl FnOnce(&mut Vec<Token>) -> Result<(), TokenError>) -> Result<(), TokenError> {
        let file = self.file.as_ref().ok_or(TokenError::Nowhere)?;
        let lock = file.with_extension("lock");
        let locked = fs::File::create(&lock).and_then(|lock| lock.lock().map(|()| lock));
        let _locked = locked.map_err(|source| failed(&lock, source))?;
        let mut kept = Kept { tokens: if file.exists() { load(file)? } else { Vec::new() } };
        change(&mut kept.tokens)?;
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = None;
        write(file, &kept).map_err(|source| failed(file, source))
    }
}

fn beside(file: &Path) -> PathBuf {
    file.with_extension("used.json")
}

fn failed(path: &Path, source: io::Error) -> TokenError {
    TokenError::File { path: path.display().to_string(), source }
}

fn load(file: &Path) -> Result<Vec<Token>, TokenError> {
    let bytes = fs::read(file).map_err(|source| failed(file, source))?;
    let kept: Kept = serde_json::from_slice(&bytes).map_err(|error| failed(file, io::Error::other(error)))?;
    Ok(kept.tokens)
}

/// Writes a file whole or not at all, for its owner alone.
fn write(path: &Path, content: &impl Serialize) -> io::Result<()> {
    use std::io::Write as _;
    let unfinished = path.with_extension("part");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(&serde_json::to_vec_pretty(content)?)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

/// So many bytes of chance, in hexadecimal digits.
pub(super) fn chance(bytes: usize) -> Result<String, TokenError> {
    let mut chance = vec![0; bytes];
    let provider = rustls::crypto::ring::default_provider();
    let filled = provider.secure_random.fill(&mut chance);
    filled.map_err(|_| failed(Path::new("the system's random numbers"), io::Error::other("there are none")))?;
    let mut digits = String::with_capacity(2 * bytes);
    for byte in chance {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
    }
    Ok(digits)
}

/// Whether two digests are the same, in a time that does not depend on where they differ.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let differing = one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> (tempfile::TempDir, Tokens) {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let tokens = Tokens::open(folder.path().join("tokens.json"));
        (folder, tokens)
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("it is a time")
    }

    #[test]
    fn a_token_is_kept_as_its_digest_alone_and_known_until_it_is_revoked() {
        let (folder, tokens) = tokens();
        let now = at("2026-11-24T12:00:00Z");
        let (token, secret) = tokens.create("Reem Haddad", Role::Reviewer, None, now).expect("it is made");
        assert_eq!((token.agent().as_str(), secret.len()), ("agent/reem-haddad", PREFIX.len() + 64));
        let kept = fs::read_to_string(folder.path().join("tokens.json")).expect("the file is there");
        assert!(!kept.contains(&secret) && !kept.contains(&secret[PREFIX.len()..]), "{kept}");
        // Another process sees it, and sees it go.
        let service = Tokens::open(folder.path().join("tokens.json"));
        assert_eq!(service.find(&secret).expect("it is read"), Some(token.clone()));
        assert_eq!(service.find("isnad_x").expect("it is read"), None);
        assert!(matches!(tokens.create("reem haddad", Role::Admin, None, now), Err(TokenError::Name(_))));
        tokens.revoke(&token.id, now).expect("it is revoked");
        assert!(service.find(&secret).expect("it is read").is_some_and(|token| token.revoked == Some(now)));
        tokens.create("Reem Haddad", Role::Reviewer, None, now).expect("she may have another");
        for name in ["", " ", "isnad", "Isnad!", "a\nb"] {
            assert!(tokens.create(name, Role::Admin, None, now).is_err(), "{name:?}");
        }
    }

    #[test]
    fn the_last_use_is_kept_to_the_minute() {
        let (folder, tokens) = tokens();
        let now = at("2026-11-24T12:00:00Z");
        let (token, _) = tokens.create("\u{631}\u{64a}\u{645}", Role::Moderator, None, now).expect("it is made");
        tokens.note_use(&token, now);
        tokens.note_use(&token, now + SignedDuration::from_secs(30));
        let again = Tokens::open(folder.path().join("tokens.json"));
        assert_eq!(again.last_used().get(&token.id), Some(&now));
    }

    #[test]
    fn roles_do_their_own_work() {
        use Role::{Admin, Archivist, Moderator, Reviewer};
        for (role, may) in [
            (Admin, vec![Archivist, Reviewer, Moderator, Admin]),
            (Archivist, vec![Archivist, Reviewer]),
            (Reviewer, vec![Reviewer]),
            (Moderator, vec![Moderator]),
        ] {
            assert_eq!(Role::ALL.into_iter().filter(|needed| role.may(*needed)).collect::<Vec<_>>(), may, "{role:?}");
        }
    }
}
