//! Texts, expressions and templates of a mock file, and the variables that they may use.

use serde_json::{Map, Value};

use super::{
    compile::Compiler,
    template::{Expr, Template, Text, below},
};

/// Variables that only some expressions may use.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each variable is known or not, by itself")]
pub(super) struct Scope {
    pub(super) resource: bool,
    pub(super) needed: bool,
    /// The request's variables.
    pub(super) request: bool,
    /// The answer that issued the request's token.
    pub(super) token: bool,
    /// How full the bucket is.
    pub(super) bucket: bool,
    /// The listed object that is looked at.
    pub(super) item: bool,
}

impl Compiler<'_> {
    pub(super) fn text(&mut self, text: &str, scope: Scope, at: &str) -> Text {
        match Text::new(text) {
            Ok(text) => {
                self.in_scope(|variable| text.uses(variable), scope, at);
                text
            }
            Err(why) => {
                self.expression_problem(why, at);
                Text::literal(text)
            }
        }
    }

    pub(super) fn expr(&mut self, text: &str, scope: Scope, at: &str) -> Option<Expr> {
        match Expr::new(text) {
            Ok(expr) => {
                self.in_scope(|variable| expr.uses(variable), scope, at);
                Some(expr)
            }
            Err(why) => {
                self.expression_problem(why, at);
                None
            }
        }
    }

    pub(super) fn templates(
        &mut self,
        values: &Map<String, Value>,
        scope: Scope,
        at: &str,
    ) -> Vec<(String, Template)> {
        let mut templates = Vec::with_capacity(values.len());
        for (name, value) in values {
            let at = below(at, name);
            templates.push((name.clone(), self.template(value, scope, &at)));
        }
        templates
    }

    pub(super) fn template(&mut self, value: &Value, scope: Scope, at: &str) -> Template {
        let mut wrong = Vec::new();
        let template = Template::new(value, at, &mut wrong);
        for (at, why) in wrong {
            self.expression_problem(why, &at);
        }
        self.in_scope(|variable| template.uses(variable), scope, at);
        template
    }

    fn expression_problem(&mut self, why: String, at: &str) {
        let problem = self
            .file
            .problem("an expression is wrong", at)
            .actual(why)
            .help("write it as in `body.amount > 100`, in texts as in `{{ body.amount }}`");
        self.problems.push(problem);
    }

    fn in_scope(&mut self, uses: impl Fn(&str) -> bool, scope: Scope, at: &str) {
        let reasons = [
            ("resource", scope.resource, "only where the operation `reads` or `moves` one"),
            ("needed", scope.needed, "only where the operation says what it `needs`"),
            ("token", scope.token, "only where a scenario's token signs the operation"),
            ("bucket", scope.bucket, "only in `throttle`, where there is a `bucket`"),
            ("item", scope.item, "only in `where`"),
            ("body", scope.request, "not in header fields and answers to all"),
            ("path", scope.request, "not in header fields and answers to all"),
            ("query", scope.request, "not in header fields and answers to all"),
        ];
        for (variable, _, reason) in reasons.iter().filter(|(v, known, _)| !known && uses(v)) {
            let problem = self
                .file
                .problem(format!("there is no `{variable}` here"), at)
                .expected(format!("`{variable}` {reason}"))
                .help("use a variable that is known here: `seq` and `now` always are");
            self.problems.push(problem);
        }
    }
}
