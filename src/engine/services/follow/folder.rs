//! What is followed in a folder: added, listed, removed, and run for as long as the process is not told to stop.

use crate::app::catalog::unknown_entry;
use crate::app::follow::{FollowNews, FollowQuery, FollowWish};
use crate::app::query::Answer;
use crate::app::state::End;
use crate::app::user_message::UserMessage;
use crate::domain::outside_text::show;
use crate::engine::context::EngineContext;
use crate::engine::services::desktop::places::Places;
use crate::engine::services::jobs::following::{Follower, request_of};
use crate::engine::services::jobs::messages::JobEnd;
use crate::engine::store::error::StoreError;
use crate::engine::store::error::message_of_store;
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::window_store::WindowStore;
use crate::engine::transfer::network::has_route;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::time::Duration;

/// The shortest pause between two looks.
const SHORTEST_PAUSE: Duration = Duration::from_secs(5);

/// So long a network is waited for that was not there at the start: whoever started it is to know.
const OFFLINE_PATIENCE: Duration = Duration::from_secs(10);

/// Longest name of a wish, in octets.
const LONGEST_NAME: usize = 64;

/// Answers `query`; its last news is [`FollowNews::Done`] or [`FollowNews::Refused`].
pub(in crate::engine) async fn follow(query: FollowQuery, context: &EngineContext, answers: &Sender<Answer>) {
    let last = match carry_out(query, context, answers).await {
        Ok(()) => FollowNews::Done,
        Err(message) => FollowNews::Refused(message),
    };
    let _ = answers.send(Answer::Follow(last));
}

async fn carry_out(
    query: FollowQuery,
    context: &EngineContext,
    answers: &Sender<Answer>,
) -> Result<(), UserMessage> {
    let failed = |error: StoreError| message_of_store(&error);
    match query {
        FollowQuery::Add { out, name, wish } => {
            let is_name =
                !name.is_empty() && name.len() <= LONGEST_NAME && !name.chars().any(char::is_control);
            if !is_name {
                return Err(UserMessage::Unreadable { text: show(&name) });
            }
            check(&wish, &out, context)?;
            let open = open(&out, context).await?;
            let text = serde_json::to_string(&wish)
                .map_err(|error| UserMessage::Internal { detail: error.to_string() })?;
            open.database.follow(&name, &text, context.shared.clock.utc()).map_err(failed)
        }
        FollowQuery::Remove { out, name } => {
            let open = open(&out, context).await?;
            let was_there = open.database.unfollow(&name).map_err(failed)?;
            if was_there { Ok(()) } else { Err(UserMessage::UnknownEntry { id: show(&name), meant: None }) }
        }
        FollowQuery::List { out: Some(out) } => list(&open(&out, context).await?, answers),
        FollowQuery::List { out: None } => {
            list_of_window(answers).await?;
            // A folder in which nothing was ever followed is left as it is.
            match Path::new(".").join(".nuee").is_dir() {
                true => list(&open(Path::new("."), context).await?, answers),
                false => Ok(()),
            }
        }
        FollowQuery::Run { out, for_time, every } => {
            let open = open(&out, context).await?;
            let mut stopping = context.stopping.clone();
            let ended = tokio::select! {
                ended = run(&open, (&out, for_time, every), context, answers) => ended,
                // Nobody can tell it to stop any more when the other end is gone: the process ends.
                _ = stopping.wait_for(|stop| *stop) => Ok(()),
            };
            ended.map_err(|end| end.message)
        }
    }
}

fn check(wish: &FollowWish, out: &Path, context: &EngineContext) -> Result<(), UserMessage> {
    request_of(wish, out.to_owned())?;
    let id = crate::catalog::provider::EntryId::parse(&wish.id);
    let providers = context.catalog.providers();
    let is_known = id.is_some_and(|id| providers.find(&id).is_some());
    if is_known { Ok(()) } else { Err(unknown_entry(&wish.id, &providers)) }
}

