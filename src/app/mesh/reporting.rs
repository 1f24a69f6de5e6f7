//! Whether a mesh works: what a person asks.

use crate::domain::utc::UtcMillis;
pub use crate::mesh::report::observed::{ListeningPeriod, Observations, Sighting};
pub use crate::mesh::report::periods::ObservedTime;
pub use crate::mesh::report::spread::LagSummary;
pub use crate::mesh::report::{
    HourFigures, HourOfNode, MeshReport, NodeComparison, NodeKind, NodeSummary, ReportTerms,
};
use std::path::PathBuf;
use std::time::Duration;

/// How far back a report goes, unless a person says otherwise.
pub const USUAL_SPAN: Duration = Duration::from_secs(24 * 3_600);

/// How much later than the first a node may announce a file, unless a person says otherwise.
pub const USUAL_WITHIN: Duration = Duration::from_secs(600);

/// A wish to know whether a mesh works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeshReportRequest {
    /// The folder of the node.
    pub folder: PathBuf,
    /// How far back.
    pub span: Duration,
    /// How much later than the first a node may announce a file.
    pub within: Duration,
    /// Who is compared.
    pub nodes: NodeKind,
}

impl MeshReportRequest {
    /// What is reported when it is asked for now.
    pub fn terms_at(&self, now: UtcMillis) -> ReportTerms {
        let span = i64::try_from(self.span.as_millis()).unwrap_or(i64::MAX);
        let since = UtcMillis::from_unix_millis(now.unix_millis().saturating_sub(span));
        ReportTerms { since: since.unwrap_or(now), until: now, within: self.within, nodes: self.nodes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_ends_now_and_begins_so_long_before() {
        let now = UtcMillis::parse_rfc3339("2026-08-11T10:00:00Z").expect("a time");
        let folder = PathBuf::new();
        let asked =
            MeshReportRequest { folder, span: USUAL_SPAN, within: USUAL_WITHIN, nodes: NodeKind::Source };
        let terms = asked.terms_at(now);
        assert_eq!((terms.until, terms.until.millis_since(terms.since)), (now, 86_400_000));
    }
}
