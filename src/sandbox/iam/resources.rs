use super::identity::Kind;
use super::operations::{About, Entry};
use super::state::{Account, Holder, State};
use crate::policy::Context;
use crate::sandbox::query::Parameters;
use crate::sandbox::{Access, Request, Scope};

/// Says what a call needs to be allowed to do: the action, on which ARN, with which condition keys.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html>
pub(super) fn accesses(
    state: &State,
    entry: &Entry,
    parameters: &Parameters,
    scope: &Scope,
    request: &Request,
) -> Vec<Access> {
    let nothing = Account { id: scope.account.as_str().to_owned(), ..Account::default() };
    let account = state.accounts.get(scope.account.as_str()).unwrap_or(&nothing);
    let (resource, tags) = resource(state, account, entry.about, parameters, request);
    let mut access = Access::new(format!("iam:{}", entry.name), resource.clone());
    access.context = keys(entry.name, parameters, tags);
    let mut accesses = vec![access.clone()];
    // Tags that come with a new entity need the permission to tag it as well.
    let tagging = match entry.about {
        About::NewIdentity(Kind::User) => Some("iam:TagUser"),
        About::NewIdentity(Kind::Role) => Some("iam:TagRole"),
        About::NewPolicy => Some("iam:TagPolicy"),
        About::NewProfile => Some("iam:TagInstanceProfile"),
        About::NewOidcProvider => Some("iam:TagOpenIDConnectProvider"),
        About::New("saml-provider", _) => Some("iam:TagSAMLProvider"),
        About::New("mfa", _) => Some("iam:TagMFADevice"),
        About::New(..) => Some("iam:TagServerCertificate"),
        _ => None,
    };
    if let Some(action) = tagging.filter(|_| !parameters.structures("Tags").is_empty()) {
        accesses.push(Access { action: action.to_owned(), ..access });
    }
    if entry.name == "AddRoleToInstanceProfile"
        && let Some(name) = parameters.get("RoleName")
    {
        let mut pass = Access::new("iam:PassRole", identity_arn(account, Kind::Role, name));
        pass.context = Context::new().with("iam:PassedToService", "ec2.amazonaws.com");
        accesses.push(pass);
    }
    accesses
}

type Tags<'a> = &'a [(String, String)];

/// Returns the ARN that an operation is about, and the tags of what stands there.
fn resource<'a>(
    state: &State,
    account: &'a Account,
    about: About,
    parameters: &Parameters,
    request: &Request,
) -> (String, Tags<'a>) {
    let id = &account.id;
    let named = |parameter: &str| parameters.get(parameter).unwrap_or_default();
    let path = parameters.get("Path").unwrap_or("/");
    match about {
        About::Account => ("*".to_owned(), &[]),
        About::Identity(kind) => identity(account, kind, named(kind.parameter())),
        About::OwnUser => match parameters.get("UserName") {
            Some(name) => identity(account, Kind::User, name),
            None => match caller_name(state, request) {
                Some(name) => identity(account, Kind::User, &name),
                None => (format!("arn:aws:iam::{id}:root"), &[]),
            },
        },
        About::NewIdentity(kind) => {
            (format!("arn:aws:iam::{id}:{}{path}{}", kind.word(), named(kind.parameter())), &[])
        }
        About::Identities(kind) => {
            let prefix = parameters.get("PathPrefix").unwrap_or("/");
            (format!("arn:aws:iam::{id}:{}{prefix}", kind.word()), &[])
        }
        About::Policy => {
            let arn = named("PolicyArn");
            let tags = account.policies.get(arn).map_or(&[][..], |policy| &policy.tags);
            (if arn.is_empty() { "*".to_owned() } else { arn.to_owned() }, tags)
        }
        About::NewPolicy => (account.policy_arn(path, named("PolicyName")), &[]),
        About::Profile => {
            let name = named("InstanceProfileName");
            match account.profiles.get(name) {
                Some(profile) => (account.profile_arn(profile), &profile.tags),
                None => (format!("arn:aws:iam::{id}:instance-profile/{name}"), &[]),
            }
        }
        About::NewProfile => {
            (format!("arn:aws:iam::{id}:instance-profile{path}{}", named("InstanceProfileName")), &[])
        }
        About::Profiles => (format!("arn:aws:iam::{id}:instance-profile/"), &[]),
        About::OidcProvider => by_arn(named("OpenIDConnectProviderArn"), |arn| {
            account.oidc_providers.get(arn).map(|provider| &provider.tags)
        }),
        About::NewOidcProvider => {
            let place = super::oidc_providers::place(named("Url")).map_or("", |(_, place)| place);
            (format!("arn:aws:iam::{id}:oidc-provider/{place}"), &[])
        }
        About::SamlProvider => by_arn(named("SAMLProviderArn"), |arn| {
            account.saml_providers.get(arn).map(|provider| &provider.tags)
        }),
        About::MfaDevice => {
            by_arn(named("SerialNumber"), |serial| account.mfa_devices.get(serial).map(|device| &device.tags))
        }
        About::ServerCertificate => {
            let name = named("ServerCertificateName");
            match account.server_certificates.get(name) {
                Some(certificate) => (account.certificate_arn(certificate), &certificate.tags),
                None => (format!("arn:aws:iam::{id}:server-certificate/{name}"), &[]),
            }
        }
        About::New(kind, parameter) => (format!("arn:aws:iam::{id}:{kind}{path}{}", named(parameter)), &[]),
        About::PolicySource => (named("PolicySourceArn").to_owned(), &[]),
    }
}

