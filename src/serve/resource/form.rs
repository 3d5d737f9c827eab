//! In which form a thing is wanted: as a page, as data in some syntax and profile, or as a reference.
//!
//! An extension decides before the `Accept` header does, `?profile=` before `Accept-Profile`, and that before a `profile`
//! in `Accept`.

use axum::http::{HeaderMap, HeaderName};

use crate::{
    export::{cite, profiles::Profile},
    model::Kind,
    rdf::{GraphFormat, Iris},
    serve::{
        negotiate,
        parameters::{pairs, set_once},
        problem::Problem,
    },
};

/// What JSON-LD itself calls a profile is about its shape and not about its words.
const JSON_LD_PROFILES: &str = "http://www.w3.org/ns/json-ld#";

/// A form of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    Page,
    Graph(GraphFormat, Profile),
    Citation(cite::Format),
}

/// A syntax, before the profile is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    Page,
    Graph(GraphFormat),
    Citation(cite::Format),
}

impl Syntax {
    /// The name without its extension, and what the extension asks for.
    pub(super) fn by_extension(name: &str) -> (&str, Option<Self>) {
        for format in cite::Format::ALL {
            if let Some(bare) = name.strip_suffix(format.extension()).and_then(|bare| bare.strip_suffix('.')) {
                return (bare, Some(Self::Citation(format)));
            }
        }
        let Some((bare, extension)) = name.rsplit_once('.') else { return (name, None) };
        match GraphFormat::from_extension(extension) {
            Some(format) => (bare, Some(Self::Graph(format))),
            None if extension == "html" => (bare, Some(Self::Page)),
            None => (name, None),
        }
    }

    /// Its extension.
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Page => "html",
            Self::Graph(format) => format.extension(),
            Self::Citation(format) => format.extension(),
        }
    }

    /// The syntaxes of terms. Whoever takes anything gets Turtle; browsers name HTML.
    fn of_terms() -> Vec<(&'static str, Self)> {
        let mut all = vec![("text/turtle", Self::Graph(GraphFormat::Turtle)), ("text/html", Self::Page)];
        all.extend(GraphFormat::ALL.into_iter().skip(1).map(|format| (format.media_type(), Self::Graph(format))));
        all.push(("application/json", Self::Graph(GraphFormat::JsonLd)));
        all
    }

    fn choose(headers: &HeaderMap, all: &[(&'static str, Self)]) -> Result<Self, Problem> {
        let offered: Vec<&'static str> = all.iter().map(|(media_type, _)| *media_type).collect();
        match negotiate::choose(negotiate::accept(headers).as_deref(), &offered) {
            Some(index) => Ok(all[index].1),
            None => Err(Problem::not_acceptable(format!("the resource can be had as {}", offered.join(", ")), offered)),
        }
    }

    /// The syntax that is wanted of terms, which have no other profile and are not cited.
    pub(super) fn of_term(extension: Option<Self>, headers: &HeaderMap) -> Result<Self, Problem> {
        extension.map_or_else(|| Self::choose(headers, &Self::of_terms()), Ok)
    }
}

impl Form {
    /// The form that is wanted of a thing of a kind.
    pub(super) fn choose(
        iris: &Iris,
        kind: Kind,
        extension: Option<Syntax>,
        headers: &HeaderMap,
        query: &str,
    ) -> Result<Self, Problem> {
        let profile = wanted_profile(iris, kind, headers, query)?;
        let syntaxes = profile.syntaxes();
        let syntax = match (extension, profile) {
            (Some(Syntax::Graph(format)), _) if !syntaxes.contains(&format) => return Err(not_in(profile, format)),
            (Some(syntax), _) => syntax,
            (None, Profile::Isnad) => {
                let mut all = Syntax::of_terms();
                all.extend(cite::Format::ALL.map(|format| (format.media_type(), Syntax::Citation(format))));
                Syntax::choose(headers, &all)?
            }
            (None, _) => {
                let all: Vec<_> = syntaxes.iter().map(|it| (it.media_type(), Syntax::Graph(*it))).collect();
                Syntax::choose(headers, &all)?
            }
        };
        Ok(match syntax {
            Syntax::Page => Self::Page,
            Syntax::Graph(format) => Self::Graph(format, profile),
            Syntax::Citation(format) => Self::Citation(format),
        })
    }
}

/// The profile that is wanted; the first of ours where none is.
fn wanted_profile(iris: &Iris, kind: Kind, headers: &HeaderMap, query: &str) -> Result<Profile, Problem> {
    let mut asked = None;
    for (name, value) in pairs(query) {
        if name == "profile" || name == "_profile" {
            set_once(&mut asked, &name, value)?;
        }
    }
    let available = |profile: &Profile| profile.is_of(kind);
    if let Some(name) = asked {
        let found = Profile::find(iris, &name).filter(available);
        return found.ok_or_else(|| unknown(iris, kind, &name).at("parameter", "profile"));
    }
    let lines = headers.get_all(HeaderName::from_static("accept-profile")).iter();
    let given: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).collect();
    let mut wishes: Vec<(f32, &str)> = given.iter().filter_map(|wish| read_wish(wish)).collect();
    // The sort is stable: of those that are wanted alike the first named counts.
    wishes.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let found = wishes.iter().filter(|(quality, _)| *quality > 0.0).find_map(|(_, name)| match *name {
        "*" => Some(Profile::Isnad),
        name => Profile::find(iris, name).filter(available),
    });
    match (found, wishes.first()) {
        (Some(profile), _) => Ok(profile),
        (None, Some((_, name))) => Err(unknown(iris, kind, name)),
        (None, None) => in_accept(iris, kind, headers),
    }
}

