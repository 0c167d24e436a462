//! The room as a whole, over real sockets: against an independent partner, and
//! against partners that break the wire.

mod answers;
mod throttled;
mod wire;
