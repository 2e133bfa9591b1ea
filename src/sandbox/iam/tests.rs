//! Operations as a caller meets them, and what they do to the directory.

use std::sync::Arc;
use std::time::Duration;

mod devices;
mod providers;

use super::Iam;
use crate::context::{Clock, ManualClock, Random};
use crate::policy::Principal;
use crate::sandbox::sts::Sts;
use crate::sandbox::{
    Access, AccountId, Call, Caller, Directory, KeyRecordWithId, Request, Scope, Service, ServiceError,
};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const READ: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"}]}"#;

/// A sandbox of IAM and STS alone, with an account and its administrator.
struct World {
    iam: Arc<Iam>,
    sts: Sts,
    clock: Arc<ManualClock>,
    administrator: KeyRecordWithId,
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-22T10:00:00Z".parse().unwrap()));
        let iam = Arc::new(Iam::new(Arc::clone(&clock) as Arc<dyn Clock>, Random::from_seed(1)));
        let administrator = iam.open_account(&AccountId::parse("111122223333").unwrap());
        Self { sts: Sts::new(Arc::clone(&iam)), iam, clock, administrator }
    }

    fn request(&self, form: &str) -> Request {
        let key = &self.administrator.access_key_id;
        let mut headers = http::HeaderMap::new();
        let credential =
            format!("AWS4-HMAC-SHA256 Credential={key}/20261122/us-east-1/iam/aws4_request, ...");
        headers.insert("authorization", credential.parse().unwrap());
        Request {
            method: http::Method::POST,
            raw_path: "/".to_owned(),
            raw_query: String::new(),
            headers,
            header_names: crate::sandbox::HeaderNames::default(),
            body: form.to_owned().into(),
            peer: std::net::Ipv4Addr::LOCALHOST.into(),
            received: self.clock.now(),
            id: "00000000-0000-4000-8000-000000000000".to_owned(),
        }
    }

    fn caller(&self) -> Caller {
        Caller {
            principal: self.administrator.record.principal.clone(),
            access_key_id: Some(self.administrator.access_key_id.clone()),
        }
    }

    /// Calls an operation with parameters that need no escaping, and returns the answer's body.
    fn call(&self, pairs: &[(&str, &str)]) -> Result<String, ServiceError> {
        self.call_on(&*self.iam, self.caller(), pairs)
    }

    fn call_on(
        &self,
        service: &dyn Service,
        caller: Caller,
        pairs: &[(&str, &str)],
    ) -> Result<String, ServiceError> {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request = self.request(&form);
        let scope = Scope { account: self.administrator.record.account.clone(), region: "us-east-1".into() };
        let operation = service.resolve(&request, &scope)?;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(service.handle(Call { request, scope, caller, operation }))?;
        Ok(String::from_utf8(answer.body.to_vec()).unwrap())
    }

    fn accesses(&self, service: &dyn Service, pairs: &[(&str, &str)]) -> Vec<Access> {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let scope = Scope { account: self.administrator.record.account.clone(), region: "us-east-1".into() };
        service.resolve(&self.request(&form), &scope).unwrap().accesses
    }

    fn role(&self, name: &str) {
        self.call(&[("Action", "CreateRole"), ("RoleName", name), ("AssumeRolePolicyDocument", TRUST)])
            .unwrap();
    }
}

fn code(answer: Result<String, ServiceError>) -> (u16, String, String) {
    let error = answer.unwrap_err();
    (error.status, error.code.into_owned(), error.message)
}

/// Returns the text of the first element of that name.
fn text<'a>(xml: &'a str, element: &str) -> &'a str {
    let (_, rest) = xml.split_once(&format!("<{element}>")).unwrap_or_else(|| panic!("no {element}: {xml}"));
    rest.split_once('<').unwrap().0
}

