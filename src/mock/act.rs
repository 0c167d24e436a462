//! What a call does to the state, and what is answered to it.

use std::sync::Arc;

use serde_json::Value;

use super::{
    StandIn,
    behavior::{Action, By, Canned, Need, Play, Resource, Success, Target, at, put_at},
    list::{List, NoList},
    serve::put_all,
    state::{Remembered, State},
    template::{Context, Template, Variables, plain},
};
use crate::{
    contract::{Operation, ParameterPlace, codec::Arguments, generate::Answer},
    transport::listener::Received,
};

/// An answer, and why it is a refusal where the stand-in did not like the request.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) answer: Answer,
    pub(super) refused: Option<String>,
}

/// A call with our credentials.
pub(super) struct Call<'c> {
    pub(super) stand_in: &'c StandIn,
    /// Counted over all requests.
    pub(super) number: u64,
    /// The operation's place in the contract.
    pub(super) index: usize,
    pub(super) op: &'c Operation,
    pub(super) arguments: Arguments,
    /// How it breaks the contract.
    pub(super) problem: Option<String>,
    /// As it came.
    pub(super) request: &'c Received,
    /// The answer that issued the token it came with, where it had to bring one.
    pub(super) token: Option<Arc<Value>>,
}

/// Why a call is not obeyed.
enum No {
    /// The partner would say this.
    Partner(Box<Said>),
    /// The mock file cannot be followed.
    File(String),
}

impl From<String> for No {
    fn from(why: String) -> Self {
        Self::File(why)
    }
}

impl From<Said> for No {
    fn from(said: Said) -> Self {
        Self::Partner(Box::new(said))
    }
}

/// An object that a call is about.
struct Found<'c> {
    spec: &'c Resource,
    resource: usize,
    id: String,
    object: Arc<Value>,
}

