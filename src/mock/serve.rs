//! One request, from its arrival to its answer.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;

use super::{
    Fault, FaultKind, Moment, StandIn,
    act::{Call, Said},
    answer,
    behavior::{Canned, Play},
    fault::Faults,
    guard::{Guard, bearer},
    journal::Journal,
    odd::{self, Odd},
    send,
    state::State,
    template::{Context, Text, Variables},
    throttle::{Level, Pour, Poured},
    tokens::{Tokens, Worth},
};
use crate::{
    contract::{
        Operation, check,
        codec::{self, Arguments, Matched},
        generate::Answer,
    },
    evidence::{
        Attempt, Body, Direction, DriftClass, Exchange, Headers, NoAnswer, Outcome, Request,
    },
    transport::{
        Inserted, Passed,
        listener::{Handler, Received, Reply},
    },
};

/// A stand-in with what has happened to it.
#[derive(Debug)]
pub(super) struct Service {
    stand_in: Arc<StandIn>,
    live: Mutex<Live>,
    /// Told of every wait that a fault inserts.
    inserted: Inserted,
}

/// Why a request may not pass; never says a value.
struct Refused<'s> {
    /// The partner's words for it, where the mock file has them.
    known: Option<&'s Canned>,
    why: String,
}

/// What has happened so far. Its lock is held for moments only, never while waiting.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) state: State,
    pub(super) journal: Journal,
    pub(super) faults: Faults,
    /// How full the buckets are, by form of throttling.
    pub(super) levels: Vec<Level>,
    /// The time that buckets leak by.
    pub(super) passed: Passed,
    pub(super) tokens: Tokens,
    /// Requests by the operation's place in the contract.
    pub(super) received: Vec<usize>,
}

impl Service {
    pub(super) fn new(stand_in: Arc<StandIn>, inserted: Inserted) -> Self {
        let live = Live {
            state: State::new(stand_in.behavior.resources.len()),
            journal: Journal::default(),
            faults: Faults::default(),
            levels: stand_in.behavior.throttles.iter().map(|_| Level::default()).collect(),
            passed: Passed::default(),
            tokens: Tokens::default(),
            received: vec![0; stand_in.contract.operations.len()],
        };
        Self { stand_in, live: Mutex::new(live), inserted }
    }

    pub(super) fn stand_in(&self) -> &Arc<StandIn> {
        &self.stand_in
    }

    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        // State that a panic left behind is still the state that its calls see.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer, and how much later it comes.
    fn respond(&self, request: &Received) -> (Reply, Option<Duration>) {
        let stand_in = &*self.stand_in;
        let matched = match codec::find(&stand_in.contract, &request.method, &request.path) {
            Ok(matched) => matched,
            Err(why) => {
                let number = self.live().journal.receive(None, request.headers.clone());
                let answer = answer::problem(404, "no such operation", &why);
                let said = Said { answer, refused: Some(why) };
                return (self.say(number, None, said, None), None);
            }
        };
        let index = stand_in
            .contract
            .operations
            .iter()
            .position(|op| std::ptr::eq(op, matched.operation))
            .expect("an operation is found among those of its contract");
        let play = &stand_in.behavior.plays[index];
        let (number, fault) = {
            let mut live = self.live();
            live.received[index] += 1;
            let number = live.journal.receive(Some(&play.name), request.headers.clone());
            (number, live.faults.next(&play.name))
        };
        let obey = || self.obey(number, index, &matched, request);
        match fault {
            Some(fault) => self.misbehave(&fault, (number, index), &matched, request, obey),
            None => (self.say(number, Some(play), obey(), None), None),
        }
    }

    /// The answer as a fault lets it be, and how much later it comes.
    fn misbehave(
        &self,
        fault: &Fault,
        (number, index): (u64, usize),
        matched: &Matched<'_>,
        request: &Received,
        obey: impl Fn() -> Said,
    ) -> (Reply, Option<Duration>) {
        let stand_in = &*self.stand_in;
        let (play, peer) = (&stand_in.behavior.plays[index], request.peer);
        let words = Some(fault.to_string());
        if let Some(odd) = odd::answer(&fault.kind) {
            return (self.say_odd(number, odd, words), None);
        }
        let said = match &fault.kind {
            FaultKind::Throttle => self.throttle(number, index, matched, request),
            FaultKind::Status(status) => {
                answer::status(&stand_in.contract, matched.operation, *status, stand_in.seed).into()
            }
            FaultKind::Reset(Moment::BeforeActing) => {
                return (self.say_nothing(number, words, Reply::Reset), None);
            }
            FaultKind::Reset(Moment::BeforeAnswering) => {
                obey();
                return (self.say_nothing(number, words, Reply::Reset), None);
            }
            FaultKind::Silence => {
                obey();
                self.inserted.silence(peer);
                return (self.say_nothing(number, words, Reply::Silence), None);
            }
            _ => obey(),
        };
        let reply = self.say(number, Some(play), said, words);
        let reply = send::by(&fault.kind, reply, |every| self.inserted.pause(peer, every));
        match fault.kind {
            FaultKind::Slow(late) => (reply, Some(late)),
            _ => (reply, None),
        }
    }