#[test]
fn a_role_can_be_made_read_and_deleted() {
    let world = World::new();
    world.role("app");
    let answer = world.call(&[("Action", "GetRole"), ("RoleName", "app")]).unwrap();
    assert_eq!(text(&answer, "Arn"), "arn:aws:iam::111122223333:role/app");
    assert!(text(&answer, "RoleId").starts_with("AROA") && text(&answer, "RoleId").len() == 21);
    assert_eq!(text(&answer, "CreateDate"), "2026-11-22T10:00:00Z");
    assert!(text(&answer, "AssumeRolePolicyDocument").starts_with("%7B%22Version%22%3A%222012-10-17%22"));
    world.call(&[("Action", "DeleteRole"), ("RoleName", "app")]).unwrap();
    assert_eq!(
        code(world.call(&[("Action", "GetRole"), ("RoleName", "app")])),
        (404, "NoSuchEntity".into(), "The role with name app cannot be found.".into())
    );
}

#[test]
fn names_that_differ_in_case_only_are_taken() {
    let world = World::new();
    world.role("app");
    let again =
        world.call(&[("Action", "CreateRole"), ("RoleName", "App"), ("AssumeRolePolicyDocument", TRUST)]);
    assert_eq!(code(again), (409, "EntityAlreadyExists".into(), "Role with name App already exists.".into()));
}

#[test]
fn a_trust_policy_that_names_a_missing_role_is_refused() {
    let world = World::new();
    let trust = TRUST
        .replace(r#"{"Service":"lambda.amazonaws.com"}"#, r#"{"AWS":"arn:aws:iam::111122223333:role/gone"}"#);
    let answer =
        world.call(&[("Action", "CreateRole"), ("RoleName", "a"), ("AssumeRolePolicyDocument", &trust)]);
    let message = "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:role/gone\"";
    assert_eq!(code(answer), (400, "MalformedPolicyDocument".into(), message.into()));
}

#[test]
fn what_is_attached_cannot_be_deleted() {
    let world = World::new();
    world.role("app");
    world.call(&[("Action", "CreatePolicy"), ("PolicyName", "read"), ("PolicyDocument", READ)]).unwrap();
    let arn = "arn:aws:iam::111122223333:policy/read";
    let named = [("RoleName", "app"), ("PolicyArn", arn)];
    world.call(&[&[("Action", "AttachRolePolicy")], &named[..]].concat()).unwrap();
    for (action, message) in [
        ("DeleteRole", "Cannot delete entity, must detach all policies first."),
        ("DeletePolicy", "Cannot delete a policy attached to entities."),
    ] {
        let answer = world.call(&[&[("Action", action)], &named[..]].concat());
        assert_eq!(code(answer), (409, "DeleteConflict".into(), message.into()));
    }
    world.call(&[&[("Action", "DetachRolePolicy")], &named[..]].concat()).unwrap();
    world.call(&[("Action", "DeletePolicy"), ("PolicyArn", arn)]).unwrap();
}

#[test]
fn the_policies_of_a_session_are_those_of_its_role_as_they_are_now() {
    let world = World::new();
    world.role("app");
    let arn = "arn:aws:iam::111122223333:role/app";
    let session = world.iam.assume_for_service(arn, "lambda.amazonaws.com", "run").unwrap();
    assert!(world.iam.policies(&session.principal, None).identity.is_empty());
    world
        .call(&[
            ("Action", "PutRolePolicy"),
            ("RoleName", "app"),
            ("PolicyName", "read"),
            ("PolicyDocument", READ),
        ])
        .unwrap();
    let basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    world.call(&[("Action", "AttachRolePolicy"), ("RoleName", "app"), ("PolicyArn", basic)]).unwrap();
    let names: Vec<String> =
        world.iam.policies(&session.principal, None).identity.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["read", basic]);
    // A role that was made anew is another one.
    world.call(&[("Action", "DetachRolePolicy"), ("RoleName", "app"), ("PolicyArn", basic)]).unwrap();
    world.call(&[("Action", "DeleteRolePolicy"), ("RoleName", "app"), ("PolicyName", "read")]).unwrap();
    world.call(&[("Action", "DeleteRole"), ("RoleName", "app")]).unwrap();
    world.role("app");
    world.call(&[("Action", "AttachRolePolicy"), ("RoleName", "app"), ("PolicyArn", basic)]).unwrap();
    assert!(world.iam.policies(&session.principal, None).identity.is_empty());
}

