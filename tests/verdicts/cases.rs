//! How each cause is brought about.

use std::time::Duration;

use probe::evidence::{Cause, exit};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use super::{
    Case,
    common::{
        CLOSED,
        partner::{Reply, Wire, answer, json, pause},
        workspace::{Ran, SETTINGS, Workspace, finish, signal, start},
    },
    tls::{self, Authority, Identity},
};

const GET: &str = "When we call getThing with\n  | id | 1 |\n";
const CREATE: &str = "When we call createThing with\n  | name | anvil |\n";
/// A record whose calls give up quickly; for partners that are silent anyway.
const SHORT: &str = "timeout: 250 ms";

/// Every case.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = answers();
    cases.extend(limits());
    cases.extend(credentials());
    cases.extend(no_answers());
    cases.extend(certificates());
    cases.extend(broken_http());
    cases.extend(time());
    cases.extend(not_run());
    cases.extend(super::faults::all());
    cases
}

/// An independent partner with these answers.
fn partner(mocks: Vec<Mock>) -> MockServer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let server = MockServer::start().await;
        for mock in mocks {
            mock.mount(&server).await;
        }
        server
    })
}

fn get(answer: ResponseTemplate) -> Mock {
    Mock::given(method("GET")).and(path("/things/1")).respond_with(answer)
}

fn said(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "application/json")
}

/// Calls a partner that has one answer to `getThing`.
fn asked(answer: ResponseTemplate, more: &str, then: &str) -> Ran {
    let partner = partner(vec![get(answer)]);
    let workspace = Workspace::new(&partner.uri(), more);
    workspace.scenario(&format!("{GET}{then}"));
    workspace.run(&["--env", "test"])
}

/// Calls a partner that has one answer to `getThing`, and expects a success.
pub(crate) fn said_by(status: u16, body: &str, more: &str) -> Ran {
    asked(said(status, body), more, "")
}

/// Runs a scenario against the stand-in.
pub(crate) fn played(more: &str, steps: &str) -> Ran {
    let workspace = Workspace::new("http://unused.invalid", more);
    workspace.scenario(steps);
    workspace.run(&[])
}

