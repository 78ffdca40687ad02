//! Jobs that are made from others: dispatched, or run out of turn by the clock's job.

use serde_json::{Value, json};

use crate::fake::http::{Answer, Call};
use crate::fake::world::{Key, World, now};

pub fn dispatch(world: &mut World, call: &Call, key: &Key) -> Answer {
    let token = call.parameter("idempotency_token").unwrap_or_default().to_owned();
    let known =
        world.jobs.get(key).and_then(|record| record.dispatched.get(&token)).filter(|_| !token.is_empty());
    if let Some(known) = known {
        return Answer::json(
            &json!({"DispatchedJobID": known, "EvalID": "", "JobCreateIndex": world.index}),
            world.index,
        );
    }
    let suffix = format!("dispatch-{}-{}", now() / 1_000_000_000, &world.id()[..8]);
    let Some((made, answer)) = child(world, key, &suffix) else {
        return Answer::text(404, "parameterized job not found");
    };
    if let Some(record) = world.jobs.get_mut(key) {
        record.dispatched.insert(token, made.1.clone());
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    Answer::json(
        &json!({"DispatchedJobID": made.1, "EvalID": body["EvalID"], "JobCreateIndex": answer.index}),
        answer.index,
    )
}

pub fn force(world: &mut World, key: &Key) -> Answer {
    let suffix = format!("periodic-{}", now() / 1_000_000_000);
    child(world, key, &suffix)
        .map_or_else(|| Answer::text(404, "periodic job not found"), |(_, answer)| answer)
}

/// A job that is made from another one.
fn child(world: &mut World, key: &Key, suffix: &str) -> Option<(Key, Answer)> {
    let mut job = world.job(key)?.clone();
    let id = format!("{}/{suffix}", key.1);
    (job["ID"], job["Name"], job["ParentID"]) = (id.clone().into(), id.clone().into(), key.1.clone().into());
    (job["Periodic"], job["ParameterizedJob"]) = (Value::Null, Value::Null);
    let key = (key.0.clone(), id);
    let answer = world.hold(&key, job, None);
    Some((key, answer))
}
