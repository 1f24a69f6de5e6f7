//! The demo's publisher of catalogues: one made run, hour by hour, listed in every form that services use.
//!
//! In: the start of a run, and which hours are to be published. Out: a web server on this computer, and providers' files
//! that point to it. It tells everything as real services do, so that what reads them can be tried on it. Start reading
//! at [`DemoCatalog::start`].

mod answering;
mod forms;

pub use forms::ListingStyle;

use super::counting::{CountedListener, SentOctets};
use super::made_run::{HOURS, MadeFile, MadeRun};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::utc::UtcTime;
use crate::engine::clock::Clock;
use crate::grib::sidecar;
use crate::grib::walk::{Step, Walk};
use crate::publish::canonical::{
    CanonicalPlan, Extras, FileToPublish, OfferShape, PieceHasher, write_torrent,
};
use bytes::Bytes;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The file that says what the demo offers; addresses in it begin with [`PLACE`].
const PROVIDER: &str = include_str!("../../../assets/providers/demo.toml");

/// What stands for the server's address in it.
const PLACE: &str = "http://demo.invalid/";

/// A file that is published.
#[derive(Clone, Debug)]
struct Shelved {
    octets: Bytes,
    changed: UtcTime,
}

/// Everything that is published, by path.
#[derive(Debug, Default)]
struct Shelf {
    files: RwLock<BTreeMap<String, Shelved>>,
    /// Requests for data files.
    data_requests: AtomicU64,
}

/// A publisher of catalogues.
#[derive(Debug)]
pub struct DemoCatalog {
    run: UtcTime,
    made: Arc<Made>,
    shelf: Arc<Shelf>,
    address: SocketAddr,
    sent: SentOctets,
    task: JoinHandle<()>,
}

/// The files of a run: they take a moment to make, and can be offered by several services.
#[derive(Debug)]
pub struct Made {
    run: UtcTime,
    hourly: Vec<MadeFile>,
    ranges: Vec<MadeFile>,
}

impl Made {
    /// Makes the run that starts at `run`.
    pub fn make(run: UtcTime) -> Self {
        let made = MadeRun::make(run);
        Self { run, hourly: made.hourly_files(), ranges: made.range_files() }
    }

    /// When it starts.
    pub fn run(&self) -> UtcTime {
        self.run
    }
}

/// Where the files of the run lie.
struct Places {
    folder: &'static str,
    stem: String,
}

