//! The rules by which two sets of `.proto` files are compared, as one table.
//!
//! They follow the protobuf guide ("Updating A Message Type", "ProtoJSON Format") and what
//! generated code shows of a file. The four scopes of `buf breaking` are found again as reach:
//! its `WIRE` is [`Reach::Wire`], `WIRE_JSON` adds [`Reach::Json`], `PACKAGE` and `FILE` add
//! [`Reach::Source`].

/// Whom a rule protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::contract) enum Reach {
    /// Who exchanges bytes.
    Wire,
    /// Who exchanges JSON.
    Json,
    /// Who compiles code that is generated from the files.
    Source,
    /// Nobody is harmed; worth knowing.
    Notice,
}

impl Reach {
    /// The word for people and files.
    pub(in crate::contract) fn word(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Json => "json",
            Self::Source => "source",
            Self::Notice => "notice",
        }
    }
}

/// A rule.
#[derive(Debug)]
pub(in crate::contract) struct Rule {
    /// Such as `protobuf.field-removed`.
    pub(in crate::contract) id: &'static str,
    /// Whom it protects.
    pub(in crate::contract) reach: Reach,
    /// What it is about.
    pub(in crate::contract) doc: &'static str,
    /// What to do instead.
    pub(in crate::contract) help: &'static str,
    /// A file, and the next version of it in which the rule is broken. Both begin with
    /// `syntax = "proto3";` unless they say otherwise.
    pub(in crate::contract) example: (&'static str, &'static str),
}

macro_rules! rules {
    ($($id:literal $reach:ident $doc:literal $help:literal $old:literal $new:literal)*) => {
        &[$(Rule {
            id: $id,
            reach: Reach::$reach,
            doc: $doc,
            help: $help,
            example: ($old, $new),
        }),*]
    };
}

