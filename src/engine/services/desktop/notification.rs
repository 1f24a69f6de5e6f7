//! What the desktop shows while nobody looks: notifications.
//!
//! In: texts in the person's language. Out: nothing, or what the desktop said. Never waits on the host's thread.

use crate::domain::outside_text::show;
use std::time::Duration;

/// How long a desktop may take to answer.
const LONGEST_ANSWER: Duration = Duration::from_secs(5);

/// Shows `text` as a notification.
///
/// # Errors
/// In its own words, what the desktop said; also when there is none, or when this build has no part for it.
pub(in crate::engine) async fn tell(text: String) -> Result<(), String> {
    let telling = tokio::task::spawn_blocking(move || show_now(&text));
    match tokio::time::timeout(LONGEST_ANSWER, telling).await {
        Ok(Ok(told)) => told,
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer".to_owned()),
    }
}

#[cfg(feature = "window")]
fn show_now(text: &str) -> Result<(), String> {
    let mut notification = notify_rust::Notification::new();
    notification.appname("Nuée").summary("Nuée").body(text).icon("nuee");
    notification.show().map(drop).map_err(|error| show(&error.to_string()))
}

#[cfg(not(feature = "window"))]
fn show_now(_text: &str) -> Result<(), String> {
    Err(show("this build has no part for it"))
}
