//! Tells what became of files, and counts it. Who tells waits while a front end is slow.

use crate::app::mesh::announcing::{AnnounceNews, AnnounceSummary, FileWithPost, NotAnnounced, PassedOver};
use crate::app::mesh::listening::NewsPermit;
use crate::app::query::Answer;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;

/// Most news that were not told yet.
const MOST_UNTOLD: usize = 256;

/// Tells a front end.
#[derive(Clone)]
pub(in crate::engine) struct Teller {
    answers: Sender<Answer>,
    turns: Arc<Semaphore>,
    summary: Arc<Mutex<AnnounceSummary>>,
    /// Gets the rows that the broker answered for. `None` where nothing is kept until then.
    answered: Option<UnboundedSender<i64>>,
}

impl Teller {
    pub(in crate::engine) fn new(answers: &Sender<Answer>) -> Self {
        let turns = Arc::new(Semaphore::new(MOST_UNTOLD));
        Self { answers: answers.clone(), turns, summary: Arc::default(), answered: None }
    }

    /// The same where messages are kept until the broker answers: one without an answer is told of another time.
    pub(in crate::engine) fn keeping(answers: &Sender<Answer>, answered: UnboundedSender<i64>) -> Self {
        Self { answered: Some(answered), ..Self::new(answers) }
    }

    pub(in crate::engine) fn summary(&self) -> AnnounceSummary {
        self.summary.lock().clone()
    }

    pub(in crate::engine) async fn tell(&self, news: AnnounceNews) {
        // A front end that went away needs no news.
        let _ = self.answers.send(Answer::Announcing(news));
    }

    /// A message was acknowledged.
    pub(in crate::engine) async fn announced(&self, file: FileWithPost) {
        self.note_answer(&file);
        self.summary.lock().announced += 1;
        let permit = self.permit().await;
        self.tell(AnnounceNews::Announced(file, permit)).await;
    }

    /// A message was shown.
    pub(in crate::engine) async fn shown(&self, file: FileWithPost) {
        self.summary.lock().announced += 1;
        let permit = self.permit().await;
        self.tell(AnnounceNews::Shown(file, permit)).await;
    }

    /// The broker refuses a message.
    pub(in crate::engine) async fn refused(&self, file: FileWithPost, why: String) {
        self.note_answer(&file);
        self.refuse(file.file, NotAnnounced::Refused(why)).await;
    }

    fn note_answer(&self, file: &FileWithPost) {
        if let Some((answered, row)) = self.answered.as_ref().zip(file.row) {
            // Whoever keeps it is gone only at the end, and then it is sent once more.
            let _ = answered.send(row);
        }
    }

    /// A file is not announced.
    pub(in crate::engine) async fn refuse(&self, file: String, why: NotAnnounced) {
        if self.answered.is_some() && why == NotAnnounced::Unanswered {
            return;
        }
        self.summary.lock().note(&why);
        let permit = self.permit().await;
        self.tell(AnnounceNews::NotAnnounced(file, why, permit)).await;
    }

    /// A file need not be announced.
    pub(in crate::engine) async fn pass_over(&self, file: String, why: PassedOver) {
        self.summary.lock().passed_over += 1;
        let permit = self.permit().await;
        self.tell(AnnounceNews::PassedOver(file, why, permit)).await;
    }

    async fn permit(&self) -> NewsPermit {
        NewsPermit::holding(self.turns.clone().acquire_owned().await)
    }
}
