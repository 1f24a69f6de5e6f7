//! Writes the log to a file: what happened, and who was contacted, why and how much. Without secrets.

use crate::app::journal::{JournalView, Purpose, Weight};
use crate::app::messages::user_message::UserMessage;
use crate::domain::outside_text::show_with_urls;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// The log as text; `say` turns messages into sentences. Every line passes through the one function that takes
/// secrets out of URLs.
pub(in crate::engine) fn text_of(journal: &JournalView, say: &dyn Fn(&UserMessage) -> String) -> String {
    let mut out = String::new();
    for entry in journal.entries.iter() {
        let weight = match entry.weight {
            Weight::Note => "note",
            Weight::Attention => "attention",
            Weight::Failure => "failure",
        };
        let job = entry.job.as_ref().map(|(id, name)| format!("[{} {name}] ", id.0)).unwrap_or_default();
        // Writing into a string does not fail.
        let _ = writeln!(out, "{} {weight} {}", entry.at, clean(&format!("{job}{}", say(&entry.message))));
    }
    out.push('\n');
    for host in journal.hosts.iter() {
        let purpose = match host.purpose {
            Purpose::Http => "http",
            Purpose::Tracker => "tracker",
            Purpose::Peer => "peer",
            Purpose::Broker => "broker",
            Purpose::Dht => "dht",
            Purpose::Router => "router",
            Purpose::LocalNetwork => "local_network",
        };
        let (requests, received) = (host.requests, host.received.0);
        let _ = writeln!(out, "{} {purpose} {} {requests} {received}", host.last, clean(&host.host));
    }
    out
}

fn clean(text: &str) -> String {
    text.lines().map(show_with_urls).collect::<Vec<_>>().join("\n    ")
}

/// Writes `text` to `path`, which a person chose, in one step.
///
/// # Errors
/// When it cannot be written.
pub(in crate::engine) fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::request::JobId;
    use crate::app::journal::{HostRow, JournalEntry};
    use crate::domain::octets::ByteCount;
    use crate::domain::utc::UtcTime;
    use std::sync::Arc;

    #[test]
    fn a_planted_secret_is_not_in_the_log_that_is_written() {
        let message =
            UserMessage::Unreadable { text: "https://ann:s3cret@a.example/x?token=s3cret&y=1".to_owned() };
        let entry = JournalEntry {
            number: 0,
            at: UtcTime::default(),
            weight: Weight::Failure,
            job: Some((JobId(1), "http://b.example/?sig=s3cret".to_owned())),
            message,
        };
        let host = HostRow {
            host: "a.example:443".to_owned(),
            purpose: Purpose::Http,
            requests: 2,
            received: ByteCount(5),
            last: UtcTime::default(),
        };
        let journal = JournalView {
            entries: [Arc::new(entry)].into_iter().collect(),
            hosts: Arc::new(vec![host]),
            ..JournalView::default()
        };
        let say = |message: &UserMessage| format!("{message:?}");
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let path = scratch.path().join("log.txt");
        write(&path, &text_of(&journal, &say)).expect("room");
        let text = std::fs::read_to_string(&path).expect("readable");
        assert!(!text.contains("s3cret"), "{text}");
        assert!(text.contains("a.example:443 2 5") || text.contains("http a.example:443 2 5"), "{text}");
    }
}
