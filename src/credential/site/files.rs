use jiff::Timestamp;
use serde_json::Value;

use super::issuer_page::{achievement_page, front_page};
use super::page::{Sheet, page};
use crate::credential::bake::{Document, bake_png, bake_svg};
use crate::credential::compose::IssuerProfile;
use crate::credential::did::document_url;
use crate::credential::draw::{Face, badge, png};
use crate::credential::issuer::{Issue, Record};
use crate::credential::model::OpenBadge;
use crate::credential::verify::{Library, verify};
use crate::source::FileTree;

/// How large badges are drawn, in pixels.
const SIZE: u32 = 600;

/// What an issuer shows to everyone.
#[derive(Debug)]
pub struct Exhibit<'a> {
    pub profile: &'a IssuerProfile,
    pub did_document: Value,
    pub status_list: Option<Value>,
    pub records: &'a [Record],
    /// The moment for which the pages tell each credential's state.
    pub now: Timestamp,
}

/// Returns the files of an issuer's site. The same exhibit gives the same bytes.
pub fn site(exhibit: &Exhibit<'_>) -> Result<FileTree, String> {
    let base = exhibit.profile.site.as_deref().ok_or(
        "this issuer has no site: its credentials are checked without one, and `proofmark issuer init --site` makes an issuer that has one",
    )?;
    let mut files = FileTree::new();
    if let Some(path) = document_url(&exhibit.profile.id).as_deref().and_then(|url| url.strip_prefix(base)) {
        files.insert(path.trim_start_matches('/'), pretty(&exhibit.did_document));
    }
    if let Some(list) = &exhibit.status_list {
        files.insert("status/1", pretty(list));
    }
    for record in exhibit.records {
        let latest = record.latest().ok_or("a record is empty")?;
        files.insert(format!("p/{}/credential.json", record.uuid), pretty(&latest.credential));
    }
    let mut shown = Vec::new();
    for record in exhibit.records {
        let count = record.issues.len();
        for (at, issue) in record.issues.iter().enumerate() {
            let name = if at + 1 == count { String::new() } else { format!("superseded-{}/", at + 1) };
            let folder = format!("p/{}/{name}", record.uuid);
            credential(exhibit, base, &folder, issue, &mut files)?;
        }
        let latest = record.latest().ok_or("a record is empty")?;
        let badge = OpenBadge::read(&latest.credential)?;
        if !shown.contains(&latest.challenge) {
            shown.push(latest.challenge.clone());
            let folder = format!("a/{}/", latest.challenge);
            let drawn = drawing(&badge, exhibit.profile, &latest.challenge, None);
            files.insert(format!("{folder}badge.png"), png(&drawn, SIZE)?);
            files.insert(format!("{folder}badge.svg"), drawn.into_bytes());
            files.insert(
                format!("{folder}index.html"),
                achievement_page(&badge, exhibit.profile).into_bytes(),
            );
        }
    }
    files.insert("index.html", front_page(exhibit.profile, &exhibit.did_document).into_bytes());
    Ok(files)
}

fn credential(
    exhibit: &Exhibit<'_>,
    base: &str,
    folder: &str,
    issue: &Issue,
    files: &mut FileTree,
) -> Result<(), String> {
    let shelf = Shelf { base, files };
    let examination = verify(&Document::Json(issue.credential.clone()), &shelf, exhibit.now);
    let badge = OpenBadge::read(&issue.credential)?;
    let images = images(&badge, exhibit.profile, issue)?;
    let sheet = Sheet {
        badge: &badge,
        profile: exhibit.profile,
        issue,
        examination: &examination,
        base,
        folder,
        now: exhibit.now,
    };
    files.insert(format!("{folder}index.html"), page(&sheet).into_bytes());
    files.insert(format!("{folder}credential.json"), pretty(&issue.credential));
    if let Some(token) = &issue.token {
        files.insert(format!("{folder}credential.jwt"), token.clone().into_bytes());
    }
    files.insert(format!("{folder}badge.png"), images.png);
    files.insert(format!("{folder}badge.svg"), images.svg.into_bytes());
    Ok(())
}

/// A credential in its two images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Images {
    pub svg: String,
    pub png: Vec<u8>,
}

/// Draws a credential's badge, and bakes the credential into it.
pub fn images(badge: &OpenBadge, issuer: &IssuerProfile, issue: &Issue) -> Result<Images, String> {
    let text = issue.credential.to_string();
    let year = badge.awarded_date.as_deref().and_then(|date| date.get(..4));
    let drawn = drawing(badge, issuer, &issue.challenge, year);
    Ok(Images { png: bake_png(&png(&drawn, SIZE)?, &text)?, svg: bake_svg(&drawn, &text)? })
}

fn drawing(badge_of: &OpenBadge, issuer: &IssuerProfile, challenge: &str, year: Option<&str>) -> String {
    badge(&Face {
        title: &badge_of.credential_subject.achievement.name,
        issuer: &issuer.name,
        year,
        challenge,
    })
}

fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

/// A published site at hand: its files answer for its addresses.
#[derive(Debug)]
pub struct Shelf<'a> {
    /// The site's address, without a slash at its end.
    pub base: &'a str,
    pub files: &'a FileTree,
}

impl Library for Shelf<'_> {
    fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        let path = url.strip_prefix(self.base).and_then(|rest| rest.strip_prefix('/'));
        let file = path.and_then(|path| self.files.get(path));
        file.map(<[u8]>::to_vec).ok_or_else(|| "it is not in the folder at hand".to_owned())
    }
}
