//! Jobs: what is shown of them, what is asked, and what one decides without doing any of it (the engine asks and obeys).
//!
//! | file | what it is |
//! |---|---|
//! | [`view`] | everything a front end can show of one job |
//! | [`request`] | what is asked |
//! | [`hours_board`] | what arrives and is here, laid over the matrix |
//! | [`progress`] | how far a job is |
//! | [`detail`] | one transfer from close by |
//! | [`peers`], [`peers_state`] | the peers of one transfer, and why nothing comes from them |
//! | [`discovery`] | ways to find peers beside trackers: what was seen |
//! | [`giving`] | a transfer that gives on after all is in its place |
//! | [`keeping`] | how long finished files are kept |
//! | [`order`] | in which order jobs are listed |
//! | `rate_history` | the rates of one transfer over time |
//! | `piece_plan` | what files and fields cost by pieces, ranges or whole files |
//! | `disk_look` | what a look at the files of a job that is done shows |
//! | `stored` | a job as rows of the window's database hold it |
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
pub mod detail;
pub mod discovery;
pub mod disk_look;
pub(crate) mod entry;
pub(crate) mod field_source;
pub mod giving;
pub(crate) mod ground;
pub mod hours_board;
pub(crate) mod index_doubt;
pub(crate) mod job_end;
pub mod keeping;
pub(crate) mod magnet;
pub mod order;
pub mod peers;
pub mod peers_state;
pub(crate) mod piece_plan;
pub(crate) mod plan_totals;
pub mod progress;
pub(crate) mod provenance;
pub(crate) mod rate_history;
pub(crate) mod remote;
pub mod request;
pub(crate) mod stored;
pub(crate) mod target;
pub(crate) mod torrent;
pub mod view;
pub(crate) mod wish;
