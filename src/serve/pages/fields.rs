//! The fields of the archive's page, in its order: what it gives, what it says is empty, and what nobody said.

use oxigraph::model::{NamedNode, Term};

use super::{
    reader::Reader,
    value::{Fact, Item, Nothing, Phrase, Value, When, external},
    words::words,
};
use crate::{
    model::Field,
    rdf::vocab::{dct, foaf, isn, rdf, skos},
    store::literal_value,
};

/// The levels of places, from the widest.
const LEVELS: [&str; 11] = [
    "country",
    "region",
    "governorate",
    "district",
    "subdistrict",
    "city",
    "town",
    "village",
    "camp",
    "neighbourhood",
    "site",
];

/// The fields of a document, every one of them.
pub(super) fn archive(reader: &Reader<'_>, iri: &str) -> Vec<Fact> {
    let empty = reader.things(iri, isn::STATED_EMPTY);
    Field::ALL
        .into_iter()
        .map(|field| {
            let concept = reader.iris().concept("field", field.term());
            let mut fact = field_fact(reader, iri, field, reader.label(concept.as_str()));
            if fact.items.is_empty() && fact.printed.is_empty() {
                fact.nothing = Some(if empty.contains(&&concept) {
                    Nothing::StatedEmpty
                } else if field == Field::Reliability {
                    Nothing::NoneStated
                } else {
                    Nothing::NotGiven
                });
            }
            fact
        })
        .collect()
}

fn field_fact(reader: &Reader<'_>, iri: &str, field: Field, label: Phrase) -> Fact {
    let (property, printed) = match field {
        Field::Issued => return issued(reader, iri, label),
        Field::Code => return Fact::new(label, codes(reader, iri)),
        // Reliability is what somebody holds a document to be; it is no property of the document.
        Field::Reliability => return Fact::new(label, Vec::new()),
        Field::DocType => (isn::DOC_TYPE, ""),
        Field::Area => (isn::AREA, isn::AREA_TEXT),
        Field::Issuer => (isn::ISSUED_BY, isn::ISSUER_TEXT),
        Field::Creator => (dct::CREATOR.as_str(), isn::CREATOR_TEXT),
        Field::AddressedTo => (isn::ADDRESSED_TO, isn::ADDRESSED_TO_TEXT),
        Field::RelatedEntity => (isn::RELATED_ENTITY, isn::RELATED_ENTITY_TEXT),
        Field::RelatedPerson => (isn::RELATED_PERSON, isn::RELATED_PERSON_TEXT),
        Field::RelatedEvent => (isn::RELATED_EVENT, isn::RELATED_EVENT_TEXT),
        Field::RelatedDiary => (isn::RELATED_DIARY, isn::RELATED_DIARY_TEXT),
    };
    let mut fact = Fact::new(label, reader.items(iri, property));
    if field == Field::Area {
        fact.items = area(reader, iri);
        fact.path = true;
    }
    fact.printed = reader.wordings(iri, printed);
    fact.printed.retain(|words| !fact.items.iter().any(|item| item.is_labelled(&words.text)));
    fact
}

impl Item {
    fn is_labelled(&self, text: &str) -> bool {
        matches!(&self.value, Value::Link(link) if link.label.text == text)
    }
}

fn issued(reader: &Reader<'_>, iri: &str, label: Phrase) -> Fact {
    let printed = reader.text(iri, isn::DATE_TEXT);
    let typed = reader.objects(iri, dct::ISSUED.as_str()).into_iter().next();
    let unchecked = reader.unchecked(iri);
    let item = |term: &Term| {
        let Term::Literal(literal) = term else { return reader.value(term).into() };
        let value = Value::When(When::in_words(literal.value(), reader.lang));
        Item { unchecked: reader.flag(&unchecked, term), ..value.into() }
    };
    let mut fact = Fact::new(label, typed.map(item).into_iter().collect());
    match printed {
        // What XSD cannot say stands as it was written.
        Some(text) if fact.items.is_empty() => fact.items = vec![Value::When(When::new(&text)).into()],
        Some(text) if typed.is_none_or(|term| literal_value(term) != text) => {
            fact.printed = vec![Phrase::unknown(text)];
        }
        _ => {}
    }
    fact
}

