//! `mesh run`: a node of a mesh, which is listening, a server of the tree, and what is announced again, together.
//!
//! In: a [`MeshRunRequest`]. Out: the news of listening and announcing, then [`Answer::MeshRunDone`]. What is announced again is written to the ledger
//! in one step with the outcome of its file; here it is read from there, put on the server, and sent. Start reading at `run_node`.

use super::broker::ledger::MeshLedger;
use super::broker::sending::{Sending, SendingEnd};
use super::broker::telling::Teller;
use super::listening::{Listening, with_kept_password};
use super::tree::ServedTree;
use crate::app::mesh::announcing::{AnnounceSummary, FileWithPost};
use crate::app::mesh::listening::ListenSummary;
use crate::app::mesh::running::{MeshRunNews, MeshRunRequest, MeshRunSummary};
use crate::app::messages::user_message::UserMessage;
use crate::app::query::Answer;
use crate::domain::outside_text::show;
use crate::engine::context::EngineContext;
use crate::engine::store::error::{StoreError, message_of_store};
use crate::mesh::post::in_flight::MOST_IN_FLIGHT;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedReceiver, unbounded_channel};
use tokio::sync::watch;

/// How often it is looked for files that are served and were removed.
const TAKING_OFF: Duration = Duration::from_secs(300);

/// Runs a node until the process is told to stop, or the broker that it announces to refuses its user.
pub(crate) async fn run_node(request: MeshRunRequest, context: &EngineContext, answers: &Sender<Answer>) {
    let (stop, stopping) = watch::channel(false);
    let own = EngineContext { stopping, ..context.clone() };
    let done = match Node::begin(request, &own, answers).await {
        Ok(node) => tokio::select! {
            done = node.run(&stop, answers) => done.map(Box::new),
            never = pass_on(context.stopping.clone(), &stop) => match never {},
        },
        Err(message) => Err(message),
    };
    // A front end that went away needs no answer.
    let _ = answers.send(Answer::MeshRunDone(done));
}

/// Tells the parts of the node to stop when the process is told to.
async fn pass_on(mut asked: watch::Receiver<bool>, stop: &watch::Sender<bool>) -> Infallible {
    // Nobody can tell it to stop any more when the other end is gone: the process ends.
    let _ = asked.wait_for(|stop| *stop).await;
    stop.send_replace(true);
    std::future::pending().await
}

struct Node {
    listening: Listening,
    ledger: Arc<MeshLedger>,
    tree: ServedTree,
    sending: Sending,
}

impl Node {
    async fn begin(
        request: MeshRunRequest,
        context: &EngineContext,
        answers: &Sender<Answer>,
    ) -> Result<Self, UserMessage> {
        let base = request.listen.forward.as_ref().map(|terms| terms.base.as_str().to_owned());
        let found = tokio::net::lookup_host(&request.bind).await.ok().and_then(|mut found| found.next());
        let address = found.ok_or_else(|| UserMessage::Unreadable { text: show(&request.bind) })?;
        let mut listening = Listening::begin(request.listen, context).await?;
        let (ledger, root) = listening.files().await?;
        let tree = ServedTree::start(address, root).await?;
        let stored = |error: StoreError| message_of_store(&error);
        ledger.forwarding.served().map_err(stored)?.iter().for_each(|file| tree.put(file));
        let sending = Sending::new(with_kept_password(&request.to).await, None, context);
        let tell = |news| drop(answers.send(Answer::MeshRun(news)));
        tell(MeshRunNews::Serving(tree.base_url(), base.unwrap_or_default()));
        let waiting = ledger.forwarding.count().map_err(stored)?;
        if waiting > 0 {
            tell(MeshRunNews::Waiting(waiting));
        }
        Ok(Self { listening, ledger, tree, sending })
    }

    async fn run(
        self,
        stop: &watch::Sender<bool>,
        answers: &Sender<Answer>,
    ) -> Result<MeshRunSummary, UserMessage> {
        let (answered_to, mut answered) = unbounded_channel();
        let teller = Teller::keeping(answers, answered_to);
        let (files_to, mut files) = mpsc::channel(MOST_IN_FLIGHT);
        let (ledger, sending, tree) = (self.ledger, self.sending, self.tree);
        let sending = async {
            let end = tokio::select! {
                end = sending.run(&mut files, &teller) => Ok(end),
                error = feed((&ledger, &tree), files_to) => Err(error),
                error = forget_answered(&ledger, &mut answered) => Err(error),
            };
            stop.send_replace(true);
            end
        };
        let listening = async {
            let done = self.listening.run(answers).await;
            stop.send_replace(true);
            done
        };
        let (listened, sent): (Result<ListenSummary, UserMessage>, _) = tokio::join!(listening, sending);
        answered.close();
        let mut rows = Vec::new();
        while let Ok(row) = answered.try_recv() {
            rows.push(row);
        }
        let stored = |error: StoreError| message_of_store(&error);
        ledger.forwarding.answered(&rows).map_err(stored)?;
        let gave_up =
            if let SendingEnd::GaveUp(trouble) = sent.map_err(stored)? { Some(trouble) } else { None };
        Ok(MeshRunSummary {
            listened: listened?,
            announced: AnnounceSummary { gave_up, ..teller.summary() },
            waiting: ledger.forwarding.count().map_err(stored)?,
        })
    }
}

/// Puts what waits on the server and hands it over to be sent, for ever; ends when the ledger cannot be read.
async fn feed((ledger, tree): (&MeshLedger, &ServedTree), files: mpsc::Sender<FileWithPost>) -> StoreError {
    let mut last = 0;
    loop {
        let waiting = match ledger.forwarding.waiting(last) {
            Ok(waiting) => waiting,
            Err(error) => return error,
        };
        if waiting.is_empty() {
            tokio::select! {
                () = ledger.forwarding.added.notified() => {}
                () = tokio::time::sleep(TAKING_OFF) => if let Err(error) = tree.take_off_what_is_gone(ledger) {
                    return error;
                },
            }
        }
        for (served, file) in waiting {
            last = file.row.unwrap_or(last);
            tree.put(&served);
            if files.send(file).await.is_err() {
                // Nobody sends any more: it waits for the next start.
                return std::future::pending().await;
            }
        }
    }
}

/// Removes what the broker answered for; ends when the ledger cannot be written.
async fn forget_answered(ledger: &MeshLedger, answered: &mut UnboundedReceiver<i64>) -> StoreError {
    let mut rows = Vec::new();
    loop {
        if answered.recv_many(&mut rows, 256).await == 0 {
            return std::future::pending().await;
        }
        if let Err(error) = ledger.forwarding.answered(&rows) {
            return error;
        }
        rows.clear();
    }
}
