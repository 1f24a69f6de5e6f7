//! One file or folder a screen; each has a `show(ui, scene, view) -> Vec<Action>`.
