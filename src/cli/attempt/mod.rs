//! The verbs of attempts: `start` and everything that is done with an attempt after it.

mod amend;
mod announce;
mod answer;
mod appeal;
mod audit;
mod award;
mod check;
mod desk;
mod diagram;
mod drive;
mod env;
mod list;
mod premises;
mod regrade;
mod release;
mod report;
mod resume;
mod start;
mod status;
mod submit;
mod watch;

pub(super) use amend::{ExtendArguments, VoidArguments, extend, void};
pub(super) use answer::{AnswerArguments, answer};
pub(super) use appeal::{AppealArguments, OverrideArguments, appeal, override_verdict};
pub(super) use audit::{AuditArguments, audit};
pub(super) use award::{Earner, award};
pub(super) use check::{CheckArguments, check};
pub(super) use env::{EnvArguments, env};
pub(super) use list::list;
pub(super) use regrade::{RegradeArguments, regrade};
pub(super) use release::{ReleaseArguments, release};
pub(super) use report::{ReportArguments, report};
pub(super) use resume::{ResumeArguments, resume};
pub(super) use start::{StartArguments, start};
pub(super) use status::{StatusArguments, status};
pub(super) use submit::{SubmitArguments, submit};
