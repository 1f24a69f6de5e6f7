//! What is shared, as screens show it: one line for each folder and dataset, with its files.

use super::reach::{PublicAddress, ReachCheck};
use super::wish::ShareWish;
use crate::app::catalog::offer::ServedUrl;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::stage::RelayStage;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use std::sync::Arc;

/// The number of a line; stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShareId(pub i64);

/// All that is shared, and what was and may be again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareView {
    /// The lines, oldest first; one that did not change is the same `Arc` as before.
    pub rows: Vec<Arc<ShareRow>>,
}

impl ShareView {
    /// Whether anything is under way that is to be ended with goodbyes.
    pub fn is_running(&self) -> bool {
        self.rows.iter().any(|row| row.state.is_running())
    }
}

/// How a line stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareState {
    /// It begins: a folder is read and hashed, a relay opens its folder.
    Starting,
    /// It is served, since then.
    Serving(UtcTime),
    /// It is being ended.
    Stopping,
    /// A person stopped it.
    Stopped,
    /// It waits until the settings allow sharing.
    HeldBack,
    /// It could not begin, or go on; it is tried again at the next start, or when a person says so.
    Failed(UserMessage),
}

impl ShareState {
    /// Whether something of it is under way.
    pub const fn is_running(&self) -> bool {
        match self {
            Self::Starting | Self::Serving(_) | Self::Stopping => true,
            Self::Stopped | Self::HeldBack | Self::Failed(_) => false,
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareRow {
    /// Its number.
    pub id: ShareId,
    /// What is shared, and how.
    pub wish: ShareWish,
    /// Since when it is in the list.
    pub added: UtcTime,
    /// How it stands.
    pub state: ShareState,
    /// Where it is served: base, feeds, page, lists, trackers; of a folder its .torrent, data and indexes. Empty while it is not.
    pub addresses: Vec<ServedUrl>,
    /// The fingerprint of the relay's key. `None` for a folder, and before it is served.
    pub fingerprint: Option<String>,
    /// Its files, newest run first; of a folder, its .torrent.
    pub files: Arc<Vec<SharedFile>>,
    /// What is counted of it.
    pub figures: ShareFigures,
    /// What was last worth a line and is not about one file, and when that was.
    pub note: Option<(UserMessage, UtcTime)>,
    /// Why the publisher of the dataset cannot be asked, and since when. `None` while it can.
    pub source_trouble: Option<(UserMessage, UtcTime)>,
    /// When the next files are due. `None` when nothing tells.
    pub next_due: Option<UtcTime>,
    /// How the check from this computer went.
    pub check: ReachCheck,
    /// When somebody of another network last connected, since it was started. `None` while nobody was seen to.
    pub reached: Option<UtcTime>,
}

impl ShareRow {
    /// What it is called, fit to be shown.
    pub fn name(&self) -> String {
        self.wish.name()
    }

    /// The first address of that kind. `None` while there is none.
    pub fn address(&self, what: &str) -> Option<&str> {
        self.addresses.iter().find(|served| served.what == what).map(|served| served.url.as_str())
    }

    /// The public address: that of the relay, or of the folder's .torrent. `None` while it is not served.
    pub fn public_url(&self) -> Option<&str> {
        self.address("base").or_else(|| self.address("torrent"))
    }

    /// Whom the public address can lead here at all. `None` while it is not served.
    pub fn public_address(&self) -> Option<PublicAddress> {
        self.public_url().and_then(PublicAddress::of)
    }
}

/// One file that is shared, or the .torrent of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedFile {
    /// Its name, fit to be shown.
    pub name: String,
    /// Its run. `None` for a folder, and for a file whose name tells none.
    pub run: Option<UtcTime>,
    /// How far it is. `None` for a folder, of which all is served.
    pub stage: Option<RelayStage>,
    /// Its length.
    pub length: ByteCount,
    /// Until when it is offered at least. `None` before it is, and for a folder.
    pub expires: Option<UtcTime>,
    /// The address of its .torrent. `None` before anybody may know it.
    pub torrent: Option<String>,
    /// A magnet of it. `None` before anybody may know it.
    pub magnet: Option<String>,
    /// What peers were sent of it since it is served.
    pub uploaded: ByteCount,
    /// What stands in its way. `None` when nothing does.
    pub trouble: Option<UserMessage>,
}

/// What is counted of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShareFigures {
    /// Files that others can find and get.
    pub announced: usize,
    /// Files that are on their way to that.
    pub under_way: usize,
    /// Files that something stands in the way of.
    pub troubled: usize,
    /// Files that were withdrawn in the last days, as the feed says.
    pub withdrawn: usize,
    /// What lies on the disk for it: data, indexes, .torrents.
    pub on_disk: ByteCount,
    /// What peers were sent since it was started, files that are withdrawn by now among them.
    pub uploaded: ByteCount,
    /// The same in whole files, in hundredths: so many copies came from here and not from the publisher.
    pub copies_hundredths: u64,
    /// Peers with whom data may be exchanged now.
    pub peers: usize,
    /// Octets a second that they are sent.
    pub rate: u64,
}
