//! The program in a process of its own, on a free port.

use std::{
    io::{BufRead as _, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStdout, Command, Stdio},
};

use isnad::store::Digest;

/// What may write.
pub const TOKEN: &str = "outside";

/// A running service.
#[derive(Debug)]
pub struct Running {
    /// Its process.
    pub process: Child,
    /// Where it is, without a slash at the end; also the base of its IRIs.
    pub address: String,
    /// What it prints; it would end if nobody could take that.
    _out: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts it on an empty store, and waits until it serves. `ISNAD_PROGRAM` names another build to be tested.
    pub fn start(store: &str, arguments: &[&str]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port is free");
        let address = format!("http://{free}");
        let program = std::env::var_os("ISNAD_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_isnad").into());
        let mut process = Command::new(program)
            .args(["serve", "--empty", "--store", store, "--bind", &free.to_string()])
            .args(["--base-iri", &format!("{address}/"), "--token-sha256", &Digest::of(TOKEN.as_bytes()).to_string()])
            .args(["--log", "off"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let mut out = BufReader::new(process.stdout.take().expect("its output is piped")).lines();
        let ready = out.any(|line| line.is_ok_and(|line| line.starts_with("Isnad serves at")));
        assert!(ready, "the service ended before it served");
        Self { process, address, _out: out }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Nothing is lost with it: its store is the test's own.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
