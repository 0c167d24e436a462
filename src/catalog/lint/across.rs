//! Rules that need more than a record: its contract, its scenarios, the files
//! beside it. They are judged where the rooms meet, in `run`.

use super::{Example, Level, Rule, Shown, Stage, rule::record};

/// A call that changes something, and that may come twice.
pub const WRITE_UNGUARDED: Rule = Rule {
    id: "write-unguarded",
    level: Level::Error,
    from: Stage::Beta,
    meaning: "an operation that writes has neither an idempotency key nor a guard",
    why: "An answer that is lost is asked for again. Unless the partner knows the second call by \
          its key, or we look before we repeat, the customer is charged twice. PUT and DELETE \
          repeat without harm (RFC 9110 section 9.2.2).",
    help: "say why a repeated call does no harm: `idempotency: {header: Idempotency-Key}`, \
           `built_in`, or `{guard: <the operation that looks>}`",
    example: Example {
        bad: &[record("operations:\n  createOrder: {undo: cancelOrder}\n")],
        good: &[record(
            "operations:\n  createOrder: {undo: cancelOrder, idempotency: {header: Idempotency-Key}}\n",
        )],
    },
};

/// A record that no scenario touches.
pub const SCENARIO_MISSING: Rule = Rule {
    id: "scenario-missing",
    level: Level::Error,
    from: Stage::Beta,
    meaning: "no scenario touches the integration",
    why: "What no scenario calls is not watched: the partner may change it, and no run will say.",
    help: "write one, or say `status: draft` while the record is being written",
    example: Example {
        bad: &[Shown { file: "catalog/acme.memos.yaml", text: "status: beta\n" }],
        good: &[
            Shown { file: "catalog/acme.memos.yaml", text: "status: beta\n" },
            Shown {
                file: "features/acme.memos/list.feature",
                text: "Feature: Memos\n\n  Scenario: Notes can be listed\n    When we call listNotes\n    Then the answer is 200\n",
            },
        ],
    },
};

/// A failure mode that no scenario brings about.
pub const MODE_UNCLAIMED: Rule = Rule {
    id: "mode-unclaimed",
    level: Level::Error,
    from: Stage::Beta,
    meaning: "a failure mode of the record is neither claimed by a scenario nor excused",
    why: "A mode is a promise that we survive it. A tag alone shows nothing: the scenario has to \
          bring the mode about, and to call an operation.",
    help: "write the scenario, or excuse the mode: `unproven: {reason: .., until: ..}`",
    example: Example {
        bad: &[record("failure_modes:\n  server-error: {}\n")],
        good: &[
            record("failure_modes:\n  server-error: {}\n"),
            Shown {
                file: "features/acme.orders/unwell.feature",
                text: "Feature: Trouble\n\n  @failure:server-error\n  Scenario: An answer of 5xx is asked for again\n    Given the partner answers the next call with 503\n    When we call listOrders\n    Then the answer is 200\n",
            },
        ],
    },
};

/// A failure mode that is claimed, and that no proof shows.
pub const MODE_UNPROVEN: Rule = Rule {
    id: "mode-unproven",
    level: Level::Error,
    from: Stage::Beta,
    meaning: "a claimed failure mode has no row in docs/proofs.md",
    why: "A scenario that passes with and without the protection proves nothing. Where a workspace \
          keeps the page of proofs, each claimed mode needs a scenario that failed when the \
          protection was taken away.",
    help: "show that a scenario of it fails without the protection, or excuse it: `unproven: \
           {reason: .., until: ..}`",
    example: Example {
        bad: &[Shown { file: "docs/proofs.md", text: NO_PROOFS }],
        good: &[Shown { file: "docs/proofs.md", text: PROOFS }],
    },
};

/// A proof by a scenario that is not there any more.
pub const PROOF_STALE: Rule = Rule {
    id: "proof-stale",
    level: Level::Error,
    from: Stage::Always,
    meaning: "docs/proofs.md names a scenario that is not there",
    why: "The scenario was renamed, or lost its tag: what the page says was shown of another one.",
    help: "run the proofs again and write the page anew",
    example: Example {
        bad: &[Shown { file: "docs/proofs.md", text: OLD_PROOFS }],
        good: &[Shown { file: "docs/proofs.md", text: PROOFS }],
    },
};

