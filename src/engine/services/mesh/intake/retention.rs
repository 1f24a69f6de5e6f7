//! Fetched files make room when they are old or too much, as the person says: only what announcements brought, and as it was left.
//!
//! In: how long files stay, and the folder. Out: paths of files that are gone. Nothing happens while nothing is said of it, nor by a
//! clock that was just set.

use super::Intake;
use crate::app::jobs::keeping::Keeping;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::runs::Now;
use std::time::Duration;
use tokio::time::Instant;

/// How long after a change of the settings or the start it is looked for the first time.
const SOON: Duration = Duration::from_secs(2);

/// How long after a file came it is looked at the latest.
const AFTER_ARRIVAL: Duration = Duration::from_secs(10);

/// When it is looked next. Never while nothing is said of how long files stay.
#[derive(Debug, Default)]
pub(in crate::engine::services::mesh) struct Retention(Option<Instant>);

impl Retention {
    /// Looks soon: how long files stay was said, or said anew.
    pub(in crate::engine::services::mesh) fn begin_anew(&mut self) {
        self.0 = Some(Instant::now() + SOON);
    }

    /// Looks in a moment: a file came. Not while nothing is said.
    pub(in crate::engine::services::mesh) fn note_arrival(&mut self) {
        self.0 = self.0.map(|due| due.min(Instant::now() + AFTER_ARRIVAL));
    }

    /// Ends when it is time to look.
    pub(in crate::engine::services::mesh) async fn due(&self) {
        match self.0 {
            Some(due) => tokio::time::sleep_until(due).await,
            None => std::future::pending().await,
        }
    }

    /// Removes what is too old or too much; whole paths of what went.
    pub(in crate::engine::services::mesh) async fn look(
        &mut self,
        intake: &mut Intake,
        (keeping, now): (Keeping, Now),
    ) -> Result<Vec<String>, UserMessage> {
        let is_set = keeping != Keeping::default();
        self.0 = is_set.then(|| Instant::now() + keeping.look_again_after());
        if !is_set || matches!(now, Now::JustSet(_)) {
            return Ok(Vec::new());
        }
        let removed = intake.folder.remove_what_is_too_much(keeping, now.time()).await?;
        intake.files.gone(&removed);
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_looked_soon_after_a_change_and_a_moment_after_a_file_but_never_without_a_wish() {
        let mut retention = Retention::default();
        retention.note_arrival();
        assert_eq!(retention.0, None);
        let began = Instant::now();
        retention.begin_anew();
        retention.due().await;
        assert_eq!(began.elapsed(), SOON);
        retention.0 = Some(Instant::now() + Duration::from_secs(600));
        retention.note_arrival();
        let began = Instant::now();
        retention.due().await;
        assert_eq!(began.elapsed(), AFTER_ARRIVAL);
    }
}
