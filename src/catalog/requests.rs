//! Which requests tell what a dataset offers: one a page of a listing, and never one a file unless it has no listing.
//!
//! In: a dataset, the time, and whether one run or the latest are wanted. Out: [`Request`]s, none of them performed.

use super::provider::{Dataset, ListingForm, ListingPlace};
use super::template::Values;
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;

/// Most requests for one refresh.
const MOST_REQUESTS: usize = 2_000;

/// Something to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// How the answer will be written.
    pub form: ListingForm,
    /// The address, or the folder, to be looked at.
    pub address: String,
    /// What it is asked for.
    pub values: Values,
}

/// Which runs are to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The latest, as many as the provider's file says.
    Latest,
    /// One run.
    Run(UtcTime),
}

/// The requests of one refresh, in the order of the file and newest runs first. Runs that are no longer kept are not
/// asked for.
pub fn requests(dataset: &Dataset, wanted: Wanted, now: UtcTime) -> Vec<Request> {
    let mut all = Vec::new();
    for place in &dataset.listings {
        for run in runs_of(dataset, place, wanted, now) {
            add_requests(dataset, place, run, &mut all);
        }
    }
    all.truncate(MOST_REQUESTS);
    all
}

fn runs_of(dataset: &Dataset, place: &ListingPlace, wanted: Wanted, now: UtcTime) -> Vec<Option<UtcTime>> {
    if !place.address.names_run() {
        return vec![None];
    }
    let runs = match wanted {
        Wanted::Latest => dataset.runs_before(now, usize::from(place.runs)),
        Wanted::Run(run) => vec![run],
    };
    runs.into_iter().filter(|run| !dataset.is_past_retention(*run, now)).map(Some).collect()
}

fn add_requests(dataset: &Dataset, place: &ListingPlace, run: Option<UtcTime>, all: &mut Vec<Request>) {
    let packages: Vec<Option<&str>> = match place.address.keys().contains(&"package") {
        true => dataset.packages.iter().map(|package| Some(&*package.id)).collect(),
        false => vec![None],
    };
    let spans: Vec<Option<(LeadTime, LeadTime)>> = match run.filter(|_| place.address.names_leads()) {
        Some(run) => dataset.files_of(run).into_iter().map(Some).collect(),
        None => vec![None],
    };
    for package in packages {
        for span in &spans {
            let mut values = Values { run, ..Values::default() };
            if let Some(package) = package {
                values = values.with("package", package);
            }
            if let Some((first, last)) = *span {
                values = values.over(first, last);
            }
            let address = place.address.fill(&values);
            all.extend(address.map(|address| Request { form: place.form, address, values }));
            if all.len() >= MOST_REQUESTS {
                return;
            }
        }
    }
}
