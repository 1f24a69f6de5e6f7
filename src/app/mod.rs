//! One state, one reducer, and the trait by which front ends reach the engine; by subject.
//!
//! | folder or file | what it is |
//! |---|---|
//! | [`jobs`] | transfers: what is asked, shown and decided |
//! | [`catalog`] | sources, datasets, the matrix of runs and lead times |
//! | [`mesh`] | brokers, topics, announcements |
//! | [`follow`] | what is followed, and what comes of it |
//! | [`relay`] | what a relay does with the files of the datasets that it follows |
//! | [`relay_demo`] | what a relay and two clients spare the demo's publisher, in figures |
//! | [`pledge`] | an archive that users keep of what relays offer |
//! | [`share`] | what this computer publishes and relays from the window |
//! | [`given`] | everything that this computer gives, added up |
//! | [`handing_on`] | what a person hands on so that others get the same |
//! | [`inspect`] | a file that was opened to see its fields |
//! | [`settings`] | what a person may set, and how it is kept |
//! | [`journal`] | what went wrong, who was contacted, what is told at once |
//! | [`state`] | the state of the program: what is shown, and what the reducer keeps to itself |
//! | [`vitals`] | figures of the whole program |
//! | [`input`] | what persons do and what the engine saw |
//! | [`command`] | what the engine is to do |
//! | [`update`] | the reducer: state and input in, commands out; one file or folder a subject |
//! | [`desk`] | what the reducer keeps to itself: who runs, who waits |
//! | `hour_requests`, `hours_cost` | the requests for a choice on the matrix, and what it costs, reckoned file by file |
//! | `catalog_desk` | which sources there are, how they are, when what is asked or read anew |
//! | [`snapshot`] | the state as front ends read it: immutable, shared |
//! | `handed_over` | what was handed over, as far as it can be known without contacting anybody |
//! | [`link`] | how a front end reaches the engine |
//! | [`query`] | one-shot questions that change no state |
//! | [`messages`] | what is said to a person, as data |
//! | [`clock_watch`] | whether the time of day can be relied on |
//! | [`chunks`] | a long list that is cheap to share |
//! | [`words`] | words of a command line, read and written |

pub mod catalog;
pub(crate) mod catalog_desk;
pub mod chunks;
pub mod clock_watch;
pub mod command;
pub mod desk;
pub mod follow;
pub mod given;
pub(crate) mod handed_over;
pub mod handing_on;
pub(crate) mod hour_requests;
pub(crate) mod hours_cost;
pub mod input;
pub mod inspect;
pub mod jobs;
pub mod journal;
pub mod link;
pub mod mesh;
pub mod messages;
pub mod pledge;
pub mod query;
pub mod relay;
pub mod relay_demo;
pub mod settings;
pub mod share;
pub mod snapshot;
pub mod state;
pub mod update;
pub mod vitals;
pub mod words;

pub use crate::transfer::address_rule::{AddressClass, Network, Reach};
pub use crate::transfer::fallback::Policy;
pub use crate::transfer::giving::{GiveUntil, LONGEST_GIVING, Ratio};
pub use crate::transfer::reason::Reason;
pub use crate::transfer::retry::MOST_RETRIES;
