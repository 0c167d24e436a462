//! Protocol Buffers as described: files, messages, enums and services, with names resolved.
//!
//! A document in the neutral model says what JSON a message may be; what the wire is made of
//! (numbers, labels, packing) stands here, for those who compare and who read bytes.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use serde_json::Value;

use crate::contract::{model::schema_pointer, pointer::join, source::Source};

/// Everything that a set of `.proto` files describes, by full name without the leading dot.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Protobuf {
    /// The files, those of the contract first and then the built-in ones that they import.
    pub files: Vec<ProtoFile>,
    /// Messages, groups included; entries of maps have none.
    pub messages: BTreeMap<String, Message>,
    /// Enumerations.
    pub enums: BTreeMap<String, Enum>,
    /// Services.
    pub services: BTreeMap<String, Service>,
    /// Extensions by full name.
    pub extensions: BTreeMap<String, Field>,
}

impl Protobuf {
    /// Whether a spot is in a file of the contract, not in a built-in one.
    pub fn is_own(&self, at: &At) -> bool {
        self.files.get(at.file).is_some_and(|file| file.source.is_some())
    }

    /// The import path of the file of a spot.
    pub fn path(&self, at: &At) -> &str {
        self.files.get(at.file).map_or("", |file| &file.path)
    }

    /// Such as `proto3`, or `proto2 and proto3` where the files differ.
    pub fn syntaxes(&self) -> String {
        let own = self.files.iter().filter(|file| file.source.is_some());
        let syntaxes: BTreeSet<Syntax> = own.map(|file| file.syntax).collect();
        let names: Vec<String> = syntaxes.iter().map(ToString::to_string).collect();
        names.join(" and ")
    }

    /// Extensions of a message, in the order of their numbers.
    pub fn extensions_of(&self, message: &str) -> Vec<(&str, &Field)> {
        let mut found: Vec<_> = self
            .extensions
            .iter()
            .filter(|(_, field)| field.extendee.as_deref() == Some(message))
            .map(|(name, field)| (name.as_str(), field))
            .collect();
        found.sort_by_key(|(_, field)| field.number);
        found
    }
}

/// Where a value of an enum stands in the document, by its position in the file.
pub(in crate::contract) fn value_pointer(name: &str, position: usize) -> String {
    format!("{}/anyOf/0/enum/{position}", schema_pointer(name))
}

/// Where an option of a message, enum or method stands in the document.
pub(in crate::contract) fn option_pointer(holder: &str, option: &str) -> String {
    join(&join(holder, "x-options"), option)
}

/// Where a service stands in the document.
pub(in crate::contract) fn service_pointer(name: &str) -> String {
    join("/services", name)
}

/// Where a file stands in the document.
pub(in crate::contract) fn file_pointer(path: &str) -> String {
    join("/files", path)
}

/// A spot: bytes of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// The file's number in [`Protobuf::files`].
    pub file: usize,
    /// Where in its text.
    pub range: Range<usize>,
}

/// One `.proto` file.
#[derive(Debug)]
pub struct ProtoFile {
    /// As others import it.
    pub path: String,
    /// Its text; none for a file that is built in.
    pub source: Option<Arc<Source>>,
    /// Its package; empty for none.
    pub package: String,
    /// Which language it is written in.
    pub syntax: Syntax,
    /// Paths of what it imports.
    pub imports: Vec<Import>,
    /// File options.
    pub options: Options,
    /// The `syntax` or `edition` line; an empty range where there is none.
    pub syntax_at: At,
    /// The `package` line; an empty range where there is none.
    pub package_at: At,
}

impl PartialEq for ProtoFile {
    /// What two files say; not where they lie.
    fn eq(&self, other: &Self) -> bool {
        (&self.path, &self.package, self.syntax, &self.options, &self.imports)
            == (&other.path, &other.package, other.syntax, &other.options, &other.imports)
    }
}

impl Eq for ProtoFile {}

/// An `import` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The path as written.
    pub path: String,
    /// Whether those who import this file see it too.
    pub public: bool,
    /// Whether only its options are meant (edition 2024).
    pub option: bool,
    /// Where the path stands.
    pub at: At,
}

