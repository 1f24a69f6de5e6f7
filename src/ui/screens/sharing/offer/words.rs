//! How a line stands, in words; each says what was seen and no more.

use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::share::reach::{PublicAddress, ReachCheck, ReachTally};
use crate::app::share::{ShareRow, ShareState, ShareWish, SharedFile};
use crate::i18n::relay::stage_words;
use crate::ui::scene::Scene;
use crate::ui::widgets::badge::Tone;
use crate::ui::widgets::mark::Mark;
use i18n_embed_fl::fl;

/// Why nothing is shared.
pub(super) fn sharing_off() -> UserMessage {
    RelayMessage::SharingOff.into()
}

/// What a line is called: the folder, or the dataset as it is called in the person's language.
pub(super) fn title(scene: &Scene<'_>, row: &ShareRow) -> String {
    let ShareWish::Dataset(wish) = &row.wish else { return row.name() };
    let known = scene.snapshot.sources.iter().flat_map(|source| &source.datasets);
    // The longest id that is its own or the one of its dataset: what follows is a package.
    let own = known
        .filter(|known| wish.id == *known.id.0 || wish.id.starts_with(&format!("{}/", known.id.0)))
        .max_by_key(|known| known.id.0.len());
    match own {
        Some(known) => {
            let package = wish.id[known.id.0.len()..].replace('/', " ");
            format!("{}{package}", known.title)
        }
        None => row.name(),
    }
}

/// How it stands: a shape, how much it matters, and words.
pub(super) fn state(scene: &Scene<'_>, row: &ShareRow) -> (Mark, Tone, String) {
    let (text, l) = (scene.text, &scene.text.loader);
    match &row.state {
        ShareState::Starting => match &row.wish {
            ShareWish::Folder(_) => (Mark::Half, Tone::Active, fl!(l, "share-state-hashing")),
            ShareWish::Dataset(_) => (Mark::Half, Tone::Active, fl!(l, "share-state-starting")),
        },
        ShareState::Serving(since) => {
            let since = text.moment(*since);
            (Mark::Up, Tone::Good, fl!(l, "share-state-serving", since = since))
        }
        ShareState::Stopping => (Mark::Half, Tone::Quiet, fl!(l, "share-state-stopping")),
        ShareState::Stopped => (Mark::Paused, Tone::Quiet, fl!(l, "share-state-stopped")),
        ShareState::HeldBack => (Mark::Waiting, Tone::Attention, fl!(l, "share-state-held-back")),
        ShareState::Failed(_) => (Mark::Failed, Tone::Bad, fl!(l, "share-state-failed")),
    }
}

/// What is counted of it.
pub(super) fn figures(scene: &Scene<'_>, row: &ShareRow) -> String {
    let (text, l, figures) = (scene.text, &scene.text.loader, &row.figures);
    let count = |number: usize| text.count(number as u64);
    let mut parts = Vec::new();
    if let (ShareWish::Dataset(_), false) = (&row.wish, row.state.is_running()) {
        parts.push(fl!(l, "share-figures-kept", n = row.files.len(), n_txt = count(row.files.len())));
    } else if let ShareWish::Dataset(_) = row.wish {
        parts.push(fl!(
            l,
            "share-figures-announced",
            n = figures.announced,
            n_txt = count(figures.announced)
        ));
        if figures.under_way > 0 {
            parts.push(fl!(l, "share-figures-under-way", n_txt = count(figures.under_way)));
        }
        if figures.withdrawn > 0 {
            parts.push(fl!(l, "share-figures-withdrawn", n_txt = count(figures.withdrawn)));
        }
    }
    parts.push(fl!(l, "share-figures-disk", size = text.size(figures.on_disk)));
    if figures.uploaded.0 > 0 {
        let copies = text.decimal(figures.copies_hundredths as f64 / 100.0, 1);
        let size = text.size(figures.uploaded);
        parts.push(match row.wish {
            ShareWish::Dataset(_) => fl!(l, "share-figures-spared", size = size, copies = copies),
            ShareWish::Folder(_) => fl!(l, "share-figures-copies", size = size, copies = copies),
        });
    }
    if row.state.is_running() {
        let (peers, rate) = (count(figures.peers), text.rate(figures.rate));
        parts.push(fl!(l, "share-figures-peers", n = figures.peers, n_txt = peers, rate = rate));
    }
    parts.join(" · ")
}

/// What is known of whether others reach it. `None` while it is not served.
pub(super) fn reached(scene: &Scene<'_>, row: &ShareRow) -> Option<(Tone, String)> {
    let l = &scene.text.loader;
    let whom = row.public_address()?;
    Some(match (row.reached, whom) {
        (Some(at), _) => (Tone::Good, fl!(l, "share-reached-at", at = scene.text.moment(at))),
        (None, PublicAddress::ThisComputer) => (Tone::Attention, fl!(l, "share-leads-here")),
        (None, PublicAddress::OwnNetwork) => (Tone::Attention, fl!(l, "share-leads-own-network")),
        (None, PublicAddress::Anybody) => (Tone::Quiet, fl!(l, "share-not-reached")),
    })
}

/// How the check from this computer went. `None` while nobody asked for it.
pub(super) fn check(scene: &Scene<'_>, row: &ShareRow) -> Option<(Tone, String)> {
    let (text, l) = (scene.text, &scene.text.loader);
    let counts = |tally: &ReachTally| (text.count(tally.right as u64), text.count(tally.asked as u64));
    match &row.check {
        ReachCheck::NotAsked => None,
        ReachCheck::UnderWay(tally) => {
            Some((Tone::Active, fl!(l, "share-check-under-way", asked = text.count(tally.asked as u64))))
        }
        ReachCheck::Over(tally, at) => {
            let ((right, asked), at) = (counts(tally), text.moment(*at));
            Some(match &tally.trouble {
                None => (Tone::Plain, fl!(l, "share-check-right", asked = asked, at = at)),
                Some(message) => {
                    let why = trouble(scene, message);
                    (Tone::Bad, fl!(l, "share-check-wrong", right = right, asked = asked, at = at, why = why))
                }
            })
        }
    }
}

/// What a person at the window is told of a trouble: what a terminal can be told to do is left out.
pub(super) fn trouble(scene: &Scene<'_>, message: &UserMessage) -> String {
    let (text, l) = (scene.text, &scene.text.loader);
    if let UserMessage::Relay(RelayMessage::NotReachable { url, reason }) = message {
        fl!(l, "share-no-answer", url = url.as_str(), reason = text.reason(reason))
    } else if let UserMessage::Relay(RelayMessage::OtherBytes { url }) = message {
        fl!(l, "share-other-bytes", url = url.as_str())
    } else if let UserMessage::Relay(RelayMessage::NothingRelayed) = message {
        fl!(l, "share-nothing-yet")
    } else {
        text.message(message)
    }
}

/// How far a file is.
pub(super) fn file_state(scene: &Scene<'_>, row: &ShareRow, file: &SharedFile) -> String {
    if !row.state.is_running() {
        return fl!(scene.text.loader, "share-file-kept");
    }
    match file.stage {
        Some(stage) => stage_words(scene.text, stage),
        None => fl!(scene.text.loader, "share-file-published"),
    }
}
