//! Rules about how a contract changes: from one version to the next, and never inside one. They
//! are judged in `run`, where the versions lie beside each other.

use super::{Example, Level, Rule, Shown, Stage};

/// A breaking step to the next version that nobody has planned.
pub const MIGRATION_MISSING: Rule = Rule {
    id: "migration-missing",
    level: Level::Error,
    from: Stage::Always,
    meaning: "a version of a contract breaks with the one before it, and no migration is planned",
    why: "Both versions are served for a while, and each caller has to be moved from one to the \
          other. How that is done is known on the day of the change and forgotten a month later. \
          What cannot be decided counts as breaking.",
    help: "write it in CHANGES.md beside the versions: a section `## vN` of the new one, with \
           `### Migration` in it",
    example: Example {
        bad: &[
            Shown { file: V1, text: TIDE },
            Shown { file: V2, text: TIDE_WITH_PORT },
            NAMES_BOTH,
        ],
        good: &[
            Shown { file: V1, text: TIDE },
            Shown { file: V2, text: TIDE_WITH_PORT },
            NAMES_BOTH,
            Shown {
                file: "contracts/shop/parcels/CHANGES.md",
                text: "# Changes of `shop/parcels`\n\n## v2\n\nA tide is that of one port.\n\n### Migration\n\nSend the `port` before the switch: v1 ignores it.\n",
            },
        ],
    },
};

/// A breaking change to what was promised under the same number.
pub const VERSION_BROKEN: Rule = Rule {
    id: "version-broken",
    level: Level::Error,
    from: Stage::Always,
    meaning: "a contract breaks with what it was at the revision of --against",
    why: "Whoever keeps to a version relies on it. What breaks is a new version, beside the old \
          one; or it corrects what was never true, and then somebody says so. What cannot be \
          decided counts as breaking.",
    help: "make it a new version beside this one; or approve it in contracts/approvals.yaml by \
           its fingerprint, with owner, reason and day",
    example: Example {
        bad: &[WAS, Shown { file: V1, text: TIDE_WITH_PORT }, NAMES_ONE],
        good: &[
            WAS,
            Shown { file: V1, text: TIDE_WITH_PORT },
            NAMES_ONE,
            Shown {
                file: APPROVALS,
                text: "approvals:\n  - fingerprint: dc460c65630d02c5\n    owner: sea@example.com\n    reason: it was never answered without a port\n    expires: 2027-03-01\n",
            },
        ],
    },
};

/// What was there cannot be read.
pub const VERSION_UNCOMPARED: Rule = Rule {
    id: "version-uncompared",
    level: Level::Warning,
    from: Stage::Always,
    meaning: "what a contract was at the revision of --against cannot be read",
    why: "Nothing can be said about how it changed. Mostly it was wrong then, and is mended now.",
    help: "compare it by eye: git diff REV -- contracts/",
    example: Example {
        bad: &[
            Shown { file: "git:main:contracts/shop/parcels/v1/openapi.yaml", text: "openapi: 9\n" },
            Shown { file: V1, text: TIDE },
            NAMES_ONE,
        ],
        good: &[WAS, Shown { file: V1, text: TIDE }, NAMES_ONE],
    },
};

/// An approval whose day has passed.
pub const APPROVAL_EXPIRED: Rule = Rule {
    id: "approval-expired",
    level: Level::Dated,
    from: Stage::Always,
    meaning: "the approval of a breaking difference has expired",
    why: "The difference was borne for a time, and the time is over. `probe contract diff` counts it \
          again; here the warning stands for it, since nothing but the day has changed.",
    help: "settle the difference, or approve it anew with its owner",
    example: Example {
        bad: &[
            WAS,
            Shown { file: V1, text: TIDE_WITH_PORT },
            NAMES_ONE,
            Shown {
                file: APPROVALS,
                text: "approvals:\n  - fingerprint: dc460c65630d02c5\n    owner: sea@example.com\n    reason: it was never answered without a port\n    expires: 2026-11-01\n",
            },
        ],
        good: &[
            WAS,
            Shown { file: V1, text: TIDE_WITH_PORT },
            NAMES_ONE,
            Shown {
                file: APPROVALS,
                text: "approvals:\n  - fingerprint: dc460c65630d02c5\n    owner: sea@example.com\n    reason: it was never answered without a port\n    expires: 2027-03-01\n",
            },
        ],
    },
};

/// An approval of what is not there.
pub const APPROVAL_UNUSED: Rule = Rule {
    id: "approval-unused",
    level: Level::Warning,
    from: Stage::Always,
    meaning: "an approval fits no difference from the revision of --against",
    why: "It says that something is borne which is not there. Mostly the change has reached the \
          revision since, and the approval has done its work.",
    help: "take it out; a difference that changes gets another fingerprint",
    example: Example {
        bad: &[
            WAS,
            Shown { file: V1, text: TIDE },
            NAMES_ONE,
            Shown {
                file: APPROVALS,
                text: "approvals:\n  - fingerprint: dc460c65630d02c5\n    owner: sea@example.com\n    reason: it was never answered without a port\n    expires: 2027-03-01\n",
            },
        ],
        good: &[WAS, Shown { file: V1, text: TIDE }, NAMES_ONE],
    },
};

const APPROVALS: &str = "contracts/approvals.yaml";
const V1: &str = "contracts/shop/parcels/v1/openapi.yaml";
const V2: &str = "contracts/shop/parcels/v2/openapi.yaml";

/// The first version as the revision has it.
const WAS: Shown = Shown { file: "git:main:contracts/shop/parcels/v1/openapi.yaml", text: TIDE };

const NAMES_ONE: Shown = Shown {
    file: "catalog/acme.parcels.yaml",
    text: "status: draft\ncontract: {current: shop/parcels/v1, previous: none}\n",
};

const NAMES_BOTH: Shown = Shown {
    file: "catalog/acme.parcels.yaml",
    text: "status: draft\ncontract: {current: shop/parcels/v2, previous: shop/parcels/v1}\n",
};

const TIDE: &str = "openapi: 3.1.0
info: {title: Tides, version: \"1\"}
paths:
  /tide:
    get:
      operationId: tellTide
      responses:
        \"204\": {description: High water}
";

const TIDE_WITH_PORT: &str = "openapi: 3.1.0
info: {title: Tides, version: \"1\"}
paths:
  /tide:
    get:
      operationId: tellTide
      parameters:
        - {name: port, in: query, required: true, schema: {type: string}}
      responses:
        \"204\": {description: High water}
";
