//! The words of the command line, in both languages.
//!
//! In: the arguments of the process. Out: an [`Invocation`], or what to print and the exit code. The language is found
//! first, so that help and complaints speak it. Start reading at [`read`].

mod announce;
mod catalog;
mod complaint;
mod finding;
mod follow;
mod get;
mod index;
mod listen;
mod looking;
mod mesh;
mod pledge;
mod publish;
mod record;
mod relay;
mod retries;
mod shell;
#[cfg(test)]
mod tests;

pub use catalog::{CatalogTask, FileLines};
pub use follow::{FollowTask, TellDesktop};

use super::output::Format;
use super::values::handed_over;
use crate::app::jobs::request::GetRequest;
use crate::app::mesh::announcing::{AnnounceRequest, RecordTemplate};
use crate::app::mesh::listening::ListenRequest;
use crate::app::mesh::reporting::MeshReportRequest;
use crate::app::mesh::running::MeshRunRequest;
use crate::app::pledge::PledgeQuery;
use crate::app::query::{PublishRequest, VerifyRequest};
use crate::app::relay::RelayQuery;
use crate::app::settings::discovery::Discovery;
use crate::i18n::{Language, Translator};
use clap::builder::{PossibleValuesParser, Styles};
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};
use i18n_embed_fl::fl;
use std::ffi::OsString;
use std::path::PathBuf;

/// What a person wants the program to do.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// In which language it speaks.
    pub language: Language,
    /// The language that was asked for by `--lang`.
    pub asked_language: Option<Language>,
    /// What stdout gets.
    pub format: Format,
    /// What the engine is to keep to.
    pub limits: EngineOptions,
    /// What is to be done.
    pub task: Task,
}

impl Invocation {
    fn of_window(language: Language, targets: Vec<String>) -> Self {
        let (format, limits, task) = (Format::Text, EngineOptions::default(), Task::Window(targets));
        Self { language, asked_language: None, format, limits, task }
    }
}

/// What the engine is to keep to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EngineOptions {
    /// Whether files may name this computer and private networks.
    pub local: Local,
    /// Octets a second to receive at most.
    pub down: Option<u32>,
    /// Octets a second to give at most.
    pub up: Option<u32>,
    /// The port that peers may call; a free one when `None`.
    pub peer_port: Option<u16>,
    /// Connections to one HTTP server; the usual number when `None`.
    pub connections: Option<usize>,
    /// The folder of a person's own providers' files; the usual one when `None`.
    pub providers: Option<PathBuf>,
    /// Whom providers may write to, for the User-Agent; nobody when `None`.
    pub contact: Option<String>,
    /// How often a failed request is made again; the usual number when `None`.
    pub retries: Option<u8>,
    /// Ways to find peers beside trackers.
    pub discovery: Discovery,
}

/// Whether files may name this computer and private networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Local {
    /// They may not.
    #[default]
    Refused,
    /// They may.
    Allowed,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Task {
    /// Open the window, and ask there about these targets.
    Window(Vec<String>),
    /// Play the demo.
    Demo(DemoTask),
    /// Get files.
    Get(Box<GetRequest>),
    /// List fields or write an index.
    Index(IndexTask),
    /// Say what something is.
    Inspect(String),
    /// Say what the values of each field come to.
    Show(String),
    /// Check files.
    Verify(VerifyRequest),
    /// Publish files.
    Publish(Box<PublishRequest>),
    /// Announce files to a broker.
    Announce(Box<AnnounceRequest>),
    /// Make a discovery record.
    Record(Box<RecordTemplate>),
    /// Show what catalogues offer.
    Catalog(CatalogTask),
    /// Listen to a broker.
    Listen(Box<ListenRequest>),
    /// Be a node of a mesh.
    MeshRun(Box<MeshRunRequest>),
    /// Say whether a mesh works.
    MeshReport(Box<MeshReportRequest>),
    /// Follow a dataset.
    Follow(FollowTask),
    /// Relay datasets.
    Relay(RelayQuery),
    /// Keep an archive of what relays offer.
    Pledge(PledgeQuery),
}

