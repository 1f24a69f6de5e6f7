//! What the project as a whole promises, beyond one folder.

mod architecture;
