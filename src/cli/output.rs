//! The only writer of the terminal: results on stdout, prose on stderr.
//!
//! A full disk or a reader that went away is an error of its own kind, never a panic.

use super::paint::{Paint, Stream, WordTone};
use serde::Serialize;
use std::io::{IsTerminal, Write};

/// What goes to stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Text for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
    /// The path of each file in its place, one a line, and nothing else.
    Paths,
}

/// stdout cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputGone;

/// Writes results and prose.
#[derive(Debug)]
pub struct Output {
    format: Format,
    /// Lines that wait to be written together. `None` when each is written at once.
    held: Option<Vec<u8>>,
}

/// Most octets that wait to be written together.
const MOST_HELD: usize = 64 << 10;

impl Output {
    /// A writer of that format.
    pub fn new(format: Format) -> Self {
        Self { format, held: None }
    }

    /// Whether results are JSON lines.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// How words on stdout are marked.
    pub fn paint(&self) -> Paint {
        Paint::of_environment(Stream::of_stdout())
    }

    /// How many characters a line of stdout may have. `None` where it is no terminal.
    pub fn width(&self) -> Option<usize> {
        let (width, _) = terminal_size::terminal_size_of(std::io::stdout())?;
        Some(usize::from(width.0)).filter(|width| *width > 0)
    }

    /// Whether a person watches stderr.
    pub fn has_watcher(&self) -> bool {
        std::io::stderr().is_terminal()
    }

    /// Writes a JSON line, when JSON is wanted.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn json(&mut self, object: &impl Serialize) -> Result<(), OutputGone> {
        if !self.is_json() {
            return Ok(());
        }
        let line = serde_json::to_string(object).map_err(|_| OutputGone)?;
        self.write(&line)
    }

    /// Writes a line of text, when text is wanted; on stderr when stdout is for paths alone.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn line(&mut self, text: &str) -> Result<(), OutputGone> {
        match self.format {
            Format::Text => self.write(text),
            Format::Json => Ok(()),
            Format::Paths => {
                self.say(text);
                Ok(())
            }
        }
    }

    /// Writes the path of a file that is in its place, when paths are wanted.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn path(&mut self, path: &str) -> Result<(), OutputGone> {
        if self.format == Format::Paths { self.write(path) } else { Ok(()) }
    }

    /// Says on stderr what went wrong.
    pub fn complain(&mut self, text: &str) {
        let paint = Paint::of_environment(Stream::of_stderr());
        self.say(&paint.mark(WordTone::Bad, text));
    }

    /// Writes what stdout gets in either format: a sidecar that was asked for.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn raw(&mut self, text: &str) -> Result<(), OutputGone> {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|_| OutputGone)
    }

    /// From now on lines wait for [`release`](Self::release), or for enough others.
    pub fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn release(&mut self) -> Result<(), OutputGone> {
        let Some(held) = self.held.as_mut().filter(|held| !held.is_empty()) else { return Ok(()) };
        let mut out = std::io::stdout().lock();
        let written = out.write_all(held).and_then(|()| out.flush());
        held.clear();
        written.map_err(|_| OutputGone)
    }

    fn write(&mut self, line: &str) -> Result<(), OutputGone> {
        if let Some(held) = &mut self.held {
            held.extend_from_slice(line.as_bytes());
            held.push(b'\n');
            return if held.len() > MOST_HELD { self.release() } else { Ok(()) };
        }
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|_| OutputGone)
    }

    /// Says something to the person on stderr.
    pub fn say(&mut self, text: &str) {
        // Who closed stderr does not want to hear it.
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}
