//! The terminal: the same actions, questions and snapshots as a window, printed.
//!
//! In: arguments. Out: text or JSON lines on stdout, progress and prose on stderr, an exit code.
//! | file | what it is |
//! |---|---|
//! | [`arguments`] | the words of the command line, in both languages |
//! | `values` | rates and times as people write them |
//! | [`paint`] | colours, where a person looks |
//! | [`output`] | the only writer: a reader that goes away ends the program, not with a panic |
//! | [`catalog`] | `catalog` |
//! | `events` | the events of a command that runs on, one after the other |
//! | `finding` | what comes of asking a router to let peers connect |
//! | [`follow`] | `follow` |
//! | `forwarding` | what follows for the mesh |
//! | [`get`] | follows one job to its end |
//! | [`listing`] | `index`, `inspect`, `verify` |
//! | `showing` | `show` |
//! | [`messages`] | `inspect` of what brokers send |
//! | [`listen`] | follows a broker |
//! | [`publishing`] | `publish` |
//! | [`announcing`] | `announce` |
//! | [`relay`], `relay_used` | `relay` |
//! | [`pledge`] | `pledge` |
//! | [`mesh`], [`mesh_report`] | `mesh run`, `mesh report` |
//! | [`record`] | `record` |
//! | [`journey`], `relay_demo` | what the demo shows |
//!
//! Start reading at [`run`].

pub mod announcing;
pub mod arguments;
pub mod catalog;
mod events;
mod finding;
pub mod follow;
mod forwarding;
pub mod get;
pub mod journey;
pub mod json;
pub mod listen;
pub mod listing;
pub mod mesh;
pub mod mesh_report;
pub mod messages;
pub mod output;
pub mod paint;
pub mod pledge;
pub mod progress;
pub mod publishing;
pub mod record;
pub mod relay;
mod relay_demo;
mod relay_used;
mod showing;
mod table;
mod values;

use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::i18n::{Translator, window_start};
use arguments::{Invocation, Task};
use output::Output;

/// The exit code when the output cannot be written.
const OUTPUT_GONE: u8 = End::Disk.exit_code();

/// Carries an invocation out and returns the exit code. The demo is not among what it can do: see [`journey`].
pub fn run(invocation: &Invocation, link: &dyn Link) -> u8 {
    let text = Translator::new(invocation.language);
    let mut output = Output::new(invocation.format);
    let ended = match &invocation.task {
        Task::Get(request) => get::run(request, link, (&text, &mut output)).map(|end| end.exit_code()),
        Task::Index(task) => listing::index(task, link, (&text, &mut output)),
        Task::Inspect(target) => listing::inspect(target, link, (&text, &mut output)),
        Task::Show(target) => showing::show(target, link, (&text, &mut output)),
        Task::Verify(request) => listing::verify(request, link, (&text, &mut output)),
        Task::Follow(task) => follow::run(task, link, (&text, &mut output)),
        Task::Relay(query) => relay::run(query, link, (&text, &mut output)),
        Task::Pledge(query) => pledge::run(query, link, (&text, &mut output)),
        Task::Catalog(task) => catalog::run(task, link, (&text, &mut output)),
        Task::Listen(request) => listen::run(request, link, (&text, &mut output)),
        Task::Announce(request) => announcing::run(request, link, (&text, &mut output)),
        Task::MeshRun(request) => mesh::run(request, link, (&text, &mut output)),
        Task::MeshReport(request) => mesh_report::run(request, link, (&text, &mut output)),
        Task::Record(template) => record::run(template, link, (&text, &mut output)),
        Task::Publish(request) => publishing::run(request, link, (&text, &mut output)),
        Task::Window(_) | Task::Demo(_) => {
            output.say(&window_start::missing(&text));
            Ok(End::Usage.exit_code())
        }
    };
    ended.unwrap_or(OUTPUT_GONE)
}

/// Prints help that was asked for, and returns the exit code.
pub fn print(text: &str) -> u8 {
    Output::new(output::Format::Text).line(text).map_or(OUTPUT_GONE, |()| End::Done.exit_code())
}
