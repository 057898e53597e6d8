//! Room on the thread's stack, so that no depth of filters overflows it.
//!
//! Waiting steps nest: polling, and dropping, the outermost runs through a few frames of every one further in. At
//! every app, at every tower service and every [`STRIDE`] async filters in between, the stack goes on elsewhere when
//! it is nearly used up. Looking costs a few instructions; there is no limit to the depth but memory.

/// How many async filters may lie between two looks.
pub(super) const STRIDE: usize = 64;

/// Bytes that must be free: what [`STRIDE`] filters take in a debug build, and as much again for an app.
const RED_ZONE: usize = 512 * 1024;

/// Bytes of each further piece of stack.
const PIECE: usize = 2 * 1024 * 1024;

pub(super) fn with_room<T>(work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(RED_ZONE, PIECE, work)
}
