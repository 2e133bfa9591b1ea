//! What `docs/sandbox.md` says is covered, held against the running sandbox: each operation called once well and once
//! wrong, over HTTP, with a real signature.
//!
//! A service's operations stand in one file, one entry each: the operation's name in snake case, what must work, what must fail.
//! Each entry becomes two tests, `coverage::<service>::<operation>::works` and `::fails`.

/// Makes the tests of a service's operations. The closures get a [`Bench`](bench::Bench) in an account of its own, which
/// knows the operation by the entry's name: `works` must have called it with success, `fails` must have seen it refused.
macro_rules! operations {
    ($service:literal; $($name:ident: $works:expr, $fails:expr;)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "an entry may need nothing of its surroundings")]
            use super::*;

            #[test]
            fn works() {
                crate::coverage::bench::Bench::run($service, stringify!($name), |bench| { ($works)(bench); });
            }

            #[test]
            fn fails() {
                crate::coverage::bench::Bench::run_refused($service, stringify!($name), |bench| { ($fails)(bench); });
            }
        }
    )*};
}

mod admission;
mod answer;
mod apigateway;
mod apigatewayv2;
mod bench;
mod cloudformation;
mod cloudtrail;
mod cognito_idp;
mod dispatch;
mod dynamodb;
mod events;
mod iam;
mod lambda;
mod logs;
mod s3;
mod sns;
mod sqs;
mod stepfunctions;
mod sts;

pub(crate) use answer::Answer;
pub(crate) use bench::{Bench, api, request};
