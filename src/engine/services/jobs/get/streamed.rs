//! Gets a file of which the server does not tell the length: it is received, and then proven or cut.

use super::super::cut::inside::{INSIDE, choose_inside, cut_all, cuts_inside, end_of, open_inside};
use super::super::fetch::stream::{STREAM, receive};
use super::super::hand_over::{ProvenFile, tell_in_place};
use super::super::messages::JobEnd;
use super::super::plan::Planned;
use super::super::run::JobRun;
use super::super::scene::JobScene;
use crate::app::catalog::route::Route;
use crate::app::jobs::piece_plan::plan_of_unknown;
use crate::app::jobs::remote::StreamedTarget;
use crate::app::messages::file_message::FileMessage;
use crate::app::messages::user_message::UserMessage;
use crate::domain::compression::{Compression, decompressed_name};
use crate::domain::data_kind::Promised;
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::{show, show_url};
use crate::domain::safe_path::SafePath;
use crate::engine::store::directory::OpenHow;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{Partials, publish_product};
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::content::form_of;
use crate::engine::transfer::field_index::walk_file;
use crate::grib::index::GribIndex;
use crate::grib::structure::{Structure, StructureCheck};
use crate::transfer::decompress::{beginning_inside, structure_inside};
use crate::transfer::verification::{Proof, ReceivedFile, SHOWN_OCTETS, accept_received, prove_by_digest};
use std::fs::File;
use std::io::Seek;
use std::sync::Arc;

/// So much is read at a time.
const STRETCH: usize = 1 << 20;

/// Gets it whole, or what is wanted of it.
///
/// # Errors
/// When the server breaks off, or what came is not what was asked for.
pub(super) async fn get_streamed(
    scene: &JobScene,
    run: &mut JobRun,
    streamed: StreamedTarget,
) -> Result<(), JobEnd> {
    scene.tell_name(&streamed.name);
    scene.note(UserMessage::File(FileMessage::LengthNotTold { url: show_url(&streamed.url) }));
    let is_whole = scene.request().wants_whole_files();
    let summary = plan_of_unknown(if is_whole { Route::WholeFiles } else { Route::NoIndex });
    let Some(streamed) = (Planned { summary, order: streamed }).told(scene, run) else { return Ok(()) };
    let digest = Digest::of(DigestAlgorithm::Sha256, streamed.url.as_str().as_bytes());
    let key = format!("s{}", &digest.hex()[..39]);
    let partials = Arc::new(run.open.folder.partials(&key)?);
    let length = receive(scene, run, &streamed, &partials).await?;
    let done = if is_whole {
        place_stream(scene, run, (&streamed, length), &partials).await
    } else {
        cut_stream(scene, run, &streamed, &partials).await
    };
    partials.directory().remove_file(STREAM)?;
    drop(partials);
    run.open.folder.tidy(&key);
    done
}

/// Proves the whole file and moves it into place.
async fn place_stream(
    scene: &JobScene,
    run: &JobRun,
    (streamed, length): (&StreamedTarget, ByteCount),
    partials: &Arc<Partials>,
) -> Result<(), JobEnd> {
    let path = scene.wish.path_of_whole(&streamed.name);
    let announced = scene.wish.announced_digest();
    let name = streamed.name.clone();
    let promised = Promised::by_url(&streamed.url).max(Promised::by_name(&name));
    let (partials, folder) = (partials.clone(), run.open.folder.clone());
    let placing = tokio::task::spawn_blocking(move || {
        let file = partials.directory().open_file(STREAM, OpenHow::Read)?;
        let proof = match announced {
            Some((digest, voucher)) => {
                let mut digester = Digester::new(digest.algorithm());
                read_through(&file, |octets| digester.update(octets))?;
                prove_by_digest(digest, digester.finish(), length, voucher)?
            }
            None => prove_by_form(&file, &name, promised, length)?,
        };
        drop(file);
        let published = publish_product(folder.root(), &partials, STREAM, &path, &proof)?;
        Ok::<_, JobEnd>(ProvenFile { published, verdict: proof.verdict().clone() })
    });
    let placed = placing.await.map_err(JobEnd::internal)??;
    tracing::info!(voucher = ?Voucher::of_server(&streamed.url), "a file without a told length is in its place");
    tell_in_place(scene, placed, &run.open.folder).await;
    Ok(())
}

