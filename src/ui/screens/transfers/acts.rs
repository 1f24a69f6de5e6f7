//! What can be done with the chosen transfers, and why not when it cannot.
//!
//! In: the chosen jobs. Out: abilities and actions; the same for the bar, the menu and the keys.

use super::tally::group_of;
use super::words::is_failed;
use crate::app::Policy;
use crate::app::input::{Action, Tuning};
use crate::app::jobs::order::JobGroup;
use crate::app::jobs::request::{GivingPlan, JobId};
use crate::app::jobs::view::{Job, JobOrigin, Phase};
use crate::app::settings::GivingChoice;
use crate::ui::scene::Scene;
use crate::ui::widgets::buttons::Able;
use i18n_embed_fl::fl;
use std::sync::Arc;
use std::time::Duration;

/// Most chosen jobs that are looked at to say what can be done; the engine looks at each.
const MOST_LOOKED_AT: usize = 256;

/// How much longer something is uploaded by one press.
const LONGER: Duration = Duration::from_secs(3600);

/// Rates that the menu offers as limits of one transfer, in octets a second.
pub const RATES: [Option<u32>; 5] = [None, Some(100_000), Some(500_000), Some(2_000_000), Some(10_000_000)];

/// Something to do with transfers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Pause.
    Pause,
    /// Go on.
    GoOn,
    /// Try again by peers.
    ByPeers,
    /// Try again by HTTP.
    ByHttp,
    /// Take off the list.
    Remove,
    /// Open the folder.
    OpenFolder,
    /// Open the file.
    OpenFile,
    /// Look from close by.
    Look,
    /// Fetch again what is missing or changed on the disk.
    FetchAgain,
    /// Read the files again and check them.
    CheckAgain,
    /// Upload what is here longer.
    GiveLonger,
    /// Upload no longer.
    StopGiving,
    /// Receive at most so many octets a second.
    LimitDown(Option<u32>),
    /// Upload at most so many octets a second.
    LimitUp(Option<u32>),
}

impl Act {
    /// Every act, in the order of the menu.
    pub const ALL: [Self; 12] = [
        Self::Look,
        Self::FetchAgain,
        Self::Pause,
        Self::GoOn,
        Self::ByPeers,
        Self::ByHttp,
        Self::OpenFile,
        Self::OpenFolder,
        Self::CheckAgain,
        Self::GiveLonger,
        Self::StopGiving,
        Self::Remove,
    ];

    /// What it is called.
    pub fn label(self, scene: &Scene<'_>) -> String {
        let l = &scene.text.loader;
        match self {
            Self::Pause => fl!(l, "transfers-pause"),
            Self::GoOn => fl!(l, "transfers-go-on"),
            Self::ByPeers => fl!(l, "transfers-by-peers"),
            Self::ByHttp => fl!(l, "transfers-by-http"),
            Self::Remove => fl!(l, "transfers-remove"),
            Self::OpenFolder => fl!(l, "transfers-open-folder"),
            Self::OpenFile => fl!(l, "transfers-open-file"),
            Self::Look => fl!(l, "transfers-look"),
            Self::FetchAgain => fl!(l, "transfers-fetch-again"),
            Self::CheckAgain => fl!(l, "transfers-check-again"),
            Self::GiveLonger => fl!(l, "transfers-give-longer"),
            Self::StopGiving => fl!(l, "transfers-stop-giving"),
            Self::LimitDown(rate) | Self::LimitUp(rate) => match rate {
                Some(rate) => scene.text.rate(u64::from(rate)),
                None => fl!(l, "settings-unlimited"),
            },
        }
    }

