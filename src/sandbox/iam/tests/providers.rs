//! Identity providers, certificates, keys and reports.

use super::*;
use crate::sandbox::iam::certificate::tests::SOUND;

#[test]
fn an_oidc_provider_is_known_by_its_url() {
    let world = World::new();
    let create = |url: &str| {
        world.call(&[
            ("Action", "CreateOpenIDConnectProvider"),
            ("Url", url),
            ("ClientIDList.member.1", "sts.amazonaws.com"),
            ("ThumbprintList.member.1", &"a".repeat(40)),
        ])
    };
    let arn = "arn:aws:iam::111122223333:oidc-provider/id.example/a";
    assert_eq!(text(&create("https://id.example/a").unwrap(), "OpenIDConnectProviderArn"), arn);
    assert_eq!(
        code(create("https://id.example/a")),
        (409, "EntityAlreadyExists".into(), "Provider with url https://id.example/a already exists.".into())
    );
    assert_eq!(code(create("id.example")).1, "ValidationError");
    let named = |action| [("Action", action), ("OpenIDConnectProviderArn", arn)];
    let add = [named("AddClientIDToOpenIDConnectProvider").as_slice(), &[("ClientID", "app")]].concat();
    world.call(&add).unwrap();
    let shown = world.call(&named("GetOpenIDConnectProvider")).unwrap();
    assert!(shown.contains("<member>app</member>") && text(&shown, "Url") == "id.example/a", "{shown}");
    let wrong =
        [named("UpdateOpenIDConnectProviderThumbprint").as_slice(), &[("ThumbprintList.member.1", "z")]]
            .concat();
    assert_eq!(code(world.call(&wrong)).1, "ValidationError");
    world.call(&named("DeleteOpenIDConnectProvider")).unwrap();
    world.call(&named("DeleteOpenIDConnectProvider")).unwrap();
    let gone = code(world.call(&named("GetOpenIDConnectProvider")));
    assert_eq!((gone.0, gone.2), (404, format!("OpenIDConnect Provider not found for arn {arn}")));
}

