//! What is known of a file's integrity, in a shape and in words: never a tick without its method and its voucher.
//!
//! In: a [`Verdict`]. Out: [`Badge`].

use super::mark::Mark;
use crate::domain::integrity::{Method, Verdict, Voucher};
use crate::i18n::{Translator, proof};
use crate::ui::theme::Theme;
use egui::Color32;
use i18n_embed_fl::fl;

/// A verdict as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// Its shape.
    pub mark: Mark,
    /// How much it matters.
    pub tone: Tone,
    /// Method and voucher, in words.
    pub words: String,
}

/// How much a verdict or state matters; the theme has a colour for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to be said.
    Quiet,
    /// As any text.
    Plain,
    /// Under way.
    Active,
    /// Proven.
    Good,
    /// To be looked at.
    Attention,
    /// Failed.
    Bad,
}

impl Tone {
    /// Its colour in `theme`.
    pub fn color(self, theme: &Theme) -> Color32 {
        match self {
            Self::Quiet => theme.quiet,
            Self::Plain => theme.text,
            Self::Active => theme.peers,
            Self::Good => theme.proven,
            Self::Attention => theme.attention,
            Self::Bad => theme.failed,
        }
    }
}

impl Badge {
    /// The badge of `verdict`.
    pub fn of(verdict: &Verdict, text: &Translator) -> Self {
        let (mark, tone) = match verdict {
            // Well formed says that the file is whole, not whose it is.
            Verdict::Verified { method: Method::Structure, .. } => (Mark::Whole, Tone::Attention),
            Verdict::Verified { .. } => (Mark::Proven, Tone::Good),
            Verdict::Mismatch { .. } => (Mark::Failed, Tone::Bad),
            Verdict::NotAnnounced | Verdict::CannotBeVerified { .. } | Verdict::UnreadableDigest => {
                (Mark::Attention, Tone::Attention)
            }
            Verdict::NotChecked => (Mark::Open, Tone::Quiet),
        };
        let words = match verdict {
            Verdict::Verified { .. } => {
                format!("{} · {}", proof::verdict(text, verdict), proof::voucher(text, verdict))
            }
            other => proof::verdict(text, other),
        };
        Self { mark, tone, words }
    }

    /// The badge of `verdict` in few words, for a table; method and voucher are still both named.
    pub fn short(verdict: &Verdict, text: &Translator) -> Self {
        let l = &text.loader;
        let Verdict::Verified { method, voucher } = verdict else { return Self::of(verdict, text) };
        let method = match method {
            Method::PieceHashes => fl!(l, "transfers-proof-pieces"),
            Method::IndexedDigest => fl!(l, "transfers-proof-index"),
            Method::AnnouncedDigest(algorithm) => {
                fl!(l, "transfers-proof-announced", algorithm = algorithm.key())
            }
            Method::Structure => fl!(l, "transfers-proof-structure"),
        };
        let voucher = match voucher {
            Voucher::Host { host, tls } => {
                Some(format!("{}://{}", if *tls { "https" } else { "http" }, without_port(host)))
            }
            Voucher::Broker { host, tls } => {
                Some(format!("{}://{}", if *tls { "mqtts" } else { "mqtt" }, without_port(host)))
            }
            Voucher::QueueBroker { host, tls } => {
                Some(format!("{}://{}", if *tls { "amqps" } else { "amqp" }, without_port(host)))
            }
            Voucher::Person => Some(fl!(l, "transfers-voucher-person")),
            Voucher::Nobody => None,
        };
        let words = match voucher {
            Some(voucher) => fl!(l, "transfers-proof", method = method, voucher = voucher),
            None => method,
        };
        Self { words, ..Self::of(verdict, text) }
    }
}

/// A host as a table names it; its port is told where there is room.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The verdict of several files that says most: the worst.
pub fn worst<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Option<&'a Verdict> {
    verdicts.min_by_key(|verdict| match verdict {
        Verdict::Mismatch { .. } => 0,
        Verdict::UnreadableDigest => 1,
        Verdict::CannotBeVerified { .. } => 2,
        Verdict::NotAnnounced => 3,
        Verdict::NotChecked => 4,
        Verdict::Verified { method: Method::Structure, .. } => 5,
        Verdict::Verified { .. } => 6,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    fn proven(method: Method) -> Verdict {
        Verdict::Verified { method, voucher: Voucher::Host { host: "data.example".into(), tls: true } }
    }

    #[test]
    fn a_tick_always_comes_with_its_method_and_its_voucher() {
        for language in [Language::English, Language::French] {
            let badge = Badge::of(&proven(Method::PieceHashes), &Translator::new(language));
            assert_eq!(badge.mark, Mark::Proven);
            assert!(badge.words.contains("data.example") && badge.words.contains("TLS"), "{}", badge.words);
        }
    }

    #[test]
    fn a_well_formed_file_of_which_nobody_published_digests_is_not_called_proven() {
        let verdict = Verdict::Verified { method: Method::Structure, voucher: Voucher::Nobody };
        let badge = Badge::of(&verdict, &Translator::new(Language::English));
        assert_eq!((badge.mark, badge.tone), (Mark::Whole, Tone::Attention));
    }

    #[test]
    fn one_wrong_file_decides_over_many_right_ones() {
        let verdicts = [proven(Method::PieceHashes), Verdict::NotAnnounced, proven(Method::Structure)];
        assert_eq!(worst(verdicts.iter()), Some(&Verdict::NotAnnounced));
        assert_eq!(worst([].iter()), None);
    }
}
