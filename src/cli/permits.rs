use super::Failure;
use crate::context::Context;
use crate::target::{Lease, Permit, Permits, TargetKind};

/// Reads the list of accounts in which scenarios may be put up; without a file there is none.
pub(super) fn read(context: &Context) -> Result<Permits, Failure> {
    let path = context.environment.config_dir().join("accounts.yaml");
    let shown = path.display();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => String::from("accounts: []"),
        Err(problem) => return Err(Failure::environment(format!("cannot read {shown}: {problem}"))),
    };
    Permits::parse(&text)
        .map_err(|problem| Failure::environment(format!("{shown} is no list of accounts: {problem}")))
}

/// Lets an AWS account be used for an attempt, likewise; and one at an endpoint, if the list names it. `None`: nobody said anything of it.
pub(super) async fn admit_listed(context: &Context, lease: &Lease) -> Result<Option<Permit>, Failure> {
    if lease.kind == TargetKind::Endpoint && read(context)?.of(&lease.account).is_none() {
        return Ok(None);
    }
    admitted(context, lease).await.map(Some)
}

/// Lets an AWS account be used, if the list of accounts names it and it says so itself. `None`: this is no AWS account.
pub(super) async fn admit(context: &Context, lease: &Lease) -> Result<Option<Permit>, Failure> {
    if lease.kind != TargetKind::Account {
        return Ok(None);
    }
    admitted(context, lease).await.map(Some)
}

async fn admitted(context: &Context, lease: &Lease) -> Result<Permit, Failure> {
    let shown = context.environment.config_dir().join("accounts.yaml");
    let how = format!(
        "{} lists them: `accounts: [{{ id: \"...\", sentinel: ROLE, regions: [...] }}]`",
        shown.display()
    );
    let permits = read(context)?;
    let permitted = permits.admit(lease).await;
    permitted.cloned().map_err(|refusal| Failure::environment(refusal.to_string()).hint(how))
}