    /// Whether it can be done with `jobs`, or why not.
    pub fn able(self, scene: &Scene<'_>, jobs: &[&Arc<Job>]) -> Able {
        let l = &scene.text.loader;
        if jobs.is_empty() {
            return Err(fl!(l, "transfers-choose-first"));
        }
        let any = |holds: fn(&Job) -> bool| jobs.iter().any(|job| holds(job));
        let because = |can: bool, why: String| if can { Ok(()) } else { Err(why) };
        match self {
            Self::Pause => because(any(can_pause), fl!(l, "transfers-nothing-to-pause")),
            Self::ByPeers if scene.settings.giving == Some(GivingChoice::HttpOnly) => {
                Err(fl!(l, "transfers-no-peers-wanted"))
            }
            Self::GoOn | Self::ByPeers | Self::ByHttp if !any(is_wish) => {
                Err(fl!(l, "transfers-of-announcement"))
            }
            Self::GoOn => because(any(can_go_on), fl!(l, "transfers-nothing-to-go-on")),
            Self::ByPeers | Self::ByHttp => because(any(is_unfinished), fl!(l, "transfers-all-done")),
            Self::OpenFile => because(any(|job| !job.files.is_empty()), fl!(l, "transfers-no-file-yet")),
            Self::FetchAgain => because(any(can_fetch_again), fl!(l, "transfers-nothing-lost")),
            Self::CheckAgain => because(any(is_done), fl!(l, "transfers-no-file-yet")),
            Self::GiveLonger | Self::StopGiving => because(any(gives), fl!(l, "transfers-nothing-given")),
            Self::LimitDown(_) | Self::LimitUp(_) => {
                because(any(can_be_limited), fl!(l, "transfers-all-done"))
            }
            Self::Remove | Self::OpenFolder | Self::Look => Ok(()),
        }
    }

    /// The action for these jobs. `None` when there are none.
    pub fn action(self, ids: Vec<JobId>) -> Option<Action> {
        let first = *ids.first()?;
        Some(match self {
            Self::Pause => Action::Pause(ids),
            Self::GoOn => Action::GoOn(ids),
            Self::ByPeers => Action::Retry(ids, Policy::SwarmOnly),
            Self::ByHttp => Action::Retry(ids, Policy::HttpOnly),
            Self::Remove => Action::Remove(ids),
            Self::OpenFolder => Action::OpenFolder(first),
            Self::OpenFile => Action::OpenFile(first),
            Self::Look => Action::Look(Some(first)),
            Self::FetchAgain => Action::FetchAgain(ids),
            Self::CheckAgain => Action::CheckAgain(ids),
            Self::GiveLonger => Action::Tune(ids, Tuning::GiveLonger(LONGER)),
            Self::StopGiving => Action::Tune(ids, Tuning::Give(GivingPlan::WhileReceiving)),
            Self::LimitDown(rate) => Action::Tune(ids, Tuning::LimitDown(rate)),
            Self::LimitUp(rate) => Action::Tune(ids, Tuning::LimitUp(rate)),
        })
    }
}

/// Whether somebody asked for it: a file that was announced has no road that could be chosen.
fn is_wish(job: &Job) -> bool {
    job.origin == JobOrigin::Wish
}

/// What is uploaded and no longer received.
fn gives(job: &Job) -> bool {
    job.phase == Phase::Giving
}

fn can_be_limited(job: &Job) -> bool {
    job.request.is_some() && job.phase != Phase::Ended
}

fn can_pause(job: &Job) -> bool {
    !matches!(job.phase, Phase::Paused | Phase::Giving | Phase::Ended)
}

fn can_go_on(job: &Job) -> bool {
    matches!(job.phase, Phase::Paused | Phase::Waiting) || job.phase == Phase::Ended && is_unfinished(job)
}

/// Whether files of it are gone or changed, which can then be fetched again.
pub fn can_fetch_again(job: &Job) -> bool {
    is_done(job) && job.disk.worst.is_lost()
}

/// Whether its files are in their place, as far as the transfer goes.
pub fn is_done(job: &Job) -> bool {
    group_of(job) == Some(JobGroup::Done)
}

fn is_unfinished(job: &Job) -> bool {
    use crate::app::jobs::view::End;
    is_failed(job)
        || job.outcome.as_ref().is_none_or(|outcome| outcome.end != End::Done) && job.phase != Phase::Giving
}

/// The chosen jobs, as many as are looked at.
pub fn looked_at<'a>(scene: &'a Scene<'_>, ids: impl Iterator<Item = JobId>) -> Vec<&'a Arc<Job>> {
    ids.take(MOST_LOOKED_AT).filter_map(|id| scene.snapshot.job(id)).filter(|job| !job.is_removed).collect()
}
