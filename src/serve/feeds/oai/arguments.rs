//! The arguments of a request by OAI-PMH, and the token with which a list is gone on with.
//!
//! A token holds all that the list was asked with and how far it came, so nothing is remembered between requests and
//! no token grows old.

use std::collections::BTreeMap;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use crate::export::feeds::oai::{Code, Fault, Prefix};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Identify,
    ListMetadataFormats {
        identifier: Option<String>,
    },
    ListSets,
    /// Records, or their headers alone.
    List {
        with_records: bool,
        list: List,
    },
    GetRecord {
        identifier: String,
        prefix: Prefix,
    },
}

/// Which list is asked for, and how far it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct List {
    pub prefix: Prefix,
    pub set: Option<String>,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    /// How far earlier pages came; none on the first.
    pub done: Option<Done>,
}

/// How far a list came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Done {
    /// The number of the last change that was given.
    pub after: u64,
    /// How many items were given.
    pub items: u64,
    /// How many there were to be given when the list was begun.
    pub size: u64,
}

/// A time as it was written: a day, or to the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    text: String,
    /// When it begins.
    pub begins: Timestamp,
    /// When it is over.
    pub ends: Timestamp,
}

impl Moment {
    fn parse(text: &str) -> Option<Self> {
        let written: DateTime = match (text.len(), text.strip_suffix('Z')) {
            (10, None) => text.parse::<Date>().ok()?.at(0, 0, 0, 0),
            (20, Some(local)) if local.as_bytes()[10] == b'T' => local.parse().ok()?,
            _ => return None,
        };
        // The last hours of the year 9999 are no timestamps; harvesters write them for a time that never comes.
        let begins = TimeZone::UTC.to_timestamp(written).unwrap_or(Timestamp::MAX);
        let length = SignedDuration::from_secs(if text.len() == 10 { 86_400 } else { 1 });
        let ends = begins.checked_add(length).unwrap_or(Timestamp::MAX);
        Some(Self { text: text.to_owned(), begins, ends })
    }
}

pub(super) fn fault(code: Code, message: impl Into<String>) -> Fault {
    Fault { code, message: message.into() }
}

fn bad(message: impl Into<String>) -> Fault {
    fault(Code::BadArgument, message)
}

/// Takes a request apart. The arguments are good ones unless the fault is about the verb or an argument.
pub(super) fn read(pairs: &[(String, String)]) -> Result<Verb, Fault> {
    let verbs: Vec<&str> = pairs.iter().filter(|(name, _)| name == "verb").map(|(_, value)| value.as_str()).collect();
    let [verb] = verbs[..] else {
        let how_many = if verbs.is_empty() { "there is no verb" } else { "there are several verbs" };
        return Err(fault(
            Code::BadVerb,
            format!("{how_many}; expected one of {}", VERBS.map(|verb| verb.0).join(", ")),
        ));
    };
    let Some((_, required, optional)) = VERBS.into_iter().find(|(name, ..)| *name == verb) else {
        let names = VERBS.map(|verb| verb.0).join(", ");
        return Err(fault(Code::BadVerb, format!("`{verb}` is not a verb; expected one of {names}")));
    };
    let mut given: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, value) in pairs.iter().filter(|(name, _)| name != "verb") {
        if !required.contains(&name.as_str()) && !optional.contains(&name.as_str()) {
            let known: Vec<&str> = required.iter().chain(optional).copied().collect();
            let expected = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(bad(format!("{verb} has no argument `{name}`; expected {expected}")));
        }
        if given.insert(name, value).is_some() {
            return Err(bad(format!("`{name}` is given twice")));
        }
    }
    let token = given.get("resumptionToken").copied();
    if token.is_some() && given.len() > 1 {
        return Err(bad("beside `resumptionToken` there can be no other argument"));
    }
    if let (None, Some(missing)) = (token, required.iter().find(|name| !given.contains_key(*name))) {
        return Err(bad(format!("{verb} needs the argument `{missing}`")));
    }
    let text = |name: &str| given.get(name).map(|value| (*value).to_owned());
    Ok(match verb {
        "Identify" => Verb::Identify,
        "ListMetadataFormats" => Verb::ListMetadataFormats { identifier: text("identifier") },
        "ListSets" if token.is_some() => return Err(bad_token("the sets are listed on one page")),
        "ListSets" => Verb::ListSets,
        "GetRecord" => Verb::GetRecord {
            prefix: prefix(given.get("metadataPrefix").copied())?,
            identifier: text("identifier").unwrap_or_default(),
        },
        verb => Verb::List {
            with_records: verb == "ListRecords",
            list: token.map_or_else(|| List::read(&given), List::from_token)?,
        },
    })
}

