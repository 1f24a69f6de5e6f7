//! Asks the relays in use what they offer: at most once a minute each, all at once, and never for long.
//!
//! In: the list of relays, what was kept of their answers. Out: manifests that were accepted, and what is to be told. A relay that
//! does not answer is known by what it said before; one whose answer is refused is not used. A person typed its address, so it may
//! lead anywhere; what its documents name may not. Start reading at [`RelaySources::sources`].

use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::used::joining::{ClaimedFile, RelaySource, RelayedFiles, join};
use crate::app::relay::used::list::{UsedRelay, UsedRelays, shown};
use crate::app::relay::used::refusal::{may_be_between_two, message_of};
use crate::app::relay::used::report::UsedReport;
use crate::app::relay::using::RelayUseEvent;
use crate::catalog::entry::EntryBook;
use crate::catalog::listing::LONGEST as LONGEST_KEPT;
use crate::catalog::provider::Dataset;
use crate::catalog::template::Values;
use crate::domain::utc::{SteadyTime, UtcTime};
use crate::engine::clock::Clock;
use crate::engine::store::database::{Database, StoredAnswer};
use crate::engine::store::relay_list;
use crate::engine::transfer::http::client::{HttpClient, Persistence, Question, SmallFile};
use crate::publish::relay::acceptance::{
    AcceptedAnswer, KnownRelay, RefusedAnswer, RelayAnswer, RelayAside, accept,
};
use crate::publish::relay::chain::ChainStep;
use crate::publish::relay::manifest::LONGEST;
use crate::publish::relay::places::{RelayBase, RelayDocument};
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// A relay is not asked again within this time.
const ASKED_AGAIN: Duration = Duration::from_secs(60);

/// How long a relay may take of which nothing is known, and one that is known from before.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(2));

/// How long a relay may take that a person waits for.
pub(in crate::engine) const PERSON_WAITS: Duration = Duration::from_secs(30);

/// After how long a relay is asked once more whose documents were of two moments.
const BETWEEN_TWO: Duration = Duration::from_millis(300);

/// Longest signature or key that is read, in octets.
const LONGEST_SMALL: usize = 16 << 10;

/// What asking relays needs.
#[derive(Clone)]
pub(in crate::engine) struct RelayAsking {
    pub(in crate::engine) client: HttpClient,
    pub(in crate::engine) clock: Clock,
    pub(in crate::engine) kept: Option<Arc<Database>>,
}

/// Why a relay gives nothing now.
pub(in crate::engine) enum AskTrouble {
    /// It does not answer.
    Unreachable(Reason),
    /// Its answer is not taken.
    Refused(RefusedAnswer),
}

/// Whom the window has told what became known of relays.
pub(in crate::engine) type RelayUseTelling = Arc<dyn Fn(RelayUseEvent) + Send + Sync>;

/// The relays in use, and what they said in this process.
pub(in crate::engine) struct RelaySources {
    path: Option<PathBuf>,
    /// By address: when it was asked, and what counts since.
    asked: Mutex<HashMap<String, (SteadyTime, Option<RelaySource>)>>,
    /// By dataset: the files that relays offer.
    joined: Mutex<HashMap<String, RelayedFiles>>,
    /// What was told already.
    told: Mutex<HashSet<String>>,
    /// Set where a window shows them.
    window: OnceLock<RelayUseTelling>,
}

impl std::fmt::Debug for RelaySources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelaySources").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The documents of a relay, as they came.
#[derive(Clone)]
struct RelayDocuments {
    manifest: StoredAnswer,
    signature: Option<String>,
    key: Option<String>,
}

