//! What the plans of a job come to together: one after the other while they are fetched, summed while only the cost is asked.

use crate::app::jobs::request::Intent;
use crate::app::jobs::view::PlanSummary;
use crate::domain::octets::ByteCount;
use crate::domain::selection::Wished;

/// The plans so far.
#[derive(Debug, Default)]
pub(crate) struct PlanTotals {
    /// What the files cost so far, while only that is asked; the last plan otherwise.
    planned: Option<PlanSummary>,
    /// Octets wanted of the files that were got before this one.
    wanted_before: ByteCount,
}

impl PlanTotals {
    /// What is told of one more plan.
    pub(crate) fn add(&mut self, plan: PlanSummary, lacking: Vec<Wished>, intent: Intent) -> PlanSummary {
        let plan = PlanSummary { lacking, wanted_before: self.wanted_before, ..plan };
        let told = match (&self.planned, intent) {
            (Some(before), Intent::Plan) => before.plus(&plan),
            (None, Intent::Plan) | (_, Intent::Fetch) => plan,
        };
        self.planned = Some(told.clone());
        told
    }

    /// A file of several was got, or failed: the next is wanted beside it.
    pub(crate) fn end_file(&mut self, intent: Intent) {
        if intent == Intent::Fetch {
            self.wanted_before += self.planned.take().map_or(ByteCount::ZERO, |plan| plan.wanted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::catalog::route::Route;
    use crate::app::jobs::piece_plan::plan_of_whole;

    #[test]
    fn plans_are_summed_while_only_the_cost_is_asked_and_follow_each_other_otherwise() {
        let plan = |octets| plan_of_whole(Route::WholeFiles, ByteCount(octets));
        for (intent, wanted, before) in [(Intent::Plan, 30, 0), (Intent::Fetch, 20, 10)] {
            let mut totals = PlanTotals::default();
            totals.add(plan(10), Vec::new(), intent);
            totals.end_file(intent);
            let told = totals.add(plan(20), Vec::new(), intent);
            assert_eq!(
                (told.wanted, told.wanted_before),
                (ByteCount(wanted), ByteCount(before)),
                "{intent:?}"
            );
        }
    }
}
