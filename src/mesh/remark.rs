//! What is odd or wrong about a message, by name.
//!
//! In: what a reader met. Out: [`Remark`]s with a stable code for scripts, fit to be shown. A *deviation* is named and
//! the message used all the same; a *fault* makes the message invalid: kept in view with its reason, never fetched.

use crate::domain::outside_text::show;
use std::fmt;

/// Something that departs from what the dialect's documents say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    // Deviations.
    /// The digest is hexadecimal where base64 is due.
    DigestInHex,
    /// The digest's base64 has line breaks.
    DigestWithLineBreaks,
    /// The digest cannot be read in any spelling.
    DigestUnreadable,
    /// The method's name is spelled otherwise than it should be.
    MethodSpelling {
        /// As it was written.
        named: String,
    },
    /// A method that computes a digest, though the standard of the dialect does not list it.
    MethodNotListed {
        /// As it was written.
        named: String,
    },
    /// Two digests in one message that do not agree; none is used.
    DigestsDisagree,
    /// A time in a form of another dialect.
    TimeForm {
        /// The field.
        field: &'static str,
    },
    /// A time that is not written in UTC, with `Z` or `+00:00` at its end.
    NotUtc {
        /// The field.
        field: &'static str,
    },
    /// A field under its former name.
    FormerName {
        /// The name found.
        found: &'static str,
        /// Today's name.
        today: &'static str,
    },
    /// A size that is text.
    SizeAsText {
        /// As it was written.
        text: String,
    },
    /// `parts`, of version 2, in a message of version 3.
    FormerParts,
    /// A link that no client can follow from elsewhere, or that this one does not follow.
    UnusableLink {
        /// Its scheme.
        scheme: String,
    },
    /// The message is part of a log line.
    LogLine,
    /// The inline content is not as long as announced.
    InlineSize {
        /// As announced.
        announced: u64,
        /// As found.
        found: u64,
    },
    /// The inline content does not have the announced digest; it is not used.
    InlineMismatch,
    /// The inline content cannot be decoded; it is not used.
    InlineUnreadable,
    /// The inline content is longer than the specification allows.
    InlineTooLong {
        /// Its length as encoded.
        octets: usize,
    },
    /// The message is longer than the specification allows.
    LongMessage {
        /// Its length.
        octets: usize,
    },
    /// More than one link of those of which one is due; the first is used.
    SeveralActions,
    /// More than one file in one message; the first is used.
    MoreFiles {
        /// How many more.
        count: usize,
    },
    /// One part of a file that is announced in several; parts are not put together.
    InParts {
        /// How many there are.
        count: u64,
    },
    /// A field that must name something is empty.
    Empty {
        /// The field.
        field: &'static str,
    },
    /// A value that the standard's list, as it was known, does not have.
    NotListed {
        /// The field.
        field: &'static str,
        /// As it was written.
        value: String,
    },

    // Faults.
    /// Longer than any message may be.
    TooLong {
        /// Its length.
        octets: usize,
    },
    /// Not UTF-8.
    NotText,
    /// Neither JSON nor a line of version 2.
    NotJson {
        /// Where and why, in English.
        detail: String,
    },
    /// JSON of no known shape.
    UnknownShape,
    /// A field that must be there is not, or is empty.
    Missing {
        /// The field.
        field: &'static str,
    },
    /// A list that must have an item has none.
    EmptyList {
        /// The field.
        field: &'static str,
    },
    /// A field holds another kind of value than it must.
    WrongValue {
        /// The field.
        field: &'static str,
        /// As it was written, when it is text.
        value: String,
    },
    /// Both an instant and a period.
    InstantAndPeriod,
    /// No link says what is new.
    NoAction,
}

