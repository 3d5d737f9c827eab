//! What a text names, case by case, and what holds of any text.

use std::{collections::BTreeMap, fs, path::Path};

use isnad::{
    link::{
        Context, Dictionary, Edit, Fact, Facts, Name, NameKind, Office, Options, Unit, incidents, link, link_with,
        paragraphs, slice, spans,
    },
    model::{Date, Id, Kind, Lang, Mention, Target},
};
use proptest::prelude::*;

fn id(text: &str) -> Id {
    text.parse().unwrap_or_else(|e| panic!("{e}"))
}

fn case(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/link").join(name);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn dictionary() -> Dictionary {
    let (mut names, mut facts) = (Vec::new(), Facts::new());
    let text = case("names.csv");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    for row in rows.records() {
        let row = row.unwrap_or_else(|e| panic!("{e}"));
        let date =
            |at: usize| Some(&row[at]).filter(|date| !date.is_empty()).and_then(|date| date.parse::<Date>().ok());
        let fact: &mut Fact = facts.entry(id(&row[0])).or_default();
        fact.within.extend(Some(&row[3]).filter(|whole| !whole.is_empty()).map(id));
        fact.level = fact.level.take().or_else(|| Some(row[4].to_owned()).filter(|level| !level.is_empty()));
        fact.from = fact.from.take().or_else(|| date(5));
        fact.to = fact.to.take().or_else(|| date(6));
        let kind = match &row[1] {
            "label" => NameKind::Label,
            "title" => NameKind::Title,
            "symbol" => NameKind::Symbol,
            "alt" => NameKind::AltLabel,
            _ => NameKind::Hidden,
        };
        names.push(Name { entity: id(&row[0]), form: row[2].to_owned(), lang: None, kind });
    }
    Dictionary::new(names, &facts)
}

/// A line with its marks taken out, and the mentions they mark.
fn marked(line: &str) -> (String, Vec<String>) {
    let (mut text, mut mentions, mut rest) = (String::new(), Vec::new(), line);
    while let Some((before, (words, (target, after)))) = rest.split_once('[').and_then(|(before, after)| {
        Some((before, after.split_once("](").and_then(|(words, after)| Some((words, after.split_once(')')?)))?))
    }) {
        text.push_str(before);
        mentions.push(format!("{} [{words}]({target})", text.chars().count()));
        text.push_str(words);
        rest = after;
    }
    text.push_str(rest);
    (text, mentions)
}

fn shown(mention: &Mention) -> String {
    let target = match &mention.target {
        Target::Entity(entity) => entity.to_string(),
        Target::Date(date) => date.to_string(),
        Target::Nil => "nothing".to_owned(),
    };
    format!("{} [{}]({target})", mention.start, mention.exact)
}

