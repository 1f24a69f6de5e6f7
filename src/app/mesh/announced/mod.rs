//! What follows from announcements: which files are fetched, what is tried next of one, what brokers are known and what was missed.
//!
//! | file | what it is |
//! |---|---|
//! | `judging` | which announced files are fetched |
//! | `vouchers` | who vouches for each message |
//! | `under_way` | the file over time: its next step, or its verdict |
//! | `forwarding` | what follows from an outcome for the mesh: an announcement of our own, another try, or nothing |
//! | `tried` | how one try of one source ended |
//! | `payload` | the one file that a .torrent leads to |
//! | `proving` | whether octets are what was announced |
//! | `comeback` | what a broker kept for us, as distinct from what is live |
//! | `outcomes` | how the files of one listening stand at its end |
//! | `brokers` | brokers of the window: presets, own ones, the demonstration's |
//! | `gap` | periods without a subscription |
//! | `drops` | when dropped messages are reported |
//! | `view_pace` | when the view of announcements is shown again |
//! | `amqp_end` | why a conversation over AMQP ended, as it is told of any broker |
//! | `mqtt_version` | which version of MQTT a broker is spoken to in |

pub(crate) mod amqp_end;
pub(crate) mod brokers;
pub(crate) mod comeback;
pub(crate) mod drops;
pub(crate) mod forwarding;
pub(crate) mod gap;
pub(crate) mod judging;
pub(crate) mod mqtt_version;
pub(crate) mod outcomes;
pub(crate) mod payload;
pub(crate) mod proving;
pub(crate) mod tried;
pub(crate) mod under_way;
pub(crate) mod view_pace;
pub(crate) mod vouchers;

use crate::domain::integrity::Voucher;
use crate::domain::utc::UtcMillis;
use crate::mesh::announcement::Announcement;
use crate::mesh::sources::FileSource;
use url::Url;

/// A file that is to be fetched.
#[derive(Clone, Debug)]
pub(crate) struct WantedFile {
    /// Under which name the ledger has it: the announced key, and more where other content has that.
    pub(crate) key: String,
    /// The announcement that counts.
    pub(crate) announcement: Announcement,
    /// Further announcements of the same content.
    pub(crate) further: Vec<Announcement>,
    /// The topic of the first.
    pub(crate) topic: String,
    /// When it came.
    pub(crate) heard: UtcMillis,
    /// The broker on which it came.
    pub(crate) voucher: Voucher,
    /// The name in the ledger of other content that was announced under the same key before.
    pub(crate) rival_of: Option<String>,
}

/// A URL that is followed at all.
pub(crate) fn followed(source: &FileSource) -> Option<Url> {
    Url::parse(&source.href).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}
