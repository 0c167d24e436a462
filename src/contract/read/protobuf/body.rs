//! What stands between the braces of messages, enums, oneofs and extensions.

use super::{
    cursor::{Cursor, Read},
    lex::Token,
    option,
    parse::{Parsed, full, undecided},
};
use crate::contract::model::protobuf::{
    At, Enum, EnumValue, Field, Kind, Label, Message, Numbers, Options, Scalar, Syntax,
};

/// The largest number of a field (protobuf guide, "Assigning Field Numbers").
pub(super) const LARGEST_NUMBER: i32 = 536_870_911;

/// Where a field stands.
struct Site<'n> {
    /// Full name of the message or package around it.
    scope: &'n str,
    oneof: Option<&'n str>,
    extendee: Option<&'n str>,
}

impl Parsed {
    /// A message from its keyword on.
    pub(super) fn message(
        &mut self,
        cursor: &mut Cursor<'_>,
        scope: &str,
        (comment, start): (String, usize),
    ) -> Read<()> {
        cursor.step();
        let name_at = cursor.spot();
        let name = full(scope, &cursor.word("the name of the message")?);
        self.block(cursor, &name, name_at, (comment, start))
    }

    /// The body of a message or group, from its brace on.
    fn block(
        &mut self,
        cursor: &mut Cursor<'_>,
        name: &str,
        name_at: At,
        (comment, start): (String, usize),
    ) -> Read<()> {
        cursor.expect("{")?;
        let mut message = Message {
            at: name_at.clone(),
            name_at,
            fields: Vec::new(),
            oneofs: Vec::new(),
            reserved: Vec::new(),
            reserved_names: Vec::new(),
            extension_ranges: Vec::new(),
            options: Options::default(),
            features: undecided(),
            comment,
        };
        // Its number is taken before those inside it get theirs.
        let number = self.messages.len();
        self.messages.push((name.to_owned(), message.clone()));
        cursor.deeper(|cursor| {
            while !cursor.take("}") {
                self.member(cursor, name, &mut message)?;
            }
            Ok(())
        })?;
        message.at = cursor.since(start);
        self.messages[number].1 = message;
        Ok(())
    }

    fn member(&mut self, cursor: &mut Cursor<'_>, name: &str, message: &mut Message) -> Read<()> {
        let (comment, start) = (cursor.comment(), cursor.here());
        if matches!(cursor.text(), "export" | "local")
            && matches!(cursor.ahead(1), "message" | "enum")
        {
            cursor.step();
        }
        match cursor.text() {
            ";" => cursor.step(),
            "message" if cursor.ahead(2) == "{" => self.message(cursor, name, (comment, start))?,
            "enum" if cursor.ahead(2) == "{" => {
                self.enumeration(cursor, name, (comment, start))?;
            }
            "extend" => self.extend(cursor, name)?,
            "option" => {
                cursor.step();
                option::statement(cursor, &mut message.options)?;
            }
            "oneof" if cursor.ahead(2) == "{" => self.oneof(cursor, name, message)?,
            "extensions" => {
                cursor.step();
                message.extension_ranges.extend(numbers(cursor, LARGEST_NUMBER)?);
                option::list(cursor, &mut Options::default())?;
                cursor.expect(";")?;
            }
            "reserved" => {
                reserved(
                    cursor,
                    LARGEST_NUMBER,
                    &mut message.reserved,
                    &mut message.reserved_names,
                )?;
            }
            _ => {
                let site = Site { scope: name, oneof: None, extendee: None };
                message.fields.push(self.field(cursor, &site)?);
            }
        }
        Ok(())
    }

