//! How bytes should get here: decisions only. Time and facts are arguments; the engine executes.
//!
//! | file | what it decides |
//! |---|---|
//! | [`ledger`] | which octets are held, and who gave each |
//! | [`conductor`] | which source gives which octets, and when |
//! | [`fallback`] | whether HTTP may take part beside peers |
//! | [`giving`] | how long what was received is given on |
//! | [`resting`] | when a torrent that nobody asks for rests |
//! | [`files_offered`] | which files a source can be asked for |
//! | [`http_source`] | how each HTTP source stands, file by file |
//! | [`http_answer`] | whether the body of an answer may be used |
//! | [`http_words`] | what servers say in words: names of files, encodings, limits |
//! | [`retry`] | whether a request that failed is made again, and when |
//! | [`host_limits`] | how often a host may be asked |
//! | [`assembly`] | when received octets form a unit that can be proven |
//! | [`address_rule`] | which addresses may be contacted |
//! | [`patience`] | how long a host that refused is left alone |
//! | [`expected`] | what is said of a whole file, held against its headers |
//! | `decompress` | what is inside compressed data, bounded |
//! | [`reason`] | why a source is not used |
//! | [`verification`] | whether bytes are proven; the only maker of a proof |

pub mod address_rule;
pub mod assembly;
pub mod conductor;
pub(crate) mod decompress;
pub mod expected;
pub mod fallback;
pub mod files_offered;
pub mod giving;
pub mod host_limits;
pub mod http_answer;
pub mod http_source;
pub mod http_words;
pub mod ledger;
pub mod patience;
pub mod reason;
pub mod resting;
pub mod retry;
pub mod verification;