fn answers() -> Vec<Case> {
    const WHOLE: &str = r#"{"id": "1", "name": "anvil"}"#;
    const NO: &str = r#"{"error": "no"}"#;
    vec![
        Case::new(Cause::ContractBroken, "a promised member is missing", || {
            asked(said(200, r#"{"id": "1"}"#), "", "Then the answer is 200")
        }),
        Case::new(Cause::ContractBroken, "a status that is not promised", || {
            asked(said(202, NO), "", "Then the answer is 202")
        }),
        Case::new(Cause::RequestBroken, "we leave out what the contract demands", || {
            let created = ResponseTemplate::new(201).set_body_raw(WHOLE, "application/json");
            let partner = partner(vec![Mock::given(method("POST")).respond_with(created)]);
            let workspace = Workspace::new(&partner.uri(), "");
            workspace.scenario("When we call createThing with\n  | size | 3 |");
            workspace.run(&["--env", "test"])
        }),
        Case::new(Cause::PartnerExpectation, "a value is another one", || {
            asked(said(200, WHOLE), "", r#"Then "$.name" is "hammer""#)
        }),
        Case::new(Cause::PartnerExpectation, "a failure inside a success", || {
            let declared = "failure_inside: [{at: $.name, is: [anvil]}]\n";
            asked(said(200, WHOLE), declared, "Then the answer is 200")
        }),
        Case::new(
            Cause::PartnerExpectation,
            "an expected failure inside that does not come",
            || {
                let declared = "failure_inside: [{at: $.name, is: [hammer]}]\n";
                asked(said(200, WHOLE), declared, "Then the answer tells of a failure inside")
            },
        ),
        Case::new(Cause::PartnerExpectation, "an error that no sentence expects", || {
            asked(said(400, NO), "", "")
        }),
        Case::new(Cause::OurExpectation, "we should have tried thrice", || {
            asked(said(200, WHOLE), "", "Then we made 3 attempts")
        }),
        Case::new(Cause::ServerError, "503 in the contract's own form", || {
            asked(said(503, NO), "", "")
        }),
        Case::new(Cause::ServerError, "an outage page for people", || {
            asked(
                ResponseTemplate::new(503).set_body_raw("<h1>Oh</h1>", "text/html"),
                "",
                "Then the answer is 200",
            )
        }),
        Case::new(Cause::EdgeAnswered, "a proxy wants to know who we are", || {
            asked(ResponseTemplate::new(407), "", "Then the answer is 200")
        }),
        Case::new(Cause::EdgeAnswered, "a firewall's page", || {
            let page = ResponseTemplate::new(403).set_body_raw("<h1>Blocked</h1>", "text/html");
            asked(page, "", "Then the answer is 200")
        }),
        Case::new(Cause::EdgeAnswered, "a firewall's page that no sentence speaks of", || {
            asked(ResponseTemplate::new(403).set_body_raw("<h1>Blocked</h1>", "text/html"), "", "")
        }),
        Case::new(Cause::OwnObjectGone, "what we made is not found", || {
            let made = said(201, r#"{"id": "1", "name": "anvil"}"#);
            let partner =
                partner(vec![Mock::given(method("POST")).respond_with(made), get(said(404, NO))]);
            let workspace = Workspace::new(&partner.uri(), "");
            workspace.scenario(&format!(
                "{CREATE}And we remember \"$.id\" as thing\n\
                 When we call getThing with\n  | id | {{thing}} |\nThen the answer is 200"
            ));
            workspace.run(&["--env", "test"])
        }),
        Case::new(Cause::TestDataMissing, "what was taken for granted is not found", || {
            asked(said(404, NO), "", "Then the answer is 200")
        }),
    ]
}

fn limits() -> Vec<Case> {
    const NO: &str = r#"{"error": "slow down"}"#;
    const BUSY: &str = r#"{"error": {"code": "BUSY"}}"#;
    const BY_BODY: &str = "limits:\n  rate: 100 per second\n  throttled_by: \
                           [{status: 200, at: $.error.code, is: [BUSY]}]";
    vec![
        Case::new(Cause::ThrottledWithinLimit, "429 at the first call", || {
            asked(said(429, NO), "limits: {rate: 100 per second}", "")
        }),
        Case::new(Cause::ThrottledWithinLimit, "throttled in the form of a 403", || {
            asked(said(403, NO), "limits: {rate: 100 per second, throttled_by: [403]}", "")
        }),
        Case::new(Cause::ThrottledWithinLimit, "throttled under status 200", || {
            asked(said(200, BUSY), BY_BODY, "Then the answer is 200")
        }),
        Case::new(Cause::ThrottledWithinLimit, "a value is missed under it", || {
            asked(said(200, BUSY), BY_BODY, "Then \"$.name\" is \"anvil\"")
        }),
        Case::new(Cause::ThrottledOverLimit, "others share the credential", || {
            asked(said(429, NO), "limits: {rate: 100 per second, shared: true}", "")
        }),
        Case::new(Cause::ThrottledOverLimit, "no limit is recorded", || {
            asked(said(429, NO), "", "")
        }),
    ]
}

fn credentials() -> Vec<Case> {
    const NO: &str = r#"{"error": "who are you"}"#;
    fn refused(status: u16) -> Ran {
        let partner = partner(vec![get(said(status, NO))]);
        let auth = "auth: {scheme: bearer, secret: env:SHOP_KEY}";
        let workspace = Workspace::new(&partner.uri(), auth);
        workspace.scenario(GET);
        let mut run = workspace.probe(["run", "--env", "test"]);
        workspace.ran(run.env("SHOP_KEY", "a-key-of-ours").output().expect("the binary starts"))
    }
    /// Refuses the very thing that it has just given, as a token.
    fn issued(status: u16) -> Ran {
        let made = said(201, r#"{"id": "a-fresh-token", "name": "anvil"}"#);
        let partner =
            partner(vec![Mock::given(method("POST")).respond_with(made), get(said(status, NO))]);
        let auth = "operations: {getThing: {auth: {scheme: bearer}}}";
        let workspace = Workspace::new(&partner.uri(), auth);
        workspace.scenario(&format!(
            "{CREATE}And we remember \"$.id\" as token\nAnd our access token is {{token}}\n{GET}"
        ));
        workspace.run(&["--env", "test"])
    }
    vec![
        Case::new(Cause::FreshTokenRefused, "401 for what it has just issued", || issued(401)),
        Case::new(Cause::CredentialsRefused, "403 for what it has just issued", || issued(403)),
        Case::new(Cause::CredentialsRefused, "401", || refused(401)),
        Case::new(Cause::CredentialsRefused, "403 in the contract's own form", || refused(403)),
    ]
}

/// Names that do not resolve, refused connections, cut ones, silence; each with
/// our own path alive, dead and unknown.
fn no_answers() -> Vec<Case> {
    use Cause as C;
    fn run(base_url: &str, target: Option<&str>, more: &str) -> Ran {
        let workspace = Workspace::new(base_url, more);
        let targets = target.map(|target| format!("[control]\ntargets = [\"{target}\"]\n"));
        workspace.put("probe.toml", &format!("{SETTINGS}{}", targets.unwrap_or_default()));
        workspace.scenario(&format!("{GET}Then the answer is 200"));
        workspace.run(&["--env", "test"])
    }
    /// Alive, dead, unknown.
    fn three(
        how: &'static str,
        causes: [Cause; 3],
        partner: impl Fn() -> (String, &'static str, Option<Wire>) + Clone + Send + Sync + 'static,
    ) -> Vec<Case> {
        let [alive, dead, unknown] = causes;
        let (one, two, three) = (partner.clone(), partner.clone(), partner);
        vec![
            Case::new(alive, how, move || {
                let control = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
                let target = control.local_addr().expect("an address").to_string();
                let (url, more, _wire) = one();
                run(&url, Some(&target), more)
            }),
            Case::new(dead, how, move || {
                let (url, more, _wire) = two();
                run(&url, Some(CLOSED), more)
            }),
            Case::new(unknown, how, move || {
                let (url, more, _wire) = three();
                run(&url, None, more)
            }),
        ]
    }
    let mut cases = three(
        "a name that no resolver knows",
        [C::DnsPartner, C::DnsPath, C::DnsUnknown],
        // The empty label keeps the question on this machine, where name servers are silent.
        || ("http://partner..invalid".to_owned(), "", None),
    );
    let connect = [C::ConnectPartner, C::ConnectPath, C::ConnectUnknown];
    cases.extend(three("nothing listens", connect, || (format!("http://{CLOSED}"), "", None)));
    cases.extend(three("the connection is cut before an answer", connect, || {
        let wire = Wire::new(|_, _| Reply::Cut(Vec::new()));
        (wire.url(), "", Some(wire))
    }));
    let timeout = [C::TimeoutPartner, C::TimeoutPath, C::TimeoutUnknown];
    cases.extend(three("silence", timeout, || {
        let wire = Wire::new(|_, _| Reply::Silence);
        (wire.url(), SHORT, Some(wire))
    }));
    cases.extend(three("a head, and then silence", timeout, || {
        let head =
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
        let wire = Wire::saying(head.to_vec());
        (wire.url(), SHORT, Some(wire))
    }));
    cases
}

fn certificates() -> Vec<Case> {
    fn run(url: &str, authority: &Authority) -> Ran {
        let workspace = Workspace::new(url, "");
        workspace.scenario(GET);
        let mut run = workspace.probe(["run", "--env", "test"]);
        run.env("SSL_CERT_FILE", authority.file());
        workspace.ran(run.output().expect("the binary starts"))
    }
    vec![
        Case::new(Cause::ServerCertificate, "self-signed", || {
            run(&tls::serve(&Identity::self_signed("localhost"), None), &Authority::new())
        }),
        Case::new(Cause::ServerCertificate, "expired", || {
            let authority = Authority::new();
            run(&tls::serve(&authority.issue("localhost", true), None), &authority)
        }),
        Case::new(Cause::ServerCertificate, "for another host", || {
            let authority = Authority::new();
            run(&tls::serve(&authority.issue("elsewhere.example", false), None), &authority)
        }),
        Case::new(Cause::ClientCertificate, "the partner wants one of us", || {
            let authority = Authority::new();
            let identity = authority.issue("localhost", false);
            run(&tls::serve(&identity, Some(&authority)), &authority)
        }),
    ]
}

fn broken_http() -> Vec<Case> {
    fn run(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Ran {
        let wire = Wire::new(move |_, _| reply());
        let workspace = Workspace::new(&wire.url(), "");
        workspace.scenario(&format!("{GET}Then the answer is 200"));
        workspace.run(&["--env", "test"])
    }
    let broken = |how, reply: fn() -> Reply| Case::new(Cause::BrokenHttp, how, move || run(reply));
    vec![
        broken("what comes is not HTTP", || Reply::Cut(b"220 mail.example.com ESMTP\r\n".to_vec())),
        broken("half a body", || {
            Reply::Cut(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{\"id\":"
                    .to_vec(),
            )
        }),
        broken("a body of more than we read", || {
            Reply::Answer(b"HTTP/1.1 200 OK\r\ncontent-length: 17000000000\r\n\r\n".to_vec())
        }),
        broken("a body without an end", || {
            let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
            let chunk = [b"100000\r\n".as_slice(), &[b' '; 0x10_0000], b"\r\n"].concat();
            Reply::Cut([head, chunk.repeat(18)].concat())
        }),
        broken("JSON that is not UTF-8", || {
            let body = b"{\"id\": \"1\", \"name\": \"\xff\xfe\"}";
            Reply::Answer(answer(200, &[("content-type", "application/json")], body))
        }),
    ]
}

fn time() -> Vec<Case> {
    vec![
        Case::new(Cause::TooSlow, "the wait that the partner asked for counts", || {
            // A minute of nominal time: no delay of ours comes near a tenth of it.
            played(
                "retry: {on: [throttled], attempts: 2, backoff: {exponential: 1 s}}",
                &format!(
                    "Given the partner throttles the next call\n{CREATE}\
                     Then the answer is 201\nAnd it took less than 50 s"
                ),
            )
        }),
        Case::new(Cause::TooSlowStarved, "probe itself is stopped for a while", starved),
        Case::new(Cause::ScenarioTimedOut, "a patient call in an impatient scenario", || {
            let wire = Wire::new(|_, _| Reply::Silence);
            let workspace = Workspace::new(&wire.url(), "");
            workspace.scenario(GET);
            workspace.run(&["--env", "test", "--scenario-timeout", "300 ms"])
        }),
        Case::new(Cause::FaultNeverFired, "the armed operation is not called", || {
            played("", &format!("Given the partner throttles the next call of getThing\n{CREATE}"))
        }),
    ]
}

/// Probe is stopped while the partner works, and the partner is quick as soon
/// as it goes on.
fn starved() -> Ran {
    let (go, went) = std::sync::mpsc::channel::<()>();
    let went = std::sync::Mutex::new(went);
    let wire = Wire::new(move |_, _| {
        let went = went.lock().expect("no thread panicked");
        went.recv_timeout(Duration::from_secs(30)).expect("the test goes on");
        Reply::Answer(json(200, r#"{"id": "1", "name": "anvil"}"#))
    });
    let workspace = Workspace::new(&wire.url(), "");
    workspace.scenario(&format!("{GET}Then it took less than 400 ms"));
    let probe = start(&mut workspace.probe(["run", "--env", "test"]));
    wire.wait();
    signal(&probe, "STOP");
    pause(Duration::from_millis(500));
    signal(&probe, "CONT");
    go.send(()).expect("the partner waits");
    workspace.ran(finish(probe))
}

fn not_run() -> Vec<Case> {
    let mut interrupted = Case::new(Cause::Interrupted, "--fail-fast", || {
        let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
        workspace.put(
            "features/shop.things/two.feature",
            &format!(
                "Feature: Two\n\n  Scenario: First\n    {0}\n\n  Scenario: It\n    {0}\n",
                GET.trim_end().replace('\n', "\n    ")
            ),
        );
        workspace.run(&["--env", "test", "--fail-fast", "--concurrency", "1"])
    });
    interrupted.code = Some(exit::FAILED);
    let mut signalled = Case::new(Cause::NoVerdict, "ended by SIGINT under way", || {
        let (wire, workspace) = waiting();
        let probe = start(&mut workspace.probe(["run", "--env", "test"]));
        wire.wait();
        signal(&probe, "INT");
        workspace.ran(finish(probe))
    });
    signalled.code = Some(exit::INTERRUPTED);
    vec![
        Case::new(Cause::NotAllowed, "a write in class live", || {
            let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
            workspace.scenario(CREATE);
            workspace.run(&["--env", "live"])
        }),
        Case::new(Cause::NotRunnable, "the record has no such environment", || {
            let workspace = Workspace::new(&format!("http://{CLOSED}"), "");
            let more = "[environments.uat]\nclass = \"test\"\n";
            workspace.put("probe.toml", &format!("{SETTINGS}{more}"));
            workspace.scenario(GET);
            workspace.run(&["--env", "uat"])
        }),
        interrupted,
        signalled,
    ]
}

/// A scenario that waits for its partner.
pub(crate) fn waiting() -> (Wire, Workspace) {
    let wire = Wire::new(|_, _| Reply::Silence);
    let workspace = Workspace::new(&wire.url(), "");
    workspace.scenario(GET);
    (wire, workspace)
}
