//! Address templates, and addresses that are read by one: what was read out of an address can be filled in.

#![no_main]

use libfuzzer_sys::fuzz_target;

use nuee::catalog::template::{KeyValues, Template};

const SOUND: &str = "https://a.example/{run:%Y-%m-%dT%H:%M}/{package}/PT{lead:hhh}H{lead:mm}M_{x}.grib2";

fuzz_target!(|text: &str| {
    let _ = Template::parse(text, &KeyValues::new());
    let sound = Template::parse(SOUND, &KeyValues::new()).expect("a template");
    if let Some(values) = sound.values_of(text) {
        assert!(sound.fill(&values).is_some());
    }
});
