use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use indexmap::IndexMap;
use tokio::sync::watch;

use super::plan;
use super::progress::Progress;
use super::record::Asked;
use super::service::Core;
use crate::aws::{Clients, Endpoint, Settling};
use crate::provision::{
    Blueprint, Error, Event, Listener as _, Redeploy, Site, Stack, Unfinished, provision_as, teardown, update,
};
use crate::resource::Standing;
use crate::sandbox::{Caller, Scope, ServiceError};
use crate::source::FileTree;
use crate::template::Template;

/// How long a call that begins some work waits for its end before it answers: most stacks stand by then, and whoever asks for them next
/// is not told that they are under way.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is to be done with a stack.
#[derive(Debug, Clone)]
pub(super) enum Job {
    /// Whether a stack that could not be made is deleted.
    Create { delete_after_failure: bool },
    /// What the stack was before.
    Update { before: Box<Asked> },
    /// Logical ids of resources that stay.
    Delete { retained: Vec<String> },
}

impl Core {
    /// Does the work in the background, as whoever called; returns when it is done, or after a while.
    pub(super) async fn begin(
        self: &Arc<Self>,
        scope: &Scope,
        name: &str,
        caller: &Caller,
        job: Job,
    ) -> Result<(), ServiceError> {
        let role = self.state().find(scope, name)?.asked.role.clone();
        let clients = self.clients(scope, caller, role.as_deref())?;
        let (done, mut ended) = watch::channel(false);
        let (core, scope, name) = (Arc::clone(self), scope.clone(), name.to_owned());
        let working = self.activity.work(&scope.account);
        tokio::spawn(async move {
            let _working = working;
            core.work(&scope, &name, clients, job).await;
            if let Err(error) = core.keeper.save("cloudformation", &scope.account) {
                tracing::error!(error = %error.message, "a stack was not kept");
            }
            let _ = done.send(true);
        });
        // A sender that is gone has ended too.
        let _ = tokio::time::timeout(PATIENCE, ended.wait_for(|ended| *ended)).await;
        Ok(())
    }

    /// Makes clients that call the sandbox itself with the caller's credentials, or with a session of the role that it passed.
    fn clients(&self, scope: &Scope, caller: &Caller, role: Option<&str>) -> Result<Clients, ServiceError> {
        let keys = if let Some(role) = role {
            let service = "cloudformation.amazonaws.com";
            let session = self.directory.assume_for_service(role, service, "AWSCloudFormation")?;
            let token = Some(session.session_token);
            Credentials::new(session.access_key_id, session.secret_access_key, token, None, "stack")
        } else {
            let id = caller.access_key_id.clone().unwrap_or_else(|| scope.account.to_string());
            // In an open sandbox a key from elsewhere has no secret here, and needs none.
            let (secret, token) = match self.directory.key(&id) {
                Some(record) => (record.secret, record.session_token),
                None => ("open".to_owned(), None),
            };
            Credentials::new(id, secret, token, None, "stack")
        };
        Ok(Clients::new(&Endpoint {
            url: Some(self.url.clone()),
            region: scope.region.clone(),
            credentials: SharedCredentialsProvider::new(keys),
            settling: Settling::Immediate,
        }))
    }

    async fn work(self: &Arc<Self>, scope: &Scope, name: &str, clients: Clients, job: Job) {
        let Ok((stack, asked)) =
            self.state().find(scope, name).map(|record| (record.stack.clone(), record.asked.clone()))
        else {
            return;
        };
        let progress = Arc::new(Progress {
            core: Arc::clone(self),
            scope: scope.clone(),
            name: name.to_owned(),
            updating: matches!(job, Job::Update { .. }),
        });
        let site =
            Site::new(clients, self.random.clone()).told_to(progress.clone()).marked_with(asked.tags.clone());
        match job {
            Job::Create { delete_after_failure } => {
                self.create(scope, &site, stack, &asked, delete_after_failure).await;
            }
            Job::Update { before } => self.update(scope, &site, &progress, stack, &asked, &before).await,
            Job::Delete { retained } => self.delete(scope, &site, stack, &retained).await,
        }
    }

    async fn create(&self, scope: &Scope, site: &Site, stack: Stack, asked: &Asked, delete: bool) {
        let (name, empty) = (stack.name.clone(), stack.clone());
        match make(site, stack, asked).await {
            Ok(made) => self.end(scope, &name, made, "CREATE_COMPLETE", None),
            Err(error) => {
                let left = matches!(&error, Error::Resource { leftovers, .. } if !leftovers.is_empty());
                let status = if left { "ROLLBACK_FAILED" } else { "ROLLBACK_COMPLETE" };
                self.end(scope, &name, empty, status, Some(error.to_string()));
                if delete && !left {
                    self.bury(scope, &name);
                }
            }
        }
    }