impl Remark {
    /// The name in JSON; stable.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::DigestInHex => "digest_in_hex",
            Self::DigestWithLineBreaks => "digest_with_line_breaks",
            Self::DigestUnreadable => "digest_unreadable",
            Self::MethodSpelling { .. } => "method_spelling",
            Self::MethodNotListed { .. } => "method_not_listed",
            Self::DigestsDisagree => "digests_disagree",
            Self::TimeForm { .. } => "time_form",
            Self::NotUtc { .. } => "not_utc",
            Self::FormerName { .. } => "former_name",
            Self::SizeAsText { .. } => "size_as_text",
            Self::FormerParts => "former_parts",
            Self::UnusableLink { .. } => "unusable_link",
            Self::LogLine => "log_line",
            Self::InlineSize { .. } => "inline_size",
            Self::InlineMismatch => "inline_mismatch",
            Self::InlineUnreadable => "inline_unreadable",
            Self::InlineTooLong { .. } => "inline_too_long",
            Self::LongMessage { .. } => "long_message",
            Self::SeveralActions => "several_actions",
            Self::MoreFiles { .. } => "more_files",
            Self::InParts { .. } => "in_parts",
            Self::Empty { .. } => "empty",
            Self::NotListed { .. } => "not_listed",
            Self::TooLong { .. } => "too_long",
            Self::NotText => "not_text",
            Self::NotJson { .. } => "not_json",
            Self::UnknownShape => "unknown_shape",
            Self::Missing { .. } => "missing",
            Self::EmptyList { .. } => "empty_list",
            Self::WrongValue { .. } => "wrong_value",
            Self::InstantAndPeriod => "instant_and_period",
            Self::NoAction => "no_action",
        }
    }

    /// Whether it makes the message invalid.
    pub const fn is_fault(&self) -> bool {
        matches!(
            self,
            Self::TooLong { .. }
                | Self::NotText
                | Self::NotJson { .. }
                | Self::UnknownShape
                | Self::Missing { .. }
                | Self::EmptyList { .. }
                | Self::WrongValue { .. }
                | Self::InstantAndPeriod
                | Self::NoAction
        )
    }
}

impl fmt::Display for Remark {
    /// English, for the log and for `inspect`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DigestInHex => f.write_str("the digest is hexadecimal, base64 is due"),
            Self::DigestWithLineBreaks => f.write_str("the digest's base64 has line breaks"),
            Self::DigestUnreadable => f.write_str("the digest cannot be read"),
            Self::MethodSpelling { named } => write!(f, "the method is spelled {}", show(named)),
            Self::MethodNotListed { named } => {
                write!(f, "the standard does not list the method {}", show(named))
            }
            Self::DigestsDisagree => f.write_str("two digests that do not agree"),
            Self::TimeForm { field } => write!(f, "{field} is written in another dialect's way"),
            Self::NotUtc { field } => write!(f, "{field} is not in UTC with Z"),
            Self::FormerName { found, today } => write!(f, "{found} is called {today} today"),
            Self::SizeAsText { text } => write!(f, "the size is text: {}", show(text)),
            Self::FormerParts => f.write_str("parts, of version 2, in a message of version 3"),
            Self::UnusableLink { scheme } => write!(f, "links of scheme {} are not followed", show(scheme)),
            Self::LogLine => f.write_str("is part of a log line"),
            Self::InlineSize { announced, found } => {
                write!(f, "inline content of {found} bytes, announced with {announced} bytes")
            }
            Self::InlineMismatch => f.write_str("the inline content does not have the announced digest"),
            Self::InlineUnreadable => f.write_str("the inline content cannot be decoded"),
            Self::InlineTooLong { octets } => {
                write!(f, "inline content of {octets} characters, 4096 are allowed")
            }
            Self::LongMessage { octets } => write!(f, "message of {octets} bytes, 8192 are allowed"),
            Self::SeveralActions => f.write_str("more than one of canonical, update and deletion"),
            Self::MoreFiles { count } => write!(f, "{count} more files in one message"),
            Self::InParts { count } => write!(f, "one of {count} parts (blocks), which are not put together"),
            Self::Empty { field } => write!(f, "{field} is empty"),
            Self::NotListed { field, value } => {
                write!(f, "{field}: {} is not in the standard's list", show(value))
            }
            Self::TooLong { octets } => write!(f, "message of {octets} bytes, longer than any may be"),
            Self::NotText => f.write_str("not UTF-8"),
            Self::NotJson { detail } => write!(f, "not JSON: {}", show(detail)),
            Self::UnknownShape => f.write_str("JSON of no known shape"),
            Self::Missing { field } => write!(f, "{field} is missing"),
            Self::EmptyList { field } => write!(f, "{field} is an empty list"),
            Self::WrongValue { field, value } if value.is_empty() => {
                write!(f, "{field} is of the wrong kind")
            }
            Self::WrongValue { field, value } => write!(f, "{field} cannot be {}", show(value)),
            Self::InstantAndPeriod => f.write_str("both datetime and start_datetime or end_datetime"),
            Self::NoAction => f.write_str("no link of canonical, update or deletion"),
        }
    }
}
