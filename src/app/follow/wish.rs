//! What is wished of a dataset: as a person chose it on the matrix or typed it, and as it is kept.
//!
//! In: a choice, or words. Out: [`FollowWish`].

use crate::app::catalog::asked::unknown_entry;
use crate::app::catalog::hours::{DatasetId, HoursChoice};
use crate::app::jobs::keeping::Keeping;
use crate::app::jobs::request::{GetRequest, Partial, Products, Provenance, Split};
use crate::app::messages::user_message::UserMessage;
use crate::app::words::{size_of, time_of};
use crate::catalog::provider::{EntryId, ProviderBook};
use crate::catalog::runs::choice::RunWish;
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::domain::selection::Selection;
use crate::transfer::fallback::Policy;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A wish to follow something, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowWish {
    /// The id of a dataset, or of a package of it.
    pub id: String,
    /// Lead times as `--lead` takes them; all when `None`.
    pub lead: Option<String>,
    /// Parameters as `--param` takes them; all when `None`.
    pub param: Option<String>,
    /// Levels as `--level` takes them; all when `None`.
    pub level: Option<String>,
    /// Members of an ensemble as `--member` takes them; all when `None`.
    #[serde(default)]
    pub member: Option<String>,
    /// Who may give bytes, as `--via` takes it; the usual way when `None`.
    pub via: Option<String>,
    /// A command of the person's own, for the system's shell, started once a file. Never one that came with data.
    pub exec: Option<String>,
    /// The same once for a run that is complete, ended with gaps, or late.
    #[serde(default)]
    pub exec_run: Option<String>,
    /// A file should be here so long after the start of its run, as `--within` takes it: HTTP joins in time.
    #[serde(default)]
    pub within: Option<String>,
    /// A folder below the one for finished files, as a template: `{run:%Y%m%d%H}`.
    #[serde(default)]
    pub folder: Option<String>,
    /// Files are removed after so long, as times are written. Never when `None`.
    #[serde(default)]
    pub keep: Option<String>,
    /// The oldest files are removed while all are more than this, as sizes are written. Never when `None`.
    #[serde(default)]
    pub keep_size: Option<String>,
    /// Whether each parameter gets a file of its own.
    #[serde(default)]
    pub is_split: bool,
    /// Whether a file tells beside it where it comes from.
    #[serde(default)]
    pub has_provenance: bool,
    /// Packages of the dataset; the one of [`Self::id`], or all, when empty.
    #[serde(default)]
    pub packages: Vec<String>,
}

/// What has become of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunNews {
    /// Every wanted hour is here.
    Complete,
    /// What is published is here, and the rest is missing.
    Incomplete,
    /// An hour of it was due.
    Late,
}

impl RunNews {
    /// The word in JSON and for a person's command; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Late => "late",
        }
    }
}

impl FollowWish {
    /// The lead times, packages, fields and levels of a choice on the matrix, of whatever run. `None` when nothing is
    /// chosen, or when the dataset is one that has no further runs: a .torrent.
    pub fn of_choice(choice: &HoursChoice) -> Option<Self> {
        EntryId::parse(&choice.dataset.0)?;
        let leads: BTreeSet<LeadTime> = choice.cells.iter().map(|(_, lead)| *lead).collect();
        let listed = |words: &[String]| (!words.is_empty()).then(|| words.join(","));
        (!leads.is_empty()).then(|| Self {
            id: choice.dataset.0.to_string(),
            lead: Some(words_of(&leads)),
            param: listed(&choice.filter.params),
            level: listed(&choice.filter.levels),
            member: listed(&choice.filter.members),
            packages: choice.filter.packages.clone(),
            ..Self::default()
        })
    }

    /// The dataset, without a package.
    pub fn dataset(&self) -> DatasetId {
        let path = EntryId::parse(&self.id).map(|id| EntryId { package: None, ..id }.to_string());
        DatasetId(path.unwrap_or_else(|| self.id.clone()).into())
    }

    /// The packages that are meant; all when empty.
    pub fn packages(&self) -> Vec<String> {
        let of_id = EntryId::parse(&self.id).and_then(|id| id.package);
        if self.packages.is_empty() { of_id.into_iter().collect() } else { self.packages.clone() }
    }

    /// Which fields of which lead times.
    ///
    /// # Errors
    /// The part that cannot be read.
    pub fn selection(&self) -> Result<Selection, String> {
        self.selection_at(self.lead.as_deref())
    }

    /// Which fields of these lead times; of all when `None`.
    ///
    /// # Errors
    /// The part that cannot be read.
    pub fn selection_at(&self, leads: Option<&str>) -> Result<Selection, String> {
        let chosen = Selection::of_words([leads, self.param.as_deref(), self.level.as_deref()])?;
        match &self.member {
            Some(members) => chosen.with_members(members),
            None => Ok(chosen),
        }
    }