#[test]
fn a_service_that_the_role_does_not_trust_gets_no_session() {
    let world = World::new();
    world.role("app");
    let arn = "arn:aws:iam::111122223333:role/app";
    for (arn, service) in
        [(arn, "ec2.amazonaws.com"), ("arn:aws:iam::111122223333:role/gone", "lambda.amazonaws.com")]
    {
        let error = world.iam.assume_for_service(arn, service, "run").unwrap_err();
        assert_eq!((error.status, error.code.as_ref()), (403, "AccessDenied"));
    }
}

#[test]
fn keys_are_known_until_they_are_deleted() {
    let world = World::new();
    world.call(&[("Action", "CreateUser"), ("UserName", "ada"), ("Path", "/team/")]).unwrap();
    let answer = world.call(&[("Action", "CreateAccessKey"), ("UserName", "ada")]).unwrap();
    let id = text(&answer, "AccessKeyId");
    let record = world.iam.key(id).unwrap();
    assert_eq!(record.principal.arn().unwrap(), "arn:aws:iam::111122223333:user/team/ada");
    assert_eq!(record.secret, text(&answer, "SecretAccessKey"));
    assert!(record.active && record.session_token.is_none());

    let named = [("UserName", "ada"), ("AccessKeyId", id)];
    let off = [&[("Action", "UpdateAccessKey"), ("Status", "Inactive")], &named[..]].concat();
    world.call(&off).unwrap();
    assert!(!world.iam.key(id).unwrap().active);

    world.call(&[("Action", "UpdateUser"), ("UserName", "ada"), ("NewUserName", "eda")]).unwrap();
    assert_eq!(
        world.iam.key(id).unwrap().principal.arn().unwrap(),
        "arn:aws:iam::111122223333:user/team/eda"
    );
    world.call(&[("Action", "DeleteAccessKey"), ("UserName", "eda"), ("AccessKeyId", id)]).unwrap();
    assert!(world.iam.key(id).is_none());
}

#[test]
fn a_user_has_two_keys_at_most() {
    let world = World::new();
    world.call(&[("Action", "CreateUser"), ("UserName", "ada")]).unwrap();
    let create = [("Action", "CreateAccessKey"), ("UserName", "ada")];
    world.call(&create).unwrap();
    world.call(&create).unwrap();
    assert_eq!(
        code(world.call(&create)),
        (409, "LimitExceeded".into(), "Cannot exceed quota for AccessKeysPerUser: 2".into())
    );
}

#[test]
fn an_account_that_is_opened_again_gets_a_further_key() {
    let world = World::new();
    let account = AccountId::parse("111122223333").unwrap();
    let others: Vec<KeyRecordWithId> = (0..3).map(|_| world.iam.open_account(&account)).collect();
    for key in &others {
        assert!(world.iam.key(&key.access_key_id).is_some());
        assert_eq!(world.iam.policies(&key.record.principal, None).identity.len(), 1);
    }
    assert_ne!(others[0].record.principal, others[2].record.principal);
}

