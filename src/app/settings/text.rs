//! Settings as commented TOML: read over a system-wide file, written so that a person can change them by hand.
//!
//! In: the text of one or two files. Out: [`SettingsReading`], which says what could not be used; or the text to write.
//! A value that makes no sense costs only itself: the usual one stands in its place. Reads and writes no file.
//! Start reading at [`read`] and [`write`].

#[cfg(test)]
mod tests;

use crate::app::settings::discovery::{Discovery, MOST_NODES, node_of};
use crate::app::settings::laid_down::LaidDown;
use crate::app::settings::{
    ClockChoice, GivingChoice, LOWEST_LIMIT, LanguageChoice, Limits, Motion, Notifications, Proxy, Purge,
    Settings, Tell, ThemeChoice, Zoom,
};
use crate::app::{GiveUntil, Policy, Ratio};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::mesh::mirror::Versions;
use crate::transfer::address_rule::Network;
use crate::transfer::retry::MOST_RETRIES;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;
use toml::{Table, Value};

/// The version that is written.
pub(crate) const VERSION: i64 = 1;

/// Largest file that is read, in octets.
pub(crate) const LARGEST: usize = 256 << 10;

/// Most networks and hosts that are taken in.
const MOST_LISTED: usize = 1_000;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SettingsReading {
    /// The settings.
    pub(crate) settings: Settings,
    /// What the system-wide file lays down.
    pub(crate) laid_down: LaidDown,
    /// What could not be used, in English, by key; of the person's file first.
    pub(crate) wrong: Vec<String>,
    /// Whether the person's file is of a later version.
    pub(crate) is_newer: bool,
}

/// Reads the person's file over the system's; an absent file is empty.
pub(crate) fn read(own: &str, system: &str) -> SettingsReading {
    let mut wrong = Vec::new();
    let own = parsed(own, "settings", &mut wrong);
    let system = parsed(system, "system settings", &mut wrong);
    let is_newer = own.get("version").and_then(Value::as_integer).is_some_and(|version| version > VERSION);
    let laid_down = laid_down(&system, &mut wrong);
    let mut merged = system;
    merge(&mut merged, own);
    let mut values = Values { table: &merged, wrong };
    let mut settings = values.settings();
    if laid_down.policy == Some(Policy::HttpOnly) {
        settings.policy = Policy::HttpOnly;
    }
    SettingsReading { settings, laid_down, wrong: values.wrong, is_newer }
}

fn parsed(text: &str, what: &str, wrong: &mut Vec<String>) -> Table {
    text.parse().unwrap_or_else(|error: toml::de::Error| {
        let place = error
            .span()
            .map(|span| 1 + text.bytes().take(span.start).filter(|&octet| octet == b'\n').count());
        let place = place.map(|line| format!(", line {line}")).unwrap_or_default();
        wrong.push(show(&format!("{what}{place}: {}", error.message())));
        Table::new()
    })
}

/// What whoever runs this computer forces: only from the system's file, under `[forced]`.
fn laid_down(system: &Table, wrong: &mut Vec<String>) -> LaidDown {
    let Some(forced) = system.get("forced").and_then(Value::as_table) else { return LaidDown::default() };
    let policy = match forced.get("policy").and_then(Value::as_str) {
        Some("http-only") => Some(Policy::HttpOnly),
        Some(other) => {
            // Not understood means the strictest: an order must not fall away by a misspelling.
            wrong.push(format!("forced.policy: {}", show(other)));
            Some(Policy::HttpOnly)
        }
        None => None,
    };
    let hosts = forced.get("hosts").and_then(Value::as_array).into_iter().flatten();
    let hosts = hosts.filter_map(Value::as_str).take(MOST_LISTED).map(str::to_lowercase).collect();
    LaidDown { policy, hosts }
}

/// Lays `over` on `under`, section by section.
fn merge(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

/// Values by their path, with a list of those that make no sense.
struct Values<'a> {
    table: &'a Table,
    wrong: Vec<String>,
}

