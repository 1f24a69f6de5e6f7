//! How far a file of a relay is.

/// The stages of a file, in their sequence. Each is kept on the disk before what leads to the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelayStage {
    /// The publisher lists it.
    Seen,
    /// Two looks at the publisher's server showed the same file.
    Stable,
    /// It is here, whole, and the publisher still has the same.
    Fetched,
    /// Its pieces and its whole are hashed.
    Hashed,
    /// Its slice index lies beside it; a file that is no GRIB has none.
    Indexed,
    /// Its .torrent and its metalink lie on the disk.
    Described,
    /// The tracker knows its info-hash.
    Listed,
    /// Its bytes are given by HTTP and to peers, and the public address was seen to give them.
    Offered,
    /// Its .torrent, the feed and the lists name it.
    Announced,
    /// Nothing names it any more; its bytes are given until transfers that began have had their time.
    Retiring,
}

impl RelayStage {
    /// All of them, in their sequence.
    pub const ALL: [Self; 10] = [
        Self::Seen,
        Self::Stable,
        Self::Fetched,
        Self::Hashed,
        Self::Indexed,
        Self::Described,
        Self::Listed,
        Self::Offered,
        Self::Announced,
        Self::Retiring,
    ];

    /// The word in JSON and in the database; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Stable => "stable",
            Self::Fetched => "fetched",
            Self::Hashed => "hashed",
            Self::Indexed => "indexed",
            Self::Described => "described",
            Self::Listed => "listed",
            Self::Offered => "offered",
            Self::Announced => "announced",
            Self::Retiring => "retiring",
        }
    }

    /// Reads the word. `None` when it is another.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.key() == key)
    }

    /// Whether its bytes were given before: after a restart they are again, without a new look at the publisher.
    pub const fn was_given(self) -> bool {
        matches!(self, Self::Listed | Self::Offered | Self::Announced | Self::Retiring)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_read_as_it_was_written_and_the_sequence_is_that_of_the_acts() {
        for stage in RelayStage::ALL {
            assert_eq!(RelayStage::from_key(stage.key()), Some(stage));
        }
        assert!(RelayStage::ALL.is_sorted());
        assert_eq!(RelayStage::from_key("gone"), None);
    }
}
