use std::borrow::Cow;
use std::collections::BTreeMap;

use super::definition::Definition;
use super::faults::Faults;
use super::include::include;
use super::raw::RawChallenge;
use super::variations::Variations;
use super::{
    Challenge, Change, Chart, Pool, Waivers, Work, chart, contradiction, draw, faults, ids, literal, names,
    pools, reach, shallow, types, variations, waiver,
};
use crate::policy::{Policy, PolicyKind};
use crate::resource;
use crate::source::{Diagnostic, FileTree, Location, Severity, inside};
use crate::template::Template;

const FILE: &str = "challenge.yaml";
const BRIEF: &str = "brief.md";
const TEMPLATE: &str = "scenario/template.yaml";

impl Challenge {
    /// Loads a challenge from its files, or returns everything that is wrong with them.
    pub fn load(files: &FileTree) -> Result<Self, Vec<Diagnostic>> {
        let (challenge, mut problems) = lint(files);
        problems.retain(|problem| problem.severity == Severity::Error);
        match challenge {
            Some(challenge) if problems.is_empty() => Ok(challenge),
            _ => Err(problems),
        }
    }
}

/// Loads a challenge and returns it, if it could be read, with every error and warning, in the order of the files.
///
/// Templates are held against what each resource's type says: the healthy world's, each fault's, and the start's.
pub fn lint(files: &FileTree) -> (Option<Challenge>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let (included, found) = include(FILE, files.text(FILE).unwrap_or_default(), files);
    problems.extend(found);
    let definition = text(files, FILE).and_then(|_| {
        Definition::read::<RawChallenge>(FILE, &included.text).map_err(|problem| vec![problem])
    });
    let (raw, definition) = match definition {
        Ok((raw, definition)) => (Some(raw), Some(definition)),
        Err(found) => {
            problems.extend(found);
            (None, None)
        }
    };
    // Where nothing but questions is asked there is nothing to put up.
    let asks_only = raw.as_ref().is_some_and(RawChallenge::asks_only);
    let template = if asks_only && files.get(TEMPLATE).is_none() {
        Ok(Template::empty())
    } else {
        text(files, TEMPLATE).and_then(|text| Template::parse(TEMPLATE, text))
    };
    let template = template.map_err(|found| problems.extend(found)).ok();
    let mut faults = faults::read(files, raw.as_ref());
    let mut variations = variations::read(files, raw.as_ref());
    let (waivers, found) = waiver::read(files);
    problems.extend(found);
    let brief = text(files, BRIEF).map(str::to_owned);
    let brief = brief.map_err(|found| problems.extend(found)).unwrap_or_default();
    if let Some(template) = &template {
        problems.extend(names::check_file(files, BRIEF, &names::of_stack(template)));
    }
    problems.extend(literal::check(files));
    let mut challenge = None;
    if let (Some(raw), Some(definition)) = (raw, definition) {
        let (read, found) = assemble(raw, definition, files, template, &faults, &variations, waivers, brief);
        problems.extend(found);
        challenge = read;
    }
    problems.append(&mut faults.problems);
    problems.append(&mut variations.problems);
    if let Some(challenge) = &challenge {
        problems.extend(worlds(challenge));
        problems.extend(contradiction::check(&challenge.tasks));
        problems.extend(shallow::check(&challenge.tasks));
        problems.extend(chart::check(files, challenge));
    }
    included.restore(challenge.as_mut(), &mut problems);
    let mut told: Vec<Diagnostic> = Vec::new();
    for problem in problems {
        if !told.contains(&problem) {
            told.push(problem);
        }
    }
    told.sort_by(|one, other| one.location.cmp(&other.location));
    (challenge, told)
}

fn text<'a>(files: &'a FileTree, path: &str) -> Result<&'a str, Vec<Diagnostic>> {
    let problem = match (files.get(path), files.text(path)) {
        (_, Some(text)) => return Ok(text),
        (Some(_), None) => Diagnostic::error("this file is not UTF-8").at(Location::file(path)),
        (None, _) => Diagnostic::error(format!("the challenge has no `{path}`")),
    };
    Err(vec![problem])
}