impl RelaySources {
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        let (asked, joined, told) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { path, asked, joined, told, window: OnceLock::new() }
    }

    /// Has a window told what becomes known from now on.
    pub(in crate::engine) fn tell_window(&self, telling: RelayUseTelling) {
        // There is one window in a process.
        let _ = self.window.set(telling);
    }

    fn tell(&self, event: RelayUseEvent) {
        if let Some(window) = self.window.get() {
            window(event);
        }
    }

    /// What is shown of each relay in use, with what it said before; nobody is contacted.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub(in crate::engine) fn reports(&self, asking: &RelayAsking) -> Result<Vec<UsedReport>, RelayMessage> {
        let report = |relay: &UsedRelay| {
            let kept = kept_documents(asking.kept.as_deref(), &relay.known.base);
            let said = kept.and_then(|kept| kept.accepted(&relay.known, asking.clock.utc()).ok());
            let report = UsedReport::of(relay);
            match said {
                Some(said) => report.answered(&said.manifest, said.standing),
                None => report,
            }
        };
        Ok(self.list()?.iter().map(report).collect())
    }

    /// The relays in use.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub(in crate::engine) fn list(&self) -> Result<UsedRelays, RelayMessage> {
        self.path.as_deref().map_or_else(|| Ok(UsedRelays::default()), relay_list::read)
    }

    /// Changes the list.
    ///
    /// # Errors
    /// When it cannot be written, or the change is refused.
    pub(in crate::engine) fn change(
        &self,
        change: impl FnOnce(&mut UsedRelays) -> Result<(), RelayMessage>,
    ) -> Result<(), RelayMessage> {
        let nowhere = || RelayMessage::ListNotKept {
            file: crate::app::relay::used::FILE_NAME.to_owned(),
            detail: "no folder for settings".to_owned(),
        };
        relay_list::change(self.path.as_deref().ok_or_else(nowhere)?, change)
    }

    /// Uses nothing more of a relay, here and in later processes.
    ///
    /// # Errors
    /// When that cannot be kept; it holds for this process all the same.
    pub(in crate::engine) fn set_aside(
        &self,
        base: &RelayBase,
        aside: RelayAside,
    ) -> Result<(), RelayMessage> {
        self.leave(base);
        let kept = self.change(|list| {
            list.set_aside(base, aside);
            Ok(())
        });
        if let Ok(list) = self.list() {
            self.tell(RelayUseEvent::Listed(list.iter().map(UsedReport::of).collect()));
        }
        kept
    }

    /// Uses nothing of a relay that was heard before: it is asked anew, or not at all.
    pub(in crate::engine) fn leave(&self, base: &RelayBase) {
        self.asked.lock().remove(base.url().as_str());
        self.joined.lock().values_mut().for_each(|files| files.leave_out(base));
    }

    /// Asks a relay in use although it may have been asked a moment ago. What comes of it is told to the window.
    pub(in crate::engine) async fn ask_now(&self, relay: UsedRelay, asking: &RelayAsking) {
        self.asked.lock().remove(relay.known.base.url().as_str());
        self.source_within(relay, asking, PERSON_WAITS).await;
    }

    /// What relays say of a file of a dataset, as of the last look. `None` when none offers it.
    pub(in crate::engine) fn file(&self, dataset: &Dataset, values: &Values) -> Option<Arc<ClaimedFile>> {
        self.joined.lock().get(&dataset.path())?.get(values).cloned()
    }

    /// What is known of relays without contacting any.
    pub(super) fn known(&self) -> Vec<RelaySource> {
        self.asked.lock().values().filter_map(|(_, source)| source.clone()).collect()
    }

    /// Adds the roads that relays open to the files of `book`. Gives what is to be told, each thing once.
    pub(super) fn join(
        &self,
        dataset: &Dataset,
        book: &mut EntryBook,
        (sources, now): (&[RelaySource], UtcTime),
    ) -> Vec<UserMessage> {
        let files = join(dataset, book, sources, now);
        files.add_roads(book);
        let disputes = files.disputes();
        self.joined.lock().insert(dataset.path(), files);
        disputes.into_iter().filter_map(|message| self.once(message)).collect()
    }

    /// What the relays in use offer, and what is to be told of them.
    pub(super) async fn sources(
        self: Arc<Self>,
        asking: RelayAsking,
    ) -> (Vec<RelaySource>, Vec<UserMessage>) {
        let list = match self.list() {
            Ok(list) => list,
            Err(message) => return (Vec::new(), self.once(message).into_iter().collect()),
        };
        let mut tasks = JoinSet::new();
        for (number, relay) in list.iter().filter(|relay| relay.known.aside.is_none()).cloned().enumerate() {
            let (sources, asking) = (self.clone(), asking.clone());
            tasks.spawn(async move { (number, sources.source(relay, &asking).await) });
        }
        let mut answers = tasks.join_all().await;
        answers.sort_by_key(|(number, _)| *number);
        let (sources, told): (Vec<_>, Vec<_>) = answers.into_iter().map(|(_, answer)| answer).unzip();
        (sources.into_iter().flatten().collect(), told.into_iter().flatten().collect())
    }

    /// What one relay offers.
    async fn source(
        &self,
        relay: UsedRelay,
        asking: &RelayAsking,
    ) -> (Option<RelaySource>, Option<UserMessage>) {
        let (address, now) = (relay.known.base.url().to_string(), asking.clock.now());
        if let Some((at, source)) = self.asked.lock().get(&address)
            && now.since(*at) < ASKED_AGAIN
        {
            return (source.clone(), None);
        }
        let is_known = kept_documents(asking.kept.as_deref(), &relay.known.base).is_some();
        let limit = if is_known { PATIENCE.1 } else { PATIENCE.0 };
        self.source_within(relay, asking, limit).await
    }

    /// The same, asked in any case and waited for so long.
    async fn source_within(
        &self,
        relay: UsedRelay,
        asking: &RelayAsking,
        limit: Duration,
    ) -> (Option<RelaySource>, Option<UserMessage>) {
        let (address, now) = (relay.known.base.url().to_string(), asking.clock.now());
        let source_of = |accepted: AcceptedAnswer| {
            let manifest = Arc::new(accepted.manifest);
            RelaySource { manifest, signer: accepted.known.key, check: relay.check }
        };
        let kept = kept_documents(asking.kept.as_deref(), &relay.known.base);
        let answered = timeout(limit, self.ask(&relay.known, asking)).await;
        let (at, url) = (asking.clock.utc(), shown(&relay.known.base));
        let not_taken = |message: &RelayMessage| {
            let message = message.clone().into();
            self.tell(RelayUseEvent::NotTaken { url: url.clone(), at, message });
        };
        let (source, message) = match answered.unwrap_or(Err(AskTrouble::Unreachable(Reason::NoAnswer))) {
            Ok(accepted) => {
                let answered = relay.answered(accepted.known.clone(), at);
                let kept = self.change(|list| {
                    list.remember(&answered.known, at);
                    Ok(())
                });
                let report = UsedReport::of(&answered).answered(&accepted.manifest, accepted.standing);
                self.tell(RelayUseEvent::Answered(report, at));
                (Some(source_of(accepted)), kept.err())
            }
            Err(AskTrouble::Refused(refused)) => {
                let message = message_of(&relay.known.base, &refused);
                not_taken(&message);
                (None, Some(message))
            }
            Err(AskTrouble::Unreachable(reason)) => {
                let before = kept.and_then(|kept| kept.accepted(&relay.known, at).ok());
                let known = before.as_ref().map(|before| before.manifest.head.time);
                let message = RelayMessage::UsedUnreachable { url: url.clone(), reason, known };
                not_taken(&message);
                (before.map(source_of), Some(message))
            }
        };
        self.asked.lock().insert(address, (now, source.clone()));
        (source, message.and_then(|message| self.once(message)))
    }

    /// Asks a relay; nothing is remembered of it but its documents, once they are accepted.
    ///
    /// # Errors
    /// Why it gives nothing.
    pub(in crate::engine) async fn ask(
        &self,
        known: &KnownRelay,
        asking: &RelayAsking,
    ) -> Result<AcceptedAnswer, AskTrouble> {
        let kept = kept_documents(asking.kept.as_deref(), &known.base);
        let documents = fetch_documents(&asking.client, (&known.base, kept), asking.clock.utc()).await;
        let mut documents = documents.map_err(AskTrouble::Unreachable)?;
        let mut answer = documents.accepted(known, asking.clock.utc());
        if answer.as_ref().is_err_and(may_be_between_two) {
            sleep(BETWEEN_TWO).await;
            let again = fetch_documents(&asking.client, (&known.base, None), asking.clock.utc()).await;
            documents = again.map_err(AskTrouble::Unreachable)?;
            answer = documents.accepted(known, asking.clock.utc());
        }
        let accepted = answer.map_err(AskTrouble::Refused)?;
        if let Some(database) = asking.kept.as_deref().filter(|_| accepted.step != ChainStep::Same) {
            documents.keep(database, &known.base);
        }
        Ok(accepted)
    }

    /// A message that was not told before in this process.
    fn once(&self, message: RelayMessage) -> Option<UserMessage> {
        self.told.lock().insert(format!("{message:?}")).then(|| message.into())
    }
}

