//! Asks for the pages of one listing: what is kept is used when it is fresh, still so, or all that can be had.

use super::shown;
use crate::app::catalog::asked::{PageReport, PageState, is_fresh};
use crate::catalog::asked::Reply;
use crate::catalog::entry::gone;
use crate::catalog::feed::{Feed, NotAFeed, read_feed};
use crate::catalog::keys::Keys;
use crate::catalog::listing::{LONGEST, ListedFile, Listing, NotAListing, Pages, Size, Wholeness};
use crate::catalog::provider::{AddressKind, Dataset, ListingForm};
use crate::catalog::requests::Request;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::engine::clock::Clock;
use crate::engine::store::database::{Database, StoredAnswer};
use crate::engine::transfer::http::client::{HttpClient, HttpMethod, Question, SmallFile};
use crate::transfer::address_rule::Reach;
use crate::transfer::http_answer::AnswerHead;
use crate::transfer::patience::Patience;
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::sync::Semaphore;
use url::Url;

/// What asking for listings needs.
pub(super) struct ListingContext {
    pub(super) client: HttpClient,
    pub(super) kept: Option<Arc<Database>>,
    pub(super) from: From,
    pub(super) now: UtcTime,
    pub(super) clock: Clock,
    pub(super) patience: Arc<Mutex<Patience>>,
    pub(super) doors: Semaphore,
}

/// Who may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// The servers.
    Servers,
    /// What was kept, however old; nobody is contacted.
    Kept,
}

/// What became of a page.
struct Page {
    body: Vec<u8>,
    /// What was kept of it before, when it has changed since.
    before: Option<Vec<u8>>,
    state: PageState,
    fetched_at: UtcTime,
}

/// The rows of a request, how it went, and whether all that there is was read.
pub(super) async fn ask(
    asking: &ListingContext,
    dataset: &Dataset,
    request: Request,
) -> (Vec<ListedFile>, PageReport, Reply) {
    let form = request.form;
    let (rows, report, wholeness) = ask_for(asking, dataset, request).await;
    // A feed is never whole: it shows the latest.
    let is_whole = wholeness == Wholeness::Whole || form == ListingForm::Feed;
    let is_read = is_whole && !matches!(report.state, PageState::Failed(_));
    (rows, report, if is_read { Reply::Read } else { Reply::Unread })
}

async fn ask_for(
    asking: &ListingContext,
    dataset: &Dataset,
    request: Request,
) -> (Vec<ListedFile>, PageReport, Wholeness) {
    let whole = |(rows, report)| (rows, report, Wholeness::Whole);
    let _door = asking.doors.acquire().await;
    let report = |state, fetched_at| PageReport { address: shown(&request), state, fetched_at };
    if request.form == ListingForm::Folder {
        return whole(match folder(request.address.clone()).await {
            Ok(rows) => (rows, report(PageState::Fetched, Some(asking.now))),
            Err(reason) => (Vec::new(), report(PageState::Failed(reason), None)),
        });
    }
    let Ok(url) = Url::parse(&request.address) else {
        return whole((Vec::new(), report(PageState::Failed(Reason::NameNotFound), None)));
    };
    if request.form == ListingForm::Probe {
        return whole(probe((asking, dataset), url, report).await);
    }
    match follow_pages((asking, dataset), request.form, url).await {
        Ok((listing, state, fetched_at)) => {
            (listing.rows, report(state, Some(fetched_at)), listing.wholeness)
        }
        Err(Reason::Status(404 | 410)) => whole((Vec::new(), report(PageState::Absent, Some(asking.now)))),
        Err(reason) => whole((Vec::new(), report(PageState::Failed(reason), None))),
    }
}

/// A feed with what its service announces.
pub(super) async fn notices(asking: &ListingContext, url: &Url) -> Result<(Feed, PageReport), Reason> {
    let page = page(asking, url).await?;
    let feed =
        read_feed(url, &page.body).map_err(|NotAFeed| Reason::NotAListing("no RSS or Atom".to_owned()))?;
    let address = crate::domain::outside_text::show_url(url);
    Ok((feed, PageReport { address, state: page.state, fetched_at: Some(page.fetched_at) }))
}