/// The language of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Syntax {
    /// `proto2`, also where a file does not say.
    Proto2,
    /// `proto3`.
    Proto3,
    /// `edition = "2023"` and later.
    Edition(u16),
}

impl std::fmt::Display for Syntax {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Proto2 => f.write_str("proto2"),
            Self::Proto3 => f.write_str("proto3"),
            Self::Edition(year) => write!(f, "edition {year}"),
        }
    }
}

/// Options by name, such as `java_package`, `features.field_presence` or `(google.api.http)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Values, words as text, with their places.
    pub set: BTreeMap<String, (Value, At)>,
}

impl Options {
    /// The value of an option as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.set.get(name).and_then(|(value, _)| value.as_str())
    }

    /// Whether an option is set to true.
    pub fn is_true(&self, name: &str) -> bool {
        matches!(self.set.get(name), Some((Value::Bool(true), _)))
    }

    /// All of them as an object.
    pub fn values(&self) -> Value {
        self.set.iter().map(|(name, (value, _))| (name.clone(), value.clone())).collect()
    }
}

/// What an edition lets each element choose, or what its syntax fixed
/// (protobuf guide, "Feature Settings for Editions").
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a feature of its own")]
pub struct Features {
    /// `field_presence`.
    pub presence: Presence,
    /// `enum_type = CLOSED`.
    pub closed_enum: bool,
    /// `repeated_field_encoding = PACKED`.
    pub packed: bool,
    /// `utf8_validation = VERIFY`.
    pub utf8: bool,
    /// `message_encoding = DELIMITED`.
    pub delimited: bool,
    /// `json_format = ALLOW`; false for `LEGACY_BEST_EFFORT`.
    pub json: bool,
    /// `(pb.java).utf8_validation = VERIFY`; none follows `utf8`.
    pub java_utf8: Option<bool>,
    /// `(pb.cpp).string_type`.
    pub cpp_string: Option<String>,
}

/// Whether absence can be told from the default value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It can.
    Explicit,
    /// It cannot: the default is not sent.
    Implicit,
    /// It must be there.
    Required,
}

/// A message or group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The whole declaration.
    pub at: At,
    /// Its name in its declaration.
    pub name_at: At,
    /// Fields in the order of the file.
    pub fields: Vec<Field>,
    /// Names of its oneofs, with their places.
    pub oneofs: Vec<(String, At)>,
    /// Reserved numbers, ends included.
    pub reserved: Vec<Numbers>,
    /// Reserved names.
    pub reserved_names: Vec<(String, At)>,
    /// Numbers for extensions, ends included.
    pub extension_ranges: Vec<Numbers>,
    /// Message options.
    pub options: Options,
    /// Its features.
    pub features: Features,
    /// The comment before it.
    pub comment: String,
}

impl Message {
    /// The field of this number.
    pub fn field(&self, number: i32) -> Option<&Field> {
        self.fields.iter().find(|field| field.number == number)
    }
}

/// A range of numbers, ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// The first.
    pub first: i32,
    /// The last.
    pub last: i32,
    /// Where it stands.
    pub at: At,
}

/// A field or extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name as written.
    pub name: String,
    /// Its number on the wire.
    pub number: i32,
    /// How often it comes.
    pub label: Label,
    /// Its type.
    pub kind: Kind,
    /// Its name in JSON.
    pub json_name: String,
    /// The oneof that it is part of; not the one that `optional` makes.
    pub oneof: Option<String>,
    /// The default as written, proto2 and editions alone.
    pub default: Option<Value>,
    /// The message that it extends, if it is an extension.
    pub extendee: Option<String>,
    /// Field options, `default` and `json_name` among them.
    pub options: Options,
    /// Its features.
    pub features: Features,
    /// The whole declaration.
    pub at: At,
    /// The type in its declaration.
    pub kind_at: At,
    /// The name in its declaration.
    pub name_at: At,
    /// The comment before it.
    pub comment: String,
}

