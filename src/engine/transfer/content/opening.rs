//! Opens a content: its files, what is remembered of them, and what of it is right on the disk.

use super::account::{Account, Unopened};
use super::hand_over::{Grounds, HandOvers};
use super::swarm_road::SwarmRoad;
use super::{Afterwards, ContentTask, Receives, Running, SwarmNeeds, conductor_of, context_of};
use crate::app::jobs::request::Trust;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::octets::ByteRange;
use crate::domain::source::SourceId;
use crate::domain::torrent::PieceHashes;
use crate::engine::store::database::{ContentRow, HoldingRow};
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{FileSet, Stock};
use crate::swarm::torrent::Gives;
use crate::transfer::assembly::ContentGrid;
use crate::transfer::conductor::Fact;
use crate::transfer::ledger::Ledger;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// Room that is left free on the disk beside what is still to be written.
const SPARE_ROOM: u64 = 1 << 20;

impl ContentTask {
    pub(super) async fn open(
        mut self,
        facts: UnboundedSender<Fact>,
        troubles: UnboundedSender<StoreError>,
    ) -> Result<Running, (StoreError, Unopened)> {
        let unopened = Unopened::of(&self.brief);
        let (task, opened) = tokio::task::spawn_blocking(move || {
            let opened = self.take_stock();
            (self, opened)
        })
        .await
        .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        self = task;
        let (files, row, ledger) = match opened {
            Ok(opened) => opened,
            Err(error) => return Err((error, unopened)),
        };
        let conductor = conductor_of(&self.brief, &self.shared);
        let grounds = Grounds {
            files: files.clone(),
            voucher: self.brief.voucher.clone(),
            announced: self.brief.announced.clone(),
            expected: std::mem::take(&mut self.brief.expected).into(),
            hashes: self.brief.hashes.clone(),
            promised: self.brief.promised,
        };
        let swarm = self.brief.swarm.take().map(|brief| {
            let parts =
                (files.clone(), self.brief.hashes.clone().unwrap_or_else(|| PieceHashes::new(Vec::new())));
            SwarmRoad::new(brief, &self.shared, parts, (facts.clone(), troubles.clone()))
        });
        let context = context_of(&mut self, files, facts, troubles);
        let now = self.shared.clock.now();
        let want = self.brief.want.clone();
        let account = Account::new(self.database, row, context.clone(), want, (&ledger, now));
        Ok(Running {
            shared: self.shared,
            conductor,
            ledger,
            account,
            context,
            fetches: HashMap::new(),
            afterwards: if swarm.is_some() { self.brief.afterwards } else { Afterwards::Ends },
            swarm,
            told_peers: None,
            hand_overs: HandOvers::new(grounds),
            watched: self.watched,
            news: self.news,
            verdict: None,
        })
    }

    /// Opens files and database, and hashes what is there of what is wanted.
    fn take_stock(&mut self) -> Result<(Arc<FileSet>, ContentRow, Ledger), StoreError> {
        let brief = &mut self.brief;
        let key = brief.id.key();
        let layout = brief.grid.layout();
        let files =
            Arc::new(FileSet::new(brief.grid.clone(), self.folder.clone(), self.folder.partials(&key)?));
        let row =
            self.database.content(&key, &crate::domain::outside_text::show(&layout.name), layout.total())?;
        let remembered = self.database.holdings(row)?;
        let finished: Vec<_> = match brief.trust {
            Trust::AsLeft => self.database.finished(row)?.iter().filter_map(|f| f.remembered()).collect(),
            Trust::Nothing => Vec::new(),
        };
        if brief.receives == Receives::Nothing {
            let changed = files.changed_since(&brief.want, &finished)?;
            changed.into_iter().for_each(|range| brief.want.remove(brief.grid.widened(range)));
        }
        let mut known = brief.want.clone();
        if brief.swarm.as_ref().is_some_and(|swarm| swarm.gives == Gives::Held) {
            // What earlier transfers of the same torrent put in place is given too.
            files.pieces_as_left(&finished)?.into_iter().for_each(|piece| known.insert(piece));
        }
        let stock = judge_stock(&files, brief.hashes.as_ref(), &known, (&remembered, &finished))?;
        let mut ledger = Ledger::new();
        for holding in remembered {
            for part in stock.held.within(holding.range).collect::<Vec<_>>() {
                ledger.hold(part, holding.source);
            }
        }
        for part in stock.held.iter() {
            ledger.hold(part, SourceId::DISK);
        }
        for origin in &brief.origins {
            let label = origin.urls.iter().flatten().next().map(crate::domain::outside_text::show_url);
            let wasted = self.database.source(row, origin.id, label.as_deref().unwrap_or_default())?;
            ledger.waste(origin.id, wasted);
        }
        if matches!(brief.grid, ContentGrid::Pieces(_)) {
            let rows = ledger.all().map(|(range, source)| HoldingRow { range, source, digest: None });
            self.database.replace(row, &rows.collect::<Vec<_>>())?;
        }
        if brief.receives == Receives::Nothing {
            let held = ledger.all().flat_map(|(range, _)| brief.want.within(range).collect::<Vec<_>>());
            brief.want = held.collect();
            if let Some(swarm) = &mut brief.swarm {
                swarm.needs = SwarmNeeds::Exactly(brief.want.clone());
            }
        }
        self.check_room(&ledger)?;
        Ok((files, row, ledger))
    }

    fn check_room(&self, ledger: &Ledger) -> Result<(), StoreError> {
        let needed = ledger.missing(&self.brief.want).count().0;
        match self.folder.root().free_space() {
            Some(free) if needed > 0 && free < needed + SPARE_ROOM => {
                Err(StoreError::TooSmall { needed, free })
            }
            _ => Ok(()),
        }
    }
}

fn judge_stock(
    files: &FileSet,
    hashes: Option<&PieceHashes>,
    want: &crate::domain::octets::RangeSet,
    (remembered, finished): (&[HoldingRow], &[crate::engine::store::file_set::FinishedFile]),
) -> Result<Stock, StoreError> {
    match (files.grid(), hashes) {
        (ContentGrid::Pieces(layout), Some(hashes)) => {
            let judge = |range: ByteRange, bytes: &[u8]| {
                let hash = hashes.get(layout.piece_at(range.start()) as usize);
                hash.is_some_and(|hash| Digest::of(DigestAlgorithm::Sha1, bytes).octets() == hash)
            };
            files.take_stock(want, &files.pieces_of(want), finished, &judge)
        }
        _ => {
            let digests: HashMap<ByteRange, &Digest> =
                remembered.iter().filter_map(|row| Some((row.range, row.digest.as_ref()?))).collect();
            let judge = |range: ByteRange, bytes: &[u8]| {
                digests.get(&range).is_some_and(|own| Digest::of(DigestAlgorithm::Sha256, bytes) == **own)
            };
            let units: Vec<ByteRange> =
                digests.keys().copied().filter(|range| want.contains(*range)).collect();
            files.take_stock(want, &units, finished, &judge)
        }
    }
}
