//! One binary for every test that stands outside the code; a file that is not listed here fails `layers`.

mod archive;
mod engine;
mod feeds;
mod gold;
mod intake;
mod layers;
mod link;
mod ontology;
mod protocol;
mod questions;
mod serve;
mod services;
mod starter;
mod starter_names;
mod walk;
