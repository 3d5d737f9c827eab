//! Changes: one at a time, each in one transaction that is kept whole or not at all.

use oxigraph::{sparql::UpdateEvaluationError, store::Store};
use spargebra::{GraphUpdateOperation, SparqlParser, Update as Parsed};

use super::{
    super::{Dataset, Error, Update},
    evaluation_error, evaluator, guard, parse_update,
    stop::Stop,
    to_specification,
};

/// Parses and carries out an update; until it is committed it can be stopped and has changed nothing.
pub(super) fn run(store: &Store, update: &Update, stop: &Stop) -> Result<(), Error> {
    let mut parsed = parse_update(&SparqlParser::new(), &update.text)?;
    check(&parsed, &update.dataset)?;
    guard::update(&mut parsed)?;
    let named: Vec<bool> = parsed.operations.iter().filter_map(names_dataset).collect();
    let mut prepared = evaluator(stop).for_update(parsed);
    for (dataset, named) in prepared.using_datasets_mut().zip(named) {
        to_specification(&update.dataset, named, dataset);
    }
    let mut transaction = store.start_transaction().map_err(Error::internal)?;
    prepared.on_transaction(&mut transaction).execute().map_err(update_error)?;
    // From here on the deadline comes too late: whoever waited until then has been told that nothing changed.
    stop.finish()?;
    transaction.commit().map_err(Error::internal)
}

/// Whether an operation names the dataset of its own `WHERE`; nothing if it has none.
fn names_dataset(operation: &GraphUpdateOperation) -> Option<bool> {
    match operation {
        GraphUpdateOperation::DeleteInsert { using, .. } => Some(using.is_some()),
        _ => None,
    }
}

/// Refuses what would leave the machine, and what the protocol forbids.
fn check(update: &Parsed, dataset: &Dataset) -> Result<(), Error> {
    for operation in &update.operations {
        if let GraphUpdateOperation::Load { source, .. } = operation {
            return Err(Error::Refused(format!("LOAD {source} is not allowed; send the data itself")));
        }
        if !dataset.is_unset() && names_dataset(operation) == Some(true) {
            return Err(Error::Refused(
                "the update names its dataset with USING or WITH, and so do the parameters of the request; use one"
                    .to_owned(),
            ));
        }
    }
    Ok(())
}

fn update_error(error: UpdateEvaluationError) -> Error {
    match error {
        UpdateEvaluationError::GraphAlreadyExists(graph) => {
            Error::Refused(format!("the graph {graph} exists already; CREATE SILENT does not mind"))
        }
        UpdateEvaluationError::GraphDoesNotExist(graph) => {
            Error::Refused(format!("the graph {graph} does not exist; SILENT does not mind"))
        }
        UpdateEvaluationError::Service(cause) => Error::Refused(cause.to_string()),
        UpdateEvaluationError::Unexpected(cause) => match cause.downcast() {
            Ok(error) => evaluation_error(*error),
            Err(cause) => Error::Internal(cause),
        },
        other => Error::internal(other),
    }
}
