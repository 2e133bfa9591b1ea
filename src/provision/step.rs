use std::time::Instant;

use super::decision::{Decision, decide};
use super::left_out::{is_left_out, left_out};
use super::{Action, Event, Redeploy, Site};
use crate::aws::{ErrorClass, Failure};
use crate::resource::{Incomplete, ResourceType, Standing, Wanted, resource_type};

/// What came of one resource.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) standing: Standing,
    /// A resource that was replaced and still stands.
    pub(super) replaced: Option<Standing>,
}

/// A resource that could not be brought to what is wanted.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) failure: Failure,
    /// What stands all the same, and could not be deleted.
    pub(super) left: Option<Standing>,
    /// Whether the resource that stood before is gone.
    pub(super) gone: bool,
}

/// Brings one resource to what is wanted.
pub(super) async fn step(
    site: &Site,
    kind: &str,
    before: Option<Standing>,
    wanted: Wanted,
    redeploy: Redeploy,
) -> Result<Done, Failed> {
    if let Some(standing) = left_out(site, kind, &wanted) {
        return Ok(Done { standing, replaced: None });
    }
    let early = |failure| Failed { failure, left: None, gone: false };
    let handler = handler(kind).map_err(early)?;
    let digest = handler.digest(&wanted).map_err(early)?;
    let decision = decide(handler.schema(), before.as_ref(), &wanted, digest.as_deref(), redeploy);
    match (decision, before) {
        (Decision::Keep, Some(standing)) => Ok(Done { standing, replaced: None }),
        (Decision::Update, Some(standing)) => {
            let update = handler.update(&site.clients, &standing, &wanted);
            match watched(site, &wanted.logical_id, kind, Action::Update, update).await {
                Ok(made) => {
                    let standing = Standing { made, ..given(kind, wanted, digest) };
                    Ok(Done { standing, replaced: None })
                }
                // Somebody deleted it behind our back.
                Err(failure) if failure.class == ErrorClass::Missing => {
                    let standing = create(site, handler, wanted, digest, Action::Create).await?;
                    Ok(Done { standing, replaced: None })
                }
                Err(failure) => Err(early(failure)),
            }
        }
        (Decision::Replace { delete_first: true }, Some(old)) => {
            delete(site, &wanted.logical_id, &old).await.map_err(early)?;
            let created = create(site, handler, wanted, digest, Action::Replace).await;
            let standing = created.map_err(|failed| Failed { gone: true, ..failed })?;
            Ok(Done { standing, replaced: None })
        }
        (Decision::Replace { .. }, replaced) => {
            let standing = create(site, handler, wanted, digest, Action::Replace).await?;
            Ok(Done { standing, replaced })
        }
        (_, _) => {
            let standing = create(site, handler, wanted, digest, Action::Create).await?;
            Ok(Done { standing, replaced: None })
        }
    }
}

/// Deletes one resource, telling of it.
pub(super) async fn delete(site: &Site, logical_id: &str, standing: &Standing) -> Result<(), Failure> {
    if is_left_out(standing) {
        return Ok(());
    }
    let handler = handler(&standing.kind)?;
    let delete = handler.delete(&site.clients, standing);
    watched(site, logical_id, &standing.kind, Action::Delete, delete).await
}

/// Deletes what a service made for a resource that is gone.
pub(super) async fn forget(site: &Site, standing: &Standing) {
    if is_left_out(standing) {
        return;
    }
    if let Ok(handler) = handler(&standing.kind) {
        handler.forget(&site.clients, standing).await;
    }
}

/// Makes a resource; one that was made by half is deleted at once.
async fn create(
    site: &Site,
    handler: &dyn ResourceType,
    wanted: Wanted,
    digest: Option<String>,
    action: Action,
) -> Result<Standing, Failed> {
    let kind = handler.schema().kind;
    let logical_id = wanted.logical_id.clone();
    let mut half_made = None;
    let attempt = async {
        handler.create(&site.clients, &wanted).await.map_err(|Incomplete { failure, made }| {
            half_made = made;
            failure
        })
    };
    let result = watched(site, &logical_id, kind, action, attempt).await;
    match (result, half_made) {
        (Ok(made), _) => Ok(Standing { made, ..given(kind, wanted, digest) }),
        (Err(failure), None) => Err(Failed { failure, left: None, gone: false }),
        (Err(failure), Some(made)) => {
            let half = Standing { made, ..given(kind, wanted, digest) };
            let left = delete(site, &logical_id, &half).await.is_err().then_some(half);
            Err(Failed { failure, left, gone: false })
        }
    }
}

fn given(kind: &str, wanted: Wanted, digest: Option<String>) -> Standing {
    Standing {
        kind: kind.to_owned(),
        made: crate::resource::Made::default(),
        properties: wanted.properties,
        tags: wanted.tags,
        digest,
    }
}

fn handler(kind: &str) -> Result<&'static dyn ResourceType, Failure> {
    let unknown = || Failure::new(ErrorClass::Invalid, "template", format!("`{kind}` is not supported"));
    resource_type(kind).ok_or_else(unknown)
}

/// Tells when some work begins, and how it ends.
async fn watched<T>(
    site: &Site,
    logical_id: &str,
    kind: &str,
    action: Action,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let (logical_id, kind) = (logical_id.to_owned(), kind.to_owned());
    site.tell(&Event::Started { logical_id: logical_id.clone(), kind: kind.clone(), action });
    let started = Instant::now();
    let result = work.await;
    site.tell(&match &result {
        Ok(_) => Event::Finished { logical_id, kind, action, elapsed: started.elapsed() },
        Err(failure) => Event::Failed { logical_id, kind, action, failure: failure.clone() },
    });
    result
}
