//! Some fields of a file that lies on this machine: no source but the disk.

use super::decompressed::{INSIDE, cut_all, end_of, open_inside};
use super::field_index;
use super::folders::OpenFolder;
use super::messages::JobEnd;
use super::planning::plan_of;
use super::{Event, Job};
use crate::app::state::{Road, Transfer};
use crate::domain::compression::Compression;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::domain::source::SourceKind;
use crate::engine::store::error::StoreError;
use crate::engine::store::positioned::read_up_to;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

/// Where slices of local files are put together.
const WORKSHOP: &str = "local";

impl Job {
    pub(super) async fn cut_local(&mut self, path: PathBuf, open: &OpenFolder) -> Result<(), JobEnd> {
        let name =
            path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
        self.tell(Event::Named(self.id, show(&name)));
        let (folder, shown) = (Arc::clone(&open.folder), show(&name));
        let reading = tokio::task::spawn_blocking(move || {
            let failed = |error| StoreError::from_io("read the file", error);
            let file = File::open(&path).map_err(failed)?;
            let mut first = [0; 16];
            let count = read_up_to(&file, &mut first, 0).map_err(failed)?;
            match Compression::from_magic(&first[..count]) {
                Some(compression) => open_inside(compression, file, &folder.partials(WORKSHOP)?)
                    .map_err(|error| end_of(error, &shown)),
                None => {
                    let index = field_index::walk_file(&file).map_err(failed)?;
                    Ok((file, index))
                }
            }
        });
        let (file, index) = reading.await.map_err(JobEnd::internal)??;
        self.note_given_up(&index);
        let slices = self.slices_inside(&index, &show(&name))?;
        if !self.goes_on_with(plan_of(&slices, &[(Road::OnDisk, ByteCount::ZERO)], 0)) {
            return Ok(());
        }
        let wanted = slices.wanted();
        let cuts = self.cuts_of(&SafePath::from_name(&name), &slices);
        let folder = Arc::clone(&open.folder);
        let cutting = tokio::task::spawn_blocking(move || {
            let partials = folder.partials(WORKSHOP)?;
            let done = cut_all(&file, &cuts, (&folder, &partials));
            partials.directory().remove_file(INSIDE)?;
            folder.tidy(WORKSHOP);
            done
        });
        let done = cutting.await.map_err(JobEnd::internal)??;
        let mut transfer = Transfer { wanted, ..Transfer::default() };
        transfer.by_source.add(SourceKind::Disk, wanted);
        self.count_moved(&transfer);
        self.note_found(&slices);
        for (published, verdict) in done {
            self.tell_in_place(&published, verdict, &open.folder).await;
        }
        Ok(())
    }
}
