//! Gets a file of which the server does not tell the length: chunks, or the end of the connection, end it.
//!
//! In: a URL. Out: the file in its place, or slices of it. It cannot be resumed: what broke off is begun anew, as often
//! as requests are. Start reading at [`Job::get_streamed`].

use super::decompressed::{INSIDE, cut_all, end_of, open_inside};
use super::messages::JobEnd;
use super::target::StreamedTarget;
use super::{Event, Job};
use crate::app::file_message::FileMessage;
use crate::app::state::{PlanSummary, Route, Transfer};
use crate::app::user_message::UserMessage;
use crate::domain::compression::{Compression, decompressed_name};
use crate::domain::data_kind::Promised;
use crate::domain::integrity::Voucher;
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester};
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::outside_text::{show, show_url};
use crate::domain::safe_path::SafePath;
use crate::domain::source::SourceKind;
use crate::engine::store::directory::OpenHow;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{Partials, publish_product};
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::content::form_of;
use crate::engine::transfer::field_index::walk_file;
use crate::engine::transfer::http::client::{HasHead, Question, host_of};
use crate::grib::structure::{Structure, StructureCheck};
use crate::transfer::decompress::{beginning_inside, structure_inside};
use crate::transfer::http_answer::{AnswerHead, RangeRequest, judge};
use crate::transfer::reason::Reason;
use crate::transfer::verification::{Proof, SHOWN_OCTETS, accept_received, prove_by_digest};
use parking_lot::Mutex;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The name of what is received, among partial files.
const STREAM: &str = "stream";

/// More than this comes in no stream.
const LARGEST: ByteCount = ByteCount(64 << 30);

/// So much is written at a time.
const STRETCH: usize = 1 << 20;

/// How often it is told how much came.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// A stream that ended as it should.
struct Received {
    head: AnswerHead,
    length: ByteCount,
}

impl HasHead for Received {
    fn head(&self) -> &AnswerHead {
        &self.head
    }
}

impl Job {
    pub(super) async fn get_streamed(
        &mut self,
        streamed: StreamedTarget,
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        self.tell(Event::Named(self.id, show(&streamed.name)));
        self.note(UserMessage::File(FileMessage::LengthNotTold { url: show_url(&streamed.url) }));
        let is_whole = self.request.wants_whole_files();
        let plan = PlanSummary {
            wanted_before: ByteCount::ZERO,
            wanted: ByteCount::ZERO,
            to_transfer: ByteCount::ZERO,
            road: if is_whole { Route::WholeFiles } else { Route::NoIndex },
            fields: None,
            lacking: Vec::new(),
            index_octets: ByteCount::ZERO,
            roads: Vec::new(),
        };
        if !self.goes_on_with(plan) {
            return Ok(());
        }
        let digest = Digest::of(DigestAlgorithm::Sha256, streamed.url.as_str().as_bytes());
        let key = format!("s{}", &digest.hex()[..39]);
        let partials = Arc::new(open.folder.partials(&key)?);
        let received = self.receive(&streamed, &partials).await?;
        let done = if is_whole {
            self.place_stream((&streamed, received), &partials, open).await
        } else {
            self.cut_stream(&streamed, &partials, open).await
        };
        partials.directory().remove_file(STREAM)?;
        drop(partials);
        open.folder.tidy(&key);
        done
    }

    /// Reads the whole body into a partial file.
    async fn receive(&mut self, streamed: &StreamedTarget, partials: &Partials) -> Result<ByteCount, JobEnd> {
        let file = partials.directory().open_file(STREAM, OpenHow::Update)?;
        let question = Question::whole(streamed.url.clone(), streamed.reach);
        let refused = Mutex::new(None);
        let file = Arc::new(file);
        let client = self.context.shared.client.clone();
        let attempt = |head| self.receive_once((&question, head), &file, &refused);
        let received = client.persist(&question, attempt).await;
        if let Some(error) = refused.into_inner() {
            return Err(error.into());
        }
        let received = received.and_then(|received| received.head.trouble().map_or(Ok(received), Err));
        let received = received.map_err(|reason| JobEnd::unreachable(&streamed.url, reason))?;
        let transfer = received_so_far(received.length, ByteCount::ZERO);
        self.count_moved(&transfer);
        Ok(received.length)
    }

