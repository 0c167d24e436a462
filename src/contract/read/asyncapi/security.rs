//! Who may use a channel: the operation's own requirements, and those of its servers.

use serde_json::Value;

use super::operation::{Reader, Spot};
use crate::contract::{SecurityRequirement, SecurityScheme, pointer::join};

/// Ways to be let in that are listed for one operation.
const MOST_WAYS: usize = 64;

type Ways = Vec<Vec<SecurityRequirement>>;

impl<'d> Reader<'d> {
    /// The ways to be let in. Those of the servers must be met as well as the operation's own
    /// (2.6 and 3.0, Operation Object, `security`).
    pub(super) fn security(&mut self, operation: &Spot<'d>, channel: &Spot<'d>) -> Ways {
        let own = self.ways(operation);
        let mut servers: Ways = Vec::new();
        for server in self.servers(channel) {
            for way in self.ways(&server) {
                if !servers.contains(&way) && servers.len() < MOST_WAYS {
                    servers.push(way);
                }
            }
        }
        if own.is_empty() || servers.is_empty() {
            return if own.is_empty() { servers } else { own };
        }
        let both = own.iter().flat_map(|own| {
            servers.iter().map(move |server| {
                let more = server.iter().filter(|requirement| !own.contains(requirement));
                own.iter().chain(more).cloned().collect()
            })
        });
        both.take(MOST_WAYS).collect()
    }

    /// The servers that a channel is on: those that it names, else all.
    fn servers(&mut self, channel: &Spot<'d>) -> Vec<Spot<'d>> {
        let all = self.members("", self.document.as_object(), "servers");
        let Some(Value::Array(named)) = channel.value.get("servers") else {
            return all.into_iter().map(|(_, server)| server).collect();
        };
        let base = join(&channel.pointer, "servers");
        let mut servers = Vec::new();
        for (index, value) in named.iter().enumerate() {
            match value {
                // 2.x names them, 3 refers to them.
                Value::String(name) => {
                    servers.extend(all.iter().find(|(n, _)| n == name).map(|(_, s)| s.clone()));
                }
                value => servers.extend(self.follow(value, &format!("{base}/{index}"))),
            }
        }
        servers
    }

    fn ways(&mut self, holder: &Spot<'d>) -> Ways {
        let Some(Value::Array(list)) = holder.value.get("security") else { return Vec::new() };
        let base = join(&holder.pointer, "security");
        let mut ways = Vec::new();
        for (index, value) in list.iter().enumerate().take(MOST_WAYS) {
            let Value::Object(object) = value else { continue };
            if object.contains_key("$ref") || object.contains_key("type") {
                // 3: one scheme, by reference or in place.
                let Some(scheme) = self.follow(value, &format!("{base}/{index}")) else { continue };
                let name = if object.contains_key("$ref") {
                    scheme.name.clone()
                } else {
                    scheme.text("type").unwrap_or_default().to_owned()
                };
                let scopes = strings(scheme.value.get("scopes"));
                ways.push(vec![SecurityRequirement { scheme: name, scopes }]);
                continue;
            }
            let requirement = |(scheme, scopes): (&String, &Value)| SecurityRequirement {
                scheme: scheme.clone(),
                scopes: strings(Some(scopes)),
            };
            ways.push(object.iter().map(requirement).collect());
        }
        ways
    }

    /// The schemes that the document names.
    pub(super) fn security_schemes(&mut self) -> Vec<SecurityScheme> {
        let components = self.document.get("components").and_then(Value::as_object);
        let members = self.members("/components", components, "securitySchemes");
        let scheme = |(name, spot): (String, Spot<'d>)| {
            let words = ["type", "in", "name", "scheme"];
            let words: Vec<&str> = words.into_iter().filter_map(|key| spot.text(key)).collect();
            let means = words.join(" ");
            SecurityScheme { name, means, pointer: spot.pointer }
        };
        members.into_iter().map(scheme).collect()
    }
}

/// The strings of a list.
fn strings(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}
