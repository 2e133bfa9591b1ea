use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::fs;
use std::io::{self, Cursor, Read};
use std::path::{Component, Path};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::sandbox::ServiceError;

/// Zipped, uploaded directly; in bytes. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
pub(crate) const ZIPPED_LIMIT: u64 = 52_428_800;
/// Unzipped, layers included; in bytes.
pub(crate) const UNZIPPED_LIMIT: u64 = 262_144_000;
/// More files than any sane package has, and few enough to unpack in no time.
const FILES_LIMIT: usize = 60_000;

/// A deployment package: the zip as it was uploaded.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Package {
    #[serde(skip)]
    pub bytes: Bytes,
    /// Base64 of the zip's SHA-256, as `CodeSha256` shows it.
    pub sha256: String,
    /// The same digest in hex, for file names.
    #[serde(rename = "content")]
    pub digest: String,
    /// In bytes, as the zip's own directory tells; unpacking holds it to that.
    pub unzipped: u64,
    /// Whether a Python file mentions one of the libraries that Lambda's Python runtimes bring along.
    pub wants_python_sdk: bool,
    /// The packages of the AWS SDK that JavaScript files name.
    pub node_sdk: BTreeSet<String>,
    /// Those that the zip itself brings.
    pub node_brought: BTreeSet<String>,
}

impl Package {
    /// Reads a zip and refuses what Lambda would refuse. Nothing is written.
    pub(crate) fn read(bytes: Bytes) -> Result<Self, ServiceError> {
        let invalid = |message: &str| ServiceError::new(400, "InvalidParameterValueException", message);
        let broken =
            || invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
        if bytes.len() as u64 > ZIPPED_LIMIT {
            return Err(ServiceError::new(
                413,
                "RequestEntityTooLargeException",
                format!("Zipped size must be smaller than {ZIPPED_LIMIT} bytes"),
            ));
        }
        if bytes.is_empty() {
            return Err(invalid("Uploaded file must be a non-empty zip"));
        }
        let mut archive = ZipArchive::new(Cursor::new(&bytes[..])).map_err(|_| broken())?;
        if archive.is_empty() {
            return Err(invalid("Uploaded file must be a non-empty zip"));
        }
        if archive.len() > FILES_LIMIT {
            return Err(invalid("The package holds more files than the sandbox unpacks (60000)"));
        }
        let mut unzipped = 0_u64;
        let mut wants_python_sdk = false;
        let (mut node_sdk, mut node_brought) = (BTreeSet::new(), BTreeSet::new());
        for index in 0..archive.len() {
            let file = archive.by_index(index).map_err(|_| broken())?;
            unzipped = unzipped.saturating_add(file.size());
            if unzipped > UNZIPPED_LIMIT {
                return Err(invalid(&format!("Unzipped size must be smaller than {UNZIPPED_LIMIT} bytes")));
            }
            // A name that climbs out of the folder, an absolute one, or one with a NUL.
            if file.enclosed_name().is_none() {
                return Err(broken());
            }
            let python = file.name().is_ok_and(|name| name.ends_with(".py"));
            let name = file.name().map(|name| name.to_string()).unwrap_or_default();
            let script = [".js", ".mjs", ".cjs"].iter().any(|end| name.ends_with(end));
            if let Some((_, inside)) = name.split_once("node_modules/@aws-sdk/") {
                let package = inside.split('/').next().unwrap_or_default();
                node_brought.insert(format!("@aws-sdk/{package}"));
            } else if script && !name.contains("node_modules/") {
                node_sdk.extend(named_clients(file).map_err(|_| broken())?);
            } else if python && !wants_python_sdk {
                wants_python_sdk = mentions_sdk(file).map_err(|_| broken())?;
            }
        }
        let digest = Sha256::digest(&bytes);
        Ok(Self {
            sha256: STANDARD.encode(digest),
            digest: hex::encode(digest),
            bytes,
            unzipped,
            wants_python_sdk,
            node_sdk,
            node_brought,
        })
    }

