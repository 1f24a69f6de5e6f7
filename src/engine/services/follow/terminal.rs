//! What a terminal asks about what is followed: a folder's list changed, listed, and followed until the process is to stop.
//!
//! In: [`FollowQuery`]. Out: [`FollowEvent`]s; the last is [`FollowEvent::Done`] or [`FollowEvent::Refused`]. Start reading
//! at [`answer`].

pub(in crate::engine::services) use super::Telling as FollowTelling;
use super::outside::{FollowedFolder, World};
use super::{FollowService, Telling, waited_for};
use crate::app::follow::pacing::USUAL_LONGEST;
use crate::app::follow::{
    FollowCommand, FollowEvent, FollowHands, FollowPlace, FollowQuery, FollowRow, FollowTerms,
};
use crate::app::messages::user_message::UserMessage;
use crate::app::query::Answer;
use crate::engine::context::EngineContext;
use crate::engine::services::desktop::places::Places;
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::follow_store::{FollowStore, peek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use tokio::sync::mpsc::unbounded_channel;

/// The folder of ours within one for finished files.
const PRIVATE: &str = ".nuee";

/// Answers `query` to its end.
pub(in crate::engine) async fn answer(query: FollowQuery, context: &EngineContext, answers: &Sender<Answer>) {
    let answers = answers.clone();
    // Who asked is gone only when the process ends.
    let telling: Telling = Arc::new(move |event| drop(answers.send(Answer::Follow(event))));
    telling(match carry_out(query, context, &telling).await {
        Ok(()) => FollowEvent::Done,
        Err(message) => FollowEvent::Refused(message),
    });
}

/// Does what `query` asks.
///
/// # Errors
/// Why it cannot be done.
pub(in crate::engine::services) async fn carry_out(
    query: FollowQuery,
    context: &EngineContext,
    telling: &Telling,
) -> Result<(), UserMessage> {
    match query {
        FollowQuery::Command { out, command } => {
            if let FollowCommand::Add { wish, .. } = &command {
                // A mistake leaves no folder behind.
                wish.check(&context.catalog.providers())?;
            }
            let terms = FollowTerms { hands: FollowHands::Nobody, longest: USUAL_LONGEST, until: None };
            let service = service(out, terms, (context, telling)).await?;
            let (handle, commands) = unbounded_channel();
            // The other end is held here.
            let _ = handle.send(command);
            drop(handle);
            service.run(commands).await
        }
        FollowQuery::List { out: Some(out) } => list_of_folder(out, (context, telling)).await,
        FollowQuery::List { out: None } => {
            list_of_window(telling).await?;
            list_of_folder(PathBuf::from("."), (context, telling)).await
        }
        FollowQuery::Run { out, for_time, every } => {
            let until = for_time.map(|time| context.shared.clock.now().after(time));
            let terms = FollowTerms { hands: FollowHands::Own, longest: every, until };
            let service = service(out, terms, (context, telling)).await?;
            let (_handle, commands) = unbounded_channel();
            let mut stopping = context.stopping.clone();
            tokio::select! {
                biased;
                // Nobody can tell it to stop any more when the other end is gone: the process ends.
                _ = stopping.wait_for(|stop| *stop) => Ok(()),
                ended = service.run(commands) => ended,
            }
        }
    }
}

/// The service for the folder `out`.
async fn service(
    out: PathBuf,
    terms: FollowTerms,
    (context, telling): (&EngineContext, &Telling),
) -> Result<FollowService<World>, UserMessage> {
    let open = open(&out, context).await?;
    let store: Arc<dyn FollowStore> = open.database.clone();
    let world = World { context: context.clone(), folder: Some(FollowedFolder { open, out }) };
    Ok(FollowService::new(world, (Some(store), terms), telling.clone()))
}

async fn open(out: &Path, context: &EngineContext) -> Result<OpenFolder, UserMessage> {
    let (folders, out) = (context.folders.clone(), out.to_owned());
    waited_for(tokio::task::spawn_blocking(move || folders.open(&out, "nuee follow")).await)
}

/// What is followed in this user's window, whether that is open or not.
async fn list_of_window(telling: &Telling) -> Result<(), UserMessage> {
    let Some(places) = Places::of_system() else { return Ok(()) };
    let read = read(FollowPlace::Window, places.data).await?;
    tell(FollowPlace::Window, read.unwrap_or_default(), telling);
    Ok(())
}

/// What is followed in a folder, also while another process follows it. One in which nothing was ever got is left as it is.
async fn list_of_folder(
    out: PathBuf,
    (context, telling): (&EngineContext, &Telling),
) -> Result<(), UserMessage> {
    let private = out.join(PRIVATE);
    if !std::fs::symlink_metadata(&private).is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    let rows = match read(FollowPlace::Folder, private).await? {
        Some(rows) => rows,
        // Opening it brings up to date what an earlier version left.
        None => {
            let database = open(&out, context).await?.database;
            let read = waited_for(tokio::task::spawn_blocking(move || database.followed()).await)?;
            read.iter().map(|(row, notes)| row.counted(FollowPlace::Folder, notes)).collect()
        }
    };
    tell(FollowPlace::Folder, rows, telling);
    Ok(())
}

async fn read(place: FollowPlace, folder: PathBuf) -> Result<Option<Vec<FollowRow>>, UserMessage> {
    waited_for(tokio::task::spawn_blocking(move || peek(place, &folder)).await)
}

fn tell(place: FollowPlace, rows: Vec<FollowRow>, telling: &Telling) {
    telling(FollowEvent::Listed(place, Arc::new(rows)));
}
