//! Views of the mesh for tests of screens: made of messages by the same board as real ones.

use crate::app::jobs::view::FileInPlace;
use crate::app::mesh::board::{Board, FilesHere};
use crate::app::mesh::listening::{BrokerStanding, BrokerState, FileNews, FileOutcome, Protocol};
use crate::app::mesh::password::PasswordPlace;
use crate::app::mesh::view::{
    BrokerAddress, BrokerKey, BrokerOrigin, BrokerRow, FileStanding, Lane, MeshSight, MeshView, TopicFilter,
};
use crate::app::messages::wrong_file::WrongFile;
use crate::domain::integrity::{DigestAlgorithm, Method, Verdict, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::utc::{SteadyTime, UtcMillis};
use crate::mesh::desk::{AnnouncementIndex, BrokerMessage, DeskLimits};
use crate::mesh::lag::Arrival;
use crate::mesh::topic_tree::pins::Pin;
use crate::mesh::topic_tree::view::TreeView;
use crate::transfer::reason::Reason;
use std::time::Duration;

/// A desk with a few messages, and what became of their files.
pub struct Made {
    desk: AnnouncementIndex,
    tree: TreeView,
    files: FilesHere,
}

/// 20 November 2026, 06:42 UTC, and so many seconds.
pub fn at(seconds: i64) -> UtcMillis {
    let base = UtcMillis::parse_rfc3339("2026-11-20T06:42:00Z").expect("a time").unix_millis();
    UtcMillis::from_unix_millis(base + seconds * 1_000).expect("in the calendar")
}

impl Made {
    /// Four files: one in its place after a dead source, one late, one refused, one not asked for; and a broken message.
    pub fn some() -> Self {
        let mut desk = AnnouncementIndex::new(DeskLimits::default());
        let mut hear = |topic: &str, payload: String, lag: i64| {
            let arrival = Arrival::Live;
            let message = BrokerMessage {
                topic: topic.to_owned(),
                payload: payload.into(),
                headers: Vec::new(),
                arrival,
                back_since: None,
            };
            desk.take(message, at(lag), SteadyTime::default());
        };
        let mesh = |name: &str| {
            format!(
                r#"{{"pubTime":"20261120T064200","baseUrl":"http://data.example/","relPath":"run/{name}","size":41000000}}"#
            )
        };
        hear("xpublic/v03/post/run", mesh("arome_007H.grib2"), 2);
        hear("xpublic/v03/post/run", mesh("arome_008H.grib2"), 600);
        hear("xpublic/v03/post/run", mesh("arome_009H.grib2"), 3);
        hear("xpublic/v03/post/obs", mesh("SMFR01.txt"), 4);
        hear("xpublic/v03/post/obs", "no message at all".to_owned(), 5);
        desk.pins.push(Pin::new(TopicFilter::parse("xpublic/#").expect("a filter")));
        let mut files = FilesHere::default();
        let proof = Verdict::Verified {
            method: Method::AnnouncedDigest(DigestAlgorithm::Sha512),
            voucher: Voucher::Broker { host: "broker.example:8883".into(), tls: true },
        };
        let in_place = FileInPlace {
            path: "/data/grib/run/arome_007H.grib2".to_owned(),
            length: ByteCount(41_000_000),
            verdict: proof,
            kept_as: None,
            disk: Default::default(),
        };
        let dead = vec![("http://cache.example/run/arome_007H.grib2".to_owned(), Reason::Closed)];
        files.set("run/arome_007H.grib2", settled(FileOutcome::InPlace(in_place), dead));
        let wrong =
            WrongFile::Digest { announced: "sha512:00112233".to_owned(), computed: "44556677".to_owned() };
        files.set("run/arome_009H.grib2", settled(FileOutcome::Refused(wrong), Vec::new()));
        Self { desk, tree: TreeView::default(), files }
    }

    /// What is shown of it, with one broker that is listened to, one of the person's that is not, and a preset.
    pub fn view(&mut self, sight: &MeshSight) -> MeshView {
        let mut board = Board {
            desk: &self.desk,
            tree: &mut self.tree,
            files: &self.files,
            rules: &[],
            sight,
            until: None,
        };
        board.view(brokers(), (at(60).to_second(), SteadyTime::default()))
    }
}

fn settled(outcome: FileOutcome, tried: Vec<(String, Reason)>) -> FileStanding {
    let from = Some("http://data.example/run/arome_007H.grib2".to_owned());
    let key = "run".to_owned();
    let news = FileNews {
        key,
        lane: Lane::Models,
        outcome,
        from,
        tried,
        took: Duration::from_secs(1),
        by_source: Default::default(),
        changes: Default::default(),
        forwarding: None,
    };
    FileStanding::Settled(Box::new(news))
}

/// Three brokers.
pub fn brokers() -> Vec<BrokerRow> {
    let one = |url: &str, title: &str, origin: BrokerOrigin, standing: Option<BrokerStanding>| {
        let address = BrokerAddress::parse(url).expect("a broker");
        BrokerRow {
            key: BrokerKey::of(&address),
            title: title.to_owned(),
            origin,
            user: None,
            state: standing.map(|standing| BrokerState {
                standing,
                last_success: Some(at(0)),
                refused: vec![("secret/#".to_owned(), "NotAuthorized".to_owned())],
                connections: 1,
            }),
            last_success: None,
            filters: vec![TopicFilter::parse("xpublic/#").expect("a filter")],
            password: PasswordPlace::Nowhere,
            archive: None,
            missed: None,
            dropped: 0,
        }
    };
    let listening = BrokerStanding::Listening { protocol: Protocol::V5, session_present: false };
    let preset = BrokerOrigin::Preset { as_of: "2026-11-20".into() };
    vec![
        one("mqtts://broker.example", "NUEE-DEMO", BrokerOrigin::Demo, Some(listening)),
        one("mqtts://own.example", "own.example:8883", BrokerOrigin::Person, None),
        one("mqtts://global.example", "Global Broker", preset, None),
    ]
}
