//! One announced file that is not settled: what was tried, and what is to be tried next.
//!
//! In: what is wanted as the ledger has it now, and how tries ended. Out: the next [`FetchStep`], or a [`RoundEnd`]. Every source is asked
//! once a round; when none was wrong and one may serve in a moment, there is another round after a pause.

use super::tried::Tried;
use crate::app::mesh::announced::WantedFile;
use crate::app::mesh::announced::followed;
use crate::app::mesh::listening::{FileOutcome, NotFetched};
use crate::app::messages::wrong_file::WrongFile;
use crate::domain::outside_text::show_url;
use crate::domain::source::BytesBySource;
use crate::mesh::announcement::{Announcement, FileAction};
use crate::mesh::lag::Lag;
use crate::mesh::place::Lane;
use crate::mesh::sources::{FileSource, FileSources};
use crate::transfer::reason::{Outlook, Reason};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How often all sources are tried again when none was wrong, and after how long.
const ROUNDS: u32 = 3;
const BETWEEN_ROUNDS: Duration = Duration::from_secs(5);

/// What is tried next.
#[derive(Clone, Debug)]
pub(crate) enum FetchStep {
    /// The local copies, of what was withdrawn.
    Withdraw,
    /// The file under its former name, which may be here.
    Rename,
    /// The content that came with the message.
    Inline,
    /// A source.
    Source(FileSource, Url),
}

impl FetchStep {
    /// Whom it asks, as host and port; empty when it is nobody.
    pub(crate) fn host(&self) -> Box<str> {
        match self {
            Self::Withdraw | Self::Rename | Self::Inline => "".into(),
            Self::Source(_, url) => {
                let port = url.port_or_known_default().unwrap_or(0);
                format!("{}:{port}", url.host_str().unwrap_or_default()).into()
            }
        }
    }
}

/// What follows when every source was asked.
#[derive(Debug)]
pub(crate) enum RoundEnd {
    /// It is settled.
    Settled(FileOutcome),
    /// Another round, after so long.
    After(Duration),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// It waits for a place, or is being tried.
    #[default]
    Active,
    /// It is laid down for a while.
    Paused,
}

/// One file.
#[derive(Debug, Default)]
pub(crate) struct FileUnderWay {
    /// Dropped when its news are sent.
    pub(crate) ticket: Option<Arc<()>>,
    pub(crate) lane: Option<Lane>,
    /// What is wanted, as it was read when it was queued. `None` when it is to be read anew.
    pub(crate) wanted: Option<Box<WantedFile>>,
    /// Sources that failed, with their reasons, for the record.
    pub(crate) tried: Vec<(String, Reason)>,
    /// Who gave its octets, once it is in its place.
    pub(crate) by_source: BytesBySource,
    stage: Stage,
    rounds: u32,
    is_local_tried: bool,
    is_inline_tried: bool,
    /// URLs asked in this round.
    asked: Vec<Box<str>>,
    /// URLs that failed, as often as they did.
    failed: Vec<Box<str>>,
    wrong: Option<WrongFile>,
    not_fetched: Option<NotFetched>,
    may_pass: bool,
    /// Whether others are to end first.
    must_wait: bool,
    is_wanted_again: bool,
}

impl FileUnderWay {
    pub(crate) fn new(ticket: Arc<()>) -> Self {
        Self { ticket: Some(ticket), ..Self::default() }
    }

    /// Whether it was queued while it was under way.
    pub(crate) fn is_wanted_again(&self) -> bool {
        self.is_wanted_again
    }

    /// Somebody else has it too. Whether it is to go on at once: it was laid down.
    pub(crate) fn want_again(&mut self) -> bool {
        self.is_wanted_again = true;
        self.resume()
    }

    /// Takes it up again. Whether it was laid down.
    pub(crate) fn resume(&mut self) -> bool {
        let was_paused = self.stage == Stage::Paused;
        if was_paused {
            self.begin_round();
        }
        was_paused
    }

