//! Documents that mean harm, or might as well: a clear message, in bounded time and memory.

use std::fmt::Write as _;

use crate::contract::fixture::{message, read_text};

/// The first message, with the label of its place.
fn told(text: &str) -> String {
    let problems = read_text(text).expect_err("refused");
    assert!(problems.len() <= 100, "{} messages", problems.len());
    let label = problems[0].marks.first().map_or("", |mark| mark.label.as_str());
    format!("{} | {label}", message(&problems[0]))
}

fn with_schema(schema: &str) -> String {
    format!("openapi: 3.1.0\npaths: {{}}\ncomponents:\n  schemas:\n    A: {schema}\n")
}

#[test]
fn numbers_beyond_all_bounds_are_refused() {
    for number in ["1e999999", "-1e999999", ".inf", ".nan"] {
        let told = told(&with_schema(&format!("{{type: number, maximum: {number}}}")));
        // The parser of YAML says one, our own visitor the other.
        let said = ["is not a finite number", "number out of range"];
        assert!(said.iter().any(|said| told.contains(said)), "{number}: {told}");
    }
}

#[test]
fn bombs_are_refused() {
    let twice = told(&with_schema("{type: string, type: integer}"));
    assert!(twice.contains("`type` stands twice"), "{twice}");
    let mut aliases = "openapi: 3.1.0\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let nine = vec![format!("*a{}", level - 1); 9].join(", ");
        let _ = writeln!(aliases, "a{level}: &a{level} [{nine}]");
    }
    assert!(told(&aliases).contains("too many aliases"), "{}", told(&aliases));
    let deep = format!("{}{}", "{not: ".repeat(300), "}".repeat(300));
    assert!(told(&with_schema(&deep)).contains("too deep"), "{}", told(&with_schema(&deep)));
}

#[test]
fn patterns_that_would_take_all_memory_are_refused() {
    let told = told(&with_schema("{type: string, pattern: '((a{1000}){1000}){1000}'}"));
    assert!(told.contains("the pattern is no regular expression"), "{told}");
}

#[test]
fn many_problems_are_told_in_part() {
    let (mut wrong, mut circles) = (String::new(), String::new());
    for n in 0..300 {
        let _ = writeln!(wrong, "    S{n}: {{type: strin}}");
        let other = format!("#/components/schemas/S{}", n ^ 1);
        let _ = writeln!(circles, "    S{n}: {{anyOf: [{{$ref: '{other}'}}]}}");
    }
    let text = format!("openapi: 3.1.0\npaths: {{}}\ncomponents:\n  schemas:\n{wrong}");
    assert!(told(&text).contains("no such type"), "{}", told(&text));
    let text = format!("openapi: 3.1.0\npaths: {{}}\ncomponents:\n  schemas:\n{circles}");
    assert!(told(&text).contains("holds itself"), "{}", told(&text));
}
