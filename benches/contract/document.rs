//! Documents made from a seed.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Operations of the wide document: as many as one public document of an office suite has.
pub(crate) const WIDE: usize = 11_422;

/// Objects of the payments document.
const OBJECTS: usize = 560;

const SEED: u64 = 20;

/// A payments API: 1,120 operations over 560 objects that refer to each other, some 5 MB.
pub(crate) fn payments() -> Value {
    Maker { rng: Rng::with_seed(SEED), objects: OBJECTS, members: 8..36 }.document(2 * OBJECTS)
}

/// The next version of it: every tenth object has lost its last member and has a new one.
pub(crate) fn next() -> Value {
    let mut document = payments();
    for number in (0..OBJECTS).step_by(10) {
        let pointer = format!("/components/schemas/{}/properties", name(number));
        if let Some(Value::Object(members)) = document.pointer_mut(&pointer) {
            let last = members.keys().next_back().cloned();
            last.and_then(|last| members.shift_remove(&last));
            members.insert("new_member".to_owned(), json!({"type": "string"}));
        }
    }
    document
}

/// An API with many operations of few members each, one object for four operations.
pub(crate) fn wide(operations: usize) -> Value {
    Maker { rng: Rng::with_seed(SEED), objects: operations / 4, members: 3..8 }.document(operations)
}

struct Maker {
    rng: Rng,
    objects: usize,
    members: std::ops::Range<usize>,
}

impl Maker {
    fn document(&mut self, operations: usize) -> Value {
        let mut schemas = Map::new();
        schemas.insert("error".to_owned(), error());
        for number in 0..self.objects {
            let object = self.object(number);
            schemas.insert(name(number), object);
        }
        let mut paths = Map::new();
        for number in 0..operations {
            let path = format!("/v1/{}/{}/{{id}}", name(number % self.objects), number / 2);
            let method = if number % 2 == 0 { "get" } else { "post" };
            let operation = self.operation(number);
            let item = paths.entry(path).or_insert_with(|| json!({}));
            item[method] = operation;
        }
        json!({
            "openapi": "3.0.3",
            "info": {"title": "Payments", "version": "2026-01-01"},
            "paths": paths,
            "components": {"schemas": schemas},
        })
    }

    fn operation(&mut self, number: usize) -> Value {
        let object = number % self.objects;
        let mut answer = json!({"schema": reference(object)});
        if number == 0 {
            answer["example"] = example();
        }
        let mut operation = json!({
            "operationId": format!("operation{number}"),
            "summary": "Reads or changes one of them",
            "description": "Gives the object as it is now, or as it is after the change.",
            "parameters": [
                {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "maxLength": 5000}},
                {"name": "expand", "in": "query", "style": "deepObject", "explode": true,
                    "schema": {"type": "array", "items": {"type": "string", "maxLength": 5000}}},
            ],
            "responses": {
                "200": {"description": "As it is", "content": {"application/json": answer}},
                "default": {"description": "It did not work", "content":
                    {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}}},
            },
        });
        if number % 2 == 1 {
            let count = self.rng.usize(self.members.clone());
            let fields: Map<String, Value> =
                (0..count).map(|field| (format!("field_{field}"), self.scalar())).collect();
            let schema = json!({"type": "object", "properties": fields});
            operation["requestBody"] =
                json!({"content": {"application/x-www-form-urlencoded": {"schema": schema}}});
        }
        operation
    }

    fn object(&mut self, number: usize) -> Value {
        let mut members = Map::new();
        members.insert("id".to_owned(), json!({"type": "string", "maxLength": 5000}));
        members.insert("object".to_owned(), json!({"type": "string", "enum": [name(number)]}));
        // What the example of the first operation holds.
        if number == 0 {
            members.extend(first_members());
        }
        for field in 0..self.rng.usize(self.members.clone()) {
            let member = self.member();
            members.insert(format!("field_{field}"), member);
        }
        json!({
            "type": "object",
            "title": name(number),
            "description": "One of the things that a payment is made of, as the ledger knows it.",
            "required": ["id", "object"],
            "properties": members,
            "x-expandable": true,
        })
    }

    fn member(&mut self) -> Value {
        let other = self.rng.usize(0..self.objects);
        match self.rng.u32(0..20) {
            0..=2 => json!({
                "anyOf": [{"type": "string", "maxLength": 5000}, reference(other)],
                "description": "The other object, by its id or expanded.",
                "nullable": true,
            }),
            3 => json!({"anyOf": [reference(other)], "nullable": true}),
            4 => json!({"type": "array", "items": reference(other)}),
            5 => {
                json!({"type": "object", "additionalProperties": {"type": "string", "maxLength": 500}})
            }
            6 => json!({
                "type": "object",
                "properties": {
                    "amount": {"type": "integer"},
                    "party": {"anyOf": [reference(other), reference((other + 1) % self.objects)]},
                },
                "required": ["amount"],
            }),
            _ => self.scalar(),
        }
    }

    fn scalar(&mut self) -> Value {
        let about = "What the caller should know about this member before using it.";
        match self.rng.u32(0..8) {
            0 => json!({"type": "integer", "description": about}),
            1 => json!({"type": "boolean", "description": about}),
            2 => json!({"type": "string", "format": "date-time", "nullable": true}),
            3 => {
                json!({"type": "string", "enum": ["open", "held", "paid", "void"], "description": about})
            }
            4 => json!({"type": "string", "pattern": "^[a-z]{3}$"}),
            5 => json!({"type": "number", "minimum": 0, "description": about}),
            _ => {
                json!({"type": "string", "maxLength": 5000, "description": about, "nullable": true})
            }
        }
    }
}

fn name(object: usize) -> String {
    format!("object_{object}")
}

fn reference(object: usize) -> Value {
    json!({"$ref": format!("#/components/schemas/{}", name(object))})
}

fn error() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"type": "object", "properties": {
            "code": {"type": "string"}, "message": {"type": "string"},
        }}},
    })
}

fn first_members() -> Map<String, Value> {
    let text = json!({"type": "string", "maxLength": 5000});
    (0..20).map(|number| (format!("text_{number}"), text.clone())).collect()
}

fn example() -> Value {
    let mut example = json!({"id": "obj_1", "object": name(0)});
    for number in 0..20 {
        example[format!("text_{number}")] = "a text of a common length for such members".into();
    }
    example
}
