//! How deep JSON nests, told before a parser that recurses reads it: where its stack ends the whole process does.

/// So many objects and arrays may stand in each other, as in most parsers of JSON.
const DEEPEST: usize = 128;

/// The text nests too deeply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: more than {DEEPEST} objects and arrays stand in each other")]
pub struct TooDeep {
    /// The line on which there is one too many, counted from 1.
    pub line: usize,
}

/// Looks at the brackets of a text outside its strings.
pub fn check(text: &[u8]) -> Result<(), TooDeep> {
    let (mut depth, mut line, mut is_string, mut is_escaped) = (0_usize, 1, false, false);
    for byte in text {
        match byte {
            b'\n' => line += 1,
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            b'{' | b'[' if !is_string => depth += 1,
            b'}' | b']' if !is_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(TooDeep { line });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_count_where_they_are_brackets() {
        let nested = |depth: usize| format!("{}\n{}", "[{\"a\":".repeat(depth / 2), "}]".repeat(depth / 2));
        assert_eq!(check(nested(DEEPEST).as_bytes()), Ok(()));
        assert_eq!(check(nested(DEEPEST + 2).as_bytes()), Err(TooDeep { line: 1 }));
        let words = format!("[\"{} \\\" {}\"]", "{".repeat(500), "[".repeat(500));
        assert_eq!(check(words.as_bytes()), Ok(()));
        assert_eq!(check("[]".repeat(500).as_bytes()), Ok(()));
        assert_eq!(check(format!("1\n2\n{}", "[".repeat(200)).as_bytes()), Err(TooDeep { line: 3 }));
    }
}
