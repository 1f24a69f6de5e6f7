//! Reads the events of a stream, and the local files that they name; and a discovery record.
//!
//! In: where events come from, and how messages are made of them. Out: what becomes of each file. What an event means is
//! [`EventDesk`]'s decision. The stream is read on a thread of its own, which may wait for ever: this one hears when it is told to stop.

use super::measuring::{FoundFile, Goes, Measuring, NAP, unreadable};
use crate::app::mesh::announcing::{
    EventStream, EventTerms, NotAnnounced, RulesError, RulesFault, TermsRemark, TopicCheck,
};
use crate::domain::outside_text::show;
use crate::engine::store::directory::Directory;
use crate::engine::store::error::StoreError;
use crate::engine::store::positioned::read_bounded;
use crate::mesh::file_events::desk::{EventDesk, EventStep, LocalDraft, SharedRoot};
use crate::mesh::file_events::framing::{EventFrame, EventFraming};
use crate::mesh::file_events::rules::{EventRules, LARGEST_RULES};
use crate::mesh::post::Announceable;
use crate::mesh::post::place::{BaseUrl, SharedPath};
use crate::mesh::post::record_notice::{LARGEST_RECORD, notice_of_record};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};

/// How much of a stream is read at once, in octets.
const STRETCH: usize = 64 << 10;

/// How a person knows a stream.
fn name_of(from: &EventStream) -> String {
    match from {
        EventStream::Stdin => "-".to_owned(),
        EventStream::File(path) => show(&path.display().to_string()),
    }
}

/// The folder in which files of events may lie, and its address.
pub(super) type EventFolder<'a> = (Option<&'a Path>, Option<BaseUrl>);

/// Reads events until there are none left, nobody takes what they lead to, or it is told to stop.
pub(super) fn run(
    measuring: &Measuring,
    from: &EventStream,
    (terms, topics): (&EventTerms, TopicCheck),
    (folder, base): EventFolder<'_>,
) -> Goes {
    let rules = match rules_of(terms, topics) {
        Ok(rules) => rules,
        Err((file, why)) => return measuring.send(FoundFile::Refused(file, why)),
    };
    for (topic, remark) in &rules.remarks {
        measuring.send(FoundFile::Remarked(TermsRemark::Topic(topic.clone(), remark.clone())))?;
    }
    let opened = match folder.map(Directory::open).transpose() {
        Ok(opened) => opened,
        Err(error) => {
            let file = show(&folder.unwrap_or(Path::new("")).display().to_string());
            return measuring.send(FoundFile::Refused(file, unreadable(&error)));
        }
    };
    let ways =
        folder.into_iter().flat_map(|folder| [std::path::absolute(folder).ok(), folder.canonicalize().ok()]);
    let folders = ways.flatten().filter_map(|way| way.to_str().map(str::to_owned)).collect();
    let desk = EventDesk::new(rules, SharedRoot { folders, base }, name_of(from));
    EventsReader { measuring, desk, folder: opened }.read(from)
}

/// The rules, or the file that is refused and why.
fn rules_of(terms: &EventTerms, topics: TopicCheck) -> Result<EventRules, (String, NotAnnounced)> {
    let of = |name: String, error: RulesError| (name, NotAnnounced::Rules(Box::new(error)));
    match terms {
        EventTerms::Alike(terms) => EventRules::of_terms((**terms).clone(), topics)
            .map_err(|fault| of(terms.topic.clone(), RulesError { line: None, fault })),
        EventTerms::Rules(path) => {
            let name = show(&path.display().to_string());
            let octets = octets_of(path, LARGEST_RULES).map_err(|why| (name.clone(), why))?;
            let text = String::from_utf8(octets)
                .map_err(|_| of(name.clone(), RulesError { line: None, fault: RulesFault::NotText }))?;
            EventRules::read(&text, topics).map_err(|error| of(name, error))
        }
    }
}

