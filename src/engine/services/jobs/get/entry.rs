//! Gets entries of a catalogue: waits for hours that are to come, takes the best road for each file.
//!
//! In: an id such as `demo/arome-0.01/SP1`, with run, lead times and fields. Out: files in their place; what is not yet
//! published ends with exit code 7. Start reading at [`get_entry`].

use super::super::messages::JobEnd;
use super::super::resolve::server::look_at;
use super::super::resolve::torrent_at;
use super::super::run::JobRun;
use super::super::scene::JobScene;
use super::local::cut_local;
use super::relayed::torrent_of_relays;
use super::remote::get_remote;
use super::streamed::get_streamed;
use super::torrent::get_torrent;
use crate::app::catalog::asked::DatasetLook;
use crate::app::jobs::entry::{
    MeantDataset, Unpublished, local_name, may_be_as_listed, no_file_matches, nothing_read, unpublished,
    what_was_not_read,
};
use crate::app::jobs::remote::{RemoteTarget, StreamedTarget};
use crate::app::jobs::target::{FileOnServer, TorrentTarget};
use crate::app::jobs::view::End;
use crate::app::messages::pledge_message::PledgeMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::used::joining::ClaimedFile;
use crate::catalog::entry::{Entry, Roads};
use crate::catalog::provider::{EntryId, RangeSupport};
use crate::catalog::template::Values;
use crate::domain::outside_text::show;
use crate::domain::utc::SteadyTime;
use crate::transfer::address_rule::Reach;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// Most files of a folder that are looked at for one under an older name.
const MOST_LOOKED_AT: usize = 20_000;

/// Gets what the request wants of an entry.
///
/// # Errors
/// When it can never come, did not come in time, or nobody gives it.
pub(super) async fn get_entry(scene: &JobScene, run: &mut JobRun, id: &EntryId) -> Result<(), JobEnd> {
    let mut meant = meant_by(scene, id)?;
    let until = scene.context.shared.clock.now().after(scene.request().wait);
    let mut done: BTreeSet<Arc<Values>> = BTreeSet::new();
    let mut nothing = None;
    loop {
        let look = look(scene, &meant).await?;
        let found = meant.files_in(&look, scene.request(), scene.context.shared.judging_now())?;
        found.notes.into_iter().for_each(|message| scene.note(message));
        for entry in found.entries.iter().filter(|entry| !done.contains(&entry.values)) {
            match get_one(scene, run, &meant, entry).await {
                // Another file may have it: what falls or gusts is in none of the first hour.
                Err(end) if end.is_nothing_chosen() => nothing = Some(end),
                got => got?,
            }
        }
        done.extend(found.entries.into_iter().map(|entry| entry.values));
        let Some(lacking) = found.lacking else {
            return nothing.filter(|_| run.answers.found_nothing()).map_or(Ok(()), Err);
        };
        if let Err(end) = wait(scene, unpublished(lacking, &look, scene.utc()), until).await {
            let partial = scene.request().products.partial;
            let part = run.answers.unpublished(end, &found.lacking_leads, partial);
            part.told.into_iter().for_each(|message| scene.note(message));
            return part.end.map_or(Ok(()), Err);
        }
        meant.stay_with(found.run);
    }
}

/// Gets one file of the entry `id` for who looked by himself. What it lacks is said, and costs it nothing.
///
/// # Errors
/// Why it did not come.
pub(in crate::engine::services::jobs) async fn get_file_of(
    scene: &JobScene,
    run: &mut JobRun,
    (id, entry): (&EntryId, &Entry),
) -> Result<(), JobEnd> {
    let meant = meant_by(scene, id)?;
    run.begin_answers(scene, &scene.selection().clone().without_leads());
    get_one(scene, run, &meant, entry).await?;
    run.answer_whole(scene)
}

/// Gets a file by the torrent of relays alone, whole, and gives that torrent.
///
/// # Errors
/// When no torrent of theirs may be used, or nobody gives the file.
pub(in crate::engine::services::jobs) async fn get_relayed(
    scene: &JobScene,
    run: &mut JobRun,
    (file, roads): (&Arc<ClaimedFile>, &Roads),
) -> Result<TorrentTarget, JobEnd> {
    let Some(torrent) = torrent_of_relays(scene, file, roads).await else {
        let name = file.claims.first().map_or(String::new(), |claim| show(&claim.file.key.name));
        return Err(JobEnd::new(End::NoSource, PledgeMessage::NoTorrent { file: name }.into()));
    };
    get_of_torrent(scene, run, &torrent, roads).await?;
    Ok(torrent)
}

/// The dataset and packages that are meant; refuses what can never come.
fn meant_by(scene: &JobScene, id: &EntryId) -> Result<MeantDataset, JobEnd> {
    MeantDataset::of(id, &scene.context.catalog.providers(), scene.request(), scene.utc())
}

/// Reads the listings of a dataset.
///
/// # Errors
/// When none can be read.
async fn look(scene: &JobScene, meant: &MeantDataset) -> Result<DatasetLook, JobEnd> {
    let shared = &scene.context.shared;
    if meant.is_contact_wanted() && shared.client.contact().is_none() {
        scene.note(UserMessage::ContactWanted { provider: meant.provider.id.to_string() });
    }
    let of = (&*meant.provider, &meant.dataset);
    let look = scene.context.catalog.look(of, meant.wanted(), shared).await;
    for change in &look.changes {
        scene.note(UserMessage::CatalogChanged { change: change.clone() });
    }
    if let Some(end) = nothing_read(&look) {
        return Err(end);
    }
    what_was_not_read(&look).into_iter().chain(look.notes.clone()).for_each(|message| scene.note(message));
    Ok(look)
}

