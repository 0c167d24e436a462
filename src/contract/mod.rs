//! What was promised: documents read into one neutral model.
//!
//! The corridors `read`, `check`, `codec` and `generate` meet only in `model`,
//! `schema` and `source`; `check` and `generate` stand on `codec`, since bytes
//! have one reading. Everything is pure; `load` is the one file that
//! touches the disk.
//!
//! The waist is [`fn@check`]: an operation and an exchange give findings, and
//! nothing else is asked, so a recorded exchange can be judged again.

pub mod check;
pub mod codec;
pub mod compare;
#[cfg(test)]
mod fixture;
pub mod generate;
mod load;
mod model;
mod pointer;
mod read;
mod route;
mod schema;
mod shape;
pub mod source;
mod table;

pub use check::{Checked, Tolerance, Tolerances, check, check_decoded};
pub use load::{MOST_BYTES, ends_in, is_one_of_many, is_overlay, known, load, open, root_among};
pub use model::{
    Action, Contract, DescribedFrom, HeaderSpec, Kind, MediaType, NamedExample, Operation,
    Parameter, ParameterPlace, ParameterStyle, Polarity, RequestBody, ResponseSpec,
    SecurityRequirement, SecurityScheme, Standard, StatusPattern,
};
pub use read::read;
pub use schema::SchemaRef;
