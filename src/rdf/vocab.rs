//! Every term that is written or asked for. A test holds our own against `ontology/`, in both directions.

/// The prefixes of what we publish, in the order of their names. The base is the archive's own.
#[must_use]
pub const fn prefixes() -> &'static [(&'static str, &'static str)] {
    &[
        ("cito", "http://purl.org/spar/cito/"),
        ("dct", "http://purl.org/dc/terms/"),
        ("foaf", "http://xmlns.com/foaf/0.1/"),
        ("geo", "http://www.opengis.net/ont/geosparql#"),
        ("oa", "http://www.w3.org/ns/oa#"),
        ("org", "http://www.w3.org/ns/org#"),
        ("owl", "http://www.w3.org/2002/07/owl#"),
        ("prov", "http://www.w3.org/ns/prov#"),
        ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
        ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
        ("sh", "http://www.w3.org/ns/shacl#"),
        ("skos", "http://www.w3.org/2004/02/skos/core#"),
        ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ]
}

/// RDF.
pub mod rdf {
    use oxigraph::model::NamedNodeRef;

    pub use oxigraph::model::vocab::rdf::{OBJECT, PREDICATE, STATEMENT, SUBJECT, TYPE};

    /// `rdf:value`
    pub const VALUE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/1999/02/22-rdf-syntax-ns#value");
}

/// RDF Schema.
pub mod rdfs {
    pub use oxigraph::model::vocab::rdfs::{LABEL, SUB_CLASS_OF};
}

/// SKOS.
pub mod skos {
    use oxigraph::model::NamedNodeRef;

    /// `skos:prefLabel`
    pub const PREF_LABEL: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#prefLabel");
    /// `skos:altLabel`
    pub const ALT_LABEL: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#altLabel");
    /// `skos:hiddenLabel`
    pub const HIDDEN_LABEL: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#hiddenLabel");
    /// `skos:note`
    pub const NOTE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#note");
    /// `skos:exactMatch`
    pub const EXACT_MATCH: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#exactMatch");
    /// `skos:inScheme`
    pub const IN_SCHEME: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#inScheme");
}

/// Dublin Core terms.
pub mod dct {
    use oxigraph::model::NamedNodeRef;

    /// `dct:title`
    pub const TITLE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/title");
    /// `dct:description`
    pub const DESCRIPTION: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/description");
    /// `dct:issued`
    pub const ISSUED: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/issued");
    /// `dct:created`
    pub const CREATED: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/created");
    /// `dct:creator`
    pub const CREATOR: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/creator");
    /// `dct:language`
    pub const LANGUAGE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/language");
    /// `dct:source`
    pub const SOURCE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/source");
    /// `dct:isReplacedBy`
    pub const IS_REPLACED_BY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/isReplacedBy");
    /// `dct:isVersionOf`
    pub const IS_VERSION_OF: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/isVersionOf");
    /// `dct:license`
    pub const LICENSE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/license");
}

/// Activity Streams.
pub mod activity {
    use oxigraph::model::NamedNodeRef;

    /// `as:Create`
    pub const CREATE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://www.w3.org/ns/activitystreams#Create");
    /// `as:Update`
    pub const UPDATE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://www.w3.org/ns/activitystreams#Update");
    /// `as:Delete`
    pub const DELETE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://www.w3.org/ns/activitystreams#Delete");
}

/// Linked Data Event Streams.
pub mod ldes {
    use oxigraph::model::NamedNodeRef;

