//! Nuée with real programs: mosquitto, RabbitMQ, nginx, aria2, transmission, libtorrent, opentracker, mktorrent, minisign,
//! ecCodes, moto.
//!
//! A test whose program is not installed says so and passes, unless `NUEE_INTEROP=required`. Everything is on loopback, on
//! free ports and in temporary folders; every program that is started is stopped.

#![cfg(unix)]
#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests say what they skip and fail where they stand"
)]

mod amqp;
mod announcing;
mod brokers;
mod catching_up;
mod decoding;
#[cfg(feature = "swarm")]
mod discovery;
mod fetching;
mod following;
mod hostile_announcements;
mod hostile_brokers;
mod hostile_hosts;
mod indexes;
mod listed_trackers;
mod made_grib;
#[path = "../shared/made_messages.rs"]
mod made_messages;
mod mesh;
mod mesh_nodes;
mod mirroring;
mod name_servers;
mod names;
mod nodes;
mod offline;
mod offline_readme;
mod packets;
mod peers;
#[cfg(feature = "swarm")]
mod pledging;
mod programs;
mod publishing;
mod rabbit;
mod real_files;
mod relay_announcing;
mod relayed;
mod relaying;
mod sarracenia;
mod sessions;
mod silence;
mod slicing;
mod stores;
mod surviving;
mod tracked_peers;
#[path = "../shared/turn.rs"]
mod turn;
mod using_relays;
mod window_mesh;
#[cfg(feature = "swarm")]
mod window_sharing;
#[path = "../shared/window_stage.rs"]
mod window_stage;