    fn begin_round(&mut self) {
        self.stage = Stage::Active;
        self.asked.clear();
        // Content that was wrong stays so; another message may have brought better.
        self.is_inline_tried &= !self.is_wanted_again;
        (self.may_pass, self.must_wait, self.is_wanted_again) = (false, false, false);
    }

    /// What is to be tried now. `None` when nothing is left in this round.
    pub(crate) fn next_step(&self, wanted: &WantedFile) -> Option<FetchStep> {
        if wanted.announcement.action == FileAction::Deletion {
            return (!self.is_local_tried).then_some(FetchStep::Withdraw);
        }
        if !self.is_local_tried && wanted.announcement.renamed_from.is_some() {
            return Some(FetchStep::Rename);
        }
        let mut all = std::iter::once(&wanted.announcement).chain(&wanted.further);
        if !self.is_inline_tried && all.any(|one| Announcement::usable_inline(one).is_some()) {
            return Some(FetchStep::Inline);
        }
        let mut sources = FileSources::new(wanted.announcement.clone(), Lag(0));
        wanted.further.iter().for_each(|further| sources.add(further, Lag(0)));
        self.failed.iter().for_each(|href| sources.failed(href));
        let best = sources.best_first();
        let mut left = best.into_iter().filter(|source| !self.asked.contains(&source.href));
        left.find_map(|source| Some(FetchStep::Source(source.clone(), followed(source)?)))
    }

    /// Notes that a try begins.
    pub(crate) fn begin(&mut self, step: &FetchStep) {
        match step {
            FetchStep::Withdraw | FetchStep::Rename => self.is_local_tried = true,
            FetchStep::Inline => self.is_inline_tried = true,
            FetchStep::Source(source, _) => self.asked.push(source.href.clone()),
        }
    }

    /// Notes how a try ended that did not bring the file.
    pub(crate) fn note(&mut self, step: &FetchStep, tried: Tried) {
        let FetchStep::Source(source, url) = step else { return };
        if !matches!(tried, Tried::Wait) {
            self.failed.push(source.href.clone());
        }
        match tried {
            Tried::Wait => self.must_wait = true,
            Tried::Wrong(wrong) => {
                self.tried.push((show_url(url), Reason::WrongData { pieces: Vec::new() }));
                self.wrong = Some(wrong);
            }
            Tried::NoUse(reason) => {
                self.may_pass |= is_passing(&reason);
                self.tried.push((show_url(url), reason));
            }
            Tried::NotFetched(why) => self.not_fetched = Some(why),
            Tried::InPlace(..) | Tried::Withdrawn(_) | Tried::Unsettled(_) => {}
        }
    }

    /// Every source was asked: what follows.
    pub(crate) fn end_round(&mut self) -> RoundEnd {
        if self.must_wait {
            self.stage = Stage::Paused;
            return RoundEnd::After(BETWEEN_ROUNDS);
        }
        self.rounds += 1;
        let is_day_spent = matches!(self.not_fetched, Some(NotFetched::DailyLimit(_)));
        if self.is_wanted_again || self.may_pass && self.rounds < ROUNDS && !is_day_spent {
            let wait = if self.is_wanted_again { Duration::ZERO } else { BETWEEN_ROUNDS * self.rounds };
            self.stage = Stage::Paused;
            return RoundEnd::After(wait);
        }
        RoundEnd::Settled(match (self.wrong.clone(), self.not_fetched.clone()) {
            (_, Some(why @ NotFetched::DailyLimit(_))) => FileOutcome::NotFetched(why),
            (Some(wrong), _) => FileOutcome::Refused(wrong),
            (None, Some(why)) => FileOutcome::NotFetched(why),
            (None, None) if self.tried.is_empty() => FileOutcome::NotFetched(NotFetched::NoLink),
            (None, None) => FileOutcome::Failed,
        })
    }
}

