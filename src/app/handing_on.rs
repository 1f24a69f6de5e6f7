//! What a person hands on so that others get the same: addresses, magnets, feeds.
//!
//! In: a transfer that uploads, or a relay in use. Out: [`HandedOn`], without secrets of URLs.

use crate::app::jobs::giving::GivingState;
use crate::app::jobs::view::Job;
use crate::app::messages::line_kind::LineKind;
use crate::app::relay::used::report::UsedReport;
use crate::catalog::magnet::Magnet;
use crate::catalog::tracker::TrackerUrl;
use crate::domain::outside_text::show;
use crate::domain::torrent::InfoHash;
use url::Url;

/// Something that is handed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandedOn {
    /// What it is called.
    pub name: String,
    /// The ways to it, the best first.
    pub lines: Vec<HandedLine>,
}

/// One way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedLine {
    /// What the text is.
    pub what: HandedKind,
    /// The text: to be copied, or read from a QR code.
    pub text: String,
}

/// What a text to be handed on is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandedKind {
    /// The address of a relay or of a page.
    Address,
    /// A magnet link.
    Magnet,
    /// The address of a .torrent.
    Torrent,
    /// The address of a feed.
    Feed,
    /// The fingerprint of a key, by which an address is known to be the right one.
    Fingerprint,
}

impl HandedOn {
    /// A transfer that uploads. Its magnets name the trackers that it has; none for bytes of a server alone.
    pub fn of_job(job: &Job, giving: &GivingState) -> Self {
        let torrent = torrent_address(job);
        let magnets = giving.contents.iter().filter_map(|key| InfoHash::parse(key)).map(|info_hash| {
            let magnet = Magnet {
                name: Some(job.name.to_string()),
                trackers: trackers_of(job),
                torrents: torrent.iter().cloned().collect(),
                ..Magnet::bare(info_hash)
            };
            HandedLine { what: HandedKind::Magnet, text: magnet.to_uri() }
        });
        let mut lines: Vec<HandedLine> = magnets.collect();
        lines.extend(torrent.map(|url| HandedLine { what: HandedKind::Torrent, text: url.to_string() }));
        Self { name: show(&job.name), lines }
    }

    /// A relay in use.
    pub fn of_relay(report: &UsedReport) -> Self {
        let line = |what, text: &String| HandedLine { what, text: text.clone() };
        let mut lines = vec![line(HandedKind::Address, &report.url), line(HandedKind::Feed, &report.feed)];
        lines.extend(report.fingerprint.as_ref().map(|key| line(HandedKind::Fingerprint, key)));
        Self { name: report.url.clone(), lines }
    }
}

/// The address of the .torrent that was asked for. `None` for anything else, and when the address has a secret.
fn torrent_address(job: &Job) -> Option<Url> {
    let target = job.request.as_ref()?.targets.first()?;
    let url = Url::parse(target).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    (is_plain && url.path().to_ascii_lowercase().ends_with(".torrent")).then_some(url)
}

/// The trackers that it has. One whose address has a secret is left out: it would be of no use without it.
fn trackers_of(job: &Job) -> Vec<TrackerUrl> {
    let lines = job.transfer.live().sources.iter().filter(|line| line.kind == LineKind::Tracker);
    lines
        .filter(|line| !line.label.contains("***"))
        .filter_map(|line| TrackerUrl::parse(&line.label).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::giving::GivingState;
    use crate::app::jobs::progress::{Live, SourceLine, Transfer};
    use crate::app::jobs::request::{GetRequest, JobId};
    use crate::app::jobs::view::Phase;
    use crate::domain::octets::ByteCount;
    use std::sync::Arc;

    fn a_line(label: &str) -> SourceLine {
        SourceLine {
            kind: LineKind::Tracker,
            label: label.to_owned(),
            gave: ByteCount::ZERO,
            wasted: ByteCount::ZERO,
            rate: 0,
            named: None,
            troubles: Vec::new(),
            peer: None,
        }
    }

    fn a_job(target: &str) -> Job {
        let request = GetRequest { targets: vec![target.to_owned()], ..GetRequest::default() };
        let sources = vec![a_line("udp://t.example:6969"), a_line("https://t.example/***/announce")];
        Job {
            id: JobId(0),
            phase: Phase::Giving,
            is_removed: false,
            origin: Default::default(),
            request: Some(Arc::new(request)),
            name: "arome 06 h".into(),
            subject: None,
            plan: None,
            transfer: Transfer::default().with_live(Live { sources, ..Live::default() }),
            files: Vec::new(),
            verdict: None,
            notes: Vec::new(),
            outcome: None,
            added: Default::default(),
            held_up: None,
            disk: crate::domain::on_disk::DiskState::AsLeft.into(),
            giving: None,
        }
    }

    fn of(target: &str, key: &str) -> Vec<HandedLine> {
        let giving = GivingState { contents: vec![key.to_owned()], ..GivingState::default() };
        HandedOn::of_job(&a_job(target), &giving).lines
    }

    #[test]
    fn a_transfer_is_handed_on_as_a_magnet_with_its_trackers_and_as_its_torrent() {
        let hash = "a".repeat(40);
        let lines = of("https://d.example/a.torrent", &hash);
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        let magnet = format!(
            "magnet:?xt=urn:btih:{hash}&dn=arome%2006%20h&tr=udp://t.example:6969&xs=https://d.example/a.torrent"
        );
        assert_eq!(texts, [magnet.as_str(), "https://d.example/a.torrent"]);
    }

    #[test]
    fn no_secret_is_handed_on_and_bytes_of_a_server_have_no_magnet() {
        let lines = of("https://user:word@d.example/a.torrent", &"a".repeat(40));
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(!lines[0].text.contains("word"), "{lines:?}");
        assert_eq!(of("https://d.example/a.grib2", &format!("r{}", "0".repeat(39))), []);
    }
}
