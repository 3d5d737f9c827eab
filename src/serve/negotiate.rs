//! Which of the representations there are does a client want? (RFC 9110, section 12)

use axum::http::{HeaderMap, header};

/// Chooses among media types, in the order of our preference, by an `Accept` header.
///
/// The client's quality decides, then how exactly it named the type, then our order. No header means anything.
/// `None` means that nothing we have is acceptable.
#[must_use]
pub fn choose(accept: Option<&str>, offered: &[&'static str]) -> Option<usize> {
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
        return (!offered.is_empty()).then_some(0);
    };
    let ranges: Vec<Range<'_>> = accept.split(',').filter_map(Range::parse).collect();
    let mut best: Option<(f32, u8, usize)> = None;
    for (index, media_type) in offered.iter().enumerate() {
        // The most exact range that covers a type gives its quality, wherever it stands in the header.
        let Some(range) = ranges.iter().filter(|range| range.covers(media_type)).max_by_key(|range| range.exactness())
        else {
            continue;
        };
        let better = best.is_none_or(|(quality, exactness, _)| {
            range.quality > quality || (range.quality >= quality && range.exactness() > exactness)
        });
        if range.quality > 0.0 && better {
            best = Some((range.quality, range.exactness(), index));
        }
    }
    best.map(|(_, _, index)| index)
}

/// The `Accept` header of a request, its lines joined.
#[must_use]
pub fn accept(headers: &HeaderMap) -> Option<String> {
    let lines: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

struct Range<'a> {
    main: &'a str,
    sub: &'a str,
    quality: f32,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';');
        let (main, sub) = parts.next()?.trim().split_once('/').unwrap_or(("*", "*"));
        let quality = parts
            .find_map(|part| part.trim().strip_prefix("q=").or_else(|| part.trim().strip_prefix("Q=")))
            .map_or(Some(1.0), |value| value.trim().parse::<f32>().ok())?;
        (0.0..=1.0).contains(&quality).then_some(Self { main, sub, quality })
    }

    fn covers(&self, media_type: &str) -> bool {
        let (main, sub) = media_type.split_once('/').unwrap_or((media_type, ""));
        let fits = |range: &str, part: &str| range == "*" || range.eq_ignore_ascii_case(part);
        fits(self.main, main) && fits(self.sub, sub)
    }

    fn exactness(&self) -> u8 {
        u8::from(self.main != "*") + u8::from(self.sub != "*")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERED: [&str; 3] = ["text/html", "text/turtle", "application/ld+json"];

    #[test]
    fn the_client_s_wish_decides_then_ours() {
        for (accept, index) in [
            (None, Some(0)),
            (Some(""), Some(0)),
            (Some("*/*"), Some(0)),
            (Some("text/turtle"), Some(1)),
            (Some("TEXT/Turtle"), Some(1)),
            (Some("text/*;q=0.5, application/ld+json"), Some(2)),
            (Some("text/html;q=0.2, text/turtle;q=0.8"), Some(1)),
            (Some("*/*, text/html;q=0"), Some(1)),
            (Some("text/*, text/turtle;q=0.1"), Some(0)),
            (Some("application/*"), Some(2)),
            (Some("*/*, application/ld+json"), Some(2)),
            (Some("image/png"), None),
            (Some("text/turtle;q=0"), None),
            (Some("text/turtle;q=2"), None),
            (Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Some(0)),
        ] {
            assert_eq!(choose(accept, &OFFERED), index, "{accept:?}");
        }
    }
}
