//! Relays the files of publishers into swarms: follows their datasets, takes each file once, offers it.
//!
//! In: a [`RelayQuery`]. Out: [`RelayEvent`]s; the last is [`RelayEvent::Done`] or [`RelayEvent::Refused`]. What is done next is
//! decided by [`RelayPlanner`](crate::app::relay::planner::RelayPlanner), what a document says by [`crate::publish::relay`]; here it is carried out.
//!
//! | file | what it does |
//! |---|---|
//! | `running` | the task: facts in, orders carried out |
//! | `outside` | takes files from publishers, as following asks for them |
//! | `acts` | hashes, indexes, describes, removes |
//! | `giving` | gives bytes by HTTP, lets trackers know |
//! | `uploads` | gives bytes to peers; what nobody asks for rests |
//! | `tracker_list` | the list of a tracker that is another program |
//! | `announcing` | tells a broker |
//! | `documents` | writes feeds, lists, page and manifest |
//! | `storing` | puts all of it into an S3 store as well |
//! | `checking` | looks at what a relay announces |
//! | `using` | adds, lists and forgets relays of others as sources |
//!
//! Start reading at [`answer`].

mod acts;
mod announcing;
pub(in crate::engine::services) mod checking;
mod documents;
mod giving;
mod outside;
mod running;
mod storing;
mod tracker_list;
mod uploads;
pub(in crate::engine) mod using;

use crate::app::follow::{FollowCommand, FollowQuery};
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::Answer;
use crate::app::relay::terms::{RelayTerms, RelayWords, SETTINGS};
use crate::app::relay::{RelayEvent, RelayQuery};
use crate::engine::context::EngineContext;
use crate::engine::services::follow::terminal as following;
use crate::engine::store::error::{StoreError, message_of_store};
use crate::engine::store::output::user_of;
use crate::engine::store::relay_store;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;

/// The folder of ours within that of the relay.
const PRIVATE: &str = ".nuee";

/// Longest `relay.toml` that is read, in octets.
const LONGEST_SETTINGS: u64 = 1 << 20;

/// Whom it tells.
pub(in crate::engine::services) type RelayTelling = Arc<dyn Fn(RelayEvent) + Send + Sync>;

/// Answers `query` to its end.
pub(in crate::engine) async fn answer(query: RelayQuery, context: &EngineContext, answers: &Sender<Answer>) {
    let answers = answers.clone();
    // Who asked is gone only when the process ends.
    let telling: RelayTelling = Arc::new(move |event| drop(answers.send(Answer::Relay(event))));
    telling(match carry_out(query, context, &telling).await {
        Ok(()) => RelayEvent::Done,
        Err(message) => RelayEvent::Refused(message),
    });
}

/// The same, telling whom it may concern.
///
/// # Errors
/// Why it cannot be done, or cannot go on.
pub(in crate::engine::services) async fn carry_out(
    query: RelayQuery,
    context: &EngineContext,
    telling: &RelayTelling,
) -> Result<(), UserMessage> {
    match query {
        RelayQuery::Command { folder, commands } => change(&folder, commands, (context, telling)).await,
        RelayQuery::List { folder } => list(&folder, (context, telling)).await,
        RelayQuery::Run { folder, words, for_time } => {
            let terms = terms_of(*words, &folder).await?;
            running::run((&folder, terms), for_time, (context, telling)).await
        }
        RelayQuery::Check { folder, words } => {
            let terms = terms_of(*words, &folder).await?;
            checking::check((&folder, terms), (context, telling)).await
        }
        RelayQuery::Use { url, check } => using::begin((&url, check), (context, telling)).await,
        RelayQuery::Used => using::list((context, telling)),
        RelayQuery::Forget { url } => using::forget(&url, (context, telling)),
    }
}

/// Changes the list of datasets, which is that of `nuee follow` in the same folder.
async fn change(
    folder: &Path,
    commands: Vec<FollowCommand>,
    (context, telling): (&EngineContext, &RelayTelling),
) -> Result<(), UserMessage> {
    let told = telling.clone();
    let telling: following::FollowTelling = Arc::new(move |event| told(RelayEvent::Follow(event)));
    for command in commands {
        let query = FollowQuery::Command { out: folder.to_owned(), command };
        following::carry_out(query, context, &telling).await?;
    }
    Ok(())
}

/// Datasets and files, also while another process relays them.
async fn list(folder: &Path, (context, telling): (&EngineContext, &RelayTelling)) -> Result<(), UserMessage> {
    let told = telling.clone();
    let following: following::FollowTelling = Arc::new(move |event| told(RelayEvent::Follow(event)));
    let query = FollowQuery::List { out: Some(folder.to_owned()) };
    following::carry_out(query, context, &following).await?;
    let private = folder.join(PRIVATE);
    let looking = off_thread(move || {
        let failed = |error: StoreError| message_of_store(&error);
        Ok((user_of(&private).map_err(failed)?, relay_store::peek(&private).map_err(failed)?))
    });
    let (user, kept) = looking.await?;
    telling(RelayEvent::Process(user));
    telling(RelayEvent::Files(Arc::new(kept.unwrap_or_default().files)));
    Ok(())
}

/// The terms that the words of the command line and `relay.toml` make.
async fn terms_of(words: RelayWords, folder: &Path) -> Result<RelayTerms, UserMessage> {
    let path = folder.join(SETTINGS);
    let file = off_thread(move || {
        let unsound = |detail: String| {
            let file = crate::domain::outside_text::show(&path.display().to_string());
            UserMessage::from(RelayMessage::SettingsUnsound { file, detail })
        };
        let opened = match std::fs::File::open(&path) {
            Ok(opened) => opened,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(RelayWords::default()),
            Err(error) => return Err(unsound(error.to_string())),
        };
        let mut text = String::new();
        opened
            .take(LONGEST_SETTINGS)
            .read_to_string(&mut text)
            .map_err(|error| unsound(error.to_string()))?;
        RelayWords::read(&text, &path.display().to_string())
    });
    RelayTerms::of(words.or(file.await?))
}

/// Does `work` on a thread that may wait for the disk.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, UserMessage> + Send + 'static,
) -> Result<T, UserMessage> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => {
            Err(UserMessage::Internal { detail: crate::domain::outside_text::show(&error.to_string()) })
        }
    }
}
