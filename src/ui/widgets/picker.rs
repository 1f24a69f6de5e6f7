//! The desktop's dialog for a folder or a file, on a thread of its own. A field for the path stands beside it always.
//!
//! In: what to pick. Out: a path, some frames later. Where the desktop offers no dialog, that is said.

use egui::Context;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// An answer that comes sooner was not a person's.
const AT_ONCE: f64 = 0.3;

/// A dialog that may be open.
#[derive(Debug, Default)]
pub struct FilePicker {
    open: Option<(Receiver<Option<PathBuf>>, f64)>,
    /// Whether the last dialog never appeared.
    pub is_missing: bool,
}

/// What is picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// A folder; the dialog begins in this one.
    Folder(PathBuf),
    /// Where a file is written to: the folder, and its name.
    NewFile(PathBuf, String),
}

impl FilePicker {
    /// Opens the dialog, unless one is open.
    pub fn open(&mut self, ctx: &Context, pick: Pick) {
        if self.open.is_some() {
            return;
        }
        let (sender, receiver) = channel();
        let ctx_of_thread = ctx.clone();
        let run = move || {
            // The window may be gone before the dialog is.
            let _ = sender.send(ask(pick));
            ctx_of_thread.request_repaint();
        };
        let started = std::thread::Builder::new().name("nuee-dialog".to_owned()).spawn(run);
        self.is_missing = started.is_err();
        self.open = started.ok().map(|_| (receiver, ctx.input(|input| input.time)));
    }

    /// Whether a dialog is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// What was picked, once.
    pub fn picked(&mut self, ctx: &Context) -> Option<PathBuf> {
        let (receiver, since) = self.open.as_ref()?;
        let answer = match receiver.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => None,
            Ok(answer) => answer,
        };
        let waited = ctx.input(|input| input.time) - since;
        self.is_missing = answer.is_none() && waited < AT_ONCE;
        self.open = None;
        answer
    }
}

fn ask(pick: Pick) -> Option<PathBuf> {
    match pick {
        Pick::Folder(start) => rfd::FileDialog::new().set_directory(start).pick_folder(),
        Pick::NewFile(start, name) => {
            rfd::FileDialog::new().set_directory(start).set_file_name(name).save_file()
        }
    }
}
