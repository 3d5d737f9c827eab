//! What people see on the terminal.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};
use isnad::{
    add::{CheckedOriginals, Preview, Progress, Report, Stage},
    model::{Mention, ResemblanceKind, Target},
};

/// A bar on a terminal; elsewhere nothing, the log tells.
pub(super) fn progress(files: usize, what: &'static str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        tracing::info!(files, "{what}");
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} files, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(files as u64).with_style(style).with_message(what)
}

/// Moves a bar on to where an addition is.
pub(super) fn advance(bar: &ProgressBar, progress: Progress) {
    let what = match progress.stage {
        Stage::Reading => "reading",
        Stage::Adding => "adding",
    };
    if bar.message() != what {
        bar.set_message(what);
        // The second reading takes as long as it takes, whatever the first one took.
        bar.reset_eta();
    }
    bar.set_position(progress.done as u64);
}

/// What became of a batch: counts on standard output, faults and notices on standard error.
pub(super) fn report(report: &Report, seconds: f64) -> io::Result<()> {
    let documents = report.added.iter().filter(|added| added.graph.contains("/graph/doc/")).count();
    let mentions: usize = report.added.iter().map(|added| added.mentions).sum();
    let mut err = io::stderr().lock();
    if report.resumed {
        writeln!(err, "note: an earlier addition broke off; what is missing is added, and everything is linked again")?;
    }
    for notice in &report.notices {
        writeln!(err, "note: {notice}")?;
    }
    for failure in &report.failures {
        writeln!(err, "not added: {failure}")?;
    }
    for one in &report.resemblances {
        let how = match one.kind {
            ResemblanceKind::NearDuplicate => "is nearly the same as",
            ResemblanceKind::Translation => "may be a translation of",
        };
        writeln!(err, "note: {} {how} {} ({:.2} shared)", one.document, one.resembles, one.share)?;
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{}{documents} documents and {} tables, {mentions} mentions: {} created, {} updated, {} unchanged, {} not added, in {seconds:.1} s",
        if report.dry_run { "would be: " } else { "" },
        report.added.len() - documents,
        report.count("created"),
        report.count("updated"),
        report.count("unchanged"),
        report.failures.len(),
    )
}

/// What would become of each graph, and which words would be linked to what.
pub(super) fn what_would_be(report: &Report) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for added in &report.added {
        let path = added.graph.find("/graph/").map_or(added.graph.as_str(), |at| &added.graph[at + 1..]);
        writeln!(out, "{:<9} {path}  from {}", added.outcome, added.file)?;
        for link in &added.links {
            writeln!(out, "          {:.2} {:>3} x  {} = {}", link.confidence, link.times, link.words, link.to)?;
        }
    }
    Ok(())
}

/// What a check of the originals found.
pub(super) fn originals(checked: &CheckedOriginals) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (what, found) in [("missing", &checked.missing), ("damaged", &checked.damaged)] {
        for original in found {
            let graph = original.graph.as_deref().unwrap_or("nothing that is stored now");
            writeln!(out, "{what}: {}, from which {graph} was read", original.digest)?;
        }
    }
    for name in &checked.unknown {
        writeln!(out, "unknown: {name}, from which nothing that is stored now was read")?;
    }
    writeln!(
        out,
        "{} originals are as they came, {} are missing, {} damaged, {} unknown",
        checked.whole,
        checked.missing.len(),
        checked.damaged.len(),
        checked.unknown.len()
    )
}

/// The mentions of a file, one a line: offsets, words, what they name, how sure, by which rule, the runner-up.
pub(super) fn previews(previews: &[Preview]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for preview in previews {
        let titles: Vec<&str> = preview.document.title.values().map(String::as_str).collect();
        writeln!(out, "{}  {}", preview.document.id, titles.join(" / "))?;
        for (lang, mentions) in &preview.mentions {
            writeln!(out, "text {lang}: {} mentions", mentions.len())?;
            for mention in mentions {
                writeln!(out, "{}", line(mention))?;
            }
        }
        for notice in &preview.notices {
            writeln!(out, "note: {notice}")?;
        }
    }
    Ok(())
}

fn line(mention: &Mention) -> String {
    let target = match &mention.target {
        Target::Entity(id) => id.to_string(),
        Target::Date(date) => date.to_string(),
        Target::Nil => "-".to_owned(),
    };
    let second = match &mention.runner_up {
        Some(second) => format!("  (or {} {:.2})", second.entity, second.confidence),
        None => String::new(),
    };
    format!(
        "{:>6}-{:<6} {:.2} {:<16} {:<36} {}{second}",
        mention.start,
        mention.end,
        mention.confidence,
        mention.rule.term(),
        target,
        mention.exact.replace('\n', " "),
    )
}
