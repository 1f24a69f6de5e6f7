//! Adds, lists and forgets relays of others as sources: for a terminal by queries, for the window by commands.

use super::RelayTelling;
use crate::app::input::{Event, Input};
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::RelayEvent;
use crate::app::relay::used::list::{CheckShare, UsedRelay, base_of, shown};
use crate::app::relay::used::refusal::message_of;
use crate::app::relay::used::report::UsedReport;
use crate::app::relay::using::{RelayUseCommand, RelayUseEvent};
use crate::engine::context::EngineContext;
use crate::engine::listings::relays::{AskTrouble, PERSON_WAITS, RelayUseTelling};
use crate::transfer::reason::Reason;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// The way to the task that has relays in use for the window.
pub(in crate::engine) type RelayUseHandle = UnboundedSender<RelayUseCommand>;

/// Starts that task, which tells the list at once.
pub(in crate::engine) fn start_for_window(
    context: EngineContext,
    events: UnboundedSender<Input>,
) -> RelayUseHandle {
    let (handle, mut commands) = unbounded_channel();
    // The host is gone only when the process ends.
    let telling: RelayUseTelling =
        Arc::new(move |event| drop(events.send(Input::Event(Event::Relay(Box::new(event))))));
    context.catalog.relays().tell_window(telling.clone());
    tokio::spawn(async move {
        let mut next = Some(RelayUseCommand::Reread);
        while let Some(command) = next {
            let (context, telling) = (context.clone(), telling.clone());
            // A relay that is slow keeps nobody from another one.
            tokio::spawn(async move { telling_of(command, &context).await.into_iter().for_each(&*telling) });
            next = commands.recv().await;
        }
    });
    handle
}

/// What comes of a command. `None` where it is told while it goes on, and where there is nothing to tell.
async fn telling_of(command: RelayUseCommand, context: &EngineContext) -> Option<RelayUseEvent> {
    let relays = context.catalog.relays();
    let now = || context.shared.clock.utc();
    match command {
        RelayUseCommand::Reread => {
            let reports = relays.reports(&context.catalog.asking_relays(&context.shared));
            Some(reports.map_or_else(|m| RelayUseEvent::ListTrouble(m.into()), RelayUseEvent::Listed))
        }
        RelayUseCommand::Propose(address) => Some(match ask((&address, None), context).await {
            Ok((_, report)) => RelayUseEvent::Proposed(report),
            Err(message) => RelayUseEvent::NotUsed { address, message },
        }),
        RelayUseCommand::Keep { address, fingerprint } => {
            let asked = ask((&address, None), context).await;
            let kept = asked.and_then(|(relay, report)| {
                report.has_key(fingerprint)?;
                Ok(relays.change(|list| list.put(relay)).map(|()| report)?)
            });
            Some(match kept {
                Ok(report) => RelayUseEvent::Kept(report, now()),
                Err(message) => RelayUseEvent::NotUsed { address, message },
            })
        }
        RelayUseCommand::Ask(url) => {
            let relay = base_of(&url).and_then(|base| Ok(relays.list()?.get(&base).cloned()));
            match relay {
                Ok(Some(relay)) => {
                    relays.ask_now(relay, &context.catalog.asking_relays(&context.shared)).await;
                    None
                }
                Ok(None) => Some(RelayUseEvent::Forgotten { url }),
                Err(message) => Some(RelayUseEvent::ListTrouble(message.into())),
            }
        }
        RelayUseCommand::Forget(url) => Some(match take_out(&url, context) {
            Ok(url) => RelayUseEvent::Forgotten { url },
            Err(message) => RelayUseEvent::ListTrouble(message),
        }),
        // The reducer alone knows of it.
        RelayUseCommand::Drop => None,
    }
}

/// Uses a relay from now on, and shows its key and what it offers.
pub(super) async fn begin(
    (address, check): (&str, Option<CheckShare>),
    (context, telling): (&EngineContext, &RelayTelling),
) -> Result<(), UserMessage> {
    let (relay, report) = ask((address, check), context).await?;
    context.catalog.relays().change(|list| list.put(relay))?;
    telling(RelayEvent::Used(Box::new(report)));
    Ok(())
}

/// Asks the relay at `address`, in use or not; nothing is kept of it.
async fn ask(
    (address, check): (&str, Option<CheckShare>),
    context: &EngineContext,
) -> Result<(UsedRelay, UsedReport), UserMessage> {
    let (base, relays) = (base_of(address)?, context.catalog.relays());
    let before = relays.list()?.get(&base).cloned().unwrap_or_else(|| UsedRelay::new(base.clone()));
    let asking = context.catalog.asking_relays(&context.shared);
    let mut stopping = context.stopping.clone();
    let answered = tokio::select! {
        answered = timeout(PERSON_WAITS, relays.ask(&before.known, &asking)) => answered,
        Ok(_) = stopping.wait_for(|stop| *stop) => return Err(UserMessage::Stopped),
    };
    let accepted = match answered.unwrap_or(Err(AskTrouble::Unreachable(Reason::NoAnswer))) {
        Ok(accepted) => accepted,
        Err(AskTrouble::Refused(refused)) => return Err(message_of(&base, &refused).into()),
        Err(AskTrouble::Unreachable(reason)) => {
            return Err(UserMessage::TargetUnreachable { url: shown(&base), reason });
        }
    };
    let relay = before.answered(accepted.known, context.shared.clock.utc());
    let relay = UsedRelay { check: check.unwrap_or(before.check), ..relay };
    let report = UsedReport::of(&relay).answered(&accepted.manifest, accepted.standing);
    Ok((relay, report))
}

/// Tells of each relay in use what is remembered of it; nobody is contacted.
pub(super) fn list((context, telling): (&EngineContext, &RelayTelling)) -> Result<(), UserMessage> {
    for relay in context.catalog.relays().list()?.iter() {
        telling(RelayEvent::Used(Box::new(UsedReport::of(relay))));
    }
    Ok(())
}

/// Uses a relay no longer, and forgets its key.
pub(super) fn forget(
    address: &str,
    (context, telling): (&EngineContext, &RelayTelling),
) -> Result<(), UserMessage> {
    telling(RelayEvent::Forgotten { url: take_out(address, context)? });
    Ok(())
}

/// Takes a relay out of the list; its address.
fn take_out(address: &str, context: &EngineContext) -> Result<String, UserMessage> {
    let base = base_of(address)?;
    let url = shown(&base);
    let relays = context.catalog.relays();
    relays.change(|list| match list.forget(&base) {
        true => Ok(()),
        false => Err(RelayMessage::NotUsed { url: url.clone() }),
    })?;
    relays.leave(&base);
    Ok(url)
}