impl RelayDocuments {
    fn accepted(&self, known: &KnownRelay, now: UtcTime) -> Result<AcceptedAnswer, RefusedAnswer> {
        let (signature, key) = (self.signature.as_deref(), self.key.as_deref());
        accept(known, RelayAnswer { manifest: &self.manifest.body, signature, key }, now)
    }

    /// Keeps them; what cannot be kept is fetched anew by the next process.
    fn keep(&self, database: &Database, base: &RelayBase) {
        if self.manifest.body.len() > LONGEST_KEPT {
            return;
        }
        let small = |text: &Option<String>| StoredAnswer {
            body: text.clone().unwrap_or_default().into_bytes(),
            ..StoredAnswer { validator: None, ..self.manifest.clone() }
        };
        let documents = [
            (RelayDocument::Signature, small(&self.signature)),
            (RelayDocument::PublicKey, small(&self.key)),
            (RelayDocument::Manifest, self.manifest.clone()),
        ];
        for (document, answer) in documents {
            if let Err(error) = database.keep_answer(base.of_document(document).as_str(), &answer) {
                tracing::warn!(error = &error as &dyn std::error::Error, "a manifest cannot be kept");
            }
        }
    }
}

/// What was kept of the documents of a relay. `None` when not all of them are there.
fn kept_documents(database: Option<&Database>, base: &RelayBase) -> Option<RelayDocuments> {
    let kept = |document| database?.answer(base.of_document(document).as_str()).ok().flatten();
    let small = |answer: StoredAnswer| String::from_utf8(answer.body).ok().filter(|text| !text.is_empty());
    let (signature, key) = (small(kept(RelayDocument::Signature)?), small(kept(RelayDocument::PublicKey)?));
    Some(RelayDocuments { manifest: kept(RelayDocument::Manifest)?, signature, key })
}

