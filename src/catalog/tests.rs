//! Damage for readers of outside data, as every folder's tests use it.

pub(crate) use crate::domain::tests::mutate;
