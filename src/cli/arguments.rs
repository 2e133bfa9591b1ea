use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::Failure;
use super::accounts::AccountsArguments;
use super::attempt::{
    AnswerArguments, AppealArguments, AuditArguments, CheckArguments, CohortArguments, EnvArguments,
    ExtendArguments, HintArguments, LeakerArguments, OverrideArguments, PortfolioArguments, RegradeArguments,
    ReleaseArguments, ReportArguments, ResumeArguments, StartArguments, StatusArguments, SubmitArguments,
    VoidArguments,
};
use super::demo::DemoArguments;
use super::freeze::FreezeArguments;
use super::grade::GradeArguments;
use super::issue::IssueArguments;
use super::issuer::IssuerArguments;
use super::lint::LintArguments;
use super::list::ListArguments;
use super::new::NewArguments;
use super::preview::PreviewArguments;
use super::prove::ProveArguments;
use super::provision::ProvisionArguments;
use super::publish::PublishArguments;
use super::revoke::{ReinstateArguments, RevokeArguments};
use super::sandbox::SandboxArguments;
use super::schema::SchemaArguments;
use super::teardown::TeardownArguments;
use super::verify::VerifyArguments;
use crate::aws::{Role, Settings};
use crate::target::{Profile, ProfileName};

/// Grades hands-on cloud challenges, and can prove that it is right.
#[derive(Debug, Parser)]
#[command(name = "proofmark", version, propagate_version = true, max_term_width = 100)]
pub(super) struct Arguments {
    /// Say more on standard error: -v for stages, -vv for every call. `PROOFMARK_LOG` takes a filter instead
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(super) verbose: u8,

    #[command(subcommand)]
    pub(super) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    Demo(DemoArguments),
    List(ListArguments),
    New(NewArguments),
    Lint(LintArguments),
    Prove(ProveArguments),
    Preview(PreviewArguments),
    Provision(ProvisionArguments),
    Grade(GradeArguments),
    Teardown(TeardownArguments),
    Freeze(FreezeArguments),
    Accounts(AccountsArguments),
    Start(StartArguments),
    Env(EnvArguments),
    Status(StatusArguments),
    Check(CheckArguments),
    Hint(HintArguments),
    Answer(AnswerArguments),
    Submit(SubmitArguments),
    Report(ReportArguments),
    Portfolio(PortfolioArguments),
    Resume(ResumeArguments),
    Extend(ExtendArguments),
    Void(VoidArguments),
    Release(ReleaseArguments),
    Cohort(CohortArguments),
    Audit(AuditArguments),
    Leaker(LeakerArguments),
    Regrade(RegradeArguments),
    Appeal(AppealArguments),
    Override(OverrideArguments),
    Sandbox(SandboxArguments),
    Issuer(IssuerArguments),
    Issue(IssueArguments),
    Verify(VerifyArguments),
    Revoke(RevokeArguments),
    Reinstate(ReinstateArguments),
    Publish(PublishArguments),
    Schema(SchemaArguments),
}

/// How results are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
}

/// Where challenges are looked for.
#[derive(Debug, Clone, Args)]
pub(super) struct ChallengesFolder {
    /// Folder that holds challenges, one folder each
    #[arg(long, value_name = "DIR", env = "PROOFMARK_CHALLENGES", default_value = "challenges")]
    pub(super) challenges: PathBuf,
}

/// Where the scenario runs. Without an endpoint or a profile: a sandbox inside this program. With one, the rest is
/// found as the AWS CLI finds it, so that nobody provisions into an account by a variable that was left over.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct TargetArguments {
    /// An endpoint that speaks AWS, such as http://127.0.0.1:4566, instead of the embedded sandbox
    #[arg(long, value_name = "URL")]
    pub(super) endpoint_url: Option<String>,

    /// A profile of the AWS configuration files: its endpoint or account instead of the embedded sandbox
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,

    /// What the endpoint can represent: full, ministack, ministack-open, localstack, localstack-host, moto, unknown [default: found out by its health page]
    #[arg(long, value_name = "NAME", requires = "endpoint_url")]
    pub(super) endpoint_profile: Option<ProfileName>,

    /// A role to take on first, with the keys at hand: its account instead of the embedded sandbox. With `{account}` in it `start` takes the next free one
    #[arg(long, value_name = "ARN", value_parser = role_arn)]
    pub(super) role_arn: Option<String>,

    /// The external id that the role's trust policy asks for
    #[arg(long, value_name = "ID", requires = "role_arn")]
    pub(super) external_id: Option<String>,

    /// The AWS region [default: as the AWS CLI has it; in the embedded sandbox us-east-1]
    #[arg(long, value_name = "REGION")]
    pub(super) region: Option<String>,
}

impl TargetArguments {
    pub(super) fn is_embedded(&self) -> bool {
        self.endpoint_url.is_none() && self.profile.is_none() && self.role_arn.is_none()
    }

    pub(super) fn known_profile(&self) -> Option<&'static Profile> {
        self.endpoint_profile.map(|name| name.0)
    }

    /// Whether the role is one of whichever account is free.
    pub(super) fn is_for_any_account(&self) -> bool {
        self.role_arn.as_ref().is_some_and(|arn| arn.contains(ANY_ACCOUNT))
    }

    /// The same in one account.
    pub(super) fn in_account(&self, account: &str) -> Self {
        let role_arn = self.role_arn.as_ref().map(|arn| arn.replacen(ANY_ACCOUNT, account, 1));
        Self { role_arn, ..self.clone() }
    }

    pub(super) fn settings(&self) -> Result<Settings, Failure> {
        if self.is_for_any_account() {
            return Err(Failure::usage(format!(
                "--role-arn says {ANY_ACCOUNT}, and no account is taken here"
            ))
            .hint("`start` takes one that is free; elsewhere the ARN names it"));
        }
        let role = self.role_arn.clone().map(|arn| Role { arn, external_id: self.external_id.clone() });
        Ok(Settings { role, ..self.settings_without_role() })
    }

    /// As whoever the keys at hand belong to.
    pub(super) fn settings_without_role(&self) -> Settings {
        Settings {
            endpoint_url: self.endpoint_url.clone(),
            profile: self.profile.clone(),
            region: self.region.clone(),
            role: None,
        }
    }
}

/// Stands in a role's ARN for the account that is taken.
const ANY_ACCOUNT: &str = "{account}";

/// Refuses what is no role's ARN (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>).
fn role_arn(text: &str) -> Result<String, String> {
    let account = |account: &&str| {
        *account == ANY_ACCOUNT || account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts[..] {
        ["arn", partition, "iam", "", number, role]
            if partition.starts_with("aws")
                && account(&number)
                && role.strip_prefix("role/").is_some_and(|name| !name.is_empty() && !name.contains('{')) =>
        {
            Ok(text.to_owned())
        }
        _ => Err("a role's ARN looks like arn:aws:iam::111122223333:role/NAME".to_owned()),
    }
}
