//! Which files and web seeds of a torrent are used, and whether exact ranges are better than its pieces.

use super::entry::no_file_matches;
use super::field_source::FieldSource;
use super::job_end::JobEnd;
use super::target::TorrentTarget;
use crate::app::Policy;
use crate::app::jobs::piece_plan::{FileShare, widened};
use crate::app::jobs::request::{GetRequest, Split};
use crate::app::messages::user_message::UserMessage;
use crate::catalog::file_name::{LeadFilter, NamedLeads, NamedTimes};
use crate::catalog::metainfo::Note;
use crate::catalog::web_seed::WebSeed;
use crate::domain::content::{ContentFile, Layout};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::{ByteRange, RangeSet};
use crate::domain::outside_text::{show, show_with_urls};
use crate::domain::pattern;
use crate::domain::selection::Selection;
use crate::grib::slicing::Slices;
use crate::transfer::address_rule::Reach;
use crate::transfer::expected::{ContentClaim, Expected};
use crate::transfer::ledger::Ledger;
use std::collections::HashSet;

/// Most oddities of one kind of a torrent that are told.
const MOST_ODDITIES: usize = 8;

/// Pieces that cost so much more than the octets in them are left for exact ranges, where these can be proven.
const DEAR: f64 = 1.3;

/// The files that match the pattern; padding never does.
///
/// # Errors
/// When there is none.
pub(crate) fn choose_files(layout: &Layout, pattern: Option<&str>) -> Result<Vec<usize>, JobEnd> {
    let matches = |file: &ContentFile| {
        pattern.is_none_or(|pattern| {
            pattern::matches(pattern, &file.path.to_string())
                || pattern::matches(pattern, file.path.file_name())
        })
    };
    let numbered = layout.files().iter().enumerate();
    let chosen: Vec<usize> =
        numbered.filter(|(_, file)| !file.is_padding && matches(file)).map(|(number, _)| number).collect();
    if chosen.is_empty() { Err(no_file_matches(pattern.unwrap_or("*"))) } else { Ok(chosen) }
}

/// Whether these are all files that are no padding.
pub(crate) fn are_all(layout: &Layout, chosen: &[usize]) -> bool {
    chosen.len() == layout.files().iter().filter(|file| !file.is_padding).count()
}

/// The octets of files, and those of the pieces in which they lie.
pub(crate) fn ranges_of(layout: &Layout, chosen: &[usize]) -> (Vec<ByteRange>, RangeSet) {
    let ranges: Vec<ByteRange> = chosen.iter().filter_map(|&file| layout.files()[file].range()).collect();
    let pieces = ranges.iter().map(|range| layout.widened(*range)).collect();
    (ranges, pieces)
}

/// Tells what a person should know of a torrent that is used all the same: names that were made safe, and web seeds
/// that cannot be asked.
pub(crate) fn oddities(notes: &[Note], policy: Policy) -> Vec<UserMessage> {
    let told = notes.iter().filter_map(|note| match note {
        Note::DangerousName { published, used } => {
            Some(UserMessage::NameMadeSafe { published: show(published), used: show(used) })
        }
        Note::WebSeedIgnored { url, error } if policy.allows_http() => {
            Some(UserMessage::WebSeedUnusable { url: url.clone(), detail: show(&error.to_string()) })
        }
        _ => None,
    });
    told.take(MOST_ODDITIES).collect()
}

/// Names the files that are not whole at the end. `None` when all are, or the torrent has one only.
pub(crate) fn files_lacking(layout: &Layout, chosen: &[usize], ledger: &Ledger) -> Option<UserMessage> {
    let lacks = |file: &&usize| {
        let range = layout.files()[**file].range();
        range.is_some_and(|range| !ledger.is_held(layout.widened(range)))
    };
    let lacking: Vec<usize> = chosen.iter().filter(lacks).copied().collect();
    if lacking.is_empty() || layout.is_single_file() {
        return None;
    }
    let first = lacking.iter().take(MOST_ODDITIES);
    let names = first.map(|&file| show(&layout.files()[file].path.to_string())).collect();
    Some(UserMessage::FilesLacking { names, count: lacking.len() as u64 })
}

/// The servers that have files of a torrent, each once and with how far it may lead; and what is told of others.
pub(crate) struct TorrentSeeds {
    pub(crate) seeds: Vec<(WebSeed, Reach)>,
    pub(crate) notes: Vec<UserMessage>,
}

impl TorrentSeeds {
    /// The web seeds that the .torrent names, and those the person named, who may name any address.
    pub(crate) fn of(torrent: &TorrentTarget, named: &[String]) -> Self {
        let layout = torrent.metainfo.layout();
        let mut seeds: Vec<(WebSeed, Reach)> = Vec::new();
        let mut notes = Vec::new();
        for url in named {
            match WebSeed::parse(url, layout) {
                Ok(seed) => seeds.push((seed, Reach::Anywhere)),
                Err(error) => {
                    let detail = show(&error.to_string());
                    notes.push(UserMessage::WebSeedUnusable { url: show_with_urls(url), detail });
                }
            }
        }
        notes.extend(torrent.metainfo.notes.iter().filter_map(|note| match note {
            Note::WebSeedIgnored { url, error } => {
                Some(UserMessage::WebSeedUnusable { url: url.clone(), detail: show(&error.to_string()) })
            }
            _ => None,
        }));
        seeds.extend(torrent.metainfo.web_seeds.iter().map(|seed| (seed.clone(), torrent.reach)));
        let mut seen = HashSet::new();
        seeds.retain(|(seed, _)| seen.insert(seed.base()));
        Self { seeds, notes }
    }
}

