//! A question to catalogues that a list above the screen waits for.
//!
//! In: the question. Out: its answer, as soon as that is there; while it is not, the window wakes to look for it.

use crate::app::catalog::asked::{CatalogAnswer, CatalogQuery};
use crate::app::query::{Answer, Query};
use crate::ui::scene::Scene;
use egui::Context;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

/// A question, and what came of it.
#[derive(Debug, Default)]
pub struct PendingCatalogQuery {
    pending: Option<Receiver<Answer>>,
    answer: Option<CatalogAnswer>,
}

impl PendingCatalogQuery {
    /// Asks; what was answered before is forgotten.
    pub fn ask(&mut self, scene: &Scene<'_>, query: CatalogQuery) {
        *self = Self { pending: Some(scene.link.ask(Query::Catalog(query))), answer: None };
    }

    /// Takes the answer in when it is there.
    pub fn listen(&mut self, ctx: &Context) {
        let Some(pending) = &self.pending else { return };
        match pending.try_recv() {
            Ok(answer) => {
                // What is told before the answer is for the terminal.
                if matches!(answer, Answer::Noted(_)) {
                    ctx.request_repaint();
                    return;
                }
                self.pending = None;
                if let Answer::Catalog(answer) = answer {
                    self.answer = Some(answer);
                }
            }
            Err(TryRecvError::Disconnected) => self.pending = None,
            Err(TryRecvError::Empty) => ctx.request_repaint_after(Duration::from_millis(60)),
        }
    }

    /// The answer. `None` before it is there, and when none will come.
    pub fn answer(&self) -> Option<&CatalogAnswer> {
        self.answer.as_ref()
    }

    /// Whether an answer is awaited.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }
}
