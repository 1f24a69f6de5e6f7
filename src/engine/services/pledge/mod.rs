//! Keeps an archive of what relays offer: takes what is rare, uploads it, lets go what the rules let go.
//!
//! In: a [`PledgeQuery`]. Out: [`PledgeEvent`]s; the last is [`PledgeEvent::Done`] or [`PledgeEvent::Refused`]. What is taken and let
//! go is decided by [`plan`](crate::app::pledge::planner::plan); here it is carried out.
//!
//! | file | what it does |
//! |---|---|
//! | `running` | the task: asks relays and trackers, carries orders out |
//! | `uploads` | uploads what is held, and counts it |
//! | `disk` | looks whether a file is as it was left, writes .torrents, removes |
//!
//! Start reading at [`answer`].

mod disk;
mod running;
mod uploads;

use crate::app::messages::pledge_message::PledgeMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::pledge::file::PledgeSums;
use crate::app::pledge::{PledgeEvent, PledgeQuery};
use crate::app::query::Answer;
use crate::domain::outside_text::show;
use crate::engine::context::EngineContext;
use crate::engine::store::error::{StoreError, message_of_store};
use crate::engine::store::output::user_of;
use crate::engine::store::pledge_store::{PledgeStore as _, peek};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;

/// The folder of ours within that of the archive.
const PRIVATE: &str = ".nuee";

/// Whom it tells.
type PledgeTelling = Arc<dyn Fn(PledgeEvent) + Send + Sync>;

/// Answers `query` to its end.
pub(in crate::engine) async fn answer(query: PledgeQuery, context: &EngineContext, answers: &Sender<Answer>) {
    let answers = answers.clone();
    // Who asked is gone only when the process ends.
    let telling: PledgeTelling = Arc::new(move |event| drop(answers.send(Answer::Pledge(event))));
    let done = match query {
        PledgeQuery::Run { folder, terms, pace } => {
            running::run((&folder, terms), pace, (context, &telling)).await
        }
        PledgeQuery::List { folder } => list(&folder, &telling).await,
        PledgeQuery::Forget { folder } => forget(&folder, context).await,
    };
    telling(match done {
        Ok(()) => PledgeEvent::Done,
        Err(message) => PledgeEvent::Refused(message),
    });
}

/// What was pledged and what is held, also while another process is at it.
async fn list(folder: &Path, telling: &PledgeTelling) -> Result<(), UserMessage> {
    let private = folder.join(PRIVATE);
    let (by, kept) = off_thread(move || Ok((user_of(&private)?, peek(&private)?))).await?;
    let kept = kept.unwrap_or_default();
    let Some(terms) = kept.terms else {
        return Err(PledgeMessage::NothingPledged { folder: show(&folder.display().to_string()) }.into());
    };
    let (sums, most) = (PledgeSums::of(&kept.files), terms.most);
    telling(PledgeEvent::Terms { terms, by });
    let files = kept.files.len();
    kept.files.into_iter().for_each(|file| telling(PledgeEvent::Kept(Box::new(file))));
    telling(PledgeEvent::Sums { sums, most, offered: files });
    Ok(())
}

/// Forgets what was pledged; files stay where they are.
async fn forget(folder: &Path, context: &EngineContext) -> Result<(), UserMessage> {
    let private = folder.join(PRIVATE);
    let is_pledged = off_thread(move || Ok(peek(&private)?.is_some_and(|kept| kept.terms.is_some()))).await?;
    if !is_pledged {
        return Err(PledgeMessage::NothingPledged { folder: show(&folder.display().to_string()) }.into());
    }
    let (folders, folder) = (context.folders.clone(), folder.to_owned());
    off_thread(move || folders.open(&folder, "nuee pledge forget")?.database.forget_pledge()).await
}

/// Does `work` on a thread that may wait for the disk.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, UserMessage> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| message_of_store(&error)),
        Err(error) => Err(UserMessage::Internal { detail: show(&error.to_string()) }),
    }
}
