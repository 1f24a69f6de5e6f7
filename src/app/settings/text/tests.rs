//! What is written is read again, and what makes no sense costs only itself.

use super::*;
use crate::app::LONGEST_GIVING;

#[test]
fn what_is_written_is_read_again() {
    let settings = Settings {
        language: Some(LanguageChoice::French),
        theme: ThemeChoice::Dark,
        zoom: Zoom::new(150),
        motion: Motion::Reduced,
        clock: ClockChoice::Local,
        folder: Some(PathBuf::from("/data/\"météo\"")),
        purge: Purge {
            older_than: Some(Duration::from_secs(7200)),
            more_than: Some(ByteCount(9)),
            versions: Versions::Last(2),
        },
        policy: Policy::Fastest,
        giving: Some(GivingChoice::ReceiveOnly),
        discovery: Discovery {
            uses_dht: true,
            dht_nodes: vec!["node.example:6881".to_owned()],
            uses_local_network: true,
            opens_port: true,
        },
        limits: Limits {
            down: Some(100_000),
            up: None,
            connections_per_host: 3,
            transfers_at_once: 7,
            retries: 0,
        },
        give_until: GiveUntil { time: Duration::from_secs(86_400), ratio: Ratio::new(1.5) },
        own_networks: vec!["192.168.7.0/24".to_owned()],
        proxy: Proxy::By("socks5://proxy:1080".to_owned()),
        notifications: Notifications { disk_full: Tell::No, ..Notifications::default() },
    };
    for settings in [settings, Settings::default()] {
        let reading = read(&write(&settings), "");
        assert_eq!((reading.settings, reading.wrong), (settings, Vec::<String>::new()));
    }
}

#[test]
fn a_value_that_makes_no_sense_costs_only_itself() {
    let reading = read("theme = \"pink\"\nzoom = 200\n[network]\nown = [\"ten\", \"10.0.0.0/8\"]", "");
    assert_eq!(reading.settings.zoom.percent(), 200);
    assert_eq!(reading.settings.own_networks, ["10.0.0.0/8"]);
    assert_eq!(reading.wrong.len(), 2, "{:?}", reading.wrong);
}

#[test]
fn a_file_without_ways_to_find_peers_leaves_them_off_and_nonsense_does_too() {
    assert_eq!(read("zoom = 200", "").settings.discovery, Discovery::default());
    let reading = read("[peers]\ndht = \"yes\"\nopen_port = true\ndht_nodes = [\"node\", \"a:1\", 7]", "");
    let expected = Discovery { opens_port: true, dht_nodes: vec!["a:1".to_owned()], ..Discovery::default() };
    assert_eq!((reading.settings.discovery, reading.wrong.len()), (expected, 3));
}

#[test]
fn a_file_that_is_no_toml_leaves_the_usual_settings_and_says_where() {
    let reading = read("zoom = 200\n= oops", "");
    assert_eq!(reading.settings, Settings::default());
    assert!(reading.wrong[0].contains("line 2"), "{:?}", reading.wrong);
}

#[test]
fn the_persons_file_stands_over_the_systems_but_not_over_what_is_forced() {
    let system =
        "policy = \"fastest\"\nzoom = 120\n[forced]\npolicy = \"http-only\"\nhosts = [\"Data.Example\"]";
    let reading = read("zoom = 130\npolicy = \"swarm-only\"\n[forced]\nhosts = []", system);
    assert_eq!(reading.settings.zoom.percent(), 130);
    assert_eq!(reading.settings.policy, Policy::HttpOnly);
    assert_eq!(reading.laid_down.hosts, ["data.example"]);
}

#[test]
fn an_order_that_is_misspelt_is_taken_as_the_strictest() {
    let reading = read("", "[forced]\npolicy = \"htttp-only\"");
    assert_eq!(reading.laid_down.policy, Some(Policy::HttpOnly));
}

#[test]
fn a_later_version_is_known_and_understood_as_far_as_possible() {
    let reading = read("version = 9\nzoom = 140\nhologram = true", "");
    assert!(reading.is_newer);
    assert_eq!(reading.settings.zoom.percent(), 140);
}

#[test]
fn damaged_files_are_read_without_a_panic() {
    let whole = write(&Settings::default()).into_bytes();
    let rounds = std::env::var("NUEE_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(500);
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..rounds {
        let mut damaged = whole.clone();
        for _ in 0..random.usize(1..6) {
            let at = random.usize(..damaged.len());
            damaged[at] = random.u8(..);
        }
        read(&String::from_utf8_lossy(&damaged), "");
    }
}

#[test]
fn a_time_of_giving_is_never_longer_than_a_week() {
    let reading = read("[seeding]\nminutes = 999999\nratio = 2", "");
    let until = GiveUntil { time: LONGEST_GIVING, ratio: Ratio::new(2.0) };
    assert_eq!((reading.settings.give_until, reading.wrong), (until, Vec::<String>::new()));
    let reading = read("[seeding]\nminutes = 0\nratio = -1", "");
    assert_eq!(reading.settings.give_until, GiveUntil { time: Duration::ZERO, ratio: None });
    assert_eq!(reading.wrong, ["seeding.ratio: -1"]);
}

#[test]
fn a_limit_below_the_lowest_is_raised_to_it_and_told_of() {
    let reading = read("[limits]\ndown = 8000\nup = 0", "");
    assert_eq!((reading.settings.limits.down, reading.settings.limits.up), (Some(LOWEST_LIMIT), None));
    assert_eq!(reading.wrong, ["limits.down: 8000 < 32768"]);
}
