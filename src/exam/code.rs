use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::attempt::Code;
use crate::aws::{Clients, Outcome as _};
use crate::challenge::{Challenge, World};
use crate::evidence::Inspection;
use crate::probe::HttpClient;

const FUNCTION: &str = "AWS::Lambda::Function";
/// In bytes. What is larger is no code that somebody reads.
const LARGEST: u64 = 256 << 10;
/// Files of one function.
const MOST: usize = 200;

/// Reads the code of every function that was inspected, as far as it is text: a portfolio shows what was changed of it. What cannot be read is left
/// out; no grade hangs on it.
pub(super) async fn standing(clients: &Clients, inspection: &Inspection) -> Code {
    let mut code = Code::new();
    let http = HttpClient::new();
    for function in inspection.of_type(FUNCTION) {
        let called = clients.lambda.get_function().function_name(&function.id).send().await;
        let place = match called.during("lambda:GetFunction") {
            Ok(output) => output.code().and_then(|code| code.location().map(str::to_owned)),
            Err(failure) => {
                tracing::warn!(%failure, function = %function.id, "its code is not kept");
                continue;
            }
        };
        let Some(place) = place else { continue };
        match http.fetch(&place).await {
            Ok((200, bytes)) => {
                if let Ok(files) = unpack(&bytes) {
                    code.insert(name(function.logical_id.as_deref(), &function.id), files);
                }
            }
            Ok((status, _)) => tracing::warn!(status, function = %function.id, "its code is not kept"),
            Err(error) => tracing::warn!(%error, function = %function.id, "its code is not kept"),
        }
    }
    code
}

/// Returns the code with which a challenge begins, by the same names.
pub fn code_at_start(challenge: &Challenge) -> Code {
    let Ok(World { template, files, then }) = challenge.broken_start() else { return Code::new() };
    let (template, files) = then.map_or((template, files), |then| (then.template, then.files));
    let Ok(expanded) = template.expanded(&BTreeMap::new()) else { return Code::new() };
    let functions = expanded.resources().filter(|resource| resource.kind == FUNCTION);
    let named = functions.filter_map(|function| {
        let path = function.properties.get("Code")?.as_str()?;
        let path = path.trim_start_matches("./").trim_end_matches('/');
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        let mut found: BTreeMap<String, String> = files
            .below(path)
            .iter()
            .filter_map(|(path, bytes)| Some((path.to_owned(), text(bytes)?)))
            .collect();
        if let Some(bytes) = files.get(path) {
            let file = path.rsplit('/').next().unwrap_or(path);
            found.extend(text(bytes).map(|text| (file.to_owned(), text)));
        }
        (!found.is_empty()).then(|| (function.logical_id.to_owned(), found))
    });
    named.collect()
}

fn name(logical: Option<&str>, id: &str) -> String {
    logical.unwrap_or(id).to_owned()
}

fn unpack(bytes: &[u8]) -> std::io::Result<BTreeMap<String, String>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(std::io::Error::other)?;
    let mut files = BTreeMap::new();
    for index in 0..zip.len().min(MOST) {
        let file = zip.by_index(index).map_err(std::io::Error::other)?;
        if file.is_dir() || file.size() > LARGEST {
            continue;
        }
        let path = file.name().map_err(std::io::Error::other)?.to_string();
        let mut bytes = Vec::new();
        // The size that it claims is the candidate's word.
        file.take(LARGEST).read_to_end(&mut bytes)?;
        if let Ok(text) = String::from_utf8(bytes) {
            files.insert(path, text);
        }
    }
    Ok(files)
}
