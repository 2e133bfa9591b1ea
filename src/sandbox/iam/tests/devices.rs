//! Second factors, and what credentials that came with one may do.

use super::*;
use crate::sandbox::iam::one_time_code::code_at;

/// Makes a user with a device, enables it, and returns the device's serial number and seed.
fn user_with_device(world: &World, user: &str) -> (String, String) {
    world.call(&[("Action", "CreateUser"), ("UserName", user)]).unwrap();
    let made = world.call(&[("Action", "CreateVirtualMFADevice"), ("VirtualMFADeviceName", user)]).unwrap();
    let serial = text(&made, "SerialNumber").to_owned();
    let seed = text(&made, "Base32StringSeed");
    let seed = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, seed).unwrap();
    let seed = String::from_utf8(seed).unwrap();
    let now = world.clock.now().as_second();
    let codes = [code_at(&seed, now).unwrap(), code_at(&seed, now + 30).unwrap()];
    let enable = |first: &str, second: &str| {
        world.call(&[
            ("Action", "EnableMFADevice"),
            ("UserName", user),
            ("SerialNumber", &serial),
            ("AuthenticationCode1", first),
            ("AuthenticationCode2", second),
        ])
    };
    assert_eq!(code(enable(&codes[1], &codes[0])).1, "InvalidAuthenticationCode");
    enable(&codes[0], &codes[1]).unwrap();
    assert_eq!(code(enable(&codes[0], &codes[1])).1, "EntityAlreadyExists");
    (serial, seed)
}

fn key_of(world: &World, user: &str) -> Caller {
    let made = world.call(&[("Action", "CreateAccessKey"), ("UserName", user)]).unwrap();
    let id = text(&made, "AccessKeyId").to_owned();
    Caller { principal: world.iam.key(&id).unwrap().principal, access_key_id: Some(id) }
}

fn session(world: &World, caller: &Caller, pairs: &[(&str, &str)]) -> Result<Caller, ServiceError> {
    let answer = world.call_on(&world.sts, caller.clone(), pairs)?;
    let id = text(&answer, "AccessKeyId").to_owned();
    Ok(Caller { principal: world.iam.key(&id).unwrap().principal, access_key_id: Some(id) })
}

#[test]
fn a_device_belongs_to_one_user_and_keeps_it_from_being_deleted() {
    let world = World::new();
    let (serial, _) = user_with_device(&world, "ada");
    let listed = world.call(&[("Action", "ListMFADevices"), ("UserName", "ada")]).unwrap();
    assert_eq!(text(&listed, "SerialNumber"), serial);
    let listed =
        world.call(&[("Action", "ListVirtualMFADevices"), ("AssignmentStatus", "Unassigned")]).unwrap();
    assert!(!listed.contains(&serial), "{listed}");
    assert_eq!(
        code(world.call(&[("Action", "DeleteVirtualMFADevice"), ("SerialNumber", &serial)])).1,
        "DeleteConflict"
    );
    assert_eq!(code(world.call(&[("Action", "DeleteUser"), ("UserName", "ada")])).1, "DeleteConflict");
    world.call(&[("Action", "DeactivateMFADevice"), ("UserName", "ada"), ("SerialNumber", &serial)]).unwrap();
    world.call(&[("Action", "DeleteVirtualMFADevice"), ("SerialNumber", &serial)]).unwrap();
    let gone = code(world.call(&[("Action", "DeleteVirtualMFADevice"), ("SerialNumber", &serial)]));
    assert_eq!(gone.2, format!("VirtualMFADevice with serial number {serial} doesn't exist."));
    world.call(&[("Action", "DeleteUser"), ("UserName", "ada")]).unwrap();
}

#[test]
fn a_session_with_a_code_says_so_and_may_call_iam() {
    let world = World::new();
    let (serial, seed) = user_with_device(&world, "ada");
    let caller = key_of(&world, "ada");
    let now = world.clock.now().as_second();
    let with = |code: &str| {
        session(
            &world,
            &caller,
            &[("Action", "GetSessionToken"), ("SerialNumber", &serial), ("TokenCode", code)],
        )
    };
    assert_eq!(with("000000").unwrap_err().code, "AccessDenied");
    let shown = with(&code_at(&seed, now).unwrap()).unwrap();
    let keys = world.iam.principal_keys(&shown.principal, shown.access_key_id.as_deref());
    assert_eq!(keys.get("aws:MultiFactorAuthPresent").unwrap(), ["true"]);
    assert_eq!(keys.get("aws:MultiFactorAuthAge").unwrap(), ["0"]);
    let list = [("Action", "ListUsers")];
    world.call_on(&*world.iam, shown, &list).unwrap();

    let plain = session(&world, &caller, &[("Action", "GetSessionToken")]).unwrap();
    let keys = world.iam.principal_keys(&plain.principal, plain.access_key_id.as_deref());
    assert_eq!(keys.get("aws:MultiFactorAuthPresent").unwrap(), ["false"]);
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
    assert_eq!(code(world.call_on(&*world.iam, plain, &list)).1, "InvalidClientTokenId");
}