/// Waits until it is worth looking again; ends the job when that is later than it may wait.
async fn wait(scene: &JobScene, unpublished: Unpublished, until: SteadyTime) -> Result<(), JobEnd> {
    let now = scene.context.shared.clock.now();
    let Unpublished { end, pause, waiting } = unpublished;
    if now >= until {
        return Err(end);
    }
    waiting.into_iter().for_each(|message| scene.note(message));
    tokio::time::sleep(pause.min(until.since(now))).await;
    Ok(())
}

/// Gets one file, or what is wanted of it, by the best of its roads.
///
/// # Errors
/// Why it did not come.
async fn get_one(
    scene: &JobScene,
    run: &mut JobRun,
    meant: &MeantDataset,
    entry: &Entry,
) -> Result<(), JobEnd> {
    let one = scene.with_wish(scene.wish.of_entry(meant, entry)?);
    let got = get_by_roads(&one, run, meant, entry).await;
    run.plans.end_file(scene.request().products.intent);
    if let (Ok(()), Some((lead, _))) = (&got, entry.leads().filter(|(first, last)| first == last)) {
        run.answers.note_found_lead(lead);
    }
    got
}

async fn get_by_roads(
    scene: &JobScene,
    run: &mut JobRun,
    meant: &MeantDataset,
    entry: &Entry,
) -> Result<(), JobEnd> {
    if let Some(path) = on_disk(meant, entry, &scene.request().out) {
        scene.note(UserMessage::AlreadyHere { path: show(&path.display().to_string()) });
        if !scene.request().wants_whole_files() {
            return cut_local(scene, run, path).await;
        }
        return Ok(());
    }
    let roads = entry.roads(&meant.dataset);
    let relayed = scene.context.catalog.relays().file(&meant.dataset, &entry.values);
    if let Some(file) = &relayed
        && let Some(torrent) = torrent_of_relays(scene, file, &roads).await
    {
        match get_of_torrent(scene, run, &torrent, &roads).await {
            Err(end) if end.is_of_source() && roads.classic.is_some() => scene.note(end.message),
            settled => return settled,
        }
    }
    let is_relays = |torrent: &&Url| relayed.as_ref().is_some_and(|file| file.has_torrent(torrent));
    if let Some(torrent) = roads.torrent.as_ref().filter(|torrent| !is_relays(torrent)) {
        match get_by_torrent(scene, run, torrent, &roads).await {
            Err(end) if end.is_nothing_chosen() => return Err(end),
            Err(JobEnd { end: End::NoSource, message }) if roads.classic.is_some() => scene.note(message),
            settled => return settled,
        }
    }
    get_by_http(scene, run, meant, (entry, &roads)).await
}

async fn get_by_torrent(
    scene: &JobScene,
    run: &mut JobRun,
    address: &Url,
    roads: &Roads,
) -> Result<(), JobEnd> {
    let torrent = torrent_at(scene, address).await?;
    get_of_torrent(scene, run, &torrent, roads).await
}

/// Gets it by this torrent, with the addresses of the provider's file as web seeds.
async fn get_of_torrent(
    scene: &JobScene,
    run: &mut JobRun,
    torrent: &TorrentTarget,
    roads: &Roads,
) -> Result<(), JobEnd> {
    let mut wish = scene.wish.clone();
    if torrent.metainfo.layout().files().len() == 1 {
        wish = wish.with_web_seeds(roads.classic.iter().chain(&roads.mirrors).map(Url::to_string));
    }
    get_torrent(&scene.with_wish(wish), run, torrent).await
}

/// From its source, or from the first mirror that answers; the others stand in.
async fn get_by_http(
    scene: &JobScene,
    run: &mut JobRun,
    meant: &MeantDataset,
    (entry, roads): (&Entry, &Roads),
) -> Result<(), JobEnd> {
    let addresses: Vec<&Url> = roads.classic.iter().chain(&roads.mirrors).collect();
    let mut failed = None;
    for (at, address) in addresses.iter().enumerate() {
        let name = local_name(entry, address);
        match look_at(scene, address, Reach::Public).await.map(|look| look.file) {
            Ok(FileOnServer::File(remote)) => {
                let others = addresses.iter().skip(at + 1).map(|other| (*other).to_string());
                let with_others = scene.with_wish(scene.wish.clone().with_web_seeds(others));
                let answers_ranges = remote.answers_ranges && meant.dataset.parts == RangeSupport::Given;
                let remote = RemoteTarget { name, answers_ranges, ..remote };
                return get_remote(&with_others, run, &remote).await;
            }
            Ok(FileOnServer::Streamed(streamed)) => {
                return get_streamed(scene, run, StreamedTarget { name, ..streamed }).await;
            }
            Err(end) => failed = failed.or(Some(end)),
        }
    }
    Err(failed.unwrap_or_else(|| no_file_matches(entry.package())))
}

/// The same file under an older name, whole, in the folder for finished files.
fn on_disk(meant: &MeantDataset, entry: &Entry, folder: &Path) -> Option<PathBuf> {
    for found in std::fs::read_dir(folder).ok()?.take(MOST_LOOKED_AT).flatten() {
        if !meant.is_older_name(entry, &found.file_name().to_string_lossy()) {
            continue;
        }
        let length = found.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
        if may_be_as_listed(entry, length) {
            return Some(found.path());
        }
    }
    None
}
