//! Answers one-shot questions: what is in a file, what is this, is it right; and publishes.

mod compressed;
mod inspecting;
mod opening;
mod publishing;
mod verifying;

pub(crate) use inspecting::add_digests;
pub(in crate::engine) use inspecting::{fields_or_kind, kind_of};
pub(crate) use opening::unreadable;

use super::desktop;
use super::http::waiting::Waiting;
use super::job::JobContext;
use crate::app::query::{Answer, Query};
use crate::app::user_message::UserMessage;
use std::sync::mpsc::Sender;
use std::time::Duration;

/// Answers `query`. A front end that has gone away meanwhile is no longer waited for; one that waits when everything is
/// told to end gets no answer.
pub(super) async fn answer(query: Query, mut context: JobContext, answers: Sender<Answer>) {
    let told = answers.clone();
    let waiting = Waiting::told(move |message| {
        // A front end that has gone away needs no news.
        let _ = told.send(Answer::Noted(message));
    });
    context.shared.client = context.shared.client.waiting_for(Duration::ZERO, waiting);
    match query {
        // They end by themselves, with a last word.
        Query::Listen(request) => super::broker::listening::listen(*request, &context, &answers).await,
        Query::Publish(request) => publishing::publish(*request, &context, &answers).await,
        Query::Follow(query) => super::services::follow::folder::follow(query, &context, &answers).await,
        query @ (Query::Index(_)
        | Query::IndexWithDigests(_)
        | Query::Inspect(_)
        | Query::Verify(_)
        | Query::Catalog(_)
        | Query::TellDesktop(_)
        | Query::PlanHours(_)
        | Query::OrderJobs(_)) => {
            let mut stopping = context.stopping.clone();
            tokio::select! {
                () = answer_one(query, &context, &answers) => {}
                Ok(_) = stopping.wait_for(|stop| *stop) => {}
            }
        }
    }
}

async fn answer_one(query: Query, context: &JobContext, answers: &Sender<Answer>) {
    match query {
        Query::Index(target) => {
            let _ = answers.send(Answer::Index(inspecting::index(&target, context).await));
        }
        Query::IndexWithDigests(target) => {
            let _ = answers.send(Answer::Index(inspecting::index_with_digests(&target, context).await));
        }
        Query::Inspect(target) => {
            let _ = answers.send(Answer::Inspect(inspecting::inspect(&target, context).await));
        }
        Query::Verify(request) => verifying::verify(request, context, answers).await,
        Query::Catalog(query) => {
            let _ = answers.send(Answer::Catalog(crate::engine::catalog::answer(query, context).await));
        }
        Query::TellDesktop(text) => {
            let told = desktop::tell(text).await.map_err(|detail| UserMessage::NoNotifications { detail });
            let _ = answers.send(Answer::DesktopTold(told));
        }
        // Answered elsewhere: they need what front ends see, or end by themselves.
        Query::PlanHours(_)
        | Query::OrderJobs(_)
        | Query::Listen(_)
        | Query::Publish(_)
        | Query::Follow(_) => {}
    }
}
