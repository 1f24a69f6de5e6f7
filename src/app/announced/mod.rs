//! One announced file that is not settled: what was tried, and what is to be tried next.
//!
//! | file | what it is |
//! |---|---|
//! | `under_way` | the file over time: its next step, or its verdict |
//! | `tried` | how one try of one source ended |
//! | `mqtt_version` | which version of MQTT its broker is spoken to in |

pub(crate) mod mqtt_version;
pub(crate) mod tried;
pub(crate) mod under_way;

use crate::domain::integrity::Voucher;
use crate::domain::utc::UtcMillis;
use crate::mesh::announcement::Announcement;
use crate::mesh::sources::FileSource;
use url::Url;

/// A file that is to be fetched.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
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
