//! What is too large to be parsed or planned.
//!
//! The parser and the evaluator follow the nesting of a query by recursion, and where their stack ends the whole
//! process ends: three thousand braces are enough. The planner compares every joined pattern with every other,
//! again and again, and cannot be stopped: a hundred patterns in one group keep it busy for seconds. Both are
//! measured here beforehand, the one on the text, the other on the algebra. The limits are far beyond what
//! people and pages ask.

use super::{
    super::Error,
    token::{Kind, tokens},
};

/// How many brackets may stand in each other.
const MAX_DEPTH: usize = 100;

/// How many keywords, operators and brackets a query, or one operation of an update, may have: each can make the
/// algebra one level deeper. With a stack of two megabytes it took from 1500 levels to overflow it.
const MAX_LINKS: usize = 1000;

/// What planning may cost; reached after about half a second, by 64 patterns in one group for example.
const MAX_EFFORT: u64 = 70_u64.pow(4);

/// Refuses a text that is too deep to be parsed. Data and the rows of `VALUES` may be as long as they like.
pub(super) fn check_text(text: &str) -> Result<(), Error> {
    let (mut depth, mut links) = (0_usize, 0_usize);
    let (mut data_follow, mut data_since) = (false, None);
    for token in tokens(text) {
        match token.kind {
            Kind::Open => {
                depth += 1;
                if token.text == "{" && data_follow {
                    data_follow = false;
                    data_since = data_since.or(Some(depth));
                }
            }
            Kind::Close => {
                if data_since == Some(depth) {
                    data_since = None;
                }
                depth = depth.saturating_sub(1);
            }
            Kind::Word if ["DATA", "VALUES"].iter().any(|word| word.eq_ignore_ascii_case(token.text)) => {
                data_follow = true;
            }
            // The operations of an update are parsed one after the other.
            Kind::Separator if token.text == ";" && depth == 0 => links = 0,
            _ => {}
        }
        let is_link = match token.kind {
            Kind::Open | Kind::Operator => true,
            Kind::Word => !["a", "true", "false"].contains(&token.text),
            Kind::Close | Kind::Operand | Kind::Separator => false,
        };
        links += usize::from(is_link && data_since.is_none());
        if depth > MAX_DEPTH {
            return Err(Error::Refused(format!("more than {MAX_DEPTH} brackets stand in each other")));
        }
        if links > MAX_LINKS {
            return Err(Error::Refused(format!("there are more than {MAX_LINKS} keywords, operators and brackets")));
        }
    }
    Ok(())
}

/// What planning a query will cost.
#[derive(Debug, Default)]
pub(super) struct Effort(u64);

impl Effort {
    /// Adds a group of patterns. Groups that are aggregated or optional are planned twice on each level.
    pub(super) fn add(&mut self, patterns: usize, levels: u32) -> Result<(), Error> {
        let patterns = u64::try_from(patterns).unwrap_or(u64::MAX);
        let doubled = 1_u64.checked_shl(levels).unwrap_or(u64::MAX);
        self.spend(patterns.saturating_add(6).saturating_pow(4).saturating_mul(doubled))
    }

    /// Adds one more optional pattern to a number of others.
    pub(super) fn add_optional(&mut self, before: usize) -> Result<(), Error> {
        self.spend(u64::try_from(before).unwrap_or(u64::MAX).saturating_pow(3))
    }

    fn spend(&mut self, effort: u64) -> Result<(), Error> {
        self.0 = self.0.saturating_add(effort);
        if self.0 <= MAX_EFFORT {
            return Ok(());
        }
        Err(Error::Refused(
            "the query is too large to be planned: too many patterns are joined in one place, or groups and optional \
             patterns stand too deep in each other"
                .to_owned(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_and_length_are_limited_where_they_cost() {
        let nested = |n: usize| format!("ASK {} {}", "{".repeat(n), "}".repeat(n));
        assert!(check_text(&nested(MAX_DEPTH)).is_ok());
        assert!(matches!(check_text(&nested(MAX_DEPTH + 1)), Err(Error::Refused(_))));
        assert!(check_text(&format!("ASK {{ FILTER({}1) }}", "!".repeat(MAX_LINKS))).is_err());
        assert!(check_text(&format!("ASK {{ FILTER(1{}) }}", "-1".repeat(MAX_LINKS))).is_err());
        assert!(check_text(&format!("ASK {{ FILTER(1<{}1>1) }}", "1+".repeat(MAX_LINKS))).is_err());
        assert!(check_text(&format!("ASK {}", "{}".repeat(MAX_LINKS))).is_err());
    }

    #[test]
    fn data_may_be_long_but_not_deep() {
        let rows = "(-1 ex:x) (UNDEF true) ".repeat(MAX_LINKS);
        assert!(check_text(&format!("ASK {{ VALUES (?a ?b) {{ {rows} }} }}")).is_ok());
        let graphs = "GRAPH <urn:g> { <urn:s> a [ <urn:p> -1 ] } ".repeat(MAX_LINKS);
        assert!(check_text(&format!("INSERT DATA {{ {graphs} }}")).is_ok());
        assert!(check_text(&format!("INSERT DATA {{ <urn:s> a {} }}", "[ a ".repeat(MAX_DEPTH))).is_err());
        assert!(check_text(&"DROP SILENT GRAPH <urn:g> ; ".repeat(MAX_LINKS)).is_ok());
        let late = format!("ASK {{ VALUES ?x {{ 1 }} FILTER({}1) }}", "!".repeat(MAX_LINKS));
        assert!(check_text(&late).is_err());
    }

    #[test]
    fn planning_has_a_price() {
        let mut effort = Effort::default();
        assert!(effort.add(64, 0).is_ok());
        assert!(effort.add(1, 0).is_err());
        assert!(Effort::default().add(1, 20).is_err());
        assert!(Effort::default().add(usize::MAX, u32::MAX).is_err());
    }
}