/// Whether a failure may be over in a few seconds.
fn is_passing(reason: &Reason) -> bool {
    // Some publishers announce a file a moment before it can be had.
    matches!(reason, Reason::Status(404)) || reason.outlook() != Outlook::Lasting
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::integrity::Voucher;
    use crate::domain::octets::ByteCount;
    use crate::domain::utc::UtcMillis;
    use crate::mesh::announcement::read_captured;

    fn announced(host: &str) -> Announcement {
        let text = format!(r#"{{"pubTime":"20260811T100000","baseUrl":"http://{host}/","relPath":"a/b"}}"#);
        read_captured(text.as_bytes()).reading.announcement().expect("sound").clone()
    }

    fn wanted(hosts: &[&str]) -> WantedFile {
        let mut all = hosts.iter().map(|host| announced(host));
        WantedFile {
            key: "a/b".to_owned(),
            rival_of: None,
            announcement: all.next().expect("one"),
            further: all.collect(),
            topic: "t".to_owned(),
            heard: UtcMillis::from_unix_millis(0).expect("1970"),
            voucher: Voucher::Nobody,
        }
    }

    /// Asks every source of a round; each ends as `tried` says.
    fn round(file: &mut FileUnderWay, wanted: &WantedFile, tried: impl Fn(&str) -> Tried) -> Vec<String> {
        let mut asked = Vec::new();
        while let Some(step) = file.next_step(wanted) {
            asked.push(step.host().to_string());
            file.begin(&step);
            file.note(&step, tried(&step.host()));
        }
        asked
    }

    #[test]
    fn every_source_is_asked_once_a_round_and_the_round_comes_again_while_it_may_pass() {
        let (mut file, wanted) = (FileUnderWay::default(), wanted(&["one", "two"]));
        for wait in [5, 10] {
            assert_eq!(round(&mut file, &wanted, |_| Tried::NoUse(Reason::NoAnswer)), ["one:80", "two:80"]);
            let RoundEnd::After(time) = file.end_round() else { panic!("it may pass") };
            assert_eq!(time, Duration::from_secs(wait));
            assert!(file.resume());
        }
        round(&mut file, &wanted, |_| Tried::NoUse(Reason::NoAnswer));
        assert!(matches!(file.end_round(), RoundEnd::Settled(FileOutcome::Failed)));
        assert_eq!(file.tried.len(), 6);
    }

    #[test]
    fn a_file_that_is_queued_while_it_is_tried_is_tried_again_at_once() {
        let (mut file, wanted) = (FileUnderWay::default(), wanted(&["one"]));
        round(&mut file, &wanted, |_| Tried::NoUse(Reason::Status(403)));
        assert!(!file.want_again(), "it is under way");
        let RoundEnd::After(wait) = file.end_round() else { panic!("somebody else has it") };
        assert_eq!(wait, Duration::ZERO);
    }

    #[test]
    fn a_file_waits_for_others_as_long_as_it_takes() {
        let (mut file, wanted) = (FileUnderWay::default(), wanted(&["one"]));
        for _ in 0..20 {
            assert_eq!(round(&mut file, &wanted, |_| Tried::Wait), ["one:80"]);
            assert!(matches!(file.end_round(), RoundEnd::After(_)));
            assert!(file.resume());
        }
    }

    #[test]
    fn the_reason_of_the_end_is_the_one_that_says_most() {
        let limit = NotFetched::DailyLimit(ByteCount(1));
        for (tried, expected) in [
            (Tried::NotFetched(limit.clone()), FileOutcome::NotFetched(limit)),
            (
                Tried::Wrong(WrongFile::SeveralFiles { files: 2 }),
                FileOutcome::Refused(WrongFile::SeveralFiles { files: 2 }),
            ),
            (Tried::NotFetched(NotFetched::Directory), FileOutcome::NotFetched(NotFetched::Directory)),
        ] {
            let (mut file, wanted) = (FileUnderWay::default(), wanted(&["one"]));
            let step = file.next_step(&wanted).expect("a source");
            file.begin(&step);
            file.note(&step, tried);
            assert!(matches!(file.end_round(), RoundEnd::Settled(outcome) if outcome == expected));
        }
    }
}
