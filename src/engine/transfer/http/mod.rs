//! The HTTP half: asking servers, fetching ranges of a content, and what went wrong, as reasons.

pub mod client;
pub mod fetch;
mod names;
mod proxy;
mod reasons;
mod resolver;
pub mod upload;
pub mod waiting;
mod way;

pub(crate) use names::look_up;
pub(crate) use reasons::{reason_of_io, reason_of_resolve};
pub(crate) use resolver::{ResolveError, allowed};