#[test]
fn a_federated_user_may_what_both_policies_allow() {
    let world = World::new();
    world.call(&[("Action", "CreateUser"), ("UserName", "broker")]).unwrap();
    let caller = key_of(&world, "broker");
    world
        .call(&[
            ("Action", "PutUserPolicy"),
            ("UserName", "broker"),
            ("PolicyName", "read"),
            ("PolicyDocument", READ),
        ])
        .unwrap();
    let ask = [("Action", "GetFederationToken"), ("Name", "bob"), ("Policy", READ)];
    let needed = world.accesses(&world.sts, &ask);
    assert_eq!(needed[0].resource, "arn:aws:sts::111122223333:federated-user/bob");
    let bob = session(&world, &caller, &ask).unwrap();
    assert_eq!(bob.principal.arn().unwrap(), "arn:aws:sts::111122223333:federated-user/bob");
    assert_eq!(bob.principal.user_id().unwrap(), "111122223333:bob");
    let policies = world.iam.policies(&bob.principal, bob.access_key_id.as_deref());
    assert_eq!((policies.identity.len(), policies.session.len()), (1, 1));
    let none = session(&world, &caller, &[("Action", "GetFederationToken"), ("Name", "eve")]).unwrap();
    assert!(world.iam.policies(&none.principal, none.access_key_id.as_deref()).identity.is_empty());
    assert_eq!(
        code(world.call_on(&*world.iam, bob.clone(), &[("Action", "ListUsers")])).1,
        "InvalidClientTokenId"
    );
    let again = session(&world, &bob, &ask);
    assert_eq!(again.unwrap_err().code, "AccessDenied");
    let long = "x".repeat(2049);
    let refused = world.call_on(
        &world.sts,
        caller,
        &[("Action", "GetFederationToken"), ("Name", "bob"), ("Policy", &long)],
    );
    assert_eq!(code(refused).1, "ValidationError");
}

#[test]
fn sessions_of_one_name_have_each_their_own_policy() {
    let world = World::new();
    let trust = TRUST.replace(r#"{"Service":"lambda.amazonaws.com"}"#, r#"{"AWS":"111122223333"}"#);
    world
        .call(&[("Action", "CreateRole"), ("RoleName", "dev"), ("AssumeRolePolicyDocument", &trust)])
        .unwrap();
    let arn = "arn:aws:iam::111122223333:role/dev";
    let assume = [("Action", "AssumeRole"), ("RoleArn", arn), ("RoleSessionName", "ada"), ("Policy", READ)];
    let limited = session(&world, &world.caller(), &assume).unwrap();
    let free = session(&world, &world.caller(), &assume[..3]).unwrap();
    assert_eq!(limited.principal, free.principal);
    let limits = |caller: &Caller| {
        world.iam.policies(&caller.principal, caller.access_key_id.as_deref()).session.len()
    };
    assert_eq!((limits(&limited), limits(&free)), (1, 0));
}

#[test]
fn a_user_made_anew_is_not_the_one_that_was_trusted() {
    let world = World::new();
    let user = world.call(&[("Action", "CreateUser"), ("UserName", "ada")]).unwrap();
    let id = text(&user, "UserId").to_owned();
    let arn = "arn:aws:iam::111122223333:user/ada";
    let trust = TRUST.replace(r#"{"Service":"lambda.amazonaws.com"}"#, &format!(r#"{{"AWS":"{arn}"}}"#));
    world
        .call(&[("Action", "CreateRole"), ("RoleName", "dev"), ("AssumeRolePolicyDocument", &trust)])
        .unwrap();
    let shown = || {
        let role = world.call(&[("Action", "GetRole"), ("RoleName", "dev")]).unwrap();
        let document = text(&role, "AssumeRolePolicyDocument").to_owned();
        percent_encoding::percent_decode_str(&document).decode_utf8().unwrap().into_owned()
    };
    assert!(shown().contains(arn));
    world.call(&[("Action", "UpdateUser"), ("UserName", "ada"), ("NewUserName", "eda")]).unwrap();
    assert!(shown().contains("arn:aws:iam::111122223333:user/eda"), "{}", shown());
    world.call(&[("Action", "DeleteUser"), ("UserName", "eda")]).unwrap();
    assert!(shown().contains(&id) && !shown().contains("user/eda"), "{}", shown());
    world.call(&[("Action", "CreateUser"), ("UserName", "eda")]).unwrap();
    assert!(shown().contains(&id), "{}", shown());
}

#[test]
fn the_roles_that_services_assume_are_in_the_log() {
    use crate::sandbox::audit::AuditLog;
    use crate::sandbox::authority::Journal;
    let log = Arc::new(AuditLog::new());
    let journal = Journal::new(Arc::clone(&log), Random::from_seed(2));
    let clock = Arc::new(ManualClock::at("2026-11-22T10:00:00Z".parse().unwrap()));
    let iam =
        Arc::new(Iam::new(Arc::clone(&clock) as Arc<dyn Clock>, Random::from_seed(1)).recording(journal));
    let account = AccountId::parse("111122223333").unwrap();
    let administrator = iam.open_account(&account);
    let world = World { sts: Sts::new(Arc::clone(&iam)), iam, clock, administrator };
    world.role("app");
    let arn = "arn:aws:iam::111122223333:role/app";
    world.iam.assume_for_service(arn, "lambda.amazonaws.com", "run").unwrap();
    world.iam.assume_for_service(arn, "ec2.amazonaws.com", "run").unwrap_err();
    let entries = log.entries(&account, |_| true);
    let noted: Vec<(&str, bool)> =
        entries.iter().map(|entry| (entry.user_agent.as_str(), entry.error_code.is_none())).collect();
    assert_eq!(noted, [("lambda.amazonaws.com", true), ("ec2.amazonaws.com", false)]);
    assert_eq!(entries[0].allowed_by[0].policy, "trust policy");
}