impl DemoCatalog {
    /// Listens on `address` and offers a run, of which nothing is published yet.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(address: SocketAddr, made: Arc<Made>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shelf = Arc::new(Shelf::default());
        let router = axum::Router::new().fallback(answering::answer).with_state(shelf.clone());
        let sent = SentOctets::default();
        let listener = CountedListener::new(listener, sent.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the demo's catalogue ended");
            }
        });
        Ok(Self { run: made.run, made, shelf, address, sent, task })
    }

    /// The last time at which one of its runs starts.
    pub fn latest_run(clock: &Clock) -> UtcTime {
        let cycle = 6 * 3600;
        let start = clock.utc().unix_seconds().div_euclid(cycle) * cycle;
        UtcTime::from_unix_seconds(start).expect("the present is a time")
    }

    /// When its run starts.
    pub fn run(&self) -> UtcTime {
        self.run
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How often data was asked for, by any of its addresses.
    pub fn data_requests(&self) -> u64 {
        self.shelf.data_requests.load(Ordering::Relaxed)
    }

    /// What it sent so far, by any of its addresses: heads, pages, data.
    pub fn sent(&self) -> SentOctets {
        self.sent.clone()
    }

    /// The length of what it published of those hours, a file each, in octets.
    pub fn length_of(&self, hours: impl IntoIterator<Item = u32>) -> u64 {
        let files = hours.into_iter().filter_map(|hour| self.made.hourly.get(hour as usize));
        files.map(|file| file.octets.len() as u64).sum()
    }

    /// A provider's file whose listings have that form, of a publisher that has no .torrents: whoever wants its files has
    /// HTTP alone, unless a relay offers them.
    pub fn provider_file_without_torrents(&self, form: ListingStyle) -> String {
        let file = self.provider_file(form);
        let lines = file.lines().filter(|line| !line.starts_with("torrent")).map(|line| {
            // The second listing is that of .torrents.
            let first = line.starts_with("listings").then(|| line.split_once(" }, {")).flatten();
            first.map_or_else(|| format!("{line}\n"), |(first, _)| format!("{first} }}]\n"))
        });
        lines.collect()
    }

    /// A provider's file whose listings have that form.
    pub fn provider_file(&self, form: ListingStyle) -> String {
        let root = format!("http://{}/{}/", self.address, form.word());
        let lines = PROVIDER.lines().map(|line| match line.starts_with("listings") {
            true => form.listings_line(line, PLACE),
            false => line.to_owned(),
        });
        lines.map(|line| line.replace(PLACE, &root) + "\n").collect()
    }

    /// Publishes some hours now: file, index and .torrent. A file of several hours comes with the last of them.
    pub fn publish(&self, hours: impl IntoIterator<Item = u32>) {
        let now = Clock::start().utc();
        for hour in hours.into_iter().filter(|hour| *hour < HOURS) {
            let name = format!("DEMO_AROME_0.01_SP1_{hour:02}H_{}.grib2", self.digits("%M"));
            self.shelve(
                Places { folder: "arome-0.01", stem: name },
                &self.made.hourly[hour as usize].octets,
                now,
            );
            let spans = [(0, 12), (13, HOURS - 1)];
            for (file, (first, last)) in self.made.ranges.iter().zip(spans) {
                if hour == last {
                    let name =
                        format!("DEMO_AROME_0.025_SP1_{first:02}H{last:02}H_{}.grib2", self.digits("%M"));
                    self.shelve(Places { folder: "arome-0.025", stem: name }, &file.octets, now);
                }
            }
        }
    }

    /// Takes an hour back.
    pub fn withdraw(&self, hour: u32) {
        let part = format!("_SP1_{hour:02}H_");
        self.shelf.files.write().retain(|path, _| !path.contains(&part));
    }

    /// The run as names write it, with minutes when `with` says so.
    fn digits(&self, with: &str) -> String {
        let at = self.run.civil();
        let hour = format!("{:04}{:02}{:02}{:02}", at.year(), at.month(), at.day(), at.hour());
        if with.is_empty() { hour } else { hour + "00" }
    }

    fn shelve(&self, places: Places, octets: &[u8], changed: UtcTime) {
        let path = format!("modeles/{}/{}/{}", places.folder, self.digits(""), places.stem);
        let torrent = torrent_of(&places.stem, octets, &format!("http://{}/nginx/{path}", self.address));
        let index = index_of(octets);
        let mut files = self.shelf.files.write();
        let mut put =
            |path: String, octets: Vec<u8>| files.insert(path, Shelved { octets: octets.into(), changed });
        put(format!("torrent/{path}.torrent"), torrent);
        put(format!("{path}.index"), index);
        put(path, octets.to_vec());
    }
}

impl Drop for DemoCatalog {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A canonical .torrent of one file with its address as web seed.
fn torrent_of(name: &str, octets: &[u8], seed: &str) -> Vec<u8> {
    let file = FileToPublish { path: vec![name.to_owned()], length: octets.len() as u64 };
    let plan = CanonicalPlan::new(OfferShape::SingleFile, &[file]).expect("one file makes a torrent");
    let mut hasher = PieceHasher::new(&plan);
    hasher.update(octets).expect("the octets are as many as was said");
    hasher.next_file().expect("there is one file");
    let hashes = hasher.finish().expect("all octets were hashed");
    let extras = Extras {
        web_seeds: vec![seed.parse().expect("its own address is one")],
        comment: Some("DEMO: synthetic data, no forecast".to_owned()),
        ..Extras::default()
    };
    write_torrent(&plan, &hashes, &extras).expect("a small torrent can be written")
}

/// The index of a file with a digest a message: one hour out of many can be proven by it.
fn index_of(octets: &[u8]) -> Vec<u8> {
    let mut walk = Walk::new(octets.len() as u64);
    while let Step::Read(range) = walk.step() {
        walk.feed(range.start(), &octets[range.start() as usize..range.end() as usize]);
    }
    let mut index = walk.finish();
    for field in index.fields.iter().filter(|field| field.field == 1) {
        let message = &octets[field.range.start() as usize..field.range.end() as usize];
        index.digests[field.message as usize - 1] = Some(Digest::of(DigestAlgorithm::Sha256, message));
    }
    sidecar::slice_index(&index).into_bytes()
}
