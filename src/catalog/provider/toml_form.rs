//! A provider's file as it is written: every key, none other. What the values mean is `read`'s.

use serde::Deserialize;
use toml::Spanned;

/// A text with its place in the file, for reasons that name a line.
pub(super) type Placed = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderForm {
    pub(super) format: Spanned<u32>,
    pub(super) name: TextsForm,
    pub(super) licence: LicenceForm,
    pub(super) politeness: PolitenessForm,
    pub(super) standing: Spanned<StandingForm>,
    pub(super) notices: Option<Placed>,
    pub(super) dataset: Spanned<Vec<DatasetForm>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextsForm {
    pub(super) en: String,
    pub(super) fr: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LicenceForm {
    pub(super) name: String,
    pub(super) url: Option<Placed>,
    pub(super) attribution: TextsForm,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolitenessForm {
    pub(super) connections: Spanned<u8>,
    #[serde(default)]
    pub(super) contact_needed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StandingForm {
    pub(super) documented_on: Option<String>,
    pub(super) tried_on: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DatasetForm {
    pub(super) id: Placed,
    pub(super) title: TextsForm,
    #[serde(default)]
    pub(super) grid: String,
    #[serde(default)]
    pub(super) packages: Vec<Placed>,
    #[serde(default)]
    pub(super) fields: Vec<FieldForm>,
    #[serde(default)]
    pub(super) cycles: Vec<CycleForm>,
    #[serde(default)]
    pub(super) spans: Vec<Placed>,
    #[serde(default)]
    pub(super) start_lacks: Vec<String>,
    pub(super) first_after: Option<Placed>,
    pub(super) complete_after: Option<Placed>,
    pub(super) retention: Option<Placed>,
    #[serde(default)]
    pub(super) whole_files_only: bool,
    pub(super) file: Option<Placed>,
    #[serde(default)]
    pub(super) mirrors: Vec<Placed>,
    pub(super) index: Option<Placed>,
    pub(super) torrent: Option<Placed>,
    #[serde(default)]
    pub(super) names: Vec<Placed>,
    #[serde(default)]
    pub(super) listings: Vec<ListingPlaceForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldForm {
    pub(super) id: Placed,
    pub(super) params: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CycleForm {
    pub(super) hours: Spanned<Vec<u8>>,
    pub(super) leads: Placed,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListingPlaceForm {
    pub(super) form: Placed,
    pub(super) address: Placed,
    pub(super) runs: Option<Spanned<u8>>,
}
