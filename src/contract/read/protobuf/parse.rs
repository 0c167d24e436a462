//! One `.proto` file into declarations, names not yet resolved
//! (protobuf.dev, language specifications of proto2, proto3 and editions).

use std::sync::Arc;

use super::{
    cursor::{Cursor, Read},
    option,
};
use crate::{
    contract::{
        model::protobuf::{
            At, Enum, Features, Field, Import, Message, Method, Options, Presence, ProtoFile,
            Service, Syntax,
        },
        source::Source,
    },
    evidence::Diagnostic,
};

/// The editions that are known.
const EDITIONS: &[u16] = &[2023, 2024];

/// What one file declares; types are names as written.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) file: ProtoFile,
    pub(super) messages: Vec<(String, Message)>,
    pub(super) enums: Vec<(String, Enum)>,
    pub(super) services: Vec<(String, Service)>,
    /// Extensions with the scope that they stand in.
    pub(super) extensions: Vec<(String, Field)>,
}

/// Reads a file. What it declares is told with its number `file`.
pub(super) fn parse(
    path: &str,
    source: &Arc<Source>,
    file: usize,
) -> Result<Parsed, Box<Diagnostic>> {
    let mut cursor = Cursor::new(source, file)?;
    let mut parsed = Parsed {
        file: ProtoFile {
            path: path.to_owned(),
            source: Some(Arc::clone(source)),
            package: String::new(),
            syntax: Syntax::Proto2,
            imports: Vec::new(),
            options: Options::default(),
            syntax_at: At { file, range: 0..0 },
            package_at: At { file, range: 0..0 },
        },
        messages: Vec::new(),
        enums: Vec::new(),
        services: Vec::new(),
        extensions: Vec::new(),
    };
    let start = cursor.here();
    if cursor.take("syntax") {
        parsed.file.syntax = syntax(&mut cursor)?;
        parsed.file.syntax_at = cursor.since(start);
    } else if cursor.take("edition") {
        parsed.file.syntax = edition(&mut cursor)?;
        parsed.file.syntax_at = cursor.since(start);
    }
    while !cursor.at_end() {
        parsed.top_level(&mut cursor)?;
    }
    Ok(parsed)
}

fn syntax(cursor: &mut Cursor<'_>) -> Read<Syntax> {
    cursor.expect("=")?;
    let at = cursor.spot();
    let name = cursor.string("\"proto2\" or \"proto3\"")?;
    let syntax = match name.as_str() {
        "proto2" => Syntax::Proto2,
        "proto3" => Syntax::Proto3,
        _ => {
            let problem = cursor.problem_at(&at.range, "this syntax is not known", "");
            return Err(Box::new(problem.expected("\"proto2\" or \"proto3\"").actual(name)));
        }
    };
    cursor.expect(";")?;
    Ok(syntax)
}

fn edition(cursor: &mut Cursor<'_>) -> Read<Syntax> {
    cursor.expect("=")?;
    let at = cursor.spot();
    let name = cursor.string("an edition, such as \"2023\"")?;
    match name.parse() {
        Ok(year) if EDITIONS.contains(&year) => {
            cursor.expect(";")?;
            Ok(Syntax::Edition(year))
        }
        _ => {
            let problem = cursor.problem_at(&at.range, "this edition is not known", "");
            let problem = problem.expected("\"2023\" or \"2024\"").actual(name);
            Err(Box::new(problem.help("see protobuf.dev, \"Protobuf Editions Overview\"")))
        }
    }
}