impl Call<'_> {
    /// Obeys, unless the same call was obeyed before or the request is refused.
    pub(super) fn perform(mut self, state: &mut State, key: Option<&str>) -> Said {
        let behavior = &self.stand_in.behavior;
        if let Some(known) = key.and_then(|key| state.call(key)) {
            if known.operation == self.index && known.arguments == self.arguments {
                let mut answer = known.answer.clone();
                if let Some(idempotency) = &behavior.idempotency {
                    let context = Variables::of_request(self.number).context(self.number);
                    put_all(&mut answer.headers, &idempotency.replayed, &context);
                }
                return answer.into();
            }
            let conflict = behavior.idempotency.as_ref().and_then(|i| i.conflict.as_ref());
            let why = "the idempotency key came before with other arguments".to_owned();
            return self.refuse(conflict, &[409, 422, 400], "idempotency conflict", why);
        }
        if let Some(why) = self.problem.take() {
            let invalid = behavior.invalid.as_ref();
            return self.refuse(invalid, &[400, 422], "the request breaks the contract", why);
        }
        let said = match self.obey(state) {
            Ok(answer) => answer.into(),
            Err(No::Partner(said)) => *said,
            Err(No::File(why)) => {
                let title = "the mock file cannot be followed";
                let answer = super::answer::problem(500, title, &why);
                Said { answer, refused: Some(why) }
            }
        };
        if let Some(key) = key {
            let Self { index: operation, arguments, .. } = self;
            let answer = said.answer.clone();
            state.remember(key.to_owned(), Remembered { operation, arguments, answer });
        }
        said
    }

    fn play(&self) -> &Play {
        &self.stand_in.behavior.plays[self.index]
    }

    fn obey(&self, state: &mut State) -> Result<Answer, No> {
        let play = self.play();
        let success = self.success(self.index);
        if !play.told {
            return Ok(success.answer.clone());
        }
        let mut variables = Variables::new(self.number, &self.arguments);
        if let Some(answer) = &self.token {
            variables.token(answer);
        }
        let found = match &play.action {
            Action::Reads(target) | Action::Moves { target, .. } => {
                let context = variables.context(self.number);
                Some(self.find(state, target, &context, None)?)
            }
            Action::None | Action::Creates(_) | Action::Lists(_) => None,
        };
        if let Some(found) = &found {
            variables.resource(&found.object);
        }
        let needed = match &play.need {
            Some(need) if self.is_needed(need, &variables)? => {
                Some((need, self.needed(state, need, &variables)?))
            }
            _ => None,
        };
        if let Some((_, needed)) = &needed {
            variables.needed(&needed.object);
        }
        if let (Action::Moves { from, otherwise, .. }, Some(found)) = (&play.action, &found) {
            self.in_state(found, from, otherwise.as_ref())?;
        }
        let set = self.cases(&variables)?;
        let body = self.carry_out(state, found, &set, &variables)?;
        if let Some((need, needed)) = needed {
            self.change_needed(state, need, needed, &variables)?;
        }
        // Only header fields look at it, and few operations have any.
        let about = body.as_ref().filter(|_| !play.headers.is_empty()).map(|(_, o)| o.clone());
        let mut answer = match body {
            Some((spec, object)) => self.show(spec, object, success),
            None => self.plain(success, &variables, &set)?,
        };
        if let Action::Lists(list) = &play.action {
            self.list(state, list, variables.clone(), &mut answer)?;
        }
        if !play.headers.is_empty() {
            if let Some(object) = &about {
                variables.resource(object);
            }
            put_all(&mut answer.headers, &play.headers, &variables.context(self.number));
        }
        Ok(answer)
    }

    /// Makes, gives or changes the object that the call is about, if it is about one.
    fn carry_out<'c>(
        &'c self,
        state: &mut State,
        found: Option<Found<'c>>,
        set: &[&(String, Template)],
        variables: &Variables,
    ) -> Result<Option<(&'c Resource, Value)>, No> {
        Ok(match (&self.play().action, found) {
            (Action::Creates(resource), _) => Some(self.create(state, *resource, variables, set)?),
            (Action::Reads(_), Some(found)) => {
                let mut object = (*found.object).clone();
                lay(&mut object, set, &variables.context(self.number))?;
                Some((found.spec, object))
            }
            (Action::Moves { to, .. }, Some(found)) => {
                let mut object = (*found.object).clone();
                if let Some(to) = to {
                    put_at(&mut object, &found.spec.state, Value::from(to.as_str()));
                }
                lay(&mut object, set, &variables.context(self.number))?;
                state.change(found.resource, found.id, Arc::new(object.clone()));
                Some((found.spec, object))
            }
            _ => None,
        })
    }

    fn is_needed(&self, need: &Need, variables: &Variables) -> Result<bool, No> {
        match &need.when {
            Some(when) => Ok(when.holds(&variables.context(self.number))?),
            None => Ok(true),
        }
    }

    /// Puts what is listed into an answer.
    fn list(
        &self,
        state: &State,
        list: &List,
        variables: Variables,
        answer: &mut Answer,
    ) -> Result<(), No> {
        let behavior = &self.stand_in.behavior;
        let objects = state.all(list.resource, &behavior.resources[list.resource]);
        let host = self.request.header("host").unwrap_or("localhost");
        let url = format!("http://{host}{}", self.request.path);
        let listed = match list.answer(objects, &self.arguments, variables, self.number, &url) {
            Ok(listed) => listed,
            Err(NoList::Cursor) => {
                let why = "the cursor is none that was given".to_owned();
                let known = behavior.invalid.as_ref();
                return Err(self.refuse(known, &[400, 422], "bad cursor", why).into());
            }
            Err(NoList::File(why)) => return Err(No::File(why)),
        };
        if let Some((_, body)) = &mut answer.body {
            put_at(body, &list.into, listed.value);
        }
        answer.headers.retain(|(name, _)| name != "link");
        answer.headers.extend(listed.link.map(|link| ("link".to_owned(), link)));
        Ok(())
    }

    /// The templates over the answer: the operation's and those of the first case that holds.
    fn cases(&self, variables: &Variables) -> Result<Vec<&(String, Template)>, No> {
        let play = self.play();
        let mut set: Vec<&(String, Template)> = play.set.iter().collect();
        if play.cases.is_empty() {
            return Ok(set);
        }
        let context = variables.context(self.number);
        for case in &play.cases {
            if case.when.holds(&context)? {
                if let Some(canned) = &case.answer {
                    return Err(canned.said_in(self.stand_in, self.op, &context).into());
                }
                set.extend(&case.set);
                break;
            }
        }
        Ok(set)
    }

    fn create(
        &self,
        state: &mut State,
        resource: usize,
        variables: &Variables,
        set: &[&(String, Template)],
    ) -> Result<(&Resource, Value), No> {
        let spec = &self.stand_in.behavior.resources[resource];
        let form = self.success(spec.form.unwrap_or(self.index));
        let mut object =
            form.body().cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        self.echo(form, &mut object);
        let (context, id) = self.new_id(state, resource, variables)?;
        lay(&mut object, set, &context)?;
        put_at(&mut object, &spec.key, id.clone());
        state.make(resource, plain(&id), object.clone());
        Ok((spec, object))
    }

    /// An id that no seed has, with the context of its number.
    fn new_id(
        &self,
        state: &mut State,
        resource: usize,
        variables: &Variables,
    ) -> Result<(Context, Value), No> {
        let spec = &self.stand_in.behavior.resources[resource];
        let mut left = spec.seeds.len();
        loop {
            let context = variables.context(state.next_seq(resource));
            let id = spec.id.render(&context)?.ok_or_else(|| {
                format!("the id of a new {} is about something that is not there", spec.name)
            })?;
            if left == 0 || !spec.seeds.contains_key(&plain(&id)) {
                return Ok((context, id));
            }
            left -= 1;
        }
    }

    /// An answer without an object behind it.
    fn plain(
        &self,
        success: &Success,
        variables: &Variables,
        set: &[&(String, Template)],
    ) -> Result<Answer, No> {
        let mut answer = success.answer.clone();
        if let Some((_, body)) = &mut answer.body {
            self.echo(success, body);
            lay(body, set, &variables.context(self.number))?;
        }
        Ok(answer)
    }

    /// Takes over from the request what the body knows too.
    fn echo(&self, success: &Success, body: &mut Value) {
        if let Some(Value::Object(asked)) = &self.arguments.body
            && self.play().echoes
        {
            success.take_over(body, asked);
        }
    }

    /// Answers an object: as it is where this operation answers things of its form,
    /// else its members in this operation's own form.
    fn show(&self, spec: &Resource, object: Value, success: &Success) -> Answer {
        let mut answer = success.answer.clone();
        if let Some((_, body)) = &mut answer.body {
            let same = spec.form.is_none_or(|form| {
                form == self.index
                    || success.has_form_of(self.success(form), &self.stand_in.contract)
            });
            match (same, &object) {
                (false, Value::Object(members)) => success.take_over(body, members),
                _ => *body = object,
            }
        }
        answer
    }

    fn needed<'n>(
        &'n self,
        state: &State,
        need: &Need,
        variables: &Variables,
    ) -> Result<Found<'n>, No> {
        let context = variables.context(self.number);
        let found = self.find(state, &need.target, &context, need.missing.as_ref())?;
        self.in_state(&found, &need.from, need.otherwise.as_ref())?;
        Ok(found)
    }

    fn change_needed(
        &self,
        state: &mut State,
        need: &Need,
        needed: Found<'_>,
        variables: &Variables,
    ) -> Result<(), No> {
        if need.changes.is_empty() {
            return Ok(());
        }
        let mut object = (*needed.object).clone();
        let changes: Vec<&(String, Template)> = need.changes.iter().collect();
        lay(&mut object, &changes, &variables.context(self.number))?;
        state.change(needed.resource, needed.id, Arc::new(object));
        Ok(())
    }

    fn find<'n>(
        &'n self,
        state: &State,
        target: &Target,
        context: &Context,
        missing: Option<&Canned>,
    ) -> Result<Found<'n>, No> {
        let behavior = &self.stand_in.behavior;
        let spec = &behavior.resources[target.resource];
        let id = match &target.by {
            By::Path(name) => self
                .arguments
                .parameters
                .iter()
                .find(|(place, n, _)| *place == ParameterPlace::Path && n == name)
                .map(|(_, _, value)| value.clone()),
            By::Expr(expr) => expr.value(context)?,
        };
        let id = id.as_ref().map(plain).unwrap_or_default();
        if let Some(object) = state.get(target.resource, spec, &id) {
            return Ok(Found { spec, resource: target.resource, id, object });
        }
        let canned = missing.or(behavior.not_found.as_ref());
        let why = format!("there is no {} {id:?}", spec.name);
        Err(self.refuse(canned, &[404, 410, 400], "not found", why).into())
    }

    /// Whether an object is in one of these states; any will do where none is named.
    fn in_state(
        &self,
        found: &Found<'_>,
        from: &[String],
        otherwise: Option<&Canned>,
    ) -> Result<(), No> {
        let state = at(&found.object, &found.spec.state).map(plain).unwrap_or_default();
        if from.is_empty() || from.contains(&state) {
            return Ok(());
        }
        let why = format!(
            "the {} {:?} is {state:?}, not {}",
            found.spec.name,
            found.id,
            from.join(" or ")
        );
        Err(self.refuse(otherwise, &[409, 400, 422], "wrong state", why).into())
    }

    fn refuse(&self, known: Option<&Canned>, statuses: &[u16], title: &str, why: String) -> Said {
        self.stand_in.refusal(self.number, self.op, known, statuses, title, why)
    }

    fn success(&self, index: usize) -> &Success {
        let StandIn { contract, behavior, seed, .. } = self.stand_in;
        behavior.plays[index].success(contract, &contract.operations[index], *seed)
    }
}

/// Lays rendered templates over a body, later ones over earlier ones.
fn lay(body: &mut Value, set: &[&(String, Template)], context: &Context) -> Result<(), String> {
    for (name, template) in set {
        if let Some(value) = template.render(context)? {
            put_at(body, std::slice::from_ref(name), value);
        }
    }
    Ok(())
}
