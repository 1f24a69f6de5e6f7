//! CloudEvents: a file as a STAC item, or a monitoring event.
//!
//! In: an object with `specversion`. Out: a reading.

use super::{AnnouncementDraft, Dialect, FileAction, FileLink, MessageReading};
use crate::domain::octets::ByteCount;
use crate::mesh::event::MonitoringEvent;
use crate::mesh::integrity;
use crate::mesh::json::Json;
use crate::mesh::remark::Remark;
use crate::mesh::time::TimeForm;

pub(super) fn read(json: &Json<'_>) -> MessageReading {
    if json.at("type").text().is_some_and(|kind| kind.starts_with("int.wmo.wis.wme.")) {
        return MessageReading::Event(Box::new(MonitoringEvent::read(json)));
    }
    let mut draft = AnnouncementDraft::default();
    draft.id = draft.need_text(json, "id", "id").map(Into::into);
    draft.need_text(json, "source", "source");
    draft.need_text(json, "type", "type");
    match draft.need_text(json, "specversion", "specversion") {
        Some("1.0") | None => {}
        Some(other) => {
            draft.add(Remark::WrongValue { field: "specversion", value: other.chars().take(64).collect() });
        }
    }
    let time = draft.need_text(json, "time", "time");
    draft.published_at = draft.need_time(time, "time", &[TimeForm::Rfc3339]);
    let item = json.at("data");
    if !item.is_object() {
        draft.add(Remark::Missing { field: "data" });
        return draft.finish(Dialect::CloudEvent);
    }
    draft.key = draft.need_text(item, "id", "data.id").map(Into::into);
    assets(item, &mut draft);
    draft.finish(Dialect::CloudEvent)
}

/// The first asset with the role of data, or the first of all.
fn assets(item: &Json<'_>, draft: &mut AnnouncementDraft) {
    let assets = item.at("assets").entries();
    let is_data = |asset: &Json<'_>| asset.at("roles").items().iter().any(|role| role.text() == Some("data"));
    let data: Vec<_> = assets.iter().filter(|(_, asset)| is_data(asset)).collect();
    let Some((_, asset)) = data.first().copied().or(assets.first()) else {
        draft.add(Remark::Missing { field: "data.assets" });
        return;
    };
    if data.len() > 1 {
        draft.add(Remark::MoreFiles { count: data.len() - 1 });
    }
    let Some(href) = draft.need_text(asset, "href", "data.assets.href") else { return };
    draft.size = asset.at("file:size").whole().map(ByteCount);
    let media_type = asset.at("type").text().map(Into::into);
    draft.links.push(FileLink { media_type, length: draft.size, ..FileLink::to("canonical", href) });
    for (_, other) in asset.at("alternate").entries().iter().take(16) {
        if let Some(href) = other.at("href").text() {
            draft.links.push(FileLink::to("alternate", href));
        }
    }
    if let Some(checksum) = asset.at("file:checksum").text() {
        draft.integrity = integrity::read_multihash(checksum, &mut draft.remarks);
    }
    draft.action = Some(FileAction::New);
}
