//! What can be asked of a file that is opened.

/// What a person wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InspectCommand {
    /// Take in what was typed, pasted, chosen or dropped: a GRIB file is opened, anything else is added as a source.
    Take(String),
    /// Show the fields of that file or URL.
    Open(String),
    /// Read the file that is open once more.
    Again,
    /// Download the file that is open.
    Get,
    /// Close it.
    Close,
}
