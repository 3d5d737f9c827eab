//! Isnad (Arabic for the chain of attribution behind a report): a knowledge graph of a documentary archive.
//!
//! A document comes in ([`intake`]), is linked to the things it speaks of ([`link`]), is described in triples
//! ([`rdf`]) and kept with its provenance ([`store`]); [`add`] tells that story in one function. Its words and places
//! are found through views that can be thrown away ([`views`]). It is asked ([`ask`]), people decide on its links
//! ([`review`]), it is written for the programs of others ([`export`]) and leaves over the web ([`serve`]). What it
//! talks about is in [`model`].
//!
//! Each layer uses only what stands before it here:
//!
//! `config · model ← rdf ← intake · link · store ← views ← ask ← add · review · export ← serve ← main`
//!
//! Nothing that anybody claims is ever stored as fact: a claim is who says what, where, how surely, and its content is
//! written as propositions that nobody asserts.

/// It counts for each thread what it allocates, which is how a query's memory is known.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

pub mod config;

pub mod model;

pub mod rdf;

pub mod intake;

pub mod link;

pub mod store;

pub mod views;

pub mod ask;

pub mod add;

pub mod review;

pub mod export;

pub mod serve;
