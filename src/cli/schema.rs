//! `probe schema`: JSON Schemas of the files that people write, for their editors.

use std::{fs, path::Path};

use serde_json::Value;

use super::{
    exit::config,
    options::{Color, Schema, SchemaKind},
    output::{Style, print},
};
use crate::{
    catalog::{defaults_schema, record_schema, settings_schema},
    evidence::{Diagnostic, exit},
    mock::file_schema,
    run::baseline_schema,
};

impl SchemaKind {
    /// All kinds.
    pub(super) const ALL: [Self; 5] =
        [Self::Record, Self::Defaults, Self::Settings, Self::Mock, Self::Baseline];

    /// The name of the kind's file.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Record => "record.json",
            Self::Defaults => "defaults.json",
            Self::Settings => "settings.json",
            Self::Mock => "mock.json",
            Self::Baseline => "baseline.json",
        }
    }

    /// The schema as text.
    pub(super) fn text(self) -> String {
        let schema: Value = match self {
            Self::Record => record_schema(),
            Self::Defaults => defaults_schema(),
            Self::Settings => settings_schema(),
            Self::Mock => file_schema(),
            Self::Baseline => baseline_schema(),
        };
        format!("{schema:#}\n")
    }
}

/// Prints a schema, or writes it and others into a folder.
pub(super) fn schema(typed: &Schema) -> u8 {
    let kinds = typed.kind.map_or(SchemaKind::ALL.to_vec(), |kind| vec![kind]);
    match &typed.dir {
        Some(folder) => write(folder, &kinds),
        None => print(&kinds.into_iter().map(SchemaKind::text).collect::<String>(), exit::PASSED),
    }
}

fn write(folder: &Path, kinds: &[SchemaKind]) -> u8 {
    let mut told = String::new();
    for kind in kinds {
        let path = folder.join(kind.file());
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, kind.text()));
        if let Err(error) = written {
            let problem = Diagnostic::error("a schema cannot be written")
                .expected("a folder that we may write to")
                .actual(format!("{}: {error}", path.display()));
            return config(&[problem], Style::of(Color::Auto));
        }
        told.extend([path.display().to_string().as_str(), "\n"]);
    }
    print(&told, exit::PASSED)
}
