//! Functions.

use kit::engine::FunctionEngine;
use tfplugin5::{DynamicValue, FunctionError, call_function};

use super::Session;
use crate::codec;

pub(super) fn call(session: &Session, request: call_function::Request) -> call_function::Response {
    let function = match session.catalogue.functions.get(&request.name) {
        Ok(function) => function,
        Err(problem) => return refused(problem.detail, None),
    };
    match called(function, request.arguments) {
        Ok(result) => call_function::Response { result: Some(result), error: None },
        Err((text, position)) => refused(text, position),
    }
}

fn called(
    function: &FunctionEngine,
    arguments: Vec<DynamicValue>,
) -> Result<DynamicValue, (String, Option<usize>)> {
    let parameters = &function.signature().parameters;
    if arguments.len() > parameters.len() {
        return Err((format!("expected {} arguments, got {}", parameters.len(), arguments.len()), None));
    }
    let typed = parameters.iter().zip(arguments).enumerate().map(|(position, (parameter, argument))| {
        codec::decode(Some(argument), &parameter.ty).map_err(|problem| (problem.detail, Some(position)))
    });
    let result = function.call(typed.collect::<Result<_, _>>()?)?;
    codec::encode(&result, &function.signature().output).map_err(|problem| (problem.detail, None))
}

pub(super) fn refused(text: String, position: Option<usize>) -> call_function::Response {
    let function_argument = position.and_then(|position| i64::try_from(position).ok());
    call_function::Response { result: None, error: Some(FunctionError { text, function_argument }) }
}