    fn oneof(&mut self, cursor: &mut Cursor<'_>, scope: &str, message: &mut Message) -> Read<()> {
        let start = cursor.here();
        cursor.step();
        let oneof = cursor.word("the name of the oneof")?;
        cursor.expect("{")?;
        let before = message.fields.len();
        while !cursor.take("}") {
            if cursor.take(";") {
                continue;
            }
            if cursor.is("option") {
                cursor.step();
                option::statement(cursor, &mut Options::default())?;
                continue;
            }
            if matches!(cursor.text(), "optional" | "required" | "repeated")
                && cursor.ahead(2) != "="
            {
                let title = "a field of a oneof has no label";
                return Err(cursor.problem(title, "leave this word out"));
            }
            let site = Site { scope, oneof: Some(&oneof), extendee: None };
            message.fields.push(self.field(cursor, &site)?);
        }
        let at = cursor.since(start);
        if message.fields.len() == before {
            return Err(cursor.problem_at(&at.range, "the oneof has no field", "empty"));
        }
        message.oneofs.push((oneof, at));
        Ok(())
    }

    /// `extend Name { fields }` from its keyword on.
    pub(super) fn extend(&mut self, cursor: &mut Cursor<'_>, scope: &str) -> Read<()> {
        cursor.step();
        let extendee = cursor.path("the name of the message that is extended")?;
        cursor.expect("{")?;
        while !cursor.take("}") {
            if cursor.take(";") {
                continue;
            }
            let site = Site { scope, oneof: None, extendee: Some(&extendee) };
            let field = self.field(cursor, &site)?;
            self.extensions.push((full(scope, &field.name), field));
        }
        Ok(())
    }

    fn field(&mut self, cursor: &mut Cursor<'_>, site: &Site<'_>) -> Read<Field> {
        let (comment, start) = (cursor.comment(), cursor.here());
        let label = self.label(cursor, site)?;
        let kind_start = cursor.here();
        if cursor.is("map") && cursor.ahead(1) == "<" {
            return Self::map(cursor, site, (comment, start));
        }
        if cursor.is("group") && cursor.ahead(2) == "=" {
            return self.group(cursor, site, label, (comment, start));
        }
        let kind = cursor.path("the type of a field")?;
        let kind = Scalar::named(&kind).map_or(Kind::Named(kind), Kind::Scalar);
        let kind_at = cursor.since(kind_start);
        let mut field = Field { label, kind, kind_at, ..named(cursor, site, comment)? };
        finish(cursor, &mut field, start)?;
        cursor.expect(";")?;
        field.at = cursor.since(start);
        Ok(field)
    }

    /// The label; `Implicit` where there is none, until the features are known.
    fn label(&self, cursor: &mut Cursor<'_>, site: &Site<'_>) -> Read<Label> {
        let label = match cursor.text() {
            _ if cursor.ahead(1) == "=" => None,
            "optional" => Some(Label::Optional),
            "required" => Some(Label::Required),
            "repeated" => Some(Label::Repeated),
            _ => None,
        };
        let problem = match (label, self.file.syntax) {
            (Some(Label::Required), Syntax::Proto3) => {
                Some(("proto3 has no `required`", "leave this word out"))
            }
            (Some(Label::Required), Syntax::Edition(_)) => Some((
                "an edition has no `required`",
                "write the option `features.field_presence = LEGACY_REQUIRED`",
            )),
            (Some(Label::Optional), Syntax::Edition(_)) => {
                Some(("an edition has no `optional`", "leave this word out"))
            }
            (None, Syntax::Proto2)
                if site.oneof.is_none() && !(cursor.is("map") && cursor.ahead(1) == "<") =>
            {
                Some((
                    "a field of proto2 needs a label",
                    "write `optional`, `required` or `repeated`",
                ))
            }
            _ => None,
        };
        if let Some((title, help)) = problem {
            if label.is_none() && cursor.token() != Token::Word && !cursor.is(".") {
                return Err(cursor.unexpected("a field, or `}`"));
            }
            return Err(Box::new(cursor.problem(title, "").help(help)));
        }
        if label.is_some() {
            cursor.step();
        }
        Ok(label.unwrap_or(Label::Implicit))
    }

