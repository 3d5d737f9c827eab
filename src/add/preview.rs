//! What would be found in a file, without storing anything.

use serde::Serialize;

use super::{Archive, File, Settings, document};
use crate::{
    intake::{Notice, Record},
    link::Dictionary,
    model::{Document, Mention},
};

/// A document as it was understood, with the mentions in its texts.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    /// The document, its fields resolved.
    pub document: Document,
    /// The mentions, text by text: the language of the text, and what was found in it.
    pub mentions: Vec<(String, Vec<Mention>)>,
    /// What is worth saying about the file.
    pub notices: Vec<Notice>,
}

impl Archive {
    /// Reads the documents of a file and links them by a dictionary.
    pub fn preview(&self, file: &File, settings: &Settings, dictionary: &Dictionary) -> Result<Vec<Preview>, String> {
        let (intake, _) = self.read(file, settings)?;
        let documents = intake.records.into_iter().filter_map(|record| match record {
            Record::Document(document) => Some(document),
            Record::Entity(_) | Record::Tenure { .. } => None,
        });
        let previews: Vec<Preview> = documents
            .map(|mut document| {
                document::resolve(dictionary, &mut document);
                let found = document::mentions(dictionary, &document);
                let mentions = found
                    .into_iter()
                    .map(|(number, mentions)| (document.layers[number].lang.to_string(), mentions))
                    .collect();
                Preview { document, mentions, notices: intake.notices.clone() }
            })
            .collect();
        if previews.is_empty() { Err("the file holds no document to link".to_owned()) } else { Ok(previews) }
    }
}