#[test]
fn a_user_has_the_policies_of_its_groups_too() {
    let world = World::new();
    world.call(&[("Action", "CreateUser"), ("UserName", "ada")]).unwrap();
    world.call(&[("Action", "CreateGroup"), ("GroupName", "readers")]).unwrap();
    world.call(&[("Action", "AddUserToGroup"), ("GroupName", "readers"), ("UserName", "ada")]).unwrap();
    world
        .call(&[
            ("Action", "PutGroupPolicy"),
            ("GroupName", "readers"),
            ("PolicyName", "read"),
            ("PolicyDocument", READ),
        ])
        .unwrap();
    let answer = world.call(&[("Action", "CreateAccessKey"), ("UserName", "ada")]).unwrap();
    let principal = world.iam.key(text(&answer, "AccessKeyId")).unwrap().principal;
    assert_eq!(world.iam.policies(&principal, None).identity[0].0, "read");
    let answer = code(world.call(&[("Action", "DeleteGroup"), ("GroupName", "readers")]));
    assert_eq!(answer.2, "Cannot delete entity, must remove users from group first.");
}

#[test]
fn a_call_says_what_it_needs() {
    let world = World::new();
    world.call(&[("Action", "CreateUser"), ("UserName", "ada"), ("Path", "/team/")]).unwrap();
    let needs = |pairs: &[(&str, &str)]| {
        let accesses = world.accesses(&*world.iam, pairs);
        accesses.into_iter().map(|access| (access.action, access.resource)).collect::<Vec<_>>()
    };
    let root = "arn:aws:iam::111122223333:";
    let one = |action: &str, resource: &str| vec![(format!("iam:{action}"), resource.to_owned())];
    assert_eq!(
        needs(&[("Action", "GetUser"), ("UserName", "ada")]),
        one("GetUser", &format!("{root}user/team/ada"))
    );
    assert_eq!(
        needs(&[("Action", "ListAccessKeys")]),
        one("ListAccessKeys", &format!("{root}user/administrator"))
    );
    assert_eq!(
        needs(&[("Action", "DeleteRole"), ("RoleName", "gone")]),
        one("DeleteRole", &format!("{root}role/gone"))
    );
    assert_eq!(needs(&[("Action", "GetAccountSummary")]), one("GetAccountSummary", "*"));
    let tagged = needs(&[
        ("Action", "CreateRole"),
        ("RoleName", "app"),
        ("Path", "/x/"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
    ]);
    assert_eq!(tagged[0], ("iam:CreateRole".into(), format!("{root}role/x/app")));
    assert_eq!(tagged[1], ("iam:TagRole".into(), format!("{root}role/x/app")));
    let attach = world.accesses(
        &*world.iam,
        &[
            ("Action", "AttachRolePolicy"),
            ("RoleName", "app"),
            ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
        ],
    );
    assert_eq!(
        attach[0].context.get("iam:policyarn").unwrap(),
        ["arn:aws:iam::aws:policy/AdministratorAccess"]
    );
}

#[test]
fn unknown_and_uncovered_operations_are_told_apart() {
    let world = World::new();
    assert_eq!(code(world.call(&[("Action", "MakeTea")])).1, "InvalidAction");
    let (status, _, message) = code(world.call(&[("Action", "GetDelegationRequest")]));
    assert_eq!((status, message.contains("GetDelegationRequest")), (501, true));
}

#[test]
fn a_session_of_sts_carries_its_policies_and_ends() {
    let world = World::new();
    let trust = TRUST.replace(r#"{"Service":"lambda.amazonaws.com"}"#, r#"{"AWS":"111122223333"}"#);
    world
        .call(&[("Action", "CreateRole"), ("RoleName", "dev"), ("AssumeRolePolicyDocument", &trust)])
        .unwrap();
    let arn = "arn:aws:iam::111122223333:role/dev";
    let assume = [
        ("Action", "AssumeRole"),
        ("RoleArn", arn),
        ("RoleSessionName", "ada"),
        ("Policy", READ),
        ("DurationSeconds", "900"),
    ];
    let needed = world.accesses(&world.sts, &assume);
    assert_eq!((needed.len(), needed[0].action.as_str()), (1, "sts:AssumeRole"));
    assert!(needed[0].resource_policy.is_some());
    let answer = world.call_on(&world.sts, world.caller(), &assume).unwrap();
    assert_eq!(text(&answer, "Arn"), "arn:aws:sts::111122223333:assumed-role/dev/ada");
    assert_eq!(text(&answer, "Expiration"), "2026-11-22T10:15:00Z");
    let key = world.iam.key(text(&answer, "AccessKeyId")).unwrap();
    assert_eq!(key.session_token.as_deref(), Some(text(&answer, "SessionToken")));
    assert_eq!(world.iam.policies(&key.principal, Some(text(&answer, "AccessKeyId"))).session.len(), 1);

    let caller =
        Caller { principal: key.principal, access_key_id: Some(text(&answer, "AccessKeyId").to_owned()) };
    let who = world.call_on(&world.sts, caller.clone(), &[("Action", "GetCallerIdentity")]).unwrap();
    assert_eq!(text(&who, "Arn"), "arn:aws:sts::111122223333:assumed-role/dev/ada");
    assert!(text(&who, "UserId").ends_with(":ada"));
    let token = code(world.call_on(&world.sts, caller, &[("Action", "GetSessionToken")]));
    assert_eq!(token.1, "AccessDenied");
    // Long over, the keys are forgotten when others are given out.
    world.clock.advance(Duration::from_hours(72));
    world.call_on(&world.sts, world.caller(), &assume).unwrap();
    assert!(world.iam.key(text(&answer, "AccessKeyId")).is_none());
}

#[test]
fn a_session_longer_than_the_role_allows_is_refused() {
    let world = World::new();
    world.role("app");
    let arn = "arn:aws:iam::111122223333:role/app";
    let assume = |seconds| {
        [("Action", "AssumeRole"), ("RoleArn", arn), ("RoleSessionName", "ada"), ("DurationSeconds", seconds)]
    };
    let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    assert_eq!(code(world.call_on(&world.sts, world.caller(), &assume("7200"))).2, message);
    assert_eq!(code(world.call_on(&world.sts, world.caller(), &assume("60"))).1, "ValidationError");
}

#[test]
fn a_role_that_is_not_there_cannot_be_told_from_one_that_trusts_nobody() {
    let world = World::new();
    let needed = world.accesses(
        &world.sts,
        &[
            ("Action", "AssumeRole"),
            ("RoleArn", "arn:aws:iam::111122223333:role/gone"),
            ("RoleSessionName", "ada"),
        ],
    );
    assert!(needed[0].resource_policy.is_some());
}

#[test]
fn a_simulation_tells_decision_statement_and_missing_keys() {
    let world = World::new();
    world.role("app");
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}}]}"#;
    let put = [
        ("Action", "PutRolePolicy"),
        ("RoleName", "app"),
        ("PolicyName", "read"),
        ("PolicyDocument", document),
    ];
    world.call(&put).unwrap();
    let mut simulate = vec![
        ("Action", "SimulatePrincipalPolicy"),
        ("PolicySourceArn", "arn:aws:iam::111122223333:role/app"),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ResourceArns.member.1", "arn:aws:s3:::b/k"),
    ];
    let answer = world.call(&simulate).unwrap();
    assert_eq!(text(&answer, "EvalDecision"), "implicitDeny");
    assert!(
        answer.contains("<MissingContextValues><member>aws:RequestedRegion</member></MissingContextValues>")
    );
    simulate.extend([
        ("ContextEntries.member.1.ContextKeyName", "aws:RequestedRegion"),
        ("ContextEntries.member.1.ContextKeyValues.member.1", "us-east-1"),
    ]);
    let answer = world.call(&simulate).unwrap();
    assert_eq!(text(&answer, "EvalDecision"), "allowed");
    assert_eq!(text(&answer, "SourcePolicyId"), "role_app_read");
}

