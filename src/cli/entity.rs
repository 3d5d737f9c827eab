//! `isnad entity`: the life of entities, from the command line.

use std::{io::Write as _, process::ExitCode};

use anyhow::{Context as _, bail};
use isnad::{
    add::{Columns, Creation, Merging, Splitting},
    ask::fate::{self, Ending, Fate},
    model::Id,
};

use super::{
    Cli,
    args::{Entity, EntityCommand},
    open, work,
};

pub(super) async fn entity(cli: &Cli, args: &Entity) -> anyhow::Result<ExitCode> {
    let archive = open::archive(cli, work::ALONE).await?;
    let (by, reason) = (args.by.clone(), args.reason.clone());
    let done = match &args.command {
        EntityCommand::Show { id } => return show(&archive.store, id).await,
        EntityCommand::Create { id, set } => {
            archive.add_ontology().await?;
            archive.create_entity(&Creation { entity: columns(Some(id), set)?, by, reason }).await?
        }
        EntityCommand::Edit { id, set } => {
            archive.edit_entity(id, &Creation { entity: columns(None, set)?, by, reason }).await?
        }
        EntityCommand::Merge { id, into } => {
            archive.merge_entity(id, &Merging { into: into.to_string(), by, reason }).await?
        }
        EntityCommand::Split { id, new, set, names, links } => {
            let (names, links) = (names.clone(), links.clone());
            archive.split_entity(id, &Splitting { entity: columns(Some(new), set)?, names, links, by, reason }).await?
        }
        EntityCommand::Withdraw { id } => archive.withdraw(id, by.as_deref(), reason.as_deref()).await?,
        EntityCommand::Undo { change } => archive.undo(*change, by.as_deref(), reason.as_deref()).await?,
    };
    let relinked = archive.relink().await.context("failed to link again the documents that name what has changed")?;
    let thing = done.thing.as_ref().map(ToString::to_string).unwrap_or_default();
    writeln!(
        std::io::stdout().lock(),
        "{} {thing}: {} statements went, {} came, {} documents have other mentions; `isnad entity undo {}` undoes it",
        done.act,
        done.removed,
        done.added,
        relinked.written,
        done.change
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Columns given as COLUMN=VALUE.
fn columns(id: Option<&Id>, set: &[String]) -> anyhow::Result<Columns> {
    let mut columns = Columns::new();
    for pair in set {
        let (column, value) = pair.split_once('=').with_context(|| format!("`{pair}` is not COLUMN=VALUE"))?;
        columns.insert(column.to_owned(), value.into());
    }
    if let Some(id) = id
        && columns.insert("id".to_owned(), id.as_str().into()).is_some()
    {
        bail!("the identifier stands by itself, not as a column");
    }
    Ok(columns)
}

async fn show(store: &isnad::store::Store, id: &Id) -> anyhow::Result<ExitCode> {
    let told = |what: String, ending: &Ending| {
        let at = ending.at.map(|at| format!(" at {at}")).unwrap_or_default();
        let by = ending.agent(store).map(|by| format!(" by {by}")).unwrap_or_default();
        let reason = ending.why().map(|reason| format!(": {reason}")).unwrap_or_default();
        format!("{id} was {what}{at}{by}{reason}")
    };
    let text = match fate::of(store, id).await? {
        Fate::Current => format!("{id} is there"),
        Fate::Merged { into, ending } => told(format!("merged into {into}"), &ending),
        Fate::Withdrawn(ending) => told("withdrawn".to_owned(), &ending),
        Fate::Unknown => bail!("there is nothing at {id}, and there never was"),
    };
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}
