//! The way to look at an answer, in the head of its query: `# view: map`.

use super::View;

/// The lines at the head of a query that are comments or empty.
fn head(text: &str) -> impl Iterator<Item = &str> {
    text.lines().take_while(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}

fn named(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix('#')?.trim_start().strip_prefix("view:").map(str::trim)
}

/// The way that a query remembers.
pub(super) fn view(text: &str) -> Option<View> {
    head(text).find_map(|line| View::from_name(named(line)?))
}

/// The query with another way in its head; a table needs no remembering.
pub(super) fn remember(text: &str, view: View) -> String {
    let lines = head(text).count();
    let kept = text.lines().enumerate().filter(|(at, line)| *at >= lines || named(line).is_none());
    let kept: Vec<&str> = kept.map(|(_, line)| line).collect();
    let kept = kept.join("\n");
    if view == View::Table { kept } else { format!("# view: {}\n{kept}", view.name()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_comment_at_the_head_is_meant() {
        assert_eq!(view("\n# en: Where?\n#view:  map \nSELECT * {}"), Some(View::Map));
        assert_eq!(view("SELECT * {}\n# view: map"), None);
        assert_eq!(view("# view: pie\nSELECT * {}"), None);
    }

    #[test]
    fn another_way_takes_the_place_of_the_first() {
        let text = "# en: Where?\nSELECT * {\n  # view: bar\n}";
        let map = remember(text, View::Map);
        assert_eq!(map, "# view: map\n# en: Where?\nSELECT * {\n  # view: bar\n}");
        assert_eq!(remember(&map, View::Line), format!("# view: line\n{text}"));
        assert_eq!(remember(&map, View::Table), text);
    }
}
