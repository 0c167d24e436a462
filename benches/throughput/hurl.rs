//! What hurl reads.

use std::{fmt::Write as _, fs, path::Path};

use super::{Failure, input};

/// The same requests and checks: a file each in `hurl/`, and all in `all.hurl`.
pub(crate) fn write(folder: &Path, address: &str, scenarios: usize) -> Result<(), Failure> {
    fs::create_dir_all(folder.join("hurl"))?;
    let mut all = String::new();
    for order in 1..=scenarios {
        let mut entry = format!("GET http://{address}/orders/{order}\nHTTP 200\n[Asserts]\n");
        for (path, expected) in input::CHECKS {
            let _ = writeln!(entry, "jsonpath \"{path}\" == {expected}");
        }
        fs::write(folder.join(format!("hurl/order-{order:05}.hurl")), &entry)?;
        all.push_str(&entry);
        all.push('\n');
    }
    fs::write(folder.join("all.hurl"), all)?;
    Ok(())
}
