use jiff::Timestamp;
use maud::{Markup, html};

use super::frame::{Head, framed};
use crate::credential::compose::{IssuerProfile, seconds};
use crate::credential::finding::{Outcome, State};
use crate::credential::issuer::{Issue, Standing};
use crate::credential::model::{OpenBadge, ResultDescription};
use crate::credential::verify::Examination;

/// What the page of one credential is made of.
pub(super) struct Sheet<'a> {
    pub(super) badge: &'a OpenBadge,
    pub(super) profile: &'a IssuerProfile,
    pub(super) issue: &'a Issue,
    pub(super) examination: &'a Examination,
    pub(super) base: &'a str,
    /// Where the page stands below the site's address.
    pub(super) folder: &'a str,
    pub(super) now: Timestamp,
}

/// Returns the page of a credential: what it is worth, for what, and how to check that oneself.
pub(super) fn page(sheet: &Sheet<'_>) -> String {
    let badge = sheet.badge;
    let state = sheet.examination.state;
    let name = badge.name.as_deref().unwrap_or(&badge.credential_subject.achievement.name);
    let earner = earner(badge);
    let description = match earner {
        Some(earner) => format!("{name}, earned by {earner}, issued by {}", sheet.profile.name),
        None => format!("{name}, issued by {}", sheet.profile.name),
    };
    let timed = matches!(state, State::Valid | State::Expired | State::NotYetValid);
    let image = Some(format!("{}/{}badge.png", sheet.base, sheet.folder));
    let body = html! {
        main data-from=(badge.valid_from) data-until=(badge.valid_until.as_deref().unwrap_or_default()) {
            header {
                img src="badge.svg" alt={ "The badge " (name) } width="240" height="240";
                div {
                    p.kind { "Microcredential" }
                    h1 { (name) }
                    p { "Issued by " strong { (sheet.profile.name) } }
                    @if let Some(earner) = earner { p { "Earned by " strong { (earner) } } }
                }
            }
            @for one in [State::Valid, State::Expired, State::NotYetValid] {
                @if timed { (banner(one, sheet, one != state)) }
            }
            @if !timed { (banner(state, sheet, false)) }
            (facts(sheet))
            (results(badge))
            (evidence(badge))
            (check_it(sheet))
        }
        footer { p { "This page was made at " (seconds(sheet.now)) " by Proofmark; it loads nothing from elsewhere." } }
    };
    framed(&Head { title: name, description: &description, image, timed }, &body)
}

fn earner(badge: &OpenBadge) -> Option<&str> {
    let named =
        badge.credential_subject.identifier.iter().find(|one| one.identity_type == "name" && !one.hashed);
    named.map(|one| one.identity_hash.as_str())
}

fn banner(state: State, sheet: &Sheet<'_>, hidden: bool) -> Markup {
    let class = state.word().replace(' ', "-");
    let mark = match state {
        State::Valid => "✓",
        State::Expired | State::NotYetValid => "◷",
        State::Superseded => "↻",
        State::Revoked => "✗",
        State::Unverifiable => "?",
    };
    let badge = sheet.badge;
    let more = match (state, &sheet.issue.standing) {
        (State::Revoked, Standing::Revoked { at, reason }) => Some(format!("At {}: {reason}.", seconds(*at))),
        (State::Expired, _) => badge.valid_until.as_ref().map(|end| format!("It was valid until {end}.")),
        (State::NotYetValid, _) => Some(format!("It is valid from {} on.", badge.valid_from)),
        (State::Valid, _) => badge.valid_until.as_ref().map(|end| format!("It holds until {end}.")),
        _ => None,
    };
    html! {
        section class={ "state " (class) } role="status" hidden[hidden] {
            strong { span aria-hidden="true" { (mark) " " } (sentence_case(state.word())) }
            p { (state.sentence()) }
            @if let Some(more) = more { p { (more) } }
            @if state == State::Superseded { p { a href="../" { "The newer one" } } }
            @if state == State::Unverifiable {
                @for finding in &sheet.examination.findings {
                    @if let Outcome::Broken(why) | Outcome::Unknown(why) = &finding.outcome { p { (finding.check) ": " (why) } }
                }
            }
        }
    }
}

