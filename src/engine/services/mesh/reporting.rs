//! `mesh report`: what the ledger of a folder has of a mesh, told as a report, also while a node is at it.
//!
//! In: a [`MeshReportRequest`]. Out: a [`MeshReport`].

use super::broker::ledger::observed_in;
use crate::app::mesh::reporting::MeshReportRequest;
use crate::app::messages::mesh_notice::MeshNotice;
use crate::app::messages::user_message::UserMessage;
use crate::domain::outside_text::show;
use crate::engine::context::EngineContext;
use crate::engine::store::error::message_of_store;
use crate::mesh::report::MeshReport;

/// Reads what was observed, and says what it comes to.
pub(in crate::engine) async fn report(
    request: MeshReportRequest,
    context: &EngineContext,
) -> Result<Box<MeshReport>, UserMessage> {
    let terms = request.terms_at(context.shared.clock.utc_millis());
    let reading = tokio::task::spawn_blocking(move || {
        let observed = observed_in(&request.folder.join(".nuee"), terms.since);
        let observed = observed.map_err(|error| message_of_store(&error))?.ok_or_else(|| {
            let folder = show(&request.folder.display().to_string());
            UserMessage::OfMesh(MeshNotice::NothingObserved { folder })
        })?;
        Ok(Box::new(MeshReport::of(&observed, terms)))
    });
    reading.await.map_err(|error| UserMessage::Internal { detail: show(&error.to_string()) })?
}
