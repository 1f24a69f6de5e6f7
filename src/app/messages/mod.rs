//! What is said to a person, as data: the translator makes words of it.
//!
//! | file | what it is |
//! |---|---|
//! | [`user_message`] | every message |
//! | [`file_message`] | those about servers that are waited for, and about files |
//! | [`mesh_notice`] | those about announcements |
//! | [`relay_message`], [`pledge_message`] | those about a relay, and about an archive of what relays offer |
//! | [`broker_trouble`] | why a broker is not listened to, or not told |
//! | [`wrong_file`] | what was wrong with a file that came |
//! | [`line_kind`] | what a line of the sources of a transfer is about |

pub mod broker_trouble;
pub mod file_message;
pub mod line_kind;
pub mod mesh_notice;
pub mod pledge_message;
pub mod relay_message;
pub mod user_message;
pub mod wrong_file;
