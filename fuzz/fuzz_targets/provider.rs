//! Provider files: an error names a line.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nuee::catalog::provider::read::read_provider;

fuzz_target!(|text: &str| {
    if let Err(error) = read_provider("a.toml", text) {
        assert!(error.line >= 1);
    }
});
