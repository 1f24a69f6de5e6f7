//! One line that tells how far a job is; on a terminal it is redrawn, elsewhere it is not shown.

use super::output::Output;
use crate::app::jobs::view::{Job, Phase};
use crate::domain::octets::ByteCount;
use crate::i18n::Translator;
use i18n_embed_fl::fl;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// A bar on stderr.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// A bar; hidden when nobody watches.
    pub fn new(output: &Output) -> Self {
        let target = if output.has_watcher() {
            ProgressDrawTarget::stderr_with_hz(8)
        } else {
            ProgressDrawTarget::hidden()
        };
        let style = ProgressStyle::with_template("{wide_bar} {percent:>3}%\n{msg}")
            .expect("the template is well formed")
            .progress_chars("━╸─");
        Self { bar: ProgressBar::with_draw_target(Some(0), target).with_style(style) }
    }

    /// Shows how far `job` is.
    pub fn show(&self, job: &Job, text: &Translator) {
        let transfer = &job.transfer;
        let held = transfer.wanted.saturating_sub(transfer.missing);
        self.bar.set_length(transfer.wanted.0);
        self.bar.set_position(held.0);
        self.bar.set_message(match job.phase {
            Phase::Resolving => fl!(text.loader, "cli-progress-resolving", name = job.name.to_string()),
            Phase::Giving => fl!(
                text.loader,
                "cli-giving",
                rate = text.rate(transfer.live().given_rate),
                peers = text.count(transfer.live().peers_live as u64),
                given = text.size(transfer.given)
            ),
            _ => fl!(
                text.loader,
                "cli-progress",
                held = text.size(held),
                wanted = text.size(transfer.wanted),
                peer_rate = text.rate(transfer.live().peer_rate),
                peers = text.count(transfer.live().peers_live as u64),
                http_rate = text.rate(transfer.live().http_rate),
                left =
                    time_left(transfer.missing, transfer.live().peer_rate + transfer.live().http_rate, text)
            ),
        });
    }

    /// Says something above the bar.
    pub fn say(&self, output: &mut Output, line: &str) {
        self.bar.suspend(|| output.say(line));
    }

    /// Has something written elsewhere while the bar is not in its way.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn time_left(missing: ByteCount, rate: u64, text: &Translator) -> String {
    match missing.0.checked_div(rate) {
        Some(seconds) => text.duration(Duration::from_secs(seconds)),
        None => "–".to_owned(),
    }
}
