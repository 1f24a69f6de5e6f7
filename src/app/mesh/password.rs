//! Where the password of a broker is kept, and what follows from what the desktop's keyring says.
//!
//! In: what the keyring answered. Out: a [`PasswordPlace`], for the row of the broker and for what is written down of it. Speaks to
//! nobody and never holds a password.

/// Why the desktop's keyring is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKeyring {
    /// There is none.
    #[error("there is no keyring")]
    Absent,
    /// It is locked; nobody is asked to unlock it.
    #[error("the keyring is locked")]
    Locked,
    /// It does not answer.
    #[error("the keyring does not answer")]
    Silent,
    /// It has nothing under this name any more.
    #[error("the keyring does not have it")]
    Lost,
    /// It refuses, for a reason in English.
    #[error("{0}")]
    Refused(String),
}

/// Where the password of a broker is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PasswordPlace {
    /// There is none to keep.
    #[default]
    Nowhere,
    /// The keyring was asked to keep it.
    Asked,
    /// In the desktop's keyring, and nowhere else.
    Keyring,
    /// In a file of ours that only this user can read; why not in the keyring, once that was asked.
    OwnFile(Option<NoKeyring>),
    /// In the keyring, which does not give it.
    OutOfReach(NoKeyring),
}

impl PasswordPlace {
    /// After the keyring was asked to keep it.
    pub fn after_keeping(answer: Result<(), NoKeyring>) -> Self {
        match answer {
            Ok(()) => Self::Keyring,
            Err(why) => Self::OwnFile(Some(why)),
        }
    }

    /// Whether it stands in what is written down of the broker.
    pub fn is_in_own_file(&self) -> bool {
        matches!(self, Self::OwnFile(_))
    }

    /// Whether the keyring is to be asked for it at the next start.
    pub fn is_in_keyring(&self) -> bool {
        matches!(self, Self::Asked | Self::Keyring | Self::OutOfReach(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_written_into_our_file_only_when_the_keyring_did_not_take_it() {
        assert_eq!(PasswordPlace::after_keeping(Ok(())), PasswordPlace::Keyring);
        for why in [NoKeyring::Absent, NoKeyring::Locked, NoKeyring::Silent] {
            let place = PasswordPlace::after_keeping(Err(why.clone()));
            assert_eq!(place, PasswordPlace::OwnFile(Some(why)));
            assert!(place.is_in_own_file() && !place.is_in_keyring());
        }
        assert!(!PasswordPlace::Asked.is_in_own_file(), "not before the keyring had its chance");
    }

    #[test]
    fn the_keyring_is_asked_again_for_what_it_did_not_give() {
        for place in
            [PasswordPlace::Asked, PasswordPlace::Keyring, PasswordPlace::OutOfReach(NoKeyring::Locked)]
        {
            assert!(place.is_in_keyring() && !place.is_in_own_file());
        }
        assert!(!PasswordPlace::Nowhere.is_in_keyring());
    }
}
