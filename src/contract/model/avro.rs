//! Avro schemas as described, names resolved (Avro specification 1.12.0).

use std::collections::BTreeMap;

use serde_json::Value;

/// All schemas of a contract.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Avro {
    /// Records, enums and fixed types by full name.
    pub named: BTreeMap<String, Named>,
    /// What each file describes.
    pub roots: Vec<Type>,
}

/// A type where it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    /// What it is.
    pub kind: Kind,
    /// Its logical type, if it is a known one.
    pub logical: Option<Logical>,
}

impl Type {
    /// How a branch of a union is named in JSON.
    pub fn branch_name(&self) -> &str {
        match &self.kind {
            Kind::Primitive(primitive) => primitive.name(),
            Kind::Array(_) => "array",
            Kind::Map(_) => "map",
            Kind::Union(_) => "union",
            Kind::Named(name) => name,
        }
    }
}

/// What a type is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A type without parts.
    Primitive(Primitive),
    /// A list.
    Array(Box<Type>),
    /// Values by text.
    Map(Box<Type>),
    /// One of several.
    Union(Vec<Type>),
    /// A record, enum or fixed type by its full name.
    Named(String),
}

/// A type without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Primitive {
    /// No value.
    Null,
    /// True or false.
    Boolean,
    /// 32 bits.
    Int,
    /// 64 bits.
    Long,
    /// 32 bits, floating point.
    Float,
    /// 64 bits, floating point.
    Double,
    /// Any bytes.
    Bytes,
    /// Text.
    String,
}

impl Primitive {
    /// All of them with their names.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Null, "null"),
        (Self::Boolean, "boolean"),
        (Self::Int, "int"),
        (Self::Long, "long"),
        (Self::Float, "float"),
        (Self::Double, "double"),
        (Self::Bytes, "bytes"),
        (Self::String, "string"),
    ];

    /// The type of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(primitive, _)| *primitive)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, name)| name)
    }
}

/// A logical type (specification, "Logical Types").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logical {
    /// Such as `decimal`.
    pub name: String,
    /// Digits of a decimal.
    pub precision: u64,
    /// Digits behind the point of a decimal.
    pub scale: u64,
}

impl std::fmt::Display for Logical {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.name.as_str() {
            "decimal" => write!(f, "decimal({}, {})", self.precision, self.scale),
            name => f.write_str(name),
        }
    }
}

/// A record, enum or fixed type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What it is.
    pub body: Body,
    /// Full names that it had.
    pub aliases: Vec<String>,
    /// Its logical type, if it is a known one.
    pub logical: Option<Logical>,
    /// Its documentation.
    pub doc: String,
    /// File and JSON Pointer of its definition.
    pub at: (usize, String),
}

/// What a named type is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Fields in their order.
    Record(Vec<Field>),
    /// Symbols in their order, and the one that stands for unknown ones.
    Enum(Vec<String>, Option<String>),
    /// So many bytes.
    Fixed(u64),
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Names that it had.
    pub aliases: Vec<String>,
    /// Its type.
    pub kind: Type,
    /// What a reader takes where the writer has no such field.
    pub default: Option<Value>,
    /// Its documentation.
    pub doc: String,
    /// JSON Pointer in the file of its record.
    pub at: String,
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.kind {
            Kind::Primitive(primitive) => f.write_str(primitive.name())?,
            Kind::Array(items) => write!(f, "array of {items}")?,
            Kind::Map(values) => write!(f, "map of {values}")?,
            Kind::Named(name) => f.write_str(name)?,
            Kind::Union(branches) => {
                let names: Vec<String> = branches.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", names.join(", "))?;
            }
        }
        match &self.logical {
            Some(logical) => write!(f, " ({logical})"),
            None => Ok(()),
        }
    }
}
