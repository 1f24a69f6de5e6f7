//! Answers one-shot questions: what is in a file, what is this, is it right; and publishes.

use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Answer, Query};
use crate::engine::context::EngineContext;
use crate::engine::services::desktop::notification;
use crate::engine::services::inspect;
use crate::engine::services::publish::answering;
use crate::engine::transfer::http::waiting::Waiting;
use std::sync::mpsc::Sender;
use std::time::Duration;

/// Answers `query`. A front end that has gone away meanwhile is no longer waited for; one that waits when everything is
/// told to end gets no answer.
pub(super) async fn answer(query: Query, mut context: EngineContext, answers: Sender<Answer>) {
    let told = answers.clone();
    let waiting = Waiting::told(move |message| {
        // A front end that has gone away needs no news.
        let _ = told.send(Answer::Noted(message));
    });
    context.shared.client = context.shared.client.waiting_for(Duration::ZERO, waiting);
    match query {
        // They end by themselves, with a last word.
        Query::Listen(request) => {
            crate::engine::services::mesh::listening::listen(*request, &context, &answers).await
        }
        Query::Publish(request) => answering::publish(*request, &context, &answers).await,
        Query::Announce(request) => {
            crate::engine::services::announce::announce(*request, &context, &answers).await
        }
        Query::MeshRun(request) => {
            crate::engine::services::mesh::forwarding::run_node(*request, &context, &answers).await
        }
        Query::Follow(query) => super::services::follow::terminal::answer(query, &context, &answers).await,
        Query::Relay(query) => super::services::relay::answer(query, &context, &answers).await,
        Query::Pledge(query) => super::services::pledge::answer(query, &context, &answers).await,
        query @ (Query::Index(_)
        | Query::IndexWithDigests(_)
        | Query::Inspect(_)
        | Query::Show(_)
        | Query::Verify(_)
        | Query::Catalog(_)
        | Query::Record(_)
        | Query::MeshReport(_)
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

async fn answer_one(query: Query, context: &EngineContext, answers: &Sender<Answer>) {
    match query {
        Query::Index(target) => {
            let _ = answers.send(Answer::Index(inspect::index(&target, context).await));
        }
        Query::IndexWithDigests(target) => {
            let _ = answers.send(Answer::Index(inspect::index_with_digests(&target, context).await));
        }
        Query::Inspect(target) => {
            let _ = answers.send(Answer::Inspect(inspect::inspect(&target, context).await));
        }
        Query::Show(target) => inspect::show_values(&target, context, answers).await,
        Query::Record(template) => {
            let made = template.written(context.shared.clock.utc_millis());
            let _ = answers.send(Answer::RecordMade(made));
        }
        Query::MeshReport(request) => {
            let report = crate::engine::services::mesh::reporting::report(*request, context).await;
            let _ = answers.send(Answer::MeshReport(report));
        }
        Query::Verify(request) => inspect::verifying::verify(request, context, answers).await,
        Query::Catalog(query) => {
            let _ =
                answers.send(Answer::Catalog(crate::engine::services::catalog::answer(query, context).await));
        }
        Query::TellDesktop(text) => {
            let told =
                notification::tell(text).await.map_err(|detail| UserMessage::NoNotifications { detail });
            let _ = answers.send(Answer::DesktopTold(told));
        }
        // Answered elsewhere: they need what front ends see, or end by themselves.
        Query::PlanHours(_)
        | Query::OrderJobs(_)
        | Query::Listen(_)
        | Query::MeshRun(_)
        | Query::Publish(_)
        | Query::Announce(_)
        | Query::Follow(_)
        | Query::Relay(_)
        | Query::Pledge(_) => {}
    }
}