impl Task {
    /// Ids of catalogue entries that it asks for, among other targets.
    pub fn targets(&self) -> Vec<String> {
        match self {
            Self::Get(request) => request.targets.clone(),
            Self::Catalog(task) => task.id().map(ToString::to_string).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether others than this computer are served.
    pub fn serves_others(&self) -> bool {
        match self {
            Self::Publish(request) => request.serve.as_ref().is_some_and(|serve| serve.bind.is_some()),
            // A web server in front of it stands for the others; peers come by themselves.
            Self::Relay(query) => matches!(query, RelayQuery::Run { .. }),
            Self::Pledge(query) => matches!(query, PledgeQuery::Run { .. }),
            _ => false,
        }
    }
}

/// How the demo is played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DemoTask {
    /// Where files stay; nowhere when `None`.
    pub dir: Option<PathBuf>,
    /// Whether it only serves.
    pub only_serves: bool,
    /// Whether it is played in the terminal, also where there is a display.
    pub is_headless: bool,
}

/// Which file, and what is printed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexTask {
    /// A file or URL.
    pub target: String,
    /// What is printed.
    pub kind: IndexKind,
}

/// What `index` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IndexKind {
    /// A table, or the JSON of the contract.
    #[default]
    List,
    /// An index as wgrib2 writes it.
    Wgrib2,
    /// Our slice index.
    Slice,
}

/// What to print, and how to end, when there is nothing to carry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// What to print.
    pub text: String,
    /// 0 for help that was asked for (stdout), 2 for a complaint (stderr).
    pub code: u8,
}

/// Reads the arguments of the process, the first of which is its own name.
///
/// # Errors
/// What to print instead: help, the version, or a complaint.
pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation, Parting> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let asked_language = language_asked(&arguments);
    let language = asked_language.unwrap_or_else(Language::of_system);
    // The window opens sooner when no command is read that nobody gave.
    if let Some(targets) = handed_over(&arguments) {
        return Ok(Invocation { asked_language, ..Invocation::of_window(language, targets) });
    }
    let text = Translator::new(language);
    let command = command(&text);
    let commands = || complaint::commands_of(&arguments, &command).join(" ");
    let matches = command
        .clone()
        .try_get_matches_from(&arguments)
        .map_err(|error| complaint::parting_of(&error, (&arguments, &command), &text))?;
    if let Some(printed) = printed(&matches, &command) {
        return Err(printed.unwrap_or_else(|unknown| no_such_command(unknown, &text)));
    }
    invocation_of(&matches, language)
        .map(|invocation| Invocation { asked_language, ..invocation })
        .map_err(|unreadable| complaint::complaint_of(&unreadable, &commands(), &text))
}

/// What `help` and `completions` print; they need nothing else of the program.
fn printed(matches: &ArgMatches, command: &Command) -> Option<Result<Parting, (String, Option<String>)>> {
    match matches.subcommand()? {
        ("help", words) => Some(shell::help_of(words, command)),
        ("completions", words) => Some(shell::completions_of(words, command)),
        _ => None,
    }
}

fn no_such_command((name, meant): (String, Option<String>), text: &Translator) -> Parting {
    let l = &text.loader;
    let mut said = fl!(l, "cli-usage-subcommand", argument = name);
    if let Some(meant) = meant {
        said.push('\n');
        said.push_str(&fl!(l, "cli-usage-meant", meant = meant));
    }
    Parting { text: said, code: 2 }
}

/// The language is looked for before anything else is understood.
fn language_asked(arguments: &[OsString]) -> Option<Language> {
    let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let after = texts.iter().position(|text| *text == "--lang").and_then(|at| texts.get(at + 1)).copied();
    let given = texts.iter().find_map(|text| text.strip_prefix("--lang=")).or(after);
    given.and_then(Language::from_code)
}

fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let template =
        format!("{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}{{after-help}}", fl!(l, "help-usage"));
    let subcommands = [
        demo(text),
        get::command(text),
        listen::command(text),
        index::command(text),
        looking::inspect(text),
        looking::show(text),
        looking::verify(text),
        publish::command(text),
        announce::command(text),
        mesh::command(text),
        record::command(text),
        catalog::command(text),
        follow::command(text),
        relay::command(text),
        pledge::command(text),
        shell::completions_command(text),
        shell::help_command(text),
    ];
    Command::new("nuee")
        .version(env!("CARGO_PKG_VERSION"))
        .about(fl!(l, "help-about"))
        .help_template(template.clone())
        .styles(Styles::styled())
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_help_heading(fl!(l, "help-commands"))
        .subcommand_value_name(fl!(l, "help-commands").trim().to_uppercase())
        .arg(
            Arg::new("version")
                .long("version")
                .short('V')
                .action(ArgAction::Version)
                .help(fl!(l, "help-version"))
                .help_heading(fl!(l, "help-options")),
        )
        .arg(
            Arg::new("help")
                .long("help")
                .short('h')
                .global(true)
                .action(ArgAction::Help)
                .help(fl!(l, "help-help"))
                .help_heading(fl!(l, "help-global")),
        )
        .arg(
            Arg::new("lang")
                .long("lang")
                .global(true)
                .value_name("LANG")
                .help(fl!(l, "help-lang"))
                .help_heading(fl!(l, "help-global")),
        )
        .subcommands(subcommands.map(|command| in_one_form(command, &template, text)))
}

/// The command and those below it with the same layout and headings in the person's language.
fn in_one_form(command: Command, template: &str, text: &Translator) -> Command {
    let command = command
        .help_template(template.to_owned())
        .subcommand_help_heading(fl!(text.loader, "help-commands"))
        .subcommand_value_name(fl!(text.loader, "help-commands").trim().to_uppercase());
    command.mut_subcommands(|below| in_one_form(below, template, text))
}

fn option(id: &'static str, value: &'static str, help: String, text: &Translator) -> Arg {
    Arg::new(id).long(id).value_name(value).help(help).help_heading(fl!(text.loader, "help-options"))
}

fn flag(id: &'static str, help: String, text: &Translator) -> Arg {
    let heading = fl!(text.loader, "help-options");
    Arg::new(id).long(id).action(ArgAction::SetTrue).help(help).help_heading(heading)
}

fn positional(id: &'static str, value: &'static str, help: String, text: &Translator) -> Arg {
    let heading = fl!(text.loader, "help-arguments");
    Arg::new(id).value_name(value).required(true).help(help).help_heading(heading)
}

/// An argument that takes one of these words; its help names them already.
fn flag_values(argument: Arg, values: &'static [&'static str]) -> Arg {
    argument.value_parser(PossibleValuesParser::new(values)).hide_possible_values(true)
}

/// A positional argument that may be a path, for completions.
fn file(id: &'static str, value: &'static str, help: String, text: &Translator) -> Arg {
    positional(id, value, help, text).value_hint(ValueHint::AnyPath)
}

/// An option that names a folder, for completions.
fn folder(id: &'static str, help: String, text: &Translator) -> Arg {
    option(id, "DIR", help, text).value_hint(ValueHint::DirPath)
}

fn json(text: &Translator) -> Arg {
    flag("json", fl!(text.loader, "help-json"), text)
}

fn allow_local(text: &Translator) -> Arg {
    flag("allow-local", fl!(text.loader, "help-allow-local"), text)
}

/// Whom providers may write to: an address or a site, in one line that fits a header.
fn contact_of(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_graphic() && !"()<>\\\"".contains(c);
    ((3..=120).contains(&text.len()) && text.chars().all(fits)).then(|| text.to_owned())
}

fn contact(text: &Translator) -> Arg {
    option("contact", "ADDRESS", fl!(text.loader, "help-contact"), text)
}

fn providers(text: &Translator) -> Arg {
    folder("providers", fl!(text.loader, "help-providers"), text)
}

fn demo(text: &Translator) -> Command {
    let l = &text.loader;
    Command::new("demo")
        .about(fl!(l, "help-demo"))
        .long_about(fl!(l, "help-demo-long"))
        .arg(flag("headless", fl!(l, "help-demo-headless"), text))
        .arg(flag("serve", fl!(l, "help-demo-serve"), text))
        .arg(folder("dir", fl!(l, "help-demo-dir"), text))
        .arg(json(text))
}

/// A value that cannot be understood.
struct Unreadable {
    argument: &'static str,
    value: String,
}

