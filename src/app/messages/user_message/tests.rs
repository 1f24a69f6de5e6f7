//! Codes of messages.

use super::*;

#[test]
fn each_message_has_a_code_without_what_it_holds() {
    assert_eq!(UserMessage::DiskFull.code(), "DISK-FULL");
    assert_eq!(UserMessage::OfMesh(MeshNotice::AnnouncementForgotten).code(), "ANNOUNCEMENT-FORGOTTEN");
    let unsound = UserMessage::TorrentUnsound { detail: "token=secret".to_owned() };
    assert_eq!(unsound.code(), "TORRENT-UNSOUND");
}
