//! `isnad review`: the cases as a table, and decisions.

use std::{io::Write as _, process::ExitCode};

use anyhow::{Context as _, bail};
use isnad::{
    add::Decided,
    review::{self, Cases, Filter, Request},
};

use super::{
    Cli,
    args::{Decide, Review, ReviewCommand},
    open, work,
};

pub(super) async fn review(cli: &Cli, args: &Review) -> anyhow::Result<ExitCode> {
    let archive = open::archive(cli, work::ALONE).await?;
    let dictionary = archive.dictionary().await?;
    let known = dictionary.decisions();
    let prepared = match &args.command {
        None => return list(&archive, args).await,
        Some(ReviewCommand::Undo { id, reason, by }) => {
            let id = archive.store.iris().parse_id(id).with_context(|| format!("`{id}` is not a decision's id"))?;
            review::undo(&archive.store, known, &id, reason.as_deref(), by.as_deref()).await?
        }
        Some(ReviewCommand::Accept(decide)) => prepare(&archive, "accepted", decide, None).await?,
        Some(ReviewCommand::Reject(decide)) => prepare(&archive, "rejected", decide, None).await?,
        Some(ReviewCommand::Contest(decide)) => prepare(&archive, "contested", decide, None).await?,
        Some(ReviewCommand::Correct { to, decide }) => prepare(&archive, "corrected", decide, Some(to)).await?,
    };
    if !prepared.is_known {
        if let Decided::Otherwise(other) = archive.decide(&prepared.decision, &prepared.documents).await? {
            return Err(review::Refusal::Decided(other).into());
        }
        archive.relink().await?;
    }
    let (decision, applies) = (&prepared.decision, prepared.applies_to);
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, decision)?;
        writeln!(out)?;
    } else {
        writeln!(
            out,
            "{}: {} as {} is {}, for {} mentions in {} documents",
            decision.id,
            decision.form,
            decision.named(),
            decision.verdict,
            applies.mentions,
            applies.documents
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn prepare(
    archive: &isnad::add::Archive,
    verdict: &str,
    decide: &Decide,
    correction: Option<&String>,
) -> anyhow::Result<review::Prepared> {
    let (mention, form, thing) = match decide.link.as_slice() {
        [mention] => (Some(mention.clone()), None, None),
        [form, thing] => (None, Some(form.clone()), Some(thing.clone())),
        _ => bail!("say which link is meant: MENTION, or FORM and THING"),
    };
    let request = Request {
        verdict: verdict.to_owned(),
        mention,
        form,
        thing,
        correction: correction.cloned(),
        reason: decide.reason.clone(),
        scope: decide.only_this.then(|| "mention".to_owned()),
        revises: decide.revises.clone(),
        by: decide.by.clone(),
    };
    Ok(review::prepare(&archive.store, archive.dictionary().await?.decisions(), &request).await?)
}

/// The cases, one a line: what a decision teaches, how often, how sure, the words, what they name, what else they could.
async fn list(archive: &isnad::add::Archive, args: &Review) -> anyhow::Result<ExitCode> {
    let filter = Filter { limit: args.limit, ..Filter::default() };
    let page = Cases::default().page(&archive.store, &filter).await?;
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &page)?;
        writeln!(out)?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "{:>8} {:>6} {:>5}  {:<32} {:<32} or", "teaches", "links", "sure", "words", "names")?;
    for case in &page.cases {
        let words = case.examples.first().map_or(case.form.as_str(), |example| example.exact.as_str());
        let other = case.runner_up.as_ref().map(ToString::to_string).unwrap_or_default();
        writeln!(
            out,
            "{:>8.2} {:>6} {:>5.2}  {:<32} {:<32} {other}",
            case.teaches,
            case.mentions,
            case.confidence,
            words.replace('\n', " "),
            case.thing.to_string()
        )?;
    }
    writeln!(out, "{} of {} cases", page.cases.len(), page.total)?;
    Ok(ExitCode::SUCCESS)
}
