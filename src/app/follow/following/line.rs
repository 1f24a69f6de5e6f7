//! One line of what is followed: what a look at its source, and each file that comes, is to be followed by.
//!
//! In: facts and the time. Out: orders, in the sequence in which they are carried out. A file is noted before the person's
//! command starts, so that it starts once, also when the process is killed meanwhile. Start at [`FollowedLine::looked`].

use super::{FollowHands, FollowTerms};
use crate::app::follow::choosing::Offer;
use crate::app::follow::event::FollowEvent;
use crate::app::follow::notes::{FileNote, FollowNotes, NoteState};
use crate::app::follow::orders::{FilesWanted, FollowMoment, FollowOrder, PersonsCommand, TidiedFile};
use crate::app::follow::pacing::{Looks, pause};
use crate::app::follow::seen::SourceSeen;
use crate::app::follow::telling::{missing_hours, run_news};
use crate::app::follow::view::{FollowRow, Look, Pace};
use crate::app::jobs::keeping::Keeping;
use crate::app::jobs::view::FileInPlace;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::runs::Now;
use crate::domain::outside_text::show;
use crate::domain::utc::{SteadyTime, UtcTime};

/// Hours of runs that are older than this are no longer known one by one: nobody publishes them again. Minutes.
const KNOWN_FOR: i64 = 15 * 24 * 60;

/// One line, with what is worked out of it.
#[derive(Clone, Debug)]
pub struct FollowedLine {
    pub(super) row: FollowRow,
    /// What came of its files, hours and runs.
    pub(super) notes: FollowNotes,
    /// When it is looked at again.
    pub(super) due: SteadyTime,
    /// Looks in a row at which the source could not be asked.
    pub(super) failures: u32,
    /// Whether it was looked at since the start.
    pub(super) has_looked: bool,
    /// What the last look saw, while its files are fetched.
    seen: Option<Box<SourceSeen>>,
    /// What was worth a line at the last look: it is not said again while it stays so.
    said: Vec<UserMessage>,
}

impl FollowedLine {
    pub(super) fn new(row: FollowRow, notes: FollowNotes, due: SteadyTime) -> Self {
        let row = FollowRow { look: Look::Resting, ..row };
        Self { row, notes, due, failures: 0, has_looked: false, seen: None, said: Vec::new() }
    }

    /// Whether it waits for its time.
    pub(super) fn is_awaited(&self) -> bool {
        self.row.kept.pace == Pace::Active && self.row.look == Look::Resting
    }

    pub(super) fn begin_look(&mut self) -> FollowOrder {
        self.row.look = Look::UnderWay;
        FollowOrder::Look(self.row.clone())
    }

    /// Its source was asked: what is new is to be fetched.
    pub(super) fn looked(
        &mut self,
        seen: Box<SourceSeen>,
        terms: FollowTerms,
        at: FollowMoment,
    ) -> Vec<FollowOrder> {
        self.has_looked = true;
        let mut orders: Vec<FollowOrder> = seen
            .changes
            .iter()
            .map(|change| self.told(UserMessage::CatalogChanged { change: change.clone() }))
            .collect();
        if self.row.kept.pace == Pace::Paused {
            self.row.look = Look::Resting;
            return orders;
        }
        self.note_source(seen.trouble.clone(), at.day.time());
        if terms.hands == FollowHands::Own {
            orders.extend(self.say(&seen));
        }
        let mut wanted = Vec::new();
        let wish = self.row.wish.clone();
        let offer = seen
            .dataset
            .as_deref()
            .map(|dataset| Offer::new((&wish, self.row.added), (dataset, &seen.book), at.day));
        let taken = match offer {
            Some(Ok(offer)) if terms.hands == FollowHands::Own => {
                self.note_due(&offer);
                orders.extend(self.start_untold());
                wanted = offer.files(&offer.table());
                wanted.retain(|file| !self.notes.is_known(&file.key));
                Ok(())
            }
            Some(Ok(offer)) => {
                self.note_due(&offer);
                self.hand_over(&offer, at).map(|handed| orders.extend(handed))
            }
            Some(Err(text)) => Err(text),
            None => Ok(()),
        };
        if let Err(text) = taken {
            self.note_source(Some(UserMessage::Unreadable { text: show(&text) }), at.day.time());
        }
        self.seen = Some(seen);
        if wanted.is_empty() {
            orders.extend(self.fetch_over(terms, at));
        } else {
            let files = wanted.into_iter().map(|file| (file.key, file.entry)).collect();
            orders.push(FollowOrder::Fetch(Box::new(FilesWanted { row: self.row.clone(), files })));
        }
        orders
    }

