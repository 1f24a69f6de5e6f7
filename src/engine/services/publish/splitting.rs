//! Cuts files of many lead times into one file for each, before they are published.
//!
//! In: a file or a folder of this machine. Out: a folder `NAME-hours` beside it, with the same folders in it. What is no
//! GRIB, and what holds a single lead time, is copied as it is. Start reading at [`split_hours`].

use super::making::{collect, name_of, refused};
use crate::app::messages::user_message::UserMessage;
use crate::engine::services::inspect::unreadable;
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::field_index;
use crate::publish::beside::data_files;
use crate::publish::split::SplitOutcome;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Cuts a file, or every file of a folder, into one for each lead time; returns the folder in which they lie.
///
/// # Errors
/// The first thing that cannot be read, cut or written, and a folder that holds other files already.
pub(super) fn split_hours(path: &Path, out: Option<&Path>) -> Result<PathBuf, UserMessage> {
    let name = name_of(path)?;
    let is_file = path.is_file();
    let stem = match name.rsplit_once('.') {
        Some((stem, _)) if is_file => stem,
        _ => name.as_str(),
    };
    let folder = out.or(path.parent()).unwrap_or(Path::new(".")).join(format!("{stem}-hours"));
    let mut target = Target { folder, made: BTreeSet::new() };
    if is_file {
        target.take(path, &[name])?;
    } else {
        let mut found = Vec::new();
        collect(path, &mut Vec::new(), &mut found)?;
        let names: Vec<Vec<String>> = found.iter().map(|(_, name)| name.clone()).collect();
        for at in data_files(&names) {
            let (file, name) = &found[at];
            target.take(file, name)?;
        }
    }
    target.refuse_others()?;
    Ok(target.folder)
}

/// Where the parts go.
struct Target {
    folder: PathBuf,
    /// What was written, below the folder.
    made: BTreeSet<Vec<String>>,
}

impl Target {
    /// Cuts one file, or copies it where there is nothing to cut.
    fn take(&mut self, path: &Path, name: &[String]) -> Result<(), UserMessage> {
        let failed = |error| unreadable(path, error);
        let file = File::open(path).map_err(failed)?;
        let index = field_index::walk_file(&file).map_err(failed)?;
        let own_name = name.last().cloned().unwrap_or_default();
        let fields = index.fields.iter().map(|field| (field.range, field.lead));
        let split = if index.fields.is_empty() { None } else { Some(SplitOutcome::plan(&own_name, fields)) };
        let shown = || crate::domain::outside_text::show(&path.display().to_string());
        let parts = match split.transpose().map_err(|error| refused(format!("{}: {error}", shown())))? {
            Some(SplitOutcome::ByLead(parts)) => parts,
            Some(SplitOutcome::Whole { .. }) | None => {
                let target = self.place(name)?;
                std::fs::copy(path, &target).map_err(|error| unreadable(&target, error))?;
                return Ok(());
            }
        };
        let mut buffer = vec![0; 1 << 20];
        for part in parts {
            let mut place = name.to_vec();
            place.pop();
            place.push(part.name.clone());
            let target = self.place(&place)?;
            let mut written = File::create(&target).map_err(|error| unreadable(&target, error))?;
            for range in part.ranges {
                let mut at = range.start();
                while at < range.end() {
                    let step = (range.end() - at).min(buffer.len() as u64) as usize;
                    let count = read_up_to(&file, &mut buffer[..step], at).map_err(failed)?;
                    if count == 0 {
                        return Err(failed(std::io::ErrorKind::UnexpectedEof.into()));
                    }
                    written.write_all(&buffer[..count]).map_err(|error| unreadable(&target, error))?;
                    at += count as u64;
                }
            }
        }
        Ok(())
    }

    /// The path of a part, its folders made. Two parts never get one name.
    fn place(&mut self, name: &[String]) -> Result<PathBuf, UserMessage> {
        if !self.made.insert(name.to_vec()) {
            return Err(refused(format!("two of the parts would be called {}", name.join("/"))));
        }
        let path = name.iter().fold(self.folder.clone(), |path, part| path.join(part));
        let folder = path.parent().unwrap_or(&self.folder);
        std::fs::create_dir_all(folder).map_err(|error| unreadable(folder, error))?;
        Ok(path)
    }

    /// What lay in the folder before would be published as well.
    fn refuse_others(&self) -> Result<(), UserMessage> {
        let mut found = Vec::new();
        collect(&self.folder, &mut Vec::new(), &mut found)?;
        let names: Vec<Vec<String>> = found.iter().map(|(_, name)| name.clone()).collect();
        let data: BTreeSet<usize> = data_files(&names).into_iter().collect();
        let other =
            names.iter().enumerate().find(|(at, name)| data.contains(at) && !self.made.contains(*name));
        match other {
            None => Ok(()),
            Some((_, name)) => {
                let folder = self.folder.display();
                let name = name.join("/");
                Err(refused(format!("{folder} holds other files, such as {name}: remove them first")))
            }
        }
    }
}
