//! What Linux tells about a process.

use std::fs;

/// A process, by its number.
#[derive(Clone, Copy, Debug)]
pub struct Process(pub u32);

impl Process {
    fn status(self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).expect("the process is there");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim_start_matches(':')
            .split_whitespace()
            .next()
            .and_then(|number| number.parse().ok())
            .unwrap_or_default()
    }

    /// What it holds in memory, in MiB.
    pub fn memory(self) -> u64 {
        self.status("VmRSS") / 1024
    }

    pub fn threads(self) -> u64 {
        self.status("Threads")
    }

    /// The time it has worked, in hundredths of a second.
    pub fn work(self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0)).expect("the process is there");
        // The name, which may have spaces, is in brackets; the two numbers are the 14th and the 15th field.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        fields[11..13].iter().filter_map(|field| field.parse::<u64>().ok()).sum()
    }
}