    /// `ldes:EventStream`
    pub const EVENT_STREAM: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/ldes#EventStream");
    /// `ldes:timestampPath`
    pub const TIMESTAMP_PATH: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/ldes#timestampPath");
    /// `ldes:versionOfPath`
    pub const VERSION_OF_PATH: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/ldes#versionOfPath");
    /// `ldes:versionCreateObject`
    pub const VERSION_CREATE_OBJECT: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("https://w3id.org/ldes#versionCreateObject");
    /// `ldes:versionUpdateObject`
    pub const VERSION_UPDATE_OBJECT: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("https://w3id.org/ldes#versionUpdateObject");
    /// `ldes:versionDeleteObject`
    pub const VERSION_DELETE_OBJECT: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("https://w3id.org/ldes#versionDeleteObject");
    /// `ldes:retentionPolicy`
    pub const RETENTION_POLICY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/ldes#retentionPolicy");
    /// `ldes:RetentionPolicy`
    pub const RETENTION_POLICY_CLASS: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("https://w3id.org/ldes#RetentionPolicy");
    /// `ldes:LatestVersionSubset`
    pub const LATEST_VERSION_SUBSET: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("https://w3id.org/ldes#LatestVersionSubset");
    /// `ldes:amount`
    pub const AMOUNT: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/ldes#amount");
    /// `ldes:versionAmount`
    pub const VERSION_AMOUNT: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/ldes#versionAmount");
    /// `ldes:versionKey`
    pub const VERSION_KEY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/ldes#versionKey");
}

/// TREE: pages that lead to each other.
pub mod tree {
    use oxigraph::model::NamedNodeRef;

    /// `tree:Node`
    pub const NODE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/tree#Node");
    /// `tree:node`
    pub const NODE_PROPERTY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/tree#node");
    /// `tree:view`
    pub const VIEW: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/tree#view");
    /// `tree:member`
    pub const MEMBER: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/tree#member");
    /// `tree:relation`
    pub const RELATION: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/tree#relation");
    /// `tree:Relation`
    pub const RELATION_CLASS: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/tree#Relation");
    /// `tree:GreaterThanOrEqualToRelation`
    pub const GREATER_THAN_OR_EQUAL_TO: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("https://w3id.org/tree#GreaterThanOrEqualToRelation");
    /// `tree:LessThanOrEqualToRelation`
    pub const LESS_THAN_OR_EQUAL_TO: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("https://w3id.org/tree#LessThanOrEqualToRelation");
    /// `tree:path`
    pub const PATH: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/tree#path");
    /// `tree:value`
    pub const VALUE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://w3id.org/tree#value");
}

/// PROV-O.
pub mod prov {
    use oxigraph::model::NamedNodeRef;

    /// `prov:Entity`
    pub const ENTITY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#Entity");
    /// `prov:invalidatedAtTime`
    pub const INVALIDATED_AT_TIME: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#invalidatedAtTime");
    /// `prov:wasGeneratedBy`
    pub const WAS_GENERATED_BY: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#wasGeneratedBy");
    /// `prov:generatedAtTime`
    pub const GENERATED_AT_TIME: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#generatedAtTime");
    /// `prov:wasDerivedFrom`
    pub const WAS_DERIVED_FROM: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#wasDerivedFrom");
    /// `prov:wasRevisionOf`
    pub const WAS_REVISION_OF: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#wasRevisionOf");
    /// `prov:wasAttributedTo`
    pub const WAS_ATTRIBUTED_TO: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#wasAttributedTo");
}

/// Web Annotation.
pub mod oa {
    use oxigraph::model::NamedNodeRef;

    /// `oa:Annotation`
    pub const ANNOTATION: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#Annotation");
    /// `oa:start`
    pub const START: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#start");
    /// `oa:end`
    pub const END: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#end");
    /// `oa:exact`
    pub const EXACT: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#exact");
    /// `oa:prefix`
    pub const PREFIX: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#prefix");
    /// `oa:suffix`
    pub const SUFFIX: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#suffix");
    /// `oa:hasTarget`
    pub const HAS_TARGET: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#hasTarget");
    /// `oa:TextualBody`
    pub const TEXTUAL_BODY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#TextualBody");
    /// `oa:motivatedBy`
    pub const MOTIVATED_BY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#motivatedBy");
    /// `oa:commenting`
    pub const COMMENTING: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#commenting");
    /// `oa:editing`
    pub const EDITING: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#editing");
    /// `oa:hasBody`
    pub const HAS_BODY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#hasBody");
}

