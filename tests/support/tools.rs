use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// Returns the folder with `aws` and a `python3` that has boto3, made once: a virtual environment below `target/`.
pub(crate) fn aws_tools() -> PathBuf {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS.get_or_init(|| prepare("aws-tools", &["awscli", "boto3"])).clone()
}

/// Returns a `python3` that has AWS's own translator of SAM templates, in the version that the fixtures were written against.
pub(crate) fn sam_translator() -> PathBuf {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS
        .get_or_init(|| prepare("sam-translator", &["aws-sam-translator==1.115.0", "pyyaml"]))
        .join("python3")
}

/// Returns a `python3` that has openbadgeslib, a verifier of Open Badges that others wrote.
pub(crate) fn badge_tools() -> PathBuf {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS.get_or_init(|| prepare("badge-tools", &["openbadgeslib[ldp]==4.6.3"])).join("python3")
}

/// Returns a virtual environment that can validate JUnit reports and JSON; the schema of Jenkins' plugin is in pytest's sources, which
/// lie in it as they are published.
pub(crate) fn junit_tools() -> PathBuf {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS.get_or_init(prepare_junit).clone()
}

fn prepare_junit() -> PathBuf {
    let bin = prepare("form-tools", &["xmlschema==4.1.0", "junitparser==5.0.3", "jsonschema==4.26.0"]);
    let place = bin.parent().unwrap().to_owned();
    let sources = place.join("pytest-8.3.4.tar.gz");
    if !sources.exists() {
        let fetched = Command::new(bin.join("python3"))
            .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
            .args(["--no-binary", ":all:", "pytest==8.3.4", "--dest"])
            .arg(&place)
            .output()
            .unwrap();
        let word = String::from_utf8_lossy(&fetched.stderr);
        assert!(fetched.status.success(), "`pip download pytest` failed: {word}");
    }
    place
}

/// Makes a virtual environment with packages of PyPI, and returns its folder of programs.
fn prepare(name: &str, packages: &[&str]) -> PathBuf {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let done = place.join("complete");
    let bin = place.join("bin");
    if done.exists() {
        return bin;
    }
    let made = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place).output();
    let made = made.expect("python3 is needed: `apt-get install python3 python3-venv` brings it");
    let word = String::from_utf8_lossy(&made.stderr).into_owned() + &String::from_utf8_lossy(&made.stdout);
    assert!(
        made.status.success(),
        "`python3 -m venv` failed (`apt-get install python3-venv` brings it): {word}"
    );
    let installed = Command::new(bin.join("python3"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(packages)
        .output()
        .unwrap();
    let word = String::from_utf8_lossy(&installed.stderr);
    assert!(installed.status.success(), "`pip install {}` failed: {word}", packages.join(" "));
    std::fs::write(done, "").unwrap();
    bin
}

/// The packages of the AWS SDK for JavaScript that tests call, and what its signer stands on.
const JAVASCRIPT: [&str; 10] = [
    "@aws-sdk/client-api-gateway@3",
    "@aws-sdk/client-cloudwatch-logs@3",
    "@aws-sdk/client-dynamodb@3",
    "@aws-sdk/client-iam@3",
    "@aws-sdk/client-lambda@3",
    "@aws-sdk/client-s3@3",
    "@aws-sdk/client-sts@3",
    "@smithy/signature-v4@5",
    "@smithy/protocol-http@5",
    "@aws-crypto/sha256-js@5",
];

/// Returns a folder with the AWS SDK for JavaScript and a link to `node`, made once below `target/`.
pub(crate) fn javascript_tools() -> PathBuf {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS.get_or_init(|| prepare_javascript("javascript-tools", &JAVASCRIPT)).clone()
}

/// Returns a folder with a verifier of credentials and a validator of xAPI statements that others wrote, and a link to `node`.
pub(crate) fn credential_tools() -> PathBuf {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    let packages = ["@digitalcredentials/verifier-core@1.0.0-beta.11", "xapi-validation@2.1.4"];
    TOOLS.get_or_init(|| prepare_javascript("credential-tools", &packages)).clone()
}

fn prepare_javascript(name: &str, packages: &[&str]) -> PathBuf {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let done = place.join("complete");
    if done.exists() {
        return place;
    }
    std::fs::create_dir_all(&place).unwrap();
    let node = Command::new("node").args(["-p", "process.execPath"]).output();
    let node = node.expect("node 20 or newer is needed: `apt-get install nodejs npm` brings it");
    let _ = std::fs::remove_file(place.join("node"));
    std::os::unix::fs::symlink(String::from_utf8_lossy(&node.stdout).trim(), place.join("node")).unwrap();
    let installed = Command::new("npm")
        .args(["install", "--no-save", "--no-audit", "--no-fund", "--silent", "--prefix"])
        .arg(&place)
        .args(packages)
        .output();
    let installed = installed.expect("npm is needed: `apt-get install npm` brings it");
    let word = String::from_utf8_lossy(&installed.stderr);
    assert!(installed.status.success(), "`npm install {}` failed: {word}", packages.join(" "));
    std::fs::write(done, "").unwrap();
    place
}
