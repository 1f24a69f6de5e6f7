//! Asks for what is shared at its public address, from this computer.
//!
//! In: what is shared. Out: a fact for each address, and one at the end. What others see of it is not shown by this.

use crate::app::relay::RelayEvent;
use crate::app::relay::RelayQuery;
use crate::app::relay::event::RelayCheck;
use crate::app::share::{ShareFact, ShareId, ShareWish};
use crate::domain::outside_text::show_url;
use crate::engine::context::EngineContext;
use crate::engine::services::relay::{self, RelayTelling, checking};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;
use url::Url;

/// Checks a line.
pub(super) async fn check(
    id: ShareId,
    (wish, addresses): (ShareWish, Vec<String>),
    (context, heard): (EngineContext, UnboundedSender<ShareFact>),
) {
    let tell = move |fact| drop(heard.send(fact));
    let over = match wish {
        ShareWish::Dataset(wish) => {
            let told = tell.clone();
            let telling: RelayTelling = Arc::new(move |event| {
                if let RelayEvent::Checked(check) = event {
                    told(ShareFact::Checked(id, check));
                }
            });
            let words = Box::new(wish.words());
            relay::carry_out(RelayQuery::Check { folder: wish.folder, words }, &context, &telling).await
        }
        ShareWish::Folder(_) => {
            for address in addresses.iter().filter_map(|text| Url::parse(text).ok()) {
                let trouble = checking::is_given(&context, &address, None).await;
                tell(ShareFact::Checked(id, RelayCheck { what: show_url(&address), trouble }));
            }
            Ok(())
        }
    };
    tell(ShareFact::CheckOver(id, over));
}
