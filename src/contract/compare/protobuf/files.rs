//! Files: what they say of themselves, and what no longer stands in them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::changes::{Change, Changes};
use crate::contract::{
    model::protobuf::{ProtoFile, Syntax, file_pointer},
    pointer::join,
};

/// Options of files that generated code shows, with the values that they have where nobody sets
/// them.
const OPTIONS: &[(&str, &str)] = &[
    ("cc_enable_arenas", "true"),
    ("cc_generic_services", "false"),
    ("csharp_namespace", ""),
    ("go_package", ""),
    ("java_generic_services", "false"),
    ("java_multiple_files", "false"),
    ("java_outer_classname", ""),
    ("java_package", ""),
    ("objc_class_prefix", ""),
    ("optimize_for", "SPEED"),
    ("php_class_prefix", ""),
    ("php_metadata_namespace", ""),
    ("php_namespace", ""),
    ("py_generic_services", "false"),
    ("ruby_package", ""),
    ("swift_prefix", ""),
];

pub(super) fn compare(changes: &mut Changes<'_>) {
    let (old, new) = (changes.old, changes.new);
    let own = |file: &&ProtoFile| file.source.is_some();
    for file in old.files.iter().filter(own) {
        if let Some(now) = new.files.iter().filter(own).find(|other| other.path == file.path) {
            pair(changes, file, now);
        } else {
            let message = format!("the file {} is gone", file.path);
            changes.note("protobuf.file-removed", of_file(file, "", message, &file.path, "none"));
        }
    }
    let packages = |files: &[ProtoFile]| -> BTreeSet<String> {
        files.iter().filter(own).map(|file| file.package.clone()).collect()
    };
    let now = packages(&new.files);
    for package in packages(&old.files).difference(&now) {
        let Some(file) = old.files.iter().find(|file| file.package == *package) else { continue };
        let message = format!("the package {package} is gone");
        let mut change = of_file(file, "package", message, package, "none");
        change.new_pointer = String::new();
        changes.note("protobuf.package-removed", change);
    }
}

fn of_file(file: &ProtoFile, part: &str, message: String, before: &str, after: &str) -> Change {
    let whole = file_pointer(&file.path);
    let pointer = match part {
        "" => whole,
        part => part.split('/').fold(whole, |pointer, part| join(&pointer, part)),
    };
    Change {
        of: String::new(),
        old_pointer: pointer.clone(),
        new_pointer: pointer,
        message,
        before: before.to_owned(),
        after: after.to_owned(),
    }
}

fn pair(changes: &mut Changes<'_>, old: &ProtoFile, new: &ProtoFile) {
    if old.package != new.package {
        let message = format!("{} is of another package", old.path);
        let change = of_file(old, "package", message, &old.package, &new.package);
        changes.note("protobuf.file-package", change);
    }
    if old.syntax != new.syntax {
        let message = format!("{} is of another syntax", old.path);
        let (before, after) = (old.syntax.to_string(), new.syntax.to_string());
        let change = of_file(old, "syntax", message, &before, &after);
        // Between editions only what a feature changes is a difference, and has its own rule.
        let both = |a, b| matches!((a, b), (Syntax::Edition(_), Syntax::Edition(_)));
        if !both(old.syntax, new.syntax) {
            changes.note("protobuf.file-syntax", change);
        }
    }
    for (option, unset) in OPTIONS {
        let value = |file: &ProtoFile| match file.options.set.get(*option) {
            Some((Value::String(text), _)) => text.clone(),
            Some((value, _)) => value.to_string(),
            None => (*unset).to_owned(),
        };
        let (before, after) = (value(old), value(new));
        if before != after {
            let message = format!("{} sets `{option}` otherwise", old.path);
            let part = format!("options/{option}");
            changes.note("protobuf.file-option", of_file(old, &part, message, &before, &after));
        }
    }
}