    /// Hands hours that are new to transfers, each once.
    fn hand_over(&mut self, offer: &Offer<'_>, at: FollowMoment) -> Result<Vec<FollowOrder>, String> {
        let now = at.day.time();
        let (mut notes, mut appeared) = (Vec::new(), Vec::new());
        for hour in offer.new_hours(&self.notes)? {
            let about = (hour.key, hour.wanted.subject.run);
            notes.push(FileNote::new(about, NoteState::Here, now));
            appeared.push(hour.wanted);
        }
        if notes.is_empty() {
            return Ok(Vec::new());
        }
        let mut orders = vec![FollowOrder::Tell(FollowEvent::Appeared(appeared)), self.note(notes)];
        // What is listed still is known still, however old.
        let listed = offer.table().rows.iter().map(|row| row.run).min();
        if let Some(oldest) = now.plus_minutes(-KNOWN_FOR).into_iter().chain(listed).min() {
            self.notes.forget_before(oldest);
            orders.push(FollowOrder::ForgetBefore(self.row.id, oldest));
        }
        Ok(orders)
    }

    /// A file is in its place: it is noted, told, and the person's command starts.
    pub(super) fn fetched(
        &mut self,
        key: String,
        files: Vec<FileInPlace>,
        at: FollowMoment,
    ) -> Vec<FollowOrder> {
        let now = at.day.time();
        // Keys begin with their run.
        let run = key.split(' ').next().and_then(UtcTime::parse_rfc3339).unwrap_or(now);
        self.row.kept.note_success(now);
        let paths = files.iter().map(|file| file.path.clone()).collect();
        let note = FileNote { paths, ..FileNote::new((key.clone(), run), NoteState::Here, now) };
        let mut orders = vec![self.note(vec![note.clone()])];
        orders.extend(files.into_iter().map(|file| {
            let (name, key, file) = (self.row.name.clone(), key.clone(), Box::new(file));
            FollowOrder::Tell(FollowEvent::File { name, key, file })
        }));
        orders.extend(self.start_for(note));
        orders.push(FollowOrder::Keep(self.row.clone()));
        orders
    }

    /// A file could not be fetched; it is tried again at the next look.
    pub(super) fn could_not_fetch(&mut self, message: UserMessage) -> FollowOrder {
        self.row.kept.hour_trouble = Some(message.clone());
        self.told(message)
    }

    /// Every file was tried: hours and runs are told, what is too much goes, and the line rests.
    pub(super) fn fetch_over(&mut self, terms: FollowTerms, at: FollowMoment) -> Vec<FollowOrder> {
        let seen = self.seen.take().filter(|_| terms.hands == FollowHands::Own);
        let mut orders = seen.map_or_else(Vec::new, |seen| self.tell_runs(&seen, at));
        let keeping = self.row.wish.keeping();
        // A clock that was just set makes files look old that are not.
        let is_sure = matches!(at.day, Now::Steady(_)) && terms.hands == FollowHands::Own;
        let lying = self.notes.lying();
        if keeping != Keeping::default() && is_sure && !lying.is_empty() {
            orders.push(FollowOrder::Tidy(self.row.id, keeping, lying));
        }
        let looks = Looks { next_due: self.row.kept.next_due, failures: self.failures };
        let pause = pause(at.day.time(), looks, terms.longest);
        (self.due, self.row.look) = (at.steady.after(pause), Look::Resting);
        self.row.kept.looks_again = Some(at.day.time().later_by(pause));
        orders.push(FollowOrder::Keep(self.row.clone()));
        orders
    }