/// The Organization ontology.
pub mod org {
    use oxigraph::model::NamedNodeRef;

    /// `org:Membership`
    pub const MEMBERSHIP: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/org#Membership");
    /// `org:hasMembership`
    pub const HAS_MEMBERSHIP: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/org#hasMembership");
    /// `org:member`
    pub const MEMBER: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/org#member");
    /// `org:organization`
    pub const ORGANIZATION: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/org#organization");
    /// `org:subOrganizationOf`
    pub const SUB_ORGANIZATION_OF: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.w3.org/ns/org#subOrganizationOf");
}

/// GeoSPARQL.
pub mod geo {
    use oxigraph::model::NamedNodeRef;

    /// `geo:Geometry`
    pub const GEOMETRY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.opengis.net/ont/geosparql#Geometry");
    /// `geo:hasGeometry`
    pub const HAS_GEOMETRY: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.opengis.net/ont/geosparql#hasGeometry");
    /// `geo:asWKT`
    pub const AS_WKT: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.opengis.net/ont/geosparql#asWKT");
    /// `geo:wktLiteral`
    pub const WKT_LITERAL: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.opengis.net/ont/geosparql#wktLiteral");
}

/// FOAF.
pub mod foaf {
    use oxigraph::model::NamedNodeRef;

    /// `foaf:name`
    pub const NAME: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://xmlns.com/foaf/0.1/name");
    /// `foaf:page`
    pub const PAGE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://xmlns.com/foaf/0.1/page");
}

/// CiTO.
pub mod cito {
    use oxigraph::model::{NamedNode, NamedNodeRef};

    /// `cito:Citation`
    pub const CITATION: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/spar/cito/Citation");
    /// `cito:cites`
    pub const CITES: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/spar/cito/cites");
    /// `cito:hasCitingEntity`
    pub const HAS_CITING_ENTITY: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://purl.org/spar/cito/hasCitingEntity");
    /// `cito:hasCitedEntity`
    pub const HAS_CITED_ENTITY: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://purl.org/spar/cito/hasCitedEntity");
    /// `cito:hasCitationCharacterization`
    pub const HAS_CITATION_CHARACTERIZATION: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://purl.org/spar/cito/hasCitationCharacterization");

    /// `cito:citesAsEvidence`
    pub const CITES_AS_EVIDENCE: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://purl.org/spar/cito/citesAsEvidence");

    /// A term of `CiTO` by its local name; the shapes refuse names that are none.
    #[must_use]
    pub fn term(local: &str) -> NamedNode {
        NamedNode::new_unchecked(format!("http://purl.org/spar/cito/{local}"))
    }
}

