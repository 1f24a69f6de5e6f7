//! How content that is announced under a known name stands to what is known: newer, the same, older, or in conflict.
//!
//! In: what is known of a file and what is announced now, each with time, digest and role. Out: a [`Succession`]. The
//! memory of this start and that of the disk decide by it alike.

use super::announcement::{Announcement, Dialect, FileAction};
use crate::domain::utc::UtcMillis;

/// In which role content was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnouncementRole {
    /// As a file of its own (WIS2 `canonical`): other content needs another name.
    Original,
    /// In place of what had the name before (WIS2 `update`).
    Update,
    /// As what now stands at a path (Sarracenia, wmo_mesh): whoever has the path may write there anew.
    AtPath,
    /// As withdrawn.
    Deletion,
}

/// Content of a file, as it was announced. `D` stands for a digest and for a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnnouncedContent<D> {
    /// When.
    pub published_at: UtcMillis,
    /// Its digest. `None` when none was announced that can be compared.
    pub digest: Option<D>,
    /// The digest of what it replaced in the same second.
    pub replaced: Option<D>,
    /// Who announced it.
    pub source: D,
    /// In which role.
    pub role: AnnouncementRole,
}

/// How an announcement stands to what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Succession {
    /// The same content.
    Same,
    /// In place of it.
    Replaces,
    /// It was replaced already.
    Older,
    /// Other content under the same name, and neither replaces the other.
    Conflicts,
}

impl AnnouncedContent<String> {
    /// What is announced.
    pub fn of(announcement: &Announcement) -> Self {
        let digest = announcement.integrity.digest();
        Self {
            published_at: announcement.published_at,
            digest: digest.map(|digest| format!("{}:{}", digest.algorithm().key(), digest.hex())),
            replaced: None,
            source: announcement.source.to_string(),
            role: AnnouncementRole::of(announcement),
        }
    }
}

impl<D: Clone> AnnouncedContent<D> {
    /// The same, once it has replaced `known`: within one second the replaced digest is remembered, so that a repeat of it does
    /// not come back.
    pub fn in_place_of(self, known: &Self) -> Self {
        let is_same_second = known.published_at == self.published_at;
        Self { replaced: known.digest.clone().filter(|_| is_same_second), ..self }
    }
}

impl AnnouncementRole {
    /// The role of an announcement.
    pub fn of(announcement: &Announcement) -> Self {
        match (announcement.action, announcement.dialect) {
            (FileAction::Deletion, _) => Self::Deletion,
            (FileAction::Update, _) => Self::Update,
            (FileAction::New | FileAction::Housekeeping, Dialect::Wis2 | Dialect::CloudEvent) => {
                Self::Original
            }
            (FileAction::New | FileAction::Housekeeping, _) => Self::AtPath,
        }
    }
}

/// How `now` stands to `known`. Publishers write times to the second: within one, the order of arrival counts for who
/// may replace what.
pub fn succession<D: PartialEq>(known: &AnnouncedContent<D>, now: &AnnouncedContent<D>) -> Succession {
    use std::cmp::Ordering;
    let both_told = known.digest.is_some() && now.digest.is_some();
    if both_told && known.digest == now.digest {
        return Succession::Same;
    }
    match now.published_at.cmp(&known.published_at) {
        Ordering::Less => Succession::Older,
        Ordering::Greater if both_told && now.role == AnnouncementRole::Original => Succession::Conflicts,
        Ordering::Greater => Succession::Replaces,
        Ordering::Equal if both_told => within_a_second(known, now),
        Ordering::Equal => untold_within_a_second(known.role, now.role),
    }
}

/// The same where a digest is not known of both: nothing tells that the bytes differ.
fn untold_within_a_second(known: AnnouncementRole, now: AnnouncementRole) -> Succession {
    match (known, now) {
        (AnnouncementRole::Deletion, AnnouncementRole::Deletion) => Succession::Same,
        (AnnouncementRole::Deletion, _) => Succession::Older,
        (_, AnnouncementRole::Deletion) => Succession::Replaces,
        _ => Succession::Same,
    }
}

fn within_a_second<D: PartialEq>(known: &AnnouncedContent<D>, now: &AnnouncedContent<D>) -> Succession {
    match (known.role, now.role) {
        (AnnouncementRole::Deletion, _) | (_, AnnouncementRole::Deletion) => {
            untold_within_a_second(known.role, now.role)
        }
        _ if now.digest == known.replaced => Succession::Older,
        (_, AnnouncementRole::Update) => Succession::Replaces,
        (AnnouncementRole::Update, _) => Succession::Older,
        (_, AnnouncementRole::AtPath) if now.source == known.source => Succession::Replaces,
        _ => Succession::Conflicts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Content `digest` (0 for none announced) of second `at`.
    fn content(at: i64, digest: u8, role: AnnouncementRole) -> AnnouncedContent<u8> {
        let published_at = UtcMillis::from_unix_millis(at * 1_000).expect("a time");
        AnnouncedContent {
            published_at,
            digest: (digest > 0).then_some(digest),
            replaced: None,
            source: 1,
            role,
        }
    }

    #[test]
    fn an_update_replaces_also_within_the_second_and_is_not_undone_by_a_late_copy() {
        let first = content(5, 1, AnnouncementRole::Original);
        let update = content(5, 2, AnnouncementRole::Update);
        assert_eq!(succession(&first, &update), Succession::Replaces);
        let known = AnnouncedContent { replaced: first.digest, ..update };
        assert_eq!(succession(&known, &first), Succession::Older);
        assert_eq!(succession(&update, &content(5, 3, AnnouncementRole::Original)), Succession::Older);
        assert_eq!(succession(&known, &content(5, 4, AnnouncementRole::Update)), Succession::Replaces);
        assert_eq!(succession(&first, &content(6, 2, AnnouncementRole::Update)), Succession::Replaces);
        assert_eq!(succession(&first, &content(4, 2, AnnouncementRole::Update)), Succession::Older);
    }

    #[test]
    fn two_originals_of_one_name_conflict_and_a_path_is_written_anew() {
        let first = content(5, 1, AnnouncementRole::Original);
        assert_eq!(succession(&first, &content(5, 2, AnnouncementRole::Original)), Succession::Conflicts);
        assert_eq!(succession(&first, &content(6, 2, AnnouncementRole::Original)), Succession::Conflicts);
        assert_eq!(
            succession(&first, &content(6, 0, AnnouncementRole::Original)),
            Succession::Replaces,
            "time alone tells"
        );
        let path = content(5, 1, AnnouncementRole::AtPath);
        assert_eq!(succession(&path, &content(5, 2, AnnouncementRole::AtPath)), Succession::Replaces);
        assert_eq!(succession(&path, &content(6, 2, AnnouncementRole::AtPath)), Succession::Replaces);
        let other = AnnouncedContent { source: 2, ..content(5, 2, AnnouncementRole::AtPath) };
        assert_eq!(succession(&path, &other), Succession::Conflicts);
    }

    #[test]
    fn a_deletion_of_the_same_second_comes_after_the_file() {
        let file = content(5, 1, AnnouncementRole::Original);
        let deletion = content(5, 0, AnnouncementRole::Deletion);
        assert_eq!(succession(&file, &deletion), Succession::Replaces);
        assert_eq!(succession(&deletion, &file), Succession::Older);
        assert_eq!(succession(&deletion, &content(6, 1, AnnouncementRole::Original)), Succession::Replaces);
        assert_eq!(succession(&content(6, 1, AnnouncementRole::Original), &deletion), Succession::Older);
    }
}
