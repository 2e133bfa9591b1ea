use std::collections::BTreeMap;
use std::path::PathBuf;

/// The environment variables of the run, read once.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// Reads the process's environment; variables that are not UTF-8 are left out.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// Returns a variable's value; one that is set but empty counts as not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Returns the folder for things that can be made again, as the XDG base directory specification places it.
    pub fn cache_dir(&self) -> PathBuf {
        self.base_dir("XDG_CACHE_HOME", ".cache")
    }

    /// Returns the folder for what must outlive a run and is of this machine only, by the same specification.
    pub fn state_dir(&self) -> PathBuf {
        self.base_dir("XDG_STATE_HOME", ".local/state")
    }

    /// Returns the folder for what a person sets, by the same specification.
    pub fn config_dir(&self) -> PathBuf {
        self.base_dir("XDG_CONFIG_HOME", ".config")
    }

    /// The specification says that a relative path in one of its variables is to be ignored.
    fn base_dir(&self, variable: &str, usual: &str) -> PathBuf {
        let base = self.get(variable).map(PathBuf::from).filter(|path| path.is_absolute());
        base.or_else(|| self.get("HOME").map(|home| PathBuf::from(home).join(usual)))
            .unwrap_or_else(std::env::temp_dir)
            .join("proofmark")
    }

    /// Returns the folders that `PATH` lists.
    pub fn path(&self) -> Vec<PathBuf> {
        self.get("PATH").map(|path| std::env::split_paths(path).collect()).unwrap_or_default()
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self { variables: variables.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let environment: Environment = [("A".to_owned(), String::new())].into_iter().collect();
        assert_eq!(environment.get("A"), None);
    }

    #[test]
    fn cache_dir_ignores_a_relative_xdg_path() {
        let environment: Environment = [("XDG_CACHE_HOME", "cache"), ("HOME", "/home/ada")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(environment.cache_dir(), PathBuf::from("/home/ada/.cache/proofmark"));
    }
}
