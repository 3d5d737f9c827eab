//! An entity is edited: some columns of its row are set, the others stay as they are.

use std::collections::BTreeSet;

use oxigraph::model::{NamedNode, Quad, Term};
use serde_json::Value;

use super::{Archive, Creation, Deed, Done, LifeError, Signed, entity, graph, object, subject, unclear};
use crate::{
    ask::{fate, stored},
    model::{Id, Kind},
    rdf::{
        describe,
        vocab::{dct, geo, isn, org, rdf, rdfs, skos},
    },
};

/// A row has a name; where none is set, one in no language stands in for it.
const NAMELESS: &str = "label_und";

/// What a column stands for in an entity's description.
enum Meaning {
    /// These predicates of the thing.
    Predicates(Vec<NamedNode>),
    /// The predicate with words in one language.
    Worded(NamedNode, String),
    /// These predicates, and the parts whose names begin so.
    Parts(Vec<NamedNode>, &'static str),
}

impl Archive {
    /// Sets some columns of an entity. A column that is empty or `null` says nothing afterwards.
    pub async fn edit_entity(&self, id: &Id, request: &Creation) -> Result<Done, LifeError> {
        let turn = self.turn.lock().await;
        let signed = Signed::new(self, request.by.as_deref(), request.reason.as_deref())?;
        entity("id", id)?;
        self.current("id", id).await?;
        let mut deed = Deed::new("edit", id.clone(), signed, request)?;
        let mut known = stored::around(&self.store, id).await?;
        let may_change = self.may_change();
        known.retain(|quad| may_change(quad) && super::whole(subject(quad)) == self.store.iris().id(id).as_str());
        let meanings = self.meanings(id, request)?;
        let concerned =
            |quad: &Quad| meanings.iter().any(|meaning| meaning.covers(self.store.iris().id(id).as_str(), quad));
        deed.removed = known.iter().filter(|quad| concerned(quad)).cloned().collect();
        let home = home(&known).unwrap_or_else(|| fate::own_graph(&self.store, id));
        let row = self.with_what_is_needed(id, request, &known)?;
        let quads = describe::entity(&self.ontology, "", &self.row(&row)?);
        let quads = quads.into_iter().filter(concerned);
        deed.added = quads.map(|quad| Quad { graph_name: home.clone().into(), ..quad }).collect();
        has_a_label(&known, &deed)?;
        let done = self.carry_out(deed).await;
        drop(turn);
        done
    }

    fn meanings(&self, id: &Id, request: &Creation) -> Result<Vec<Meaning>, LifeError> {
        let meaning = |column: &String| match self.meaning(id.kind(), column) {
            Some(meaning) => Ok(meaning),
            None => Err(unclear(
                column,
                format!(
                    "`{column}` cannot be edited: expected a column of the table of such entities, but `id` and `kind`"
                ),
            )),
        };
        if request.entity.is_empty() {
            return Err(unclear("entity", "say which columns are to be set, such as {\"alt_en\": [\"HRW\"]}"));
        }
        request.entity.keys().map(meaning).collect()
    }

    /// What a column means; none for those that cannot be edited.
    fn meaning(&self, kind: Kind, column: &str) -> Option<Meaning> {
        let own =
            |names: &[&str]| Some(Meaning::Predicates(names.iter().map(|name| self.store.iris().term(name)).collect()));
        let known = |node: oxigraph::model::NamedNodeRef<'_>| Some(Meaning::Predicates(vec![node.into_owned()]));
        if column == NAMELESS {
            return None;
        }
        let words = column.split_once('_').and_then(|(name, lang)| {
            let predicate = match name {
                "label" => rdfs::LABEL,
                "alt" => skos::ALT_LABEL,
                "hidden" => skos::HIDDEN_LABEL,
                "note" => skos::NOTE,
                _ => return None,
            };
            Some(Meaning::Worded(predicate.into_owned(), lang.to_ascii_lowercase()))
        });
        match (kind, column) {
            (_, "exact_match") => known(skos::EXACT_MATCH),
            (_, "unchecked") => own(&[isn::UNCHECKED]),
            (_, "source") => {
                let mut predicates = vec![dct::SOURCE.into_owned()];
                predicates.extend([isn::UNVERIFIED_SOURCE, isn::SOURCE_NOTE].map(|name| self.store.iris().term(name)));
                Some(Meaning::Predicates(predicates))
            }
            (Kind::Organization, "part_of") => known(org::SUB_ORGANIZATION_OF),
            (Kind::Organization, "founded") => own(&[isn::FOUNDED]),
            (Kind::Organization, "dissolved") => own(&[isn::DISSOLVED]),
            (Kind::Organization, "seat") => own(&[isn::SEAT]),
            (Kind::Organization, "mandate") => own(&[isn::MANDATE]),
            (Kind::Place, "level") => own(&[isn::ADMIN_LEVEL]),
            (Kind::Place, "pcode") => own(&[isn::PCODE]),
            (Kind::Place, "geonames") => own(&[isn::GEONAMES_ID]),
            (Kind::Place, "admin1") => own(&[isn::ADMIN1_CODE]),
            (Kind::Place, "within") => Some(Meaning::Parts(vec![self.store.iris().term(isn::WITHIN)], "within")),
            (Kind::Place, "latitude" | "longitude") => {
                Some(Meaning::Parts(vec![geo::HAS_GEOMETRY.into_owned()], "geometry"))
            }
            (Kind::Event, "event_kind") => own(&[isn::EVENT_KIND]),
            (Kind::Event, "when") => own(&[isn::EARLIEST, isn::LATEST, isn::DATE_TEXT]),
            (Kind::Event, "time_text") => own(&[isn::TIME_TEXT]),
            (Kind::Event, "at") => own(&[isn::REPORTED_AT]),
            (Kind::Event, "reported_by") => own(&[isn::REPORTED_BY]),
            (Kind::Event, "concerns") => own(&[isn::CONCERNS]),
            (Kind::Event, "votes_for") => own(&[isn::VOTES_FOR]),
            (Kind::Event, "votes_against") => own(&[isn::VOTES_AGAINST]),
            (Kind::Event, "abstentions") => own(&[isn::ABSTENTIONS]),
            (Kind::Event, "against") => own(&[isn::VOTE_AGAINST_BY]),
            (Kind::Event, "abstained") => own(&[isn::ABSTENTION_BY]),
            _ => words,
        }
    }

