//! One state, one reducer, and the trait by which front ends reach the engine.
//!
//! | file | what it is |
//! |---|---|
//! | [`state`] | everything a front end can show |
//! | [`input`] | what persons do and what the engine saw |
//! | [`clock_watch`] | whether the time of day can be relied on |
//! | [`command`] | what the engine is to do |
//! | [`desk`] | what the reducer keeps to itself: who runs, who waits |
//! | [`update`] | the reducer: state and input in, commands out |
//! | [`snapshot`] | the state as front ends read it: immutable, shared |
//! | [`settings`] | what a person may set |
//! | `settings_text` | the same as commented TOML, read with care |
//! | `stored_job` | a job as rows of the window's database hold it |
//! | [`sources`] | where data can come from: rows of a list |
//! | `handed_over` | what was handed over: its name, and the hosts it would contact |
//! | `disk_look` | what a look at the files of a job shows |
//! | [`hours`] | the matrix of runs and lead times, and what is chosen on it |
//! | `announced` | one announced file that is not settled: what was tried, what comes next |
//! | [`announcing`] | announcing files to a broker: what is asked, told, and what it came to |
//! | [`mesh_view`] | brokers, topics and announcements as a screen shows them |
//! | `mesh_memory` | brokers, pins, rules and thresholds as they are kept |
//! | [`mesh_board`] | how what was heard is laid out for it |
//! | [`hours_board`] | what arrives and is here, laid over that matrix |
//! | [`parameter_names`] | what parameters are called by people |
//! | [`password`] | where the password of a broker is kept |
//! | `rate_history` | the rates of one transfer over time |
//! | [`detail`] | one transfer from close by |
//! | [`discovery`] | ways to find peers beside trackers: what is allowed, what was seen |
//! | `job` | what one job decides: what is meant, what it costs, what is lacking, how it ends |
//! | [`journal`] | what went wrong, who was contacted, what is told at once |
//! | [`giving`] | a transfer that gives on after all is in its place |
//! | [`peers`] | the peers of one transfer |
//! | [`peers_state`] | why nothing comes from them |
//! | [`progress`] | how far a job is |
//! | [`chunks`] | a long list that is cheap to share |
//! | [`order`] | in which order jobs are listed |
//! | [`catalog`] | what is asked of catalogues, and answered |
//! | `catalog_desk` | the sources and the dataset that is open: what is told, kept, asked and read of them |
//! | [`follow`] | what is followed, and what comes of it |
//! | [`inspect`] | a file that was opened to see its fields |
//! | [`layout`] | what a person arranged on the screen |
//! | [`query`] | one-shot questions that change no state |
//! | [`link`] | how a front end reaches the engine |
//! | [`listening`] | listening to a broker: what is asked, told, and what it came to |
//! | `offered` | a dataset as it is offered: matrix, files, fields, what a choice costs |
//! | `piece_plan` | what files and fields cost by pieces, ranges or whole files |
//! | [`offer`] | what a publisher in this process offers |
//! | [`user_message`] | what is said to a person, as data |

pub(crate) mod announced;
pub mod announcing;
pub mod catalog;
pub(crate) mod catalog_desk;
pub mod chunks;
pub mod clock_watch;
pub mod command;
pub mod desk;
pub mod detail;
pub mod discovery;
pub(crate) mod disk_look;
pub mod file_message;
pub mod file_table;
pub mod follow;
pub mod giving;
pub(crate) mod handed_over;
pub mod hours;
pub mod hours_board;
pub mod input;
pub mod inspect;
pub(crate) mod job;
pub mod journal;
pub mod keeping;
pub mod layout;
pub mod link;
pub mod listening;
pub mod mesh_board;
#[cfg(test)]
pub mod mesh_made;
pub(crate) mod mesh_memory;
pub mod mesh_notice;
pub mod mesh_view;
pub mod offer;
pub(crate) mod offered;
pub mod order;
pub mod parameter_names;
pub mod password;
pub mod peers;
pub mod peers_state;
pub(crate) mod piece_plan;
pub mod progress;
pub mod query;
pub(crate) mod rate_history;
pub mod request;
pub mod settings;
pub(crate) mod settings_text;
pub mod snapshot;
pub mod sources;
pub mod state;
pub(crate) mod stored_job;
pub mod update;
pub mod user_message;
pub mod words;

pub use crate::transfer::address_rule::{AddressClass, Network, Reach};
pub use crate::transfer::fallback::Policy;
pub use crate::transfer::giving::{GiveUntil, LONGEST_GIVING, Ratio};
pub use crate::transfer::reason::Reason;
pub use crate::transfer::retry::MOST_RETRIES;