    /// Does what was asked, if it may be done.
    fn obey(&self, number: u64, index: usize, matched: &Matched<'_>, request: &Received) -> Said {
        let stand_in = &*self.stand_in;
        let (contract, op) = (&*stand_in.contract, matched.operation);
        let token = match self.admit(number, index, request) {
            Ok(token) => token,
            Err(Refused { known, why }) => {
                return stand_in.refusal(number, op, known, &[401], "unauthorized", why);
            }
        };
        let decoded = codec::decode_request(
            contract,
            matched,
            &request.query,
            &request.headers,
            &request.body,
        );
        let (arguments, problem) = match decoded {
            Ok(arguments) => {
                let problem = self.broken(op, request);
                (arguments, problem)
            }
            Err(why) => (Arguments::default(), Some(why)),
        };
        let call = Call { stand_in, number, index, op, arguments, problem, request, token };
        let key = stand_in.behavior.plays[index]
            .key_header
            .as_deref()
            .and_then(|header| request.header(header));
        let mut live = self.live();
        let now = live.passed.nominal();
        let drawn = (number, index);
        let poured = stand_in.pour(&mut live.levels, now, drawn, &call.arguments, Pour::Call);
        if let Some(poured) = poured.as_ref().filter(|poured| poured.over) {
            let said = stand_in.throttled(number, index, op, Some(poured));
            return told(said, number, Some(poured));
        }
        let said = told(call.perform(&mut live.state, key), number, poured.as_ref());
        if let Some((_, body)) = said.answer.body.as_ref().filter(|_| said.refused.is_none()) {
            live.tokens.issue(body);
        }
        said
    }

    /// Lets a request pass, with the answer that issued its token where it had to bring one.
    fn admit(
        &self,
        number: u64,
        index: usize,
        request: &Received,
    ) -> Result<Option<Arc<Value>>, Refused<'_>> {
        let behavior = &self.stand_in.behavior;
        let known = behavior.unauthorized.as_ref();
        let refused = |why: &str| Refused { known, why: why.to_owned() };
        match &self.stand_in.guards[index] {
            Guard::Open => Ok(None),
            Guard::Ours(credential) => match credential.refuses(request) {
                Some(why) => Err(Refused { known, why }),
                None => Ok(None),
            },
            Guard::Issued => {
                let token = bearer(request)
                    .ok_or_else(|| refused("no bearer token came with the request"))?;
                let mut live = self.live();
                match live.tokens.worth(token) {
                    Worth::Good(answer) => Ok(Some(answer)),
                    Worth::Unknown => Err(refused("the token was not issued here")),
                    Worth::Expired => {
                        let fault = live.faults.met_expired_token();
                        if let Some(entry) = live.journal.entry(number) {
                            entry.fault = fault;
                        }
                        let known = behavior.expired.as_ref().or(known);
                        Err(Refused { known, why: "the token has expired".to_owned() })
                    }
                }
            }
        }
    }

    /// How the request breaks the contract, in one line.
    fn broken(&self, op: &Operation, request: &Received) -> Option<String> {
        let StandIn { contract, tolerances, .. } = &*self.stand_in;
        let findings = check(contract, op, &exchange(op, request), tolerances);
        let broken: Vec<String> = findings
            .iter()
            .filter(|finding| finding.class == DriftClass::Breaking)
            .map(|finding| format!("{} ({})", finding.message, finding.where_in_message()))
            .collect();
        (!broken.is_empty()).then(|| broken.join("; "))
    }

    /// Throttles a call, as if others had just used up what it draws on.
    fn throttle(
        &self,
        number: u64,
        index: usize,
        matched: &Matched<'_>,
        request: &Received,
    ) -> Said {
        let stand_in = &*self.stand_in;
        let Received { query, headers, body, .. } = request;
        let decoded = codec::decode_request(&stand_in.contract, matched, query, headers, body);
        let arguments = decoded.unwrap_or_default();
        let mut live = self.live();
        let now = live.passed.nominal();
        let drawn = (number, index);
        let poured = stand_in.pour(&mut live.levels, now, drawn, &arguments, Pour::AtBrim);
        let said = stand_in.throttled(number, index, matched.operation, poured.as_ref());
        told(said, number, poured.as_ref())
    }

    /// An answer that no contract knows, with the fields on every answer.
    fn say_odd(&self, number: u64, mut odd: Odd, fault: Option<String>) -> Reply {
        let context = Variables::of_request(number).context(number);
        put_all(&mut odd.headers, &self.stand_in.behavior.headers, &context);
        if let Some(entry) = self.live().journal.entry(number) {
            entry.status = Some(odd.status);
            entry.fault = fault;
        }
        odd.reply()
    }

    /// No answer at all.
    fn say_nothing(&self, number: u64, fault: Option<String>, reply: Reply) -> Reply {
        if let Some(entry) = self.live().journal.entry(number) {
            entry.fault = fault;
        }
        reply
    }

    /// The last touches: drift, fields on every answer, the journal.
    fn say(
        &self,
        number: u64,
        play: Option<&Play>,
        mut said: Said,
        fault: Option<String>,
    ) -> Reply {
        let context = Variables::of_request(number).context(number);
        let headers = &self.stand_in.behavior.headers;
        put_all(&mut said.answer.headers, headers, &context);
        let mut live = self.live();
        let drift = match (play, &mut said.answer.body) {
            (Some(play), Some((_, body))) if (200..300).contains(&said.answer.status) => {
                live.faults.drift(&play.name, body)
            }
            _ => None,
        };
        if let Some(entry) = live.journal.entry(number) {
            entry.status = Some(said.answer.status);
            entry.fault = fault.or(drift).or(entry.fault.take());
            entry.refused = said.refused;
        }
        drop(live);
        answer::reply(said.answer)
    }
}

