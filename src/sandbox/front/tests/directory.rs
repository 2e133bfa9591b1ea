use std::collections::HashMap;
use std::sync::Mutex;

use crate::policy::{Policy, PolicyKind, Principal};
use crate::sandbox::{
    AccountId, Directory, IdentityPolicies, KeyRecord, KeyRecordWithId, ServiceError, TemporaryCredentials,
};

/// Keys and policies that a test lays down.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct TestDirectory {
    keys: Mutex<HashMap<String, KeyRecord>>,
    policies: Mutex<HashMap<Principal, IdentityPolicies>>,
}

impl TestDirectory {
    /// Adds a user whose key's secret is the key's id with `-secret` behind it; returns the user.
    pub(in crate::sandbox) fn add_user(&self, account: &str, key: &str, policy: Option<&str>) -> Principal {
        let principal = Principal::User {
            account: account.to_owned(),
            path: "/".to_owned(),
            name: key.to_lowercase(),
            id: format!("AIDA{key}"),
        };
        self.add_key(
            key,
            KeyRecord {
                account: AccountId::parse(account).unwrap(),
                principal: principal.clone(),
                secret: format!("{key}-secret"),
                session_token: None,
                expires: None,
                active: true,
            },
        );
        let identity = policy
            .map(|text| {
                ("own".to_owned(), std::sync::Arc::new(Policy::parse(text, PolicyKind::Identity).unwrap()))
            })
            .into_iter()
            .collect();
        self.policies
            .lock()
            .unwrap()
            .insert(principal.clone(), IdentityPolicies { identity, ..IdentityPolicies::default() });
        principal
    }

    pub(in crate::sandbox) fn add_key(&self, key: &str, record: KeyRecord) {
        self.keys.lock().unwrap().insert(key.to_owned(), record);
    }
}

impl Directory for TestDirectory {
    fn key(&self, access_key_id: &str) -> Option<KeyRecord> {
        self.keys.lock().unwrap().get(access_key_id).cloned()
    }

    fn policies(&self, principal: &Principal, _access_key_id: Option<&str>) -> IdentityPolicies {
        self.policies.lock().unwrap().get(principal).cloned().unwrap_or_default()
    }

    fn role_exists(&self, _role_arn: &str) -> bool {
        false
    }

    fn assume_for_service(
        &self,
        role_arn: &str,
        _service: &str,
        _session_name: &str,
    ) -> Result<TemporaryCredentials, ServiceError> {
        Err(ServiceError::new(403, "AccessDenied", format!("no {role_arn} here")))
    }

    fn open_account(&self, account: &AccountId) -> KeyRecordWithId {
        let number = self.keys.lock().unwrap().len();
        let access_key_id = format!("AKIAFIRST{number}");
        let everything =
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        self.add_user(account.as_str(), &access_key_id, Some(everything));
        let record = self.key(&access_key_id).unwrap();
        KeyRecordWithId { access_key_id, record }
    }

    fn used(&self, _access_key_id: &str, _service: &str, _region: &str) {}
}