/// Fetches manifest, signature and key; the kept ones when the manifest is still so.
async fn fetch_documents(
    client: &HttpClient,
    (base, kept): (&RelayBase, Option<RelayDocuments>),
    now: UtcTime,
) -> Result<RelayDocuments, Reason> {
    let validator = kept.as_ref().and_then(|kept| kept.manifest.validator.clone());
    let manifest = fetch_document(client, (base, RelayDocument::Manifest), validator).await?;
    match (manifest.head.status, kept) {
        (304, Some(kept)) => return Ok(kept),
        (200, _) => {}
        (status, _) => return Err(Reason::Status(status)),
    }
    let signature = text_of(fetch_document(client, (base, RelayDocument::Signature), None).await?)?;
    let key = text_of(fetch_document(client, (base, RelayDocument::PublicKey), None).await?)?;
    let validator = manifest.head.validator;
    let manifest = StoredAnswer { validator, fetched_at: now, body: manifest.bytes };
    Ok(RelayDocuments { manifest, signature, key })
}

async fn fetch_document(
    client: &HttpClient,
    (base, document): (&RelayBase, RelayDocument),
    unless_still: Option<String>,
) -> Result<SmallFile, Reason> {
    let most = if document == RelayDocument::Manifest { LONGEST } else { LONGEST_SMALL };
    let whole = Question::whole(base.of_document(document), Reach::Anywhere);
    let question = Question { unless_still, persistence: Persistence::Once, ..whole };
    client.small_whatever_status(&question, most).await
}

/// A document that a relay may not have.
fn text_of(answer: SmallFile) -> Result<Option<String>, Reason> {
    match answer.head.status {
        200 => Ok(Some(String::from_utf8_lossy(&answer.bytes).into_owned())),
        404 | 410 => Ok(None),
        status => Err(Reason::Status(status)),
    }
}