/// An example that does not keep its own contract.
pub const EXAMPLE_UNFIT: Rule = Rule {
    id: "example-unfit",
    level: Level::Error,
    from: Stage::Always,
    meaning: "an example of a contract does not fit its schema",
    why: "Stand-ins answer with examples. One that is wrong makes every scenario against the \
          stand-in wrong, and readers of the contract believe it.",
    help: "correct the example, or the schema if the partner really sends this",
    example: Example {
        bad: &[Shown { file: "contracts/shop/notes/v1/openapi.yaml", text: NOTES_UNFIT }],
        good: &[Shown { file: "contracts/shop/notes/v1/openapi.yaml", text: NOTES }],
    },
};

/// A contract that no record names.
pub const CONTRACT_UNUSED: Rule = Rule {
    id: "contract-unused",
    level: Level::Warning,
    from: Stage::Always,
    meaning: "no record names the contract, as current or as previous",
    why: "It looks like a promise that is kept, and nothing checks it. Mostly it is a version \
          whose time is over, or an id that was mistyped in a record.",
    help: "name it in a record, or remove its folder",
    example: Example {
        bad: &[Shown { file: "contracts/shop/parcels/v1/openapi.yaml", text: NOTES }],
        good: &[
            Shown { file: "contracts/shop/parcels/v1/openapi.yaml", text: NOTES },
            Shown {
                file: "catalog/acme.parcels.yaml",
                text: "status: draft\ncontract: {current: shop/parcels/v1, previous: none}\n",
            },
        ],
    },
};

/// A mock file that plays no integration.
pub const MOCK_IDLE: Rule = Rule {
    id: "mock-idle",
    level: Level::Error,
    from: Stage::Always,
    meaning: "a file in mocks/ has the name of no integration",
    why: "It plays nobody: the stand-in that was meant answers without state and habits, and \
          scenarios pass that should not.",
    help: "rename it to mocks/<integration id>.yaml, or add the record",
    example: Example {
        bad: &[Shown { file: "mocks/acme.order.yaml", text: HABITS }],
        good: &[Shown { file: "mocks/acme.orders.yaml", text: HABITS }],
    },
};

/// An override that holds for nothing.
pub const OVERRIDE_IDLE: Rule = Rule {
    id: "override-idle",
    level: Level::Warning,
    from: Stage::Always,
    meaning: "an override of probe.toml is for no scenario",
    why: "Whoever wrote it believes that a limit holds or that writes are refused, and it does \
          not. Mostly a tag or a name has changed since.",
    help: "mend its filters, or remove it",
    example: Example {
        bad: &[Shown { file: "probe.toml", text: FOR_NOTHING }],
        good: &[Shown { file: "probe.toml", text: FOR_SOME }],
    },
};

const FOR_NOTHING: &str = "[environments]
sandbox = { class = \"test\" }
production = { class = \"live\" }

[[run.overrides]]
tags = \"@slowly\"
scenario_timeout = \"2 minutes\"
";

const FOR_SOME: &str = "[environments]
sandbox = { class = \"test\" }
production = { class = \"live\" }

[[run.overrides]]
integration = \"acme.orders\"
scenario_timeout = \"2 minutes\"
";

const NO_PROOFS: &str = "| integration | failure mode | scenario |
|---|---|---|
";

const PROOFS: &str = "| integration | failure mode | scenario |
|---|---|---|
| acme.orders | rate-limit | acme.orders/orders.feature::Throttling is waited out |
";

const OLD_PROOFS: &str = "| integration | failure mode | scenario |
|---|---|---|
| acme.orders | rate-limit | acme.orders/orders.feature::Throttling is waited out |
| acme.orders | rate-limit | acme.orders/orders.feature::Throttling is borne |
";

const HABITS: &str = "headers: {request-id: \"req_{{ seq }}\"}\n";

const NOTES: &str = "openapi: 3.1.0
info: {title: Notes, version: \"1\"}
paths:
  /notes:
    get:
      operationId: listNotes
      responses:
        \"200\":
          description: All notes
          content:
            application/json:
              schema: {type: array, items: {type: string}}
              example: [milk]
";

const NOTES_UNFIT: &str = "openapi: 3.1.0
info: {title: Notes, version: \"1\"}
paths:
  /notes:
    get:
      operationId: listNotes
      responses:
        \"200\":
          description: All notes
          content:
            application/json:
              schema: {type: array, items: {type: string}}
              example: [12]
";
