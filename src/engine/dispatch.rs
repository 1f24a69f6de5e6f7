//! Starts and stops jobs, as the reducer decided.

use super::job::{Job, JobContext};
use crate::app::command::Command;
use crate::app::input::{Event, Input};
use crate::app::request::{GetRequest, JobId};
use crate::app::state::{End, Outcome};
use crate::app::user_message::UserMessage;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

/// The jobs under way.
#[derive(Debug)]
pub(super) struct Dispatch {
    context: JobContext,
    events: UnboundedSender<Input>,
    stops: HashMap<JobId, watch::Sender<bool>>,
}

impl Dispatch {
    pub(super) fn new(context: JobContext, events: UnboundedSender<Input>) -> Self {
        Self { context, events, stops: HashMap::new() }
    }

    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Start(id, request) => self.start(id, *request),
            Command::Stop(id) => {
                if let Some(stop) = self.stops.get(&id) {
                    stop.send_replace(true);
                }
            }
        }
    }

    /// A job that breaks is told as one that failed: no task dies alone.
    fn start(&mut self, id: JobId, request: GetRequest) {
        self.stops.retain(|_, stop| !stop.is_closed());
        let (stop, stopped) = watch::channel(false);
        self.stops.insert(id, stop);
        let job = Job::new((id, request), self.context.clone(), self.events.clone(), stopped);
        let events = self.events.clone();
        let running = tokio::spawn(job.run());
        tokio::spawn(async move {
            if let Err(error) = running.await {
                let message = Some(UserMessage::Internal { detail: error.to_string() });
                let outcome = Outcome { end: End::NoSource, took: Duration::ZERO, message };
                // The host is gone only when the process ends.
                let _ = events.send(Input::Event(Event::Ended(id, Box::new(outcome))));
            }
        });
    }
}
