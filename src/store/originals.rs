//! The files as they came, by the SHA-256 of their bytes.
//!
//! Whatever was read from a file can be traced to the bytes it was read from, and the same bytes are kept once.
//! Nothing is ever changed or deleted here. A folder holds them by default; any object store `object_store` was
//! built for does as well.

use std::{fmt, fs, io, path::Path as FilePath, str::FromStr, sync::Arc};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use object_store::{
    ObjectStore, ObjectStoreExt, local::LocalFileSystem, memory::InMemory, path::Path, prefix::PrefixStore,
};
use reqwest::Url;
use sha2::{Digest as _, Sha256};

/// The files as they came.
#[derive(Clone, Debug)]
pub struct Originals {
    store: Arc<dyn ObjectStore>,
}

/// What can go wrong with originals.
#[derive(Debug, thiserror::Error)]
pub enum OriginalsError {
    /// The place is not one, or this program cannot reach places of its kind.
    #[error("{address} is not a place for originals")]
    Address {
        /// The place.
        address: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The folder could not be made.
    #[error("the folder for originals could not be made")]
    Folder(#[from] io::Error),
    /// There is no such file.
    #[error("there is no original with the digest {0}")]
    Missing(Digest),
    /// The file is not what it was.
    #[error("the original {0} no longer has that digest")]
    Altered(Digest),
    /// The place failed.
    #[error("the place of the originals failed")]
    Store(#[from] object_store::Error),
}

impl Originals {
    /// The originals in a folder, which is made if there is none, or at an address such as `s3://bucket/path`.
    pub fn open(place: &str) -> Result<Self, OriginalsError> {
        Self::open_with(place, &[])
    }

    /// The same with options of the kind of place, by the names that `object_store` gives them, such as
    /// `aws_access_key_id`; a folder has none.
    pub fn open_with(place: &str, options: &[(String, String)]) -> Result<Self, OriginalsError> {
        let wrong = |source| OriginalsError::Address { address: place.to_owned(), source };
        if !place.contains("://") {
            return Self::folder(FilePath::new(place));
        }
        let url = Url::parse(place).map_err(|error| wrong(error.into()))?;
        if url.scheme() == "file" {
            let path = url.to_file_path().map_err(|()| wrong("the address names no local file".into()))?;
            return Self::folder(&path);
        }
        let options = options.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let (store, path) = object_store::parse_url_opts(&url, options).map_err(|error| wrong(error.into()))?;
        Ok(Self { store: Arc::new(PrefixStore::new(store, path)) })
    }

    fn folder(path: &FilePath) -> Result<Self, OriginalsError> {
        fs::create_dir_all(path)?;
        Ok(Self { store: Arc::new(LocalFileSystem::new_with_prefix(path)?.with_fsync(true)) })
    }

    /// Originals in memory, gone with the last clone.
    #[must_use]
    pub fn memory() -> Self {
        Self { store: Arc::new(InMemory::new()) }
    }

    /// Keeps a file, whole or not at all. A second time changes nothing.
    pub async fn put(&self, bytes: impl Into<Bytes>) -> Result<Digest, OriginalsError> {
        let bytes = bytes.into();
        let digest = Digest::of(&bytes);
        if !self.contains(&digest).await? {
            // Whoever else puts the same key at the same time puts the same bytes.
            self.store.put(&digest.key(), bytes.into()).await?;
        }
        Ok(digest)
    }

    /// The bytes of a file, checked against the digest.
    pub async fn get(&self, digest: &Digest) -> Result<Bytes, OriginalsError> {
        let bytes = match self.store.get(&digest.key()).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Err(OriginalsError::Missing(*digest)),
            Err(error) => return Err(error.into()),
        };
        if Digest::of(&bytes) == *digest { Ok(bytes) } else { Err(OriginalsError::Altered(*digest)) }
    }

    /// The digests of all files, in no order.
    pub async fn all(&self) -> Result<Vec<Digest>, OriginalsError> {
        let mut found = Vec::new();
        let mut listed = self.store.list(None);
        while let Some(file) = listed.try_next().await? {
            // What lies there besides is not an original.
            found.extend(file.location.as_ref().replace('/', "").parse::<Digest>());
        }
        Ok(found)
    }

    /// The size of a file, in bytes; none where it is not kept.
    pub async fn size(&self, digest: &Digest) -> Result<Option<u64>, OriginalsError> {
        match self.store.head(&digest.key()).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whatever is kept, in no order: the name of each file, and its digest where the name is that of one.
    #[must_use]
    pub fn list(&self) -> BoxStream<'_, Result<(String, Option<Digest>), OriginalsError>> {
        let named = |found: object_store::ObjectMeta| {
            let name = found.location.to_string();
            let digest = name.replace('/', "").parse().ok().filter(|digest: &Digest| digest.key() == found.location);
            (name, digest)
        };
        self.store.list(None).map(move |found| Ok(named(found?))).boxed()
    }

    /// Whether a file is kept.
    pub async fn contains(&self, digest: &Digest) -> Result<bool, OriginalsError> {
        Ok(self.size(digest).await?.is_some())
    }
}

/// The SHA-256 of some bytes, written as 64 hexadecimal digits in lower case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Where its file is kept: `ab/cd…`, so that no folder grows too large.
    fn key(&self) -> Path {
        let digits = self.to_string();
        let (folder, file) = digits.split_at(2);
        Path::from_iter([folder, file])
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// The text is not a SHA-256 in hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest is written as 64 hexadecimal digits")]
pub struct NotADigest;

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotADigest);
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| NotADigest)?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn keeps_files(originals: Originals) -> Result<(), OriginalsError> {
        let digest = originals.put("as it came").await?;
        assert_eq!(digest, Digest::of(b"as it came"));
        assert_eq!(originals.put("as it came").await?, digest);
        assert!(originals.contains(&digest).await?);
        assert_eq!(originals.all().await?, [digest]);
        assert_eq!(originals.get(&digest).await?, "as it came");
        let other = Digest::of(b"never came");
        assert!(!originals.contains(&other).await?);
        assert!(matches!(originals.get(&other).await, Err(OriginalsError::Missing(missing)) if missing == other));
        Ok(())
    }