    /// Tells once which hours are missing, and what is worth knowing of each run.
    fn tell_runs(&mut self, seen: &SourceSeen, at: FollowMoment) -> Vec<FollowOrder> {
        let (wish, now) = (self.row.wish.clone(), at.day.time());
        let offer = seen
            .dataset
            .as_deref()
            .map(|dataset| Offer::new((&wish, self.row.added), (dataset, &seen.book), at.day));
        let Some(Ok(offer)) = offer else { return Vec::new() };
        let (table, name) = (offer.table(), self.row.name.clone());
        let mut orders = Vec::new();
        let missing = missing_hours(&offer, &table, &self.notes, now);
        if !missing.is_empty() {
            orders.push(self.note(missing.clone()));
        }
        orders.extend(
            missing
                .into_iter()
                .filter(|note| note.state == NoteState::Missing)
                .map(|note| FollowOrder::Tell(FollowEvent::Missing { name: name.clone(), key: note.key })),
        );
        for (news, note) in run_news(&offer, (&table, &offer.files(&table)), &self.notes, now) {
            let (key, run) = (note.key.clone(), note.run);
            // Noted first: the command starts once, also when this process is killed meanwhile.
            orders.push(self.note(vec![note]));
            orders.push(FollowOrder::Tell(FollowEvent::Run { name: name.clone(), run, news }));
            if let Some(words) = wish.exec_run.clone() {
                let files = ("NUEE_FILES", self.notes.paths_of(run).join("\n"));
                orders.push(self.command((key, words), (news.key(), run), vec![files]));
            }
        }
        orders
    }

    /// Files made room: they are noted, so that they are not fetched again.
    pub(super) fn tidied(&mut self, files: Vec<TidiedFile>, at: FollowMoment) -> Vec<FollowOrder> {
        let now = at.day.time();
        let mut orders = Vec::new();
        for TidiedFile { note, removed } in files {
            let gone = FileNote::new((note.key, note.run), NoteState::Removed, now);
            orders.push(self.note(vec![gone]));
            orders.extend(
                removed.into_iter().map(|path| {
                    FollowOrder::Tell(FollowEvent::Removed { name: self.row.name.clone(), path })
                }),
            );
        }
        orders
    }

    /// Starts the command for files that were fetched before a restart and not told of.
    fn start_untold(&mut self) -> Vec<FollowOrder> {
        if self.row.wish.exec.is_none() {
            return Vec::new();
        }
        let untold = self.notes.untold();
        untold.into_iter().flat_map(|note| self.start_for(note)).collect()
    }

    fn start_for(&mut self, note: FileNote) -> Vec<FollowOrder> {
        let Some(words) = self.row.wish.exec.clone() else { return Vec::new() };
        let told = FileNote { state: NoteState::Told, ..note.clone() };
        let environment = vec![
            ("NUEE_FILE", note.paths.first().cloned().unwrap_or_default()),
            ("NUEE_FILES", note.paths.join("\n")),
            ("NUEE_KEY", note.key.clone()),
        ];
        vec![self.note(vec![told]), self.command((note.key, words), ("file", note.run), environment)]
    }

    fn command(
        &self,
        (key, words): (String, String),
        (event, run): (&str, UtcTime),
        mut environment: Vec<(&'static str, String)>,
    ) -> FollowOrder {
        let name = self.row.name.clone();
        environment.push(("NUEE_EVENT", event.to_owned()));
        environment.push(("NUEE_RUN", run.to_string()));
        environment.push(("NUEE_FOLLOWED", name.clone()));
        FollowOrder::Execute(PersonsCommand { name, key, words, environment })
    }

    fn note(&mut self, notes: Vec<FileNote>) -> FollowOrder {
        notes.iter().cloned().for_each(|note| self.notes.note(note));
        FollowOrder::Note(self.row.id, notes)
    }

    pub(super) fn told(&self, message: UserMessage) -> FollowOrder {
        FollowOrder::Tell(FollowEvent::Note { name: self.row.name.clone(), message })
    }

    fn note_source(&mut self, trouble: Option<UserMessage>, now: UtcTime) {
        let kept = &mut self.row.kept;
        match trouble {
            None => {
                (self.failures, kept.looked, kept.source_trouble) = (0, Some(now), None);
            }
            Some(message) => {
                self.failures = self.failures.saturating_add(1);
                let since = kept.source_trouble.as_ref().map_or(now, |(_, since)| *since);
                kept.source_trouble = Some((message, since));
            }
        }
    }

    fn note_due(&mut self, offer: &Offer<'_>) {
        let before = self.row.kept.next_due.filter(|_| self.failures > 0);
        self.row.kept.next_due = offer.next_due().or(before);
    }

    /// Says why a source could not be asked, each time; and what else is worth a line, unless the last look said so too.
    fn say(&mut self, seen: &SourceSeen) -> Vec<FollowOrder> {
        let before = std::mem::replace(&mut self.said, seen.notes.clone());
        let new = seen.notes.iter().filter(|message| !before.contains(message));
        seen.trouble.iter().chain(new).map(|message| self.told(message.clone())).collect()
    }
}
