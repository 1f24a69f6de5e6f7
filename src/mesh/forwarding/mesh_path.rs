//! A path of the mesh: `relPath` as it was announced, which is the identity of a file and is never rewritten.
//!
//! In: text of a message. Out: a [`MeshPath`], or what is wrong with it. Where our copy lies on the disk is another matter: names that no
//! file system takes are served under the path that was announced all the same.

use crate::domain::safe_path::DEEPEST;
use crate::mesh::announcement::key_of_path;

/// Longest name between two slashes, in octets.
const LONGEST_NAME: usize = 255;

/// A path that leads to a file below the address of whoever announces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeshPath {
    /// As it was written, without slashes at its beginning.
    written: String,
}

/// What is wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// It names no file.
    #[error("names no file")]
    NoFile,
    /// A part of it leads up, or is the place itself.
    #[error("leads out of its folder")]
    LeadsOut,
    /// It names a drive.
    #[error("names a drive")]
    Drive,
    /// It has control characters.
    #[error("control characters")]
    Control,
    /// A name is too long, or there are too many.
    #[error("too long or too deep")]
    TooLong,
}

impl MeshPath {
    /// Reads a path as it was announced.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, PathFault> {
        let written = text.trim_start_matches('/');
        let plain = key_of_path(written);
        if plain.is_empty() || written.ends_with('/') {
            return Err(PathFault::NoFile);
        }
        for form in [written, &*plain] {
            fault_of(form).map_or(Ok(()), Err)?;
        }
        Ok(Self { written: written.to_owned() })
    }

    /// The path of a file of ours, whose name is harmless.
    pub(super) fn of_place(place: &str) -> Self {
        Self { written: place.trim_start_matches('/').to_owned() }
    }

    /// As it is announced again: as it was written, with one slash before it.
    pub fn announced(&self) -> String {
        format!("/{}", self.written)
    }

    /// The same for the comparison with others: decoded, without empty parts.
    pub fn key(&self) -> String {
        key_of_path(&self.written).into_owned()
    }

    /// The folders of the key.
    pub fn folders(&self) -> Vec<String> {
        let key = self.key();
        let folders = key.rsplit_once('/').map_or("", |(folders, _)| folders);
        folders.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    /// The decoded paths of requests that mean it, their parts joined by `/`: Sarracenia encodes what is written, mesh_peer.py asks for it
    /// as it is.
    pub fn asked_for(&self) -> Vec<String> {
        let literal =
            self.written.split('/').filter(|name| !name.is_empty()).collect::<Vec<&str>>().join("/");
        let plain = self.key();
        if literal == plain { vec![plain] } else { vec![plain, literal] }
    }
}

fn fault_of(path: &str) -> Option<PathFault> {
    let names: Vec<&str> = path.split(['/', '\\']).collect();
    let is_drive =
        |name: &&str| name.len() == 2 && name.ends_with(':') && name.as_bytes()[0].is_ascii_alphabetic();
    if path.contains(char::is_control) {
        Some(PathFault::Control)
    } else if names.iter().any(|name| matches!(*name, "." | "..")) {
        Some(PathFault::LeadsOut)
    } else if names.first().is_some_and(is_drive) {
        Some(PathFault::Drive)
    } else if names.len() > DEEPEST || names.iter().any(|name| name.len() > LONGEST_NAME) {
        Some(PathFault::TooLong)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_announced_as_it_was_written_with_one_slash_before_it() {
        for (text, announced, key) in [
            ("a/b c#1", "/a/b c#1", "a/b c#1"),
            ("//a/b%23", "/a/b%23", "a/b#"),
            ("a//été", "/a//été", "a/été"),
            ("SN:1~x", "/SN:1~x", "SN:1~x"),
        ] {
            let path = MeshPath::parse(text).expect("a path");
            assert_eq!((path.announced().as_str(), path.key().as_str()), (announced, key));
        }
    }

    #[test]
    fn a_path_is_served_as_each_program_asks_for_it() {
        let asked = |text| MeshPath::parse(text).expect("a path").asked_for();
        assert_eq!(asked("/x/plain.txt"), ["x/plain.txt"]);
        assert_eq!(asked("/x//a%20b"), ["x/a b", "x/a%20b"]);
        assert_eq!(asked("50%_prob"), ["50%_prob"]);
    }

    #[test]
    fn a_path_that_leads_elsewhere_or_nowhere_is_refused_in_each_spelling() {
        for (text, fault) in [
            ("../x", PathFault::LeadsOut),
            ("a/../../x", PathFault::LeadsOut),
            ("a/%2e%2e/x", PathFault::LeadsOut),
            ("a/./x", PathFault::LeadsOut),
            ("a\\..\\x", PathFault::LeadsOut),
            ("C:/x", PathFault::Drive),
            ("/", PathFault::NoFile),
            ("", PathFault::NoFile),
            ("a/b/", PathFault::NoFile),
            ("a\0b", PathFault::Control),
            ("a\nb", PathFault::Control),
        ] {
            assert_eq!(MeshPath::parse(text), Err(fault), "{text:?}");
        }
        assert_eq!(MeshPath::parse(&"x".repeat(256)), Err(PathFault::TooLong));
        assert_eq!(MeshPath::parse(&["a"; 40].join("/")), Err(PathFault::TooLong));
        assert!(MeshPath::parse("a..b/c...").is_ok());
    }
}
