//! What one job decides, without doing any of it: the engine asks and obeys.
//!
//! | file | what it decides |
//! |---|---|
//! | `wish` | what is wished, for all targets of a job or for one entry of a catalogue |
//! | `target` | what a target is, once its first bytes are here |
//! | `magnet` | what a magnet adds to the torrent that it names |
//! | `entry` | which files of a dataset are meant, and whether it is worth waiting for more |
//! | `remote` | what is known of one file on a server |
//! | `torrent` | which files and web seeds of a torrent, and whether exact ranges are better |
//! | `field_source` | by what the fields of a file are looked up, one after the other |
//! | `index_doubt` | whether an index may be believed |
//! | `plan_totals` | what the plans of a job come to together |
//! | `answers` | what of the wish was found, and what is lacking |
//! | `content_sums` | what the contents of a job came to together |
//! | `ground` | what proves a slice |
//! | `provenance` | what is written beside a file |
//! | `job_end` | why a job ended |

pub(crate) mod answers;
pub(crate) mod content_sums;
pub(crate) mod entry;
pub(crate) mod field_source;
pub(crate) mod ground;
pub(crate) mod index_doubt;
pub(crate) mod job_end;
pub(crate) mod magnet;
pub(crate) mod plan_totals;
pub(crate) mod provenance;
pub(crate) mod remote;
pub(crate) mod target;
pub(crate) mod torrent;
pub(crate) mod wish;
