//! The rules by which Avro schemas are compared, as one table.

/// A rule.
#[derive(Debug)]
pub(in crate::contract) struct Rule {
    /// Such as `avro.field-without-default`.
    pub(in crate::contract) id: &'static str,
    /// What it is about.
    pub(in crate::contract) doc: &'static str,
    /// What to do instead.
    pub(in crate::contract) help: &'static str,
    /// A schema, and the next version of it in which the rule is broken.
    pub(in crate::contract) example: (&'static str, &'static str),
}

macro_rules! rules {
    ($($id:literal $doc:literal $help:literal $old:literal $new:literal)*) => {
        &[$(Rule { id: $id, doc: $doc, help: $help, example: ($old, $new) }),*]
    };
}

/// All rules, by id.
pub(in crate::contract) const RULES: &[Rule] = rules! {
    "avro.default-changed"
        "a reader takes another value where the writer has none"
        "keep the default"
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":0}]}"#
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":1}]}"#
    "avro.enum-symbol"
        "a writer writes a symbol that the reader does not know, and the enum has no default"
        "give the enum a `default` before symbols come and go"
        r#"{"type":"enum","name":"E","symbols":["A"]}"#
        r#"{"type":"enum","name":"E","symbols":["A","B"]}"#
    "avro.enum-symbol-added"
        "a symbol is new; a reader that does not know it takes its default"
        "let readers bear the default first"
        r#"{"type":"enum","name":"E","symbols":["A"],"default":"A"}"#
        r#"{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}"#
    "avro.field-added"
        "a field is new; a reader that does not know it skips it"
        "nothing to do"
        r#"{"type":"record","name":"R","fields":[]}"#
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":0}]}"#
    "avro.field-removed"
        "a field is gone; a reader that asks for it takes its default"
        "nothing to do, if the default is right"
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":0}]}"#
        r#"{"type":"record","name":"R","fields":[]}"#
    "avro.field-without-default"
        "a reader asks for a field that the writer does not have, and it has no default"
        "give the field a `default`, or an alias by the name that the writer uses"
        r#"{"type":"record","name":"R","fields":[]}"#
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#
    "avro.fixed-size"
        "a fixed type has another size"
        "add a field of another type"
        r#"{"type":"fixed","name":"F","size":4}"#
        r#"{"type":"fixed","name":"F","size":8}"#
    "avro.logical-type"
        "the same bytes mean something else, such as milliseconds and microseconds"
        "add a field of the other logical type"
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"long","logicalType":"timestamp-millis"}}]}"#
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"long","logicalType":"timestamp-micros"}}]}"#
    "avro.name"
        "a record, enum or fixed type has another name, and no alias by the old one"
        "keep the name, or add it to `aliases`"
        r#"{"type":"record","name":"R","fields":[]}"#
        r#"{"type":"record","name":"S","fields":[]}"#
    "avro.schema-added"
        "a schema is new"
        "nothing to do"
        r#"[{"type":"record","name":"R","fields":[]}]"#
        r#"[{"type":"record","name":"R","fields":[]},{"type":"record","name":"S","fields":[]}]"#
    "avro.schema-removed"
        "a schema is gone"
        "keep it until nobody writes or reads it"
        r#"[{"type":"record","name":"R","fields":[]},{"type":"record","name":"S","fields":[]}]"#
        r#"[{"type":"record","name":"R","fields":[]}]"#
    "avro.type"
        "a type is another one, which the reader cannot make of what is written"
        "add a field of the other type; only int to long, float or double, long to float or double, float to double, and string and bytes to each other are promoted"
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}"#
    "avro.union-branch"
        "a writer writes a branch of a union that the reader does not have"
        "let readers have the branch first"
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":["null","int"]}]}"#
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":["null","int","string"]}]}"#
};

/// What to do about a difference of this rule.
pub(in crate::contract::compare) fn help(id: &str) -> &'static str {
    RULES.iter().find(|rule| rule.id == id).map_or("", |rule| rule.help)
}