/// How often a field comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// At most once, and its absence can be told.
    Optional,
    /// At most once; absent is the default value.
    Implicit,
    /// Exactly once.
    Required,
    /// Any number of times.
    Repeated,
    /// Any number of times, with keys.
    Map,
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A value without parts.
    Scalar(Scalar),
    /// A message by its full name; a group where `delimited`.
    Message {
        /// Its full name.
        name: String,
        /// Between two tags instead of behind its length.
        delimited: bool,
    },
    /// An enumeration by its full name.
    Enum(String),
    /// `map<key, value>`.
    Map(Scalar, Box<Kind>),
    /// A name that is not resolved yet.
    Named(String),
}

/// A type without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    /// 64 bits, floating point.
    Double,
    /// 32 bits, floating point.
    Float,
    /// 32 bits, ten bytes where negative.
    Int32,
    /// 64 bits, ten bytes where negative.
    Int64,
    /// 32 bits, never negative.
    Uint32,
    /// 64 bits, never negative.
    Uint64,
    /// 32 bits, small where near zero.
    Sint32,
    /// 64 bits, small where near zero.
    Sint64,
    /// 32 bits in four bytes, never negative.
    Fixed32,
    /// 64 bits in eight bytes, never negative.
    Fixed64,
    /// 32 bits in four bytes.
    Sfixed32,
    /// 64 bits in eight bytes.
    Sfixed64,
    /// True or false.
    Bool,
    /// UTF-8 text.
    String,
    /// Any bytes.
    Bytes,
}

impl Scalar {
    /// All of them with their names.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::Double, "double"),
        (Self::Float, "float"),
        (Self::Int32, "int32"),
        (Self::Int64, "int64"),
        (Self::Uint32, "uint32"),
        (Self::Uint64, "uint64"),
        (Self::Sint32, "sint32"),
        (Self::Sint64, "sint64"),
        (Self::Fixed32, "fixed32"),
        (Self::Fixed64, "fixed64"),
        (Self::Sfixed32, "sfixed32"),
        (Self::Sfixed64, "sfixed64"),
        (Self::Bool, "bool"),
        (Self::String, "string"),
        (Self::Bytes, "bytes"),
    ];

    /// The scalar of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(scalar, _)| *scalar)
    }

    /// Its name in the language.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(scalar, _)| *scalar == self).map_or("", |(_, name)| name)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Scalar(scalar) => f.write_str(scalar.name()),
            Self::Message { name, delimited: true } => write!(f, "group {name}"),
            Self::Message { name, .. } | Self::Enum(name) | Self::Named(name) => f.write_str(name),
            Self::Map(key, value) => write!(f, "map<{}, {value}>", key.name()),
        }
    }
}

/// An enumeration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    /// The whole declaration.
    pub at: At,
    /// Its name in its declaration.
    pub name_at: At,
    /// Values in the order of the file; several may share a number.
    pub values: Vec<EnumValue>,
    /// Reserved numbers, ends included.
    pub reserved: Vec<Numbers>,
    /// Reserved names.
    pub reserved_names: Vec<(String, At)>,
    /// Enum options.
    pub options: Options,
    /// Its features.
    pub features: Features,
    /// The comment before it.
    pub comment: String,
}

/// A value of an enumeration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumValue {
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: i32,
    /// Its options.
    pub options: Options,
    /// The whole declaration.
    pub at: At,
    /// The number in its declaration.
    pub number_at: At,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The whole declaration.
    pub at: At,
    /// Methods in the order of the file.
    pub methods: Vec<Method>,
    /// Service options.
    pub options: Options,
    /// The comment before it.
    pub comment: String,
}

/// A method of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// Full name of the message that is sent.
    pub input: String,
    /// Full name of the message that is answered.
    pub output: String,
    /// Whether many messages may be sent.
    pub client_streaming: bool,
    /// Whether many messages may be answered.
    pub server_streaming: bool,
    /// Method options.
    pub options: Options,
    /// The whole declaration.
    pub at: At,
    /// The name of the message that is sent.
    pub input_at: At,
    /// The name of the message that is answered.
    pub output_at: At,
    /// The comment before it.
    pub comment: String,
}