    pub(crate) fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Unpacks into `folder`, which is made; everything in it can be read by anybody and written by its owner only.
    pub(crate) fn unpack(&self, folder: &Path) -> io::Result<()> {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let mut archive = ZipArchive::new(Cursor::new(&self.bytes[..])).map_err(io::Error::other)?;
        let mut left = self.unzipped;
        let mut made = HashSet::new();
        make_folder(folder, folder, &mut made)?;
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).map_err(io::Error::other)?;
            let Some(name) = file.enclosed_name() else {
                continue;
            };
            let name: std::path::PathBuf =
                name.components().filter(|part| matches!(part, Component::Normal(_))).collect();
            let target = folder.join(name);
            if file.is_dir() {
                make_folder(folder, &target, &mut made)?;
                continue;
            }
            if let Some(parent) = target.parent() {
                make_folder(folder, parent, &mut made)?;
            }
            let mode = file.unix_mode().unwrap_or(0o644);
            // Links are written as what they are in the zip, a file with a path in it: following one could lead anywhere.
            let executable = mode & 0o111 != 0 || target.file_name().is_some_and(|name| name == "bootstrap");
            let mode = if executable { 0o755 } else { 0o644 };
            // A zip may hold one name twice; the last one counts.
            let _ = fs::remove_file(&target);
            let mut out = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&target)?;
            // The sizes in the zip's directory were checked; what inflates to more is a bomb.
            let written = io::copy(&mut (&mut file).take(left.saturating_add(1)), &mut out)?;
            if written > left {
                return Err(io::Error::other("the package unpacks to more than it says"));
            }
            left -= written;
            fs::set_permissions(&target, fs::Permissions::from_mode(mode))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Package").field("sha256", &self.sha256).finish_non_exhaustive()
    }
}

/// Makes a folder and those above it up to `top`, each readable by anybody whatever the umask is.
fn make_folder(top: &Path, folder: &Path, made: &mut HashSet<std::path::PathBuf>) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if !made.insert(folder.to_owned()) {
        return Ok(());
    }
    if folder != top
        && let Some(parent) = folder.parent()
    {
        make_folder(top, parent, made)?;
    }
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

/// Whether a source names a library that only Lambda's runtime brings along. Names in text suffice: a wrong yes costs a
/// preparation, a wrong no would fail the import.
fn mentions_sdk(file: impl Read) -> io::Result<bool> {
    let mut text = Vec::new();
    file.take(4 * 1024 * 1024).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    Ok(["boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3"]
        .iter()
        .any(|name| text.contains(name)))
}

/// Returns the packages of the AWS SDK that a script names. Their number is bounded, and so is what may stand for a name: it
/// becomes an argument of npm.
fn named_clients(file: impl Read) -> io::Result<Vec<String>> {
    let mut text = Vec::new();
    file.take(4 * 1024 * 1024).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let names = text.split("@aws-sdk/").skip(1).take(64).filter_map(|rest| {
        let name: String = rest
            .chars()
            .take_while(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || *letter == '-')
            .collect();
        let known =
            ["client-", "lib-", "util-", "s3-", "credential-provider", "cloudfront-signer", "rds-signer"];
        (name.len() < 64 && known.iter().any(|start| name.starts_with(start)))
            .then(|| format!("@aws-sdk/{name}"))
    });
    Ok(names.collect())
}

#[cfg(test)]
pub(in crate::sandbox::lambda) mod tests {
    use std::io::Write;

    use super::*;

    /// Zips files, for tests.
    pub(in crate::sandbox::lambda) fn zip(files: &[(&str, &str)]) -> Bytes {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner().into()
    }

    #[test]
    fn what_is_no_zip_is_refused_in_lambdas_words() {
        let error = Package::read(Bytes::from_static(b"notazip")).unwrap_err();
        assert_eq!((error.status, error.code.as_ref()), (400, "InvalidParameterValueException"));
        assert!(error.message.starts_with("Could not unzip uploaded file"), "{}", error.message);
    }

    #[test]
    fn a_name_that_climbs_out_is_refused() {
        for name in ["../evil.py", "a/../../evil.py", "/etc/evil"] {
            let read = Package::read(zip(&[(name, "x")]));
            if let Ok(package) = read {
                // An absolute name may be taken as one below the folder, but never as itself.
                let folder = tempfile::tempdir().unwrap();
                let inside = folder.path().join("code");
                package.unpack(&inside).unwrap();
                assert!(inside.join(name.trim_start_matches('/')).exists(), "{name}");
            }
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        for index in 0..27 {
            writer.start_file(format!("{index}"), options).unwrap();
            writer.write_all(&vec![0; 10_000_000]).unwrap();
        }
        let bytes = Bytes::from(writer.finish().unwrap().into_inner());
        let error = Package::read(bytes).unwrap_err();
        assert_eq!(error.message, "Unzipped size must be smaller than 262144000 bytes");
    }

    #[test]
    fn the_libraries_of_the_runtime_are_noticed() {
        assert!(Package::read(zip(&[("app.py", "import boto3")])).unwrap().wants_python_sdk);
        assert!(!Package::read(zip(&[("app.py", "import json")])).unwrap().wants_python_sdk);
    }

    #[test]
    fn folders_and_files_are_unpacked_readable_for_anybody() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("code");
        Package::read(zip(&[("pkg/deep/app.py", "1")])).unwrap().unpack(&inside).unwrap();
        let mode = |path: &str| fs::metadata(inside.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("pkg"), mode("pkg/deep"), mode("pkg/deep/app.py")), (0o755, 0o755, 0o644));
    }
}