async fn open(out: &Path, context: &EngineContext) -> Result<OpenFolder, UserMessage> {
    let (folders, out) = (context.folders.clone(), out.to_owned());
    let opening = tokio::task::spawn_blocking(move || folders.open(&out, "nuee follow"));
    let opened = opening.await.map_err(|error| UserMessage::Internal { detail: error.to_string() })?;
    opened.map_err(|error| message_of_store(&error))
}

/// What is followed in this user's window, whether that is open or not.
async fn list_of_window(answers: &Sender<Answer>) -> Result<(), UserMessage> {
    let Some(places) = Places::of_system() else { return Ok(()) };
    let reading = tokio::task::spawn_blocking(move || WindowStore::peek_followed(&places.data));
    let read = reading.await.map_err(|error| UserMessage::Internal { detail: error.to_string() })?;
    for row in read.map_err(|error| message_of_store(&error))? {
        let _ = answers.send(Answer::Follow(FollowNews::InWindow(Box::new(row))));
    }
    Ok(())
}

fn list(open: &OpenFolder, answers: &Sender<Answer>) -> Result<(), UserMessage> {
    let failed = |error: StoreError| message_of_store(&error);
    for row in open.database.followed().map_err(failed)? {
        let files = open.database.followed_files(row.id).map_err(failed)?;
        let count =
            |states: &[&str]| files.iter().filter(|file| states.contains(&file.state.as_str())).count();
        let (here, missing) = (count(&["here", "told"]), count(&["missing"]));
        let wish = Box::new(serde_json::from_str(&row.wish).unwrap_or_default());
        let news = FollowNews::Listed { name: row.name, wish, here, missing };
        let _ = answers.send(Answer::Follow(news));
    }
    Ok(())
}

async fn run(
    open: &OpenFolder,
    (out, for_time, every): (&Path, Option<Duration>, Duration),
    context: &EngineContext,
    answers: &Sender<Answer>,
) -> Result<(), JobEnd> {
    let clock = context.shared.clock;
    let until = for_time.map(|time| clock.now().after(time));
    let (began, mut was_read) = (clock.now(), false);
    loop {
        let mut due = None;
        for row in open.database.followed()? {
            let name = row.name.clone();
            match Follower::new(row, context, (open, PathBuf::from(out)), answers) {
                Ok(mut follower) => {
                    let looked = follower.look().await?;
                    (due, was_read) = (earlier(due, looked.due), was_read || looked.was_read);
                }
                Err(message) => {
                    let _ = answers.send(Answer::Follow(FollowNews::Note { name, message }));
                }
            }
        }
        let now = clock.utc();
        let to_due = due.map_or(0, |due| due.unix_seconds() - now.unix_seconds());
        let pause = match u64::try_from(to_due) {
            Ok(seconds) if seconds > 0 => {
                Duration::from_secs(seconds).clamp(SHORTEST_PAUSE, every.max(SHORTEST_PAUSE))
            }
            // Something is late, or nobody knows when it comes.
            _ => SHORTEST_PAUSE.max(every / 4),
        };
        if !was_read && clock.now().since(began) >= OFFLINE_PATIENCE && !has_route() {
            return Err(JobEnd::new(End::NoSource, UserMessage::Offline));
        }
        // A network that was not there at the start may come in a moment.
        let pause = if was_read || has_route() { pause } else { SHORTEST_PAUSE };
        let left = until.map(|until| until.since(clock.now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Ok(());
        }
        let pause = left.map_or(pause, |left| pause.min(left));
        let seconds = i64::try_from(pause.as_secs()).unwrap_or(0);
        if let Some(until) = crate::domain::utc::UtcTime::from_unix_seconds(now.unix_seconds() + seconds) {
            let _ = answers.send(Answer::Follow(FollowNews::Waiting { until }));
        }
        tokio::time::sleep(pause).await;
    }
}

fn earlier<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).min()
}
