use std::io::{Cursor, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::aws::{ErrorClass, Failure};
use crate::resource::properties::Properties;
use crate::source::{FileTree, inside};

/// Where a function's code comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Code {
    /// A zip archive, ready to be sent.
    Zip(Vec<u8>),
    /// An object that is there already.
    Stored { bucket: String, key: String, version: Option<String> },
}

impl Code {
    /// Reads the property that holds the code: a path in the challenge's files, `ZipFile` with the source itself, or `S3Bucket` and `S3Key`.
    pub(super) fn of(properties: Properties<'_>, property: &str, files: &FileTree) -> Result<Self, Failure> {
        if let Some(path) = properties.text(property) {
            return package(&path, files).map(Self::Zip);
        }
        let Some(code) = properties.object(property) else {
            return Err(broken(&format!("property `{property}` is missing")));
        };
        match (code.text("ZipFile"), code.text("S3Bucket"), code.text("S3Key")) {
            (Some(source), None, None) => {
                let runtime = properties.text("Runtime").unwrap_or_default();
                let mut tree = FileTree::new();
                tree.insert(inline_file(&runtime)?, source.into_bytes());
                archive(&tree).map(Self::Zip)
            }
            (None, Some(bucket), Some(key)) => {
                Ok(Self::Stored { bucket, key, version: code.text("S3ObjectVersion") })
            }
            _ => Err(broken("code needs either ZipFile, or S3Bucket and S3Key, or a path")),
        }
    }

    /// Returns the digest as Lambda tells it (`CodeSha256`); `None` for what we have not read.
    pub(super) fn digest(&self) -> Option<String> {
        match self {
            Self::Zip(bytes) => Some(BASE64_STANDARD.encode(Sha256::digest(bytes))),
            Self::Stored { .. } => None,
        }
    }
}

/// Returns the file that CloudFormation puts inline source into: only these runtimes have one
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-lambda-function-code.html>).
fn inline_file(runtime: &str) -> Result<&'static str, Failure> {
    if runtime.starts_with("python") {
        Ok("index.py")
    } else if runtime.starts_with("nodejs") {
        Ok("index.js")
    } else {
        Err(broken(&format!("ZipFile serves Python and Node.js only, not `{runtime}`")))
    }
}

/// Makes the archive that a path stands for: a folder's files, a single file, or a zip archive as it is.
fn package(path: &str, files: &FileTree) -> Result<Vec<u8>, Failure> {
    let path = &inside(path);
    if let Some(contents) = files.get(path) {
        if path.to_ascii_lowercase().ends_with(".zip") {
            ZipArchive::new(Cursor::new(contents))
                .map_err(|error| broken(&format!("`{path}` is not a readable zip archive: {error}")))?;
            return Ok(contents.to_vec());
        }
        let mut single = FileTree::new();
        single.insert(path.rsplit('/').next().unwrap_or(path), contents);
        return archive(&single);
    }
    let folder = files.below(path);
    if folder.is_empty() {
        return Err(broken(&format!("the code `{path}` is not among the challenge's files")));
    }
    archive(&folder)
}

/// Writes a zip archive that is the same for the same files: sorted, without times, readable and executable by all.
fn archive(files: &FileTree) -> Result<Vec<u8>, Failure> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o755);
    for (path, contents) in files.iter() {
        let written =
            writer.start_file(path, options).and_then(|()| writer.write_all(contents).map_err(Into::into));
        written.map_err(|error| broken(&format!("`{path}` could not be packed: {error}")))?;
    }
    let archive =
        writer.finish().map_err(|error| broken(&format!("the code could not be packed: {error}")))?;
    Ok(archive.into_inner())
}

fn broken(message: &str) -> Failure {
    Failure::new(ErrorClass::Invalid, "package", message)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use serde_json::json;

    use super::*;

    fn files() -> FileTree {
        let mut files = FileTree::new();
        files.insert("functions/get/app.py", *b"def handler(event, context): return {}");
        files.insert("functions/get/lib/shop.py", *b"NAME = 'tea'");
        files.insert("broken.zip", *b"no zip at all");
        files
    }

    fn zip(code: &serde_json::Value) -> Result<Vec<u8>, Failure> {
        match Code::of(Properties(code), "Code", &files())? {
            Code::Zip(bytes) => Ok(bytes),
            Code::Stored { .. } => panic!("not stored"),
        }
    }

    #[test]
    fn a_folder_becomes_the_same_archive_every_time() {
        let code = json!({"Code": "./functions/get/"});
        let (first, second) = (zip(&code).unwrap(), zip(&code).unwrap());
        assert_eq!(first, second);
        let mut archive = ZipArchive::new(Cursor::new(first)).unwrap();
        let names: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, ["app.py", "lib/shop.py"]);
        let mut text = String::new();
        archive.by_name("lib/shop.py").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "NAME = 'tea'");
    }

    #[test]
    fn inline_source_becomes_the_index_of_its_runtime() {
        let bytes =
            zip(&json!({"Runtime": "nodejs22.x", "Code": {"ZipFile": "exports.handler = 1"}})).unwrap();
        let archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let names: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, ["index.js"]);
        assert!(zip(&json!({"Runtime": "provided.al2023", "Code": {"ZipFile": "x"}})).is_err());
    }

    #[test]
    fn a_missing_path_and_an_unreadable_archive_are_named() {
        let missing = zip(&json!({"Code": "functions/put"})).unwrap_err();
        assert_eq!(missing.message, "the code `functions/put` is not among the challenge's files");
        let broken = zip(&json!({"Code": "broken.zip"})).unwrap_err();
        assert!(broken.message.starts_with("`broken.zip` is not a readable zip archive"), "{broken}");
    }
}
