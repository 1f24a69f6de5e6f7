//! Catalogues: sources, datasets, the matrix of runs and lead times, and what a choice on it costs.
//!
//! | file | what it is |
//! |---|---|
//! | [`sources`] | where data can come from: rows of a list |
//! | [`hours`] | the matrix of runs and lead times, and what is chosen on it |
//! | [`hours_board`] | what arrives and is here, laid over that matrix |
//! | `desk` | which sources there are, how they are, when what is asked or read anew |
//! | [`asked`] | what is asked of catalogues in a terminal, and answered |
//! | `offered` | a dataset as it is offered: matrix, files, fields, what a choice costs |
//! | [`offer`] | what a publisher in this process offers |
//! | [`parameter_names`] | what parameters are called by people |

pub mod asked;
pub(crate) mod desk;
pub mod hours;
pub mod hours_board;
pub mod offer;
pub(crate) mod offered;
pub mod parameter_names;
pub mod sources;
