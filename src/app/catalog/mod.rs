//! Catalogues: sources, datasets, the matrix of runs and lead times, and what a choice on it costs.
//!
//! | file | what it is |
//! |---|---|
//! | [`sources`] | where data can come from: rows of a list |
//! | [`hours`] | the matrix of runs and lead times, and what is chosen on it |
//! | [`file_table`] | the files of a dataset that has no runs |
//! | [`route`] | by which road something is fetched, and why |
//! | [`asked`] | what is asked of catalogues in a terminal, and answered |
//! | `offered` | a dataset as it is offered: matrix, files, fields |
//! | [`offer`] | what a publisher in this process offers |
//! | [`parameter_names`] | what parameters are called by people |

pub mod asked;
pub mod file_table;
pub mod hours;
pub mod offer;
pub(crate) mod offered;
pub mod parameter_names;
pub mod route;
pub mod sources;
