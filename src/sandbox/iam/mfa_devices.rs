use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::operations::Desk;
use super::state::{Account, State};
use super::users::{self, View, named_or_caller};
use super::{account, fault, one_time_code, paging, qr_code, tags, validate};
use crate::sandbox::ServiceError;

/// How many devices a user may have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST_DEVICES: usize = 8;
/// The letters of base 32 (RFC 4648).
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A virtual device: a program that shows codes. Its serial number is its ARN.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MfaDevice {
    pub(super) name: String,
    /// The secret that the codes come from, in base 32.
    pub(super) seed: String,
    pub(super) tags: Vec<(String, String)>,
    /// Unique id of the user that it belongs to.
    pub(super) user: Option<String>,
    /// In seconds since the epoch; a device that was never enabled has none.
    pub(super) enabled: Option<i64>,
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html>
pub(super) fn create(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let path = validate::path(desk.parameters, "Path")?;
    let name = validate::required(desk.parameters, "VirtualMFADeviceName")?;
    validate::length(name, "virtualMFADeviceName", 1, 226)?;
    validate::characters(name, "virtualMFADeviceName")?;
    let tags = tags::sent(desk.parameters)?;
    let account = state.account(desk.account);
    let serial = format!("arn:aws:iam::{}:mfa{path}{name}", account.id);
    if account.mfa_devices.contains_key(&serial) {
        return Err(fault::already_exists("MFADevice entity at the same path and name already exists."));
    }
    let seed = desk.random.characters(LETTERS, 64);
    let shown = account.alias.as_deref().unwrap_or(&account.id);
    let address = format!("otpauth://totp/{name}@{shown}?secret={seed}");
    let answer = json!({"VirtualMFADevice": {
        "SerialNumber": serial,
        // Blobs travel in base 64, whatever they hold.
        "Base32StringSeed": STANDARD.encode(&seed),
        "QRCodePNG": qr_code::png(&address).map(|image| STANDARD.encode(image)),
        "Tags": tags::written(&tags),
    }});
    let device = MfaDevice { name: name.to_owned(), seed, tags, user: None, enabled: None };
    account.mfa_devices.insert(serial, device);
    Ok(answer)
}

fn serial<'a>(desk: &'a Desk<'_>) -> Result<&'a str, ServiceError> {
    let serial = validate::required(desk.parameters, "SerialNumber")?;
    validate::length(serial, "serialNumber", 9, 256)?;
    Ok(serial)
}

/// Finds the device that a call names by its serial number.
pub(super) fn named<'a>(
    account: &'a mut Account,
    desk: &Desk<'_>,
) -> Result<&'a mut MfaDevice, ServiceError> {
    let serial = serial(desk)?;
    account.mfa_devices.get_mut(serial).ok_or_else(|| {
        fault::no_such_entity(format!("VirtualMFADevice with serial number {serial} doesn't exist."))
    })
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let account = state.account(desk.account);
    if named(account, desk)?.user.is_some() {
        return Err(fault::delete_conflict("MFA VirtualDevice in use. Must deactivate first."));
    }
    account.mfa_devices.shift_remove(serial(desk)?);
    Ok(Value::Null)
}

/// Reads two codes that follow each other, and checks that the device would show them about now.
fn check_codes(desk: &Desk<'_>, device: &MfaDevice) -> Result<(), ServiceError> {
    let code = |name: &str| -> Result<&str, ServiceError> {
        let code = validate::required(desk.parameters, name)?;
        if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(code);
        }
        let at = validate::lower_first(name);
        Err(validate::constraint(code, &at, "satisfy regular expression pattern: [\\d]+"))
    };
    let (first, second) = (code("AuthenticationCode1")?, code("AuthenticationCode2")?);
    if one_time_code::follow_each_other(&device.seed, first, second, desk.now) {
        return Ok(());
    }
    Err(fault::new(
        403,
        "InvalidAuthenticationCode",
        format!("Authentication code for device is not valid. Device: {}", device.name),
    ))
}

/// Gives a device to a user, for the two codes that it shows one after the other.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableMFADevice.html>
pub(super) fn enable(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "UserName")?;
    let serial = serial(desk)?;
    let account = state.account(desk.account);
    let user = account.user(name)?.identity.id.clone();
    let held = account.mfa_devices.values().filter(|device| device.user.as_ref() == Some(&user)).count();
    let device = account.mfa_devices.get_mut(serial).ok_or_else(|| no_device(serial))?;
    if device.user.is_some() {
        return Err(fault::already_exists("MFA Device is already in use."));
    }
    if held >= MOST_DEVICES {
        return Err(fault::quota("MfaDevicesPerUser", MOST_DEVICES));
    }
    check_codes(desk, device)?;
    device.user = Some(user);
    device.enabled = Some(desk.now);
    Ok(Value::Null)
}

fn no_device(serial: &str) -> ServiceError {
    fault::no_such_entity(format!("MFA Device with serial number {serial} does not exist."))
}

/// Finds a device that belongs to the user that a call names, or to the caller.
fn of_user<'a>(account: &'a mut Account, desk: &Desk<'_>) -> Result<&'a mut MfaDevice, ServiceError> {
    let serial = serial(desk)?;
    let user = account.user(named_or_caller(desk)?)?.identity.id.clone();
    let device = account.mfa_devices.get_mut(serial).filter(|device| device.user.as_ref() == Some(&user));
    device.ok_or_else(|| no_device(serial))
}

pub(super) fn deactivate(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let device = of_user(state.account(desk.account), desk)?;
    (device.user, device.enabled) = (None, None);
    Ok(Value::Null)
}

pub(super) fn resync(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    check_codes(desk, of_user(state.account(desk.account), desk)?)?;
    Ok(Value::Null)
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = named_or_caller(desk)?;
    let account = state.account(desk.account);
    let id = &account.user(name)?.identity.id;
    let own = account.mfa_devices.iter().filter(|(_, device)| device.user.as_ref() == Some(id));
    let items = own.map(|(serial, device)| {
        let shown = json!({
            "UserName": name,
            "SerialNumber": serial,
            "EnableDate": device.enabled.map(account::time),
        });
        (serial.clone(), shown)
    });
    paging::page(items.collect(), "MFADevices", desk.parameters)
}

pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let serial = serial(desk)?;
    let account = state.account(desk.account);
    if desk.parameters.get("UserName").is_some() {
        of_user(account, desk)?;
    }
    let device = account.mfa_devices.get(serial).ok_or_else(|| no_device(serial))?;
    let owner = account.users.values().find(|user| device.user.as_ref() == Some(&user.identity.id));
    Ok(json!({
        "UserName": owner.map(|user| &user.identity.name),
        "SerialNumber": serial,
        "EnableDate": device.enabled.map(account::time),
    }))
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html>
pub(super) fn list_virtual(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let wanted = validate::one_of(desk.parameters, "AssignmentStatus", &["Assigned", "Unassigned", "Any"])?;
    let account = state.account(desk.account);
    let keep = |device: &MfaDevice| match wanted {
        Some("Assigned") => device.user.is_some(),
        Some("Unassigned") => device.user.is_none(),
        _ => true,
    };
    let devices = account.mfa_devices.iter().filter(|(_, device)| keep(device));
    let items = devices.map(|(serial, device)| {
        let owner = account.users.values().find(|user| device.user.as_ref() == Some(&user.identity.id));
        json!({
            "SerialNumber": serial,
            "User": owner.map(|user| users::written(account, user, View::Full)),
            "EnableDate": device.enabled.map(account::time),
        })
    });
    paging::page_in_order(items.collect(), "VirtualMFADevices", desk.parameters)
}
