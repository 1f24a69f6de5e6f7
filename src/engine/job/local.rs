//! Some fields of a file that lies on this machine: no source but the disk.

use super::cutting::{Cut, Ground, products};
use super::field_index;
use super::folders::OpenFolder;
use super::messages::JobEnd;
use super::planning::plan_of;
use super::{Event, Job};
use crate::app::state::{End, Road, Transfer};
use crate::app::user_message::UserMessage;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::domain::source::SourceKind;
use crate::engine::store::error::StoreError;
use crate::engine::store::positioned::read_up_to;
use crate::grib::index::GribIndex;
use crate::grib::slicing::{self, Slices};
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
        let reading = tokio::task::spawn_blocking(move || {
            let file = File::open(&path)?;
            Ok::<(File, GribIndex), std::io::Error>((file.try_clone()?, field_index::walk_file(&file)?))
        });
        let failed = |error| StoreError::from_io("read the file", error);
        let (file, index) = reading.await.map_err(JobEnd::internal)?.map_err(failed)?;
        self.note_given_up(&index);
        if index.fields.is_empty() {
            return Err(JobEnd::new(End::Unsound, UserMessage::NoFields { name: show(&name) }));
        }
        self.note_available(slicing::available_in(&index));
        let slices =
            slicing::plan(&index, &self.request.selection).map_err(|nothing| self.nothing_chosen(nothing))?;
        self.note_planned(&slices);
        if !self.goes_on_with(plan_of(&slices, &[(Road::OnDisk, ByteCount::ZERO)], 0)) {
            return Ok(());
        }
        let products = products(&name, &self.request, &slices);
        let (folder, wanted) = (Arc::clone(&open.folder), slices.wanted());
        let below = self.below.clone();
        let cutting = tokio::task::spawn_blocking(move || {
            let partials = folder.partials(WORKSHOP)?;
            let cut = |(name, slices): &(String, Slices)| {
                let path = SafePath::from_name(name);
                let path = match &below {
                    Some(folders) => path.below(folders),
                    None => path,
                };
                let ground = Ground::Form;
                let cut = Cut { slices, ground, path, root: folder.root(), partials: &partials };
                cut.carry_out(&|range: ByteRange, buffer: &mut [u8]| {
                    let count = read_up_to(&file, buffer, range.start()).map_err(failed)?;
                    if count == buffer.len() {
                        Ok(())
                    } else {
                        Err(failed(std::io::ErrorKind::UnexpectedEof.into()))
                    }
                })
            };
            let done: Result<Vec<_>, JobEnd> = products.iter().map(cut).collect();
            folder.tidy(WORKSHOP);
            done
        });
        let done = cutting.await.map_err(JobEnd::internal)??;
        let mut transfer = Transfer { wanted, ..Transfer::default() };
        transfer.by_source.add(SourceKind::Disk, wanted);
        self.tell(Event::Moved(self.id, Box::new(transfer)));
        self.note_found(&slices);
        for (published, verdict) in done {
            self.tell_in_place(&published, verdict, &open.folder).await;
        }
        Ok(())
    }
}
