//! The settings as the person sees them: what was just set is shown at once, and gives way to what the engine says.
//!
//! In: snapshots, and changes of the person. Out: the settings to show.

use crate::app::settings::Settings;
use std::sync::Arc;

/// The settings that are shown.
#[derive(Clone, Debug, Default)]
pub struct Held {
    heard: Arc<Settings>,
    shown: Arc<Settings>,
}

impl Held {
    /// Takes over what the engine says, when it says something new.
    pub fn hear(&mut self, settings: &Arc<Settings>) {
        if !Arc::ptr_eq(&self.heard, settings) {
            self.heard = settings.clone();
            self.shown = settings.clone();
        }
    }

    /// Shows what the person just set.
    pub fn set(&mut self, settings: Settings) {
        self.shown = Arc::new(settings);
    }

    /// What to show.
    pub fn shown(&self) -> &Arc<Settings> {
        &self.shown
    }
}
