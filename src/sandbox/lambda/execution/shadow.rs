use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What a parent has imported of Lambda's own libraries: a function that brings one of them, wherever it lies, means its own.
const LIBRARIES: [&str; 7] = ["boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"];
/// More files than these are not looked through.
const FILES: usize = 4000;
/// Beginnings of variables that are read when an interpreter or a library starts, which was before a fork.
const EARLY: [&str; 10] =
    ["PYTHON", "LD_", "LC_", "LANG", "MALLOC_", "GLIBC_", "OPENSSL_", "SSL_", "BOTO", "AWS_DATA_PATH"];

/// What lies in a function's files that an interpreter would find before what a parent has imported.
#[derive(Debug, Clone, Default)]
pub(super) struct Shadow {
    /// Modules that lie where they are looked for.
    names: HashSet<String>,
    /// There is something by which an interpreter that starts with these files may differ in other ways.
    differs: bool,
}

impl Shadow {
    /// Looks through a function's code and layers; `version` is Python's.
    pub(super) fn of(code: &Path, layers: Option<&Path>, version: &str) -> Self {
        let mut shadow = Self::default();
        shadow.take_names(code);
        let mut folders = vec![code.to_owned()];
        if let Some(layers) = layers {
            let python = layers.join("python");
            shadow.take_names(&python);
            shadow.take_names(&python.join(format!("lib/python{version}/site-packages")));
            folders.push(layers.to_owned());
        }
        shadow.search(folders);
        shadow
    }

    /// Whether a function finds the same with these modules imported already as without.
    pub(super) fn allows(&self, modules: &HashSet<String>) -> bool {
        !self.differs && self.names.is_disjoint(modules)
    }

    fn take_names(&mut self, folder: &Path) {
        let names = fs::read_dir(folder).into_iter().flatten().flatten();
        self.names.extend(names.filter_map(|entry| Some(stem(entry.file_name().to_str()?).to_owned())));
    }

    fn search(&mut self, mut folders: Vec<PathBuf>) {
        let mut files = 0;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                files += 1;
                let name = entry.file_name();
                let Some(name) = name.to_str() else {
                    self.differs = true;
                    return;
                };
                // Programs' libraries are looked for where the loader was told to when the interpreter started; archives may hold modules.
                let strange = name.contains(".so")
                    || [".zip", ".egg", ".whl", ".pth"].iter().any(|end| name.ends_with(end));
                if strange || files > FILES || LIBRARIES.contains(&stem(name)) {
                    self.differs = true;
                    return;
                }
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(entry.path());
                }
            }
        }
    }
}

/// Whether a function's own variables may stand in the way: one of them is looked at when an interpreter starts.
pub(super) fn is_early(variable: &str) -> bool {
    EARLY.iter().any(|start| variable.starts_with(start))
}

/// The module that a file or folder would be.
fn stem(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules() -> HashSet<String> {
        ["boto3", "botocore", "logging", "queue"].map(str::to_owned).into()
    }

    fn shadow(files: &[&str], layer: &[&str]) -> Shadow {
        let folder = tempfile::tempdir().unwrap();
        for (root, names) in [("code", files), ("opt", layer)] {
            for name in names {
                let file = folder.path().join(root).join(name);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, "").unwrap();
            }
        }
        Shadow::of(&folder.path().join("code"), Some(&folder.path().join("opt")), "3.11")
    }

    #[test]
    fn a_plain_function_finds_the_same_with_and_without_a_parent() {
        assert!(
            shadow(&["app.py", "orders/table.py", "orders/logging.py"], &["python/own.py"])
                .allows(&modules())
        );
    }

    #[test]
    fn what_a_function_or_its_layer_brings_itself_wins() {
        for (files, layer) in [
            (vec!["app.py", "boto3/__init__.py"], vec![]),
            (vec!["app.py", "vendor/urllib3/__init__.py"], vec![]),
            (vec!["app.py", "vendor/six.py"], vec![]),
            (vec!["app.py", "queue.py"], vec![]),
            (vec!["app.py", "logging/__init__.py"], vec![]),
            (vec!["app.py", "lib/libfast.so.1"], vec![]),
            (vec!["app.py", "vendor.zip"], vec![]),
            (vec!["app.py"], vec!["python/botocore/__init__.py"]),
            (vec!["app.py"], vec!["python/lib/python3.11/site-packages/queue.py"]),
        ] {
            assert!(!shadow(&files, &layer).allows(&modules()), "{files:?} {layer:?}");
        }
    }

    #[test]
    fn variables_that_an_interpreter_reads_when_it_starts_are_known() {
        assert!(["PYTHONPATH", "LD_PRELOAD", "LANG", "BOTO_CONFIG"].into_iter().all(is_early));
        assert!(!["TABLE", "AWS_REGION", "TZ", "HOME"].into_iter().any(is_early));
    }
}
