//! Moves bytes to and from a partner, and writes down what happened.
//!
//! The waist is [`Transport::exchange`]: a call in, always an
//! [`Exchange`](crate::evidence::Exchange) out, also when the wire fails. What
//! the bytes mean is not known here.
//!
//! A call passes through `request` (checked, signed, and shown without
//! secrets), `policy` (limits and retry) and, once for each try, `attempt`
//! (hyper's client over our own `connect`).

mod asked;
mod attempt;
mod auth;
mod clock;
mod connect;
mod control;
mod cut;
mod error;
mod http;
mod inserted;
mod ledger;
mod limit;
pub mod listener;
mod pace;
mod policy;
mod request;
mod retry;
mod secret;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tls;

pub use clock::{Clock, Starvation};
pub use control::{Control, PathState};
pub use error::was_sent;
pub use http::{Call, Credentials, MAX_BODY, Outgoing, Transport, TransportSettings};
pub use inserted::{Inserted, Pause};
pub use ledger::Ledger;
pub use limit::Passed;
pub use pace::Pace;
pub use retry::LONGEST_WAIT;
pub use secret::Secrets;
