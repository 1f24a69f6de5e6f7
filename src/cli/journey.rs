//! stub
#![allow(missing_docs)]
