//! Files that everybody imports and nobody ships, with what the wire needs to know of them:
//! those of `protoc` itself, and the four of `google/api` and `google/rpc` that services name.

/// Import path and text.
const FILES: &[(&str, &str)] = &[
    ("google/protobuf/any.proto", include_str!("builtin/any.proto")),
    ("google/protobuf/api.proto", include_str!("builtin/api.proto")),
    ("google/protobuf/compiler/plugin.proto", include_str!("builtin/plugin.proto")),
    ("google/protobuf/cpp_features.proto", include_str!("builtin/cpp_features.proto")),
    ("google/protobuf/descriptor.proto", include_str!("builtin/descriptor.proto")),
    ("google/protobuf/duration.proto", include_str!("builtin/duration.proto")),
    ("google/protobuf/empty.proto", include_str!("builtin/empty.proto")),
    ("google/protobuf/field_mask.proto", include_str!("builtin/field_mask.proto")),
    ("google/protobuf/go_features.proto", include_str!("builtin/go_features.proto")),
    ("google/protobuf/java_features.proto", include_str!("builtin/java_features.proto")),
    ("google/protobuf/source_context.proto", include_str!("builtin/source_context.proto")),
    ("google/protobuf/struct.proto", include_str!("builtin/struct.proto")),
    ("google/protobuf/timestamp.proto", include_str!("builtin/timestamp.proto")),
    ("google/protobuf/type.proto", include_str!("builtin/type.proto")),
    ("google/protobuf/wrappers.proto", include_str!("builtin/wrappers.proto")),
    ("google/api/annotations.proto", include_str!("builtin/api_annotations.proto")),
    ("google/api/http.proto", include_str!("builtin/api_http.proto")),
    ("google/rpc/code.proto", include_str!("builtin/rpc_code.proto")),
    ("google/rpc/status.proto", include_str!("builtin/rpc_status.proto")),
];

/// The text of a built-in file.
pub(super) fn text(path: &str) -> Option<&'static str> {
    FILES.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{read::protobuf::link::link, source::Source};

    #[test]
    fn each_built_in_file_can_be_read() {
        let files: Vec<_> = FILES
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Source::new(*path, *text).into()))
            .collect();
        let read = link(&files).expect("valid");
        assert_eq!(read.files.len(), FILES.len());
        assert_eq!(read.extensions.len(), 4);
        assert_eq!(read.messages["google.protobuf.Timestamp"].fields.len(), 2);
    }
}
