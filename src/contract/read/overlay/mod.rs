//! Overlays: what lies beside a vendor's document and changes it as it is read (`OpenAPI` Overlay
//! Specification 1.0 and 1.1), so that the document itself is never edited by hand.
//!
//! An overlay is applied to the root document as parsed, before anything else looks at it, so that
//! it serves every standard that is written in JSON or YAML. Whatever it added or changed has its
//! place in the overlay.

mod action;
mod apply;
mod edit;
mod origins;
#[cfg(test)]
mod tests;

pub(super) use apply::apply;