#[test]
fn a_saml_provider_wants_metadata() {
    let world = World::new();
    let metadata = format!(r#"<EntityDescriptor entityID="x">{}</EntityDescriptor>"#, " ".repeat(1000));
    let create = |text: &str| {
        world.call(&[("Action", "CreateSAMLProvider"), ("Name", "idp"), ("SAMLMetadataDocument", text)])
    };
    assert_eq!(code(create("short")).1, "ValidationError");
    assert_eq!(code(create(&"a".repeat(1024))).1, "InvalidInput");
    let arn = "arn:aws:iam::111122223333:saml-provider/idp";
    assert_eq!(text(&create(&metadata).unwrap(), "SAMLProviderArn"), arn);
    assert_eq!(code(create(&metadata)).1, "EntityAlreadyExists");
    let shown = world.call(&[("Action", "GetSAMLProvider"), ("SAMLProviderArn", arn)]).unwrap();
    assert!(shown.contains("EntityDescriptor"));
    world.call(&[("Action", "DeleteSAMLProvider"), ("SAMLProviderArn", arn)]).unwrap();
    assert_eq!(
        code(world.call(&[("Action", "DeleteSAMLProvider"), ("SAMLProviderArn", arn)])).1,
        "NoSuchEntity"
    );
}

#[test]
fn a_server_certificate_is_read_and_its_key_never_shown() {
    let world = World::new();
    let key = "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----";
    let upload = |body: &str, key: &str| {
        world.call(&[
            ("Action", "UploadServerCertificate"),
            ("ServerCertificateName", "web"),
            ("CertificateBody", body),
            ("PrivateKey", key),
        ])
    };
    assert_eq!(code(upload("certificate", key)).1, "MalformedCertificate");
    assert_eq!(code(upload(SOUND, "key")).1, "MalformedCertificate");
    let made = upload(SOUND, key).unwrap();
    assert_eq!(text(&made, "Expiration"), "2036-11-19T06:54:48Z");
    assert_eq!(text(&made, "Arn"), "arn:aws:iam::111122223333:server-certificate/web");
    assert_eq!(code(upload(SOUND, key)).1, "EntityAlreadyExists");
    let named = |action| [("Action", action), ("ServerCertificateName", "web")];
    let shown = world.call(&named("GetServerCertificate")).unwrap();
    assert!(shown.contains("BEGIN CERTIFICATE") && !shown.contains("PRIVATE KEY"));
    let move_it = [named("UpdateServerCertificate").as_slice(), &[("NewPath", "/edge/")]].concat();
    world.call(&move_it).unwrap();
    let listed = world.call(&[("Action", "ListServerCertificates"), ("PathPrefix", "/edge/")]).unwrap();
    assert_eq!(text(&listed, "Path"), "/edge/");
    world.call(&named("DeleteServerCertificate")).unwrap();
    assert_eq!(
        code(world.call(&named("GetServerCertificate"))).2,
        "The Server Certificate with name web cannot be found."
    );
}

#[test]
fn a_users_own_credentials_have_quotas_and_states() {
    let world = World::new();
    world.call(&[("Action", "CreateUser"), ("UserName", "ada")]).unwrap();
    let ada = |action| [("Action", action), ("UserName", "ada")];
    let with = |action, more: &[(&'static str, &'static str)]| -> Vec<(&str, &str)> {
        [ada(action).as_slice(), more].concat()
    };
    let made = world
        .call(&[ada("UploadSigningCertificate").as_slice(), &[("CertificateBody", SOUND)]].concat())
        .unwrap();
    let id = text(&made, "CertificateId").to_owned();
    let again =
        world.call(&[ada("UploadSigningCertificate").as_slice(), &[("CertificateBody", SOUND)]].concat());
    assert_eq!(code(again).1, "DuplicateCertificate");
    let update =
        [ada("UpdateSigningCertificate").as_slice(), &[("CertificateId", &id), ("Status", "Inactive")]]
            .concat();
    world.call(&update).unwrap();
    assert_eq!(text(&world.call(&ada("ListSigningCertificates")).unwrap(), "Status"), "Inactive");
    world.call(&[ada("DeleteSigningCertificate").as_slice(), &[("CertificateId", &id)]].concat()).unwrap();
    let missing =
        world.call(&[ada("DeleteSigningCertificate").as_slice(), &[("CertificateId", &id)]].concat());
    assert_eq!(code(missing).2, format!("The Certificate with id {id} cannot be found."));

    let refused = world.call(&with("UploadSSHPublicKey", &[("SSHPublicKeyBody", "ssh-ed25519 AAAA ada")]));
    assert_eq!(code(refused).1, "InvalidPublicKey");
    let blob = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [7; 279]);
    let body = format!("ssh-rsa {blob} ada");
    let key =
        world.call(&[ada("UploadSSHPublicKey").as_slice(), &[("SSHPublicKeyBody", &body)]].concat()).unwrap();
    assert_eq!(text(&key, "Fingerprint").len(), 47);
    let id = text(&key, "SSHPublicKeyId").to_owned();
    assert!(id.starts_with("APKA") && id.len() == 20, "{id}");
    let get = [ada("GetSSHPublicKey").as_slice(), &[("SSHPublicKeyId", &id), ("Encoding", "SSH")]].concat();
    assert_eq!(text(&world.call(&get).unwrap(), "SSHPublicKeyBody"), body);
    assert_eq!(code(world.call(&ada("DeleteUser"))).1, "DeleteConflict");
    world.call(&[ada("DeleteSSHPublicKey").as_slice(), &[("SSHPublicKeyId", &id)]].concat()).unwrap();

    let create = with("CreateServiceSpecificCredential", &[("ServiceName", "codecommit.amazonaws.com")]);
    let made = world.call(&create).unwrap();
    assert_eq!(text(&made, "ServiceUserName"), "ada-at-111122223333");
    assert!(!text(&made, "ServicePassword").is_empty());
    world.call(&create).unwrap();
    assert_eq!(code(world.call(&create)).1, "LimitExceeded");
    let other = with("CreateServiceSpecificCredential", &[("ServiceName", "mars.amazonaws.com")]);
    assert_eq!(code(world.call(&other)).1, "NotSupportedService");
    let listed = world.call(&ada("ListServiceSpecificCredentials")).unwrap();
    assert!(!listed.contains("ServicePassword"));
}

#[test]
fn the_credential_report_comes_when_it_was_asked_for() {
    let world = World::new();
    let get = || world.call(&[("Action", "GetCredentialReport")]);
    let generate = || world.call(&[("Action", "GenerateCredentialReport")]).unwrap();
    assert_eq!(code(get()).1, "ReportNotPresent");
    assert_eq!(text(&generate(), "State"), "STARTED");
    assert_eq!(code(get()).1, "ReportInProgress");
    assert_eq!(text(&generate(), "State"), "COMPLETE");
    let report = get().unwrap();
    let content =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text(&report, "Content")).unwrap();
    let content = String::from_utf8(content).unwrap();
    let lines: Vec<&str> = content.lines().collect();
    let columns = lines[0].split(',').count();
    assert_eq!((lines.len(), columns), (3, 22));
    assert!(lines.iter().all(|line| line.split(',').count() == columns), "{content}");
    assert!(lines[1].starts_with("<root_account>,") && lines[2].starts_with("administrator,"), "{content}");
    world.clock.advance(Duration::from_hours(5));
    assert_eq!(code(get()).1, "ReportExpired");
}
