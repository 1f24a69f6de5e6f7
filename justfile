# Short names for what CONTRIBUTING.md says. `just` lists them.

_:
    @just --list

# The window on synthetic data; nothing outside this computer is contacted
demo:
    cargo run --release -- demo

# The same in the terminal
demo-headless:
    cargo run --release -- demo --headless

# Tests without network and without other programs
test:
    cargo test

# Commands, options, links and languages of the documentation
test-docs:
    cargo test --test spec docs

# Tests with real programs, all required
interop:
    NUEE_INTEROP=required cargo test --test interop

# A hundred thousand mutations of what each parser reads
mutations:
    NUEE_MUTATIONS=100000 cargo test --lib -- mutated damaged

# Ten minutes of one target of `fuzz/`, led by what code it reaches (cargo-fuzz, a nightly toolchain)
fuzz target:
    cargo +nightly fuzz run {{target}} -- -max_total_time=600

# Format and lints, as before a commit
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    cargo clippy --no-default-features --all-targets -- -D warnings

# Both books, into book/en and book/fr
book:
    mdbook build docs/en
    mdbook build docs/fr

# Spelling, and links to files
prose:
    typos
    lychee --config lychee.toml .

# Everything, on a machine with apt-get
ci:
    .ci/run