    fn map(
        cursor: &mut Cursor<'_>,
        site: &Site<'_>,
        (comment, start): (String, usize),
    ) -> Read<Field> {
        let kind_start = cursor.here();
        if site.oneof.is_some() || site.extendee.is_some() {
            let title = "a map cannot stand in a oneof or an extension";
            return Err(cursor.problem(title, "not here"));
        }
        cursor.step();
        cursor.expect("<")?;
        let key = Scalar::named(cursor.text())
            .filter(|key| !matches!(key, Scalar::Double | Scalar::Float | Scalar::Bytes));
        let Some(key) = key else {
            return Err(cursor.unexpected("a whole number, `bool` or `string` as type of the keys"));
        };
        cursor.step();
        cursor.expect(",")?;
        let value = cursor.path("the type of the values")?;
        let value = Scalar::named(&value).map_or(Kind::Named(value), Kind::Scalar);
        cursor.expect(">")?;
        let kind_at = cursor.since(kind_start);
        let kind = Kind::Map(key, Box::new(value));
        let base = named(cursor, site, comment)?;
        let mut field = Field { label: Label::Map, kind, kind_at, ..base };
        finish(cursor, &mut field, start)?;
        cursor.expect(";")?;
        field.at = cursor.since(start);
        Ok(field)
    }

    fn group(
        &mut self,
        cursor: &mut Cursor<'_>,
        site: &Site<'_>,
        label: Label,
        (comment, start): (String, usize),
    ) -> Read<Field> {
        let kind_at = cursor.spot();
        if self.file.syntax != Syntax::Proto2 {
            let title = "only proto2 has groups";
            let problem = cursor.problem(title, "").help("declare a message and a field of it");
            return Err(Box::new(problem));
        }
        cursor.step();
        let written = cursor.text().to_owned();
        let name_at = cursor.spot();
        if !written.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Err(cursor.problem("the name of a group begins with a capital", ""));
        }
        let mut field = Field {
            label,
            kind: Kind::Message {
                name: format!(".{}", full(site.scope, &written)),
                delimited: true,
            },
            kind_at,
            ..named(cursor, site, comment.clone())?
        };
        // The field of a group is called as its message, in small letters.
        field.name = written.to_ascii_lowercase();
        field.json_name = json_name(&field.name);
        finish(cursor, &mut field, start)?;
        self.block(cursor, &full(site.scope, &written), name_at, (comment, start))?;
        field.at = cursor.since(start);
        Ok(field)
    }

    /// An enumeration from its keyword on.
    pub(super) fn enumeration(
        &mut self,
        cursor: &mut Cursor<'_>,
        scope: &str,
        (comment, start): (String, usize),
    ) -> Read<()> {
        cursor.step();
        let name_at = cursor.spot();
        let name = full(scope, &cursor.word("the name of the enum")?);
        cursor.expect("{")?;
        let mut found = Enum {
            at: name_at.clone(),
            name_at,
            values: Vec::new(),
            reserved: Vec::new(),
            reserved_names: Vec::new(),
            options: Options::default(),
            features: undecided(),
            comment,
        };
        while !cursor.take("}") {
            match cursor.text() {
                ";" => cursor.step(),
                "option" if cursor.ahead(1) != "=" => {
                    cursor.step();
                    option::statement(cursor, &mut found.options)?;
                }
                "reserved" if cursor.ahead(1) != "=" => {
                    reserved(cursor, i32::MAX, &mut found.reserved, &mut found.reserved_names)?;
                }
                _ => found.values.push(value(cursor)?),
            }
        }
        found.at = cursor.since(start);
        self.enums.push((name, found));
        Ok(())
    }
}

