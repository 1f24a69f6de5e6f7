//! What is said to a person, as data: `i18n` turns it into sentences.
//!
//! Each message says what happened and what can be done. Texts from outside were made fit to be shown before.

use crate::app::messages::file_message::{FileMessage, NotOpened};
use crate::app::messages::line_kind::LineKind;
use crate::app::messages::mesh_notice::MeshNotice;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::wrong_file::WrongFile;
use crate::catalog::change::Change;
use crate::domain::file_kind::FileKind;
use crate::domain::octets::ByteCount;
pub use crate::domain::selection::{Attribute, Wished};
use crate::domain::{source::SourceKind, utc::UtcTime};
pub use crate::grib::claim::Misfit;
use crate::transfer::reason::Reason;
use serde::{Deserialize, Serialize};

/// A source with the reason why it gives nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What kind of source it is.
    pub kind: SourceKind,
    /// Its URL without secrets; empty for all peers together.
    pub label: String,
    /// What was seen.
    pub reason: Reason,
}

/// A message to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserMessage {
    /// There is no such file.
    TargetNotFound {
        /// As the person wrote it.
        target: String,
    },
    /// It is neither a .torrent nor data that can be fetched.
    TargetUnknown {
        /// As the person wrote it.
        target: String,
    },
    /// It is a file of a kind that cannot be fetched or opened here.
    OfAnotherKind {
        /// As the person wrote it.
        target: String,
        /// What it is, by its first octets.
        kind: FileKind,
    },
    /// A transfer failed for the moment; it is tried again by itself.
    TriedAgain {
        /// Why it failed.
        why: Box<UserMessage>,
        /// When it is tried again, to the minute.
        at: UtcTime,
        /// How often it was tried.
        tries: u32,
    },
    /// More datasets cannot be followed.
    TooManyFollowed {
        /// So many can.
        most: u64,
    },
    /// The server did not give it.
    TargetUnreachable {
        /// The URL without secrets.
        url: String,
        /// What was seen.
        reason: Reason,
    },
    /// The server does not say how long the file is.
    LengthUnknown {
        /// The URL without secrets.
        url: String,
    },
    /// The .torrent cannot be used.
    TorrentUnsound {
        /// What is wrong, in English, for the curious.
        detail: String,
    },
    /// The .torrent has no part that a client of version 1 can use.
    TorrentIsV2Only,
    /// The magnet cannot be used.
    MagnetUnsound {
        /// What is wrong, in English, for the curious.
        detail: String,
    },
    /// No peer gave what the magnet stands for.
    NoMetadata,
    /// Peers were asked for, and this build has none.
    NoSwarmInThisBuild,
    /// A policy of peers only, and no way to any peer.
    NoWayToPeers,
    /// The same, of a private torrent: no other way may be used.
    NoWayToPrivatePeers,
    /// No file of the torrent matches.
    NoFileMatches {
        /// The pattern or choice.
        wanted: String,
    },
    /// The file has no field of that choice.
    NothingChosen {
        /// What it has, in a few words.
        available: String,
        /// What of the wish is not there at all.
        #[serde(default)]
        lacking: Vec<Wished>,
    },
    /// A part of the file was asked for, and it holds no fields that could be told apart.
    NoFields {
        /// The file.
        name: String,
    },
    /// Something the person typed cannot be read.
    Unreadable {
        /// What was typed.
        text: String,
    },
    /// No source could give the rest.
    NoSource {
        /// Why, by source.
        troubles: Vec<Trouble>,
    },
    /// What came was wrong, and nobody else could give it.
    OnlyWrongData {
        /// Why, by source.
        troubles: Vec<Trouble>,
    },
    /// The file is not what was published.
    DigestMismatch {
        /// What was checked.
        what: String,
        /// What was published.
        announced: String,
        /// What the bytes give.
        computed: String,
    },
    /// The file is broken GRIB.
    NotWellFormed {
        /// What is wrong and where, in English.
        detail: String,
    },
    /// What came is no GRIB, and GRIB was asked for.
    NotGrib {
        /// The file that was asked for.
        name: String,
        /// How long what came is.
        length: ByteCount,
        /// How it begins; empty for nothing at all.
        beginning: String,
    },
    /// What came is a text, and the name says that the file is none.
    TextInsteadOfData {
        /// The file that was asked for.
        name: String,
        /// How it begins.
        beginning: String,
    },
    /// What came of an announced file is wrong.
    AnnouncedWrong {
        /// Its name.
        what: String,
        /// What is wrong.
        wrong: WrongFile,
    },
    /// A key was announced with two contents, neither in place of the other; both are kept.
    AnnouncedTwice {
        /// The key.
        key: String,
        /// Where the first is.
        first: String,
    },
    /// The disk is full.
    DiskFull,
    /// The disk has too little room for what will come.
    DiskTooSmall {
        /// What is needed.
        needed: ByteCount,
        /// What is free.
        free: ByteCount,
    },
    /// The folder or file may not be written.
    DiskDenied {
        /// What was tried.
        what: String,
    },
    /// The folder is not there any more, or is a file.
    FolderGone {
        /// The folder.
        path: String,
    },
    /// A link stands where our file should be.
    LinkInTheWay {
        /// Its name.
        name: String,
    },
    /// Another process uses the folder.
    FolderInUse {
        /// Its number and what it does.
        by: String,
    },
    /// The notes about what is held cannot be kept.
    DatabaseTrouble {
        /// The library's words.
        detail: String,
    },
    /// Another failure of the disk.
    DiskTrouble {
        /// What was tried, with the system's words.
        detail: String,
    },
    /// A different file of that name was kept under another.
    KeptExisting {
        /// The file.
        path: String,
        /// The new name of the one that stood there.
        kept_as: String,
    },
    /// The fields of this file were found in an index.
    IndexFrom {
        /// Where it lies.
        place: String,
    },
    /// A server gives no parts of files, or its provider says so: a file is fetched whole.
    WholeFileOnly {
        /// The file.
        url: String,
    },
    /// A provider's file names no feed of its service.
    NoNotices {
        /// The provider.
        provider: String,
    },
    /// What a provider publishes is not what it was, and nobody said so.
    CatalogChanged {
        /// What changed.
        change: Change,
    },
    /// A provider asks that clients name somebody, and nobody is named.
    ContactWanted {
        /// The provider.
        provider: String,
    },
    /// An index was there and could not be used.
    IndexUnusable {
        /// Where it lies.
        place: String,
        /// Why, in English.
        detail: String,
    },
    /// An index does not fit its file: what it says is not used.
    IndexMisfit {
        /// Where it lies; the name of the file where the fields were known from its headers.
        place: String,
        /// What does not fit.
        misfit: Misfit,
    },
    /// The messages that came are not those that were told.
    NotAsTold {
        /// What does not fit.
        misfit: Misfit,
    },
    /// What is wished and is not there.
    Lacking {
        /// Each thing that was named.
        lacking: Vec<Wished>,
        /// What the file has, in a few words; empty where that is not known.
        available: String,
    },
    /// A lead time that the dataset does not reach, or steps over.
    NoSuchLead {
        /// The lead times that were named.
        wanted: Vec<Wished>,
        /// Its first lead time, in minutes.
        first: i64,
        /// Its last lead time, in minutes.
        last: i64,
    },
    /// There is no index that can be used, and the headers of the file were read instead.
    WalkedHeaders {
        /// How many requests that took.
        requests: u64,
    },
    /// The headers of the file were not read to its end.
    SearchGivenUp {
        /// Where in the file the search stood.
        at: ByteCount,
        /// Why, in English.
        detail: String,
    },
    /// A chosen message also holds fields that were not chosen; messages are never cut.
    MessageHoldsMore,
    /// A name in a torrent could lead out of the folder; it is saved under another.
    NameMadeSafe {
        /// The name as published.
        published: String,
        /// The name used here.
        used: String,
    },
    /// Files of a torrent that no source could give whole.
    FilesLacking {
        /// Some of their names.
        names: Vec<String>,
        /// How many there are in all.
        count: u64,
    },
    /// A peer named on the command line could not be found.
    PeerUnusable {
        /// As it was written.
        peer: String,
    },
    /// A web seed named on the command line cannot be used.
    WebSeedUnusable {
        /// As it was written, without secrets.
        url: String,
        /// Why, in English.
        detail: String,
    },
    /// Another process has the folder; it is waited for.
    WaitingForFolder {
        /// Its number and what it does.
        by: String,
    },
    /// A server is waited for, or a file of it is read in another way than others.
    File(FileMessage),
    /// Something about a relay.
    Relay(RelayMessage),
    /// It cannot be published.
    CannotPublish {
        /// Why, in English, for the curious.
        detail: String,
    },
    /// Every hour of a run that was asked for is here.
    RunComplete {
        /// The dataset.
        title: String,
        /// The run.
        run: UtcTime,
        /// How many files.
        files: u32,
    },
    /// This computer has no network.
    Offline,
    /// This computer has a network again.
    OnlineAgain,
    /// A source or tracker of a transfer gives nothing, and why.
    SourceTrouble {
        /// What it is.
        kind: LineKind,
        /// Its URL without secrets.
        label: String,
        /// What was seen.
        reason: Reason,
    },
    /// A source that answered before does not any more.
    SourceLost {
        /// What it is called.
        title: String,
    },
    /// The clock of this computer was moved.
    ClockMoved {
        /// By so many minutes; negative when it was set back.
        minutes: i64,
    },
    /// The settings file cannot be read as it is; the usual settings are used, and the file was kept under another name.
    SettingsBroken {
        /// What is wrong, in English.
        detail: String,
        /// Where the file was kept; empty when it could not be moved and is left as it is.
        kept_as: String,
    },
    /// The settings file is of a later version: it is read as far as possible and not written.
    SettingsNewer,
    /// Settings cannot be written; they hold until the end of this start.
    SettingsNotKept {
        /// The system's words.
        detail: String,
    },
    /// The desktop could not open it.
    CannotOpen {
        /// What was to be opened.
        path: String,
        /// Why not.
        why: NotOpened,
    },
    /// The desktop shows no notifications.
    NoNotifications {
        /// What it said.
        detail: String,
    },
    /// The log was written.
    JournalWritten {
        /// Where.
        path: String,
    },
    /// No provider, dataset or package has that id.
    UnknownEntry {
        /// The id as it was written.
        id: String,
        /// The id that was probably meant. `None` when none is spelt like it.
        meant: Option<String>,
    },
    /// What is wanted is not there yet.
    NotYetPublished {
        /// When it is due. `None` when unknown.
        due: Option<UtcTime>,
    },
    /// What is wanted is waited for.
    WaitingForPublication {
        /// When it is due. `None` when unknown.
        due: Option<UtcTime>,
    },
    /// The provider no longer keeps a run of that time.
    NoLongerKept {
        /// The oldest run that may still be there.
        oldest: UtcTime,
    },
    /// No run starts at that time.
    NoSuchRun {
        /// The time.
        time: UtcTime,
    },
    /// Whether a newer run is there is not known; the newest that is known was taken.
    NewerRunUnknown {
        /// The newer run.
        run: UtcTime,
        /// Its listing.
        url: String,
        /// Why that was not read.
        reason: Reason,
    },
    /// A listing could not be had, and what was kept of it is used.
    ListingIsOld {
        /// Its address without secrets.
        url: String,
        /// What was seen.
        reason: Reason,
        /// When it was fetched.
        fetched_at: UtcTime,
    },
    /// The same file is in the folder under another name; it is not fetched again.
    AlreadyHere {
        /// Where.
        path: String,
    },
    /// Files that had been downloaded are gone, or were changed by somebody else.
    FilesLost {
        /// Transfers of which a file is gone.
        missing: u64,
        /// Transfers of which a file was changed.
        changed: u64,
    },
    /// The files of the transfer of that name were read again and are right.
    FilesRight(String),
    /// The files of the transfer of that name were read again and are not what they were.
    FilesWrong(String),
    /// A file cannot be checked again: nothing was kept that it could be known by.
    NothingToCheckBy {
        /// The file.
        path: String,
    },
    /// It cannot be fetched again: what was asked for is not known any more.
    RequestForgotten {
        /// What it is called.
        name: String,
    },
    /// Something of announcements was not done, or not taken in.
    OfMesh(MeshNotice),
    /// It was stopped; what is held stays.
    Stopped,
    /// A part of the program failed that should not.
    Internal {
        /// For the log and a report.
        detail: String,
    },
}

impl UserMessage {
    /// A code that is the same in every language, to search and to report by: `DISK-FULL`.
    pub fn code(&self) -> String {
        // The variant's own name is the code; what it holds begins behind it.
        let whole = match self {
            Self::OfMesh(notice) => format!("{notice:?}"),
            other => format!("{other:?}"),
        };
        let name = whole.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let mut code = String::with_capacity(name.len() + 4);
        for (at, letter) in name.chars().enumerate() {
            if at > 0 && letter.is_ascii_uppercase() {
                code.push('-');
            }
            code.push(letter.to_ascii_uppercase());
        }
        code
    }
}

#[cfg(test)]
mod tests;