impl StandIn {
    /// A refusal in the partner's words, else in the contract's, else as problem details.
    pub(super) fn refusal(
        &self,
        number: u64,
        op: &Operation,
        known: Option<&Canned>,
        statuses: &[u16],
        title: &str,
        why: String,
    ) -> Said {
        let mut said = match known {
            Some(canned) => canned.said(self, op, number),
            None => answer::first_documented(&self.contract, op, statuses, self.seed)
                .unwrap_or_else(|| answer::problem(statuses[0], title, &why))
                .into(),
        };
        said.refused = Some(why);
        said
    }
}

impl Canned {
    /// This answer to the request of a number.
    pub(super) fn said(&self, stand_in: &StandIn, op: &Operation, number: u64) -> Said {
        self.said_in(stand_in, op, &Variables::of_request(number).context(number))
    }

    /// This answer, with what its header fields may use.
    pub(super) fn said_in(&self, stand_in: &StandIn, op: &Operation, context: &Context) -> Said {
        let mut answer = self.answer(&stand_in.contract, op, stand_in.seed);
        put_all(&mut answer.headers, &self.headers, context);
        answer.into()
    }
}

/// An answer that says how full the bucket is.
fn told(mut said: Said, number: u64, poured: Option<&Poured<'_>>) -> Said {
    if let Some(Err(why)) = poured.map(|poured| poured.tell(number, &mut said.answer)) {
        said.answer = answer::problem(500, "the mock file cannot be followed", &why);
        said.refused = Some(why);
    }
    said
}

/// Sets header fields from their templates.
pub(super) fn put_all(headers: &mut Headers, templates: &[(String, Text)], context: &Context) {
    for (name, text) in templates {
        // There is no better place to say what fails on them.
        let value = text.text(context).unwrap_or_else(|why| why);
        answer::put(headers, name, value);
    }
}

impl From<Answer> for Said {
    fn from(answer: Answer) -> Self {
        Self { answer, refused: None }
    }
}

/// The request as an exchange without an answer: the check judges what is there.
pub(super) fn exchange(op: &Operation, request: &Received) -> Exchange {
    let host = request.header("host").unwrap_or("localhost");
    let mut url = format!("http://{host}{}", request.path);
    if !request.query.is_empty() {
        url.push('?');
        url.push_str(&request.query);
    }
    let no_answer = NoAnswer::NotSent { detail: "not answered yet".to_owned() };
    Exchange {
        integration: String::new(),
        operation: op.name.clone(),
        direction: Direction::Inbound,
        request: Request {
            method: request.method.clone(),
            url,
            headers: request.headers.clone(),
            body: Body::whole(request.body.clone()),
        },
        attempts: vec![Attempt::ended(1, Outcome::NoAnswer(no_answer))],
    }
}

impl Handler for Service {
    fn handle<'h>(&'h self, request: Received) -> Pin<Box<dyn Future<Output = Reply> + Send + 'h>> {
        let (reply, late) = self.respond(&request);
        Box::pin(async move {
            if let Some(late) = late {
                self.inserted.wait(request.peer, late).await;
            }
            reply
        })
    }
}