fn codes(reader: &Reader<'_>, iri: &str) -> Vec<Item> {
    let code = |part: &NamedNode| {
        let value = reader.text(part.as_str(), rdf::VALUE.as_str())?;
        let scheme = reader.text(part.as_str(), isn::CODE_SCHEME).map(Phrase::key);
        Some(Item { given_in: scheme, ..Value::Code(value).into() })
    };
    reader.things(iri, isn::CODE).into_iter().filter_map(code).collect()
}

/// The places of the area, the widest first; their order is not kept in the graph.
fn area(reader: &Reader<'_>, iri: &str) -> Vec<Item> {
    let unchecked = reader.unchecked(iri);
    let mut places: Vec<&Term> = reader.objects(iri, isn::AREA);
    places.sort_by_key(|place| {
        let level =
            if let Term::NamedNode(place) = place { reader.concept(place.as_str(), isn::ADMIN_LEVEL) } else { None };
        LEVELS.iter().position(|known| Some(*known) == level).unwrap_or(LEVELS.len())
    });
    places
        .into_iter()
        .map(|term| Item { unchecked: reader.flag(&unchecked, term), ..reader.value(term).into() })
        .collect()
}

/// What is known of a document besides the fields of the archive's page.
pub(super) fn more(reader: &Reader<'_>, iri: &str) -> Vec<Fact> {
    let language = |predicate: &str| -> Vec<Item> {
        let tags = reader.objects(iri, predicate).into_iter().map(literal_value);
        tags.map(|tag| language(reader, &tag).into()).collect()
    };
    let codes = |predicate: &str| -> Vec<Item> {
        let values = reader.objects(iri, predicate).into_iter().map(literal_value);
        values.map(|value| Value::Code(value).into()).collect()
    };
    let address = reader.things(iri, foaf::PAGE.as_str()).into_iter().filter_map(|page| external(page.as_str()));
    let label = |predicate: &str| reader.label(reader.iris().term(predicate).as_str());
    let term = |iri: &str| reader.label(iri);
    let all = [
        Fact::new(label(isn::SYMBOL), codes(isn::SYMBOL)),
        Fact::new(term(skos::ALT_LABEL.as_str()), reader.items(iri, skos::ALT_LABEL.as_str())),
        Fact::new(term(dct::LANGUAGE.as_str()), language(dct::LANGUAGE.as_str())),
        Fact::new(label(isn::ORIGINAL_LANGUAGE), language(isn::ORIGINAL_LANGUAGE)),
        Fact::new(label(isn::ADOPTION), reader.items(iri, isn::ADOPTION)),
        Fact::new(label(isn::TRANSLATION_OF), reader.items(iri, isn::TRANSLATION_OF)),
        Fact::new(label(isn::REVISION_OF), reader.items(iri, isn::REVISION_OF)),
        Fact::new(label(isn::IN_COLLECTION), reader.items(iri, isn::IN_COLLECTION)),
        Fact::new(term(foaf::PAGE.as_str()), address.map(|link| Value::Link(link).into()).collect()),
        Fact::new(term(skos::NOTE.as_str()), reader.notes(iri, skos::NOTE.as_str())),
    ];
    all.into_iter().filter(|fact| !fact.items.is_empty()).collect()
}

/// The name of a language.
pub(super) fn language(reader: &Reader<'_>, tag: &str) -> Value {
    match words(reader.lang).find(&format!("language.{tag}")) {
        Some(name) => Value::Words(Phrase::own(reader.lang, name)),
        None => Value::Code(tag.to_owned()),
    }
}
