mod kit;

use serde_json::json;

use super::bench::Bench;
use kit::{
    ALLOW, KEY, PEM, TRUST, certificate, device, enabled, git, group, login, metadata, no_device, no_oidc,
    no_policy, no_saml, oidc, policy, profile, role, saml, signing, ssh, ssh_key, user,
};

operations! { "iam";
    create_user:
        |b: &Bench| { b.call(json!({ "UserName": "ada" })).has("/User/UserName", "ada"); b.also("GetUser", json!({ "UserName": "ada" })).has("/User/UserName", "ada"); },
        |b: &Bench| b.refused(json!({ "UserName": "a b" }), 400, "ValidationError");
    get_user:
        |b: &Bench| { user(b); b.call(json!({ "UserName": "ada" })).has("/User/Path", "/"); },
        |b: &Bench| b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity");
    list_users:
        |b: &Bench| { user(b); let users = b.call(json!({})); assert!(users.at("/Users").as_array().unwrap().iter().any(|user| user["UserName"] == "ada"), "{users:?}"); },
        |b: &Bench| b.refused(json!({ "MaxItems": 0 }), 400, "ValidationError");
    update_user:
        |b: &Bench| { user(b); b.call(json!({ "UserName": "ada", "NewUserName": "lin" })); b.also("GetUser", json!({ "UserName": "lin" })).has("/User/UserName", "lin"); },
        |b: &Bench| b.refused(json!({ "UserName": "ada", "NewUserName": "lin" }), 404, "NoSuchEntity");
    delete_user:
        |b: &Bench| { user(b); b.call(json!({ "UserName": "ada" })); let gone = b.ask("iam", "GetUser", json!({ "UserName": "ada" })); assert_eq!(gone.status, 404, "{gone:?}"); },
        |b: &Bench| { user(b); b.also("CreateAccessKey", json!({ "UserName": "ada" })); b.refused(json!({ "UserName": "ada" }), 409, "DeleteConflict"); };
    create_access_key:
        |b: &Bench| { user(b); let key = b.call(json!({ "UserName": "ada" })); key.has("/AccessKey/Status", "Active"); assert!(key.text("/AccessKey/AccessKeyId").starts_with("AKIA"), "{key:?}"); },
        |b: &Bench| { user(b); for _ in 0..2 { b.also("CreateAccessKey", json!({ "UserName": "ada" })); } b.refused(json!({ "UserName": "ada" }), 409, "LimitExceeded"); };
    list_access_keys:
        |b: &Bench| { user(b); b.also("CreateAccessKey", json!({ "UserName": "ada" })); b.call(json!({ "UserName": "ada" })).has("/AccessKeyMetadata/0/UserName", "ada"); },
        |b: &Bench| b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity");
    update_access_key:
        |b: &Bench| { user(b); let key = b.also("CreateAccessKey", json!({ "UserName": "ada" })).text("/AccessKey/AccessKeyId"); b.call(json!({ "UserName": "ada", "AccessKeyId": key, "Status": "Inactive" })); b.also("ListAccessKeys", json!({ "UserName": "ada" })).has("/AccessKeyMetadata/0/Status", "Inactive"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "AccessKeyId": "AKIANOBODYHASTHISKEY", "Status": "Inactive" }), 404, "NoSuchEntity"); };
    delete_access_key:
        |b: &Bench| { user(b); let key = b.also("CreateAccessKey", json!({ "UserName": "ada" })).text("/AccessKey/AccessKeyId"); b.call(json!({ "UserName": "ada", "AccessKeyId": key })); b.also("ListAccessKeys", json!({ "UserName": "ada" })).lacks("/AccessKeyMetadata"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "AccessKeyId": "AKIANOBODYHASTHISKEY" }), 404, "NoSuchEntity"); };
    get_access_key_last_used:
        |b: &Bench| { b.call(json!({ "AccessKeyId": b.keys.id })).has("/AccessKeyLastUsed/ServiceName", "iam"); },
        |b: &Bench| b.refused(json!({  }), 400, "ValidationError");
    create_login_profile:
        |b: &Bench| { user(b); b.call(json!({ "UserName": "ada", "Password": "A-long-passw0rd!" })).has("/LoginProfile/UserName", "ada"); },
        |b: &Bench| b.refused(json!({ "UserName": "ada", "Password": "A-long-passw0rd!" }), 404, "NoSuchEntity");
    get_login_profile:
        |b: &Bench| { user(b); login(b); b.call(json!({ "UserName": "ada" })).has("/LoginProfile/PasswordResetRequired", "false"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity"); };
    update_login_profile:
        |b: &Bench| { user(b); login(b); b.call(json!({ "UserName": "ada", "PasswordResetRequired": true })); b.also("GetLoginProfile", json!({ "UserName": "ada" })).has("/LoginProfile/PasswordResetRequired", "true"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "Password": "A-long-passw0rd!" }), 404, "NoSuchEntity"); };
    delete_login_profile:
        |b: &Bench| { user(b); login(b); b.call(json!({ "UserName": "ada" })); let gone = b.ask("iam", "GetLoginProfile", json!({ "UserName": "ada" })); assert_eq!(gone.status, 404, "{gone:?}"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity"); };
    create_group:
        |b: &Bench| { b.call(json!({ "GroupName": "crew" })).has("/Group/GroupName", "crew"); },
        |b: &Bench| { group(b); b.refused(json!({ "GroupName": "crew" }), 409, "EntityAlreadyExists"); };
    get_group:
        |b: &Bench| { user(b); group(b); b.also("AddUserToGroup", json!({ "UserName": "ada", "GroupName": "crew" })); b.call(json!({ "GroupName": "crew" })).has("/Group/GroupName", "crew").has("/Users/0/UserName", "ada"); },
        |b: &Bench| b.refused(json!({ "GroupName": "crew" }), 404, "NoSuchEntity");
    list_groups:
        |b: &Bench| { group(b); b.call(json!({  })).has("/Groups/0/GroupName", "crew"); },
        |b: &Bench| b.refused(json!({ "MaxItems": 1001 }), 400, "ValidationError");
    update_group:
        |b: &Bench| { group(b); b.call(json!({ "GroupName": "crew", "NewGroupName": "team" })); b.also("GetGroup", json!({ "GroupName": "team" })).has("/Group/GroupName", "team"); },
        |b: &Bench| b.refused(json!({ "GroupName": "crew", "NewGroupName": "team" }), 404, "NoSuchEntity");
    delete_group:
        |b: &Bench| { group(b); b.call(json!({ "GroupName": "crew" })); let gone = b.ask("iam", "GetGroup", json!({ "GroupName": "crew" })); assert_eq!(gone.status, 404, "{gone:?}"); },
        |b: &Bench| { user(b); group(b); b.also("AddUserToGroup", json!({ "UserName": "ada", "GroupName": "crew" })); b.refused(json!({ "GroupName": "crew" }), 409, "DeleteConflict"); };
    add_user_to_group:
        |b: &Bench| { user(b); group(b); b.call(json!({ "UserName": "ada", "GroupName": "crew" })); b.also("ListGroupsForUser", json!({ "UserName": "ada" })).has("/Groups/0/GroupName", "crew"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "GroupName": "crew" }), 404, "NoSuchEntity"); };
    remove_user_from_group:
        |b: &Bench| { user(b); group(b); b.also("AddUserToGroup", json!({ "UserName": "ada", "GroupName": "crew" })); b.call(json!({ "UserName": "ada", "GroupName": "crew" })); b.also("ListGroupsForUser", json!({ "UserName": "ada" })).lacks("/Groups"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "GroupName": "crew" }), 404, "NoSuchEntity"); };
    list_groups_for_user:
        |b: &Bench| { user(b); group(b); b.also("AddUserToGroup", json!({ "UserName": "ada", "GroupName": "crew" })); b.call(json!({ "UserName": "ada" })).has("/Groups/0/GroupName", "crew"); },
        |b: &Bench| b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity");
    create_role:
        |b: &Bench| { b.call(json!({ "RoleName": "app", "AssumeRolePolicyDocument": TRUST })).has("/Role/RoleName", "app"); },
        |b: &Bench| b.refused(json!({ "RoleName": "app", "AssumeRolePolicyDocument": "{}" }), 400, "MalformedPolicyDocument");
    get_role:
        |b: &Bench| { role(b); b.call(json!({ "RoleName": "app" })).has("/Role/MaxSessionDuration", "3600"); },
        |b: &Bench| b.refused(json!({ "RoleName": "app" }), 404, "NoSuchEntity");
    list_roles:
        |b: &Bench| { role(b); b.call(json!({ "PathPrefix": "/" })).has("/Roles/0/RoleName", "app"); },
        |b: &Bench| b.refused(json!({ "PathPrefix": "no-slash" }), 400, "ValidationError");
    update_role:
        |b: &Bench| { role(b); b.call(json!({ "RoleName": "app", "MaxSessionDuration": 7200 })); b.also("GetRole", json!({ "RoleName": "app" })).has("/Role/MaxSessionDuration", "7200"); },
        |b: &Bench| b.refused(json!({ "RoleName": "app" }), 404, "NoSuchEntity");
    update_role_description:
        |b: &Bench| { role(b); b.call(json!({ "RoleName": "app", "Description": "takes orders" })).has("/Role/Description", "takes orders"); },
        |b: &Bench| b.refused(json!({ "RoleName": "app", "Description": "x" }), 404, "NoSuchEntity");
    update_assume_role_policy:
        |b: &Bench| { role(b); b.call(json!({ "RoleName": "app", "PolicyDocument": TRUST.replace("lambda", "apigateway") })); assert!(b.also("GetRole", json!({ "RoleName": "app" })).text("/Role/AssumeRolePolicyDocument").contains("apigateway")); },
        |b: &Bench| { role(b); b.refused(json!({ "RoleName": "app", "PolicyDocument": "[]" }), 400, "MalformedPolicyDocument"); };
    delete_role:
        |b: &Bench| { role(b); b.call(json!({ "RoleName": "app" })); let gone = b.ask("iam", "GetRole", json!({ "RoleName": "app" })); assert_eq!(gone.status, 404, "{gone:?}"); },
        |b: &Bench| { role(b); b.also("PutRolePolicy", json!({ "RoleName": "app", "PolicyName": "read", "PolicyDocument": ALLOW })); b.refused(json!({ "RoleName": "app" }), 409, "DeleteConflict"); };
    create_service_linked_role:
        |b: &Bench| { b.call(json!({ "AWSServiceName": "ops.apigateway.amazonaws.com" })).has("/Role/RoleName", "AWSServiceRoleForAPIGateway"); },
        |b: &Bench| { b.also("CreateServiceLinkedRole", json!({ "AWSServiceName": "ops.apigateway.amazonaws.com" })); b.refused(json!({ "AWSServiceName": "ops.apigateway.amazonaws.com" }), 400, "InvalidInput"); };
    delete_service_linked_role:
        |b: &Bench| { let role = b.also("CreateServiceLinkedRole", json!({ "AWSServiceName": "ops.apigateway.amazonaws.com" })).text("/Role/RoleName"); assert!(b.call(json!({ "RoleName": role })).text("/DeletionTaskId").starts_with("task/")); },
        |b: &Bench| b.refused(json!({ "RoleName": "AWSServiceRoleForNothing" }), 404, "NoSuchEntity");
    get_service_linked_role_deletion_status:
        |b: &Bench| { let role = b.also("CreateServiceLinkedRole", json!({ "AWSServiceName": "ops.apigateway.amazonaws.com" })).text("/Role/RoleName"); let task = b.also("DeleteServiceLinkedRole", json!({ "RoleName": role })).text("/DeletionTaskId"); b.call(json!({ "DeletionTaskId": task })).has("/Status", "SUCCEEDED"); },
        |b: &Bench| b.refused(json!({ "DeletionTaskId": "task/of-nothing" }), 404, "NoSuchEntity");
    put_user_policy:
        |b: &Bench| { user(b); b.call(json!({ "UserName": "ada", "PolicyName": "read", "PolicyDocument": ALLOW })); b.also("GetUserPolicy", json!({ "UserName": "ada", "PolicyName": "read" })).has("/PolicyName", "read"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "PolicyName": "read", "PolicyDocument": "{\"Version\":" }), 400, "MalformedPolicyDocument"); };
    get_user_policy:
        |b: &Bench| { user(b); b.also("PutUserPolicy", json!({ "UserName": "ada", "PolicyName": "read", "PolicyDocument": ALLOW })); let document = b.call(json!({ "UserName": "ada", "PolicyName": "read" })).text("/PolicyDocument"); assert!(document.contains("dynamodb%3AGetItem"), "{document}"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "PolicyName": "read" }), 404, "NoSuchEntity"); };
    list_user_policies:
        |b: &Bench| { user(b); b.also("PutUserPolicy", json!({ "UserName": "ada", "PolicyName": "read", "PolicyDocument": ALLOW })); b.call(json!({ "UserName": "ada" })).has("/PolicyNames/0", "read"); },
        |b: &Bench| b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity");
    delete_user_policy:
        |b: &Bench| { user(b); b.also("PutUserPolicy", json!({ "UserName": "ada", "PolicyName": "read", "PolicyDocument": ALLOW })); b.call(json!({ "UserName": "ada", "PolicyName": "read" })); b.also("ListUserPolicies", json!({ "UserName": "ada" })).lacks("/PolicyNames"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "PolicyName": "read" }), 404, "NoSuchEntity"); };
    attach_user_policy:
        |b: &Bench| { user(b); let arn = policy(b); b.call(json!({ "UserName": "ada", "PolicyArn": arn })); b.also("ListAttachedUserPolicies", json!({ "UserName": "ada" })).has("/AttachedPolicies/0/PolicyName", "read"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "PolicyArn": no_policy(b) }), 404, "NoSuchEntity"); };
    detach_user_policy:
        |b: &Bench| { user(b); let arn = policy(b); b.also("AttachUserPolicy", json!({ "UserName": "ada", "PolicyArn": arn })); b.call(json!({ "UserName": "ada", "PolicyArn": arn })); b.also("ListAttachedUserPolicies", json!({ "UserName": "ada" })).lacks("/AttachedPolicies"); },
        |b: &Bench| { user(b); let arn = policy(b); b.refused(json!({ "UserName": "ada", "PolicyArn": arn }), 404, "NoSuchEntity"); };
    list_attached_user_policies:
        |b: &Bench| { user(b); let arn = policy(b); b.also("AttachUserPolicy", json!({ "UserName": "ada", "PolicyArn": arn })); b.call(json!({ "UserName": "ada" })).has("/AttachedPolicies/0/PolicyArn", arn); },
        |b: &Bench| b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity");
    put_user_permissions_boundary:
        |b: &Bench| { user(b); let arn = policy(b); b.call(json!({ "UserName": "ada", "PermissionsBoundary": arn })); b.also("GetUser", json!({ "UserName": "ada" })).has("/User/PermissionsBoundary/PermissionsBoundaryArn", arn); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "PermissionsBoundary": no_policy(b) }), 404, "NoSuchEntity"); };
    delete_user_permissions_boundary:
        |b: &Bench| { user(b); let arn = policy(b); b.also("PutUserPermissionsBoundary", json!({ "UserName": "ada", "PermissionsBoundary": arn })); b.call(json!({ "UserName": "ada" })); b.also("GetUser", json!({ "UserName": "ada" })).lacks("/User/PermissionsBoundary"); },
        |b: &Bench| b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity");
    put_group_policy:
        |b: &Bench| { group(b); b.call(json!({ "GroupName": "crew", "PolicyName": "read", "PolicyDocument": ALLOW })); b.also("GetGroupPolicy", json!({ "GroupName": "crew", "PolicyName": "read" })).has("/PolicyName", "read"); },
        |b: &Bench| { group(b); b.refused(json!({ "GroupName": "crew", "PolicyName": "read", "PolicyDocument": "{\"Version\":" }), 400, "MalformedPolicyDocument"); };
    get_group_policy:
        |b: &Bench| { group(b); b.also("PutGroupPolicy", json!({ "GroupName": "crew", "PolicyName": "read", "PolicyDocument": ALLOW })); let document = b.call(json!({ "GroupName": "crew", "PolicyName": "read" })).text("/PolicyDocument"); assert!(document.contains("dynamodb%3AGetItem"), "{document}"); },
        |b: &Bench| { group(b); b.refused(json!({ "GroupName": "crew", "PolicyName": "read" }), 404, "NoSuchEntity"); };
    list_group_policies:
        |b: &Bench| { group(b); b.also("PutGroupPolicy", json!({ "GroupName": "crew", "PolicyName": "read", "PolicyDocument": ALLOW })); b.call(json!({ "GroupName": "crew" })).has("/PolicyNames/0", "read"); },
        |b: &Bench| b.refused(json!({ "GroupName": "crew" }), 404, "NoSuchEntity");
    delete_group_policy:
        |b: &Bench| { group(b); b.also("PutGroupPolicy", json!({ "GroupName": "crew", "PolicyName": "read", "PolicyDocument": ALLOW })); b.call(json!({ "GroupName": "crew", "PolicyName": "read" })); b.also("ListGroupPolicies", json!({ "GroupName": "crew" })).lacks("/PolicyNames"); },
        |b: &Bench| { group(b); b.refused(json!({ "GroupName": "crew", "PolicyName": "read" }), 404, "NoSuchEntity"); };
    attach_group_policy:
        |b: &Bench| { group(b); let arn = policy(b); b.call(json!({ "GroupName": "crew", "PolicyArn": arn })); b.also("ListAttachedGroupPolicies", json!({ "GroupName": "crew" })).has("/AttachedPolicies/0/PolicyName", "read"); },
        |b: &Bench| { group(b); b.refused(json!({ "GroupName": "crew", "PolicyArn": no_policy(b) }), 404, "NoSuchEntity"); };
    detach_group_policy:
        |b: &Bench| { group(b); let arn = policy(b); b.also("AttachGroupPolicy", json!({ "GroupName": "crew", "PolicyArn": arn })); b.call(json!({ "GroupName": "crew", "PolicyArn": arn })); b.also("ListAttachedGroupPolicies", json!({ "GroupName": "crew" })).lacks("/AttachedPolicies"); },
        |b: &Bench| { group(b); let arn = policy(b); b.refused(json!({ "GroupName": "crew", "PolicyArn": arn }), 404, "NoSuchEntity"); };
    list_attached_group_policies:
        |b: &Bench| { group(b); let arn = policy(b); b.also("AttachGroupPolicy", json!({ "GroupName": "crew", "PolicyArn": arn })); b.call(json!({ "GroupName": "crew" })).has("/AttachedPolicies/0/PolicyArn", arn); },
        |b: &Bench| b.refused(json!({ "GroupName": "crew" }), 404, "NoSuchEntity");
    put_role_policy:
        |b: &Bench| { role(b); b.call(json!({ "RoleName": "app", "PolicyName": "read", "PolicyDocument": ALLOW })); b.also("GetRolePolicy", json!({ "RoleName": "app", "PolicyName": "read" })).has("/PolicyName", "read"); },
        |b: &Bench| { role(b); b.refused(json!({ "RoleName": "app", "PolicyName": "read", "PolicyDocument": "{\"Version\":" }), 400, "MalformedPolicyDocument"); };
    get_role_policy:
        |b: &Bench| { role(b); b.also("PutRolePolicy", json!({ "RoleName": "app", "PolicyName": "read", "PolicyDocument": ALLOW })); let document = b.call(json!({ "RoleName": "app", "PolicyName": "read" })).text("/PolicyDocument"); assert!(document.contains("dynamodb%3AGetItem"), "{document}"); },
        |b: &Bench| { role(b); b.refused(json!({ "RoleName": "app", "PolicyName": "read" }), 404, "NoSuchEntity"); };
    list_role_policies:
        |b: &Bench| { role(b); b.also("PutRolePolicy", json!({ "RoleName": "app", "PolicyName": "read", "PolicyDocument": ALLOW })); b.call(json!({ "RoleName": "app" })).has("/PolicyNames/0", "read"); },
        |b: &Bench| b.refused(json!({ "RoleName": "app" }), 404, "NoSuchEntity");
    delete_role_policy:
        |b: &Bench| { role(b); b.also("PutRolePolicy", json!({ "RoleName": "app", "PolicyName": "read", "PolicyDocument": ALLOW })); b.call(json!({ "RoleName": "app", "PolicyName": "read" })); b.also("ListRolePolicies", json!({ "RoleName": "app" })).lacks("/PolicyNames"); },
        |b: &Bench| { role(b); b.refused(json!({ "RoleName": "app", "PolicyName": "read" }), 404, "NoSuchEntity"); };
    attach_role_policy:
        |b: &Bench| { role(b); let arn = policy(b); b.call(json!({ "RoleName": "app", "PolicyArn": arn })); b.also("ListAttachedRolePolicies", json!({ "RoleName": "app" })).has("/AttachedPolicies/0/PolicyName", "read"); },
        |b: &Bench| { role(b); b.refused(json!({ "RoleName": "app", "PolicyArn": no_policy(b) }), 404, "NoSuchEntity"); };
    detach_role_policy:
        |b: &Bench| { role(b); let arn = policy(b); b.also("AttachRolePolicy", json!({ "RoleName": "app", "PolicyArn": arn })); b.call(json!({ "RoleName": "app", "PolicyArn": arn })); b.also("ListAttachedRolePolicies", json!({ "RoleName": "app" })).lacks("/AttachedPolicies"); },
        |b: &Bench| { role(b); let arn = policy(b); b.refused(json!({ "RoleName": "app", "PolicyArn": arn }), 404, "NoSuchEntity"); };
    list_attached_role_policies:
        |b: &Bench| { role(b); let arn = policy(b); b.also("AttachRolePolicy", json!({ "RoleName": "app", "PolicyArn": arn })); b.call(json!({ "RoleName": "app" })).has("/AttachedPolicies/0/PolicyArn", arn); },
        |b: &Bench| b.refused(json!({ "RoleName": "app" }), 404, "NoSuchEntity");
    put_role_permissions_boundary:
        |b: &Bench| { role(b); let arn = policy(b); b.call(json!({ "RoleName": "app", "PermissionsBoundary": arn })); b.also("GetRole", json!({ "RoleName": "app" })).has("/Role/PermissionsBoundary/PermissionsBoundaryArn", arn); },
        |b: &Bench| { role(b); b.refused(json!({ "RoleName": "app", "PermissionsBoundary": no_policy(b) }), 404, "NoSuchEntity"); };
    delete_role_permissions_boundary:
        |b: &Bench| { role(b); let arn = policy(b); b.also("PutRolePermissionsBoundary", json!({ "RoleName": "app", "PermissionsBoundary": arn })); b.call(json!({ "RoleName": "app" })); b.also("GetRole", json!({ "RoleName": "app" })).lacks("/Role/PermissionsBoundary"); },
        |b: &Bench| b.refused(json!({ "RoleName": "app" }), 404, "NoSuchEntity");
    list_entities_for_policy:
        |b: &Bench| { user(b); let arn = policy(b); b.also("AttachUserPolicy", json!({ "UserName": "ada", "PolicyArn": arn })); b.call(json!({ "PolicyArn": arn })).has("/PolicyUsers/0/UserName", "ada"); },
        |b: &Bench| b.refused(json!({ "PolicyArn": no_policy(b) }), 404, "NoSuchEntity");
    create_policy:
        |b: &Bench| { b.call(json!({ "PolicyName": "read", "PolicyDocument": ALLOW })).has("/Policy/DefaultVersionId", "v1"); },
        |b: &Bench| b.refused(json!({ "PolicyName": "read", "PolicyDocument": "{}" }), 400, "MalformedPolicyDocument");
    get_policy:
        |b: &Bench| { let arn = policy(b); b.call(json!({ "PolicyArn": arn })).has("/Policy/PolicyName", "read"); },
        |b: &Bench| b.refused(json!({ "PolicyArn": no_policy(b) }), 404, "NoSuchEntity");
    list_policies:
        |b: &Bench| { policy(b); b.call(json!({ "Scope": "Local" })).has("/Policies/0/PolicyName", "read"); },
        |b: &Bench| b.refused(json!({ "Scope": "Everywhere" }), 400, "ValidationError");
    delete_policy:
        |b: &Bench| { let arn = policy(b); b.call(json!({ "PolicyArn": arn })); let gone = b.ask("iam", "GetPolicy", json!({ "PolicyArn": arn })); assert_eq!(gone.status, 404, "{gone:?}"); },
        |b: &Bench| { user(b); let arn = policy(b); b.also("AttachUserPolicy", json!({ "UserName": "ada", "PolicyArn": arn })); b.refused(json!({ "PolicyArn": arn }), 409, "DeleteConflict"); };
    create_policy_version:
        |b: &Bench| { let arn = policy(b); b.call(json!({ "PolicyArn": arn, "PolicyDocument": ALLOW, "SetAsDefault": true })).has("/PolicyVersion/VersionId", "v2"); },
        |b: &Bench| { let arn = policy(b); for _ in 2..=5 { b.also("CreatePolicyVersion", json!({ "PolicyArn": arn, "PolicyDocument": ALLOW })); } b.refused(json!({ "PolicyArn": arn, "PolicyDocument": ALLOW }), 409, "LimitExceeded"); };
    get_policy_version:
        |b: &Bench| { let arn = policy(b); b.call(json!({ "PolicyArn": arn, "VersionId": "v1" })).has("/PolicyVersion/IsDefaultVersion", "true"); },
        |b: &Bench| { let arn = policy(b); b.refused(json!({ "PolicyArn": arn, "VersionId": "v9" }), 404, "NoSuchEntity"); };
    list_policy_versions:
        |b: &Bench| { let arn = policy(b); b.call(json!({ "PolicyArn": arn })).has("/Versions/0/VersionId", "v1"); },
        |b: &Bench| b.refused(json!({ "PolicyArn": no_policy(b) }), 404, "NoSuchEntity");
    set_default_policy_version:
        |b: &Bench| { let arn = policy(b); b.also("CreatePolicyVersion", json!({ "PolicyArn": arn, "PolicyDocument": ALLOW })); b.call(json!({ "PolicyArn": arn, "VersionId": "v2" })); b.also("GetPolicy", json!({ "PolicyArn": arn })).has("/Policy/DefaultVersionId", "v2"); },
        |b: &Bench| { let arn = policy(b); b.refused(json!({ "PolicyArn": arn, "VersionId": "v2" }), 404, "NoSuchEntity"); };
    delete_policy_version:
        |b: &Bench| { let arn = policy(b); b.also("CreatePolicyVersion", json!({ "PolicyArn": arn, "PolicyDocument": ALLOW })); b.call(json!({ "PolicyArn": arn, "VersionId": "v2" })); let gone = b.ask("iam", "GetPolicyVersion", json!({ "PolicyArn": arn, "VersionId": "v2" })); assert_eq!(gone.status, 404, "{gone:?}"); },
        |b: &Bench| { let arn = policy(b); b.refused(json!({ "PolicyArn": arn, "VersionId": "v1" }), 409, "DeleteConflict"); };
    tag_user:
        |b: &Bench| { user(b); b.call(json!({ "UserName": "ada", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" })); b.also("ListUserTags", json!({ "UserName": "ada" })).has("/Tags/0/Value", "blue"); },
        |b: &Bench| b.refused(json!({ "UserName": "ada", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" }), 404, "NoSuchEntity");
    untag_user:
        |b: &Bench| { user(b); b.also("TagUser", json!({ "UserName": "ada", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" })); b.call(json!({ "UserName": "ada", "TagKeys.member.1": "team" })); b.also("ListUserTags", json!({ "UserName": "ada" })).lacks("/Tags"); },
        |b: &Bench| b.refused(json!({ "UserName": "ada", "TagKeys.member.1": "team" }), 404, "NoSuchEntity");
    list_user_tags:
        |b: &Bench| { user(b); b.also("TagUser", json!({ "UserName": "ada", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" })); b.call(json!({ "UserName": "ada" })).has("/Tags/0/Key", "team"); },
        |b: &Bench| b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity");
    tag_role:
        |b: &Bench| { role(b); b.call(json!({ "RoleName": "app", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" })); b.also("ListRoleTags", json!({ "RoleName": "app" })).has("/Tags/0/Value", "blue"); },
        |b: &Bench| b.refused(json!({ "RoleName": "app", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" }), 404, "NoSuchEntity");
    untag_role:
        |b: &Bench| { role(b); b.also("TagRole", json!({ "RoleName": "app", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" })); b.call(json!({ "RoleName": "app", "TagKeys.member.1": "team" })); b.also("ListRoleTags", json!({ "RoleName": "app" })).lacks("/Tags"); },
        |b: &Bench| b.refused(json!({ "RoleName": "app", "TagKeys.member.1": "team" }), 404, "NoSuchEntity");
    list_role_tags:
        |b: &Bench| { role(b); b.also("TagRole", json!({ "RoleName": "app", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" })); b.call(json!({ "RoleName": "app" })).has("/Tags/0/Key", "team"); },
        |b: &Bench| b.refused(json!({ "RoleName": "app" }), 404, "NoSuchEntity");
    tag_policy:
        |b: &Bench| { let arn = policy(b); b.call(json!({ "PolicyArn": arn, "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" })); b.also("ListPolicyTags", json!({ "PolicyArn": arn })).has("/Tags/0/Value", "blue"); },
        |b: &Bench| b.refused(json!({ "PolicyArn": no_policy(b), "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" }), 404, "NoSuchEntity");
    untag_policy:
        |b: &Bench| { let arn = policy(b); b.also("TagPolicy", json!({ "PolicyArn": arn, "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" })); b.call(json!({ "PolicyArn": arn, "TagKeys.member.1": "team" })); b.also("ListPolicyTags", json!({ "PolicyArn": arn })).lacks("/Tags"); },
        |b: &Bench| b.refused(json!({ "PolicyArn": no_policy(b), "TagKeys.member.1": "team" }), 404, "NoSuchEntity");
    list_policy_tags:
        |b: &Bench| { let arn = policy(b); b.also("TagPolicy", json!({ "PolicyArn": arn, "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" })); b.call(json!({ "PolicyArn": arn })).has("/Tags/0/Key", "team"); },
        |b: &Bench| b.refused(json!({ "PolicyArn": no_policy(b) }), 404, "NoSuchEntity");
    tag_instance_profile:
        |b: &Bench| { profile(b); b.call(json!({ "InstanceProfileName": "host", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" })); b.also("ListInstanceProfileTags", json!({ "InstanceProfileName": "host" })).has("/Tags/0/Value", "blue"); },
        |b: &Bench| b.refused(json!({ "InstanceProfileName": "host", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" }), 404, "NoSuchEntity");
    untag_instance_profile:
        |b: &Bench| { profile(b); b.also("TagInstanceProfile", json!({ "InstanceProfileName": "host", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" })); b.call(json!({ "InstanceProfileName": "host", "TagKeys.member.1": "team" })); b.also("ListInstanceProfileTags", json!({ "InstanceProfileName": "host" })).lacks("/Tags"); },
        |b: &Bench| b.refused(json!({ "InstanceProfileName": "host", "TagKeys.member.1": "team" }), 404, "NoSuchEntity");
    list_instance_profile_tags:
        |b: &Bench| { profile(b); b.also("TagInstanceProfile", json!({ "InstanceProfileName": "host", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue" })); b.call(json!({ "InstanceProfileName": "host" })).has("/Tags/0/Key", "team"); },
        |b: &Bench| b.refused(json!({ "InstanceProfileName": "host" }), 404, "NoSuchEntity");
    create_instance_profile:
        |b: &Bench| { b.call(json!({ "InstanceProfileName": "host" })).has("/InstanceProfile/InstanceProfileName", "host"); },
        |b: &Bench| { profile(b); b.refused(json!({ "InstanceProfileName": "host" }), 409, "EntityAlreadyExists"); };
    get_instance_profile:
        |b: &Bench| { profile(b); b.call(json!({ "InstanceProfileName": "host" })).has("/InstanceProfile/Path", "/"); },
        |b: &Bench| b.refused(json!({ "InstanceProfileName": "host" }), 404, "NoSuchEntity");
    list_instance_profiles:
        |b: &Bench| { profile(b); b.call(json!({  })).has("/InstanceProfiles/0/InstanceProfileName", "host"); },
        |b: &Bench| b.refused(json!({ "MaxItems": 0 }), 400, "ValidationError");
    list_instance_profiles_for_role:
        |b: &Bench| { profile(b); role(b); b.also("AddRoleToInstanceProfile", json!({ "InstanceProfileName": "host", "RoleName": "app" })); b.call(json!({ "RoleName": "app" })).has("/InstanceProfiles/0/InstanceProfileName", "host"); },
        |b: &Bench| b.refused(json!({ "RoleName": "app" }), 404, "NoSuchEntity");
    add_role_to_instance_profile:
        |b: &Bench| { profile(b); role(b); b.call(json!({ "InstanceProfileName": "host", "RoleName": "app" })); b.also("GetInstanceProfile", json!({ "InstanceProfileName": "host" })).has("/InstanceProfile/Roles/0/RoleName", "app"); },
        |b: &Bench| { profile(b); b.refused(json!({ "InstanceProfileName": "host", "RoleName": "app" }), 404, "NoSuchEntity"); };
    remove_role_from_instance_profile:
        |b: &Bench| { profile(b); role(b); b.also("AddRoleToInstanceProfile", json!({ "InstanceProfileName": "host", "RoleName": "app" })); b.call(json!({ "InstanceProfileName": "host", "RoleName": "app" })); b.also("GetInstanceProfile", json!({ "InstanceProfileName": "host" })).lacks("/InstanceProfile/Roles"); },
        |b: &Bench| { profile(b); role(b); b.refused(json!({ "InstanceProfileName": "host", "RoleName": "app" }), 404, "NoSuchEntity"); };
    delete_instance_profile:
        |b: &Bench| { profile(b); b.call(json!({ "InstanceProfileName": "host" })); let gone = b.ask("iam", "GetInstanceProfile", json!({ "InstanceProfileName": "host" })); assert_eq!(gone.status, 404, "{gone:?}"); },
        |b: &Bench| { profile(b); role(b); b.also("AddRoleToInstanceProfile", json!({ "InstanceProfileName": "host", "RoleName": "app" })); b.refused(json!({ "InstanceProfileName": "host" }), 409, "DeleteConflict"); };
    simulate_principal_policy:
        |b: &Bench| { let user = user(b); b.also("PutUserPolicy", json!({ "UserName": "ada", "PolicyName": "read", "PolicyDocument": ALLOW })); b.call(json!({ "PolicySourceArn": user["Arn"], "ActionNames.member.1": "dynamodb:GetItem" })).has("/EvaluationResults/0/EvalDecision", "allowed"); },
        |b: &Bench| b.refused(json!({ "PolicySourceArn": format!("arn:aws:iam::{}:user/none", b.account), "ActionNames.member.1": "s3:GetObject" }), 404, "NoSuchEntity");
    simulate_custom_policy:
        |b: &Bench| { b.call(json!({ "PolicyInputList.member.1": ALLOW, "ActionNames.member.1": "dynamodb:PutItem" })).has("/EvaluationResults/0/EvalDecision", "implicitDeny"); },
        |b: &Bench| b.refused(json!({ "PolicyInputList.member.1": ALLOW }), 400, "ValidationError");
    get_context_keys_for_principal_policy:
        |b: &Bench| { let user = user(b); let document = ALLOW.replace("\"*\"", "\"arn:aws:dynamodb:*:*:table/${aws:username}\""); b.also("PutUserPolicy", json!({ "UserName": "ada", "PolicyName": "own", "PolicyDocument": document })); b.call(json!({ "PolicySourceArn": user["Arn"] })).has("/ContextKeyNames/0", "aws:username"); },
        |b: &Bench| b.refused(json!({ "PolicySourceArn": format!("arn:aws:iam::{}:user/none", b.account) }), 404, "NoSuchEntity");
    get_context_keys_for_custom_policy:
        |b: &Bench| { let document = ALLOW.replace("\"*\"", "\"arn:aws:dynamodb:*:*:table/${aws:username}\""); b.call(json!({ "PolicyInputList.member.1": document })).has("/ContextKeyNames/0", "aws:username"); },
        |b: &Bench| b.refused_to_others(json!({ "PolicyInputList.member.1": ALLOW }), 403, "AccessDenied");
    get_account_authorization_details:
        |b: &Bench| { role(b); b.call(json!({ "Filter.member.1": "Role" })).has("/RoleDetailList/0/RoleName", "app"); },
        |b: &Bench| b.refused(json!({ "Filter.member.1": "Everything" }), 400, "ValidationError");
    get_account_summary:
        |b: &Bench| { let summary = b.call(json!({})); assert!(summary.raw.contains("<key>UsersQuota</key>"), "{summary:?}"); },
        |b: &Bench| b.refused_to_others(json!({}), 403, "AccessDenied");
    create_account_alias:
        |b: &Bench| { let alias = format!("a{}", b.account); b.call(json!({ "AccountAlias": alias })); b.also("ListAccountAliases", json!({})).has("/AccountAliases/0", alias); },
        |b: &Bench| b.refused(json!({ "AccountAlias": "Not_An_Alias" }), 400, "ValidationError");
    list_account_aliases:
        |b: &Bench| { let alias = format!("a{}", b.account); b.also("CreateAccountAlias", json!({ "AccountAlias": alias })); b.call(json!({})).has("/AccountAliases/0", alias); },
        |b: &Bench| b.refused_to_others(json!({}), 403, "AccessDenied");
    delete_account_alias:
        |b: &Bench| { let alias = format!("a{}", b.account); b.also("CreateAccountAlias", json!({ "AccountAlias": alias })); b.call(json!({ "AccountAlias": alias })); b.also("ListAccountAliases", json!({})).lacks("/AccountAliases"); },
        |b: &Bench| b.refused(json!({ "AccountAlias": "nobodys-alias" }), 404, "NoSuchEntity");
    update_account_password_policy:
        |b: &Bench| { b.call(json!({ "MinimumPasswordLength": 12 })); b.also("GetAccountPasswordPolicy", json!({  })).has("/PasswordPolicy/MinimumPasswordLength", "12"); },
        |b: &Bench| b.refused(json!({ "MinimumPasswordLength": 3 }), 400, "ValidationError");
    get_account_password_policy:
        |b: &Bench| { b.also("UpdateAccountPasswordPolicy", json!({ "RequireNumbers": true })); b.call(json!({  })).has("/PasswordPolicy/RequireNumbers", "true"); },
        |b: &Bench| b.refused(json!({  }), 404, "NoSuchEntity");
    delete_account_password_policy:
        |b: &Bench| { b.also("UpdateAccountPasswordPolicy", json!({ "RequireNumbers": true })); b.call(json!({  })); let gone = b.ask("iam", "GetAccountPasswordPolicy", json!({  })); assert_eq!(gone.status, 404, "{gone:?}"); },
        |b: &Bench| b.refused(json!({  }), 404, "NoSuchEntity");
    create_open_id_connect_provider:
        |b: &Bench| { let arn = b.call(json!({ "Url": "https://id.example" })).text("/OpenIDConnectProviderArn"); assert!(arn.ends_with(":oidc-provider/id.example"), "{arn}"); },
        |b: &Bench| { oidc(b); b.refused(json!({ "Url": "https://id.example" }), 409, "EntityAlreadyExists"); };
    get_open_id_connect_provider:
        |b: &Bench| { let arn = oidc(b); b.call(json!({ "OpenIDConnectProviderArn": arn })).has("/Url", "id.example"); },
        |b: &Bench| b.refused(json!({ "OpenIDConnectProviderArn": no_oidc(b) }), 404, "NoSuchEntity");
    list_open_id_connect_providers:
        |b: &Bench| { let arn = oidc(b); b.call(json!({})).has("/OpenIDConnectProviderList/0/Arn", arn); },
        |b: &Bench| b.refused_to_others(json!({}), 403, "AccessDenied");
    delete_open_id_connect_provider:
        |b: &Bench| { let arn = oidc(b); b.call(json!({ "OpenIDConnectProviderArn": arn })); b.also("ListOpenIDConnectProviders", json!({})).lacks("/OpenIDConnectProviderList"); },
        |b: &Bench| b.refused(json!({ "OpenIDConnectProviderArn": "short" }), 400, "ValidationError");
    update_open_id_connect_provider_thumbprint:
        |b: &Bench| { let arn = oidc(b); let print = "b".repeat(40); b.call(json!({ "OpenIDConnectProviderArn": arn, "ThumbprintList.member.1": print })); b.also("GetOpenIDConnectProvider", json!({ "OpenIDConnectProviderArn": arn })).has("/ThumbprintList/0", print); },
        |b: &Bench| b.refused(json!({ "OpenIDConnectProviderArn": no_oidc(b), "ThumbprintList.member.1": "b".repeat(40) }), 404, "NoSuchEntity");
    add_client_id_to_open_id_connect_provider:
        |b: &Bench| { let arn = oidc(b); b.call(json!({ "OpenIDConnectProviderArn": arn, "ClientID": "app" })); b.also("GetOpenIDConnectProvider", json!({ "OpenIDConnectProviderArn": arn })).has("/ClientIDList/0", "app"); },
        |b: &Bench| b.refused(json!({ "OpenIDConnectProviderArn": no_oidc(b), "ClientID": "app" }), 404, "NoSuchEntity");
    remove_client_id_from_open_id_connect_provider:
        |b: &Bench| { let arn = oidc(b); b.also("AddClientIDToOpenIDConnectProvider", json!({ "OpenIDConnectProviderArn": arn, "ClientID": "app" })); b.call(json!({ "OpenIDConnectProviderArn": arn, "ClientID": "app" })); b.also("GetOpenIDConnectProvider", json!({ "OpenIDConnectProviderArn": arn })).lacks("/ClientIDList"); },
        |b: &Bench| b.refused(json!({ "OpenIDConnectProviderArn": no_oidc(b), "ClientID": "app" }), 404, "NoSuchEntity");
    create_saml_provider:
        |b: &Bench| { let arn = b.call(json!({ "Name": "idp", "SAMLMetadataDocument": metadata() })).text("/SAMLProviderArn"); assert!(arn.ends_with(":saml-provider/idp"), "{arn}"); },
        |b: &Bench| b.refused(json!({ "Name": "idp", "SAMLMetadataDocument": "x".repeat(1000) }), 400, "InvalidInput");
    get_saml_provider:
        |b: &Bench| { let arn = saml(b); b.call(json!({ "SAMLProviderArn": arn })).has("/SAMLMetadataDocument", metadata()); },
        |b: &Bench| b.refused(json!({ "SAMLProviderArn": no_saml(b) }), 404, "NoSuchEntity");
    list_saml_providers:
        |b: &Bench| { let arn = saml(b); b.call(json!({})).has("/SAMLProviderList/0/Arn", arn); },
        |b: &Bench| b.refused_to_others(json!({}), 403, "AccessDenied");
    update_saml_provider:
        |b: &Bench| { let arn = saml(b); b.call(json!({ "SAMLProviderArn": arn, "AssertionEncryptionMode": "Allowed" })); b.also("GetSAMLProvider", json!({ "SAMLProviderArn": arn })).has("/AssertionEncryptionMode", "Allowed"); },
        |b: &Bench| b.refused(json!({ "SAMLProviderArn": no_saml(b), "SAMLMetadataDocument": metadata() }), 404, "NoSuchEntity");
    delete_saml_provider:
        |b: &Bench| { let arn = saml(b); b.call(json!({ "SAMLProviderArn": arn })); b.also("ListSAMLProviders", json!({})).lacks("/SAMLProviderList"); },
        |b: &Bench| b.refused(json!({ "SAMLProviderArn": no_saml(b) }), 404, "NoSuchEntity");
    create_virtual_mfa_device:
        |b: &Bench| { let made = b.call(json!({ "VirtualMFADeviceName": "phone" })); assert!(made.text("/VirtualMFADevice/SerialNumber").ends_with(":mfa/phone"), "{made:?}"); },
        |b: &Bench| { device(b); b.refused(json!({ "VirtualMFADeviceName": "phone" }), 409, "EntityAlreadyExists"); };
    delete_virtual_mfa_device:
        |b: &Bench| { let (serial, _) = device(b); b.call(json!({ "SerialNumber": serial })); b.also("ListVirtualMFADevices", json!({})).lacks("/VirtualMFADevices"); },
        |b: &Bench| b.refused(json!({ "SerialNumber": no_device(b) }), 404, "NoSuchEntity");
    list_virtual_mfa_devices:
        |b: &Bench| { let (serial, _) = device(b); b.call(json!({ "AssignmentStatus": "Unassigned" })).has("/VirtualMFADevices/0/SerialNumber", serial); },
        |b: &Bench| b.refused(json!({ "AssignmentStatus": "Lost" }), 400, "ValidationError");
    enable_mfa_device:
        |b: &Bench| { user(b); let (serial, codes) = device(b); b.call(json!({ "UserName": "ada", "SerialNumber": serial, "AuthenticationCode1": codes[0], "AuthenticationCode2": codes[1] })); b.also("ListMFADevices", json!({ "UserName": "ada" })).has("/MFADevices/0/SerialNumber", serial); },
        |b: &Bench| { user(b); let (serial, codes) = device(b); b.refused(json!({ "UserName": "ada", "SerialNumber": serial, "AuthenticationCode1": codes[1], "AuthenticationCode2": codes[0] }), 403, "InvalidAuthenticationCode"); };
    deactivate_mfa_device:
        |b: &Bench| { let (serial, _) = enabled(b); b.call(json!({ "UserName": "ada", "SerialNumber": serial })); b.also("ListMFADevices", json!({ "UserName": "ada" })).lacks("/MFADevices"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "SerialNumber": no_device(b) }), 404, "NoSuchEntity"); };
    resync_mfa_device:
        |b: &Bench| { let (serial, codes) = enabled(b); b.call(json!({ "UserName": "ada", "SerialNumber": serial, "AuthenticationCode1": codes[0], "AuthenticationCode2": codes[1] })); },
        |b: &Bench| { let (serial, codes) = enabled(b); b.refused(json!({ "UserName": "ada", "SerialNumber": serial, "AuthenticationCode1": codes[1], "AuthenticationCode2": codes[0] }), 403, "InvalidAuthenticationCode"); };
    list_mfa_devices:
        |b: &Bench| { let (serial, _) = enabled(b); b.call(json!({ "UserName": "ada" })).has("/MFADevices/0/SerialNumber", serial); },
        |b: &Bench| b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity");
    get_mfa_device:
        |b: &Bench| { let (serial, _) = enabled(b); b.call(json!({ "UserName": "ada", "SerialNumber": serial })).has("/UserName", "ada"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "SerialNumber": no_device(b) }), 404, "NoSuchEntity"); };
    upload_server_certificate:
        |b: &Bench| { b.call(certificate()).has("/ServerCertificateMetadata/Expiration", "2036-11-19T06:54:48Z"); },
        |b: &Bench| b.refused(json!({ "ServerCertificateName": "web", "CertificateBody": "body", "PrivateKey": KEY }), 400, "MalformedCertificate");
    get_server_certificate:
        |b: &Bench| { b.also("UploadServerCertificate", certificate()); b.call(json!({ "ServerCertificateName": "web" })).has("/ServerCertificate/ServerCertificateMetadata/Path", "/"); },
        |b: &Bench| b.refused(json!({ "ServerCertificateName": "web" }), 404, "NoSuchEntity");
    list_server_certificates:
        |b: &Bench| { b.also("UploadServerCertificate", certificate()); b.call(json!({})).has("/ServerCertificateMetadataList/0/ServerCertificateName", "web"); },
        |b: &Bench| b.refused(json!({ "MaxItems": 0 }), 400, "ValidationError");
    update_server_certificate:
        |b: &Bench| { b.also("UploadServerCertificate", certificate()); b.call(json!({ "ServerCertificateName": "web", "NewServerCertificateName": "edge" })); b.also("ListServerCertificates", json!({})).has("/ServerCertificateMetadataList/0/ServerCertificateName", "edge"); },
        |b: &Bench| b.refused(json!({ "ServerCertificateName": "web", "NewPath": "/edge/" }), 404, "NoSuchEntity");
    delete_server_certificate:
        |b: &Bench| { b.also("UploadServerCertificate", certificate()); b.call(json!({ "ServerCertificateName": "web" })); b.also("ListServerCertificates", json!({})).lacks("/ServerCertificateMetadataList"); },
        |b: &Bench| b.refused(json!({ "ServerCertificateName": "web" }), 404, "NoSuchEntity");
    upload_signing_certificate:
        |b: &Bench| { user(b); b.call(json!({ "UserName": "ada", "CertificateBody": PEM })).has("/Certificate/Status", "Active"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "CertificateBody": "body" }), 400, "MalformedCertificate"); };
    list_signing_certificates:
        |b: &Bench| { let id = signing(b); b.call(json!({ "UserName": "ada" })).has("/Certificates/0/CertificateId", id); },
        |b: &Bench| b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity");
    update_signing_certificate:
        |b: &Bench| { let id = signing(b); b.call(json!({ "UserName": "ada", "CertificateId": id, "Status": "Inactive" })); b.also("ListSigningCertificates", json!({ "UserName": "ada" })).has("/Certificates/0/Status", "Inactive"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "CertificateId": "X".repeat(24), "Status": "Inactive" }), 404, "NoSuchEntity"); };
    delete_signing_certificate:
        |b: &Bench| { let id = signing(b); b.call(json!({ "UserName": "ada", "CertificateId": id })); b.also("ListSigningCertificates", json!({ "UserName": "ada" })).lacks("/Certificates"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "CertificateId": "X".repeat(24) }), 404, "NoSuchEntity"); };
    upload_ssh_public_key:
        |b: &Bench| { user(b); b.call(json!({ "UserName": "ada", "SSHPublicKeyBody": ssh_key() })).has("/SSHPublicKey/Status", "Active"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "SSHPublicKeyBody": "ssh-ed25519 AAAA" }), 400, "InvalidPublicKey"); };
    get_ssh_public_key:
        |b: &Bench| { let id = ssh(b); b.call(json!({ "UserName": "ada", "SSHPublicKeyId": id, "Encoding": "SSH" })).has("/SSHPublicKey/SSHPublicKeyBody", ssh_key()); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "SSHPublicKeyId": "X".repeat(20), "Encoding": "SSH" }), 404, "NoSuchEntity"); };
    list_ssh_public_keys:
        |b: &Bench| { let id = ssh(b); b.call(json!({ "UserName": "ada" })).has("/SSHPublicKeys/0/SSHPublicKeyId", id); },
        |b: &Bench| b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity");
    update_ssh_public_key:
        |b: &Bench| { let id = ssh(b); b.call(json!({ "UserName": "ada", "SSHPublicKeyId": id, "Status": "Inactive" })); b.also("ListSSHPublicKeys", json!({ "UserName": "ada" })).has("/SSHPublicKeys/0/Status", "Inactive"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "SSHPublicKeyId": "X".repeat(20), "Status": "Inactive" }), 404, "NoSuchEntity"); };
    delete_ssh_public_key:
        |b: &Bench| { let id = ssh(b); b.call(json!({ "UserName": "ada", "SSHPublicKeyId": id })); b.also("ListSSHPublicKeys", json!({ "UserName": "ada" })).lacks("/SSHPublicKeys"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "SSHPublicKeyId": "X".repeat(20) }), 404, "NoSuchEntity"); };
    create_service_specific_credential:
        |b: &Bench| { user(b); b.call(json!({ "UserName": "ada", "ServiceName": "codecommit.amazonaws.com" })).has("/ServiceSpecificCredential/ServiceUserName", format!("ada-at-{}", b.account)); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "ServiceName": "mars.amazonaws.com" }), 404, "NotSupportedService"); };
    list_service_specific_credentials:
        |b: &Bench| { let id = git(b); b.call(json!({ "UserName": "ada" })).has("/ServiceSpecificCredentials/0/ServiceSpecificCredentialId", id); },
        |b: &Bench| b.refused(json!({ "UserName": "ada" }), 404, "NoSuchEntity");
    reset_service_specific_credential:
        |b: &Bench| { let id = git(b); let new = b.call(json!({ "UserName": "ada", "ServiceSpecificCredentialId": id })); assert!(!new.text("/ServiceSpecificCredential/ServicePassword").is_empty()); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "ServiceSpecificCredentialId": "X".repeat(20) }), 404, "NoSuchEntity"); };
    update_service_specific_credential:
        |b: &Bench| { let id = git(b); b.call(json!({ "UserName": "ada", "ServiceSpecificCredentialId": id, "Status": "Inactive" })); b.also("ListServiceSpecificCredentials", json!({ "UserName": "ada" })).has("/ServiceSpecificCredentials/0/Status", "Inactive"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "ServiceSpecificCredentialId": "X".repeat(20), "Status": "Inactive" }), 404, "NoSuchEntity"); };
    delete_service_specific_credential:
        |b: &Bench| { let id = git(b); b.call(json!({ "UserName": "ada", "ServiceSpecificCredentialId": id })); b.also("ListServiceSpecificCredentials", json!({ "UserName": "ada" })).lacks("/ServiceSpecificCredentials"); },
        |b: &Bench| { user(b); b.refused(json!({ "UserName": "ada", "ServiceSpecificCredentialId": "X".repeat(20) }), 404, "NoSuchEntity"); };
    generate_credential_report:
        |b: &Bench| { b.call(json!({})).has("/State", "STARTED"); b.call(json!({})).has("/State", "COMPLETE"); },
        |b: &Bench| b.refused_to_others(json!({}), 403, "AccessDenied");
    get_credential_report:
        |b: &Bench| { for _ in 0..2 { b.also("GenerateCredentialReport", json!({})); } b.call(json!({})).has("/ReportFormat", "text/csv"); },
        |b: &Bench| b.refused(json!({}), 410, "ReportNotPresent");
    tag_open_id_connect_provider:
        |b: &Bench| { let it = oidc(b); b.call(json!({ "OpenIDConnectProviderArn": it, "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" })); b.also("ListOpenIDConnectProviderTags", json!({ "OpenIDConnectProviderArn": it })).has("/Tags/0/Value", "red"); },
        |b: &Bench| b.refused(json!({ "OpenIDConnectProviderArn": no_oidc(b), "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" }), 404, "NoSuchEntity");
    untag_open_id_connect_provider:
        |b: &Bench| { let it = oidc(b); b.also("TagOpenIDConnectProvider", json!({ "OpenIDConnectProviderArn": it, "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" })); b.call(json!({ "OpenIDConnectProviderArn": it, "TagKeys.member.1": "team" })); b.also("ListOpenIDConnectProviderTags", json!({ "OpenIDConnectProviderArn": it })).lacks("/Tags"); },
        |b: &Bench| b.refused(json!({ "OpenIDConnectProviderArn": no_oidc(b), "TagKeys.member.1": "team" }), 404, "NoSuchEntity");
    list_open_id_connect_provider_tags:
        |b: &Bench| { let it = oidc(b); b.also("TagOpenIDConnectProvider", json!({ "OpenIDConnectProviderArn": it, "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" })); b.call(json!({ "OpenIDConnectProviderArn": it })).has("/Tags/0/Key", "team"); },
        |b: &Bench| b.refused(json!({ "OpenIDConnectProviderArn": no_oidc(b) }), 404, "NoSuchEntity");
    tag_saml_provider:
        |b: &Bench| { let it = saml(b); b.call(json!({ "SAMLProviderArn": it, "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" })); b.also("ListSAMLProviderTags", json!({ "SAMLProviderArn": it })).has("/Tags/0/Value", "red"); },
        |b: &Bench| b.refused(json!({ "SAMLProviderArn": no_saml(b), "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" }), 404, "NoSuchEntity");
    untag_saml_provider:
        |b: &Bench| { let it = saml(b); b.also("TagSAMLProvider", json!({ "SAMLProviderArn": it, "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" })); b.call(json!({ "SAMLProviderArn": it, "TagKeys.member.1": "team" })); b.also("ListSAMLProviderTags", json!({ "SAMLProviderArn": it })).lacks("/Tags"); },
        |b: &Bench| b.refused(json!({ "SAMLProviderArn": no_saml(b), "TagKeys.member.1": "team" }), 404, "NoSuchEntity");
    list_saml_provider_tags:
        |b: &Bench| { let it = saml(b); b.also("TagSAMLProvider", json!({ "SAMLProviderArn": it, "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" })); b.call(json!({ "SAMLProviderArn": it })).has("/Tags/0/Key", "team"); },
        |b: &Bench| b.refused(json!({ "SAMLProviderArn": no_saml(b) }), 404, "NoSuchEntity");
    tag_mfa_device:
        |b: &Bench| { let it = device(b).0; b.call(json!({ "SerialNumber": it, "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" })); b.also("ListMFADeviceTags", json!({ "SerialNumber": it })).has("/Tags/0/Value", "red"); },
        |b: &Bench| b.refused(json!({ "SerialNumber": no_device(b), "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" }), 404, "NoSuchEntity");
    untag_mfa_device:
        |b: &Bench| { let it = device(b).0; b.also("TagMFADevice", json!({ "SerialNumber": it, "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" })); b.call(json!({ "SerialNumber": it, "TagKeys.member.1": "team" })); b.also("ListMFADeviceTags", json!({ "SerialNumber": it })).lacks("/Tags"); },
        |b: &Bench| b.refused(json!({ "SerialNumber": no_device(b), "TagKeys.member.1": "team" }), 404, "NoSuchEntity");
    list_mfa_device_tags:
        |b: &Bench| { let it = device(b).0; b.also("TagMFADevice", json!({ "SerialNumber": it, "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" })); b.call(json!({ "SerialNumber": it })).has("/Tags/0/Key", "team"); },
        |b: &Bench| b.refused(json!({ "SerialNumber": no_device(b) }), 404, "NoSuchEntity");
    tag_server_certificate:
        |b: &Bench| { let it = { b.also("UploadServerCertificate", certificate()); "web" }; b.call(json!({ "ServerCertificateName": it, "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" })); b.also("ListServerCertificateTags", json!({ "ServerCertificateName": it })).has("/Tags/0/Value", "red"); },
        |b: &Bench| b.refused(json!({ "ServerCertificateName": "web", "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" }), 404, "NoSuchEntity");
    untag_server_certificate:
        |b: &Bench| { let it = { b.also("UploadServerCertificate", certificate()); "web" }; b.also("TagServerCertificate", json!({ "ServerCertificateName": it, "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" })); b.call(json!({ "ServerCertificateName": it, "TagKeys.member.1": "team" })); b.also("ListServerCertificateTags", json!({ "ServerCertificateName": it })).lacks("/Tags"); },
        |b: &Bench| b.refused(json!({ "ServerCertificateName": "web", "TagKeys.member.1": "team" }), 404, "NoSuchEntity");
    list_server_certificate_tags:
        |b: &Bench| { let it = { b.also("UploadServerCertificate", certificate()); "web" }; b.also("TagServerCertificate", json!({ "ServerCertificateName": it, "Tags.member.1.Key": "team", "Tags.member.1.Value": "red" })); b.call(json!({ "ServerCertificateName": it })).has("/Tags/0/Key", "team"); },
        |b: &Bench| b.refused(json!({ "ServerCertificateName": "web" }), 404, "NoSuchEntity");
}
