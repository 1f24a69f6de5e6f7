//! What a person arranged on the screen, kept from one start to the next.

/// Sizes that a person dragged; `None` where they were left as they come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WindowLayout {
    /// Height of the detail of a transfer, in points.
    pub detail_height: Option<u16>,
}