#[test]
fn the_state_can_be_written_and_read_back() {
    let world = World::new();
    world.role("app");
    world
        .call(&[
            ("Action", "PutRolePolicy"),
            ("RoleName", "app"),
            ("PolicyName", "r"),
            ("PolicyDocument", READ),
        ])
        .unwrap();
    let session = world
        .iam
        .assume_for_service("arn:aws:iam::111122223333:role/app", "lambda.amazonaws.com", "run")
        .unwrap();
    let text = serde_json::to_string(&*world.iam.read()).unwrap();
    let other = World::new();
    *other.iam.write() = serde_json::from_str(&text).unwrap();
    assert_eq!(other.iam.policies(&session.principal, None).identity.len(), 1);
    assert!(other.iam.key(&world.administrator.access_key_id).is_some());
}

#[test]
fn a_reset_forgets_one_account_or_all() {
    let world = World::new();
    let other = world.iam.open_account(&AccountId::parse("444455556666").unwrap());
    world.iam.reset(Some(&world.administrator.record.account));
    assert!(world.iam.key(&world.administrator.access_key_id).is_none());
    assert!(world.iam.key(&other.access_key_id).is_some());
    world.iam.reset(None);
    assert!(world.iam.key(&other.access_key_id).is_none());
    assert!(
        world.iam.policies(&Principal::Root { account: "444455556666".into() }, None).identity.is_empty()
    );
}