/// `<https://schema.org/>;q=0.5`, or a token in the place of the IRI.
fn read_wish(text: &str) -> Option<(f32, &str)> {
    let mut parts = text.split(';');
    let name = parts.next()?.trim().trim_matches(['<', '>', '"']).trim();
    let quality = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1.0), |q| q.trim().parse().ok())?;
    (!name.is_empty()).then_some((quality, name))
}

/// The profile that the media types of `Accept` name.
fn in_accept(iris: &Iris, kind: Kind, headers: &HeaderMap) -> Result<Profile, Problem> {
    let accept = negotiate::accept(headers).unwrap_or_default();
    let (mut unknown_name, mut without) = (None, accept.trim().is_empty());
    for range in accept.split(',') {
        let Some((_, value)) = range.split_once("profile=") else {
            without = true;
            continue;
        };
        let value = value.trim_start_matches('"').split(['"', ';']).next().unwrap_or_default();
        for name in value.split_whitespace() {
            match Profile::find(iris, name).filter(|profile| profile.is_of(kind)) {
                Some(profile) => return Ok(profile),
                None if name.starts_with(JSON_LD_PROFILES) => without = true,
                None => unknown_name = unknown_name.or(Some(name)),
            }
        }
    }
    match unknown_name.filter(|_| !without) {
        Some(name) => Err(unknown(iris, kind, name)),
        None => Ok(Profile::Isnad),
    }
}

/// There is no such profile: which there are, by name and by IRI.
fn unknown(iris: &Iris, kind: Kind, name: &str) -> Problem {
    let there: Vec<Profile> = Profile::ALL.into_iter().filter(|profile| profile.is_of(kind)).collect();
    let tokens: Vec<&str> = there.iter().map(|profile| profile.token()).collect();
    let iris: Vec<String> = there.iter().map(|profile| profile.iri(iris)).collect();
    let detail = format!("the resource is not described by the profile `{name}`; expected {}", tokens.join(", "));
    Problem::not_acceptable(detail, iris.iter().map(String::as_str).collect())
}

fn not_in(profile: Profile, format: GraphFormat) -> Problem {
    let there: Vec<&str> = profile.syntaxes().iter().map(|format| format.media_type()).collect();
    let detail = format!(
        "what the profile `{}` says cannot be written in {}; expected {}",
        profile.token(),
        format.name(),
        there.join(", ")
    );
    Problem::not_acceptable(detail, there).at("parameter", "profile")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    fn choose(query: &str, accept: &'static str, accept_profile: &'static str) -> Result<Form, u16> {
        let iris = Iris::new("https://data.example.org/").expect("the base is good");
        let mut headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        if !accept_profile.is_empty() {
            headers.insert("accept-profile", HeaderValue::from_static(accept_profile));
        }
        let (_, extension) = Syntax::by_extension(query.split('?').next().unwrap_or_default());
        let query = query.split_once('?').map_or("", |(_, query)| query);
        Form::choose(&iris, Kind::Document, extension, &headers, query).map_err(|problem| problem.status.as_u16())
    }

    #[test]
    fn a_profile_is_asked_for_in_the_address_then_by_its_header_then_with_the_media_type() {
        use GraphFormat::{JsonLd, NTriples, Turtle};
        let graph = |format, profile| Ok(Form::Graph(format, profile));
        for (query, accept, profile, expected) in [
            ("x", "*/*", "", graph(Turtle, Profile::Isnad)),
            ("x", "text/html", "*", Ok(Form::Page)),
            ("x?profile=schema", "text/html,*/*;q=0.8", "", graph(JsonLd, Profile::SchemaOrg)),
            ("x.nt?profile=rdf12", "*/*", "", graph(NTriples, Profile::Reifiers)),
            ("x.rdf?profile=rdf12", "*/*", "", Err(406)),
            ("x?profile=cow", "*/*", "", Err(406)),
            ("x?profile=nanopub", "*/*", "", Err(406)),
            ("x?profile=schema&profile=schema", "*/*", "", Err(400)),
            ("x", "text/turtle", "<https://schema.org/>", graph(Turtle, Profile::SchemaOrg)),
            ("x", "text/turtle", "<urn:cow>, <http://schema.org/>;q=0.2", graph(Turtle, Profile::SchemaOrg)),
            ("x", "text/turtle", "rdf12;q=0.1, isnad", graph(Turtle, Profile::Isnad)),
            ("x", "text/turtle", "<urn:cow>", Err(406)),
            ("x", "text/turtle", "<https://schema.org/>;q=0", Err(406)),
            ("x?profile=isnad", "text/turtle", "<https://schema.org/>", graph(Turtle, Profile::Isnad)),
            ("x", "application/ld+json;profile=\"https://schema.org/\"", "", graph(JsonLd, Profile::SchemaOrg)),
            (
                "x",
                "application/ld+json;profile=\"http://www.w3.org/ns/json-ld#compacted\"",
                "",
                graph(JsonLd, Profile::Isnad),
            ),
            ("x", "text/turtle;profile=\"urn:cow\"", "", Err(406)),
            ("x", "text/turtle;profile=\"urn:cow\", text/turtle;q=0.5", "", graph(Turtle, Profile::Isnad)),
            ("x.csl.json", "*/*", "", Ok(Form::Citation(cite::Format::Csl))),
            ("x", "application/x-bibtex", "", Ok(Form::Citation(cite::Format::BibTex))),
            ("x", "image/png", "", Err(406)),
        ] {
            assert_eq!(choose(query, accept, profile), expected, "{query} {accept} {profile}");
        }
    }
}
