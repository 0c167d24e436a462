//! What a rule is.

use crate::contract::compare::difference::Level;

/// A rule of the comparison, with everything that is told about it.
///
/// It weighs by who moves first, and by who reads: of a part that the described application says,
/// the reader is the other side; of a part that it takes, the reader is the application itself.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Id, such as `parameter.became-required`. It never changes its meaning: approvals hold it.
    pub id: &'static str,
    /// Where the described application moves first, whoever reads.
    pub first: Level,
    /// Where it moves last, whoever reads.
    pub last: Level,
    /// Where the reader still has the old version, and the writer the new one.
    pub reader_waits: Level,
    /// Where the writer still has the old version, and the reader the new one.
    pub writer_waits: Level,
    /// The rule that tells the same edit made backwards; empty where it depends on more.
    pub mirror: &'static str,
    /// What it tells, in a sentence.
    pub doc: &'static str,
    /// What to do about it.
    pub help: &'static str,
    /// Two versions that it tells apart.
    pub example: Example,
}

impl Rule {
    /// How it weighs in what the described application says, where it moves first: an answer, a
    /// webhook, a message that it sends.
    pub fn said(&self) -> Level {
        self.first.max(self.reader_waits)
    }

    /// How it weighs in what the described application takes, where it moves first: a request.
    pub fn taken(&self) -> Level {
        self.first.max(self.writer_waits)
    }
}

/// Two versions that differ in one thing.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// Where the lines stand in their document.
    pub frame: Frame,
    /// The lines of the old version, in YAML's flow style.
    pub old: &'static str,
    /// The lines of the new one.
    pub new: &'static str,
}

/// Which part of a small document the lines of an example are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Members of the document, beside `openapi` and `info`.
    Document,
    /// Members of the operation `GET /things`, beside an answer 200 without a body.
    Operation,
    /// Members of the answer 200 of `GET /things`.
    Answer,
    /// The schema of the answer's body, and of the request's: each difference is told twice.
    Schema,
}

impl Example {
    /// The two documents, in YAML.
    pub fn documents(&self) -> [String; 2] {
        [self.old, self.new].map(|lines| match self.frame {
            Frame::Document => format!(
                "{{openapi: 3.1.0, info: {{title: Things, version: '1'}}, {lines}}}\n"
            ),
            Frame::Operation => document("get", &format!("{lines}, responses: {{'200': {{description: d}}}}")),
            Frame::Answer => document("get", &format!("operationId: getThing, responses: {{'200': {{description: d, {lines}}}}}")),
            Frame::Schema => {
                let content = format!("content: {{application/json: {{schema: {lines}}}}}");
                document("post", &format!(
                    "operationId: makeThing, requestBody: {{{content}}}, responses: {{'200': {{description: d, {content}}}}}"
                ))
            }
        })
    }
}

fn document(method: &str, members: &str) -> String {
    format!(
        "{{openapi: 3.1.0, info: {{title: Things, version: '1'}}, paths: {{/things: {{{method}: {{{members}}}}}}}}}\n"
    )
}
