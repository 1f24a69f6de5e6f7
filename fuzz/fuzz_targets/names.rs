//! What a person types, and what a file's name tells.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nuee::domain::file_name::NamedTimes;
use nuee::mesh::rule::FolderTemplate;
use nuee::mesh::subscription::BrokerAddress;
use nuee::mesh::topic::TopicFilter;

fuzz_target!(|text: &str| {
    let times = NamedTimes::of_path(text);
    assert!(times.leads.is_none_or(|leads| leads.first <= leads.last));
    let _ = (BrokerAddress::parse(text), TopicFilter::parse(text), FolderTemplate::parse(text));
});