/// Reads page after page. The worst state of them and the oldest time count.
async fn follow_pages(
    (asking, dataset): (&ListingContext, &Dataset),
    form: ListingForm,
    first: Url,
) -> Result<(Listing, PageState, UtcTime), Reason> {
    let mut pages = Pages::begin(form, first.clone());
    let mut before = Vec::new();
    let (mut state, mut oldest) = (PageState::Unchanged, asking.now);
    while let Some(url) = pages.so_far.next.clone() {
        let page = match page(asking, &url).await {
            Ok(page) => page,
            Err(reason) if url == first => return Err(reason),
            Err(reason) => {
                pages.give_up();
                state = PageState::Failed(reason);
                break;
            }
        };
        match (&state, page.state) {
            (PageState::Failed(_), _) | (_, PageState::Unchanged) => {}
            (_, worse) => state = worse,
        }
        oldest = oldest.min(page.fetched_at);
        if let Some(body) = &page.before
            && let Ok(known) = crate::catalog::listing::read(form, &url, body, asking.now)
        {
            before.extend(known.rows);
        }
        if let Err(error) = pages.take(&page.body, asking.now) {
            if url == first {
                return Err(reason_of(&error));
            }
            state = PageState::Failed(reason_of(&error));
        }
    }
    note_gone((asking, dataset), &before, &pages);
    Ok((pages.so_far, state, oldest))
}

/// Keeps in mind what earlier pages had and these have no longer. Only a run that is still kept can lose files.
fn note_gone((asking, dataset): (&ListingContext, &Dataset), before: &[ListedFile], pages: &Pages) {
    let Some(kept) = asking.kept.as_ref().filter(|_| !before.is_empty()) else { return };
    let is_kept = |row: &ListedFile| {
        let run = dataset.place(row.address.as_str()).and_then(|(_, values)| values.run);
        run.is_some_and(|run| !dataset.is_past_retention(run, asking.now))
    };
    let lost: Vec<ListedFile> = gone(before, &pages.so_far).into_iter().filter(is_kept).collect();
    if let Err(error) = kept.note_withdrawn(&dataset.path(), &lost, asking.now) {
        tracing::warn!(error = &error as &dyn std::error::Error, "what is gone cannot be noted");
    }
}

/// One page: from its server, or what was kept of it.
async fn page(asking: &ListingContext, url: &Url) -> Result<Page, Reason> {
    let kept = asking.kept.as_ref().and_then(|kept| kept.answer(url.as_str()).ok().flatten());
    if let Some(kept) = &kept
        && is_fresh(kept.fetched_at, asking.now)
    {
        return Ok(unchanged(kept.clone(), PageState::Unchanged));
    }
    if asking.from == From::Kept {
        return kept.map(|kept| unchanged(kept, PageState::Unchanged)).ok_or(Reason::NoAnswer);
    }
    let validator = kept.as_ref().and_then(|kept| kept.validator.clone());
    let question = Question { unless_still: validator, ..Question::whole(url.clone(), Reach::Public) };
    let answered = answer_of(asking, &question).await;
    match (answered, kept) {
        (Ok(answer), Some(kept)) if answer.head.status == 304 => {
            if let Some(database) = &asking.kept {
                note(database.answer_still_so(url.as_str(), asking.now));
            }
            Ok(unchanged(StoredAnswer { fetched_at: asking.now, ..kept }, PageState::Unchanged))
        }
        (Ok(answer), kept) if answer.head.status == 200 => {
            let stored =
                StoredAnswer { validator: answer.head.validator, fetched_at: asking.now, body: answer.bytes };
            if let Some(database) = &asking.kept {
                note(database.keep_answer(url.as_str(), &stored));
            }
            let before = kept.map(|kept| kept.body).filter(|body| *body != stored.body);
            Ok(Page { body: stored.body, before, state: PageState::Fetched, fetched_at: asking.now })
        }
        (answered, kept) => {
            let reason = answered.map_or_else(|reason| reason, |answer| refusal(&answer.head, &answer.bytes));
            // What is known of old is better than nothing, and its age is shown; what is gone is gone.
            let is_gone = matches!(reason, Reason::Status(404 | 410));
            kept.filter(|_| !is_gone)
                .map(|kept| unchanged(kept, PageState::Failed(reason.clone())))
                .ok_or(reason)
        }
    }
}

/// Asks, unless the host is to be left alone for now.
async fn answer_of(asking: &ListingContext, question: &Question) -> Result<SmallFile, Reason> {
    let host = host_of(&question.url);
    if let Some(reason) = asking.patience.lock().left(host, asking.clock.now()) {
        return Err(reason);
    }
    let answer = asking.client.small_whatever_status(question, LONGEST).await?;
    let mut patience = asking.patience.lock();
    match answer.head.status {
        200 | 304 => patience.answered(host),
        _ => patience.refused(host, &refusal(&answer.head, &answer.bytes), asking.clock.now()),
    }
    Ok(answer)
}

fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

fn unchanged(kept: StoredAnswer, state: PageState) -> Page {
    Page { body: kept.body, before: None, state, fetched_at: kept.fetched_at }
}

