//! Colours of the terminal: only where a person looks, and never where `NO_COLOR` asks for none.
//!
//! In: what the environment says and whether a stream is a terminal. Out: [`Paint`], which marks words or leaves them.
//! Colour repeats what the words say; nothing is told by it alone.

use anstyle::{AnsiColor, Style};
use std::env;

/// What a word is marked as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordTone {
    /// All is well.
    Good,
    /// Worth a look.
    Caution,
    /// An error.
    Bad,
    /// Less important than its neighbours.
    Faint,
}

impl WordTone {
    const fn style(self) -> Style {
        match self {
            Self::Good => AnsiColor::Green.on_default(),
            Self::Caution => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Faint => Style::new().dimmed(),
        }
    }
}

/// Whether words are marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paint {
    /// They are left as they are.
    #[default]
    Plain,
    /// They get colours.
    Coloured,
}

impl Paint {
    /// As the environment of this process asks, for a stream that is or is not a terminal.
    pub fn of_environment(stream: Stream) -> Self {
        let variable = |name| env::var_os(name).and_then(|value| value.into_string().ok());
        Self::of(stream, variable("NO_COLOR").as_deref(), variable("TERM").as_deref())
    }

    /// Colours on a terminal that can show them, unless `NO_COLOR` is there and not empty (no-color.org).
    pub fn of(stream: Stream, no_color: Option<&str>, term: Option<&str>) -> Self {
        let is_refused = no_color.is_some_and(|value| !value.is_empty()) || term == Some("dumb");
        if stream == Stream::Terminal && !is_refused { Self::Coloured } else { Self::Plain }
    }

    /// The word, marked.
    pub fn mark(self, tone: WordTone, word: &str) -> String {
        match self {
            Self::Plain => word.to_owned(),
            Self::Coloured => {
                let style = tone.style();
                format!("{style}{word}{style:#}")
            }
        }
    }
}

/// Where text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// A person looks at it.
    Terminal,
    /// A file or another program.
    Other,
}

impl Stream {
    /// The standard output of this process.
    pub fn of_stdout() -> Self {
        Self::of(&std::io::stdout())
    }

    /// The standard error of this process.
    pub fn of_stderr() -> Self {
        Self::of(&std::io::stderr())
    }

    fn of(stream: &impl std::io::IsTerminal) -> Self {
        if stream.is_terminal() { Self::Terminal } else { Self::Other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_and_never_with_no_color() {
        let xterm = Some("xterm-256color");
        assert_eq!(Paint::of(Stream::Terminal, None, xterm), Paint::Coloured);
        assert_eq!(Paint::of(Stream::Terminal, Some(""), xterm), Paint::Coloured);
        assert_eq!(Paint::of(Stream::Terminal, Some("1"), xterm), Paint::Plain);
        assert_eq!(Paint::of(Stream::Terminal, None, Some("dumb")), Paint::Plain);
        assert_eq!(Paint::of(Stream::Other, None, xterm), Paint::Plain);
    }

    #[test]
    fn a_marked_word_ends_with_a_reset_and_a_plain_one_stays() {
        assert_eq!(Paint::Plain.mark(WordTone::Good, "verified"), "verified");
        assert_eq!(Paint::Coloured.mark(WordTone::Good, "verified"), "\u{1b}[32mverified\u{1b}[0m");
    }
}
