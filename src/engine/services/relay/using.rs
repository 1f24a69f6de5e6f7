//! Adds, lists and forgets relays of others as sources.

use super::RelayTelling;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::RelayEvent;
use crate::app::relay::used::list::{CheckShare, UsedRelay, base_of, shown};
use crate::app::relay::used::refusal::message_of;
use crate::app::relay::used::report::UsedReport;
use crate::engine::context::EngineContext;
use crate::engine::listings::relays::AskTrouble;
use crate::publish::relay::acceptance::KnownRelay;
use crate::transfer::reason::Reason;
use std::time::Duration;
use tokio::time::timeout;

/// How long a relay may take that a person waits for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Uses a relay from now on, and shows its key and what it offers.
pub(super) async fn begin(
    (address, check): (&str, Option<CheckShare>),
    (context, telling): (&EngineContext, &RelayTelling),
) -> Result<(), UserMessage> {
    let (base, relays) = (base_of(address)?, context.catalog.relays());
    let before = relays.list()?.get(&base).cloned();
    let usual = || UsedRelay { known: KnownRelay::new(base.clone()), check: CheckShare::default() };
    let before = before.unwrap_or_else(usual);
    let asking = context.catalog.asking_relays(&context.shared);
    let mut stopping = context.stopping.clone();
    let answered = tokio::select! {
        answered = timeout(PATIENCE, relays.ask(&before.known, &asking)) => answered,
        Ok(_) = stopping.wait_for(|stop| *stop) => return Err(UserMessage::Stopped),
    };
    let accepted = match answered.unwrap_or(Err(AskTrouble::Unreachable(Reason::NoAnswer))) {
        Ok(accepted) => accepted,
        Err(AskTrouble::Refused(refused)) => return Err(message_of(&base, &refused).into()),
        Err(AskTrouble::Unreachable(reason)) => {
            return Err(UserMessage::TargetUnreachable { url: shown(&base), reason });
        }
    };
    let relay = UsedRelay { known: accepted.known, check: check.unwrap_or(before.check) };
    let report = UsedReport::of(&relay).answered(&accepted.manifest, accepted.standing);
    relays.change(|list| list.put(relay))?;
    telling(RelayEvent::Used(Box::new(report)));
    Ok(())
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
    let base = base_of(address)?;
    let url = shown(&base);
    context.catalog.relays().change(|list| match list.forget(&base) {
        true => Ok(()),
        false => Err(RelayMessage::NotUsed { url: url.clone() }),
    })?;
    telling(RelayEvent::Forgotten { url });
    Ok(())
}