    async fn receive_once(
        &self,
        (question, head): (&Question, Duration),
        file: &Arc<File>,
        refused: &Mutex<Option<StoreError>>,
    ) -> Result<Received, Reason> {
        let shared = &self.context.shared;
        let _connection = shared.gate.enter(&host_of(&question.url)).await;
        let mut answer = shared.client.ask_within(question, head).await?;
        if answer.head.trouble().is_some() {
            return Ok(Received { head: answer.head, length: ByteCount::ZERO });
        }
        let range = ByteRange::new(0, 1).expect("0..1 is not empty");
        judge(RangeRequest { range, length: None }, &answer.head)?;
        let most = self.announced.as_ref().map_or(LARGEST, |announced| announced.most);
        let (mut length, mut told) = (ByteCount::ZERO, Instant::now());
        let mut buffer = Vec::with_capacity(STRETCH);
        let mut is_first = true;
        loop {
            let stretch = answer.next().await?;
            if let Some(stretch) = &stretch {
                shared.limit.pass(stretch.len() as u64).await;
                buffer.extend_from_slice(stretch);
                length += ByteCount(stretch.len() as u64);
            }
            if length > most {
                return Err(Reason::WrongLength { expected: most, told: length });
            }
            if stretch.is_none() || buffer.len() >= STRETCH {
                let (octets, file, begins) = (std::mem::take(&mut buffer), file.clone(), is_first);
                is_first = false;
                let writing = tokio::task::spawn_blocking(move || {
                    if begins {
                        begin_anew(&file)?;
                    }
                    (&*file).write_all(&octets)
                });
                if let Err(error) = writing.await.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
                    *refused.lock() = Some(StoreError::from_io("write the file", error));
                    return Err(Reason::Other("disk".to_owned()));
                }
            }
            if stretch.is_none() {
                return Ok(Received { head: answer.head, length });
            }
            if told.elapsed() >= TELL_EVERY {
                told = Instant::now();
                self.tell_moved(&received_so_far(length, ByteCount(1)));
            }
        }
    }

    /// Proves the whole file and moves it into place.
    async fn place_stream(
        &mut self,
        (streamed, length): (&StreamedTarget, ByteCount),
        partials: &Arc<Partials>,
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        let path = match (&self.announced, &self.below) {
            (Some(announced), _) => announced.path.clone(),
            (None, Some(folders)) => SafePath::from_name(&streamed.name).below(folders),
            (None, None) => SafePath::from_name(&streamed.name),
        };
        let announced = self
            .announced
            .as_ref()
            .and_then(|announced| announced.digest.clone().map(|digest| (digest, announced.voucher.clone())));
        let name = streamed.name.clone();
        let promised = Promised::by_url(&streamed.url).max(Promised::by_name(&name));
        let (partials, folder) = (partials.clone(), open.folder.clone());
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
            Ok::<_, JobEnd>((published, proof.verdict().clone()))
        });
        let (published, verdict) = placing.await.map_err(JobEnd::internal)??;
        tracing::info!(voucher = ?Voucher::of_server(&streamed.url), "a file without a told length is in its place");
        self.tell_in_place(&published, verdict, &open.folder).await;
        Ok(())
    }

    /// Cuts what is wanted out of what came.
    async fn cut_stream(
        &mut self,
        streamed: &StreamedTarget,
        partials: &Arc<Partials>,
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        let (own, name) = (partials.clone(), show(&streamed.name));
        let opening = tokio::task::spawn_blocking(move || {
            let file = own.directory().open_file(STREAM, OpenHow::Read)?;
            match compression_of(&file)? {
                Some(compression) => {
                    open_inside(compression, &file, &own).map_err(|error| end_of(error, &name))
                }
                None => {
                    let index =
                        walk_file(&file).map_err(|error| StoreError::from_io("read the file", error))?;
                    Ok((file, index))
                }
            }
        });
        let (inside, index) = opening.await.map_err(JobEnd::internal)??;
        let slices = self.slices_inside(&index, &show(&streamed.name))?;
        let cuts = self.cuts_of(&SafePath::from_name(&streamed.name), &slices);
        let (own, folder) = (partials.clone(), open.folder.clone());
        let cutting = tokio::task::spawn_blocking(move || {
            let done = cut_all(&inside, &cuts, (&folder, &own));
            own.directory().remove_file(INSIDE)?;
            done
        });
        let done = cutting.await.map_err(JobEnd::internal)??;
        self.note_found(&slices);
        for (published, verdict) in done {
            self.tell_in_place(&published, verdict, &open.folder).await;
        }
        Ok(())
    }
}

/// So much of a file came, and at least so much is missing.
fn received_so_far(received: ByteCount, missing: ByteCount) -> Transfer {
    let mut transfer = Transfer { wanted: received + missing, missing, received, ..Transfer::default() };
    transfer.by_source.add(SourceKind::Mirror, received);
    transfer
}

/// Empties the file for another attempt.
fn begin_anew(mut file: &File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0)).map(|_| ())
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
    let received =
        crate::transfer::verification::ReceivedFile { name, promised, beginning: &beginning, length };
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
