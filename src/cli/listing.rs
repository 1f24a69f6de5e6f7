//! stub
#![allow(missing_docs)]

use super::arguments::IndexTask;
use super::output::{Output, OutputGone};
use crate::app::link::Link;
use crate::app::query::VerifyRequest;
use crate::i18n::Translator;
pub fn index(_: &IndexTask, _: &dyn Link, _: (&Translator, &mut Output)) -> Result<u8, OutputGone> { Ok(2) }
pub fn inspect(_: &str, _: &dyn Link, _: (&Translator, &mut Output)) -> Result<u8, OutputGone> { Ok(2) }
pub fn verify(_: &VerifyRequest, _: &dyn Link, _: (&Translator, &mut Output)) -> Result<u8, OutputGone> { Ok(2) }