/// Each verb with the arguments it needs and those it may have.
const VERBS: [(&str, &[&str], &[&str]); 6] = [
    ("Identify", &[], &[]),
    ("ListMetadataFormats", &[], &["identifier"]),
    ("ListSets", &[], &["resumptionToken"]),
    ("ListIdentifiers", &["metadataPrefix"], &["from", "until", "set", "resumptionToken"]),
    ("ListRecords", &["metadataPrefix"], &["from", "until", "set", "resumptionToken"]),
    ("GetRecord", &["identifier", "metadataPrefix"], &[]),
];

fn prefix(name: Option<&str>) -> Result<Prefix, Fault> {
    let name = name.unwrap_or_default();
    Prefix::from_name(name).ok_or_else(|| {
        let known = Prefix::ALL.map(Prefix::name).join(", ");
        fault(Code::CannotDisseminateFormat, format!("there is no format `{name}`; expected {known}"))
    })
}

pub(super) fn bad_token(message: &str) -> Fault {
    fault(Code::BadResumptionToken, message)
}

impl List {
    fn read(given: &BTreeMap<&str, &str>) -> Result<Self, Fault> {
        let moment = |name: &str| {
            let read = |text: &&str| {
                Moment::parse(text).ok_or_else(|| {
                    bad(format!(
                        "`{name}` is `{text}`; expected a day or a second of UTC, such as 2017-02-15T00:00:00Z"
                    ))
                })
            };
            given.get(name).map(read).transpose()
        };
        let (from, until) = (moment("from")?, moment("until")?);
        if let (Some(from), Some(until)) = (&from, &until) {
            if from.text.len() != until.text.len() {
                return Err(bad("`from` and `until` are not both days or both to the second"));
            }
            if from.begins > until.begins {
                return Err(bad("`from` is after `until`"));
            }
        }
        let set = given.get("set").map(|set| (*set).to_owned());
        Ok(Self { prefix: prefix(given.get("metadataPrefix").copied())?, set, from, until, done: None })
    }

    /// The token with which the list is gone on with.
    pub(super) fn token(&self, done: Done) -> String {
        let time = |moment: &Option<Moment>| moment.as_ref().map(|moment| moment.text.clone()).unwrap_or_default();
        let (set, from, until) = (self.set.as_deref().unwrap_or_default(), time(&self.from), time(&self.until));
        let Done { after, items, size } = done;
        format!("{},{set},{from},{until},{after},{items},{size}", self.prefix.name())
    }

    fn from_token(token: &str) -> Result<Self, Fault> {
        let read = || {
            let parts: Vec<&str> = token.split(',').collect();
            let [prefix, set, from, until, after, items, size] = parts[..] else { return None };
            let numbers = [after, items, size].map(|number| number.parse::<u64>().ok());
            let [Some(after), Some(items), Some(size)] = numbers else { return None };
            let names = [("metadataPrefix", prefix), ("set", set), ("from", from), ("until", until)];
            let given = names.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            let list = Self::read(&given).ok()?;
            (0 < items && items <= after && items < size)
                .then_some(Self { done: Some(Done { after, items, size }), ..list })
        };
        read().ok_or_else(|| bad_token("the token is none that was given here; begin the list anew"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(query: &str) -> Result<Verb, Fault> {
        read(&crate::serve::parameters::pairs(query))
    }

    #[test]
    fn a_token_leads_back_to_its_list() {
        let Ok(Verb::List { list: asked, .. }) =
            list("verb=ListRecords&metadataPrefix=rdf&set=document:note&from=2017-02-15&until=2017-02-16")
        else {
            panic!("it is good")
        };
        let done = Done { after: 120, items: 100, size: 101 };
        let token = asked.token(done);
        let resumed = list(&format!("verb=ListRecords&resumptionToken={token}"));
        assert_eq!(resumed, Ok(Verb::List { with_records: true, list: List { done: Some(done), ..asked } }));
    }

    #[test]
    fn a_bad_token_is_a_bad_token() {
        for token in
            ["", "x", "rdf,,,,1,1", "rdf,,,,1,1,x", "cow,,,,1,1,2", "rdf,,2017,,1,1,2", "rdf,,,,1,2,3", "rdf,,,,9,9,9"]
        {
            let fault = list(&format!("verb=ListRecords&resumptionToken={token}")).expect_err(token);
            assert_eq!(fault.code, Code::BadResumptionToken, "{token}");
        }
    }

    #[test]
    fn a_moment_is_a_day_or_a_second() {
        for text in ["2017-02-15", "2017-02-15T00:00:00Z", "9999-12-31"] {
            assert!(Moment::parse(text).is_some(), "{text}");
        }
        for text in ["", "2017", "2017-02-30", "2017-02-15T00:00:00", "2017-02-15 00:00:00Z", "2017-02-15T00:00Z"] {
            assert!(Moment::parse(text).is_none(), "{text}");
        }
    }
}
