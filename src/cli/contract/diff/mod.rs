//! `probe contract diff`: how two versions of a promise differ, and whom that breaks.

mod formats;
mod judged;
mod target;
mod text;

pub(super) use judged::diff;