fn holds(file: &str, lang: &Lang) {
    let dictionary = dictionary();
    let (document, issuer, date) = (id("doc/statement"), [id("org/coalition")], "2017-02-15".parse::<Date>().ok());
    let context = Context { document: Some(&document), issuer: &issuer, issued: date.as_ref(), area: &[] };
    let mut wrong: Vec<String> = Vec::new();
    for line in case(file).lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (text, expected) = marked(line);
        let found: Vec<String> = link(&dictionary, &text, lang, &context).iter().map(shown).collect();
        if found != expected {
            wrong.push(format!("\n{text}\n  expected {expected:?}\n  found    {found:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{file}:{}", wrong.concat());
}

#[test]
fn english_texts_are_linked_as_marked() {
    holds("en.txt", &Lang::en());
}

#[test]
fn arabic_texts_are_linked_as_marked() {
    holds("ar.txt", &Lang::ar());
}

#[test]
fn an_area_is_read_from_the_widest_to_the_narrowest() {
    let dictionary = dictionary();
    let words: BTreeMap<String, Vec<String>> = case("areas.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .map(|(area, ids)| (area.to_owned(), ids.split_whitespace().map(str::to_owned).collect()))
        .collect();
    for (area, expected) in words {
        let found: Vec<String> = dictionary.area(&area).into_iter().map(|(_, id)| id.to_string()).collect();
        assert_eq!(found, expected, "{area}");
        assert_eq!(
            dictionary.exact(&area, &[Kind::Place]).map(|id| id.to_string()),
            expected.last().cloned(),
            "{area}"
        );
        assert_eq!(dictionary.exact(&area, &[Kind::Person]), None, "{area}");
    }
}

#[test]
fn a_doubtful_place_comes_with_its_next_best_reading() {
    let mentions = link(&dictionary(), "They left Aleppo.", &Lang::en(), &Context::default());
    let [aleppo] = &mentions[..] else { panic!("{mentions:?}") };
    let second = aleppo.runner_up.as_ref().map(|next| next.entity.as_str());
    assert_eq!((second, aleppo.confidence < 0.9), (Some("place/SY02"), true));
    let area = [id("place/SY02")];
    let known = link(&dictionary(), "They left Aleppo.", &Lang::en(), &Context { area: &area, ..Context::default() });
    assert!(known[0].confidence < aleppo.confidence, "the area speaks for the governorate");
}

#[test]
fn a_spelling_of_no_name_is_found_by_its_consonants() {
    let arabic = "\u{635}\u{64A}\u{62F}\u{646}\u{627}\u{64A}\u{627}";
    let label = |entity: &str, form: &str| Name {
        entity: id(entity),
        form: form.to_owned(),
        lang: None,
        kind: NameKind::Label,
    };
    let town = Fact { level: Some("town".to_owned()), ..Fact::default() };
    let facts = Facts::from([(id("place/saydnaya"), town)]);
    let dictionary = Dictionary::new([label("place/saydnaya", arabic), label("place/khan", "Khan al-Assal")], &facts);
    let found = |text: &str| -> Vec<String> {
        link(&dictionary, text, &Lang::en(), &Context::default()).iter().map(shown).collect()
    };
    for spelling in ["Saydnaya", "Sednaya", "Saidnaya"] {
        assert_eq!(found(&format!("the town of {spelling} fell")), [format!("12 [{spelling}](place/saydnaya)")]);
    }
    assert_eq!(found("at Khan Al Asl, at Khanasl"), ["3 [Khan Al Asl](place/khan)"]);
    assert_eq!(found("Sidney is one word of many"), [""; 0]);
}

#[test]
fn a_noun_stands_for_what_was_named_before() {
    let dictionary = dictionary();
    let found = |text: &str| -> Vec<String> {
        link(&dictionary, text, &Lang::en(), &Context::default()).iter().map(shown).collect()
    };
    let named = "Joint Investigative Mechanism";
    assert_eq!(found(&format!("The {named} met; the mechanism reported."))[1], "43 [mechanism](org/jim)");
    assert_eq!(found(&format!("The {named} met; the mechanism adopted by others did not.")).len(), 1);
    assert_eq!(found("the mechanism reported").len(), 0);
}

#[test]
fn an_office_is_who_held_it_on_the_day() {
    let office = |from: &str, to: &str| Office {
        title: "Secretary-General of the United Nations".to_owned(),
        of: id("org/un"),
        from: from.parse().ok(),
        to: to.parse().ok(),
    };
    let of = |from: &str, to: &str| Fact { offices: vec![office(from, to)], ..Fact::default() };
    let facts = Facts::from([
        (id("person/ban"), of("2007-01-01", "2016-12-31")),
        (id("person/guterres"), of("2017-01-01", "2026-12-31")),
    ]);
    let dictionary = Dictionary::new([], &facts);
    let on = |day: &str| -> Vec<String> {
        let issued: Option<Date> = day.parse().ok();
        let context = Context { issued: issued.as_ref(), ..Context::default() };
        link(&dictionary, "A letter to the Secretary-General.", &Lang::en(), &context).iter().map(shown).collect()
    };
    assert_eq!(on("2016-05-01"), ["16 [Secretary-General](person/ban)"]);
    assert_eq!(on("2017-02-15"), ["16 [Secretary-General](person/guterres)"]);
    assert_eq!((on("2001"), on("")), (vec![], vec![]));
}

#[test]
fn an_edit_is_in_effect_at_once() {
    let old = dictionary();
    let town = id("place/aleppo");
    let name = |form: &str| Name { entity: town.clone(), form: form.to_owned(), lang: None, kind: NameKind::Label };
    let fact = Fact { level: Some("city".to_owned()), ..Fact::default() };
    let new = old.edited([Edit { entity: town.clone(), names: vec![name("Halabija")], fact }]);
    let found = |dictionary: &Dictionary, text: &str| -> Vec<String> {
        link(dictionary, text, &Lang::en(), &Context::default()).iter().map(shown).collect()
    };
    assert_eq!(found(&new, "They left Halabija."), ["10 [Halabija](place/aleppo)"]);
    assert_eq!(found(&new, "They left Aleppo."), ["10 [Aleppo](place/SY02)"]);
    assert_eq!(found(&old, "They left Halabija."), [""; 0]);
    assert_ne!(new.version(), old.version());
}

#[test]
fn a_day_and_a_place_in_one_sentence_may_be_an_incident() {
    let event = Fact { from: "2017-04-04".parse().ok(), related: vec![id("place/aleppo")], ..Fact::default() };
    let facts = Facts::from([(id("event/attack"), event)]);
    let name = Name { entity: id("place/aleppo"), form: "Aleppo".to_owned(), lang: None, kind: NameKind::Label };
    let dictionary = Dictionary::new([name], &facts);
    let text = "It was hit on 4 April 2017 in Aleppo. On 5 April 2017 nothing was. Aleppo lay still in 2016.";
    let mentions = link(&dictionary, text, &Lang::en(), &Context::default());
    let incidents = incidents(&dictionary, text, &mentions);
    let [incident] = &incidents[..] else { panic!("{incidents:?}") };
    assert_eq!((incident.date.as_str(), incident.mentions), ("2017-04-04", (0, 1)));
    assert_eq!(incident.known, [id("event/attack")]);
}

/// Two bodies of one name, told apart by what the facts say of them.
fn two(first: Fact, second: Fact) -> Dictionary {
    let label = |entity: &str, form: &str| Name {
        entity: id(entity),
        form: form.to_owned(),
        lang: None,
        kind: NameKind::Label,
    };
    let names = [label("org/a", "Relief Board"), label("org/b", "Relief Board"), label("place/homs", "Homs")];
    Dictionary::new(names, &Facts::from([(id("org/a"), first), (id("org/b"), second)]))
}

/// The first that a text names, and how surely.
fn first(dictionary: &Dictionary, text: &str, issued: Option<&str>) -> (String, f64) {
    let issued: Option<Date> = issued.and_then(|day| day.parse().ok());
    let context = Context { issued: issued.as_ref(), ..Context::default() };
    let mentions = link(dictionary, text, &Lang::en(), &context);
    mentions.first().map(|one| (shown(one), one.confidence)).unwrap_or_default()
}

#[test]
fn what_did_not_yet_exist_is_unlikely() {
    let since = |day: &str| Fact { from: day.parse().ok(), ..Fact::default() };
    let dictionary = two(since("2010"), since("2016"));
    let named = |issued| first(&dictionary, "the Relief Board met", issued);
    let (old, new) = (named(Some("2012-05-01")), named(None));
    assert!(old.0.ends_with("(org/a)") && old.1 > 0.8, "{old:?}");
    assert!(new.1 < 0.6, "without a date nothing tells them apart: {new:?}");
    // What ended long before is a little less likely.
    let until = |day: &str| Fact { to: day.parse().ok(), ..Fact::default() };
    let ended = first(&two(until("1999"), Fact::default()), "the Relief Board met", Some("2012"));
    assert!(ended.0.ends_with("(org/b)"), "{ended:?}");
}

#[test]
fn what_is_spoken_of_more_is_likelier() {
    let spoken = |prior| Fact { prior, ..Fact::default() };
    let found = first(&two(spoken(1), spoken(50)), "the Relief Board met", None);
    assert!(found.0.ends_with("(org/b)"), "{found:?}");
}

#[test]
fn what_is_related_to_what_the_text_names_is_likelier() {
    let at = Fact { related: vec![id("place/homs")], ..Fact::default() };
    let found = first(&two(Fact::default(), at.clone()), "the Relief Board met in Homs", None);
    assert!(found.0.ends_with("(org/b)"), "{found:?}");
    // One sense per document: every mention of the name is the same.
    let text = "The Relief Board met. Then Homs fell. The Relief Board left.";
    let mentions = link(&two(Fact::default(), at), text, &Lang::en(), &Context::default());
    let boards: Vec<String> = mentions.iter().filter(|one| one.exact == "Relief Board").map(shown).collect();
    assert!(boards.len() == 2 && boards.iter().all(|one| one.ends_with("(org/b)")), "{boards:?}");
}

#[test]
fn a_place_within_the_area_of_the_document_is_likelier() {
    let town =
        |entity: &str| Name { entity: id(entity), form: "Kafr Zeita".to_owned(), lang: None, kind: NameKind::Label };
    let within = |whole: &str| Fact { within: vec![id(whole)], level: Some("town".to_owned()), ..Fact::default() };
    let facts = Facts::from([(id("place/a"), within("place/idlib")), (id("place/b"), within("place/hama"))]);
    let dictionary = Dictionary::new([town("place/a"), town("place/b")], &facts);
    for (area, place) in [("place/idlib", "place/a"), ("place/hama", "place/b")] {
        let area = [id(area)];
        let context = Context { area: &area, ..Context::default() };
        let mentions = link(&dictionary, "in Kafr Zeita", &Lang::en(), &context);
        assert_eq!(mentions.iter().map(shown).collect::<Vec<_>>(), [format!("3 [Kafr Zeita]({place})")]);
    }
}

#[test]
fn a_report_of_a_day_is_the_one_of_that_day() {
    let label = |entity: &str, form: &str| Name {
        entity: id(entity),
        form: form.to_owned(),
        lang: None,
        kind: NameKind::Label,
    };
    let names = [label("org/jim", "JIM"), label("doc/old", "Third paper"), label("doc/new", "Fourth paper")];
    let paper = |day: &str| Fact { within: vec![id("org/jim")], from: day.parse().ok(), ..Fact::default() };
    let facts = Facts::from([(id("doc/old"), paper("2016-10-21")), (id("doc/new"), paper("2017-02-13"))]);
    let dictionary = Dictionary::new(names, &facts);
    let found = |text: &str| first(&dictionary, text, Some("2017-02-15")).0;
    assert_eq!(found("the JIM report of 21 October 2016 said"), "4 [JIM report](doc/old)");
    assert_eq!(found("the JIM report of 22 October 2016 said"), "4 [JIM](org/jim)");
    assert_eq!(found("the JIM report said"), "4 [JIM report](doc/new)");
}

#[test]
fn what_is_not_known_and_what_is_inside_are_given_where_they_are_asked_for() {
    let dictionary = dictionary();
    let text = "Reuters asked the Aleppo Media Center and Bellingcat.";
    let found = |options: Options| -> Vec<String> {
        link_with(&dictionary, text, &Lang::en(), &Context::default(), &options).iter().map(shown).collect()
    };
    let center = "18 [Aleppo Media Center](org/aleppo-media-center)";
    let (inside, unknown) = ("18 [Aleppo](place/aleppo)", "42 [Bellingcat](nothing)");
    assert_eq!(found(Options::default()), [center]);
    assert_eq!(found(Options { nil: true, ..Options::default() }), [center, unknown]);
    assert_eq!(found(Options { nested: true, ..Options::default() }), [center, inside]);
    assert_eq!(found(Options { least: 0.99, ..Options::default() }), [""; 0]);
}

/// What may stand between two words: also what nobody sees.
const JOINTS: [&str; 15] =
    [" ", " ", "", "-", "\n\n", ", ", "/", "(", ")", "\u{200F}", "\u{64E}", "'", "\u{2019}s ", "\u{FEFB}", "\u{1F600}"];

/// Words with much in them that could be taken for a name, a number or a date.
fn words() -> impl Strategy<Value = String> {
    let names = case("names.csv") + &case("en.txt") + &case("ar.txt");
    let pieces: Vec<String> =
        names.split([',', ' ', '\n']).filter(|piece| !piece.is_empty()).map(str::to_owned).collect();
    let piece = prop_oneof![4 => prop::sample::select(pieces), 1 => any::<String>(), 1 => "[0-9]{1,4}"];
    prop::collection::vec((piece, prop::sample::select(&JOINTS[..])), 0..40)
        .prop_map(|parts| parts.into_iter().flat_map(|(piece, joint)| [piece, joint.to_owned()]).collect())
}

fn is_sound(text: &str, mentions: &[Mention]) -> Result<(), TestCaseError> {
    is_sound_with(text, mentions, false)
}

fn is_sound_with(text: &str, mentions: &[Mention], nested: bool) -> Result<(), TestCaseError> {
    let chars: Vec<char> = text.chars().collect();
    let (mut begin, mut end) = (0, 0);
    for mention in mentions {
        prop_assert!(
            (nested || end <= mention.start) && begin <= mention.start && mention.start < mention.end,
            "{mention:?}"
        );
        prop_assert_eq!(&mention.exact, &chars[mention.start..mention.end].iter().collect::<String>());
        prop_assert!((0.0..=1.0).contains(&mention.confidence), "{mention:?}");
        (begin, end) = (mention.start, mention.end);
    }
    for unit in [Unit::CodePoints, Unit::Utf16, Unit::Bytes] {
        for (mention, span) in mentions.iter().zip(spans(text, mentions, unit)) {
            prop_assert_eq!(slice(text, span, unit), Some(mention.exact.as_str()), "{:?}", unit);
        }
    }
    let end = paragraphs(text, &Lang::en()).last().map_or(0, |(range, _)| range.end);
    prop_assert_eq!(end, text.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mentions_of_any_text_are_in_order_and_exact(text in words()) {
        let dictionary = dictionary();
        let mentions = link(&dictionary, &text, &Lang::en(), &Context::default());
        is_sound(&text, &mentions)?;
        prop_assert_eq!(mentions, link(&dictionary, &text, &Lang::en(), &Context::default()));
    }

    #[test]
    fn any_words_can_be_names(forms in prop::collection::vec(any::<String>(), 0..8), text in words(), level in "city|governorate|") {
        let kinds = ["place/a", "org/b", "doc/c", "person/d"];
        let sorts = [NameKind::Label, NameKind::Title, NameKind::Symbol, NameKind::Hidden];
        let names = forms.iter().enumerate().map(|(at, form)| Name {
            entity: id(kinds[at % 4]),
            form: form.clone(),
            lang: None,
            kind: sorts[(at / 2) % 4],
        });
        let fact = Fact { level: Some(level), within: vec![id("place/a")], ..Fact::default() };
        let dictionary = Dictionary::new(names, &Facts::from([(id("place/a"), fact)]));
        let text = format!("{} {text} {}", forms.join(" "), forms.concat());
        let issued: Option<Date> = "2017-02-15".parse().ok();
        let context = Context { issued: issued.as_ref(), ..Context::default() };
        let mentions = link(&dictionary, &text, &Lang::ar(), &context);
        is_sound(&text, &mentions)?;
        let _ = incidents(&dictionary, &text, &mentions);
        let names = forms.iter().map(|form| Name { entity: id("org/b"), form: form.clone(), lang: None, kind: NameKind::Label });
        let edited = dictionary.edited([Edit { entity: id("org/b"), names: names.collect(), fact: Fact::default() }]);
        is_sound(&text, &link(&edited, &text, &Lang::en(), &context))?;
        for (nil, nested) in [(true, false), (true, true)] {
            let options = Options { nil, nested, ..Options::default() };
            let mentions = link_with(&edited, &text, &Lang::en(), &context, &options);
            is_sound_with(&text, &mentions, nested)?;
            let _ = incidents(&edited, &text, &mentions);
        }
        let _ = edited.names_in(&text);
        for form in &forms {
            let _ = (dictionary.exact(form, &Kind::ALL), dictionary.area(form));
        }
    }
}
