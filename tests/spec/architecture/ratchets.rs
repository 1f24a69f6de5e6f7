//! What does not keep to the plan yet, as it stands today. Nothing is added here: lists and numbers only shrink.

/// Arms that take the rest of an enum of commands or events: file and how many.
pub const WILDCARDS: &[(&str, usize)] = &[("cli/follow.rs", 1)];

/// Folders and files that use each other in a circle.
pub const CIRCLES: &[&[&str]] = &[
    &[
        "app::catalog",
        "app::command",
        "app::desk",
        "app::file_message",
        "app::file_table",
        "app::follow",
        "app::hours",
        "app::hours_board",
        "app::input",
        "app::inspect",
        "app::journal",
        "app::listening",
        "app::mesh_view",
        "app::query",
        "app::snapshot",
        "app::sources",
        "app::state",
        "app::update",
        "app::user_message",
    ],
    &["app::peers", "app::progress"],
    &[
        "cli",
        "cli::arguments",
        "cli::catalog",
        "cli::follow",
        "cli::listen",
        "cli::listing",
        "cli::messages",
        "cli::publishing",
        "cli::values",
    ],
    &["engine::catalog", "engine::content", "engine::job"],
    &[
        "engine::dispatch",
        "engine::host",
        "engine::publisher",
        "engine::questions",
        "engine::services",
        "engine::window",
    ],
    &["engine::http", "engine::network"],
    &["i18n", "i18n::number"],
];

/// Types with more than twenty methods, and how many they have.
pub const METHODS: &[(&str, usize)] = &[
    ("domain::selection::Selection", 26),
    ("engine::broker::ledger::MeshLedger", 27),
    ("engine::job::Job", 120),
    ("engine::peers::driver::Driver", 26),
    ("engine::store::database::Database", 26),
    ("engine::store::directory::Directory", 36),
    ("engine::store::file_set::FileSet", 37),
    ("engine::store::window_store::WindowStore", 21),
    ("engine::window::mesh::MeshDesk", 39),
    ("engine::window::sources::SourceDesk", 37),
    ("grib::walk::Walk", 26),
    ("i18n::Translator", 58),
    ("swarm::picker::Picker", 30),
    ("swarm::torrent::Torrent", 64),
    ("transfer::conductor::Conductor", 62),
    ("transfer::http_source::HttpSource", 24),
];

/// Functions that take a tuple of more than two parts: file and name.
pub const TUPLES: &[&str] = &[
    "app/follow/choosing.rs wish_of",
    "cli/journey.rs follow_one",
    "cli/journey.rs get_while_peers_leave",
    "cli/journey.rs play_all",
    "engine/broker/fetching.rs settle",
    "engine/dispatch.rs new",
    "engine/job/products.rs cut",
    "engine/job/products.rs cut_one",
    "engine/job/streamed.rs prove_by_form",
    "engine/job/torrent_index.rs find_sidecar",
    "engine/job/torrent_slices.rs get_by_pieces",
    "engine/job/torrent_slices.rs get_exact_ranges",
    "engine/job/torrent_slices.rs get_one_exactly",
    "engine/questions/verifying.rs by_index",
    "engine/services/follow/folder.rs run",
    "engine/window/mod.rs start_mesh",
    "engine/window/mod.rs start_sources",
    "engine/window/sources/planning.rs with_sizes",
    "grib/product.rs read_product",
    "grib/structure.rs inside",
    "grib/walk/join.rs join",
    "swarm/torrent/meeting.rs on_joined",
    "ui/screens/announcements/list.rs one",
    "ui/screens/announcements/message.rs line",
    "ui/screens/announcements/tree.rs hear",
    "ui/screens/announcements/tree.rs one",
    "ui/screens/detail/fields.rs line",
    "ui/screens/detail/files.rs one",
    "ui/screens/detail/peers.rs show_peer",
    "ui/screens/detail/sources.rs source",
    "ui/screens/hours/files.rs draw_row",
    "ui/screens/hours/plan.rs notice",
    "ui/screens/journal/entries.rs row",
    "ui/screens/transfers/table.rs limits",
    "ui/screens/transfers/table.rs node",
    "ui/screens/transfers/table.rs reason",
    "ui/screens/transfers/table.rs show",
    "ui/screens/welcome.rs card",
    "ui/shell/palette.rs row",
    "ui/shell/rail.rs entry",
    "ui/shell/rail.rs paint",
    "ui/shell/rail.rs words",
];

/// How many names are used by types of several modules.
pub const TWICE: usize = 95;

/// Percent of all lines that `engine` may have; 25 is meant.
pub const MOST_OF_ENGINE: f64 = 31.0;
