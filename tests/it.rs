//! One binary for every test that stands outside the code; a file that is not listed here fails `layers`.

mod agreement;
mod archive;
mod descriptions;
mod dumps;
mod engine;
mod feeds;
mod find;
mod find_random;
mod fragments;
mod gazetteer;
mod gold;
mod intake;
mod layers;
mod link;
mod link_call;
mod ontology;
mod protocol;
mod questions;
mod reconcile;
mod review;
mod seed;
mod serve;
mod services;
mod starter;
mod starter_names;
mod walk;
