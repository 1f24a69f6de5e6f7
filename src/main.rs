//! Arguments in, exit code out: the only place where terminal, demo and engine meet.

use nuee::app::Reach;
use nuee::cli::arguments::{self, Invocation, Local};
use nuee::engine::host::{Engine, EngineSettings};
use std::process::ExitCode;

fn main() -> ExitCode {
    match arguments::read(std::env::args_os()) {
        Ok(invocation) => ExitCode::from(carry_out(&invocation)),
        Err(parting) if parting.code == 0 => ExitCode::from(nuee::cli::print(&parting.text)),
        Err(parting) => {
            eprintln!("{}", parting.text);
            ExitCode::from(parting.code)
        }
    }
}

fn carry_out(invocation: &Invocation) -> u8 {
    let engine = match Engine::start(&settings_of(invocation)) {
        Ok(engine) => engine,
        Err(error) => {
            eprintln!("nuee: {error}");
            return 5;
        }
    };
    engine.stop_on_signals();
    nuee::cli::run(invocation, &engine)
}

fn settings_of(invocation: &Invocation) -> EngineSettings {
    let usual = EngineSettings::default();
    EngineSettings {
        reach: match invocation.limits.local {
            Local::Allowed => Reach::Anywhere,
            Local::Refused => Reach::Public,
        },
        limit_down: invocation.limits.down,
        limit_up: invocation.limits.up,
        connections_per_host: invocation.limits.connections.unwrap_or(usual.connections_per_host),
        ..usual
    }
}