/// Cuts what is wanted out of what came.
async fn cut_stream(
    scene: &JobScene,
    run: &mut JobRun,
    streamed: &StreamedTarget,
    partials: &Arc<Partials>,
) -> Result<(), JobEnd> {
    let (own, name) = (partials.clone(), show(&streamed.name));
    let opening = tokio::task::spawn_blocking(move || open_stream(&own, &name));
    let (inside, index) = opening.await.map_err(JobEnd::internal)??;
    let slices = choose_inside(scene, run, &index, &show(&streamed.name))?;
    let cuts = cuts_inside(scene, &SafePath::from_name(&streamed.name), &slices);
    let (own, folder) = (partials.clone(), run.open.folder.clone());
    let cutting = tokio::task::spawn_blocking(move || {
        let done = cut_all(&inside, &cuts, (&folder, &own));
        own.directory().remove_file(INSIDE)?;
        done
    });
    let done = cutting.await.map_err(JobEnd::internal)??;
    run.answers.note_found(&slices);
    for placed in done {
        tell_in_place(scene, placed, &run.open.folder).await;
    }
    Ok(())
}

/// What came, or what is inside of it, with its fields.
fn open_stream(partials: &Partials, name: &str) -> Result<(File, GribIndex), JobEnd> {
    let file = partials.directory().open_file(STREAM, OpenHow::Read)?;
    if let Some(compression) = compression_of(&file)? {
        return open_inside(compression, &file, partials).map_err(|error| end_of(error, name));
    }
    let index = walk_file(&file).map_err(|error| StoreError::from_io("read the file", error))?;
    Ok((file, index))
}

fn compression_of(file: &File) -> Result<Option<Compression>, StoreError> {
    let mut first = [0; 16];
    let count =
        read_up_to(file, &mut first, 0).map_err(|error| StoreError::from_io("read the file", error))?;
    Ok(Compression::from_magic(&first[..count]))
}

fn prove_by_form(file: &File, name: &str, promised: Promised, length: ByteCount) -> Result<Proof, JobEnd> {
    let mut beginning = vec![0; SHOWN_OCTETS];
    let count = read_up_to(file, &mut beginning, 0);
    beginning.truncate(count.map_err(|error| StoreError::from_io("read the file", error))?);
    let structure = match compression_of(file)? {
        Some(compression) => {
            if Promised::by_name(decompressed_name(name)) != Promised::Anything {
                beginning = beginning_inside(compression, rewound(file)?, SHOWN_OCTETS);
            }
            structure_inside(compression, rewound(file)?)
                .map_err(|error| StoreError::from_io("read the file", error))?
        }
        None => structure_of(file)?,
    };
    let received = ReceivedFile { name, promised, beginning: &beginning, length };
    Ok(accept_received(form_of(structure), received)?)
}

fn rewound(file: &File) -> Result<&File, StoreError> {
    let mut from = file;
    from.rewind().map_err(|error| StoreError::from_io("read the file", error))?;
    Ok(file)
}

/// The form of a file that is not compressed.
pub(super) fn structure_of(file: &File) -> Result<Structure, StoreError> {
    let mut check = StructureCheck::new();
    read_through(file, |octets| check.update(octets))?;
    Ok(check.finish())
}

fn read_through(file: &File, mut take: impl FnMut(&[u8])) -> Result<(), StoreError> {
    let failed = |error| StoreError::from_io("read the file", error);
    let mut buffer = vec![0; STRETCH];
    let mut at = 0;
    loop {
        let count = read_up_to(file, &mut buffer, at).map_err(failed)?;
        if count == 0 {
            return Ok(());
        }
        take(&buffer[..count]);
        at += count as u64;
    }
}
