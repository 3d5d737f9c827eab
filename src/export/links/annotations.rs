//! Links as Web Annotations in JSON-LD. Their places are counted in code points, whatever is asked: the data model
//! of annotations says so.

use serde_json::{Value, json};

use super::{Linked, Setting, sort};
use crate::model::{Mention, Target};

/// How many code points before and after the words are told, so that they can be found again.
const AROUND: usize = 32;

pub(super) fn texts(setting: &Setting, texts: &[Linked]) -> Value {
    let own = setting.iris.path("ontology#");
    let items: Vec<Value> = texts.iter().flat_map(|linked| text(setting, linked)).collect();
    json!({
        "@context": ["http://www.w3.org/ns/anno.jsonld", { "isn": own.as_str() }],
        "type": "AnnotationPage",
        "items": items,
    })
}

fn text(setting: &Setting, linked: &Linked) -> Vec<Value> {
    let letters: Vec<char> = linked.text.chars().collect();
    linked.mentions.iter().map(|mention| annotation(setting, linked, &letters, mention)).collect()
}

fn annotation(setting: &Setting, linked: &Linked, letters: &[char], mention: &Mention) -> Value {
    let (start, end) = (mention.start.min(letters.len()), mention.end.min(letters.len()));
    let prefix: String = letters[start.saturating_sub(AROUND)..start].iter().collect();
    let suffix: String = letters[end..letters.len().min(end + AROUND)].iter().collect();
    let mut annotation = json!({
        "id": format!("{}-char-{start}-{end}", linked.id_base()),
        "type": "Annotation",
        "motivation": "identifying",
        "target": {
            "source": linked.about.as_str(),
            "selector": [
                { "type": "TextPositionSelector", "start": start, "end": end },
                { "type": "TextQuoteSelector", "exact": mention.exact, "prefix": prefix, "suffix": suffix },
            ],
        },
        "generator": {
            "id": setting.annotator(),
            "type": "Software",
            "name": concat!("isnad ", env!("CARGO_PKG_VERSION")),
        },
        "isn:confidence": mention.confidence,
        "isn:rule": { "id": setting.iris.concept("rule", mention.rule.term()).as_str() },
    });
    match &mention.target {
        Target::Entity(id) => {
            let class = sort(mention).and_then(super::Sort::class);
            let class = class.map(|class| setting.iris.term(class).into_string());
            annotation["body"] = json!({ "id": setting.iris.id(id).as_str(), "type": class });
        }
        Target::Date(date) => {
            annotation["motivation"] = "describing".into();
            annotation["body"] = json!({ "type": "TextualBody", "value": date, "format": "text/plain" });
        }
        Target::Nil => {
            annotation["motivation"] = "highlighting".into();
            annotation["isn:nil"] = true.into();
        }
    }
    annotation
}

impl Linked {
    /// What the IRI of an annotation begins with: a fragment of the text's.
    fn id_base(&self) -> String {
        let joint = if self.about.as_str().contains('#') { "" } else { "#m" };
        format!("{}{joint}", self.about.as_str())
    }
}