fn note(kept: Result<(), crate::engine::store::error::StoreError>) {
    if let Err(error) = kept {
        tracing::warn!(error = &error as &dyn std::error::Error, "a listing cannot be kept");
    }
}

/// Why a server refuses. Object stores say in their answer what the status alone does not.
fn refusal(head: &AnswerHead, body: &[u8]) -> Reason {
    let at = Url::parse("https://x.invalid/").expect("an address");
    let now = UtcTime::from_unix_seconds(0).expect("1970 is a year");
    match crate::catalog::listing::read(ListingForm::S3, &at, body, now) {
        Err(error @ NotAListing::Refused { .. }) => reason_of(&error),
        _ => match head.status {
            429 | 503 => Reason::Busy { status: head.status, wait: head.retry_after },
            status => Reason::Status(status),
        },
    }
}

fn reason_of(error: &NotAListing) -> Reason {
    match error {
        NotAListing::WebPage => Reason::WebPage,
        NotAListing::Refused { code } => match code.as_str() {
            "SlowDown" | "ServiceUnavailable" | "TooManyRequests" => Reason::Busy { status: 503, wait: None },
            "AccessDenied" | "AllAccessDisabled" => Reason::Status(403),
            "NoSuchKey" | "NoSuchBucket" => Reason::Status(404),
            code => Reason::Other(crate::domain::outside_text::show(code)),
        },
        NotAListing::OtherForm { detail } => Reason::NotAListing((*detail).to_owned()),
        NotAListing::TooLong => {
            let most = ByteCount(LONGEST as u64);
            Reason::WrongLength { expected: most, told: most + ByteCount(1) }
        }
    }
}

/// Whether one file is there. What was found once is not asked for again.
async fn probe(
    (asking, dataset): (&ListingContext, &Dataset),
    url: Url,
    report: impl Fn(PageState, Option<UtcTime>) -> PageReport,
) -> (Vec<ListedFile>, PageReport) {
    let listed = |octets: Option<u64>, changed| {
        let is_file = dataset.place(url.as_str()).is_some_and(|(road, _)| road == AddressKind::Classic);
        let size = octets.filter(|_| is_file).map_or(Size::Unknown, |octets| Size::Exact(ByteCount(octets)));
        vec![ListedFile { address: url.clone(), size, changed, keys: Keys::default() }]
    };
    let kept = asking.kept.as_ref().and_then(|kept| kept.answer(url.as_str()).ok().flatten());
    if let Some(kept) = kept {
        let octets = String::from_utf8(kept.body).ok().and_then(|text| text.parse().ok());
        return (listed(octets, Some(kept.fetched_at)), report(PageState::Unchanged, Some(kept.fetched_at)));
    }
    if asking.from == From::Kept {
        return (Vec::new(), report(PageState::Absent, None));
    }
    let question = Question { method: HttpMethod::Head, ..Question::whole(url.clone(), Reach::Public) };
    match asking.client.ask(&question).await {
        Ok(answer) if answer.head.status == 200 => {
            let octets = answer.head.content_length;
            if let Some(database) = &asking.kept {
                let body = octets.map(|octets| octets.to_string()).unwrap_or_default().into_bytes();
                let stored = StoredAnswer { validator: None, fetched_at: asking.now, body };
                note(database.keep_answer(url.as_str(), &stored));
            }
            (listed(octets, None), report(PageState::Fetched, Some(asking.now)))
        }
        Ok(answer) if matches!(answer.head.status, 404 | 410) => {
            (Vec::new(), report(PageState::Absent, Some(asking.now)))
        }
        Ok(answer) => (Vec::new(), report(PageState::Failed(refusal(&answer.head, b"")), None)),
        Err(reason) => (Vec::new(), report(PageState::Failed(reason), None)),
    }
}

/// The .torrents of a folder of this computer.
async fn folder(path: String) -> Result<Vec<ListedFile>, Reason> {
    /// Most files of a folder that are looked at.
    const MOST_FILES: usize = 100_000;
    let reading = tokio::task::spawn_blocking(move || {
        let entries = std::fs::read_dir(&path)?;
        let mut rows = Vec::new();
        for entry in entries.take(MOST_FILES) {
            let path = entry?.path();
            let is_torrent =
                path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("torrent"));
            let address = std::path::absolute(&path).ok().and_then(|path| Url::from_file_path(path).ok());
            if let Some(address) = address.filter(|_| is_torrent) {
                rows.push(ListedFile { address, size: Size::Unknown, changed: None, keys: Keys::default() });
            }
        }
        Ok::<_, std::io::Error>(rows)
    });
    let read = reading.await.map_err(|error| Reason::Other(error.to_string()))?;
    read.map_err(|error| Reason::Other(crate::domain::outside_text::show(&error.to_string())))
}