impl Values<'_> {
    fn settings(&mut self) -> Settings {
        let usual = Settings::default();
        Settings {
            language: self.word("language", language_of),
            theme: self.word("theme", theme_of).unwrap_or_default(),
            zoom: self
                .number("zoom")
                .map_or(usual.zoom, |percent| Zoom::new(u16::try_from(percent).unwrap_or(u16::MAX))),
            motion: self.word("motion", motion_of).unwrap_or_default(),
            clock: self.word("clock", clock_of).unwrap_or_default(),
            folder: self.word("folder", |text| (!text.is_empty()).then(|| PathBuf::from(text))),
            purge: self.purge(),
            policy: self.word("policy", Policy::from_key).unwrap_or_default(),
            giving: self.word("giving", giving_of),
            discovery: self.discovery(),
            give_until: self.give_until(),
            limits: self.limits(),
            own_networks: self.networks(),
            proxy: self.word("network.proxy", proxy_of).unwrap_or_default(),
            notifications: self.notifications(),
        }
    }

    fn give_until(&mut self) -> GiveUntil {
        let usual = GiveUntil::default();
        let minutes = self.number("seeding.minutes").map(|minutes| minutes.saturating_mul(60));
        let ratio = match self.get("seeding.ratio").cloned() {
            None => None,
            Some(value) => {
                let multiple = value.as_float().or(value.as_integer().map(|whole| whole as f64));
                let ratio = multiple.and_then(Ratio::new);
                if ratio.is_none() && multiple != Some(0.0) {
                    self.wrong.push(format!("seeding.ratio: {}", show(&value.to_string())));
                }
                ratio
            }
        };
        GiveUntil { time: minutes.map_or(usual.time, Duration::from_secs), ratio }.capped()
    }

    fn limits(&mut self) -> Limits {
        let usual = Limits::default();
        let small = |number: Option<u64>, usual: u8| {
            number.map_or(usual, |number| u8::try_from(number.clamp(1, 64)).unwrap_or(usual))
        };
        Limits {
            down: self.rate("limits.down", usual.down),
            up: self.rate("limits.up", usual.up),
            connections_per_host: small(
                self.number("limits.connections_per_host"),
                usual.connections_per_host,
            ),
            transfers_at_once: small(self.number("limits.transfers_at_once"), usual.transfers_at_once),
            retries: self
                .number("limits.retries")
                .map_or(usual.retries, |number| number.min(u64::from(MOST_RETRIES)) as u8),
        }
    }

    /// A limit in octets a second. One that is lower than the lowest is raised to that, and told of.
    fn rate(&mut self, key: &str, usual: Option<u32>) -> Option<u32> {
        match self.number(key) {
            None => usual,
            Some(0) => None,
            Some(rate) if rate < u64::from(LOWEST_LIMIT) => {
                self.wrong.push(format!("{key}: {rate} < {LOWEST_LIMIT}"));
                Some(LOWEST_LIMIT)
            }
            Some(rate) => Some(u32::try_from(rate).unwrap_or(u32::MAX)),
        }
    }

    fn discovery(&mut self) -> Discovery {
        Discovery {
            uses_dht: self.is_on("peers.dht"),
            dht_nodes: self.listed("peers.dht_nodes", MOST_NODES, node_of),
            uses_local_network: self.is_on("peers.local_network"),
            opens_port: self.is_on("peers.open_port"),
        }
    }

    /// What does not stand there, or makes no sense, is off.
    fn is_on(&mut self, key: &str) -> bool {
        let value = self.get(key).cloned();
        let read = value.as_ref().and_then(Value::as_bool);
        if let (Some(value), None) = (value, read) {
            self.wrong.push(format!("{key}: {}", show(&value.to_string())));
        }
        read.unwrap_or(false)
    }

    fn purge(&mut self) -> Purge {
        let hours = self.number("purge.older_than_hours").filter(|&hours| hours > 0);
        let octets = self.number("purge.more_than_octets").filter(|&octets| octets > 0);
        Purge {
            older_than: hours.map(|hours| Duration::from_secs(hours.saturating_mul(3600))),
            more_than: octets.map(ByteCount),
            versions: self.word("purge.versions", Versions::parse).unwrap_or_default(),
        }
    }

    fn notifications(&mut self) -> Notifications {
        let mut tell = |key| match self.get(key).map(Value::as_bool) {
            None => Tell::Yes,
            Some(Some(true)) => Tell::Yes,
            Some(Some(false)) => Tell::No,
            Some(None) => {
                self.wrong.push(key.to_owned());
                Tell::Yes
            }
        };
        Notifications {
            run_complete: tell("notifications.run_complete"),
            proof_failed: tell("notifications.proof_failed"),
            disk_full: tell("notifications.disk_full"),
            source_lost: tell("notifications.source_lost"),
        }
    }

    fn networks(&mut self) -> Vec<String> {
        self.listed("network.own", MOST_LISTED, |text| Network::parse(text).map(|_| text.to_owned()))
    }

    /// Those of a list that make sense, `most` at most.
    fn listed(&mut self, key: &str, most: usize, read: fn(&str) -> Option<String>) -> Vec<String> {
        let listed = self.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let mut right = Vec::new();
        for value in listed.iter().take(most) {
            match value.as_str().and_then(read) {
                Some(text) => right.push(text),
                None => self.wrong.push(format!("{key}: {}", show(&value.to_string()))),
            }
        }
        right
    }

    fn get(&self, path: &str) -> Option<&Value> {
        match path.split_once('.') {
            Some((section, key)) => self.table.get(section)?.as_table()?.get(key),
            None => self.table.get(path),
        }
    }

    fn word<T>(&mut self, key: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.get(key)?.clone();
        let read = value.as_str().and_then(read);
        if read.is_none() {
            self.wrong.push(format!("{key}: {}", show(&value.to_string())));
        }
        read
    }

    fn number(&mut self, key: &str) -> Option<u64> {
        let value = self.get(key)?.clone();
        let read = value.as_integer().and_then(|number| u64::try_from(number).ok());
        if read.is_none() {
            self.wrong.push(format!("{key}: {}", show(&value.to_string())));
        }
        read
    }
}