fn invocation_of(matches: &ArgMatches, language: Language) -> Result<Invocation, Unreadable> {
    let Some((name, matches)) = matches.subcommand() else {
        return Ok(Invocation::of_window(language, Vec::new()));
    };
    let matches = if name == "mesh" { mesh::words_of(matches) } else { matches };
    let format = format_of(matches);
    let mut limits = EngineOptions::default();
    if is_set(matches, "allow-local") {
        limits.local = Local::Allowed;
    }
    limits.retries = retries::read(matches)?;
    limits.discovery = finding::read(matches)?;
    let task = match name {
        "demo" => Task::Demo(DemoTask {
            dir: path(matches, "dir"),
            only_serves: is_set(matches, "serve"),
            is_headless: is_set(matches, "headless") || format == Format::Json,
        }),
        "get" => {
            get::limit(matches, &mut limits)?;
            Task::Get(Box::new(get::request(matches)?))
        }
        "index" => Task::Index(index::task(matches)),
        "inspect" => Task::Inspect(one(matches, "target").unwrap_or_default()),
        "show" => Task::Show(one(matches, "target").unwrap_or_default()),
        "follow" => {
            let (task, words) = follow::task_of(matches)?;
            return part_of(words, language, Task::Follow(task));
        }
        "relay" => {
            let (query, words) = relay::task_of(matches)?;
            let mut invocation = part_of(words, language, Task::Relay(query))?;
            (invocation.limits.up, invocation.limits.peer_port) = relay::limits(words)?;
            return Ok(invocation);
        }
        "pledge" => {
            let (query, words) = pledge::task_of(matches)?;
            let mut invocation = part_of(words, language, Task::Pledge(query))?;
            pledge::limit(words, &mut invocation.limits)?;
            return Ok(invocation);
        }
        "catalog" => {
            let (task, words) = catalog::task_of(matches)?;
            return part_of(words, language, Task::Catalog(task));
        }
        "mesh" => mesh::task_of(matches)?,
        "announce" => Task::Announce(Box::new(announce::request(matches)?)),
        "record" => Task::Record(Box::new(record::template(matches)?)),
        "listen" => Task::Listen(Box::new(listen::request(matches)?)),
        "verify" => Task::Verify(VerifyRequest {
            paths: many(matches, "paths").into_iter().map(PathBuf::from).collect(),
            against: one(matches, "against"),
        }),
        _ => Task::Publish(Box::new(publish::request(matches))),
    };
    Ok(Invocation { language, asked_language: None, format, limits, task })
}

fn format_of(matches: &ArgMatches) -> Format {
    match (is_set(matches, "json"), is_set(matches, "print-paths")) {
        (true, _) => Format::Json,
        (_, true) => Format::Paths,
        _ => Format::Text,
    }
}

/// An invocation whose words are those of a part of a command.
fn part_of(words: &ArgMatches, language: Language, task: Task) -> Result<Invocation, Unreadable> {
    let format = format_of(words);
    let local = if is_set(words, "allow-local") { Local::Allowed } else { Local::Refused };
    let (contact, retries) = (parsed(words, "contact", contact_of)?, retries::read(words)?);
    let (providers, discovery) = (path(words, "providers"), finding::read(words)?);
    let limits = EngineOptions { providers, local, contact, retries, discovery, ..EngineOptions::default() };
    Ok(Invocation { language, asked_language: None, format, limits, task })
}

fn is_set(matches: &ArgMatches, id: &str) -> bool {
    matches.try_get_one::<bool>(id).ok().flatten().copied().unwrap_or(false)
}

fn one(matches: &ArgMatches, id: &str) -> Option<String> {
    // Parts of a command do not all have the same options.
    matches.try_get_one::<String>(id).ok().flatten().cloned()
}

fn many(matches: &ArgMatches, id: &str) -> Vec<String> {
    matches.get_many::<String>(id).into_iter().flatten().cloned().collect()
}

fn path(matches: &ArgMatches, id: &str) -> Option<PathBuf> {
    one(matches, id).map(PathBuf::from)
}

fn parsed<T>(
    matches: &ArgMatches,
    argument: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Unreadable> {
    match one(matches, argument) {
        None => Ok(None),
        Some(value) => read(&value).map(Some).ok_or(Unreadable { argument, value }),
    }
}