/// The full name of what is declared in a scope.
pub(super) fn full(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

/// Features before they are found out.
pub(super) fn undecided() -> Features {
    Features {
        presence: Presence::Explicit,
        closed_enum: false,
        packed: true,
        utf8: true,
        delimited: false,
        json: true,
        java_utf8: None,
        cpp_string: None,
    }
}

impl Parsed {
    fn top_level(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let (comment, start) = (cursor.comment(), cursor.here());
        if matches!(cursor.text(), "export" | "local") {
            cursor.step();
        }
        match cursor.text() {
            ";" => {
                cursor.step();
                Ok(())
            }
            "import" => self.import(cursor),
            "package" => {
                cursor.step();
                self.file.package = cursor.path("the name of the package")?;
                cursor.expect(";")?;
                self.file.package_at = cursor.since(start);
                Ok(())
            }
            "option" => {
                cursor.step();
                option::statement(cursor, &mut self.file.options)
            }
            "message" => {
                let scope = self.file.package.clone();
                self.message(cursor, &scope, (comment, start))
            }
            "enum" => {
                let scope = self.file.package.clone();
                self.enumeration(cursor, &scope, (comment, start))
            }
            "extend" => {
                let scope = self.file.package.clone();
                self.extend(cursor, &scope)
            }
            "service" => self.service(cursor, (comment, start)),
            _ => Err(cursor.unexpected(
                "`message`, `enum`, `service`, `extend`, `import`, `package` or `option`",
            )),
        }
    }

    fn import(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        cursor.step();
        let (mut public, mut option) = (false, false);
        match cursor.text() {
            "public" => public = true,
            "option" => option = true,
            "weak" => {}
            _ => {
                let at = cursor.spot();
                let path = cursor.string("the path of a file in quotes")?;
                self.file.imports.push(Import { path, public, option, at });
                return cursor.expect(";");
            }
        }
        cursor.step();
        let at = cursor.spot();
        let path = cursor.string("the path of a file in quotes")?;
        self.file.imports.push(Import { path, public, option, at });
        cursor.expect(";")
    }

    fn service(&mut self, cursor: &mut Cursor<'_>, (comment, start): (String, usize)) -> Read<()> {
        cursor.step();
        let name = full(&self.file.package, &cursor.word("the name of the service")?);
        cursor.expect("{")?;
        let (mut methods, mut options) = (Vec::new(), Options::default());
        while !cursor.take("}") {
            match cursor.text() {
                ";" => cursor.step(),
                "option" => {
                    cursor.step();
                    option::statement(cursor, &mut options)?;
                }
                "rpc" => methods.push(method(cursor)?),
                _ => return Err(cursor.unexpected("`rpc`, `option` or `}`")),
            }
        }
        let at = cursor.since(start);
        self.services.push((name, Service { at, methods, options, comment }));
        Ok(())
    }
}

fn method(cursor: &mut Cursor<'_>) -> Read<Method> {
    let (comment, start) = (cursor.comment(), cursor.here());
    cursor.step();
    let name = cursor.word("the name of the method")?;
    let (client_streaming, input, input_at) = message_of(cursor)?;
    cursor.expect("returns")?;
    let (server_streaming, output, output_at) = message_of(cursor)?;
    let mut options = Options::default();
    if cursor.take("{") {
        while !cursor.take("}") {
            if cursor.take(";") {
                continue;
            }
            cursor.expect("option")?;
            option::statement(cursor, &mut options)?;
        }
        cursor.take(";");
    } else {
        cursor.expect(";")?;
    }
    let at = cursor.since(start);
    Ok(Method {
        name,
        input,
        output,
        client_streaming,
        server_streaming,
        options,
        at,
        input_at,
        output_at,
        comment,
    })
}

/// `(stream Name)`: whether it streams, the name and its place.
fn message_of(cursor: &mut Cursor<'_>) -> Read<(bool, String, At)> {
    cursor.expect("(")?;
    // A message may be called `stream`; a path that begins so is `stream` and a path, as in protoc.
    let streams = cursor.is("stream") && cursor.ahead(1) != ")";
    if streams {
        cursor.step();
    }
    let start = cursor.here();
    let name = cursor.path("the name of a message")?;
    let at = cursor.since(start);
    cursor.expect(")")?;
    Ok((streams, name, at))
}
