//! Announces files to a broker.
//!
//! In: an [`AnnounceRequest`]. Out: [`Answer::Announcing`] again and again, then [`Answer::AnnounceDone`]. What stands in a message is
//! [`crate::mesh::post`]'s decision, how it gets to the broker that of [`Sending`], which files there are `finding`'s. Start reading at [`announce`].

mod finding;

use crate::app::mesh::announcing::length_told;
use crate::app::mesh::announcing::{
    AnnounceNews, AnnounceRequest, AnnounceSummary, Checking, FileWithPost, NotAnnounced,
};
use crate::app::messages::user_message::UserMessage;
use crate::app::query::Answer;
use crate::domain::outside_text::show;
use crate::engine::context::EngineContext;
use crate::engine::services::mesh::broker::sending::{Sending, SendingEnd};
use crate::engine::services::mesh::broker::telling::Teller;
use crate::engine::services::mesh::listening::with_kept_password;
use crate::engine::transfer::http::client::{HttpMethod, Question};
use crate::mesh::post::{FileFacts, PostMoment, posts_of};
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use finding::{Finder, FoundFile};
use std::sync::mpsc::Sender;
use tokio::sync::mpsc;
use url::Url;

/// Files that were read and wait to be sent: few, so that each is announced soon after it was read.
const QUEUE: usize = 16;

/// Announces, and tells what became of each file.
pub(in crate::engine) async fn announce(
    request: AnnounceRequest,
    context: &EngineContext,
    answers: &Sender<Answer>,
) {
    let clock = context.shared.clock;
    let began = clock.now();
    let teller = Teller::new(answers);
    let (to, found) = mpsc::channel(QUEUE);
    let finder = Finder::new(to, context.stopping.clone(), (clock, request.span));
    let paths = request.paths.clone();
    let finding = tokio::task::spawn_blocking(move || finder.run(&paths));
    let (files_to, mut files) = mpsc::channel(1);
    let writing = Writing { request: &request, context, teller: &teller };
    let end = match &request.broker {
        None => {
            let showing = async {
                while let Some(file) = files.recv().await {
                    teller.shown(file).await;
                }
            };
            tokio::join!(writing.run(found, files_to), showing);
            SendingEnd::Done
        }
        Some(broker) => {
            let broker = with_kept_password(broker).await;
            let sending = Sending::new(broker, request.patience, context);
            let writing = writing.run(found, files_to);
            let sending = async {
                let end = sending.run(&mut files, &teller).await;
                files.close();
                while let Some(file) = files.recv().await {
                    teller.refuse(file.file, NotAnnounced::Unanswered).await;
                }
                end
            };
            tokio::join!(writing, sending).1
        }
    };
    if let Err(error) = finding.await {
        // Which files it had not come to is unknown.
        let paths: Vec<String> = request.paths.iter().map(|path| show(&path.display().to_string())).collect();
        let broken = UserMessage::Internal { detail: show(&error.to_string()) };
        teller.refuse(paths.join(", "), NotAnnounced::Unreadable(Box::new(broken))).await;
    }
    let was_stopped = *context.stopping.borrow();
    let gave_up = if let SendingEnd::GaveUp(trouble) = end { Some(trouble) } else { None };
    let summary =
        AnnounceSummary { gave_up, was_stopped, took: clock.now().since(began), ..teller.summary() };
    let _ = answers.send(Answer::AnnounceDone(summary));
}

/// Turns what was found into messages, as late as may be: a message says when it is sent.
struct Writing<'a> {
    request: &'a AnnounceRequest,
    context: &'a EngineContext,
    teller: &'a Teller,
}

impl Writing<'_> {
    async fn run(&self, mut found: mpsc::Receiver<FoundFile>, files: mpsc::Sender<FileWithPost>) {
        self.write(&mut found, files).await;
        found.close();
        // What was found and will not be sent any more.
        while let Some(left) = found.recv().await {
            match left {
                FoundFile::Refused(file, why) => self.teller.refuse(file, why).await,
                FoundFile::File(_, file) => self.teller.refuse(file, NotAnnounced::Unanswered).await,
            }
        }
    }

    async fn write(&self, found: &mut mpsc::Receiver<FoundFile>, files: mpsc::Sender<FileWithPost>) {
        let mut is_checked = self.request.checking == Checking::None;
        loop {
            // A file is taken when there is room for it, so that its message is not made long before it is sent.
            let Ok(room) = files.reserve().await else { return };
            drop(room);
            let next = tokio::select! {
                next = found.recv() => next,
                // The broker was given up.
                () = files.closed() => None,
            };
            let Some(next) = next else { return };
            let (facts, news, file) = match next {
                FoundFile::Refused(file, why) => {
                    self.teller.refuse(file, why).await;
                    continue;
                }
                FoundFile::File(read, file) => (read.0, read.1, file),
            };
            if !is_checked && !self.is_served(&facts, &file).await {
                return;
            }
            is_checked = true;
            let published = self.context.shared.clock.utc_millis();
            let moment = PostMoment { published, random: fastrand::u128(..) };
            match posts_of(&facts, &self.request.terms, news, moment) {
                Ok(posts) => {
                    for post in posts {
                        let file = FileWithPost { file: file.clone(), news, post, row: None };
                        if let Err(unsent) = files.send(file).await {
                            self.teller.refuse(unsent.0.file, NotAnnounced::Unanswered).await;
                            return;
                        }
                    }
                }
                Err(error) => self.teller.refuse(file, NotAnnounced::Form(error)).await,
            }
        }
    }

    /// Whether the address of a file gives it with its length; told either way.
    async fn is_served(&self, facts: &FileFacts, file: &str) -> bool {
        let address = self.request.terms.base.address_of(&facts.path);
        let why = match self.length_at(&address).await {
            Ok(Some(length)) if length != facts.length => NotAnnounced::OtherLength(address, length),
            Ok(length) => {
                self.teller.tell(AnnounceNews::Checked(address, length)).await;
                return true;
            }
            Err(reason) => NotAnnounced::NotServed(address, reason),
        };
        self.teller.refuse(file.to_owned(), why).await;
        false
    }

    /// The length that a server tells. `None` when it tells none.
    async fn length_at(&self, address: &str) -> Result<Option<u64>, Reason> {
        let url = Url::parse(address).map_err(|_| Reason::NoAnswer)?;
        let whole = Question::whole(url, Reach::Anywhere);
        let client = &self.context.shared.client;
        let mut answer = client.ask(&Question { method: HttpMethod::Head, ..whole.clone() }).await?;
        if matches!(answer.head.status, 405 | 501) {
            answer = client.ask(&whole).await?;
        }
        length_told(&answer.head)
    }
}