fn sentence_case(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    format!("{}{rest}", first.to_uppercase())
}

fn facts(sheet: &Sheet<'_>) -> Markup {
    let badge = sheet.badge;
    let subject = &badge.credential_subject;
    let achievement = &subject.achievement;
    let rows = [
        ("Awarded", badge.awarded_date.as_deref()),
        ("Valid from", Some(badge.valid_from.as_str())),
        ("Valid until", Some(badge.valid_until.as_deref().unwrap_or("without end"))),
        ("Assessed", subject.activity_start_date.as_deref()),
        ("Release", achievement.version.as_deref()),
        ("Id", Some(badge.id.as_str())),
    ];
    html! {
        section aria-labelledby="what" {
            h2 #what { "What it stands for" }
            p { (achievement.description) }
            @if let Some(narrative) = &achievement.criteria.narrative { p { (narrative) } }
            @if !achievement.tag.is_empty() { ul.tags { @for tag in &achievement.tag { li { (tag) } } } }
            dl { @for (label, value) in rows { @if let Some(value) = value { dt { (label) } dd { (value) } } } }
        }
    }
}

fn results(badge: &OpenBadge) -> Markup {
    let subject = &badge.credential_subject;
    let rows: Vec<(&ResultDescription, &str)> = subject
        .result
        .iter()
        .filter_map(|result| {
            let id = result.result_description.as_ref()?;
            let description = subject.achievement.result_description.iter().find(|one| one.id == *id)?;
            Some((description, result.value.as_deref()?))
        })
        .collect();
    html! {
        section aria-labelledby="results" {
            h2 #results { "Results" }
            table {
                thead { tr { th scope="col" { "Result" } th scope="col" { "Achieved" } th scope="col" { "Of" } th scope="col" { "Needed" } } }
                tbody {
                    @for (description, value) in rows {
                        tr {
                            th scope="row" { (description.name) }
                            td { (value) }
                            td { (description.value_max.as_deref().unwrap_or_default()) }
                            td { (description.required_value.as_deref().unwrap_or("–")) }
                        }
                    }
                }
            }
        }
    }
}

fn evidence(badge: &OpenBadge) -> Markup {
    html! {
        section aria-labelledby="evidence-title" {
            h2 #evidence-title { "Evidence" }
            @for one in &badge.evidence {
                div.evidence id=[one.genre.as_deref()] {
                    h3 { (one.name.as_deref().unwrap_or("Evidence")) }
                    @if let Some(narrative) = &one.narrative { p { (narrative) } }
                    @if let Some(digest) = &one.description { p { code { (digest) } } }
                }
            }
        }
    }
}

fn check_it(sheet: &Sheet<'_>) -> Markup {
    let proof = &sheet.issue.credential["proof"][0];
    let address = format!("{}/{}credential.json", sheet.base, sheet.folder);
    let list =
        sheet.badge.credential_status.as_ref().and_then(|status| status.status_list_credential.as_deref());
    html! {
        section aria-labelledby="check" {
            h2 #check { "Check it yourself" }
            p { "Any verifier of Open Badges 3.0 takes the file or an image. With Proofmark:" }
            pre { code { "proofmark verify " (address) } }
            p { "With the evidence archive and the challenge at hand, the score is computed anew:" }
            pre { code { "proofmark verify " (address) " --evidence evidence.json --challenge challenges/" (sheet.issue.challenge) } }
            ul.files {
                li { a href="credential.json" type="application/json" { "credential.json" } }
                @if sheet.issue.token.is_some() { li { a href="credential.jwt" { "credential.jwt" } } }
                li { a href="badge.png" { "badge.png" } " (holds the credential)" }
                li { a href="badge.svg" { "badge.svg" } " (holds the credential)" }
            }
            dl {
                dt { "Proof" } dd { (proof["type"].as_str().unwrap_or_default()) ", " (proof["cryptosuite"].as_str().unwrap_or_default()) }
                dt { "Key" } dd { (proof["verificationMethod"].as_str().unwrap_or_default()) }
                @if let Some(list) = list { dt { "Status list" } dd { (list) } }
            }
        }
    }
}
