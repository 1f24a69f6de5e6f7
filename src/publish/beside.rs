//! What lies beside published data, under which name, and what of a folder is data at all.
//!
//! In: names. Out: names of sidecars; the files that are offered. Sidecars lie beside the data and never in its torrent,
//! since an index made later would give the same bytes another info-hash.

use super::canonical::CanonicalPlan;
use crate::domain::safe_path::safe_name;
use std::collections::HashSet;

/// A file that lies beside data and speaks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sidecar {
    /// Our slice index, which clients of ECMWF's read as well: `<file>.index`.
    SliceIndex,
    /// An inventory as wgrib2 writes it: `<file>.idx`.
    Inventory,
}

impl Sidecar {
    /// The name of this sidecar of the file `name`.
    pub fn name_for(self, name: &str) -> String {
        format!("{name}{}", self.ending())
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::SliceIndex => ".index",
            Self::Inventory => ".idx",
        }
    }
}

/// The name of the .torrent of what is offered.
pub fn torrent_name(plan: &CanonicalPlan) -> String {
    safe_name(&format!("{}.torrent", plan.layout().name))
}

/// The files of a folder that are data, by their number in `paths`: not what is hidden, no .torrent, and no index of a
/// file that is there too, be it named `a.grib2.index` or, as ECMWF does, `a.index`.
pub fn data_files(paths: &[Vec<String>]) -> Vec<usize> {
    let all: HashSet<String> = paths.iter().map(|path| path.join("/")).collect();
    let is_data = |path: &Vec<String>| {
        let is_hidden = path.iter().any(|component| component.starts_with('.'));
        !is_hidden && !path.last().is_some_and(|name| name.ends_with(".torrent")) && !is_index(path, &all)
    };
    (0..paths.len()).filter(|&number| is_data(&paths[number])).collect()
}

fn is_index(path: &[String], all: &HashSet<String>) -> bool {
    let path = path.join("/");
    let endings = [Sidecar::SliceIndex, Sidecar::Inventory].map(Sidecar::ending);
    let Some(of) = endings.iter().find_map(|ending| path.strip_suffix(ending)) else { return false };
    ["", ".grib2", ".grib", ".grb2", ".grb"].iter().any(|ending| all.contains(&format!("{of}{ending}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::canonical::{FileToPublish, OfferShape};

    #[test]
    fn sidecars_and_the_torrent_bear_the_name_of_what_they_speak_of() {
        assert_eq!(Sidecar::SliceIndex.name_for("a.grib2"), "a.grib2.index");
        assert_eq!(Sidecar::Inventory.name_for("gfs.t00z.f006"), "gfs.t00z.f006.idx");
        let file = FileToPublish { path: vec!["AROME_06:00.grib2".to_owned()], length: 1 };
        let plan = CanonicalPlan::new(OfferShape::SingleFile, &[file]).expect("a sound offer");
        assert_eq!(torrent_name(&plan), "AROME_06_00.grib2.torrent");
    }

    #[test]
    fn what_is_hidden_or_speaks_of_another_file_is_no_data() {
        let names = [
            "a.grib2",
            "a.grib2.index",
            "a.index",
            "a.grib2.idx",
            "b/a.index",
            "lonely.idx",
            "run.torrent",
            ".DS_Store",
            ".nuee/x/a.grib2",
            "b/c.grib2",
        ];
        let paths = names.map(|name| name.split('/').map(str::to_owned).collect::<Vec<_>>());
        let data: Vec<&str> = data_files(&paths).into_iter().map(|number| names[number]).collect();
        assert_eq!(data, ["a.grib2", "b/a.index", "lonely.idx", "b/c.grib2"]);
    }
}
