//! What a node of a mesh announces again: files of others that are here and proven, under its own address.
//!
//! In: announcements as they came, and what is known of the file that arrived. Out: what is taken in at all, the messages that announce
//! it again, when a failed download is tried again, and what is kept aside of messages that nobody can use. Loops end at the key: path
//! and digest. A digest is never replaced by another one, and what failed its digest is announced to nobody.
//!
//! | file | what it is |
//! |---|---|
//! | [`admission`] | which messages are taken in, and why others are set aside |
//! | [`message`] | the message that announces a file again |
//! | `topic_tail` | the topic on which it is announced |
//! | [`mesh_path`] | a path of the mesh: what it may be, where it is served |
//! | [`retry`] | when a download that failed is tried again |
//! | [`aside`] | the record of what was set aside |
//!
//! Start reading at [`message::outgoing`].

pub mod admission;
pub mod aside;
pub mod mesh_path;
pub mod message;
pub mod retry;
#[cfg(test)]
mod tests;
mod topic_tail;

use crate::mesh::post::place::{BaseUrl, PostTopic};
use crate::mesh::post::{Inlining, PostForm};
use std::time::Duration;

/// How old an announcement may be, unless a person says otherwise: what mesh_peer.py takes.
pub const USUAL_LONGEST_AGE: Duration = Duration::from_secs(2 * 3_600);

/// Most octets of a message, as it comes and as it goes.
pub const LONGEST_MESSAGE: usize = 64 << 10;

/// Most octets of a file that travels along: what mesh_peer.py takes.
pub const MOST_INLINE: u64 = 1_024;

/// Under which terms files of others are announced again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardTerms {
    /// For whom: [`PostForm::WmoMesh`] for every program of a mesh, [`PostForm::V03`] where no mesh_peer.py listens.
    pub form: PostForm,
    /// The address under which our copies are served.
    pub base: BaseUrl,
    /// Where they are announced.
    pub topic: PostTopic,
    /// Whether small files travel along.
    pub inlining: Inlining,
    /// What becomes of files of which no digest was announced.
    pub unproven: Unproven,
    /// How old an announcement may be.
    pub longest_age: Duration,
}

/// What becomes of files whose announcement has no digest that can be compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unproven {
    /// They stay here.
    #[default]
    HeldBack,
    /// They are announced with the SHA-512 of our copy, and marked.
    Forwarded,
}

/// Why a file that is in its place is not announced again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotForwarded {
    /// Its announcement was here before: our address is among those it came through.
    #[error("it came through this node before")]
    Loop,
    /// The same content was announced from here under that path.
    #[error("it was announced from here already")]
    Repeat,
    /// No digest was announced that can be compared.
    #[error("no digest was announced")]
    NoDigest,
    /// Its digest is by a method that ends mesh_peer.py.
    #[error("digests by {0} end mesh_peer.py")]
    Method(&'static str),
    /// Other content was announced under the same path: somebody is wrong.
    #[error("other content was announced under its path")]
    Conflict,
    /// The message would be longer than any may be.
    #[error("a message of {0} octets")]
    TooLong(usize),
}

impl NotForwarded {
    /// The name in JSON; stable.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Loop => "loop",
            Self::Repeat => "repeat",
            Self::NoDigest => "no_digest",
            Self::Method(_) => "digest_method",
            Self::Conflict => "conflict",
            Self::TooLong(_) => "too_long",
        }
    }
}
