//! A small publisher in this process: a made model run, offered as a service would offer it.

pub mod catalog_at_hand;
pub mod catalog_service;
pub mod counting;
pub mod grib_writer;
pub mod made_run;
pub mod mesh;
pub mod publisher;
pub mod relay_demo;
pub mod weather;
