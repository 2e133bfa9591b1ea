use maud::html;
use serde_json::Value;

use super::frame::{Head, framed};
use crate::credential::compose::IssuerProfile;
use crate::credential::model::OpenBadge;

/// The front page: who issues, and with which keys. Credentials are not listed: who earned one shows it.
pub(super) fn front_page(profile: &IssuerProfile, did_document: &Value) -> String {
    let keys: Vec<(&str, &str)> = did_document["verificationMethod"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|key| {
            let public = key["publicKeyMultibase"].as_str().or_else(|| key["publicKeyJwk"]["x"].as_str());
            Some((key["id"].as_str()?, public.unwrap_or_default()))
        })
        .collect();
    let body = html! {
        main {
            h1 { (profile.name) }
            p { "Credentials of this issuer are Open Badges 3.0 with a signature of its own. The page of each says what it is worth today." }
            section aria-labelledby="keys" {
                h2 #keys { "Identity and keys" }
                dl {
                    dt { "Issuer" } dd { (profile.id) }
                    @for (id, public) in keys { dt { "Key" } dd { (id) br; code { (public) } } }
                }
            }
            section aria-labelledby="how" {
                h2 #how { "Check a credential" }
                pre { code { "proofmark verify FILE-OR-ADDRESS" } }
            }
        }
    };
    let description = format!("Verifiable credentials of {}", profile.name);
    framed(&Head { title: &profile.name, description: &description, image: None, timed: false }, &body)
}

/// The page of an achievement: what everyone who earned it has done.
pub(super) fn achievement_page(badge: &OpenBadge, profile: &IssuerProfile) -> String {
    let achievement = &badge.credential_subject.achievement;
    let image = achievement.image.as_ref().map(|image| image.id.clone());
    let body = html! {
        main {
            header {
                img src="badge.svg" alt={ "The badge " (achievement.name) } width="240" height="240";
                div {
                    p.kind { "Microcredential" }
                    h1 { (achievement.name) }
                    p { "Issued by " strong { (profile.name) } }
                }
            }
            section aria-labelledby="what" {
                h2 #what { "What it takes" }
                p { (achievement.description) }
                @if let Some(narrative) = &achievement.criteria.narrative { p { (narrative) } }
                ul.tags { @for tag in &achievement.tag { li { (tag) } } }
            }
            section aria-labelledby="results" {
                h2 #results { "What is measured" }
                table {
                    thead { tr { th scope="col" { "Result" } th scope="col" { "From" } th scope="col" { "To" } th scope="col" { "Needed" } } }
                    tbody {
                        @for one in &achievement.result_description {
                            tr id=[one.id.split('#').nth(1)] {
                                th scope="row" { (one.name) }
                                td { (one.value_min.as_deref().unwrap_or_default()) }
                                td { (one.value_max.as_deref().unwrap_or_default()) }
                                td { (one.required_value.as_deref().unwrap_or("–")) }
                            }
                        }
                    }
                }
            }
        }
    };
    framed(
        &Head { title: &achievement.name, description: &achievement.description, image, timed: false },
        &body,
    )
}
