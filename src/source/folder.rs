use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Diagnostic, FileTree};

/// Limits of a folder that is read into memory.
const MOST_BYTES: u64 = 64 << 20;
const MOST_FILES: usize = 5_000;
const MOST_FOLDERS_DEEP: usize = 24;

/// Names that are never part of what an author wrote.
const SKIPPED: [&str; 3] = [".git", "__pycache__", ".DS_Store"];

/// Why a folder could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("there is no folder {}", .0.display())]
    Missing(PathBuf),
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    #[error("{} cannot be read: {source}", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} is a link that leads out of the folder", .0.display())]
    LeadsOut(PathBuf),
    #[error("{} is neither a file nor a folder", .0.display())]
    NotAFile(PathBuf),
    #[error("{} has a name that is not UTF-8", .0.display())]
    Name(PathBuf),
    #[error("{} holds more than {MOST_FILES} files", .0.display())]
    TooMany(PathBuf),
    #[error("{} holds more than {} MiB", .0.display(), MOST_BYTES >> 20)]
    TooLarge(PathBuf),
    #[error("{} lies more than {MOST_FOLDERS_DEEP} folders deep", .0.display())]
    TooDeep(PathBuf),
}

impl From<&FolderError> for Diagnostic {
    fn from(error: &FolderError) -> Self {
        Diagnostic::error(error.to_string())
    }
}

/// Reads a folder into memory. Links are followed as long as they stay inside it.
pub fn read_folder(path: &Path) -> Result<FileTree, FolderError> {
    let root = path.canonicalize().map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => FolderError::Missing(path.to_owned()),
        _ => FolderError::Unreadable { path: path.to_owned(), source },
    })?;
    if !root.is_dir() {
        return Err(FolderError::NotAFolder(path.to_owned()));
    }
    let mut reader = Reader { root, tree: FileTree::new(), files: 0, bytes: 0 };
    let root = reader.root.clone();
    reader.folder(&root, "", 0)?;
    Ok(reader.tree)
}

struct Reader {
    root: PathBuf,
    tree: FileTree,
    files: usize,
    bytes: u64,
}

impl Reader {
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), FolderError> {
        // Also what ends a link to a folder above itself.
        if depth > MOST_FOLDERS_DEEP {
            return Err(FolderError::TooDeep(folder.to_owned()));
        }
        let unreadable = |source| FolderError::Unreadable { path: folder.to_owned(), source };
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.ok_or_else(|| FolderError::Name(path.clone()))?;
            if !SKIPPED.contains(&name) {
                self.entry(&path, &format!("{prefix}{name}"), depth)?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, inside: &str, depth: usize) -> Result<(), FolderError> {
        let unreadable = |source| FolderError::Unreadable { path: path.to_owned(), source };
        let target = path.canonicalize().map_err(unreadable)?;
        if !target.starts_with(&self.root) {
            return Err(FolderError::LeadsOut(path.to_owned()));
        }
        let kind = fs::metadata(&target).map_err(unreadable)?;
        if kind.is_dir() {
            return self.folder(&target, &format!("{inside}/"), depth + 1);
        }
        if !kind.is_file() {
            return Err(FolderError::NotAFile(path.to_owned()));
        }
        self.files += 1;
        self.bytes += kind.len();
        if self.files > MOST_FILES {
            return Err(FolderError::TooMany(self.root.clone()));
        }
        if self.bytes > MOST_BYTES {
            return Err(FolderError::TooLarge(self.root.clone()));
        }
        self.tree.insert(inside, fs::read(&target).map_err(unreadable)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_their_path_inside_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::create_dir_all(folder.path().join("a/__pycache__")).unwrap();
        fs::write(folder.path().join("a/b/c.txt"), "c").unwrap();
        fs::write(folder.path().join("a/__pycache__/c.pyc"), "c").unwrap();
        let tree = read_folder(folder.path()).unwrap();
        assert_eq!(tree.iter().collect::<Vec<_>>(), [("a/b/c.txt", b"c".as_slice())]);
    }

    #[test]
    fn what_is_no_folder_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(read_folder(&file), Err(FolderError::NotAFolder(_))));
        assert!(matches!(read_folder(&folder.path().join("gone")), Err(FolderError::Missing(_))));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_the_folder_and_not_out_of_it() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.txt"), "a").unwrap();
        symlink("a.txt", folder.path().join("b.txt")).unwrap();
        assert_eq!(read_folder(folder.path()).unwrap().text("b.txt"), Some("a"));
        symlink("..", folder.path().join("out")).unwrap();
        assert!(matches!(read_folder(folder.path()), Err(FolderError::LeadsOut(_))));
        fs::remove_file(folder.path().join("out")).unwrap();
        symlink(".", folder.path().join("again")).unwrap();
        assert!(matches!(read_folder(folder.path()), Err(FolderError::TooDeep(_))));
    }

    #[test]
    fn a_folder_larger_than_the_limit_is_refused_unread() {
        let folder = tempfile::tempdir().unwrap();
        fs::File::create(folder.path().join("hole")).unwrap().set_len(MOST_BYTES + 1).unwrap();
        assert!(matches!(read_folder(folder.path()), Err(FolderError::TooLarge(_))));
    }
}
