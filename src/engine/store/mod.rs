//! What lies on the disk: the folder, the files of each content, and the database.
//!
//! | file | what it does |
//! |---|---|
//! | [`directory`] | names opened one by one, links never followed |
//! | [`output`] | the folder a person chose, for one process at a time |
//! | [`folders`] | the folders in use, each opened once |
//! | `keeper` | writes down what changes, on a thread of its own |
//! | [`file_set`] | the one owner of a content's files |
//! | [`database`] | what a restart remembers |
//! | [`window_store`] | what a restart of the window remembers |
//! | [`follow_store`] | what is followed, in the database of a folder or of the window |
//! | `relay_list` | the list of relays in use, read and written whole |
//! | [`pledge_store`] | what is kept of an archive, in the database of its folder |
//! | [`relay_store`] | what is kept of a relay, in the database of its folder |
//! | `sqlite` | how both databases are opened |
//! | [`positioned`] | reading and writing at a position |
//! | `removal` | removes what we put there and nobody changed |
//! | `settings_file` | the settings of the person and of the system, read and written whole |
//! | [`room`] | how much may still be written |
//! | [`error`] | what went wrong, by what a person can do about it |

pub mod database;
pub mod directory;
pub mod error;
pub mod file_set;
pub mod folders;
pub mod follow_store;
pub(in crate::engine) mod keeper;
pub mod output;
pub mod pledge_store;
pub mod positioned;
pub(in crate::engine) mod relay_list;
pub mod relay_store;
pub(in crate::engine) mod removal;
pub mod room;
pub(in crate::engine) mod settings_file;
pub(crate) mod sqlite;
pub mod window_store;
