//! Arbitrary names and text; what must hold stands in `body.rs`, which a test runs as well.

#![no_main]

mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::check(bytes));