    /// The columns that are set, with those without which nothing is a row.
    fn with_what_is_needed(&self, id: &Id, request: &Creation, known: &[Quad]) -> Result<super::Columns, LifeError> {
        let mut row = request.entity.clone();
        row.insert("id".to_owned(), id.as_str().into());
        let is_named = |(column, value): (&String, &Value)| {
            column.starts_with("label_") && value.as_str().is_some_and(|words| !words.trim().is_empty())
        };
        if !row.iter().any(is_named) {
            // It is left out again: this column is never one that is set.
            row.insert(NAMELESS.to_owned(), id.key().into());
        }
        if id.kind() == Kind::Event {
            let class = |local: &str| Term::from(self.store.iris().term(local));
            let is_a =
                |local: &str| known.iter().any(|quad| quad.predicate == rdf::TYPE && quad.object == class(local));
            let kind = [("ReportedIncident", "reported-incident"), ("InstitutionalEvent", "institutional-event")];
            let kind = kind.into_iter().find(|(local, _)| is_a(local)).map_or("event", |(_, kind)| kind);
            row.insert("kind".to_owned(), kind.into());
        }
        let given: BTreeSet<&str> = request.entity.keys().map(String::as_str).collect();
        if given.contains("latitude") != given.contains("longitude") {
            return Err(unclear("latitude", "a point has both: give `latitude` and `longitude` together"));
        }
        Ok(row)
    }
}

impl Meaning {
    /// Whether a statement about a thing is one that the column makes.
    fn covers(&self, thing: &str, quad: &Quad) -> bool {
        let is_of_thing = subject(quad) == thing;
        match self {
            Self::Predicates(predicates) => is_of_thing && predicates.contains(&quad.predicate),
            Self::Worded(predicate, lang) => {
                let is_in = |term: &Term| match term {
                    Term::Literal(literal) => literal.language().is_some_and(|tag| tag.eq_ignore_ascii_case(lang)),
                    _ => false,
                };
                is_of_thing && quad.predicate == *predicate && is_in(&quad.object)
            }
            Self::Parts(predicates, start) => {
                let part = |iri: &str| {
                    iri.strip_prefix(thing)
                        .and_then(|rest| rest.strip_prefix('#'))
                        .is_some_and(|name| name.starts_with(start))
                };
                is_of_thing && predicates.contains(&quad.predicate)
                    || part(subject(quad))
                    || is_of_thing && part(object(quad))
            }
        }
    }
}

/// The graph that says what a thing is.
fn home(known: &[Quad]) -> Option<NamedNode> {
    known
        .iter()
        .filter(|quad| quad.predicate == rdf::TYPE && !subject(quad).contains('#'))
        .filter_map(graph)
        .min()
        .cloned()
}

/// Something without a name cannot be found again.
fn has_a_label(known: &[Quad], deed: &Deed) -> Result<(), LifeError> {
    let labels = |quads: &[Quad]| {
        let is_label = |quad: &&Quad| quad.predicate == rdfs::LABEL && !subject(quad).contains('#');
        quads.iter().filter(is_label).count()
    };
    if labels(known) + labels(&deed.added) > labels(&deed.removed) {
        return Ok(());
    }
    Err(unclear("label_en", "it would be left without a name: expected one in label_en or label_ar"))
}
