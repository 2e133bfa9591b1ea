use std::ffi::OsString;
use std::future::Future;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use super::arguments::{Arguments, Verb};
use super::{
    Exit, Failure, accounts, attempt, confine, demo, freeze, grade, issue, issuer, lint, list, logging, new,
    preview, prove, provision, publish, revoke, sandbox, schema, screen, teardown, verify,
};
use crate::context::Context;

/// Runs the program and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // Before anything else: this is on the path of every cold start.
    if let Some(code) = confine::run(&arguments) {
        return code;
    }
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(refusal) => return refuse(&refusal),
    };
    let context = Context::system();
    logging::start(&context, arguments.verbose);
    match dispatch(&context, arguments.verb) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            screen::complain(&context, &failure);
            failure.kind.into()
        }
    }
}

fn dispatch(context: &Context, verb: Verb) -> Result<Exit, Failure> {
    match verb {
        Verb::Demo(arguments) => demo::demo(context, &arguments),
        Verb::List(arguments) => list::list(context, &arguments),
        Verb::Lint(arguments) => lint::lint(context, &arguments),
        Verb::Provision(arguments) => provision::provision(context, &arguments),
        Verb::New(arguments) => new::new(context, &arguments),
        Verb::Prove(arguments) => prove::prove(context, &arguments),
        Verb::Preview(arguments) => preview::preview(context, &arguments),
        Verb::Grade(arguments) => grade::grade(context, &arguments),
        Verb::Teardown(arguments) => teardown::teardown(context, &arguments),
        Verb::Freeze(arguments) => freeze::freeze(context, &arguments),
        Verb::Accounts(arguments) => accounts::accounts(context, &arguments),
        Verb::Start(arguments) => attempt::start(context, &arguments),
        Verb::Env(arguments) => attempt::env(context, &arguments),
        Verb::Status(arguments) => attempt::status(context, &arguments),
        Verb::Check(arguments) => attempt::check(context, &arguments),
        Verb::Hint(arguments) => attempt::hint(context, &arguments),
        Verb::Answer(arguments) => attempt::answer(context, &arguments),
        Verb::Submit(arguments) => attempt::submit(context, &arguments),
        Verb::Portfolio(arguments) => attempt::portfolio(context, &arguments),
        Verb::Report(arguments) => attempt::report(context, &arguments),
        Verb::Resume(arguments) => attempt::resume(context, &arguments),
        Verb::Extend(arguments) => attempt::extend(context, &arguments),
        Verb::Void(arguments) => attempt::void(context, &arguments),
        Verb::Release(arguments) => attempt::release(context, &arguments),
        Verb::Cohort(arguments) => attempt::cohort(context, &arguments),
        Verb::Audit(arguments) => attempt::audit(context, &arguments),
        Verb::Leaker(arguments) => attempt::leaker(context, &arguments),
        Verb::Regrade(arguments) => attempt::regrade(context, &arguments),
        Verb::Appeal(arguments) => attempt::appeal(context, &arguments),
        Verb::Override(arguments) => attempt::override_verdict(context, &arguments),
        Verb::Sandbox(arguments) => sandbox::sandbox(context, &arguments),
        Verb::Issuer(arguments) => issuer::issuer(context, &arguments),
        Verb::Issue(arguments) => issue::issue(context, &arguments),
        Verb::Verify(arguments) => verify::verify(context, &arguments),
        Verb::Revoke(arguments) => revoke::revoke(context, &arguments),
        Verb::Reinstate(arguments) => revoke::reinstate(context, &arguments),
        Verb::Publish(arguments) => publish::publish(context, &arguments),
        Verb::Schema(arguments) => Ok(schema::schema(&arguments)),
    }
}

/// Prints what clap has to say: help and version are no failures.
fn refuse(refusal: &clap::Error) -> ExitCode {
    // Nobody is left to tell when the output is closed.
    let _ = refusal.print();
    match refusal.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => super::FailureKind::Usage.into(),
    }
}

/// Runs a verb's future to its end. Stacks are deep because the sandbox's DynamoDB parses expressions recursively, and
/// what AWS accepts (4 KB of parentheses) must not end the process.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(16 << 20).build();
    runtime
        .map_err(|problem| Failure::environment(format!("cannot start the runtime: {problem}")))?
        .block_on(work)
}
