//! Opens files to see their fields, from this computer or from a server; what is no data goes to the sources.
//!
//! In: [`InspectCommand`]s. Out: [`InspectEvent`]s, and places for the desk of sources. One task; each file is read beside it,
//! and what comes of one that was closed meanwhile is dropped. Start reading at `start`.
//!
//! | file | what it does |
//! |---|---|
//! | `opening`, `compressed` | gets at what is to be read: a file, a URL, what is inside a compressed one |
//! | `inspecting` | what something is, which fields it has, and whether it is sound |
//! | `showing` | what the values of its fields come to |
//! | `verifying` | whether files are what they should be |

mod compressed;
mod inspecting;
mod opening;
mod showing;
pub(in crate::engine) mod verifying;

pub(crate) use inspecting::add_digests;
pub(in crate::engine) use inspecting::{fields_or_kind, index, index_with_digests, inspect, kind_of};
pub(crate) use opening::unreadable;
pub(in crate::engine) use showing::show_values;

use crate::app::input::{Event, Input};
use crate::app::inspect::{FileReading, InspectCommand, InspectEvent, OpenedFile, OpenedPlace};
use crate::app::journal::Weight;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::magnet::Magnet;
use crate::domain::file_kind::FileKind;
use crate::domain::outside_text::{show, show_with_urls};
use crate::engine::context::EngineContext;
use crate::engine::services::catalog::CatalogCommand;
use percent_encoding::percent_decode_str;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use url::Url;

/// The way to the service.
pub(in crate::engine) type InspectHandle = UnboundedSender<InspectCommand>;

/// What tasks beside the service found out.
enum Heard {
    /// What a place is that was taken in. `None` for a server that does not answer: as a source it says why.
    Kind(String, Option<FileKind>),
    /// A place that was taken in cannot be read.
    Unreadable(UserMessage),
    /// What the file of that number holds.
    Read(u64, FileReading),
}

struct InspectService {
    context: EngineContext,
    events: UnboundedSender<Input>,
    sources: UnboundedSender<CatalogCommand>,
    open: Option<Arc<OpenedFile>>,
    next: u64,
    heard: UnboundedSender<Heard>,
}

/// Starts the service. What is no data is handed to `sources`.
pub(in crate::engine) fn start(
    context: EngineContext,
    events: UnboundedSender<Input>,
    sources: UnboundedSender<CatalogCommand>,
) -> InspectHandle {
    let (handle, commands) = unbounded_channel();
    let (heard, hearing) = unbounded_channel();
    let service = InspectService { context, events, sources, open: None, next: 1, heard };
    tokio::spawn(service.run(commands, hearing));
    handle
}

impl InspectService {
    /// Hears commands until the engine ends.
    async fn run(
        mut self,
        mut commands: UnboundedReceiver<InspectCommand>,
        mut hearing: UnboundedReceiver<Heard>,
    ) {
        loop {
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.obey(command),
                    None => return,
                },
                Some(heard) = hearing.recv() => self.hear(heard),
            }
        }
    }

    fn obey(&mut self, command: InspectCommand) {
        match command {
            InspectCommand::Take(place) => self.take(place.trim().to_owned()),
            InspectCommand::Open(target) => self.open(target),
            InspectCommand::Again => {
                if let Some(open) = self.open.clone() {
                    self.show(OpenedFile { reading: FileReading::UnderWay, ..OpenedFile::clone(&open) });
                    self.read(open.number, open.target.clone());
                }
            }
            InspectCommand::Close => {
                self.open = None;
                self.tell(Event::Inspect(InspectEvent::Shown(None)));
            }
            // The reducer made a transfer of it.
            InspectCommand::Get => {}
        }
    }

    /// Finds out what a place is before anything is done with it. Magnets and .torrents are sources by their names.
    fn take(&self, place: String) {
        let lower = place.to_ascii_lowercase();
        let is_url = web_url(&place).is_some();
        let path = lower.split(['?', '#']).next().unwrap_or_default();
        if Magnet::is_meant_by(&place) || (is_url && path.ends_with(".torrent")) {
            return self.add(place);
        }
        let (context, heard) = (self.context.clone(), self.heard.clone());
        tokio::spawn(async move {
            let found = match kind_of(&place, &context).await {
                Ok(kind) => Heard::Kind(place, Some(kind)),
                // The screen of its fields says why it cannot be read, and reads it again.
                Err(_) if is_url && names_grib(&place) => Heard::Kind(place, Some(FileKind::Grib)),
                Err(_) if is_url => Heard::Kind(place, None),
                Err(message) => Heard::Unreadable(message),
            };
            // The service is gone only when the engine is.
            let _ = heard.send(found);
        });
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Kind(place, Some(FileKind::Grib)) => self.open(place),
            Heard::Kind(place, None | Some(FileKind::Torrent)) => self.add(place),
            Heard::Kind(place, Some(kind)) => {
                let target = show_with_urls(&place);
                let message = UserMessage::OfAnotherKind { target, kind };
                self.tell(Event::Told(Weight::Attention, message));
            }
            Heard::Unreadable(message) => self.tell(Event::Told(Weight::Attention, message)),
            Heard::Read(number, reading) => {
                if let Some(open) = self.open.clone().filter(|open| open.number == number) {
                    self.show(OpenedFile { reading, ..OpenedFile::clone(&open) });
                }
            }
        }
    }

    fn add(&self, place: String) {
        // The desk of sources ends only with the engine.
        let _ = self.sources.send(CatalogCommand::Add(place));
    }

    fn open(&mut self, target: String) {
        let number = self.next;
        self.next += 1;
        let place = if web_url(&target).is_some() { OpenedPlace::Server } else { OpenedPlace::Disk };
        self.show(OpenedFile {
            number,
            name: name_of(&target),
            target: target.clone(),
            place,
            reading: FileReading::UnderWay,
        });
        self.read(number, target);
    }

    fn read(&self, number: u64, target: String) {
        let (context, heard) = (self.context.clone(), self.heard.clone());
        tokio::spawn(async move {
            let reading = match fields_or_kind(&target, &context).await {
                Ok(Ok(listing)) => FileReading::Fields(Arc::new(listing)),
                Ok(Err(kind)) => FileReading::Other(kind),
                Err(message) => FileReading::Failed(message),
            };
            // The service is gone only when the engine is.
            let _ = heard.send(Heard::Read(number, reading));
        });
    }

    fn show(&mut self, opened: OpenedFile) {
        let opened = Arc::new(opened);
        self.open = Some(opened.clone());
        self.tell(Event::Inspect(InspectEvent::Shown(Some(opened))));
    }

    fn tell(&self, event: Event) {
        // The host is gone only when the process ends.
        let _ = self.events.send(Input::Event(event));
    }
}

fn web_url(target: &str) -> Option<Url> {
    Url::parse(target).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn names_grib(target: &str) -> bool {
    let lower = target.to_ascii_lowercase();
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    [".grib", ".grib2", ".grb", ".grb2", ".grib1"].iter().any(|suffix| path.ends_with(suffix))
}

/// The last part of a path or URL.
fn name_of(target: &str) -> String {
    let name = match web_url(target) {
        Some(url) => {
            let last = url.path_segments().and_then(|mut parts| parts.next_back().map(str::to_owned));
            last.map(|name| percent_decode_str(&name).decode_utf8_lossy().into_owned())
        }
        None => Path::new(target).file_name().map(|name| name.to_string_lossy().into_owned()),
    };
    name.filter(|name| !name.is_empty()).map_or_else(|| show_with_urls(target), |name| show(&name))
}
