use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::{Failure, catalogue, screen};
use crate::context::Context;
use crate::resource;
use crate::source::{self, Diagnostic, FileTree, Severity};
use crate::template::Template;

/// Properties that name a file or folder beside the template.
const PATHS: [&str; 5] = ["CodeUri", "ContentUri", "DefinitionUri", "Code", "Content"];
/// What no build of a project is made of.
const LEFT_OUT: [&str; 4] = [".aws-sam/", ".git/", ".vscode/", ".idea/"];
/// What the sandbox's Python has by itself.
const THERE: [&str; 3] = ["boto3", "botocore", "s3transfer"];

/// A template, and the files that it names.
#[derive(Debug)]
pub(in crate::cli) struct Project {
    pub(super) template: Template,
    /// The template's text as it was found.
    pub(super) text: String,
    /// By their paths beside the template.
    pub(super) files: FileTree,
    /// What an author should know.
    pub(super) notes: Vec<String>,
}

impl Project {
    /// Reads a template and everything that it names. What of it a scenario cannot hold is told with its place.
    pub(in crate::cli) fn read(context: &Context, path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let unreadable = |problem| Failure::usage(format!("cannot read the template {name}: {problem}"));
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{name} is not UTF-8")))?;
        let mut shown = FileTree::new();
        shown.insert(&name, text.as_bytes());
        let refused = |problems: &[Diagnostic]| catalogue::invalid(context, problems, &shown);
        let template = Template::parse(&name, &text).map_err(|problems| refused(&problems))?;
        let problems = resource::lint(&template);
        if problems.iter().any(|problem| problem.severity == Severity::Error) {
            return Err(refused(&problems).hint("docs/templates.md says what a scenario may hold"));
        }
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut project = Self { template, text, files: FileTree::new(), notes: vec![] };
        let mut missing = Vec::new();
        for (pointer, named) in project.named() {
            if let Err(message) = project.take(folder, &named) {
                missing.push(Diagnostic::error(message).at(project.template.location(&pointer)));
            }
        }
        if !missing.is_empty() {
            return Err(refused(&missing));
        }
        project.files.remove(path.file_name().and_then(|name| name.to_str()).unwrap_or_default());
        project.look_for_packages();
        Ok(project)
    }

    /// Returns the paths that the template names, with their places.
    fn named(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut look = |pointer: String, properties: &Value| {
            for key in PATHS {
                if let Some(path) =
                    properties.get(key).and_then(Value::as_str).filter(|path| !path.contains("://"))
                {
                    found.push((format!("{pointer}/{key}"), path.to_owned()));
                }
            }
        };
        for resource in self.template.resources() {
            look(format!("/Resources/{}/Properties", resource.logical_id), resource.properties);
        }
        for (section, properties) in self.template.document["Globals"].as_object().into_iter().flatten() {
            look(format!("/Globals/{section}"), properties);
        }
        found
    }

    /// Takes a file or a folder over, under the path that the template knows it by.
    fn take(&mut self, folder: &Path, named: &str) -> Result<(), String> {
        let inside = source::inside(named);
        if inside.starts_with("..") || Path::new(named).is_absolute() {
            return Err(format!("`{named}` lies outside the template's folder: a scenario is one folder"));
        }
        let place: PathBuf = folder.join(&inside);
        if place.is_dir() {
            let tree = source::read_folder(&place).map_err(|problem| problem.to_string())?;
            for (path, contents) in tree.iter() {
                let left_out = |name: &&str| path.starts_with(*name) || path.contains(&format!("/{name}"));
                if !LEFT_OUT.iter().any(left_out) {
                    let path = if inside.is_empty() { path.to_owned() } else { format!("{inside}/{path}") };
                    self.files.insert(path, contents);
                }
            }
            return Ok(());
        }
        let contents = std::fs::read(&place).map_err(|problem| match problem.kind() {
            std::io::ErrorKind::NotFound => format!("there is nothing at `{named}` beside the template"),
            _ => format!("cannot read `{named}`: {problem}"),
        })?;
        self.files.insert(inside, contents);
        Ok(())
    }

    /// A scenario's code is taken as it is: what a build would add must be there.
    fn look_for_packages(&mut self) {
        let mut notes = Vec::new();
        for (path, contents) in self.files.iter() {
            let text = String::from_utf8_lossy(contents);
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if path.ends_with("requirements.txt") {
                let wanted =
                    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
                let name = |line: &str| {
                    line.split(|c: char| !(c.is_alphanumeric() || "-_.".contains(c)))
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                };
                let missing: Vec<String> =
                    wanted.map(name).filter(|name| !THERE.contains(&name.as_str())).collect();
                if !missing.is_empty() {
                    notes.push(format!("{path} names {}, and nothing installs it: `pip install -r requirements.txt -t .` in scenario/{folder}", missing.join(", ")));
                }
            }
            let needs =
                |json: &Value| json["dependencies"].as_object().is_some_and(|wanted| !wanted.is_empty());
            let modules =
                if folder.is_empty() { "node_modules".to_owned() } else { format!("{folder}/node_modules") };
            if path.ends_with("package.json")
                && !path.contains("node_modules/")
                && serde_json::from_str(&text).is_ok_and(|json: Value| needs(&json))
                && self.files.below(&modules).is_empty()
            {
                notes.push(format!(
                    "{path} names packages, and nothing installs them: `npm install` in scenario/{folder}"
                ));
            }
        }
        let built = self.template.resources().any(|resource| {
            let body = &self.template.document["Resources"][resource.logical_id];
            body["Metadata"].get("BuildMethod").is_some()
        });
        if built {
            notes.push("some functions name a `BuildMethod`, and nothing is built here: `sam build`, and begin from .aws-sam/build/template.yaml".to_owned());
        }
        self.notes = notes;
    }

    /// Says what an author should know.
    pub(in crate::cli) fn tell(&self) {
        for note in &self.notes {
            screen::note(&format!("note: {note}"));
        }
    }
}