/// A small file, whole.
fn octets_of(path: &Path, most: usize) -> Result<Vec<u8>, NotAnnounced> {
    match read_bounded(path, most) {
        Ok(Some(octets)) => Ok(octets),
        Ok(None) => Err(NotAnnounced::Large(most)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(NotAnnounced::Missing),
        Err(error) => Err(unreadable(&StoreError::from_io(format!("read {}", path.display()), error))),
    }
}

/// A discovery record.
pub(super) fn record(measuring: &Measuring, path: &Path, base: &BaseUrl) -> Goes {
    let file = show(&path.display().to_string());
    let name = path.file_name().unwrap_or_default();
    let read = SharedPath::of(&[name]).map_err(NotAnnounced::Path).and_then(|own| {
        let octets = octets_of(path, LARGEST_RECORD)?;
        notice_of_record(&octets, (&own, base)).map_err(NotAnnounced::Record)
    });
    measuring.send(match read {
        Ok(notice) => FoundFile::Ready(Announceable::Notice(Box::new(notice)), file),
        Err(why) => FoundFile::Refused(file, why),
    })
}

struct EventsReader<'a> {
    measuring: &'a Measuring,
    desk: EventDesk,
    folder: Option<Directory>,
}

impl EventsReader<'_> {
    fn read(mut self, from: &EventStream) -> Goes {
        let stretches = stretches_of(from.clone());
        let mut framing = EventFraming::default();
        loop {
            if self.measuring.is_stopping() {
                return Goes::Break(());
            }
            match stretches.recv_timeout(NAP) {
                Ok(Ok(octets)) => self.take_all(framing.take(&octets))?,
                Ok(Err(error)) => {
                    let failed = StoreError::from_io(format!("read {}", name_of(from)), error);
                    let why = unreadable(&failed);
                    self.measuring.send(FoundFile::Refused(name_of(from), why))?;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.take_all(framing.end()),
            }
        }
    }

    fn take_all(&mut self, frames: Vec<EventFrame>) -> Goes {
        for frame in frames {
            for step in self.desk.take(frame) {
                self.carry_out(step)?;
            }
        }
        Goes::Continue(())
    }

    fn carry_out(&mut self, step: EventStep) -> Goes {
        let found = match step {
            EventStep::Read(draft) => return self.read_file(*draft),
            EventStep::Announce(notice) => {
                let name = show(&notice.href);
                FoundFile::Ready(Announceable::Notice(notice), name)
            }
            EventStep::PassOver(name, why) => FoundFile::PassedOver(show(&name), why),
            EventStep::Refuse(name, why) => {
                FoundFile::Refused(show(&name), NotAnnounced::Event(Box::new(why)))
            }
        };
        self.measuring.send(found)
    }

    fn read_file(&mut self, draft: LocalDraft) -> Goes {
        let Some(folder) = &self.folder else { return Goes::Continue(()) };
        match self.measuring.measure_below(folder, &draft.path, draft.also_by()) {
            Ok(Some(measured)) => {
                let step = self.desk.take_read(draft, (&measured.facts, measured.other.as_ref()));
                self.carry_out(step)
            }
            Ok(None) => Goes::Break(()),
            Err(why) => self.measuring.send(FoundFile::Refused(show(draft.path.as_str()), why)),
        }
    }
}

/// What a stream holds, stretch by stretch, to its end or to an error.
fn stretches_of(from: EventStream) -> Receiver<io::Result<Vec<u8>>> {
    let (to, stretches) = sync_channel(4);
    std::thread::spawn(move || {
        let opened: io::Result<Box<dyn Read>> = match from {
            EventStream::Stdin => Ok(Box::new(io::stdin())),
            EventStream::File(path) => File::open(path).map(|file| Box::new(file) as Box<dyn Read>),
        };
        let told = opened.and_then(|mut stream| {
            loop {
                let mut octets = vec![0; STRETCH];
                let count = match stream.read(&mut octets) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    read => read?,
                };
                octets.truncate(count);
                // Whoever reads may have gone.
                if count == 0 || to.send(Ok(octets)).is_err() {
                    return Ok(());
                }
            }
        });
        if let Err(error) = told {
            let _ = to.send(Err(error));
        }
    });
    stretches
}