/// Whether peers can give anything, as far as it is known before they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PeerHope {
    Some,
    None,
}

/// Whether exact ranges of a server are better than pieces for these messages of a file.
pub(crate) fn exact_is_better(
    (layout, file): (&Layout, usize),
    slices: &Slices,
    policy: Policy,
    hope: PeerHope,
) -> bool {
    let pieces = widened(layout, file, slices).count();
    let is_dear = pieces.0 as f64 > DEAR * slices.wanted().0 as f64;
    let prefers_http = match policy {
        Policy::SwarmOnly => return false,
        Policy::HttpOnly | Policy::Fastest => true,
        Policy::SwarmFirst => hope == PeerHope::None || is_dear,
    };
    slices.is_provable() && prefers_http
}

/// What the name of a file tells of the wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NamedShare {
    /// It is of other lead times.
    Other,
    /// It is of this lead time, and everything of that is wanted.
    Whole(LeadTime),
    /// Nothing: it has to be looked into.
    Unknown,
}

impl NamedShare {
    /// What is wanted of `file`, by its name.
    pub(crate) fn of(
        torrent: &TorrentTarget,
        file: usize,
        request: &GetRequest,
        source: FieldSource,
    ) -> Self {
        let leads = request.selection.leads().zip(leads_in_name(torrent, file));
        let Some((wanted, leads)) = leads else { return Self::Unknown };
        if !LeadFilter::new(wanted).may_hold(leads) {
            return Self::Other;
        }
        let is_trusted = source == FieldSource::Index && leads.is_single();
        let is_uncut = request.selection.is_by_lead_only() && request.products.split != Split::ByParameter;
        if is_trusted && is_uncut { Self::Whole(leads.first) } else { Self::Unknown }
    }
}

/// The lead times that the published name of a file tells.
fn leads_in_name(torrent: &TorrentTarget, file: usize) -> Option<NamedLeads> {
    let layout = torrent.metainfo.layout();
    let path = std::iter::once(&layout.name).chain(&layout.files()[file].published).cloned();
    NamedTimes::of_path(&path.collect::<Vec<String>>().join("/")).leads
}

/// What indexes and names say of files that are wanted whole.
pub(crate) fn expected_of(shares: &[(usize, FileShare)], selection: &Selection) -> Vec<Expected> {
    let told = shares.iter().filter_map(|(file, share)| match share {
        FileShare::Whole(told) => Some(expected(*file, told.clone(), selection)),
        FileShare::Some { .. } | FileShare::Unknown | FileShare::Compressed => None,
    });
    told.collect()
}

/// What is said of a file that is wanted whole, beside the wish.
pub(crate) fn expected(file: usize, told: ContentClaim, selection: &Selection) -> Expected {
    Expected { file, told, selection: selection.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::integrity::{Digest, DigestAlgorithm};
    use crate::domain::octets::ByteCount;
    use crate::domain::safe_path::SafePath;
    use crate::domain::source::SourceId;
    use crate::grib::slicing::{ChosenMessage, Title};

    fn layout(names: &[&str], length: u64, piece_length: u64) -> Layout {
        let file = |(at, name): (usize, &&str)| ContentFile {
            path: SafePath::from_name(name),
            published: vec![(*name).to_owned()],
            start: at as u64 * length,
            length: ByteCount(length),
            is_padding: name.starts_with(".pad"),
        };
        let files = names.iter().enumerate().map(file).collect();
        Layout::new("set".to_owned(), files, piece_length).expect("files follow each other")
    }

    #[test]
    fn a_pattern_chooses_files_by_name_and_never_padding() {
        let layout = layout(&["a.grib2", ".pad1", "b.txt"], 10, 16);
        assert_eq!(choose_files(&layout, None).ok(), Some(vec![0, 2]));
        assert!(are_all(&layout, &[0, 2]) && !are_all(&layout, &[0]));
        assert_eq!(choose_files(&layout, Some("*.txt")).ok(), Some(vec![2]));
        assert!(choose_files(&layout, Some("*.pad*")).is_err());
    }

    #[test]
    fn files_that_are_not_whole_are_named_unless_there_is_one_only() {
        let two = layout(&["a", "b"], 16, 16);
        let mut ledger = Ledger::new();
        ledger.hold(ByteRange::new(0, 16).expect("octets"), SourceId::SWARM);
        let Some(UserMessage::FilesLacking { names, count }) = files_lacking(&two, &[0, 1], &ledger) else {
            panic!("b is lacking");
        };
        assert_eq!((names, count), (vec!["b".to_owned()], 1));
        assert!(files_lacking(&two, &[0], &ledger).is_none());
    }

    #[test]
    fn exact_ranges_are_taken_before_dear_pieces_only_where_they_can_be_proven() {
        let layout = layout(&["a"], 1 << 20, 1 << 16);
        let slices = |digest| Slices {
            messages: vec![ChosenMessage {
                range: ByteRange::new(0, 100).expect("octets"),
                digest,
                params: Default::default(),
                claims: Vec::new(),
            }],
            fields: 1,
            holds_more: false,
            leads: Default::default(),
            met: Default::default(),
            title: Title::default(),
        };
        let told = slices(Some(Digest::of(DigestAlgorithm::Sha256, b"")));
        let better = |slices: &Slices, policy, hope| exact_is_better((&layout, 0), slices, policy, hope);
        assert!(better(&told, Policy::SwarmFirst, PeerHope::Some), "a piece is dear");
        assert!(!better(&told, Policy::SwarmOnly, PeerHope::None));
        assert!(!better(&slices(None), Policy::HttpOnly, PeerHope::None));
    }
}
