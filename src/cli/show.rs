//! What people see on the terminal.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};
use isnad::{
    add::{Preview, Report},
    model::{Mention, Target},
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

/// What became of a batch: counts on standard output, faults and notices on standard error.
pub(super) fn report(report: &Report, seconds: f64) -> io::Result<()> {
    let count = |outcome: &str| report.added.iter().filter(|added| added.outcome == outcome).count();
    let documents = report.added.iter().filter(|added| added.graph.contains("/graph/doc/")).count();
    let mentions: usize = report.added.iter().map(|added| added.mentions).sum();
    let mut err = io::stderr().lock();
    for notice in &report.notices {
        writeln!(err, "note: {notice}")?;
    }
    for failure in &report.failures {
        writeln!(err, "not added: {failure}")?;
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{documents} documents and {} tables, {mentions} mentions: {} created, {} updated, {} unchanged, {} not added, in {seconds:.1} s",
        report.added.len() - documents,
        count("created"),
        count("updated"),
        count("unchanged"),
        report.failures.len(),
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
