//! `isnad assess`: a rating with its reason, or what was said of something.

use std::{io::Write as _, process::ExitCode};

use anyhow::Context as _;
use isnad::{
    ask::assessments::{self, Of},
    model::Assessment,
    review::{self, Assessor, Rate},
};

use super::{Cli, args::Assess, open, work};

pub(super) async fn assess(cli: &Cli, args: &Assess) -> anyhow::Result<ExitCode> {
    let archive = open::archive(cli, work::ALONE).await?;
    let mut out = std::io::stdout().lock();
    let Some(rating) = &args.rating else {
        let about = archive.store.iris().parse_id(&args.about);
        let about = about.with_context(|| format!("`{}` is not an identifier such as doc/jim-4", args.about))?;
        let found = assessments::all(&archive.store, Of::Thing(&about)).await?;
        if args.json {
            serde_json::to_writer_pretty(&mut out, &found)?;
            writeln!(out)?;
            return Ok(ExitCode::SUCCESS);
        }
        for assessment in found.iter().rev() {
            let note = if assessment.is_current(&found) { "" } else { " (revised since)" };
            say(&mut out, assessment, note)?;
        }
        if found.is_empty() {
            writeln!(out, "{about}: nobody has assessed it")?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let rate = Rate {
        about: args.about.clone(),
        rating: rating.clone(),
        scale: args.scale.clone(),
        rationale: args.reason.clone().unwrap_or_default(),
        evidence: args.evidence.clone(),
        by: args.by.clone(),
    };
    let by = Assessor { agent: review::agent(args.by.as_deref())?, name: args.by.clone() };
    let assessed = review::assess(&archive.store, &archive.ontology, &rate, by).await?;
    if !assessed.is_known {
        archive.assess(&assessed.assessment).await?;
    }
    if args.json {
        serde_json::to_writer_pretty(&mut out, &assessed.assessment)?;
        writeln!(out)?;
    } else {
        say(&mut out, &assessed.assessment, if assessed.is_known { " (known already)" } else { "" })?;
    }
    Ok(ExitCode::SUCCESS)
}

fn say(out: &mut impl std::io::Write, assessment: &Assessment, note: &str) -> std::io::Result<()> {
    let Assessment { assesses, scale, rating, rationale, by, at, .. } = assessment;
    writeln!(out, "{assesses}: {rating} ({scale}), by {by} at {at}{note}: {rationale}")
}
