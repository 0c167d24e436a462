//! Schema resolution: whether a reader can read what a writer writes, and where not.

use std::collections::{HashMap, HashSet};

use crate::contract::model::{
    avro::{Avro, Body, Field, Kind, Logical, Named, Primitive, Type},
    field_pointer, schema_pointer,
};

/// Pairs of types that are compared at most; schemas of vendors need some thousands.
const MOST_PAIRS: usize = 1_000_000;

/// Why a reader cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    pub(super) rule: &'static str,
    /// Where, in words: `User.address.street`.
    pub(super) path: String,
    /// Pointers of the nearest named type or field on both sides.
    pub(super) reader_pointer: String,
    pub(super) writer_pointer: String,
    /// What both say.
    pub(super) reader: String,
    pub(super) writer: String,
}

/// Where the walk is.
#[derive(Clone)]
pub(super) struct Spot {
    pub(super) path: String,
    pub(super) reader: String,
    pub(super) writer: String,
}

impl Spot {
    fn below(&self, part: &str) -> Self {
        Self { path: format!("{}{part}", self.path), ..self.clone() }
    }
}

/// A resolution of one schema as reader against another as writer.
pub(super) struct Resolution<'s> {
    reader: &'s Avro,
    writer: &'s Avro,
    /// Whether a pair can be read; a pair that is being looked at can, until it is known not to.
    known: HashMap<(usize, usize), bool>,
    /// Pairs of names whose mismatches were told.
    told: HashSet<(String, String)>,
    pairs_left: usize,
    found: Vec<Mismatch>,
}

impl<'s> Resolution<'s> {
    pub(super) fn new(reader: &'s Avro, writer: &'s Avro) -> Self {
        Self {
            reader,
            writer,
            known: HashMap::new(),
            told: HashSet::new(),
            pairs_left: MOST_PAIRS,
            found: Vec::new(),
        }
    }

    /// What was found; `None` where the schemas are too large to be compared.
    pub(super) fn finish(self) -> Option<Vec<Mismatch>> {
        (self.pairs_left > 0).then_some(self.found)
    }

    fn miss(&mut self, rule: &'static str, spot: &Spot, reader: &str, writer: &str) {
        self.found.push(Mismatch {
            rule,
            path: spot.path.clone(),
            reader_pointer: spot.reader.clone(),
            writer_pointer: spot.writer.clone(),
            reader: reader.to_owned(),
            writer: writer.to_owned(),
        });
    }

    /// Tells every place at which the reader cannot read.
    pub(super) fn tell(&mut self, reader: &Type, writer: &Type, spot: &Spot) {
        match (&reader.kind, &writer.kind) {
            (_, Kind::Union(branches)) => {
                for branch in branches {
                    self.branch(reader, branch, spot);
                }
            }
            (Kind::Union(_), _) => self.branch(reader, writer, spot),
            (Kind::Array(reader), Kind::Array(writer)) => {
                self.tell(reader, writer, &spot.below("[]"));
            }
            (Kind::Map(reader), Kind::Map(writer)) => {
                self.tell(reader, writer, &spot.below("{}"));
            }
            (Kind::Named(reader), Kind::Named(writer)) => self.tell_named(reader, writer, spot),
            (Kind::Primitive(r), Kind::Primitive(w)) if promotes(*r, *w) => {
                self.logical(reader.logical.as_ref(), writer.logical.as_ref(), spot);
            }
            _ => self.miss("avro.type", spot, &reader.to_string(), &writer.to_string()),
        }
    }

    /// One branch that a writer may write, or its only type, against a reader.
    fn branch(&mut self, reader: &Type, writer: &Type, spot: &Spot) {
        let Kind::Union(branches) = &reader.kind else {
            return self.tell(reader, writer, spot);
        };
        // The first branch that matches is taken, one of the same name before others.
        let same =
            branches.iter().find(|branch| same_name(self.reader, branch, self.writer, writer));
        if let Some(same) = same {
            return self.tell(same, writer, spot);
        }
        if !branches.iter().any(|branch| self.can(branch, writer)) {
            self.miss("avro.union-branch", spot, &reader.to_string(), &writer.to_string());
        }
    }

    fn logical(&mut self, reader: Option<&Logical>, writer: Option<&Logical>, spot: &Spot) {
        if reader != writer {
            let text =
                |logical: Option<&Logical>| logical.map_or("none".to_owned(), ToString::to_string);
            self.miss("avro.logical-type", spot, &text(reader), &text(writer));
        }
    }