fn language_of(text: &str) -> Option<LanguageChoice> {
    match text {
        "en" => Some(LanguageChoice::English),
        "fr" => Some(LanguageChoice::French),
        _ => None,
    }
}

fn theme_of(text: &str) -> Option<ThemeChoice> {
    match text {
        "system" => Some(ThemeChoice::System),
        "light" => Some(ThemeChoice::Light),
        "dark" => Some(ThemeChoice::Dark),
        _ => None,
    }
}

fn motion_of(text: &str) -> Option<Motion> {
    match text {
        "usual" => Some(Motion::Usual),
        "reduced" => Some(Motion::Reduced),
        _ => None,
    }
}

fn clock_of(text: &str) -> Option<ClockChoice> {
    match text {
        "utc" => Some(ClockChoice::Utc),
        "local" => Some(ClockChoice::Local),
        _ => None,
    }
}

fn giving_of(text: &str) -> Option<GivingChoice> {
    match text {
        "share" => Some(GivingChoice::Share),
        "receive-only" => Some(GivingChoice::ReceiveOnly),
        "http-only" => Some(GivingChoice::HttpOnly),
        _ => None,
    }
}

/// `system`, `direct`, or the URL of an HTTP or SOCKS5 proxy.
pub(crate) fn proxy_of(text: &str) -> Option<Proxy> {
    match text {
        "system" => Some(Proxy::System),
        "direct" => Some(Proxy::Direct),
        url => {
            let read = url::Url::parse(url).ok()?;
            let is_known = matches!(read.scheme(), "http" | "https" | "socks5" | "socks5h");
            (is_known && read.has_host()).then(|| Proxy::By(url.to_owned()))
        }
    }
}

/// The whole file, with what each value means.
pub(crate) fn write(settings: &Settings) -> String {
    let mut out = String::from(HEAD);
    write_looks(&mut out, settings);
    write_exchange(&mut out, settings);
    write_sections(&mut out, settings);
    write_discovery(&mut out, &settings.discovery);
    out
}

/// One value with its comment; a comment only when there is none.
fn line(out: &mut String, comment: &str, key: &str, value: Option<Value>) {
    // Writing into a string does not fail.
    let _ = match value {
        Some(value) => write!(out, "\n# {comment}\n{key} = {value}\n"),
        None => write!(out, "\n# {comment}\n# {key} =\n"),
    };
}

fn write_looks(out: &mut String, settings: &Settings) {
    let word = |text: &str| Some(Value::from(text));
    let language = settings.language.and_then(|language| match language {
        LanguageChoice::English => word("en"),
        LanguageChoice::French => word("fr"),
    });
    line(out, "Language: \"en\" or \"fr\"; that of the system when absent.", "language", language);
    let theme = match settings.theme {
        ThemeChoice::System => "system",
        ThemeChoice::Light => "light",
        ThemeChoice::Dark => "dark",
    };
    line(out, "Colours: \"system\", \"light\" or \"dark\".", "theme", word(theme));
    let zoom = Value::from(i64::from(settings.zoom.percent()));
    line(out, "Size of everything in percent, 100 to 300.", "zoom", Some(zoom));
    let motion = match settings.motion {
        Motion::Usual => "usual",
        Motion::Reduced => "reduced",
    };
    line(out, "Movement on screen: \"usual\" or \"reduced\".", "motion", word(motion));
    let clock = match settings.clock {
        ClockChoice::Utc => "utc",
        ClockChoice::Local => "local",
    };
    line(out, "Times: \"utc\" or \"local\".", "clock", word(clock));
}

