//! Turns messages into sentences: what happened, and what to do. One exhaustive match with literal keys.
//!
//! In: data from `app`. Out: text in the translator's language. The compiler checks keys and arguments.

use super::{Translator, broker, change, file_kind, file_message, mesh_notice, misfit, proof, reason, relay};
use crate::app::messages::user_message::UserMessage;
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use i18n_embed_fl::fl;
use std::time::Duration;

impl Translator {
    /// What is said to a person. Troubles of single sources stand on lines of their own below.
    pub fn message(&self, message: &UserMessage) -> String {
        let first = first_line(self, message);
        match message {
            UserMessage::NoSource { troubles } | UserMessage::OnlyWrongData { troubles } => {
                let lines = troubles.iter().map(|trouble| format!("\n  {}", reason::trouble(self, trouble)));
                first + &lines.collect::<String>()
            }
            _ => first,
        }
    }
}

#[allow(clippy::too_many_lines, reason = "one arm for each message, so that none can be forgotten")]
fn first_line(text: &Translator, message: &UserMessage) -> String {
    use UserMessage as M;
    let l = &text.loader;
    match message {
        M::TargetNotFound { target } => fl!(l, "message-target-not-found", target = target.as_str()),
        M::TargetUnknown { target } => fl!(l, "message-target-unknown", target = target.as_str()),
        M::TargetUnreachable { url, reason } => {
            fl!(l, "message-target-unreachable", url = url.as_str(), reason = text.reason(reason))
        }
        M::OfAnotherKind { target, kind } => {
            fl!(
                l,
                "message-of-another-kind",
                target = target.as_str(),
                kind = file_kind::kind_words(text, *kind)
            )
        }
        M::TriedAgain { why, at, tries } => {
            let why = text.message(why);
            fl!(l, "message-tried-again", why = why, at = text.hour(*at), n = text.count((*tries).into()))
        }
        M::TooManyFollowed { most } => fl!(l, "message-too-many-followed", n = text.count(*most)),
        M::LengthUnknown { url } => fl!(l, "message-length-unknown", url = url.as_str()),
        M::TorrentUnsound { detail } => fl!(l, "message-torrent-unsound", detail = detail.as_str()),
        M::TorrentIsV2Only => fl!(l, "message-torrent-v2-only"),
        M::MagnetUnsound { detail } => fl!(l, "message-magnet-unsound", detail = detail.as_str()),
        M::NoMetadata => fl!(l, "message-no-metadata"),
        M::NoSwarmInThisBuild => fl!(l, "message-no-swarm-in-this-build"),
        M::NoWayToPeers => fl!(l, "message-no-way-to-peers"),
        M::NoWayToPrivatePeers => fl!(l, "message-no-way-to-private-peers"),
        M::NoFileMatches { wanted } => fl!(l, "message-no-file-matches", wanted = wanted.as_str()),
        M::NothingChosen { available, lacking } if lacking.is_empty() => {
            fl!(l, "message-nothing-chosen", available = available.as_str())
        }
        M::NothingChosen { available, lacking } => {
            let lacking = misfit::all_wished(text, lacking);
            fl!(l, "message-nothing-chosen-lacking", lacking = lacking, available = available.as_str())
        }
        M::Lacking { lacking, available } if available.is_empty() => {
            fl!(l, "message-lacking", lacking = misfit::all_wished(text, lacking))
        }
        M::Lacking { lacking, available } => {
            let lacking = misfit::all_wished(text, lacking);
            fl!(l, "message-lacking-available", lacking = lacking, available = available.as_str())
        }
        M::NoSuchLead { wanted, first, last } => {
            let hours = |minutes: i64| LeadTime::from_minutes(minutes).to_string();
            let (wanted, first, last) = (misfit::all_wished(text, wanted), hours(*first), hours(*last));
            fl!(l, "message-no-such-lead", wanted = wanted, first = first, last = last)
        }
        M::IndexMisfit { place, misfit } => {
            fl!(
                l,
                "message-index-misfit",
                place = place.as_str(),
                misfit = misfit::misfit_words(text, misfit)
            )
        }
        M::NotAsTold { misfit } => {
            fl!(l, "message-not-as-told", misfit = misfit::misfit_words(text, misfit))
        }
        M::NoFields { name } => fl!(l, "message-no-fields", name = name.as_str()),
        M::Unreadable { text } => fl!(l, "message-unreadable", text = text.as_str()),
        M::IndexFrom { place } => fl!(l, "message-index-from", place = place.as_str()),
        M::WholeFileOnly { url } => fl!(l, "message-whole-file-only", url = url.as_str()),
        M::NoNotices { provider } => fl!(l, "message-no-notices", provider = provider.as_str()),
        M::CatalogChanged { change } => change::change_words(text, change),
        M::ContactWanted { provider } => fl!(l, "message-contact-wanted", provider = provider.as_str()),
        M::IndexUnusable { place, detail } => {
            fl!(l, "message-index-unusable", place = place.as_str(), detail = detail.as_str())
        }
        M::WalkedHeaders { requests } => {
            fl!(l, "message-walked-headers", requests = text.count(*requests))
        }
        M::SearchGivenUp { at, detail } => {
            fl!(l, "message-search-given-up", at = text.size(*at), detail = detail.as_str())
        }
        M::MessageHoldsMore => fl!(l, "message-message-holds-more"),
        M::NameMadeSafe { published, used } => {
            fl!(l, "message-name-made-safe", published = published.as_str(), used = used.as_str())
        }
        M::FilesLacking { names, count } => {
            let (count, n, names) = (*count, text.count(*count), names.join(", "));
            fl!(l, "message-files-lacking", count = count, n = n, names = names)
        }
        M::PeerUnusable { peer } => fl!(l, "message-peer-unusable", peer = peer.as_str()),
        M::WebSeedUnusable { url, detail } => {
            fl!(l, "message-web-seed-unusable", url = url.as_str(), detail = detail.as_str())
        }
        M::File(message) => file_message::text_of(text, message),
        M::Relay(message) => relay::text_of(text, message),
        M::CannotPublish { detail } => fl!(l, "message-cannot-publish", detail = detail.as_str()),
        M::UnknownEntry { id, meant: None } => fl!(l, "message-unknown-entry", id = id.as_str()),
        M::UnknownEntry { id, meant: Some(meant) } => {
            fl!(l, "message-unknown-entry-meant", id = id.as_str(), meant = meant.as_str())
        }
        M::NotYetPublished { due: Some(due) } => {
            fl!(l, "message-not-yet-published-due", due = text.moment(*due))
        }
        M::NotYetPublished { due: None } => fl!(l, "message-not-yet-published"),
        M::WaitingForPublication { due: Some(due) } => {
            fl!(l, "message-waiting-for-publication-due", due = text.moment(*due))
        }
        M::WaitingForPublication { due: None } => fl!(l, "message-waiting-for-publication"),
        M::NoLongerKept { oldest } => fl!(l, "message-no-longer-kept", oldest = text.moment(*oldest)),
        M::NoSuchRun { time } => fl!(l, "message-no-such-run", time = text.moment(*time)),
        M::NewerRunUnknown { run, url, reason } => {
            let (run, reason) = (text.moment(*run), text.reason(reason));
            fl!(l, "message-newer-run-unknown", run = run, url = url.as_str(), reason = reason)
        }
        M::ListingIsOld { url, reason, fetched_at } => {
            let (reason, fetched) = (text.reason(reason), text.moment(*fetched_at));
            fl!(l, "message-listing-is-old", url = url.as_str(), reason = reason, fetched = fetched)
        }
        M::AlreadyHere { path } => fl!(l, "message-already-here", path = path.as_str()),
        M::FilesLost { missing, changed } => {
            let (missing, changed) = (text.count(*missing), text.count(*changed));
            fl!(l, "message-files-lost", missing = missing, changed = changed)
        }
        M::FilesRight(name) => fl!(l, "message-files-right", name = name.as_str()),
        M::FilesWrong(name) => fl!(l, "message-files-wrong", name = name.as_str()),
        M::NothingToCheckBy { path } => fl!(l, "message-nothing-to-check-by", path = path.as_str()),
        M::RequestForgotten { name } => fl!(l, "message-request-forgotten", name = name.as_str()),
        M::OfMesh(notice) => mesh_notice::text_of(text, notice),
        M::Stopped => fl!(l, "message-stopped"),
        M::Internal { detail } => fl!(l, "message-internal", detail = detail.as_str()),
        M::DigestMismatch { what, announced, computed } => fl!(
            l,
            "message-digest-mismatch",
            what = what.as_str(),
            announced = announced.as_str(),
            computed = computed.as_str()
        ),
        M::AnnouncedWrong { what, wrong } => {
            fl!(l, "message-announced-wrong", what = what.as_str(), wrong = broker::wrong_file(text, wrong))
        }
        M::AnnouncedTwice { key, first } => {
            fl!(l, "message-announced-twice", key = key.as_str(), first = first.as_str())
        }
        M::NotWellFormed { detail } => {
            fl!(l, "message-not-well-formed", detail = detail.as_str())
        }
        M::NotGrib { name, length: ByteCount::ZERO, .. } => {
            fl!(l, "message-not-grib-empty", name = name.as_str())
        }
        M::NotGrib { name, length, beginning } => {
            let length = text.size(*length);
            fl!(l, "message-not-grib", name = name.as_str(), length = length, start = beginning.as_str())
        }
        M::TextInsteadOfData { name, beginning, .. } => {
            fl!(l, "message-text-instead-of-data", name = name.as_str(), start = beginning.as_str())
        }
        M::OnlyWrongData { .. } => fl!(l, "message-only-wrong-data"),
        M::NoSource { .. } => fl!(l, "message-no-source"),
        M::DiskTooSmall { needed, free } => {
            fl!(l, "message-disk-too-small", needed = text.size(*needed), free = text.size(*free))
        }
        M::DiskDenied { what } => fl!(l, "message-disk-denied", what = what.as_str()),
        M::FolderGone { path } => fl!(l, "message-folder-gone", path = path.as_str()),
        M::LinkInTheWay { name } => fl!(l, "message-link-in-the-way", name = name.as_str()),
        M::FolderInUse { by } => fl!(l, "message-folder-in-use", by = by.as_str()),
        M::WaitingForFolder { by } => fl!(l, "message-waiting-for-folder", by = by.as_str()),
        M::DatabaseTrouble { detail } => fl!(l, "message-database-trouble", detail = detail.as_str()),
        M::DiskTrouble { detail } => fl!(l, "message-disk-trouble", detail = detail.as_str()),
        M::KeptExisting { kept_as, .. } => fl!(l, "message-kept-existing", kept_as = kept_as.as_str()),
        M::DiskFull => fl!(l, "message-disk-full"),
        M::RunComplete { title, run, files } => run_complete(text, title, *run, *files),
        M::Offline => fl!(l, "message-offline"),
        M::OnlineAgain => fl!(l, "message-online-again"),
        M::SourceTrouble { kind, label, reason } if label.is_empty() => {
            fl!(l, "cli-trouble-of-kind", kind = proof::line_kind(text, *kind), reason = text.reason(reason))
        }
        M::SourceTrouble { kind, label, reason } => {
            let (kind, reason) = (proof::line_kind(text, *kind), text.reason(reason));
            fl!(l, "cli-trouble", kind = kind, label = label.as_str(), reason = reason)
        }
        M::SourceLost { title } => fl!(l, "message-source-lost", title = title.as_str()),
        M::ClockMoved { minutes } => {
            let by = text.duration(Duration::from_secs(minutes.unsigned_abs().saturating_mul(60)));
            fl!(l, "message-clock-moved", by = by)
        }
        M::SettingsBroken { detail, kept_as } if kept_as.is_empty() => {
            fl!(l, "message-settings-broken", detail = detail.as_str())
        }
        M::SettingsBroken { detail, kept_as } => {
            fl!(l, "message-settings-broken-kept", detail = detail.as_str(), path = kept_as.as_str())
        }
        M::SettingsNewer => fl!(l, "message-settings-newer"),
        M::SettingsNotKept { detail } => fl!(l, "message-settings-not-kept", detail = detail.as_str()),
        M::NoNotifications { detail } => fl!(l, "message-no-notifications", detail = detail.as_str()),
        M::CannotOpen { path, why } => file_message::not_opened(text, path, why),
        M::JournalWritten { path } => fl!(l, "message-journal-written", path = path.as_str()),
    }
}

fn run_complete(text: &Translator, title: &str, run: UtcTime, files: u32) -> String {
    let time = run.civil();
    let day = format!("{:04}-{:02}-{:02}", time.year(), time.month(), time.day());
    let hour = format!("{:02}", time.hour());
    let written = text.count(u64::from(files));
    fl!(
        text.loader,
        "message-run-complete",
        title = title,
        day = day,
        hour = hour,
        files = files,
        text = written
    )
}
