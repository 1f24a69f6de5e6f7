//! Gets a file from plain HTTP servers: whole, or some of its fields.

use super::folders::OpenFolder;
use super::messages::JobEnd;
use super::target::{RemoteTarget, voucher_of};
use super::torrent::{PATIENCE, host_of};
use super::{Event, Job};
use crate::app::state::{PlanSummary, Road};
use crate::app::user_message::UserMessage;
use crate::domain::content::{ContentFile, ContentId, Layout};
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::outside_text::{show, show_with_urls};
use crate::domain::safe_path::SafePath;
use crate::domain::source::{SourceId, SourceKind};
use crate::engine::content::ContentBrief;
use crate::engine::http::fetch::Origin;
use crate::transfer::address_rule::Reach;
use crate::transfer::assembly::{BLOCK_LENGTH, Grid};
use percent_encoding::percent_decode_str;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

impl Job {
    pub(super) async fn get_remote(&mut self, remote: RemoteTarget, open: &OpenFolder) -> Result<(), JobEnd> {
        let name = name_of(&remote.url);
        self.tell(Event::Named(self.id, show(&name)));
        let plan = PlanSummary {
            wanted: remote.length,
            to_transfer: remote.length,
            road: Road::WholeFiles,
            fields: None,
            index_octets: ByteCount::ZERO,
        };
        self.tell(Event::Planned(self.id, Box::new(plan)));
        let want: RangeSet = ByteRange::new(0, remote.length.0).into_iter().collect();
        let mut brief = self.brief_of_remote(&remote, want);
        brief.whole_files = vec![0];
        let mut ended = self.run_content(brief, open).await;
        self.settle(&mut ended)
    }

    /// What a content task is told of a file on a server and its mirrors.
    pub(super) fn brief_of_remote(&self, remote: &RemoteTarget, want: RangeSet) -> ContentBrief {
        let layout = layout_of(&remote.url, remote.length);
        let mut origins = vec![origin_of(0, &remote.url, remote.validator.clone())];
        for (number, text) in (1u16..).zip(&self.request.web_seeds) {
            match Url::parse(text) {
                Ok(url) if matches!(url.scheme(), "http" | "https") => origins.push(origin_of(number, &url, None)),
                _ => {
                    let detail = "no http or https url".to_owned();
                    self.note(UserMessage::WebSeedUnusable { url: show_with_urls(text), detail });
                }
            }
        }
        ContentBrief {
            id: ContentId::Remote {
                url: remote.url.to_string(),
                length: remote.length,
                validator: remote.validator.clone().unwrap_or_default(),
            },
            grid: Grid::Blocks(Arc::new(layout)),
            hashes: None,
            voucher: voucher_of(&remote.url),
            announced: None,
            want,
            whole_files: Vec::new(),
            origins,
            swarm: None,
            policy: self.request.policy,
            patience: PATIENCE.max(self.request.wait),
            give_for: Duration::ZERO,
        }
    }
}

fn origin_of(number: u16, url: &Url, validator: Option<String>) -> Origin {
    Origin {
        id: SourceId { kind: SourceKind::Mirror, number },
        host: host_of(url),
        urls: vec![Some(url.clone())],
        reach: Reach::Anywhere,
        validator,
        pinned: Default::default(),
    }
}

/// One file that is the whole content.
fn layout_of(url: &Url, length: ByteCount) -> Layout {
    let name = name_of(url);
    let path = SafePath::from_name(&name);
    let file = ContentFile { path, published: Vec::new(), start: 0, length, is_padding: false };
    Layout::new(name, vec![file], BLOCK_LENGTH).expect("one file from the first octet is a layout")
}

/// The name of the file at `url`: the last part of its path, or the host where there is none.
pub(super) fn name_of(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let decoded = percent_decode_str(last).decode_utf8_lossy().into_owned();
    if decoded.is_empty() { url.host_str().unwrap_or("file").to_owned() } else { decoded }
}