#[test]
fn a_session_brings_its_own_tags_and_those_of_its_role() {
    let world = World::new();
    let trust = TRUST.replace(r#"{"Service":"lambda.amazonaws.com"}"#, r#"{"AWS":"111122223333"}"#);
    world
        .call(&[
            ("Action", "CreateRole"),
            ("RoleName", "dev"),
            ("AssumeRolePolicyDocument", &trust),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "red"),
            ("Tags.member.2.Key", "stage"),
            ("Tags.member.2.Value", "test"),
        ])
        .unwrap();
    let assume = [
        ("Action", "AssumeRole"),
        ("RoleArn", "arn:aws:iam::111122223333:role/dev"),
        ("RoleSessionName", "ada"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "blue"),
    ];
    let needed = world.accesses(&world.sts, &assume);
    let actions: Vec<&str> = needed.iter().map(|access| access.action.as_str()).collect();
    assert_eq!(actions, ["sts:AssumeRole", "sts:TagSession"]);
    assert_eq!(needed[0].context.get("aws:RequestTag/team").unwrap(), ["blue"]);
    assert_eq!(needed[0].context.get("aws:ResourceTag/team").unwrap(), ["red"]);
    let answer = world.call_on(&world.sts, world.caller(), &assume).unwrap();
    let key = world.iam.key(text(&answer, "AccessKeyId")).unwrap();
    let keys = world.iam.principal_keys(&key.principal, Some(text(&answer, "AccessKeyId")));
    assert_eq!(keys.get("aws:PrincipalTag/team").unwrap(), ["blue"]);
    assert_eq!(keys.get("aws:PrincipalTag/stage").unwrap(), ["test"]);
    assert_eq!(keys.get("aws:TokenIssueTime").unwrap(), ["2026-11-22T10:00:00Z"]);
}

#[test]
fn a_functions_session_names_the_function() {
    let world = World::new();
    world.role("app");
    let (role, function) =
        ("arn:aws:iam::111122223333:role/app", "arn:aws:lambda:us-east-1:111122223333:function:orders");
    let session = world.iam.assume_for_function(role, function).unwrap();
    let keys = world.iam.principal_keys(&session.principal, Some(&session.access_key_id));
    assert_eq!(keys.get("lambda:SourceFunctionArn").unwrap(), [function]);
    assert!(session.principal.arn().unwrap().ends_with("/app/orders"));
    let other = world.iam.assume_for_service(role, "lambda.amazonaws.com", "orders").unwrap();
    let keys = world.iam.principal_keys(&other.principal, Some(&other.access_key_id));
    assert!(keys.get("lambda:SourceFunctionArn").is_none());
}
