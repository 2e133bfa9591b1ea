use serde_json::Value;

use super::service::Desk;
use super::state::State;
use super::{change_sets, show, stacks};
use crate::sandbox::query::Parameters;
use crate::sandbox::{Access, Future, Scope, ServiceError};

/// What an operation is about, for the question whether the caller may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// The stack that `StackName` names.
    Stack,
    Nothing,
}

type Run = for<'a> fn(&'a Desk<'a>) -> Future<'a, Result<Value, ServiceError>>;

/// An operation of the API.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) mutates: bool,
    about: About,
    run: Run,
}

const fn looks(name: &'static str, about: About, run: Run) -> Entry {
    Entry { name, mutates: false, about, run }
}

const fn changes(name: &'static str, run: Run) -> Entry {
    Entry { name, mutates: true, about: About::Stack, run }
}

/// The future of what is known at once.
fn now<'a>(answer: Result<Value, ServiceError>) -> Future<'a, Result<Value, ServiceError>> {
    Box::pin(std::future::ready(answer))
}

/// Every operation that is covered.
pub(super) const OPERATIONS: &[Entry] = &[
    changes("CreateStack", |desk| Box::pin(stacks::create(desk))),
    changes("UpdateStack", |desk| Box::pin(stacks::update(desk))),
    changes("DeleteStack", |desk| Box::pin(stacks::delete(desk))),
    changes("CreateChangeSet", |desk| now(change_sets::create(desk))),
    changes("ExecuteChangeSet", |desk| Box::pin(change_sets::execute(desk))),
    changes("DeleteChangeSet", |desk| now(change_sets::delete(desk))),
    looks("DescribeChangeSet", About::Stack, |desk| now(change_sets::describe(desk))),
    looks("ListChangeSets", About::Stack, |desk| now(change_sets::list(desk))),
    looks("DescribeStacks", About::Stack, |desk| now(show::stacks(desk))),
    looks("DescribeStackEvents", About::Stack, |desk| now(show::events(desk))),
    looks("DescribeStackResource", About::Stack, |desk| now(show::resource(desk))),
    looks("DescribeStackResources", About::Stack, |desk| now(show::resources(desk))),
    looks("ListStackResources", About::Stack, |desk| now(show::resource_summaries(desk))),
    looks("ListStacks", About::Nothing, |desk| now(show::summaries(desk))),
    looks("GetTemplate", About::Stack, |desk| now(show::template(desk))),
    looks("GetTemplateSummary", About::Nothing, |desk| now(show::template_summary(desk))),
    looks("ValidateTemplate", About::Nothing, |desk| now(show::validated(desk))),
];

impl Entry {
    /// Says what the caller must be allowed to do.
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html>
    pub(super) fn accesses(&self, state: &State, scope: &Scope, parameters: &Parameters) -> Vec<Access> {
        let resource = match (self.about, stack_of(parameters)) {
            (About::Stack, Some(name)) => match state.find(scope, &name) {
                Ok(record) => record.id.clone(),
                Err(_) if name.starts_with("arn:") => name,
                Err(_) => {
                    format!("arn:aws:cloudformation:{}:{}:stack/{name}/*", scope.region, scope.account)
                }
            },
            _ => "*".to_owned(),
        };
        let mut access = Access::new(format!("cloudformation:{}", self.name), resource);
        for (parameter, key) in [
            ("TemplateURL", "cloudformation:TemplateUrl"),
            ("RoleARN", "cloudformation:RoleArn"),
            ("ChangeSetName", "cloudformation:ChangeSetName"),
        ] {
            if let Some(value) = parameters.get(parameter) {
                access.context.set(key, vec![value.to_owned()]);
            }
        }
        let mut accesses = vec![access];
        // Whoever hands a role to a service needs to be allowed to.
        if let Some(role) = parameters.get("RoleARN").filter(|_| self.mutates) {
            let mut pass = Access::new("iam:PassRole", role);
            pass.context.set("iam:PassedToService", vec!["cloudformation.amazonaws.com".to_owned()]);
            accesses.push(pass);
        }
        accesses
    }

    pub(super) async fn run(&self, desk: &Desk<'_>) -> Result<Value, ServiceError> {
        (self.run)(desk).await
    }
}

/// Returns the stack that a call names; a change set's ARN does not name its stack.
fn stack_of(parameters: &Parameters) -> Option<String> {
    parameters.get("StackName").filter(|name| !name.is_empty()).map(str::to_owned)
}

/// What else CloudFormation's API has; the sandbox says so instead of pretending.
pub(super) const NOT_COVERED: &[&str] = &[
    "ActivateOrganizationsAccess",
    "ActivateType",
    "BatchDescribeTypeConfigurations",
    "CancelUpdateStack",
    "ContinueUpdateRollback",
    "CreateGeneratedTemplate",
    "CreateStackInstances",
    "CreateStackRefactor",
    "CreateStackSet",
    "DeactivateOrganizationsAccess",
    "DeactivateType",
    "DeleteGeneratedTemplate",
    "DeleteStackInstances",
    "DeleteStackSet",
    "DeregisterType",
    "DescribeAccountLimits",
    "DescribeChangeSetHooks",
    "DescribeEvents",
    "DescribeGeneratedTemplate",
    "DescribeOrganizationsAccess",
    "DescribePublisher",
    "DescribeResourceScan",
    "DescribeStackDriftDetectionStatus",
    "DescribeStackInstance",
    "DescribeStackRefactor",
    "DescribeStackResourceDrifts",
    "DescribeStackSet",
    "DescribeStackSetOperation",
    "DescribeType",
    "DescribeTypeRegistration",
    "DetectStackDrift",
    "DetectStackResourceDrift",
    "DetectStackSetDrift",
    "EstimateTemplateCost",
    "ExecuteStackRefactor",
    "GetGeneratedTemplate",
    "GetHookResult",
    "GetStackPolicy",
    "ImportStacksToStackSet",
    "ListExports",
    "ListGeneratedTemplates",
    "ListHookResults",
    "ListImports",
    "ListResourceScanRelatedResources",
    "ListResourceScanResources",
    "ListResourceScans",
    "ListStackInstanceResourceDrifts",
    "ListStackInstances",
    "ListStackRefactorActions",
    "ListStackRefactors",
    "ListStackSetAutoDeploymentTargets",
    "ListStackSetOperationResults",
    "ListStackSetOperations",
    "ListStackSets",
    "ListTypeRegistrations",
    "ListTypeVersions",
    "ListTypes",
    "PublishType",
    "RecordHandlerProgress",
    "RegisterPublisher",
    "RegisterType",
    "RollbackStack",
    "SetStackPolicy",
    "SetTypeConfiguration",
    "SetTypeDefaultVersion",
    "SignalResource",
    "StartResourceScan",
    "StopStackSetOperation",
    "TestType",
    "UpdateGeneratedTemplate",
    "UpdateStackInstances",
    "UpdateStackSet",
    "UpdateTerminationProtection",
];
