use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::Failure;
use super::run::block_on;
use crate::credential::{Library, document_url};
use crate::probe::HttpClient;

/// Where `verify` reads the documents of issuers: folders at hand, then the web.
#[derive(Debug)]
pub(super) struct Sources {
    /// The address that each folder stands for, without a slash at its end.
    folders: Vec<(String, PathBuf)>,
    offline: bool,
    /// Each document is fetched once.
    read: Mutex<BTreeMap<String, Result<Vec<u8>, String>>>,
}

impl Sources {
    pub(super) fn new(folders: &[PathBuf], offline: bool) -> Result<Self, Failure> {
        let folders = folders.iter().map(|folder| Ok((address(folder)?, folder.clone())));
        let folders = folders.collect::<Result<_, Failure>>()?;
        Ok(Self { folders, offline, read: Mutex::default() })
    }

    /// Fetches from the web. Nothing is followed elsewhere, and nothing is asked for in the clear but of this machine.
    pub(super) fn web(&self, url: &str) -> Result<Vec<u8>, String> {
        let rest = url.strip_prefix("http://").unwrap_or_default();
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        if !url.starts_with("https://") && !["localhost", "127.0.0.1"].contains(&host) {
            return Err("it is not at an https:// address".to_owned());
        }
        if self.offline {
            return Err("nothing is fetched with --offline".to_owned());
        }
        let fetched = block_on(async { Ok(HttpClient::new().fetch(url).await) });
        match fetched.map_err(|failure| failure.message)? {
            Ok((200, bytes)) => Ok(bytes.to_vec()),
            Ok((status, _)) => Err(format!("the server answered {status}")),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Says which folders stood in for the web.
    pub(super) fn stand_ins(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.folders.iter().map(|(address, folder)| (address.as_str(), folder.as_path()))
    }
}

impl Library for Sources {
    fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        for (address, folder) in &self.folders {
            let path = url.strip_prefix(address.as_str()).and_then(|rest| rest.strip_prefix('/'));
            let inside = |path: &&str| path.split('/').all(|part| !matches!(part, "" | "." | ".."));
            if let Some(path) = path.filter(inside) {
                return std::fs::read(folder.join(path))
                    .map_err(|problem| format!("{}: {problem}", folder.display()));
            }
        }
        let mut read = self.read.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        read.entry(url.to_owned()).or_insert_with(|| self.web(url)).clone()
    }
}

/// The address that a published folder stands for, as its DID document tells.
fn address(folder: &Path) -> Result<String, Failure> {
    for path in ["did.json", ".well-known/did.json"] {
        let Ok(text) = std::fs::read(folder.join(path)) else { continue };
        let document: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
        let url = document["id"].as_str().and_then(document_url);
        let base = url.as_deref().and_then(|url| url.strip_suffix(path)?.strip_suffix('/'));
        if let Some(base) = base {
            return Ok(base.to_owned());
        }
    }
    Err(Failure::usage(format!("{} is no published site of an issuer: it has no did.json", folder.display())))
}