/// All rules, by id.
pub(in crate::contract) const RULES: &[Rule] = rules! {
    "protobuf.annotation-changed" Notice
        "an option of one's own, such as a rule of validation, is set otherwise"
        "ask what enforces it, and whether messages of today still pass"
        "message A { int32 a = 1 [(rule).min = 1]; }"
        "message A { int32 a = 1 [(rule).min = 5]; }"
    "protobuf.deprecated" Notice
        "something is called deprecated"
        "plan to live without it"
        "message A { int32 a = 1; }"
        "message A { int32 a = 1 [deprecated = true]; }"
    "protobuf.enum-added" Notice
        "an enum is new"
        "nothing to do"
        "message A {}"
        "message A {} enum E { X = 0; }"
    "protobuf.enum-json-format" Json
        "an enum no longer promises to be valid in JSON"
        "keep the feature `json_format = ALLOW`"
        "edition = \"2023\"; enum E { X = 0; }"
        "edition = \"2023\"; enum E { X = 0; option features.json_format = LEGACY_BEST_EFFORT; }"
    "protobuf.enum-kind" Source
        "an enum is open where it was closed, or the reverse: unknown values are treated otherwise"
        "keep its `enum_type`"
        "edition = \"2023\"; enum E { X = 0; }"
        "edition = \"2023\"; enum E { X = 0; option features.enum_type = CLOSED; }"
    "protobuf.enum-moved" Source
        "an enum stands in another file"
        "leave it where it is; who includes the old file misses it"
        "" ""
    "protobuf.enum-removed" Source
        "an enum is gone"
        "keep it, and call it deprecated"
        "message A {} enum E { X = 0; }"
        "message A {}"
    "protobuf.enum-value-added" Notice
        "a value of an enum is new: readers of JSON, and of closed enums, do not know it"
        "let readers bear unknown values first"
        "enum E { X = 0; }"
        "enum E { X = 0; Y = 1; }"
    "protobuf.enum-value-removed" Source
        "a value of an enum is gone; its number and name are reserved"
        "keep it, and call it deprecated"
        "enum E { X = 0; Y = 1; }"
        "enum E { X = 0; reserved 1; reserved \"Y\"; }"
    "protobuf.enum-value-removed-name-open" Json
        "a value of an enum is gone, and another may take its name"
        "keep it, or reserve its name as well"
        "enum E { X = 0; Y = 1; }"
        "enum E { X = 0; reserved 1; }"
    "protobuf.enum-value-removed-number-open" Wire
        "a value of an enum is gone, and another may take its number"
        "keep it, or reserve its number as well"
        "enum E { X = 0; Y = 1; }"
        "enum E { X = 0; reserved \"Y\"; }"
    "protobuf.enum-value-removed-unreserved" Wire
        "a value of an enum is gone, and another may take its number and its name"
        "keep it, or reserve both"
        "enum E { X = 0; Y = 1; }"
        "enum E { X = 0; }"
    "protobuf.enum-value-renamed" Json
        "a value of an enum has another name, which JSON says"
        "keep the name; with `allow_alias` a second one can stand beside it"
        "enum E { X = 0; Y = 1; }"
        "enum E { X = 0; Z = 1; }"
    "protobuf.extension-moved" Source
        "an extension stands in another file"
        "leave it where it is; who includes the old file misses it"
        "" ""
    "protobuf.extension-range-removed" Source
        "numbers that others may use for extensions are taken back"
        "keep the range"
        "syntax = \"proto2\"; message A { extensions 10 to 20; }"
        "syntax = \"proto2\"; message A { extensions 10 to 15; }"
    "protobuf.extension-removed" Source
        "an extension is gone"
        "keep it, and call it deprecated"
        "syntax = \"proto2\"; message A { extensions 10; } extend A { optional int32 e = 10; }"
        "syntax = \"proto2\"; message A { extensions 10; }"
    "protobuf.field-added" Notice
        "a field is new; who does not know it skips it"
        "nothing to do"
        "message A {}"
        "message A { int32 a = 1; }"
    "protobuf.field-cardinality-json" Json
        "a field is a map where it was a list, or the reverse"
        "add a field of another number instead"
        "message A { repeated B b = 1; } message B { string key = 1; string value = 2; }"
        "message A { map<string, string> b = 1; } message B { string key = 1; string value = 2; }"
    "protobuf.field-cardinality-wire" Wire
        "a field is required, single or repeated, and was not"
        "add a field of another number instead"
        "message A { int32 a = 1; }"
        "message A { repeated int32 a = 1; }"
    "protobuf.field-cpp-type" Source
        "C++ holds a text or bytes in another type"
        "keep `ctype` or `(pb.cpp).string_type`"
        "message A { string a = 1; }"
        "message A { string a = 1 [ctype = CORD]; }"
    "protobuf.field-default" Source
        "what an absent field means is another value"
        "keep the default; who sends the old one does not send it at all"
        "syntax = \"proto2\"; message A { optional int32 a = 1; }"
        "syntax = \"proto2\"; message A { optional int32 a = 1 [default = 5]; }"
    "protobuf.field-java-utf8" Source
        "Java checks texts for UTF-8 where it did not, or the reverse"
        "keep `java_string_check_utf8` or `(pb.java).utf8_validation`"
        "syntax = \"proto2\"; message A { optional string a = 1; }"
        "syntax = \"proto2\"; option java_string_check_utf8 = true; message A { optional string a = 1; }"
    "protobuf.field-js-type" Source
        "JavaScript holds a number of 64 bits in another type"
        "keep `jstype`"
        "message A { int64 a = 1; }"
        "message A { int64 a = 1 [jstype = JS_STRING]; }"
    "protobuf.field-json-name" Json
        "a field has another name in JSON"
        "keep `json_name`"
        "message A { int32 a = 1; }"
        "message A { int32 a = 1 [json_name = \"b\"]; }"
    "protobuf.field-oneof" Wire
        "a field is in another oneof, or in one at all: setting one member clears the others"
        "add a field of another number instead"
        "message A { int32 a = 1; oneof o { int32 b = 2; int32 c = 3; } }"
        "message A { oneof o { int32 a = 1; int32 b = 2; int32 c = 3; } }"
    "protobuf.field-presence" Source
        "whether a field was set can be told where it could not, or the reverse"
        "keep `optional` or `field_presence`"
        "message A { int32 a = 1; }"
        "message A { optional int32 a = 1; }"
    "protobuf.field-removed" Source
        "a field is gone; its number and name are reserved"
        "keep it, and call it deprecated"
        "message A { int32 a = 1; }"
        "message A { reserved 1; reserved \"a\"; }"
    "protobuf.field-removed-name-open" Json
        "a field is gone, and another may take its name"
        "keep it, or reserve its name as well"
        "message A { int32 a = 1; }"
        "message A { reserved 1; }"
    "protobuf.field-removed-number-open" Wire
        "a field is gone, and another may take its number"
        "keep it, or reserve its number as well"
        "message A { int32 a = 1; }"
        "message A { reserved \"a\"; }"
    "protobuf.field-removed-unreserved" Wire
        "a field is gone, and another may take its number and its name"
        "keep it, or reserve both"
        "message A { int32 a = 1; }"
        "message A {}"
    "protobuf.field-renamed" Json
        "a field has another name, also in JSON"
        "keep the name, or at least `json_name`"
        "message A { int32 a = 1; }"
        "message A { int32 b = 1; }"
    "protobuf.field-renamed-in-code" Source
        "a field has another name in code; in JSON it keeps its name"
        "keep the name"
        "message A { int32 a = 1; }"
        "message A { int32 b = 1 [json_name = \"a\"]; }"
    "protobuf.field-type-json" Json
        "a field has a type that is the same on the wire and another in JSON"
        "add a field of another number instead"
        "message A { int32 a = 1; }"
        "message A { int64 a = 1; }"
    "protobuf.field-type-source" Source
        "a field has a type that is the same on the wire and in JSON, and another in code"
        "add a field of another number instead"
        "message A { int32 a = 1; }"
        "message A { uint32 a = 1; }"
    "protobuf.field-type-wire" Wire
        "a field has a type that the wire writes otherwise"
        "add a field of another number instead"
        "message A { int32 a = 1; }"
        "message A { string a = 1; }"
    "protobuf.field-utf8" Source
        "texts are checked for UTF-8 where they were not, or the reverse"
        "keep `utf8_validation`"
        "edition = \"2023\"; message A { string a = 1; }"
        "edition = \"2023\"; message A { string a = 1 [features.utf8_validation = NONE]; }"
    "protobuf.field-utf8-not-java" Source
        "texts are checked for UTF-8 where they were not, or the reverse, in every language but Java"
        "keep `utf8_validation`"
        "edition = \"2023\"; message A { string a = 1 [features.(pb.java).utf8_validation = VERIFY]; }"
        "edition = \"2023\"; message A { string a = 1 [features.(pb.java).utf8_validation = VERIFY, features.utf8_validation = NONE]; }"
    "protobuf.file-option" Source
        "an option of a file that generated code shows is set otherwise"
        "keep it"
        "option java_package = \"a\"; message A {}"
        "option java_package = \"b\"; message A {}"
    "protobuf.file-package" Wire
        "a file is of another package: methods are called, and types in `Any` named, otherwise"
        "keep the package; a new version of it is another file"
        "package a; message A {}"
        "package b; message A {}"
    "protobuf.file-removed" Source
        "a file is gone"
        "keep it; who includes it misses it"
        "" ""
    "protobuf.file-syntax" Source
        "a file is of another syntax or edition, which changes code that is generated"
        "keep it, and compare what the new one says of presence and enums"
        "syntax = \"proto2\"; message A {}"
        "syntax = \"proto3\"; message A {}"
    "protobuf.message-added" Notice
        "a message is new"
        "nothing to do"
        "message A {}"
        "message A {} message B {}"
    "protobuf.message-descriptor-accessor" Source
        "generated code loses `descriptor()`"
        "leave `no_standard_descriptor_accessor` unset"
        "message A {}"
        "message A { option no_standard_descriptor_accessor = true; }"
    "protobuf.message-json-format" Json
        "a message no longer promises to be valid in JSON"
        "keep the feature `json_format = ALLOW`"
        "edition = \"2023\"; message A {}"
        "edition = \"2023\"; message A { option features.json_format = LEGACY_BEST_EFFORT; }"
    "protobuf.message-moved" Source
        "a message stands in another file"
        "leave it where it is; who includes the old file misses it"
        "" ""
    "protobuf.message-removed" Source
        "a message is gone"
        "keep it, and call it deprecated"
        "message A {} message B {}"
        "message A {}"
    "protobuf.message-set" Wire
        "a message is written as a message set where it was not, or the reverse"
        "keep `message_set_wire_format`"
        "syntax = \"proto2\"; message A { extensions 4; }"
        "syntax = \"proto2\"; message A { option message_set_wire_format = true; extensions 4; }"
    "protobuf.oneof-removed" Source
        "a oneof is gone"
        "keep it"
        "message A { oneof o { int32 a = 1; } }"
        "message A { int32 a = 1; }"
    "protobuf.package-removed" Source
        "a package is gone"
        "keep it; a new version is another package beside it"
        "" ""
    "protobuf.required-added" Wire
        "a required field is new: messages of today do not have it"
        "make it optional"
        "syntax = \"proto2\"; message A {}"
        "syntax = \"proto2\"; message A { required int32 a = 1; }"
    "protobuf.required-removed" Wire
        "a required field is gone: who still demands it refuses every message"
        "go on sending it"
        "syntax = \"proto2\"; message A { required int32 a = 1; }"
        "syntax = \"proto2\"; message A { reserved 1; reserved \"a\"; }"
    "protobuf.reserved-name-removed" Json
        "a name is no longer reserved, so that something new may mean something old"
        "keep it reserved"
        "message A { reserved \"a\"; }"
        "message A {}"
    "protobuf.reserved-number-removed" Wire
        "a number is no longer reserved, so that something new may be read as something old"
        "keep it reserved"
        "message A { reserved 2 to 5; }"
        "message A { reserved 2 to 4; }"
    "protobuf.rpc-added" Notice
        "a method is new"
        "nothing to do"
        "service S {} message A {}"
        "service S { rpc R(A) returns (A); } message A {}"
    "protobuf.rpc-client-streaming" Wire
        "a method takes many messages where it took one, or the reverse"
        "add a method instead"
        "service S { rpc R(A) returns (A); } message A {}"
        "service S { rpc R(stream A) returns (A); } message A {}"
    "protobuf.rpc-http" Json
        "a method is reached at another HTTP address"
        "keep the old one under `additional_bindings`"
        "service S { rpc R(A) returns (A) { option (google.api.http).get = \"/a\"; } } message A {}"
        "service S { rpc R(A) returns (A) { option (google.api.http).get = \"/b\"; } } message A {}"
    "protobuf.rpc-idempotency" Wire
        "whether a method may be called twice is said otherwise: clients repeat by it"
        "keep `idempotency_level`"
        "service S { rpc R(A) returns (A) { option idempotency_level = IDEMPOTENT; } } message A {}"
        "service S { rpc R(A) returns (A); } message A {}"
    "protobuf.rpc-removed" Wire
        "a method is gone"
        "keep it, and call it deprecated"
        "service S { rpc R(A) returns (A); } message A {}"
        "service S {} message A {}"
    "protobuf.rpc-request" Wire
        "a method takes another message"
        "add a method instead"
        "service S { rpc R(A) returns (A); } message A {} message B {}"
        "service S { rpc R(B) returns (A); } message A {} message B {}"
    "protobuf.rpc-response" Wire
        "a method answers with another message"
        "add a method instead"
        "service S { rpc R(A) returns (A); } message A {} message B {}"
        "service S { rpc R(A) returns (B); } message A {} message B {}"
    "protobuf.rpc-server-streaming" Wire
        "a method answers with many messages where it answered with one, or the reverse"
        "add a method instead"
        "service S { rpc R(A) returns (A); } message A {}"
        "service S { rpc R(A) returns (stream A); } message A {}"
    "protobuf.service-added" Notice
        "a service is new"
        "nothing to do"
        "message A {}"
        "service S {} message A {}"
    "protobuf.service-moved" Source
        "a service stands in another file"
        "leave it where it is; who includes the old file misses it"
        "" ""
    "protobuf.service-removed" Wire
        "a service is gone"
        "keep it, and call it deprecated"
        "service S {} message A {}"
        "message A {}"
};
/// What to do about a difference, by the id of its rule.
pub(in crate::contract::compare) fn help(id: &str) -> &'static str {
    RULES.iter().find(|rule| rule.id == id).map_or("", |rule| rule.help)
}
