//! The screens as persons use them: by pointer, by keys, and by what a screen reader finds.

mod announcements;
mod fields;
mod followed;
mod hours;
mod made;
mod peers;
mod sharing;
mod sources;
mod transfers;
