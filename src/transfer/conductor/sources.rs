//! The HTTP sources of one transfer, and what can be asked of each.
//!
//! In: what is needed, and how each source stands. Out: who may give a piece, who is to blame, whether anybody may help.

use super::claims::RangeClaim;
use super::need::Need;
use super::{Asking, Reason};
use crate::domain::source::SourceId;
use crate::domain::utc::SteadyTime;
use crate::transfer::assembly::ContentGrid;
use crate::transfer::http_source::{HttpSource, HttpSourceBrief};

/// Every HTTP source, in the order in which they were named.
#[derive(Debug)]
pub(super) struct SourceList(Vec<HttpSource>);

impl SourceList {
    /// Sources of which nothing is known.
    pub(super) fn new(briefs: Vec<HttpSourceBrief>) -> Self {
        Self(briefs.into_iter().map(HttpSource::new).collect())
    }

    pub(super) fn all(&self) -> &[HttpSource] {
        &self.0
    }

    pub(super) fn of(&self, id: SourceId) -> Option<&HttpSource> {
        self.0.iter().find(|source| source.brief.id == id)
    }

    pub(super) fn of_mut(&mut self, id: SourceId) -> Option<&mut HttpSource> {
        self.0.iter_mut().find(|source| source.brief.id == id)
    }

    /// Whether a source other than `except` may give `piece` of `files`.
    pub(super) fn others_can_give(
        &self,
        files: &[usize],
        piece: u32,
        except: SourceId,
        now: SteadyTime,
    ) -> bool {
        let mut others = self.0.iter().filter(|source| source.brief.id != except);
        others.any(|source| {
            files.iter().all(|&file| source.is_hopeful(file, now) && !source.lacks(file, piece))
        })
    }

    /// Whether only one address is out of service: its host gives by another one, and asks for no patience itself.
    pub(super) fn host_serves_another(&self, id: SourceId, reason: &Reason) -> bool {
        let host = self.of(id).map(|source| source.brief.host.as_str());
        let serves = |source: &HttpSource| {
            source.brief.id != id && Some(source.brief.host.as_str()) == host && source.has_given
        };
        matches!(reason, Reason::Busy { status: 503, wait: None }) && self.0.iter().any(serves)
    }

    /// Whether a source says that it does not have a part of a file which another may have. Pieces prove what comes.
    pub(super) fn is_part_refused(
        &self,
        claim: &RangeClaim,
        reason: &Reason,
        need: &Need,
        now: SteadyTime,
    ) -> bool {
        let is_refusal = matches!(reason, Reason::Status(404 | 410 | 416)) && claim.asking == Asking::Range;
        let whole = need.layout().files()[claim.file].range();
        let is_part = whole.is_some_and(|whole| claim.range.count() < whole.count());
        let may_have =
            |source: &HttpSource| source.brief.id != claim.source && source.is_hopeful(claim.file, now);
        let has_pieces = matches!(need.grid(), ContentGrid::Pieces(_));
        let had_part = |source: &HttpSource| {
            source.brief.id == claim.source && source.parts().any(|file| file == claim.file)
        };
        is_refusal && is_part && has_pieces && self.0.iter().any(|s| may_have(s) || had_part(s))
    }

    /// Whether something of a content of `files` files may be asked for, now or after a pause.
    pub(super) fn may_help(&self, files: usize, now: SteadyTime) -> bool {
        self.0.iter().any(|source| (0..files).any(|file| source.is_hopeful(file, now)))
    }

    /// Whether some source may yet give something that is missing, down to a single piece: what no source can be asked
    /// for is not waited for. Sources set aside for better ones are taken back when those are gone.
    pub(super) fn is_hopeful(&mut self, need: &Need, now: SteadyTime) -> bool {
        let files = need.open_files();
        let most = need.most_wrong_pieces();
        for source in &mut self.0 {
            for &file in &files {
                if !source.is_hopeful(file, now) {
                    continue;
                }
                if has_piece(source, file, need, |source, file| source.is_hopeful(file, now)) {
                    return true;
                }
                source.on_nothing_left(file);
            }
        }
        let mut has_returned = false;
        for source in &mut self.0 {
            for &file in &files {
                let may_help = has_piece(source, file, need, |source, file| {
                    source.is_hopeful(file, now) || source.may_return(file, most)
                });
                has_returned |= may_help && source.take_back(file, most);
            }
        }
        has_returned
    }

    /// Why each does not give what is missing, in order.
    pub(super) fn troubles(&self, need: &Need) -> impl Iterator<Item = (SourceId, Reason)> {
        let lacks = |source: &HttpSource| {
            let lacks = need.unfinished_files().any(|file| !source.brief.files.has(file));
            lacks.then_some(Reason::NoUrl)
        };
        self.0.iter().flat_map(move |source| {
            source.troubles().into_iter().chain(lacks(source)).map(|why| (source.brief.id, why))
        })
    }
}

/// Whether some missing piece of `file` can be asked of the source: one that it has not sent wrongly, and of which
/// it may give every file. A piece that reaches into a file which the source lacks would be waited for without end.
fn has_piece(
    source: &HttpSource,
    file: usize,
    need: &Need,
    may_give: impl Fn(&HttpSource, usize) -> bool,
) -> bool {
    let layout = need.layout();
    let Some(range) = layout.files()[file].range().map(|range| need.grid().widened(range)) else {
        return false;
    };
    let is_open = |piece: u32| {
        let range = layout.piece_range(piece);
        !source.lacks(file, piece)
            && range.is_some_and(|range| need.files_of(range).iter().all(|&file| may_give(source, file)))
    };
    let mut gaps = need.open().within(range);
    gaps.any(|gap| layout.pieces_of(gap).any(is_open))
}
