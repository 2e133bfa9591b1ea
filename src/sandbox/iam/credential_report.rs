use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::identity::{AccessKey, Kind, User};
use super::operations::Desk;
use super::state::{Account, State};
use super::{account, fault};
use crate::sandbox::ServiceError;

/// How long a report counts, in seconds: a new one is made every four hours at most.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>
const FRESH: i64 = 4 * 3600;

const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
    password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
    access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
    cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// When a report was asked for. What it says is read when it is fetched.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Requested {
    /// In seconds since the epoch.
    at: i64,
    complete: bool,
}

/// The first call starts a report, the next one finds it done.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html>
#[expect(clippy::unnecessary_wraps, reason = "the table of operations wants one signature")]
pub(super) fn generate(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let account = state.account(desk.account);
    match &mut account.credential_report {
        Some(report) if desk.now - report.at < FRESH => {
            report.complete = true;
            Ok(json!({"State": "COMPLETE"}))
        }
        report => {
            *report = Some(Requested { at: desk.now, complete: false });
            Ok(json!({
                "State": "STARTED",
                "Description": "No report exists. Starting a new report generation task",
            }))
        }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html>
pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let account = state.account(desk.account);
    match account.credential_report {
        None => Err(fault::new(
            410,
            "ReportNotPresent",
            "No report has been generated, please use GenerateCredentialReport to generate one",
        )),
        Some(report) if desk.now - report.at >= FRESH => {
            Err(fault::new(410, "ReportExpired", "The report is expired, please generate a new one"))
        }
        Some(report) if !report.complete => Err(fault::new(
            404,
            "ReportInProgress",
            "Report generation is in progress, please try again later",
        )),
        Some(report) => Ok(json!({
            "Content": STANDARD.encode(written(account)),
            "ReportFormat": "text/csv",
            "GeneratedTime": account::time(report.at),
        })),
    }
}

/// Writes one line for each user.
fn written(account: &Account) -> String {
    let mut report = HEADER.to_owned();
    // Root comes first; the sandbox gives it neither password nor keys, and does not know when the account began.
    let root = format!(
        "<root_account>,arn:aws:iam::{}:root,{}",
        account.id,
        account::time(0).replace('Z', "+00:00")
    );
    let _ = write!(
        report,
        "\n{root},not_supported,no_information,not_supported,not_supported,false{}{}",
        ",false,N/A,N/A,N/A,N/A".repeat(2),
        ",false,N/A".repeat(2)
    );
    for user in account.users.values() {
        // Writing to a string cannot fail.
        let _ = write!(report, "\n{}", line(account, user));
    }
    report
}

fn line(account: &Account, user: &User) -> String {
    let identity = &user.identity;
    let time = |seconds| account::time(seconds).replace('Z', "+00:00");
    let not = || "N/A".to_owned();
    let mut cells = vec![identity.name.clone(), account.arn(Kind::User, identity), time(identity.created)];
    cells.push(user.login.is_some().to_string());
    match &user.login {
        Some(login) => {
            let age = account.password_policy.as_ref().and_then(|policy| policy.get("MaxPasswordAge"));
            let rotation = age
                .and_then(Value::as_i64)
                .filter(|days| *days > 0)
                .map(|days| time(login.created + days * 86_400));
            cells.extend(["no_information".to_owned(), time(login.created), rotation.unwrap_or_else(not)]);
        }
        None => cells.extend([not(), not(), not()]),
    }
    let has_device = account.mfa_devices.values().any(|device| device.user.as_ref() == Some(&identity.id));
    cells.push(has_device.to_string());
    let keys: [Option<&AccessKey>; 2] = [user.keys.first(), user.keys.get(1)];
    for key in keys {
        cells.push(key.is_some_and(|key| key.active).to_string());
        cells.push(key.map_or_else(not, |key| time(key.created)));
        let last = key.and_then(|key| key.last_used.as_ref());
        cells.push(last.map_or_else(not, |last| time(last.at)));
        cells.push(last.map_or_else(not, |last| last.region.clone()));
        cells.push(last.map_or_else(not, |last| last.service.clone()));
    }
    for certificate in [user.certificates.first(), user.certificates.get(1)] {
        cells.push(certificate.is_some_and(|certificate| certificate.active).to_string());
        cells.push(certificate.map_or_else(not, |certificate| time(certificate.uploaded)));
    }
    cells.join(",")
}