    fn tell_named(&mut self, reader: &str, writer: &str, spot: &Spot) {
        let sides = (self.reader.named.get(reader), self.writer.named.get(writer));
        let (Some(own), Some(other)) = sides else { return };
        if !self.told.insert((reader.to_owned(), writer.to_owned())) {
            return;
        }
        let spot = Spot {
            path: spot.path.clone(),
            reader: schema_pointer(reader),
            writer: schema_pointer(writer),
        };
        if !named_alike(reader, own, writer) {
            self.miss("avro.name", &spot, reader, writer);
        }
        match (&own.body, &other.body) {
            (Body::Record(fields), Body::Record(written)) => {
                for field in fields {
                    let below = Spot {
                        path: format!("{}.{}", spot.path, field.name),
                        reader: field_pointer(reader, &field.name),
                        writer: schema_pointer(writer),
                    };
                    match written_field(field, written) {
                        Some(from) => {
                            let writer = field_pointer(writer, &from.name);
                            self.tell(&field.kind, &from.kind, &Spot { writer, ..below });
                        }
                        None if field.default.is_none() => {
                            let rule = "avro.field-without-default";
                            self.miss(rule, &below, &field.kind.to_string(), "none");
                        }
                        None => {}
                    }
                }
            }
            (Body::Enum(symbols, default), Body::Enum(written, _)) => {
                if default.is_none() {
                    for symbol in written.iter().filter(|symbol| !symbols.contains(symbol)) {
                        self.miss("avro.enum-symbol", &spot, "unknown", symbol);
                    }
                }
            }
            (Body::Fixed(own), Body::Fixed(other)) => {
                if own != other {
                    let (own, other) = (format!("{own} bytes"), format!("{other} bytes"));
                    self.miss("avro.fixed-size", &spot, &own, &other);
                }
            }
            _ => self.miss("avro.type", &spot, kind_name(own), kind_name(other)),
        }
        self.logical(own.logical.as_ref(), other.logical.as_ref(), &spot);
    }

    /// Whether the reader can read all that the writer writes.
    fn can(&mut self, reader: &Type, writer: &Type) -> bool {
        // Types live as long as their schemas, so that their addresses name them.
        let key = (std::ptr::from_ref(reader) as usize, std::ptr::from_ref(writer) as usize);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let Some(left) = self.pairs_left.checked_sub(1) else { return true };
        self.pairs_left = left;
        self.known.insert(key, true);
        let can = match (&reader.kind, &writer.kind) {
            (_, Kind::Union(branches)) => branches.iter().all(|branch| self.can(reader, branch)),
            (Kind::Union(branches), _) => branches.iter().any(|branch| self.can(branch, writer)),
            (Kind::Array(reader), Kind::Array(writer)) | (Kind::Map(reader), Kind::Map(writer)) => {
                self.can(reader, writer)
            }
            (Kind::Primitive(reader), Kind::Primitive(writer)) => promotes(*reader, *writer),
            (Kind::Named(reader), Kind::Named(writer)) => self.can_named(reader, writer),
            _ => false,
        };
        self.known.insert(key, can);
        can
    }

    fn can_named(&mut self, reader: &str, writer: &str) -> bool {
        let sides = (self.reader.named.get(reader), self.writer.named.get(writer));
        let (Some(own), Some(other)) = sides else { return false };
        if !named_alike(reader, own, writer) {
            return false;
        }
        match (&own.body, &other.body) {
            (Body::Record(fields), Body::Record(written)) => {
                fields.iter().all(|field| match written_field(field, written) {
                    Some(from) => self.can(&field.kind, &from.kind),
                    None => field.default.is_some(),
                })
            }
            (Body::Enum(symbols, default), Body::Enum(written, _)) => {
                default.is_some() || written.iter().all(|symbol| symbols.contains(symbol))
            }
            (Body::Fixed(own), Body::Fixed(other)) => own == other,
            _ => false,
        }
    }
}

/// Whether a reader makes one type of another.
fn promotes(reader: Primitive, writer: Primitive) -> bool {
    use Primitive as P;
    reader == writer
        || matches!(
            (writer, reader),
            (P::Int, P::Long | P::Float | P::Double)
                | (P::Long, P::Float | P::Double)
                | (P::Float, P::Double)
                | (P::String, P::Bytes)
                | (P::Bytes, P::String)
        )
}

/// The field of the writer that a field of the reader is read from: of its name, else of an alias.
pub(super) fn written_field<'w>(field: &Field, written: &'w [Field]) -> Option<&'w Field> {
    let named = |name: &str| written.iter().find(|other| other.name == name);
    named(&field.name).or_else(|| field.aliases.iter().find_map(|alias| named(alias)))
}

/// Whether two named types are the same by name: unqualified, or by an alias of the reader.
pub(super) fn named_alike(reader: &str, own: &Named, writer: &str) -> bool {
    let short = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    short(reader) == short(writer) || own.aliases.iter().any(|alias| alias == writer)
}

fn same_name(reader_side: &Avro, reader: &Type, writer_side: &Avro, writer: &Type) -> bool {
    match (&reader.kind, &writer.kind) {
        (Kind::Named(own), Kind::Named(other)) => {
            let (Some(own_type), Some(other_type)) =
                (reader_side.named.get(own), writer_side.named.get(other))
            else {
                return false;
            };
            let kinds = std::mem::discriminant(&own_type.body);
            kinds == std::mem::discriminant(&other_type.body) && named_alike(own, own_type, other)
        }
        (Kind::Primitive(own), Kind::Primitive(other)) => own == other,
        (Kind::Array(_), Kind::Array(_)) | (Kind::Map(_), Kind::Map(_)) => true,
        _ => false,
    }
}

fn kind_name(named: &Named) -> &'static str {
    match named.body {
        Body::Record(_) => "record",
        Body::Enum(..) => "enum",
        Body::Fixed(_) => "fixed",
    }
}
