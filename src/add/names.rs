//! What a batch brings in names and facts, before any of it is stored.

use crate::{
    intake::{Record, Vocabulary},
    link::{Fact, Facts, Name, NameKind, Office},
    model::{Detail, Document, Entity, Id, Lang, Tenure, Text, Texts},
    rdf::Ontology,
};

/// The vocabularies of the ontology, as intake looks terms up in them.
pub(super) fn vocabulary(ontology: &Ontology) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    for (scheme, terms) in ontology.concepts() {
        for (term, concept) in terms {
            let labels = concept.label.values().chain(concept.alt_label.values().flatten());
            vocabulary.add(scheme, term, labels.map(String::as_str));
        }
    }
    vocabulary
}

/// The names and facts that one record brings.
pub(super) fn of(record: &Record, names: &mut Vec<Name>, facts: &mut Facts) {
    match record {
        Record::Document(document) => of_document(document, names, facts),
        Record::Entity(entity) => of_entity(entity, names, facts),
        Record::Tenure { person, tenure } => of_tenure(person, tenure, facts),
    }
}

fn of_document(document: &Document, names: &mut Vec<Name>, facts: &mut Facts) {
    // A record that only a table describes, such as a source, is not spoken of by its title.
    if document.doc_type.is_none() && document.layers.is_empty() {
        return;
    }
    one_a_language(&document.id, &document.title, NameKind::Title, names);
    several(&document.id, &document.alt_title, NameKind::AltLabel, names);
    if let Some(symbol) = &document.symbol {
        names.push(Name { entity: document.id.clone(), form: symbol.clone(), lang: None, kind: NameKind::Symbol });
    }
    let issuers = document.issuer.iter().filter_map(|issuer| issuer.id.clone()).collect();
    let cited = document.citations.iter().map(|citation| citation.cited.clone());
    let related = cited.chain(document.addressed_to.iter().filter_map(|addressed| addressed.id.clone())).collect();
    facts.insert(
        document.id.clone(),
        Fact { within: issuers, from: document.issued.clone(), related, ..Fact::default() },
    );
}

fn of_entity(entity: &Entity, names: &mut Vec<Name>, facts: &mut Facts) {
    one_a_language(&entity.id, &entity.label, NameKind::Label, names);
    several(&entity.id, &entity.alt_label, NameKind::AltLabel, names);
    several(&entity.id, &entity.hidden_label, NameKind::Hidden, names);
    let fact = match &entity.detail {
        Detail::Place { level, within, .. } => Fact {
            within: within.iter().map(|within| within.place.clone()).collect(),
            level: level.clone(),
            ..Fact::default()
        },
        Detail::Organization { part_of, founded, dissolved, .. } => Fact {
            within: part_of.iter().cloned().collect(),
            from: founded.clone(),
            to: dissolved.clone(),
            ..Fact::default()
        },
        Detail::Event { when, at, reported_by, concerns, .. } => Fact {
            from: when.clone(),
            to: when.clone(),
            related: at.iter().chain(reported_by).chain(concerns).cloned().collect(),
            ..Fact::default()
        },
        Detail::Person { .. } => return,
    };
    facts.insert(entity.id.clone(), fact);
}

fn of_tenure(person: &Id, tenure: &Tenure, facts: &mut Facts) {
    let Some(of) = &tenure.organization else { return };
    let fact = facts.entry(person.clone()).or_default();
    fact.related.push(of.clone());
    fact.offices.extend(tenure.role.values().map(|title| Office {
        title: title.clone(),
        of: of.clone(),
        from: tenure.from.clone(),
        to: tenure.to.clone(),
    }));
}

fn one_a_language(entity: &Id, text: &Text, kind: NameKind, names: &mut Vec<Name>) {
    names.extend(text.iter().map(|(lang, form)| name(entity, lang, form, kind)));
}

fn several(entity: &Id, texts: &Texts, kind: NameKind, names: &mut Vec<Name>) {
    names.extend(texts.iter().flat_map(|(lang, forms)| forms.iter().map(move |form| name(entity, lang, form, kind))));
}

fn name(entity: &Id, lang: &Lang, form: &str, kind: NameKind) -> Name {
    Name { entity: entity.clone(), form: form.to_owned(), lang: Some(lang.clone()), kind }
}
