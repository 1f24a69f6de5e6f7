//! Relays in use as the window has them: what a person does with them, what became known, and what is shown.
//!
//! In: a person's words, what the service saw. Out: [`view::RelaysView`]. The list itself and whom to believe are
//! [`super::used`]'s; a terminal asks by [`super::query::RelayQuery`].
//!
//! | file | what it is |
//! |---|---|
//! | [`view`] | the list as it is shown, and a relay that is being added |
//! | [`tally`] | what files of a relay came to, counted |

pub mod tally;
pub mod view;

use super::used::report::UsedReport;
use crate::app::messages::user_message::UserMessage;
use crate::domain::utc::UtcTime;

/// What a person does with relays in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayUseCommand {
    /// Read the list anew: another process may have changed it.
    Reread,
    /// Ask a relay that is not in use, and show its key before anything is kept.
    Propose(String),
    /// Use the relay that was shown, if it still has the key that was shown. `None` when it had none.
    Keep {
        /// Its address, as it was typed.
        address: String,
        /// The fingerprint that was shown.
        fingerprint: Option<String>,
    },
    /// Do not use the relay that was shown.
    Drop,
    /// Ask a relay in use now.
    Ask(String),
    /// Use a relay no longer, and forget its key.
    Forget(String),
}

/// What became known of relays in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayUseEvent {
    /// The list as it is kept, with what is known without asking anybody.
    Listed(Vec<UsedReport>),
    /// A relay that is not in use answered.
    Proposed(UsedReport),
    /// A relay that was to be used is not: why.
    NotUsed {
        /// Its address, as it was typed.
        address: String,
        /// Why.
        message: UserMessage,
    },
    /// A relay is used from now on.
    Kept(UsedReport, UtcTime),
    /// A relay in use answered, and its answer is taken.
    Answered(UsedReport, UtcTime),
    /// A relay in use did not answer, or its answer is not taken.
    NotTaken {
        /// Its address.
        url: String,
        /// When.
        at: UtcTime,
        /// Why.
        message: UserMessage,
    },
    /// A relay is used no longer.
    Forgotten {
        /// Its address.
        url: String,
    },
    /// The list cannot be read or written.
    ListTrouble(UserMessage),
}
