//! What a shape is to the rest of the readers: how it is told, and who reads it.

use std::ops::Range;

use super::{Context, Sink, View};
use crate::record::Shape;

/// How far behind the start of a list or of strings a warning within it is looked for. A table must be looked at twice
/// anyway; what is longer than this was redirected into a file, where warnings do not go.
pub(super) const NEAR_BYTES: usize = 64 * 1024;

/// A shape, with what reads it. Each module of a shape has one; `read.rs` names the modules.
pub(super) struct Reader {
    /// The shape.
    pub(super) shape: Shape,
    /// Reads a file that has the shape from its start on, and returns where it ends: what stands below was pasted there.
    /// `None` where the file does not begin so.
    pub(super) file: fn(&View<'_>, &mut Sink<'_>) -> Option<usize>,
    /// Reads the block of a console that begins at a place, and returns where it ends: at the place where no block of the
    /// shape begins there, or where warnings interrupt it.
    pub(super) block: fn(&Opening<'_>, &mut Sink<'_>, Interrupts<'_>) -> usize,
}

/// The reader of no file of its own: the shape stands in consoles only.
pub(super) fn no_file(_view: &View<'_>, _sink: &mut Sink<'_>) -> Option<usize> {
    None
}

/// Where a block may begin, and what is known of what it may be.
pub(super) struct Opening<'p> {
    /// The text.
    pub(super) view: &'p View<'p>,
    /// Where the block would begin.
    pub(super) at: usize,
    /// What stands above.
    pub(super) context: Context<'p>,
    /// Whether the command above prints objects that rolecall reads. Below it a document may be damaged or cut; elsewhere
    /// it has to be whole.
    pub(super) is_output: bool,
    /// Whether it is the first that the command above printed.
    pub(super) is_first: bool,
}

impl Opening<'_> {
    /// The text from the place on.
    pub(super) fn rest(&self) -> &str {
        &self.view.text()[self.at..]
    }
}

/// Says whether warnings stand between the lines of a block, the first of them before an offset; the lines of the range
/// begin none, as the reader knows.
pub(super) type Interrupts<'i> = &'i mut dyn FnMut(usize, Range<usize>) -> bool;
