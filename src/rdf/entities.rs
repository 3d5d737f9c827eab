//! The entities that an XML file declares for itself: namespaces are often written so, and so are bombs.
//!
//! The parser of RDF/XML resolves entities in the values of others, so that twenty lines can become gigabytes. An entity
//! that names another, or a file, is refused before anything is parsed, and so is a file that its entities make much
//! larger.

use std::collections::HashMap;

/// The most entities a file may declare, and the longest value of one.
const MOST: usize = 200;
const LONGEST: usize = 1_000;
/// Entities may make a file so many times as large, or this large.
const TIMES: usize = 10;
const ENOUGH: usize = 1 << 20;

/// The entities of a file are not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}: expected none, or short ones such as <!ENTITY owl \"http://www.w3.org/2002/07/owl#\">")]
pub struct Refused {
    /// The line, from 1.
    line: usize,
    /// Why.
    reason: String,
}

/// Whether the entities that some XML declares can do no harm.
pub fn check(xml: &str) -> Result<(), Refused> {
    let mut entities: HashMap<&str, usize> = HashMap::new();
    for (at, _) in xml.match_indices("<!ENTITY") {
        let refuse = |reason: String| Err(Refused { line: xml[..at].matches('\n').count() + 1, reason });
        let declared = &xml[at + "<!ENTITY".len()..];
        let declared = declared.split('>').next().unwrap_or_default().trim();
        let (name, value) = declared.split_once(char::is_whitespace).unwrap_or((declared, ""));
        let value = value.trim();
        let quoted = value.strip_prefix(['"', '\'']).map(|value| value.trim_end_matches(['"', '\'']));
        match quoted {
            _ if name == "%" => return refuse("it declares a parameter entity".to_owned()),
            None => return refuse(format!("the entity `{name}` names something outside of the file")),
            Some(value) if value.contains(['&', '%']) => {
                return refuse(format!("the entity `{name}` names another entity"));
            }
            Some(value) if value.len() > LONGEST => {
                return refuse(format!(
                    "the entity `{name}` has {} bytes, and at most {LONGEST} are accepted",
                    value.len()
                ));
            }
            Some(value) => drop(entities.insert(name, value.len())),
        }
        if entities.len() > MOST {
            return refuse(format!("it declares more than {MOST} entities"));
        }
    }
    if entities.is_empty() {
        return Ok(());
    }
    let names = xml.split('&').skip(1).filter_map(|rest| rest.get(..rest.find(';')?));
    let grown: usize = names.filter_map(|name| entities.get(name)).sum();
    if grown > ENOUGH.max(xml.len().saturating_mul(TIMES)) {
        return Err(Refused { line: 1, reason: format!("its entities make {grown} bytes of {}", xml.len()) });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_pass_and_bombs_do_not() {
        assert_eq!(check("<!DOCTYPE r [<!ENTITY owl \"http://www.w3.org/2002/07/owl#\">]><r a='&owl;Class'/>"), Ok(()));
        assert_eq!(check("<r>&amp;</r>"), Ok(()));
        let many = "&a;".repeat(100_000);
        let long = "x".repeat(2_000);
        for (declared, says) in [
            ("<!ENTITY a \"ha\">\n<!ENTITY b \"&a;&a;\">".to_owned(), "line 2: the entity `b` names another"),
            ("<!ENTITY a SYSTEM \"file:///etc/passwd\">".to_owned(), "outside"),
            ("<!ENTITY % a \"x\">".to_owned(), "parameter"),
            (format!("<!ENTITY a \"{long}\">"), "2000 bytes"),
            (format!("<!ENTITY a \"{}\">]>{many}", &long[..1_000]), "100000000 bytes"),
        ] {
            let said = check(&format!("<!DOCTYPE r [{declared}")).expect_err(&declared).to_string();
            assert!(said.contains(says), "{said}");
        }
    }
}