    #[tokio::test]
    async fn a_file_is_kept_once_and_given_back() {
        keeps_files(Originals::memory()).await.expect("memory holds");
        let folder = tempfile::tempdir().expect("a folder can be made");
        let place = folder.path().join("deep/originals");
        let originals = Originals::open(&place.display().to_string()).expect("the folder is made");
        keeps_files(originals).await.expect("the folder holds");
        let address = Url::from_directory_path(&place).expect("the path is absolute");
        let again = Originals::open(address.as_str()).expect("the folder is there");
        assert!(again.contains(&Digest::of(b"as it came")).await.expect("the folder can be read"));
    }

    #[tokio::test]
    async fn a_changed_file_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let originals = Originals::open(&folder.path().display().to_string()).expect("the folder is there");
        let digest = originals.put("as it came").await.expect("the folder holds");
        let file = folder.path().join(digest.key().as_ref());
        fs::write(&file, "otherwise").expect("the file is there");
        assert!(matches!(originals.get(&digest).await, Err(OriginalsError::Altered(_))));
    }

    #[test]
    fn a_digest_is_64_digits() {
        let digest = Digest::of(b"");
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest.to_string(), text);
        assert_eq!(text.parse(), Ok(digest));
        assert_eq!(digest.key().as_ref(), format!("{}/{}", &text[..2], &text[2..]));
        assert_eq!("e3b0".parse::<Digest>(), Err(NotADigest));
        assert_eq!("+".repeat(64).parse::<Digest>(), Err(NotADigest));
    }

    #[test]
    fn a_place_that_cannot_be_reached_is_refused() {
        assert!(matches!(Originals::open("gopher://x/y"), Err(OriginalsError::Address { .. })));
    }
}