/// Returns an ARN that the caller sent with the tags of what it names; `*` where none was sent.
fn by_arn<'a>(arn: &str, tags: impl Fn(&str) -> Option<&'a Vec<(String, String)>>) -> (String, Tags<'a>) {
    let resource = if arn.is_empty() { "*" } else { arn };
    (resource.to_owned(), tags(arn).map_or(&[][..], Vec::as_slice))
}

fn identity<'a>(account: &'a Account, kind: Kind, name: &str) -> (String, Tags<'a>) {
    let tags = account.identity(kind, name).map_or(&[][..], |identity| &identity.tags);
    (identity_arn(account, kind, name), tags)
}

fn identity_arn(account: &Account, kind: Kind, name: &str) -> String {
    match account.identity(kind, name) {
        Ok(identity) => account.arn(kind, identity),
        // Of what is not there the path is not known.
        Err(_) => format!("arn:aws:iam::{}:{}/{name}", account.id, kind.word()),
    }
}

/// Returns the name of the user that signed, for operations that default to the caller.
fn caller_name(state: &State, request: &Request) -> Option<String> {
    let key = match request.header("authorization") {
        Some(header) => header.split("Credential=").nth(1)?.split('/').next()?.to_owned(),
        None => request.query_value("X-Amz-Credential")?.split('/').next()?.to_owned(),
    };
    if let Some(owner) = state.key_owners.get(&key) {
        return Some(owner.user.clone());
    }
    match &state.sessions.get(&key)?.holder {
        Holder::User { name } => Some(name.clone()),
        Holder::Session { .. } | Holder::Federated { .. } | Holder::Root => None,
    }
}

fn keys(operation: &str, parameters: &Parameters, tags: Tags<'_>) -> Context {
    let mut context = Context::new();
    for (key, value) in tags {
        context.set(&format!("aws:ResourceTag/{key}"), vec![value.clone()]);
        context.set(&format!("iam:ResourceTag/{key}"), vec![value.clone()]);
    }
    let sent = parameters.structures("Tags");
    let mut tag_keys: Vec<String> = parameters.list("TagKeys").into_iter().map(str::to_owned).collect();
    for tag in &sent {
        let key = tag.get("Key").unwrap_or_default();
        context.set(&format!("aws:RequestTag/{key}"), vec![tag.get("Value").unwrap_or_default().to_owned()]);
        tag_keys.push(key.to_owned());
    }
    if !tag_keys.is_empty() {
        context.set("aws:TagKeys", tag_keys);
    }
    if operation.starts_with("Attach") || operation.starts_with("Detach") {
        let arn = parameters.get("PolicyArn").unwrap_or_default();
        context.set("iam:PolicyARN", vec![arn.to_owned()]);
    }
    if let Some(boundary) = parameters.get("PermissionsBoundary") {
        context.set("iam:PermissionsBoundary", vec![boundary.to_owned()]);
    }
    if let Some(service) = parameters.get("AWSServiceName") {
        context.set("iam:AWSServiceName", vec![service.to_owned()]);
    }
    context
}
