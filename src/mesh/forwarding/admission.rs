//! Which messages of a mesh are taken in, and why others are set aside. None of them is left unacknowledged: a message that is, and
//! that nobody can use, comes again at each start.
//!
//! In: a message as it was read, and when it came. Out: a [`MeshAdmission`].

use super::mesh_path::{MeshPath, PathFault};
use super::{ForwardTerms, LONGEST_MESSAGE};
use crate::mesh::announcement::{Announcement, Dialect, FileAction, MessageReading};
use crate::mesh::recent::Heard;
use crate::mesh::remark::Remark;
use crate::mesh::rule::Rule;
use std::time::Duration;
use url::Url;

/// What becomes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeshAdmission {
    /// Its file is fetched, or its withdrawal followed.
    Taken,
    /// It is ours, or says nothing of a file.
    Ignored,
    /// It cannot be used.
    SetAside(AsideReason),
}

/// Why a message is set aside.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AsideReason {
    /// It cannot be read: what is wrong.
    #[error("{}", words_of(.0))]
    Unreadable(Vec<Remark>),
    /// It is longer than any program of a mesh should have to read.
    #[error("{0} octets, {most} are taken", most = LONGEST_MESSAGE)]
    TooLong(usize),
    /// Its path leads elsewhere or nowhere.
    #[error("its path {0}")]
    Path(PathFault),
    /// Its address has a user or a password, which everybody would read.
    #[error("its address names a user")]
    UserInAddress,
    /// It is older than is taken.
    #[error("{} seconds old", .0.as_secs())]
    TooOld(Duration),
}

fn words_of(remarks: &[Remark]) -> String {
    remarks.iter().map(ToString::to_string).collect::<Vec<String>>().join("; ")
}

impl AsideReason {
    /// Codes of what is wrong with a message that cannot be read; none otherwise.
    pub fn codes(&self) -> Vec<&'static str> {
        match self {
            Self::Unreadable(remarks) => remarks.iter().map(Remark::code).collect(),
            Self::TooLong(_) | Self::Path(_) | Self::UserInAddress | Self::TooOld(_) => Vec::new(),
        }
    }

    /// The name in JSON; stable.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Unreadable(..) => "unreadable",
            Self::TooLong(_) => "too_long",
            Self::Path(_) => "path",
            Self::UserInAddress => "user_in_address",
            Self::TooOld(_) => "too_old",
        }
    }
}

impl ForwardTerms {
    /// What becomes of a message.
    pub fn admission(&self, heard: &Heard) -> MeshAdmission {
        match &heard.received.reading {
            MessageReading::Announcement(announcement) => self.of_announcement(announcement, heard),
            MessageReading::Event(_) | MessageReading::Record(_) => MeshAdmission::Ignored,
            MessageReading::Invalid(invalid) => {
                let faults = invalid.remarks.iter().filter(|remark| remark.is_fault());
                MeshAdmission::SetAside(AsideReason::Unreadable(faults.cloned().collect()))
            }
        }
    }

    /// The reason, when a message is set aside that nobody's rule leaves out anyway.
    pub fn set_aside(&self, heard: &Heard, rules: &[Rule]) -> Option<AsideReason> {
        let is_left_out = |announcement: &Announcement| {
            !rules.is_empty() && !rules.iter().any(|rule| rule.means(announcement, &heard.topic))
        };
        if heard.received.reading.announcement().is_some_and(is_left_out) {
            return None;
        }
        match self.admission(heard) {
            MeshAdmission::SetAside(reason) => Some(reason),
            MeshAdmission::Taken | MeshAdmission::Ignored => None,
        }
    }

    fn of_announcement(&self, announcement: &Announcement, heard: &Heard) -> MeshAdmission {
        let octets = heard.received.raw.len();
        if self.is_own(announcement) || announcement.action == FileAction::Housekeeping {
            return MeshAdmission::Ignored;
        }
        let aside = if octets > LONGEST_MESSAGE {
            Some(AsideReason::TooLong(octets))
        } else if let Some(fault) = path_fault(announcement) {
            Some(AsideReason::Path(fault))
        } else if announcement.links.iter().any(|link| names_user(&link.href)) {
            Some(AsideReason::UserInAddress)
        } else {
            let age = heard.at.millis_since(announcement.published_at);
            let age = Duration::from_millis(u64::try_from(age).unwrap_or(0));
            (age > self.longest_age).then_some(AsideReason::TooOld(age))
        };
        aside.map_or(MeshAdmission::Taken, MeshAdmission::SetAside)
    }

    /// Whether we announced it ourselves.
    fn is_own(&self, announcement: &Announcement) -> bool {
        announcement.links.iter().any(|link| self.base.has(&link.href))
    }
}

fn path_fault(announcement: &Announcement) -> Option<PathFault> {
    match announcement.dialect {
        // Their keys are no paths: the file lies where its topic says.
        Dialect::Wis2 | Dialect::CloudEvent => None,
        Dialect::WmoMesh | Dialect::WmoMeshArray | Dialect::V03 | Dialect::V02 => {
            MeshPath::parse(&announcement.key).err()
        }
    }
}

fn names_user(href: &str) -> bool {
    let has_at = href.split('/').nth(2).is_some_and(|authority| authority.contains('@'));
    has_at && Url::parse(href).is_ok_and(|url| !url.username().is_empty() || url.password().is_some())
}