    async fn update(
        &self,
        scope: &Scope,
        site: &Site,
        progress: &Progress,
        mut stack: Stack,
        asked: &Asked,
        before: &Asked,
    ) {
        let name = stack.name.clone();
        let retained = let_go(&mut stack, before, Some(asked));
        let mut unfinished = match bring(site, &stack, asked).await {
            Ok(now) => return self.end(scope, &name, now, "UPDATE_COMPLETE", None),
            Err(unfinished) => unfinished,
        };
        // They still stand, and on the way back they are the stack's again.
        unfinished.stack.resources.extend(retained);
        progress.hear(&Event::RollingBack);
        let reason = Some(unfinished.error.to_string());
        match bring(site, &unfinished.stack, before).await {
            Ok(now) => self.end(scope, &name, now, "UPDATE_ROLLBACK_COMPLETE", reason),
            Err(stuck) => self.end(scope, &name, stuck.stack, "UPDATE_ROLLBACK_FAILED", reason),
        }
        if let Ok(record) = self.state().standing_mut(scope, &name) {
            record.asked = before.clone();
        }
    }

    async fn delete(&self, scope: &Scope, site: &Site, mut stack: Stack, retained: &[String]) {
        let name = stack.name.clone();
        let asked = self.state().find(scope, &name).map(|record| record.asked.clone()).unwrap_or_default();
        let_go(&mut stack, &asked, None);
        stack.resources.retain(|id, _| !retained.contains(id));
        match teardown(site, &stack).await {
            Ok(()) => {
                stack.resources.clear();
                self.end(scope, &name, stack, "DELETE_COMPLETE", None);
                self.bury(scope, &name);
            }
            Err(unfinished) => {
                let reason = unfinished.error.to_string();
                self.end(scope, &name, unfinished.stack, "DELETE_FAILED", Some(reason));
            }
        }
    }

    fn end(&self, scope: &Scope, name: &str, stack: Stack, status: &str, reason: Option<String>) {
        let (at, id) = (self.clock.now(), self.random.uuid());
        let mut state = self.state();
        if let Ok(record) = state.standing_mut(scope, name) {
            record.settle(stack);
            record.enter(status, reason, at, id);
        }
    }

    fn bury(&self, scope: &Scope, name: &str) {
        let (at, id) = (self.clock.now(), self.random.uuid());
        let mut state = self.state();
        if let Ok(record) = state.standing_mut(scope, name) {
            record.deleted = Some(at);
            if record.status != "DELETE_COMPLETE" {
                record.enter("DELETE_COMPLETE", None, at, id);
            }
        }
        state.bury(scope, name);
    }
}

/// Takes out of a stack what is to stay when the stack, or its place in it, goes; returns it.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html>
fn let_go(stack: &mut Stack, before: &Asked, after: Option<&Asked>) -> IndexMap<String, Standing> {
    let Ok(old) = plan::check(before, stack, false) else { return IndexMap::new() };
    let new = after.and_then(|after| plan::check(after, stack, false).ok());
    let goes = |id: &str| {
        let stays = new.as_ref().is_some_and(|new| new.expanded.resource(id).is_some());
        let policy = &old.expanded.document["Resources"][id]["DeletionPolicy"];
        !stays && policy.as_str().is_some_and(|policy| policy.starts_with("Retain"))
    };
    let all = std::mem::take(&mut stack.resources);
    let (gone, left) = all.into_iter().partition(|(id, _)| goes(id));
    stack.resources = left;
    gone
}

/// What a blueprint is made of.
struct Sheet<'a> {
    template: Template,
    files: FileTree,
    asked: &'a Asked,
}

impl<'a> Sheet<'a> {
    /// Reads what is asked, which was found sound when it was asked for.
    fn of(asked: &'a Asked) -> Result<Self, Error> {
        let template = Template::parse("template", &asked.template).map_err(Error::Definition)?;
        Ok(Self { template, files: FileTree::new(), asked })
    }

    fn blueprint<'s>(&'s self, stack: &'s str) -> Blueprint<'s> {
        Blueprint { stack, template: &self.template, files: &self.files, parameters: &self.asked.parameters }
    }
}

async fn make(site: &Site, stack: Stack, asked: &Asked) -> Result<Stack, Error> {
    let (sheet, name) = (Sheet::of(asked)?, stack.name.clone());
    provision_as(site, stack, &sheet.blueprint(&name)).await
}

async fn bring(site: &Site, stack: &Stack, asked: &Asked) -> Result<Stack, Unfinished> {
    let sheet = Sheet::of(asked).map_err(|error| Unfinished { error, stack: stack.clone() })?;
    let brought = update(site, stack, &sheet.blueprint(&stack.name), Redeploy::Never).await;
    brought.map_err(|unfinished| *unfinished)
}
