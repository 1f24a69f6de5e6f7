//! What the project as a whole promises, beyond one folder.

mod architecture;
mod corpus_grib;
