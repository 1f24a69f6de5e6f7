//! What a failure leaves behind: a report, and the knowledge that the last start did not end as it should.
//!
//! In: the data folder. Out: a panic hook that writes a report there; at the next start, where it lies.

use crate::app::vitals::CrashNote;
use crate::domain::outside_text::show_with_urls;
use std::backtrace::Backtrace;
use std::io::Write;
use std::path::{Path, PathBuf};

const RUNNING: &str = "running";
const REPORT: &str = "crash.txt";

/// Largest report, in octets: a program that fails again and again does not fill the disk.
const LARGEST_REPORT: u64 = 1 << 20;

/// This start: while it lives, a mark says that it has not ended yet.
#[derive(Debug)]
pub(in crate::engine) struct Attempt {
    mark: PathBuf,
}

impl Attempt {
    /// Begins a start; tells how the last one ended, when that was a failure with a report.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(in crate::engine) fn begin(data: &Path) -> std::io::Result<(Self, Option<CrashNote>)> {
        let mark = data.join(RUNNING);
        let had_not_ended = mark.exists();
        std::fs::write(&mark, std::process::id().to_string())?;
        let note = put_away(data)?.filter(|_| had_not_ended);
        Ok((Self { mark }, note.map(|report| CrashNote { report, resumed: 0 })))
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // A mark that stays only costs a sentence at the next start, and that only with a report.
            let _ = std::fs::remove_file(&self.mark);
        }
    }
}

/// Moves a report under a name of its own.
fn put_away(data: &Path) -> std::io::Result<Option<PathBuf>> {
    let report = data.join(REPORT);
    for number in 1..1_000 {
        let path = data.join(format!("crash-{number}.txt"));
        if path.exists() {
            continue;
        }
        return match std::fs::rename(&report, &path) {
            Ok(()) => Ok(Some(path)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
    }
    std::fs::remove_file(report).map(|()| None)
}

/// Has a report written into `data` when something fails that should not.
pub fn write_reports(data: &Path) {
    let path = data.join(REPORT);
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        write_report(&path, &info.to_string());
        usual(info);
    }));
}

fn write_report(path: &Path, what: &str) {
    let Ok(mut file) = std::fs::OpenOptions::new().create(true).append(true).open(path) else { return };
    if file.metadata().is_ok_and(|metadata| metadata.len() > LARGEST_REPORT) {
        return;
    }
    let time = crate::engine::clock::Clock::start().utc();
    let version = env!("CARGO_PKG_VERSION");
    let what: Vec<String> = what.lines().map(show_with_urls).collect();
    let trace = Backtrace::force_capture();
    // There is nobody left to tell.
    let _ = write!(file, "nuee {version}, {time}\n{}\n\n{trace}\n\n", what.join("\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_after_a_failure_is_told_where_the_report_lies() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let (first, note) = Attempt::begin(scratch.path()).expect("a folder");
        assert_eq!(note, None);
        write_report(&scratch.path().join(REPORT), "failed at http://a/?token=s3cret");
        std::mem::forget(first);
        let (second, note) = Attempt::begin(scratch.path()).expect("a folder");
        let report = std::fs::read_to_string(note.expect("a note").report).expect("a report");
        assert!(report.contains("failed at") && !report.contains("s3cret"), "{report}");
        drop(second);
        assert_eq!(Attempt::begin(scratch.path()).expect("a folder").1, None);
    }

    #[test]
    fn a_part_that_failed_without_ending_the_program_is_no_crash() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let (first, _) = Attempt::begin(scratch.path()).expect("a folder");
        write_report(&scratch.path().join(REPORT), "a task broke");
        drop(first);
        assert_eq!(Attempt::begin(scratch.path()).expect("a folder").1, None);
        assert!(scratch.path().join("crash-1.txt").exists(), "the report stays");
    }
}
