//! Nuée.
fn main() {}
