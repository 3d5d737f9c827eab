//! May this be assessed so, and what does it take the place of?

use jiff::Timestamp;
use oxigraph::model::NamedNode;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::prepare::{Refusal, unclear};
use crate::{
    ask::assessments::{self, Of},
    model::{Assessment, Id, Kind},
    rdf::{Ontology, vocab::isn},
    store::Store,
};

/// The longest reason, in characters.
const LONGEST: usize = 4_000;

/// So much evidence goes with an assessment at most.
const MOST: usize = 20;

/// How somebody wants to rate something.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The document, text, claim, relay or link.
    pub about: String,
    /// The rating: a term of the scale.
    pub rating: String,
    /// The scale; by default the archive's own, `reliability`.
    pub scale: Option<String>,
    /// Why.
    pub rationale: String,
    /// What it rests on: identifiers of the archive's things, or addresses.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// Who rates: a name for `agent/NAME`, for whoever may speak for others.
    pub by: Option<String>,
}

/// Who rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessor {
    /// The path of an agent, `agent/…`.
    pub agent: String,
    /// Their name, where it is known.
    pub name: Option<String>,
}

/// An assessment that can be made.
#[derive(Clone, Debug)]
pub struct Assessed {
    /// The assessment.
    pub assessment: Assessment,
    /// Whether its assessor holds just that already, so that nothing is left to do.
    pub is_known: bool,
}

/// Holds what somebody wants to say of something against what is stored.
pub async fn assess(store: &Store, ontology: &Ontology, rate: &Rate, by: Assessor) -> Result<Assessed, Refusal> {
    let scale = rate.scale.as_deref().unwrap_or("reliability");
    check_grade(ontology, scale, &rate.rating)?;
    let rationale = rate.rationale.trim();
    if rationale.is_empty() || rationale.chars().count() > LONGEST {
        let detail = format!("an assessment has a reason: expected 1 to {LONGEST} characters in `rationale`");
        return Err(unclear("rationale", detail));
    }
    let about = store.iris().parse_id(&rate.about).ok_or_else(|| {
        unclear("about", format!("`{}` is not an identifier such as doc/jim-4 or claim/x", rate.about))
    })?;
    let standing = standing(store, &about).await?;
    if scale == "fidelity" && !standing.relays {
        return Err(unclear("scale", format!("{about} relays nothing; fidelity is how a relay renders its source")));
    }
    let home = standing.document;
    let assessment = Assessment {
        id: home.clone(),
        assesses: about.clone(),
        scale: scale.to_owned(),
        rating: rate.rating.clone(),
        rationale: rationale.to_owned(),
        evidence: evidence(store, &rate.evidence)?,
        by: by.agent,
        name: by.name,
        at: Timestamp::now(),
        revises: None,
    };
    let before = assessments::all(store, Of::Thing(&about)).await?;
    let own = |one: &&Assessment| one.scale == scale && one.by == assessment.by && one.is_current(&before);
    match before.iter().find(own) {
        Some(known) if says_the_same(known, &assessment) => Ok(Assessed { assessment: known.clone(), is_known: true }),
        earlier => {
            let revises = earlier.map(|earlier| earlier.id.clone());
            let assessment = named(Assessment { revises, ..assessment }, &home);
            Ok(Assessed { assessment, is_known: false })
        }
    }
}

fn says_the_same(known: &Assessment, new: &Assessment) -> bool {
    (&known.rating, &known.rationale, &known.evidence) == (&new.rating, &new.rationale, &new.evidence)
}

fn check_grade(ontology: &Ontology, scale: &str, rating: &str) -> Result<(), Refusal> {
    if !ontology.scales().iter().any(|known| known == scale) {
        let known = ontology.scales().join(", ");
        return Err(unclear("scale", format!("`{scale}` is not a scale of assessments: expected one of {known}")));
    }
    let terms = ontology.concepts().get(scale);
    if terms.is_none_or(|terms| !terms.contains_key(rating)) {
        let known: Vec<&str> = terms.into_iter().flat_map(|terms| terms.keys()).map(String::as_str).collect();
        let known = known.join(", ");
        return Err(unclear("rating", format!("`{rating}` is not of the scale {scale}: expected one of {known}")));
    }
    Ok(())
}

/// Where something stands of which people may say something.
pub(super) struct Standing {
    /// The document that it is, is a part of, or is stated in.
    pub document: Id,
    /// Whether it is a claim that relays another.
    relays: bool,
}

/// The document that something is, is a part of, or is stated in, if people may say something of it.
pub async fn standing_of(store: &Store, about: &Id) -> Result<Id, Refusal> {
    Ok(standing(store, about).await?.document)
}

/// Where something stands. What happened is neither rated nor commented on, nor is who or where.
pub(super) async fn standing(store: &Store, about: &Id) -> Result<Standing, Refusal> {
    let iris = store.iris();
    let query = format!(
        "SELECT ?class ?document {{ {thing} a ?class . OPTIONAL {{ {thing} {stated_in} ?document }} }}",
        thing = iris.id(about),
        stated_in = iris.term(isn::STATED_IN),
    );
    let rows = store.select(&query).await?;
    if rows.is_empty() {
        return Err(Refusal::Unknown(format!("the archive does not know {about}")));
    }
    let is_a = |class: &str| rows.iter().any(|row| row.iri("class") == Some(iris.term(class).as_str()));
    if !["Record", "Document", "TextLayer", "Claim", "Mention"].into_iter().any(is_a) {
        let detail = format!(
            "{about} is none of what can be spoken of here: expected a document, a text, a claim, a relay or a link; what \
             happened, and who or where, is only ever claimed, and it is the claim that can be spoken of"
        );
        return Err(unclear("about", detail));
    }
    let relays = is_a("RelayedClaim");
    let document = match rows.iter().find_map(|row| row.iri("document")) {
        Some(document) => iris.parse_id(document),
        None => about.whole().parse().ok(),
    };
    let document = document.filter(|document| document.kind() == Kind::Document);
    let unknown = || Refusal::Unknown(format!("the archive does not know in which document {about} stands"));
    Ok(Standing { document: document.ok_or_else(unknown)?, relays })
}

fn evidence(store: &Store, given: &[String]) -> Result<Vec<String>, Refusal> {
    if given.len() > MOST {
        return Err(unclear(
            "evidence",
            format!("there are {} pieces of evidence; expected {MOST} at most", given.len()),
        ));
    }
    let mut found = Vec::new();
    for text in given.iter().map(|text| text.trim()) {
        let is_address = text.starts_with("https://") || text.starts_with("http://");
        let address = || is_address.then(|| NamedNode::new(text).ok()).flatten().map(NamedNode::into_string);
        let known = store.iris().parse_id(text).map(String::from).or_else(address);
        found.push(known.ok_or_else(|| {
            let detail = format!("`{text}` is neither an identifier such as doc/jim-4 nor an http(s) address");
            unclear("evidence", detail)
        })?);
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Gives an assessment its identifier: made from all it says, so that two are never taken for one.
pub(super) fn named(mut assessment: Assessment, home: &Id) -> Assessment {
    let digest = Sha256::digest(format!("{assessment:?}"));
    let name = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assessment.id = home.part(&format!("assessment-{name}"));
    assessment
}
