//! What must hold when things get rough: queries that run away, clients that leave, thousands of requests.
//!
//! `ISNAD_STRESS` says how many quads the archive has; without it nothing is tested, and that is said. The figures are
//! printed. The limits are those that are promised, times `ISNAD_STRESS_SLACK` (2, for machines that do other things
//! too); what the operating system tells about a process is read where that is Linux.

#[cfg(target_os = "linux")]
mod data;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod kill;
#[cfg(target_os = "linux")]
mod load;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod rough;
#[cfg(target_os = "linux")]
#[path = "../running/mod.rs"]
mod running;

use std::io::Write as _;

#[test]
fn the_service_bears_it() {
    let Some(quads) = std::env::var("ISNAD_STRESS").ok().and_then(|quads| quads.parse::<usize>().ok()) else {
        say("skipped: ISNAD_STRESS does not say how many quads the archive should have");
        return;
    };
    #[cfg(target_os = "linux")]
    rough::all(quads);
    #[cfg(not(target_os = "linux"))]
    say(&format!("skipped: {quads} quads or not, memory, threads and work are read as Linux tells them"));
}

/// `ISNAD_KILLS` says how often (the acceptance asks for 200); `ISNAD_SEED` makes it another story.
#[test]
fn nothing_is_lost_when_it_is_killed() {
    let Some(kills) = std::env::var("ISNAD_KILLS").ok().and_then(|kills| kills.parse::<usize>().ok()) else {
        say("skipped: ISNAD_KILLS does not say how often the program should be killed");
        return;
    };
    #[cfg(target_os = "linux")]
    kill::all(kills);
    #[cfg(not(target_os = "linux"))]
    say(&format!("skipped: {kills} times or not, it is told of Linux only"));
}

/// Where `ISNAD_KILLS` is set too.
#[test]
fn a_full_disk_is_told_and_reading_goes_on() {
    if std::env::var_os("ISNAD_KILLS").is_none() {
        say("skipped: ISNAD_KILLS is not set");
        return;
    }
    #[cfg(target_os = "linux")]
    disk::all();
}

/// `ISNAD_LOAD_SECONDS` says how long (the acceptance asks for 600).
#[test]
fn readers_and_writers_at_once_are_answered_from_one_state_each() {
    let seconds = std::env::var("ISNAD_LOAD_SECONDS").ok().and_then(|seconds| seconds.parse::<u64>().ok());
    let Some(seconds) = seconds else {
        say("skipped: ISNAD_LOAD_SECONDS does not say how long readers and writers should be at work");
        return;
    };
    #[cfg(target_os = "linux")]
    load::all(seconds);
    #[cfg(not(target_os = "linux"))]
    say(&format!("skipped: {seconds} s or not, memory is read as Linux tells it"));
}

/// Past the test harness, which would keep it until a test fails.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
