//! Where a remote engine is, and with what it is entered.

use std::{fmt, net::IpAddr, str::FromStr};

use percent_encoding::percent_decode_str;
use reqwest::{Url, header::HeaderValue};

use super::super::Error;

/// Where a remote engine is asked and where it is changed.
///
/// Read from one address for both (`https://host/repositories/archive`), from one of our own kind without a path
/// (`http://host:7878` means `/sparql` and `/update` there), or from two: `query=https://…,update=https://…`.
/// A user in the address (`https://token@host`) is a bearer token, a user with a password is just that; neither
/// is kept in the addresses nor shown.
#[derive(Clone, Debug)]
pub struct RemoteAddress {
    pub(super) query: Endpoint,
    pub(super) update: Endpoint,
}

impl RemoteAddress {
    /// Whether both ends are on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        [&self.query, &self.update].iter().all(|endpoint| is_loopback(&endpoint.url))
    }

    /// Whether both ends do without encryption.
    pub(super) fn is_plain(&self) -> bool {
        [&self.query, &self.update].iter().all(|endpoint| endpoint.url.scheme() == "http")
    }
}

impl fmt::Display for RemoteAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.query.url == self.update.url {
            self.query.url.fmt(f)
        } else {
            write!(f, "query={},update={}", self.query.url, self.update.url)
        }
    }
}

impl FromStr for RemoteAddress {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("query=") {
            let Some((query, update)) = rest.split_once(",update=") else {
                return Err(refused("after query= there must be an update= too: query=URL,update=URL"));
            };
            return Ok(Self { query: query.parse()?, update: update.parse()? });
        }
        let both: Endpoint = text.parse()?;
        if both.url.path() != "/" || both.url.query().is_some() {
            return Ok(Self { query: both.clone(), update: both });
        }
        let at = |path: &str| {
            let mut endpoint = both.clone();
            endpoint.url.set_path(path);
            endpoint
        };
        Ok(Self { query: at("/sparql"), update: at("/update") })
    }
}

/// One URL, without what it is entered with.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) url: Url,
    /// The value of `Authorization`.
    pub(super) authorization: Option<HeaderValue>,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.url)
    }
}

impl FromStr for Endpoint {
    type Err = Error;

    /// Messages never repeat the text, for it may hold a secret.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut url = Url::parse(text)
            .map_err(|error| refused(&format!("the address of the remote engine is not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(&format!("a remote engine is reached by http or https, not by {}", url.scheme())));
        }
        let authorization = authorization(&url)?;
        let cleared = url.set_username("").and_then(|()| url.set_password(None));
        cleared.map_err(|()| refused("the address of the remote engine names no host"))?;
        url.set_fragment(None);
        Ok(Self { url, authorization })
    }
}

fn authorization(url: &Url) -> Result<Option<HeaderValue>, Error> {
    let user = decoded(url.username())?;
    match url.password() {
        Some(password) => basic(&user, &decoded(password)?).map(Some),
        None if user.is_empty() => Ok(None),
        None => bearer(&user).map(Some),
    }
}

fn decoded(text: &str) -> Result<String, Error> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(String::from).map_err(|_| refused("the user of the remote engine is not UTF-8"))
}

/// The header for a bearer token.
pub(super) fn bearer(token: &str) -> Result<HeaderValue, Error> {
    secret(&format!("Bearer {token}"))
}

fn basic(user: &str, password: &str) -> Result<HeaderValue, Error> {
    secret(&format!("Basic {}", base64(format!("{user}:{password}").as_bytes())))
}

fn secret(value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| refused("the token of the remote engine has characters that no header may have"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[bits >> (18 - 6 * place) & 63];
            text.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn refused(message: &str) -> Error {
    Error::Refused(message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        text.parse::<RemoteAddress>().map_or_else(|error| error.to_string(), |address| address.to_string())
    }

    #[test]
    fn an_address_has_three_forms() {
        assert_eq!(shown("https://host/repositories/a"), "https://host/repositories/a");
        assert_eq!(shown("http://host:7878"), "query=http://host:7878/sparql,update=http://host:7878/update");
        let two = "query=http://host/query,update=http://other/update";
        assert_eq!(shown(two), two);
        assert!(shown("query=http://host/query").contains("update="));
        assert!(shown("ftp://host/").contains("not by ftp"));
        assert!(shown("host").contains("not a URL"));
    }

    #[test]
    fn secrets_are_taken_out_and_never_shown() {
        let address: RemoteAddress = "http://s3cret@host/x".parse().expect("the address is one");
        assert_eq!(address.query.authorization, Some(HeaderValue::from_static("Bearer s3cret")));
        assert!(!format!("{address} {address:?}").contains("s3cret"));
        let address: RemoteAddress = "http://user:pass%20word@host".parse().expect("the address is one");
        assert_eq!(address.update.authorization, Some(HeaderValue::from_static("Basic dXNlcjpwYXNzIHdvcmQ=")));
        assert!(!format!("{address} {address:?}").contains("word"));
        assert!(!shown("http://s3cret@").contains("s3cret"));
    }

    #[test]
    fn base64_fills_up() {
        assert_eq!(
            ["", "f", "fo", "foo", "foob"].map(|text| base64(text.as_bytes())),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
    }

    #[test]
    fn loopback_is_known() {
        let loopback = |text: &str| text.parse::<RemoteAddress>().is_ok_and(|address| address.is_loopback());
        assert!(loopback("http://localhost:1") && loopback("http://127.8.8.8") && loopback("http://[::1]:1"));
        assert!(!loopback("http://localhost.example.org") && !loopback("http://10.0.0.1"));
    }
}