    /// The request for its files in `out`, whichever run they are of.
    ///
    /// # Errors
    /// The part that cannot be understood.
    pub fn request(&self, out: PathBuf) -> Result<GetRequest, UserMessage> {
        let unreadable = |text: String| UserMessage::Unreadable { text: show(&text) };
        let policy = match &self.via {
            None => Policy::default(),
            Some(text) => Policy::from_key(text).ok_or_else(|| unreadable(text.clone()))?,
        };
        let within = match &self.within {
            Some(text) => Some(time_of(text).ok_or_else(|| unreadable(text.clone()))?),
            None => None,
        };
        let products = Products {
            partial: Partial::Accepted,
            split: if self.is_split { Split::ByParameter } else { Split::Never },
            provenance: if self.has_provenance { Provenance::Beside } else { Provenance::Left },
            folder: self.folder.clone(),
            within,
            ..Products::default()
        };
        Ok(GetRequest {
            targets: vec![self.id.clone()],
            run: Some(RunWish::Latest),
            selection: self.selection().map_err(unreadable)?,
            products,
            out,
            policy,
            ..GetRequest::default()
        })
    }

    /// What its dataset is called among `known`.
    ///
    /// # Errors
    /// Why it cannot be followed: a part of it cannot be understood, or nobody has such a dataset.
    pub fn check(&self, known: &ProviderBook) -> Result<String, UserMessage> {
        self.request(PathBuf::new())?;
        let found =
            EntryId::parse(&self.id).and_then(|id| known.find(&id).map(|(_, dataset)| dataset.clone()));
        found.map(|dataset| dataset.title.en.clone()).ok_or_else(|| unknown_entry(&self.id, known))
    }

    /// How long its files stay. What cannot be read was refused when the wish was added, and stays for ever.
    pub fn keeping(&self) -> Keeping {
        Keeping {
            time: self.keep.as_deref().and_then(time_of),
            most: self.keep_size.as_deref().and_then(size_of).map(ByteCount),
        }
    }
}

/// Lead times in words that `--lead` takes; three and more an hour apart are a span.
fn words_of(leads: &BTreeSet<LeadTime>) -> String {
    let leads: Vec<LeadTime> = leads.iter().copied().collect();
    let is_next = |a: &LeadTime, b: &LeadTime| b.minutes() - a.minutes() == 60;
    let words = leads.chunk_by(is_next).flat_map(|span| match span {
        [first, _, .., last] => vec![format!("{}..{}", first.to_words(), last.to_words())],
        few => few.iter().map(|lead| lead.to_words()).collect(),
    });
    words.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::catalog::hours::HoursFilter;
    use crate::domain::utc::UtcTime;

    fn a_choice(dataset: &str, hours: &[i64]) -> HoursChoice {
        let cells = hours.iter().map(|hour| (UtcTime::default(), LeadTime::from_hours(*hour))).collect();
        HoursChoice { dataset: DatasetId(dataset.into()), cells, filter: HoursFilter::default() }
    }

    #[test]
    fn a_choice_on_the_matrix_becomes_a_wish_for_its_lead_times_of_every_run() {
        let mut choice = a_choice("demo/arome-0.01", &[9, 0, 1, 2, 3, 6, 6]);
        choice.filter.packages = vec!["SP1".to_owned()];
        choice.filter.params = vec!["2t".to_owned(), "tp".to_owned()];
        choice.filter.members = vec!["control".to_owned(), "3".to_owned()];
        let wish = FollowWish::of_choice(&choice).expect("a wish");
        assert_eq!((wish.lead.as_deref(), wish.param.as_deref()), (Some("0..3,6,9"), Some("2t,tp")));
        assert_eq!((wish.dataset(), wish.packages()), (choice.dataset.clone(), vec!["SP1".to_owned()]));
        let selection = wish.selection().expect("words that are read");
        assert_eq!(selection.member_words().as_deref(), Some("control,3"));
        assert!(selection.has_lead(Some(LeadTime::from_hours(2))));
        assert!(!selection.has_lead(Some(LeadTime::from_hours(4))));
    }

    #[test]
    fn a_torrent_has_no_further_runs_and_nothing_chosen_is_no_wish() {
        assert_eq!(FollowWish::of_choice(&a_choice("torrent:0123", &[1])), None);
        assert_eq!(FollowWish::of_choice(&a_choice("demo/arome-0.01", &[])), None);
    }

    #[test]
    fn an_id_with_a_package_means_that_package_of_the_dataset() {
        let wish = FollowWish { id: "demo/arome-0.01/SP1".to_owned(), ..FollowWish::default() };
        assert_eq!(wish.dataset(), DatasetId("demo/arome-0.01".into()));
        assert_eq!(wish.packages(), ["SP1"]);
    }
}