/// Our own properties, by local name; [`Iris::term`](super::Iris::term) makes IRIs of them.
///
/// Claim predicates are not among them: no code writes one but as the object of `rdf:predicate`.
pub mod isn {
    /// `isn:aboutEvent`
    pub const ABOUT_EVENT: &str = "aboutEvent";
    /// `isn:aboutThing`
    pub const ABOUT_THING: &str = "aboutThing";
    /// `isn:abstentions`
    pub const ABSTENTIONS: &str = "abstentions";
    /// `isn:abstentionBy`
    pub const ABSTENTION_BY: &str = "abstentionBy";
    /// `isn:accordingTo`
    pub const ACCORDING_TO: &str = "accordingTo";
    /// `isn:act`
    pub const ACT: &str = "act";
    /// `isn:added`
    pub const ADDED: &str = "added";
    /// `isn:addressedTo`
    pub const ADDRESSED_TO: &str = "addressedTo";
    /// `isn:addressedToText`
    pub const ADDRESSED_TO_TEXT: &str = "addressedToText";
    /// `isn:addressee`
    pub const ADDRESSEE: &str = "addressee";
    /// `isn:admin1Code`
    pub const ADMIN1_CODE: &str = "admin1Code";
    /// `isn:adding`
    pub const ADDING: &str = "adding";
    /// `isn:adminLevel`
    pub const ADMIN_LEVEL: &str = "adminLevel";
    /// `isn:adoption`
    pub const ADOPTION: &str = "adoption";
    /// `isn:answer`
    pub const ANSWER: &str = "answer";
    /// `isn:area`
    pub const AREA: &str = "area";
    /// `isn:areaText`
    pub const AREA_TEXT: &str = "areaText";
    /// `isn:assesses`
    pub const ASSESSES: &str = "assesses";
    /// `isn:attested`
    pub const ATTESTED: &str = "attested";
    /// `isn:attributedTo`
    pub const ATTRIBUTED_TO: &str = "attributedTo";
    /// `isn:bound`
    pub const BOUND: &str = "bound";
    /// `isn:candidate`
    pub const CANDIDATE: &str = "candidate";
    /// `isn:candidateConfidence`
    pub const CANDIDATE_CONFIDENCE: &str = "candidateConfidence";
    /// `isn:changeKind`
    pub const CHANGE_KIND: &str = "changeKind";
    /// `isn:changeOf`
    pub const CHANGE_OF: &str = "changeOf";
    /// `isn:citation`
    pub const CITATION: &str = "citation";
    /// `isn:code`
    pub const CODE: &str = "code";
    /// `isn:codeScheme`
    pub const CODE_SCHEME: &str = "codeScheme";
    /// `isn:contextFit`
    pub const CONTEXT_FIT: &str = "contextFit";
    /// `isn:commentKind`
    pub const COMMENT_KIND: &str = "commentKind";
    /// `isn:commentState`
    pub const COMMENT_STATE: &str = "commentState";
    /// `isn:concerns`
    pub const CONCERNS: &str = "concerns";
    /// `isn:confidence`
    pub const CONFIDENCE: &str = "confidence";
    /// `isn:contact`
    pub const CONTACT: &str = "contact";
    /// `isn:correction`
    pub const CORRECTION: &str = "correction";
    /// `isn:creditedTo`
    pub const CREDITED_TO: &str = "creditedTo";
    /// `isn:creatorText`
    pub const CREATOR_TEXT: &str = "creatorText";
    /// `isn:date`
    pub const DATE: &str = "date";
    /// `isn:dateText`
    pub const DATE_TEXT: &str = "dateText";
    /// `isn:decidedForm`
    pub const DECIDED_FORM: &str = "decidedForm";
    /// `isn:decidedThing`
    pub const DECIDED_THING: &str = "decidedThing";
    /// `isn:decisionScope`
    pub const DECISION_SCOPE: &str = "decisionScope";
    /// `isn:degree`
    pub const DEGREE: &str = "degree";
    /// `isn:degreeWording`
    pub const DEGREE_WORDING: &str = "degreeWording";
    /// `isn:dictionary`
    pub const DICTIONARY: &str = "dictionary";
    /// `isn:digest`
    pub const DIGEST: &str = "digest";
    /// `isn:disputes`
    pub const DISPUTES: &str = "disputes";
    /// `isn:dissolved`
    pub const DISSOLVED: &str = "dissolved";
    /// `isn:docType`
    pub const DOC_TYPE: &str = "docType";
    /// `isn:earliest`
    pub const EARLIEST: &str = "earliest";
    /// `isn:eventKind`
    pub const EVENT_KIND: &str = "eventKind";
    /// `isn:explicitness`
    pub const EXPLICITNESS: &str = "explicitness";
    /// `isn:fidelity`
    pub const FIDELITY: &str = "fidelity";
    /// `isn:founded`
    pub const FOUNDED: &str = "founded";
    /// `isn:from`
    pub const FROM: &str = "from";
    /// `isn:geonamesId`
    pub const GEONAMES_ID: &str = "geonamesId";
    /// `isn:inCollection`
    pub const IN_COLLECTION: &str = "inCollection";
    /// `isn:inDocument`
    pub const IN_DOCUMENT: &str = "inDocument";
    /// `isn:inText`
    pub const IN_TEXT: &str = "inText";
    /// `isn:issuedBy`
    pub const ISSUED_BY: &str = "issuedBy";
    /// `isn:issuerText`
    pub const ISSUER_TEXT: &str = "issuerText";
    /// `isn:key`
    pub const KEY: &str = "key";
    /// `isn:lastSequence`
    pub const LAST_SEQUENCE: &str = "lastSequence";
    /// `isn:latest`
    pub const LATEST: &str = "latest";
    /// `isn:layerRole`
    pub const LAYER_ROLE: &str = "layerRole";
    /// `isn:ledTo`
    pub const LED_TO: &str = "ledTo";
    /// `isn:levelTold`
    pub const LEVEL_TOLD: &str = "levelTold";
    /// `isn:loader`
    pub const LOADER: &str = "loader";
    /// `isn:locator`
    pub const LOCATOR: &str = "locator";
    /// `isn:mandate`
    pub const MANDATE: &str = "mandate";
    /// `isn:mayBeUsed`
    pub const MAY_BE_USED: &str = "mayBeUsed";
    /// `isn:mentions`
    pub const MENTIONS: &str = "mentions";
    /// `isn:mentionKind`
    pub const MENTION_KIND: &str = "mentionKind";
    /// `isn:method`
    pub const METHOD: &str = "method";
    /// `isn:methodVersion`
    pub const METHOD_VERSION: &str = "methodVersion";
    /// `isn:moderatedAt`
    pub const MODERATED_AT: &str = "moderatedAt";
    /// `isn:moderatedBy`
    pub const MODERATED_BY: &str = "moderatedBy";
    /// `isn:nameGoodness`
    pub const NAME_GOODNESS: &str = "nameGoodness";
    /// `isn:nil`
    pub const NIL: &str = "nil";
    /// `isn:normalForm`
    pub const NORMAL_FORM: &str = "normalForm";
    /// `isn:originalLanguage`
    pub const ORIGINAL_LANGUAGE: &str = "originalLanguage";
    /// `isn:part`
    pub const PART: &str = "part";
    /// `isn:pcode`
    pub const PCODE: &str = "pcode";
    /// `isn:period`
    pub const PERIOD: &str = "period";
    /// `isn:populationKind`
    pub const POPULATION_KIND: &str = "populationKind";
    /// `isn:proposes`
    pub const PROPOSES: &str = "proposes";
    /// `isn:rating`
    pub const RATING: &str = "rating";
    /// `isn:rationale`
    pub const RATIONALE: &str = "rationale";
    /// `isn:reason`
    pub const REASON: &str = "reason";
    /// `isn:redacts`
    pub const REDACTS: &str = "redacts";
    /// `isn:relatedDiary`
    pub const RELATED_DIARY: &str = "relatedDiary";
    /// `isn:relatedDiaryText`
    pub const RELATED_DIARY_TEXT: &str = "relatedDiaryText";
    /// `isn:relatedEntity`
    pub const RELATED_ENTITY: &str = "relatedEntity";
    /// `isn:relatedEntityText`
    pub const RELATED_ENTITY_TEXT: &str = "relatedEntityText";
    /// `isn:relatedEvent`
    pub const RELATED_EVENT: &str = "relatedEvent";
    /// `isn:relatedEventText`
    pub const RELATED_EVENT_TEXT: &str = "relatedEventText";
    /// `isn:relatedPerson`
    pub const RELATED_PERSON: &str = "relatedPerson";
    /// `isn:relatedPersonText`
    pub const RELATED_PERSON_TEXT: &str = "relatedPersonText";
    /// `isn:resemblanceKind`
    pub const RESEMBLANCE_KIND: &str = "resemblanceKind";
    /// `isn:resemblanceOf`
    pub const RESEMBLANCE_OF: &str = "resemblanceOf";
    /// `isn:resembles`
    pub const RESEMBLES: &str = "resembles";
    /// `isn:sharedPart`
    pub const SHARED_PART: &str = "sharedPart";
    /// `isn:relays`
    pub const RELAYS: &str = "relays";
    /// `isn:removed`
    pub const REMOVED: &str = "removed";
    /// `isn:reportedAt`
    pub const REPORTED_AT: &str = "reportedAt";
    /// `isn:reportedBy`
    pub const REPORTED_BY: &str = "reportedBy";
    /// `isn:reviewState`
    pub const REVIEW_STATE: &str = "reviewState";
    /// `isn:revisionOf`
    pub const REVISION_OF: &str = "revisionOf";
    /// `isn:rule`
    pub const RULE: &str = "rule";
    /// `isn:queryText`
    pub const QUERY_TEXT: &str = "queryText";
    /// `isn:SavedQuery`
    pub const SAVED_QUERY: &str = "SavedQuery";
    /// `isn:scale`
    pub const SCALE: &str = "scale";
    /// `isn:seat`
    pub const SEAT: &str = "seat";
    /// `isn:shareOfReadings`
    pub const SHARE_OF_READINGS: &str = "shareOfReadings";
    /// `isn:sequence`
    pub const SEQUENCE: &str = "sequence";
    /// `isn:sha256`
    pub const SHA256: &str = "sha256";
    /// `isn:sourceMediaType`
    pub const SOURCE_MEDIA_TYPE: &str = "sourceMediaType";
    /// `isn:sourceSize`
    pub const SOURCE_SIZE: &str = "sourceSize";
    /// `isn:sourceNote`
    pub const SOURCE_NOTE: &str = "sourceNote";
    /// `isn:stance`
    pub const STANCE: &str = "stance";
    /// `isn:statedBy`
    pub const STATED_BY: &str = "statedBy";
    /// `isn:statedEmpty`
    pub const STATED_EMPTY: &str = "statedEmpty";
    /// `isn:statedIn`
    pub const STATED_IN: &str = "statedIn";
    /// `isn:supersedes`
    pub const SUPERSEDES: &str = "supersedes";
    /// `isn:symbol`
    pub const SYMBOL: &str = "symbol";
    /// `isn:text`
    pub const TEXT: &str = "text";
    /// `isn:timeText`
    pub const TIME_TEXT: &str = "timeText";
    /// `isn:to`
    pub const TO: &str = "to";
    /// `isn:Tombstone`
    pub const TOMBSTONE: &str = "Tombstone";
    /// `isn:transaction`
    pub const TRANSACTION: &str = "transaction";
    /// `isn:translationOf`
    pub const TRANSLATION_OF: &str = "translationOf";
    /// `isn:unchecked`
    pub const UNCHECKED: &str = "unchecked";
    /// `isn:undoes`
    pub const UNDOES: &str = "undoes";
    /// `isn:unverifiedSource`
    pub const UNVERIFIED_SOURCE: &str = "unverifiedSource";
    /// `isn:votesAgainst`
    pub const VOTES_AGAINST: &str = "votesAgainst";
    /// `isn:votesFor`
    pub const VOTES_FOR: &str = "votesFor";
    /// `isn:voteAgainstBy`
    pub const VOTE_AGAINST_BY: &str = "voteAgainstBy";
    /// `isn:whole`
    pub const WHOLE: &str = "whole";
    /// `isn:withheld`
    pub const WITHHELD: &str = "withheld";
    /// `isn:witness`
    pub const WITNESS: &str = "witness";
    /// `isn:within`
    pub const WITHIN: &str = "within";
}