/// Name and number; the rest of the field is filled in by the caller.
fn named(cursor: &mut Cursor<'_>, site: &Site<'_>, comment: String) -> Read<Field> {
    let name_at = cursor.spot();
    let name = cursor.word("the name of the field")?;
    cursor.expect("=")?;
    let number_at = cursor.spot();
    let number = cursor.int32("the number of the field")?;
    if !(1..=LARGEST_NUMBER).contains(&number) || (19_000..=19_999).contains(&number) {
        let title = format!("a field cannot have the number {number}");
        let problem = cursor.problem_at(&number_at.range, &title, "");
        let expected = "1 to 536870911, but not 19000 to 19999";
        return Err(Box::new(
            problem.expected(expected).help("see the protobuf guide, \"Assigning Field Numbers\""),
        ));
    }
    Ok(Field {
        json_name: json_name(&name),
        name,
        number,
        label: Label::Implicit,
        kind: Kind::Scalar(Scalar::Bool),
        oneof: site.oneof.map(str::to_owned),
        default: None,
        extendee: site.extendee.map(str::to_owned),
        options: Options::default(),
        features: undecided(),
        at: name_at.clone(),
        kind_at: name_at.clone(),
        name_at,
        comment,
    })
}

/// The options of a field, and what they say of its name and default.
fn finish(cursor: &mut Cursor<'_>, field: &mut Field, start: usize) -> Read<()> {
    option::list(cursor, &mut field.options)?;
    if let Some(name) = field.options.text("json_name") {
        field.json_name = name.to_owned();
    }
    field.default = field.options.set.get("default").map(|(value, _)| value.clone());
    field.at = cursor.since(start);
    Ok(())
}

/// The name in JSON: `lowerCamelCase` (protobuf guide, "ProtoJSON Format").
pub(super) fn json_name(name: &str) -> String {
    let mut json = String::with_capacity(name.len());
    let mut raise = false;
    for letter in name.chars() {
        if letter == '_' {
            raise = true;
        } else {
            json.push(if raise { letter.to_ascii_uppercase() } else { letter });
            raise = false;
        }
    }
    json
}

fn value(cursor: &mut Cursor<'_>) -> Read<EnumValue> {
    let start = cursor.here();
    let name = cursor.word("the name of a value, or `}`")?;
    cursor.expect("=")?;
    let number_at = cursor.spot();
    let number = cursor.int32("the number of the value")?;
    let mut options = Options::default();
    option::list(cursor, &mut options)?;
    cursor.expect(";")?;
    Ok(EnumValue { name, number, options, at: cursor.since(start), number_at })
}

/// `reserved 1, 5 to 9, 100 to max;` or `reserved "a", "b";`, in editions names without quotes.
fn reserved(
    cursor: &mut Cursor<'_>,
    largest: i32,
    ranges: &mut Vec<Numbers>,
    names: &mut Vec<(String, At)>,
) -> Read<()> {
    cursor.step();
    match cursor.token() {
        Token::Text | Token::Word => loop {
            let at = cursor.spot();
            let name = match cursor.token() {
                Token::Text => cursor.string("a name")?,
                _ => cursor.word("a name")?,
            };
            names.push((name, at));
            if !cursor.take(",") {
                break;
            }
        },
        _ => ranges.extend(numbers(cursor, largest)?),
    }
    cursor.expect(";")
}

fn numbers(cursor: &mut Cursor<'_>, largest: i32) -> Read<Vec<Numbers>> {
    let mut ranges = Vec::new();
    loop {
        let start = cursor.here();
        let first = cursor.int32("a number")?;
        let last = match (cursor.take("to"), cursor.is("max")) {
            (true, true) => {
                cursor.step();
                largest
            }
            (true, false) => cursor.int32("a number or `max`")?,
            (false, _) => first,
        };
        let at = cursor.since(start);
        if last < first || last > largest {
            let title = format!("{first} to {last} is no range");
            return Err(cursor.problem_at(&at.range, &title, ""));
        }
        ranges.push(Numbers { first, last, at });
        if !cursor.take(",") {
            return Ok(ranges);
        }
    }
}
