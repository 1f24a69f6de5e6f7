//! Announces files to a broker.
//!
//! In: an [`AnnounceRequest`]. Out: [`Answer::Announcing`] again and again, then [`Answer::AnnounceDone`]. What stands in a message is
//! [`crate::mesh::post`]'s decision, how it gets to the broker that of [`Sending`], which files there are `finding`'s and, where events
//! name them, `events`'. Start reading at [`announce`].

mod events;
mod finding;
mod measuring;

use crate::app::mesh::announcing::length_told;
use crate::app::mesh::announcing::{
    AnnounceInput, AnnounceNews, AnnounceRequest, AnnounceSummary, Checking, FileWithPost, NotAnnounced,
    TopicCheck,
};
use crate::app::messages::user_message::UserMessage;
use crate::app::query::Answer;
use crate::domain::outside_text::show;
use crate::engine::context::EngineContext;
use crate::engine::services::mesh::broker::sending::{Sending, SendingEnd};
use crate::engine::services::mesh::broker::telling::Teller;
use crate::engine::services::mesh::listening::with_kept_password;
use crate::engine::transfer::http::client::{HttpMethod, Question};
use crate::mesh::post::{Announceable, PostMoment};
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use finding::Finder;
use measuring::{FoundFile, Goes, Measuring};
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
    let measuring = Measuring { found: to, stopping: context.stopping.clone(), clock };
    let (input, topics) = (request.input.clone(), request.topics);
    let finding = tokio::task::spawn_blocking(move || find(input, topics, measuring));
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
        let broken = UserMessage::Internal { detail: show(&error.to_string()) };
        teller.refuse("…".to_owned(), NotAnnounced::Unreadable(Box::new(broken))).await;
    }
    let was_stopped = *context.stopping.borrow();
    let gave_up = if let SendingEnd::GaveUp(trouble) = end { Some(trouble) } else { None };
    let summary =
        AnnounceSummary { gave_up, was_stopped, took: clock.now().since(began), ..teller.summary() };
    let _ = answers.send(Answer::AnnounceDone(summary));
}

/// Finds what is announced. Runs on a thread that may wait.
fn find(input: AnnounceInput, topics: TopicCheck, measuring: Measuring) {
    let goes = match input.remarks(topics) {
        Ok(remarks) => remarks.into_iter().try_for_each(|remark| measuring.send(FoundFile::Remarked(remark))),
        Err(fault) => {
            let _ = measuring.send(FoundFile::Refused("--topic".to_owned(), NotAnnounced::Topic(fault)));
            return;
        }
    };
    if goes.is_break() {
        return;
    }
    // Whether nobody took the rest is seen by whoever sends.
    let _: Goes = match input {
        AnnounceInput::Files { paths, terms, span } => {
            Finder::new(measuring, (*terms, span)).run(&paths);
            Goes::Continue(())
        }
        AnnounceInput::Events { from, terms, folder, base } => {
            events::run(&measuring, &from, (&terms, topics), (folder.as_deref(), base))
        }
        AnnounceInput::Record { path, base } => events::record(&measuring, &path, &base),
    };
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
            if let Some((_, file)) = self.ready(left).await {
                self.teller.refuse(file, NotAnnounced::Unanswered).await;
            }
        }
    }

    /// What can be announced. `None` for what is only told.
    async fn ready(&self, found: FoundFile) -> Option<(Announceable, String)> {
        match found {
            FoundFile::Ready(announceable, file) => return Some((announceable, file)),
            FoundFile::Refused(file, why) => self.teller.refuse(file, why).await,
            FoundFile::PassedOver(file, why) => self.teller.pass_over(file, why).await,
            FoundFile::Remarked(remark) => self.teller.tell(AnnounceNews::Remarked(remark)).await,
        }
        None
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
            let Some((announceable, file)) = self.ready(next).await else { continue };
            if !is_checked && !self.is_served(&announceable, &file).await {
                return;
            }
            is_checked = true;
            let published = self.context.shared.clock.utc_millis();
            let moment = PostMoment { published, random: fastrand::u128(..) };
            match announceable.posts(moment) {
                Ok(posts) => {
                    for post in posts {
                        let file =
                            FileWithPost { file: file.clone(), news: announceable.kind(), post, row: None };
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
    async fn is_served(&self, announceable: &Announceable, file: &str) -> bool {
        let address = announceable.address();
        let expected = announceable.length();
        let why = match self.length_at(&address).await {
            Ok(Some(length)) if expected.is_some_and(|expected| expected != length) => {
                NotAnnounced::OtherLength(address, length)
            }
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
