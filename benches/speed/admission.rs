use std::sync::Arc;
use std::time::{Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use proofmark::context::Context;
use proofmark::sandbox::front::admit;
use proofmark::sandbox::iam::Iam;
use proofmark::sandbox::{
    Access, AccountId, Authority, Call, Caller, HeaderNames, KeyRecordWithId, Request, Scope, Service,
};
use serde_json::{Value, json};

const TABLE: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";

/// What the front does before a service sees a request: the signature verified, the policies asked. In this process, without HTTP.
pub(crate) async fn measure() {
    let world = World::new().await;
    let request = world.request(&world.single);
    crate::row("verify and decide, 1 policy of 1 statement", world.samples(&request), "0.1 ms");
    let request = world.request(&world.many);
    crate::row("verify and decide, 50 policies of 20", world.samples(&request), "0.1 ms");
}

struct World {
    iam: Arc<Iam>,
    authority: Authority,
    context: Context,
    account: AccountId,
    /// A user with one policy, and one with fifty.
    single: KeyRecordWithId,
    many: KeyRecordWithId,
}

impl World {
    async fn new() -> Self {
        let context = Context::system();
        let iam = Arc::new(Iam::new(Arc::clone(&context.clock), context.random.clone()));
        let account = AccountId::fallback();
        let owner = proofmark::sandbox::Directory::open_account(&*iam, &account);
        let authority = Authority::new(iam.clone(), Arc::clone(&context.clock), false);
        let (single, many) = (owner.clone(), owner.clone());
        let mut world = Self { iam, authority, context, account, single, many };
        world.single = world.user("single", &owner).await;
        world.many = world.user("many", &owner).await;
        let read = json!({ "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE });
        world.attach(&owner, "single", "read", json!([read])).await;
        // Ten policies are attached to a user or a group at most; the one that allows comes last.
        for group in 0..5 {
            let name = format!("group{group}");
            world.call(&owner, "CreateGroup", &[("GroupName", &name)]).await;
            world.call(&owner, "AddUserToGroup", &[("GroupName", &name), ("UserName", "many")]).await;
            for policy in 0..10 {
                let mut statements: Vec<Value> =
                    (0..20).map(|number| statement(group, policy, number)).collect();
                if (group, policy) == (4, 9) {
                    statements[19] = read.clone();
                }
                world.attach(&owner, &name, &format!("p{group}x{policy}"), statements.into()).await;
            }
        }
        world
    }

    async fn user(&self, name: &str, owner: &KeyRecordWithId) -> KeyRecordWithId {
        self.call(owner, "CreateUser", &[("UserName", name)]).await;
        let key = self.call(owner, "CreateAccessKey", &[("UserName", name)]).await;
        let text = |element: &str| {
            let (_, rest) = key.split_once(&format!("<{element}>")).unwrap();
            rest.split_once('<').unwrap().0.to_owned()
        };
        let access_key_id = text("AccessKeyId");
        let record = proofmark::sandbox::Directory::key(&*self.iam, &access_key_id).unwrap();
        KeyRecordWithId { access_key_id, record }
    }

    /// Makes a managed policy and attaches it to a user or a group.
    async fn attach(&self, owner: &KeyRecordWithId, to: &str, name: &str, statements: Value) {
        let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        self.call(owner, "CreatePolicy", &[("PolicyName", name), ("PolicyDocument", &document)]).await;
        let arn = format!("arn:aws:iam::{}:policy/{name}", self.account);
        let (operation, member) = match to {
            "single" => ("AttachUserPolicy", "UserName"),
            _ => ("AttachGroupPolicy", "GroupName"),
        };
        self.call(owner, operation, &[(member, to), ("PolicyArn", &arn)]).await;
    }

    /// Calls IAM as the account's owner.
    async fn call(&self, owner: &KeyRecordWithId, operation: &str, parameters: &[(&str, &str)]) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", operation).append_pair("Version", "2010-05-08").extend_pairs(parameters);
        let request = self.bare("/", Bytes::from(form.finish()));
        let scope = Scope { account: self.account.clone(), region: "us-east-1".to_owned() };
        let operation = self.iam.resolve(&request, &scope).unwrap();
        let caller = Caller {
            principal: owner.record.principal.clone(),
            access_key_id: Some(owner.access_key_id.clone()),
        };
        let answer = self.iam.handle(Call { request, scope, caller, operation }).await.unwrap();
        String::from_utf8(answer.body.to_vec()).unwrap()
    }

    fn bare(&self, path: &str, body: Bytes) -> Request {
        Request {
            method: http::Method::POST,
            raw_path: path.to_owned(),
            raw_query: String::new(),
            headers: http::HeaderMap::new(),
            header_names: HeaderNames::default(),
            body,
            peer: std::net::Ipv4Addr::LOCALHOST.into(),
            received: self.context.clock.now(),
            id: "00000000-0000-4000-8000-000000000000".to_owned(),
        }
    }

    /// A signed `GetItem`.
    fn request(&self, key: &KeyRecordWithId) -> Request {
        let body = r#"{"TableName":"orders","Key":{"id":{"S":"1"}}}"#;
        let identity = Credentials::new(&key.access_key_id, &key.record.secret, None, None, "bench").into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("eu-west-1")
            .name("dynamodb")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let headers = [
            ("host", "127.0.0.1:4566"),
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-target", "DynamoDB_20120810.GetItem"),
        ];
        let url = "http://127.0.0.1:4566/";
        let signable =
            SignableRequest::new("POST", url, headers.into_iter(), SignableBody::Bytes(body.as_bytes()))
                .unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        let mut signed = http::Request::builder().uri(url).body(()).unwrap();
        for (name, value) in headers {
            signed.headers_mut().insert(name, value.parse().unwrap());
        }
        instructions.apply_to_request_http1x(&mut signed);
        Request { headers: signed.headers().clone(), ..self.bare("/", Bytes::from_static(body.as_bytes())) }
    }

    /// Admits the request again and again; each sample is the mean of a hundred, in milliseconds.
    fn samples(&self, request: &Request) -> Vec<f64> {
        let access = Access::new("dynamodb:GetItem", TABLE);
        let mut samples = Vec::new();
        for _ in 0..200 {
            let start = Instant::now();
            for _ in 0..100 {
                let decision = admit(request, &self.authority, &access).unwrap();
                assert!(decision.is_allowed());
            }
            samples.push(start.elapsed().as_secs_f64() * 1e3 / 100.0);
        }
        samples
    }
}

/// A statement as they are met: several actions, a resource with wildcards, now and then a condition; it does not match.
fn statement(group: usize, policy: usize, number: usize) -> Value {
    let mut statement = json!({
        "Effect": if number.is_multiple_of(7) { "Deny" } else { "Allow" },
        "Action": ["dynamodb:PutItem", "dynamodb:Update*", "s3:Get*"],
        "Resource": format!("arn:aws:dynamodb:*:*:table/t{group}-{policy}-{number}*"),
    });
    if number.is_multiple_of(5) {
        statement["Condition"] = json!({ "StringLike": { "aws:PrincipalTag/team": "team-*" } });
    }
    statement
}
