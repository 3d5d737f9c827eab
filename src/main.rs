//! The command line: read it, do one thing, end with an exit code.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // One TLS provider for the whole program; an error means that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match cli::run(&cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            cli::say_error(&error);
            ExitCode::FAILURE
        }
    }
}
