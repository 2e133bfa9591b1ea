use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::ExamError;
use crate::attempt::{Archive, Attempt, Home, write_private};
use crate::challenge::Challenge;
use crate::evidence::{Variant, digest};
use crate::score::Scorecard;
use crate::source::FileTree;
use crate::target::Entrance;

/// Where the challenge is as it was when the attempt began: whoever changes it in the meantime does not change this attempt.
fn challenge_path(folder: &Path) -> PathBuf {
    folder.join("challenge.zip")
}

pub(super) fn archive_path(folder: &Path, digest: &str) -> PathBuf {
    folder.join(format!("archive-{digest}.zip"))
}

fn scorecard_path(folder: &Path, digest: &str) -> PathBuf {
    folder.join(format!("scorecard-{digest}.json"))
}

pub(super) fn save_challenge(folder: &Path, files: &FileTree) -> Result<(), ExamError> {
    let path = challenge_path(folder);
    let packed = files.zipped();
    packed.and_then(|bytes| write_private(&path, &bytes)).map_err(ExamError::file("cannot write", path))
}

fn entrance_path(folder: &Path) -> PathBuf {
    folder.join("entrance.json")
}

/// Keeps how the attempt's target is got into, before anything is done there. Only its owner can read it: an external id is a secret.
pub(super) fn save_entrance(folder: &Path, entrance: &Entrance) -> Result<(), ExamError> {
    let path = entrance_path(folder);
    write_private(&path, &serde_json::to_vec(entrance)?).map_err(ExamError::file("cannot write", path))
}

/// Reads it; `None` of an attempt in a sandbox of its own, and when nothing stands any more.
pub(super) fn load_entrance(folder: &Path) -> Result<Option<Entrance>, ExamError> {
    let path = entrance_path(folder);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ExamError::File { what: "cannot read", path, source: error }),
    }
}

pub(super) fn forget_entrance(folder: &Path) -> Result<(), ExamError> {
    let path = entrance_path(folder);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ExamError::File { what: "cannot remove", path, source: error })
        }
        _ => Ok(()),
    }
}

/// Reads the files of the challenge as they were when the attempt began.
pub fn load_challenge(home: &Home, attempt: &Attempt) -> Result<(FileTree, Challenge), ExamError> {
    let path = challenge_path(&home.folder(&attempt.id));
    let files = read_zip(&path).map_err(ExamError::file("cannot read", path))?;
    let found = files.digest();
    if found != attempt.creation.definition {
        return Err(ExamError::Challenge(format!(
            "its digest is {found}, not {}",
            attempt.creation.definition
        )));
    }
    let challenge = Challenge::load(&files).map_err(|problems| {
        let first = problems.into_iter().next().map(|problem| problem.message);
        ExamError::Challenge(first.unwrap_or_default())
    })?;
    Ok((files, challenge.variant_of(Some(&variant(attempt)))))
}

/// What the candidate's variant of the challenge is drawn from.
pub(super) fn variant(attempt: &Attempt) -> Variant {
    Variant { seed: attempt.creation.seed, attempt: attempt.id.to_string() }
}

fn read_zip(path: &Path) -> std::io::Result<FileTree> {
    let mut zip = ZipArchive::new(Cursor::new(std::fs::read(path)?)).map_err(std::io::Error::other)?;
    let mut files = FileTree::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).map_err(std::io::Error::other)?;
        let name = file.name().map_err(std::io::Error::other)?.to_string();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        files.insert(name, bytes);
    }
    Ok(files)
}

/// Reads the archive that the ledger names.
pub fn load_archive(home: &Home, attempt: &Attempt) -> Result<Archive, ExamError> {
    let digest =
        attempt.archive.as_deref().ok_or_else(|| ExamError::Internal("there is no archive".to_owned()))?;
    let path = archive_path(&home.folder(&attempt.id), digest);
    let bytes = std::fs::read(&path).map_err(ExamError::file("cannot read", path))?;
    Ok(Archive::unpack(&bytes, digest)?)
}

/// Keeps the scorecard of a later grade, and returns its digest.
pub fn save_scorecard(home: &Home, attempt: &Attempt, scorecard: &Scorecard) -> Result<String, ExamError> {
    let value = serde_json::to_value(scorecard)?;
    let digest = digest(&value);
    let path = scorecard_path(&home.folder(&attempt.id), &digest);
    write_private(&path, &serde_json::to_vec(scorecard)?).map_err(ExamError::file("cannot write", path))?;
    Ok(digest)
}

/// Reads the scorecard that counts: of the last grade, first or anew.
pub fn load_scorecard(home: &Home, attempt: &Attempt) -> Result<Scorecard, ExamError> {
    let wanted = attempt.outcome.as_ref().map(|outcome| outcome.scorecard.clone()).unwrap_or_default();
    let path = scorecard_path(&home.folder(&attempt.id), &wanted);
    match std::fs::read(&path) {
        Ok(bytes) => {
            let scorecard: Scorecard = serde_json::from_slice(&bytes)?;
            if digest(&serde_json::to_value(&scorecard)?) == wanted {
                return Ok(scorecard);
            }
            let source = std::io::Error::other("it is not the one that the ledger names");
            Err(ExamError::File { what: "cannot use", path, source })
        }
        // That of the first grade is in the archive.
        Err(_) => Ok(load_archive(home, attempt)?.scorecard),
    }
}
