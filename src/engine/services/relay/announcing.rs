//! Tells a broker of files: sends what is to be told, over lost connections too, and hears what it answers.
//!
//! In: files and what has become of them. Out: [`RelayFact`]s. What is on its way is kept in memory alone: the stage of a file says on the
//! disk what is still to be told.

use super::giving::RelayGiving;
use super::running::RelayContext;
use crate::app::mesh::announcing::{AnnounceNews, FileWithPost, NotAnnounced};
use crate::app::messages::relay_message::{NotTold, RelayMessage};
use crate::app::messages::user_message::UserMessage;
use crate::app::query::Answer;
use crate::app::relay::RelayKey;
use crate::app::relay::announcing::RelayBroker;
use crate::app::relay::file::RelayFile;
use crate::app::relay::orders::RelayFact;
use crate::domain::outside_text::show;
use crate::engine::services::mesh::broker::sending::{Sending, SendingEnd};
use crate::engine::services::mesh::broker::telling::Teller;
use crate::engine::services::mesh::listening::with_kept_password;
use crate::mesh::post::PostKind;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Messages that wait to be sent.
const QUEUE: usize = 1_024;

/// How long it is waited after a broker refused us.
const AFTER_REFUSAL: Duration = Duration::from_secs(60);

/// What was told and is not answered for.
struct UnansweredFile {
    key: RelayKey,
    kind: PostKind,
    /// Messages without an answer.
    left: usize,
    trouble: Option<UserMessage>,
}

/// Tells one broker.
pub(super) struct RelayAnnouncer {
    parts: Arc<RelayContext>,
    terms: RelayBroker,
    to: mpsc::Sender<FileWithPost>,
    told: Mutex<(u64, HashMap<u64, UnansweredFile>)>,
}

impl RelayAnnouncer {
    /// Begins to send, until the process is told to stop.
    pub(super) fn start(parts: &Arc<RelayContext>, terms: RelayBroker) -> Arc<Self> {
        let (to, files) = mpsc::channel(QUEUE);
        let announcer = Arc::new(Self { parts: parts.clone(), terms, to, told: Mutex::default() });
        let (answers, news) = std::sync::mpsc::channel();
        tokio::spawn(send(announcer.clone(), files, Teller::new(&answers)));
        let hearing = announcer.clone();
        // It ends when nobody sends any more.
        tokio::task::spawn_blocking(move || news.into_iter().for_each(|answer| hearing.note(answer)));
        announcer
    }

    /// Tells of a file.
    pub(super) async fn announce(&self, file: RelayFile, kind: PostKind, giving: &RelayGiving) {
        let name = show(&file.key.name);
        let posts = match self.terms.posts(&file, kind, giving.base()) {
            Ok(posts) => posts,
            Err(error) => {
                let why = NotTold::Form(error.to_string());
                return self.fact((file.key, kind), Err(RelayMessage::NotAccepted { name, why }.into()));
            }
        };
        if posts.is_empty() {
            return self.fact((file.key, kind), Ok(()));
        }
        let number = {
            let (last, told) = &mut *self.told.lock();
            *last += 1;
            told.insert(*last, UnansweredFile { key: file.key, kind, left: posts.len(), trouble: None });
            *last
        };
        for post in posts {
            let file = FileWithPost { file: number.to_string(), news: kind, post, row: None };
            // Who sends ends only with the process.
            let _ = self.to.send(file).await;
        }
    }

    fn note(&self, answer: Answer) {
        let Answer::Announcing(news) = answer else { return };
        match news {
            AnnounceNews::Announced(file, _) => self.answered(&file.file, None),
            AnnounceNews::NotAnnounced(file, why, _) => self.answered(&file, Some(why)),
            AnnounceNews::Waiting(trouble, _) => {
                let broker = self.terms.broker.to_string();
                let message = RelayMessage::BrokerAway { broker, trouble }.into();
                // The service is gone only when the process ends.
                let _ = self.parts.facts.send(RelayFact::BrokerAway(message));
            }
            // A connection that came about is seen by what is answered.
            AnnounceNews::Connected(_)
            | AnnounceNews::Checked(..)
            | AnnounceNews::Shown(..)
            | AnnounceNews::PassedOver(..)
            | AnnounceNews::Remarked(_) => {}
        }
    }

    fn answered(&self, number: &str, why: Option<NotAnnounced>) {
        let done = {
            let (_, told) = &mut *self.told.lock();
            let Some((number, one)) = number.parse().ok().and_then(|at| Some((at, told.get_mut(&at)?)))
            else {
                return;
            };
            one.left -= 1;
            if let Some(why) = why {
                let name = show(&one.key.name);
                one.trouble = Some(RelayMessage::NotAccepted { name, why: not_told(why) }.into());
            }
            if one.left == 0 { told.remove(&number) } else { None }
        };
        if let Some(UnansweredFile { key, kind, trouble, .. }) = done {
            self.fact((key, kind), trouble.map_or(Ok(()), Err));
        }
    }

    fn fact(&self, (key, kind): (RelayKey, PostKind), done: Result<(), UserMessage>) {
        // The service is gone only when the process ends.
        let _ = self.parts.facts.send(RelayFact::Acknowledged(key, kind, done));
    }
}

/// Sends for as long as the process goes on.
async fn send(announcer: Arc<RelayAnnouncer>, mut files: mpsc::Receiver<FileWithPost>, teller: Teller) {
    let context = &announcer.parts.context;
    let mut stopping = context.stopping.clone();
    loop {
        let broker = with_kept_password(&announcer.terms.broker).await;
        match Sending::new(broker, None, context).run(&mut files, &teller).await {
            SendingEnd::Done | SendingEnd::Stopped => return,
            SendingEnd::GaveUp(trouble) => teller.tell(AnnounceNews::Waiting(trouble, AFTER_REFUSAL)).await,
        }
        tokio::select! {
            () = tokio::time::sleep(AFTER_REFUSAL) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// Why the broker does not know of a file. What is announced lies on the disk and was asked for at its address before: of the reasons
/// that a watched folder has, only those of the broker and of the form are left.
fn not_told(why: NotAnnounced) -> NotTold {
    match why {
        NotAnnounced::Refused(words) => NotTold::Refused(words),
        NotAnnounced::Form(error) => NotTold::Form(error.to_string()),
        NotAnnounced::Unanswered
        | NotAnnounced::Path(_)
        | NotAnnounced::Link
        | NotAnnounced::Special
        | NotAnnounced::Missing
        | NotAnnounced::Empty
        | NotAnnounced::Unsteady
        | NotAnnounced::Unreadable(_)
        | NotAnnounced::Large(_)
        | NotAnnounced::NotServed(..)
        | NotAnnounced::OtherLength(..)
        | NotAnnounced::Event(_)
        | NotAnnounced::Rules(_)
        | NotAnnounced::Topic(_)
        | NotAnnounced::Record(_) => NotTold::NoAnswer,
    }
}