#[expect(clippy::too_many_arguments, reason = "one for each part of a challenge, brought together here only")]
fn assemble(
    raw: RawChallenge,
    mut definition: Definition<'_>,
    files: &FileTree,
    template: Option<Template>,
    faults: &Faults,
    variations: &Variations,
    waivers: Waivers,
    brief: String,
) -> (Option<Challenge>, Vec<Diagnostic>) {
    definition.resources = template.as_ref().map(|template| {
        // Checks name what stands in the end; what a transform makes bears names of its own.
        let expanded = template.expanded(&BTreeMap::new());
        let expanded = expanded.unwrap_or(Cow::Borrowed(template));
        let kinds = expanded.resources();
        kinds
            .map(|resource| (resource.logical_id.to_owned(), resource.kind.to_owned()))
            .collect::<BTreeMap<_, _>>()
    });
    ids::check(&mut definition, &raw);
    faults::check(&mut definition, &raw, faults);
    pools::check(&mut definition, &raw, template.as_ref(), faults);
    for (name, pattern) in &raw.inputs {
        if let Err(error) = draw::check(pattern) {
            let problem = definition.value(&format!("/inputs/{name}"), error.to_string());
            problem.help = Some(draw::VOCABULARY.to_owned());
        }
    }
    if let Some(template) = &template {
        names::check(&mut definition, &raw, &names::of_stack(template));
    }
    let asks_only = raw.asks_only();
    let candidate_policy = match &raw.candidate {
        Some(candidate) => candidate_policy(&mut definition, &candidate.policy, files, template.as_ref()),
        None if asks_only => Some(String::new()),
        None => {
            let help = "add `candidate: { policy: candidate-policy.json }`";
            definition.value("", "nothing says what the candidate may do").help = Some(help.to_owned());
            None
        }
    };
    let listed = raw.candidate.as_ref().map(|candidate| candidate.types.clone()).unwrap_or_default();
    types::check(&mut definition, &listed);
    let duration = match &raw.duration {
        Some(duration) => definition.duration(duration, "/duration").map(Some),
        None if asks_only => Some(None),
        None => {
            let help = "add `duration`, for example `duration: 90m`";
            definition.value("", "nothing says how long a candidate has").help = Some(help.to_owned());
            None
        }
    };
    let pass = definition.percent(&raw.pass, "/pass");
    let scaled_cut = definition.scaled_cut(raw.scaled_cut, "/scaled_cut");
    let start_score = raw.start_score.as_ref().map(|score| definition.score(score, "/start_score"));
    let policies = definition.policies(raw.policies);
    let tasks = definition.tasks(raw.tasks);
    let challenge = || {
        Some(Challenge {
            id: raw.id,
            release: raw.release,
            title: raw.title,
            duration: duration?,
            pass: pass?,
            scaled_cut,
            policies,
            domains: raw.domains,
            brief,
            chart: files.text(chart::FILE).map(Chart::parse).unwrap_or_default(),
            tasks,
            inputs: raw.inputs,
            candidate_policy: candidate_policy?,
            types: listed,
            template: template?,
            files: scenario(files),
            faults: faults.read.clone(),
            start: raw.start,
            pools: raw
                .pools
                .into_iter()
                .map(|(name, pool)| {
                    let draw = usize::try_from(pool.draw).unwrap_or(usize::MAX);
                    (name, Pool { draw, of: pool.of })
                })
                .collect(),
            parameters: raw.parameters,
            start_score: start_score.flatten(),
            solutions: variations.solutions.clone(),
            near_misses: variations.near_misses.clone(),
            waivers,
        })
    };
    (challenge().map(Challenge::with_healthy), definition.problems)
}

/// Returns what the template may name: everything below `scenario/` but the template itself.
fn scenario(files: &FileTree) -> FileTree {
    let mut scenario = files.below("scenario");
    scenario.remove("template.yaml");
    scenario
}

fn candidate_policy(
    definition: &mut Definition<'_>,
    path: &str,
    files: &FileTree,
    template: Option<&Template>,
) -> Option<String> {
    let Some(text) = files.text(path) else {
        definition.value("/candidate/policy", format!("there is no file `{path}`"));
        return None;
    };
    if let Some(template) = template {
        definition.problems.extend(names::check_file(files, path, &names::of_stack(template)));
    }
    // Names are filled in later; what they bring is an ARN or a part of one, which a star can stand for.
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        filled.push('*');
        rest = after.split_once("}}").map_or("", |(_, rest)| rest);
    }
    filled.push_str(rest);
    match Policy::parse(&filled, PolicyKind::Identity) {
        Ok(policy) => definition.problems.extend(reach::check(path, policy)),
        Err(error) => {
            let message =
                format!("this is not a policy that IAM would take: {}", error.message.trim_end_matches('.'));
            definition.note(Diagnostic::error(message).at(Location::file(path)));
        }
    }
    Some(text.to_owned())
}

