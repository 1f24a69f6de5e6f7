//! What is announced: topics, and what messages on them say of files.
//!
//! In: octets of a message, the topic it came on, times that `engine` read. Out: one [`announcement::Announcement`] whatever the
//! dialect, what is odd about it, how late it is, whether it is news, and where it belongs in the tree of topics.
//! Contacts nobody, reads no clock, opens no file.
//!
//! | file | what it is |
//! |---|---|
//! | [`announcement`] | one model, one reader per dialect, chosen by shape |
//! | [`remark`] | what is odd or wrong about a message, by name |
//! | [`integrity`] | the digest that a message announces, in any of its spellings |
//! | [`inline`] | content that travels inside a message |
//! | [`archive`] | what services know of datasets and of announcements of the past |
//! | [`event`], [`record`] | monitoring events and discovery records: shown, never fetched |
//! | [`topic_hierarchy`] | which topics WIS2 has
//! | [`geometry`] | where on the globe data lies
//! | [`topic`] | topics and filters, with real `+` and `#` matching |
//! | [`dedupe`] | news, a further source, an update or a repeat; in bounded memory |
//! | [`succession`] | whether content replaces what is known under its name |
//! | [`sources`] | who has one file: origin, caches and peers, best first |
//! | [`lag`] | how late a message is, and what is no lag at all |
//! | [`topic_tree`] | the live tree: counts, rates and lag of a million topics |
//! | [`desk`] | where messages are taken in: read, judged, counted, kept |
//! | [`presets`] | brokers that the public may listen to, as dated data |
//! | [`subscription`] | how a broker is reached, and what is asked of it |
//! | [`amqp`] | AMQP as a listener speaks it: queues, bindings, the conversation |
//! | [`post`] | the message by which a file of ours is announced |
//! | [`forwarding`] | which files of others are announced again, and by which message |
//! | [`report`] | whether a mesh works: what each node announced, what it lacks, how late it was |
//! | [`file_events`] | events and STAC items that say which files are to be announced, and the rules for it
//! | [`place`] | where an announced file goes, and how urgent it is |
//! | [`lanes`], [`pace`] | which file is asked for next, and how long that may take |
//! | [`limits`] | how many brokers, rules and pins a person may have |
//! | [`budget`] | how much of a day's limit is left |
//! | [`mirror`] | what becomes of local copies when the source changes, renames or withdraws a file |
//! | [`rule`] | which announced files are always fetched |
//! | [`recent`] | the last announcements of each topic |
//! | [`parameter`] | which parameter a file holds, by the naming rules of centres |
//! | [`marks`] | names as marks of 64 bits, and maps by them |
//! | [`json`], [`time`] | JSON and times as strangers write them |
//!
//! Run and lead time come from [`crate::domain::file_name`]. Start reading at [`announcement::read`].

pub mod amqp;
pub mod announcement;
pub mod archive;
pub mod budget;
pub mod dedupe;
pub mod desk;
pub mod event;
pub mod file_events;
pub mod forwarding;
pub mod geometry;
pub mod inline;
pub mod integrity;
pub mod json;
pub mod lag;
pub mod lanes;
pub mod limits;
pub mod marks;
pub mod mirror;
pub mod pace;
pub mod parameter;
pub mod place;
pub mod post;
pub mod presets;
pub mod recent;
pub mod record;
pub mod remark;
pub mod report;
pub mod rule;
pub mod sources;
pub mod subscription;
pub mod succession;
pub mod time;
pub mod topic;
pub mod topic_hierarchy;
pub mod topic_tree;
