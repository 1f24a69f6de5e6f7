//! The four screens as persons use them: by pointer, by keys, and by what a screen reader finds.

mod hours;
mod made;
mod sources;
mod transfers;