/// Checks the templates of the healthy world, of each fault alone, and of the start, and the code that they name.
fn worlds(challenge: &Challenge) -> Vec<Diagnostic> {
    let mut problems = resource::lint(&challenge.template);
    problems.extend(challenge.beyond_types(&challenge.template));
    problems.extend(missing_code(challenge, &challenge.template, &challenge.files));
    let known = problems.clone();
    let mut worlds: Vec<(String, Vec<&Change>)> = Vec::new();
    for fault in &challenge.faults {
        if patches(challenge, &fault.change, &mut problems) {
            worlds.push((format!("with the fault `{}`", fault.id), vec![&fault.change]));
        }
    }
    // What a fault gets wrong alone it gets wrong in the start. An unknown fault in the start is told already. Questions alone have no start.
    if worlds.len() == challenge.faults.len() && !challenge.start.is_empty() {
        let start = challenge.start.iter().filter_map(|id| challenge.fault(id).ok());
        worlds.push(("in the start".to_owned(), start.map(|fault| &fault.change).collect()));
    }
    let near_misses = challenge.near_misses.iter().map(|miss| &miss.variation);
    for variation in challenge.solutions.iter().chain(near_misses) {
        if let Work::Change(change) = &variation.work
            && patches(challenge, change, &mut problems)
        {
            worlds.push((format!("with the change of `{}`", variation.id), vec![change.as_ref()]));
        }
    }
    for (name, changes) in worlds {
        let world = challenge.changed(&changes);
        let then = world.then.as_ref().map(|then| (&then.template, &then.files));
        for (template, files) in [Some((&world.template, &world.files)), then].into_iter().flatten() {
            let mut found = template.problems();
            if found.is_empty() {
                found = resource::lint(template);
                found.extend(challenge.beyond_types(template));
                found.extend(missing_code(challenge, template, files));
            }
            for problem in found {
                let seen = |before: &Diagnostic| {
                    before.location == problem.location && problem.message.starts_with(&before.message)
                };
                if !known.contains(&problem) && !problems.iter().any(seen) {
                    let label = problem.label.clone().unwrap_or_else(|| name.clone());
                    problems.push(Diagnostic { label: Some(label), ..problem });
                }
            }
        }
    }
    problems
}

/// Checks the patches of a change, and returns whether the world that they make can be built.
fn patches(challenge: &Challenge, change: &Change, problems: &mut Vec<Diagnostic>) -> bool {
    let found = faults::check_patch(&change.template, &challenge.template, "template");
    let sound = found.is_empty();
    if sound {
        let first = challenge.template.patched(&change.template);
        problems.extend(faults::check_patch(&change.then, &first, "then"));
    }
    problems.extend(found);
    sound
}

/// Properties that name code or a definition, by the type that they belong to. A mapping (`ZipFile`, `S3Bucket`) is another matter.
const NAMED: [(&str, &str, &str); 4] = [
    ("AWS::Lambda::Function", "Code", "code"),
    ("AWS::Lambda::LayerVersion", "Content", "content"),
    ("AWS::ApiGateway::RestApi", "BodyS3Location", "definition"),
    ("AWS::ApiGatewayV2::Api", "BodyS3Location", "definition"),
];

/// Tells each path to code or a definition at which there is nothing, also of what a transform makes.
fn missing_code(challenge: &Challenge, template: &Template, files: &FileTree) -> Vec<Diagnostic> {
    // What cannot be expanded is told by those who look at resources.
    let expanded = template.expanded(&BTreeMap::new()).unwrap_or(Cow::Borrowed(template));
    let named = expanded.resources().filter_map(|resource| {
        let (_, property, what) = NAMED.into_iter().find(|(kind, ..)| *kind == resource.kind)?;
        Some((resource.logical_id, property, what, resource.properties.get(property)?.as_str()?))
    });
    let missing = named.filter_map(|(id, property, what, path)| {
        let inside = inside(path);
        if !files.below(&inside).is_empty() || files.get(&inside).is_some() {
            return None;
        }
        let at = format!("/Resources/{id}/Properties/{property}");
        let message = format!("the scenario has no {what} in `{path}`");
        let folders: Vec<String> = challenge
            .files
            .iter()
            .filter_map(|(path, _)| path.rsplit_once('/').map(|(folder, _)| folder.to_owned()))
            .collect();
        let help = crate::text::did_you_mean(&inside, &folders);
        Some(Diagnostic { help, ..Diagnostic::error(message).at(expanded.location(&at)) })
    });
    missing.collect()
}