fn write_exchange(out: &mut String, settings: &Settings) {
    let folder = settings.folder.as_ref().map(|folder| Value::from(folder.to_string_lossy().into_owned()));
    line(out, "Folder for finished files; the downloads folder when absent.", "folder", folder);
    line(
        out,
        "Who may give bytes: \"swarm-first\", \"fastest\", \"swarm-only\" or \"http-only\".",
        "policy",
        Some(Value::from(settings.policy.key())),
    );
    let giving = settings.giving.map(|giving| match giving {
        GivingChoice::Share => Value::from("share"),
        GivingChoice::ReceiveOnly => Value::from("receive-only"),
        GivingChoice::HttpOnly => Value::from("http-only"),
    });
    line(
        out,
        "Peers: \"share\", \"receive-only\" or \"http-only\". While absent nothing peers.",
        "giving",
        giving,
    );
}

const HEAD: &str = "# Settings of Nuée. The window writes this file; changes made by hand are read at the next start.\n\
                    # What whoever runs this computer sets in the system-wide file stands below these.\n\
                    version = 1\n";

fn write_sections(out: &mut String, settings: &Settings) {
    let (limits, purge) = (&settings.limits, &settings.purge);
    let octets = |rate: Option<u32>| rate.unwrap_or(0);
    let yes = |tell: Tell| tell == Tell::Yes;
    let own: Vec<Value> = settings.own_networks.iter().map(|network| Value::from(network.as_str())).collect();
    let proxy = match &settings.proxy {
        Proxy::System => "system",
        Proxy::Direct => "direct",
        Proxy::By(url) => url,
    };
    let told = &settings.notifications;
    // Writing into a string does not fail.
    let _ = write!(
        out,
        "\n[limits]\n# Octets a second; 0 for no limit.\ndown = {}\nup = {}\n\
         # Connections to one server, and transfers at the same time.\nconnections_per_host = {}\ntransfers_at_once = {}\n\
         # How often a failed request is made again.\nretries = {}\n\
         \n[seeding]\n# How long a finished download is uploaded to peers, in minutes (at most 10080), and how many times its size ends\n\
         # that sooner; 0 for whatever number of times.\nminutes = {}\nratio = {}\n\
         \n[purge]\n# Files received longer ago are removed, and the oldest above a total; 0 for never.\n\
         older_than_hours = {}\nmore_than_octets = {}\n\
         # How many earlier versions of an announced file stay when it is updated: \"all\" or a number, \"0\" for none.\nversions = {}\n\
         \n[network]\n# Networks of your own, whose private addresses files may name: [\"192.168.7.0/24\"].\nown = {}\n\
         # \"system\", \"direct\", or http://host:port or socks5://host:port. With a proxy there are no peers.\nproxy = {}\n\
         \n[notifications]\n# What is told on the desktop.\nrun_complete = {}\nproof_failed = {}\ndisk_full = {}\nsource_lost = {}\n",
        octets(limits.down),
        octets(limits.up),
        limits.connections_per_host,
        limits.transfers_at_once,
        limits.retries,
        settings.give_until.time.as_secs() / 60,
        Value::from(settings.give_until.ratio.map_or(0.0, Ratio::multiple)),
        purge.older_than.map_or(0, |age| age.as_secs() / 3600),
        purge.more_than.map_or(0, |octets| octets.0),
        Value::from(purge.versions.to_word()),
        Value::Array(own),
        Value::from(proxy),
        yes(told.run_complete),
        yes(told.proof_failed),
        yes(told.disk_full),
        yes(told.source_lost),
    );
}

fn write_discovery(out: &mut String, discovery: &Discovery) {
    let nodes = discovery.dht_nodes.iter().map(|node| Value::from(node.as_str())).collect();
    // Writing into a string does not fail.
    let _ = write!(
        out,
        "\n[peers]\n# Ways to find peers beside trackers; private torrents use none. The DHT tells its nodes which torrents you\n\
         # fetch; without nodes of your own, [\"router.example:6881\"], the public ones are used.\ndht = {}\ndht_nodes = {}\n\
         # Peers of the local network, by multicast.\nlocal_network = {}\n\
         # Whether the router is asked to let peers connect (PCP, NAT-PMP, UPnP).\nopen_port = {}\n",
        discovery.uses_dht,
        Value::Array(nodes),
        discovery.uses_local_network,
        discovery.opens_port,
    );
}
