//! Receives a file of which the server does not tell the length: chunks, or the end of the connection, end it.
//!
//! In: a URL. Out: the whole body among partial files. It cannot be resumed: what broke off is begun anew, as often as
//! requests are.

use super::super::messages::JobEnd;
use super::super::run::JobRun;
use super::super::scene::JobScene;
use super::contents::JobContents;
use crate::app::jobs::content_sums::received_so_far;
use crate::app::jobs::remote::StreamedTarget;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::engine::store::directory::OpenHow;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::Partials;
use crate::engine::transfer::http::client::{HasHead, Question, host_of};
use crate::transfer::http_answer::{AnswerHead, RangeRequest, judge};
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The name of what is received, among partial files.
pub(in crate::engine) const STREAM: &str = "stream";

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

/// Reads the whole body into the partial file [`STREAM`]; says how long it is.
///
/// # Errors
/// When the server breaks off as often as it is asked, or the disk refuses.
pub(in crate::engine) async fn receive(
    scene: &JobScene,
    run: &mut JobRun,
    streamed: &StreamedTarget,
    partials: &Partials,
) -> Result<ByteCount, JobEnd> {
    let file = Arc::new(partials.directory().open_file(STREAM, OpenHow::Update)?);
    let question = Question::whole(streamed.url.clone(), streamed.reach);
    let client = scene.context.shared.client.clone();
    let attempts = Attempts { scene, contents: &run.contents, file, refused: Mutex::new(None) };
    let received = client.persist(&question, |head| attempts.once(&question, head)).await;
    if let Some(error) = attempts.refused.into_inner() {
        return Err(error.into());
    }
    let received = received.and_then(|received| received.head.trouble().map_or(Ok(received), Err));
    let received = received.map_err(|reason| JobEnd::unreachable(&streamed.url, reason))?;
    run.contents.count_moved(scene, &received_so_far(received.length, ByteCount::ZERO));
    Ok(received.length)
}

/// The attempts to read one body.
struct Attempts<'a> {
    scene: &'a JobScene,
    contents: &'a JobContents,
    file: Arc<File>,
    /// Why the disk refused.
    refused: Mutex<Option<StoreError>>,
}

impl Attempts<'_> {
    async fn once(&self, question: &Question, head: Duration) -> Result<Received, Reason> {
        let shared = &self.scene.context.shared;
        let _connection = shared.gate.enter(&host_of(&question.url)).await;
        let mut answer = shared.client.ask_within(question, head).await?;
        if answer.head.trouble().is_some() {
            return Ok(Received { head: answer.head, length: ByteCount::ZERO });
        }
        let range = ByteRange::new(0, 1).expect("0..1 is not empty");
        judge(RangeRequest { range, length: None }, &answer.head)?;
        let most = self.scene.wish.announced.as_ref().map_or(LARGEST, |announced| announced.most);
        let (mut length, mut told) = (ByteCount::ZERO, Instant::now());
        let mut buffer = Vec::with_capacity(STRETCH);
        self.on_disk(begin_anew).await?;
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
                let octets = std::mem::take(&mut buffer);
                self.on_disk(move |mut file| file.write_all(&octets)).await?;
            }
            if stretch.is_none() {
                return Ok(Received { head: answer.head, length });
            }
            if told.elapsed() >= TELL_EVERY {
                told = Instant::now();
                self.contents.tell_moved(self.scene, &received_so_far(length, ByteCount(1)));
            }
        }
    }
    async fn on_disk(
        &self,
        act: impl FnOnce(&File) -> std::io::Result<()> + Send + 'static,
    ) -> Result<(), Reason> {
        let file = self.file.clone();
        let acting = tokio::task::spawn_blocking(move || act(&file));
        acting.await.unwrap_or_else(|error| Err(std::io::Error::other(error))).map_err(|error| {
            *self.refused.lock() = Some(StoreError::from_io("write the file", error));
            Reason::Other("disk".to_owned())
        })
    }
}

/// Empties the file for another attempt.
fn begin_anew(mut file: &File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0)).map(|_| ())
}
