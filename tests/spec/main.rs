//! What the project as a whole promises, beyond one folder.

mod announcing;
mod announcing_events;
mod architecture;
#[cfg(feature = "swarm")]
mod canonical_torrent;
mod catalog_demo;
mod catalog_listings;
mod catalog_window;
mod corpus_grib;
mod corpus_mesh;
mod corpus_topics;
#[cfg(feature = "swarm")]
mod deaths;
#[cfg(feature = "swarm")]
mod demo_relay;
#[cfg(feature = "swarm")]
mod discovery;
#[cfg(all(feature = "swarm", feature = "window"))]
mod docs;
mod endings;
mod endless_walks;
#[cfg(feature = "swarm")]
mod faults;
mod field_claims;
mod field_templates;
mod followed_folder;
#[cfg(feature = "swarm")]
mod giving;
mod ground;
#[cfg(feature = "swarm")]
mod hostile_crowd;
#[cfg(feature = "window")]
mod icons;
#[path = "../shared/made_messages.rs"]
mod made_messages;
mod members;
mod odd_servers;
mod right_files;
mod shelf;
#[path = "../shared/turn.rs"]
mod turn;
mod unknown;
mod window;
mod window_actions;
mod window_announced;
mod window_follow;
mod window_limits;
mod window_open;
#[path = "../shared/window_stage.rs"]
mod window_stage;
