//! The desktop's keyring (the Secret Service of the session bus): passwords of brokers, each under its broker and user.
//!
//! In: the name of a broker and a user. Out: a password, or why the keyring is of no use. Nothing is unlocked and no dialogue
//! opens; a keyring that does not answer within [`PATIENCE`] counts as none. Passwords go there encrypted. On systems without
//! such a service, and in a build without the window, there is none. Start reading at [`find`].

use crate::app::mesh::password::NoKeyring;
use std::future::Future;
use std::time::Duration;

/// How long a keyring may take: it may have to be started first.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whose password it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) struct PasswordOf {
    /// The broker: its URL without user and password.
    pub(in crate::engine) broker: String,
    /// The user there.
    pub(in crate::engine) user: String,
}

/// The password that is kept. `None` when the keyring has none of that name.
pub(in crate::engine) async fn find(whose: PasswordOf) -> Result<Option<String>, NoKeyring> {
    patiently(service::find(whose)).await
}

/// Keeps a password; one that was there before is replaced.
pub(in crate::engine) async fn keep(whose: PasswordOf, password: String) -> Result<(), NoKeyring> {
    patiently(service::keep(whose, password)).await
}

/// Forgets a password.
pub(in crate::engine) async fn forget(whose: PasswordOf) -> Result<(), NoKeyring> {
    patiently(service::forget(whose)).await
}

/// Gives up in time; a failure inside of the library is one of the keyring.
async fn patiently<T: Send + 'static>(
    asking: impl Future<Output = Result<T, NoKeyring>> + Send + 'static,
) -> Result<T, NoKeyring> {
    let asked = tokio::spawn(tokio::time::timeout(PATIENCE, asking)).await;
    match asked {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err(NoKeyring::Silent),
        Err(error) => Err(NoKeyring::Refused(error.to_string())),
    }
}

#[cfg(all(feature = "window", target_os = "linux"))]
mod service {
    use super::PasswordOf;
    use crate::app::mesh::password::NoKeyring;
    use crate::domain::outside_text::show;
    use secret_service::{EncryptionType, Error, SecretService};
    use std::collections::HashMap;

    const CONTENT: &str = "text/plain; charset=utf8";

    fn attributes(whose: &PasswordOf) -> HashMap<&str, &str> {
        HashMap::from([
            ("xdg:schema", "io.github.nuee.Broker"),
            ("broker", whose.broker.as_str()),
            ("user", whose.user.as_str()),
        ])
    }

    pub(super) async fn find(whose: PasswordOf) -> Result<Option<String>, NoKeyring> {
        let service = SecretService::connect(EncryptionType::Dh).await.map_err(|error| why(&error))?;
        let found = service.search_items(attributes(&whose)).await.map_err(|error| why(&error))?;
        match (found.unlocked.first(), found.locked.is_empty()) {
            (Some(item), _) => {
                let secret = item.get_secret().await.map_err(|error| why(&error))?;
                Ok(String::from_utf8(secret).ok())
            }
            (None, false) => Err(NoKeyring::Locked),
            // Some services do not tell what a locked keyring holds.
            (None, true) => match service.get_default_collection().await {
                Ok(collection) if collection.is_locked().await.unwrap_or(false) => Err(NoKeyring::Locked),
                _ => Ok(None),
            },
        }
    }

    pub(super) async fn keep(whose: PasswordOf, password: String) -> Result<(), NoKeyring> {
        let service = SecretService::connect(EncryptionType::Dh).await.map_err(|error| why(&error))?;
        let collection = service.get_default_collection().await.map_err(|error| why(&error))?;
        collection.ensure_unlocked().await.map_err(|error| why(&error))?;
        let label = format!("Nuée: {}@{}", show(&whose.user), show(&whose.broker));
        let kept =
            collection.create_item(&label, attributes(&whose), password.as_bytes(), true, CONTENT).await;
        kept.map(drop).map_err(|error| why(&error))
    }

    pub(super) async fn forget(whose: PasswordOf) -> Result<(), NoKeyring> {
        let service = SecretService::connect(EncryptionType::Dh).await.map_err(|error| why(&error))?;
        let found = service.search_items(attributes(&whose)).await.map_err(|error| why(&error))?;
        for item in &found.unlocked {
            item.delete().await.map_err(|error| why(&error))?;
        }
        if found.locked.is_empty() { Ok(()) } else { Err(NoKeyring::Locked) }
    }

    /// What an error of the service means; its text never holds a password.
    fn why(error: &Error) -> NoKeyring {
        let words = error.to_string();
        // Nobody answers to its name, or it answers and was never given anything to keep things in.
        let is_absent = ["ServiceUnknown", "NameHasNoOwner", "Spawn.", "UnknownMethod", "UnknownObject"];
        match error {
            Error::Locked | Error::Prompt | Error::PromptDisconnected => NoKeyring::Locked,
            // A service without a keyring to keep things in is as good as none.
            Error::Unavailable | Error::NoResult => NoKeyring::Absent,
            _ if is_absent.iter().any(|part| words.contains(part)) => NoKeyring::Absent,
            _ => NoKeyring::Refused(show(&words)),
        }
    }
}

#[cfg(not(all(feature = "window", target_os = "linux")))]
mod service {
    use super::PasswordOf;
    use crate::app::mesh::password::NoKeyring;

    pub(super) async fn find(_whose: PasswordOf) -> Result<Option<String>, NoKeyring> {
        Err(NoKeyring::Absent)
    }

    pub(super) async fn keep(_whose: PasswordOf, _password: String) -> Result<(), NoKeyring> {
        Err(NoKeyring::Absent)
    }

    pub(super) async fn forget(_whose: PasswordOf) -> Result<(), NoKeyring> {
        Err(NoKeyring::Absent)
    }
}
