//! The screens as persons use them: by pointer, by keys, and by what a screen reader finds.

mod announcements;
mod hours;
mod made;
mod sources;
mod transfers;
