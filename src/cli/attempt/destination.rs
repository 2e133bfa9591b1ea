use super::super::accounts::{none_listed, told};
use super::super::arguments::TargetArguments;
use super::super::ground::{entrance, fresh_account, unusable};
use super::super::permits::{admit_listed, read};
use super::super::{Failure, screen};
use super::desk::{Desk, stuck};
use crate::attempt::Whereabouts;
use crate::aws::Endpoint;
use crate::challenge::Challenge;
use crate::context::Context;
use crate::exam::{Booking, Destination, ExamError};
use crate::target::{is_open_sandbox, lease_apart};

/// Finds the target that the arguments name, and what it is; `None`: a sandbox of the attempt's own. The turn of a listed account is taken for
/// the attempt.
pub(super) async fn destination(
    context: &Context,
    desk: &Desk,
    target: &TargetArguments,
    leased_by: Option<&str>,
    challenge: &Challenge,
) -> Result<Option<Destination>, Failure> {
    if target.is_embedded() {
        return match leased_by {
            None => Ok(None),
            Some(_) => Err(not_listed("a sandbox of the attempt's own")),
        };
    }
    if !challenge.has_scenario() {
        return Err(Failure::usage(format!(
            "`{}` asks questions only: there is nothing to put up at a target",
            challenge.id
        )));
    }
    if !target.is_for_any_account() {
        return settle(context, desk, target, leased_by, challenge, None).await.map(Some);
    }
    let booking = book_any(context, desk, target, leased_by).await?;
    screen::note(&format!("account {} is taken for the attempt", booking.account));
    let target = target.in_account(&booking.account);
    settle(context, desk, &target, leased_by, challenge, Some(booking)).await.map(Some)
}

/// Takes the turn of the next account that may be used in the region that is meant.
async fn book_any(
    context: &Context,
    desk: &Desk,
    target: &TargetArguments,
    leased_by: Option<&str>,
) -> Result<Booking, Failure> {
    let permits = read(context)?;
    if permits.accounts.is_empty() {
        return Err(none_listed(context));
    }
    let endpoint = Endpoint::find(&target.settings_without_role()).await;
    let region = endpoint.map_err(|failure| unusable(&failure))?.region;
    let there = permits.accounts.iter().filter(|permit| permit.regions.contains(&region));
    let there: Vec<String> = there.map(|permit| permit.id.clone()).collect();
    if there.is_empty() {
        let list = context.environment.config_dir().join("accounts.yaml");
        return Err(Failure::environment(format!("no account may be used in region {region}"))
            .hint(format!("{} says in which regions each may be used", list.display())));
    }
    book(context, desk, &there, leased_by).await
}

async fn book(
    context: &Context,
    desk: &Desk,
    permitted: &[String],
    leased_by: Option<&str>,
) -> Result<Booking, Failure> {
    let booking = Booking::make(context, &desk.home, &desk.store, permitted, leased_by).await;
    booking.map_err(|error| match &error {
        ExamError::Turn(problem) => told(problem),
        error => stuck(context, error),
    })
}

/// Goes into the target, and takes its turn where that is not done yet. Where it may not be used, nothing stays taken.
async fn settle(
    context: &Context,
    desk: &Desk,
    target: &TargetArguments,
    leased_by: Option<&str>,
    challenge: &Challenge,
    booking: Option<Booking>,
) -> Result<Destination, Failure> {
    let seen = look(context, target, challenge, booking.as_ref()).await;
    let seen = seen.inspect_err(|_| {
        if let Some(booking) = &booking {
            booking.cancel(context);
        }
    });
    let (mut destination, listed) = seen?;
    let account = &destination.whereabouts.account;
    destination.booking = match (booking, listed, leased_by) {
        (Some(booking), _, _) => Some(booking),
        (None, true, _) => Some(book(context, desk, std::slice::from_ref(account), leased_by).await?),
        (None, false, Some(_)) => return Err(not_listed(&format!("account {account}"))),
        (None, false, None) => None,
    };
    Ok(destination)
}

/// Goes into the target and finds out what it is, and whether the list of accounts names it.
async fn look(
    context: &Context,
    target: &TargetArguments,
    challenge: &Challenge,
    booking: Option<&Booking>,
) -> Result<(Destination, bool), Failure> {
    let account = fresh_account(context);
    let lease = lease_apart(&target.settings()?, target.known_profile(), &account).await;
    let lease = lease.map_err(|failure| unusable(&failure))?;
    if let Some(booking) = booking.filter(|booking| booking.account != lease.account) {
        let (led, meant) = (&lease.account, &booking.account);
        return Err(Failure::environment(format!("the role leads into account {led}, and not {meant}")));
    }
    let url = lease.clients.endpoint.url.clone();
    if let Some(url) = &url
        && is_open_sandbox(url).await
    {
        return Err(Failure::environment(format!(
            "the sandbox at {url} is open: whoever comes may do everything there, the candidate too"
        ))
        .hint("`proofmark sandbox` without --open lets in whom its policies let in"));
    }
    let permit = admit_listed(context, &lease).await?;
    if permit.is_some() && challenge.duration.is_none() {
        return Err(Failure::usage(format!(
            "`{}` has no `duration`, and in an account a candidate's rights have an end",
            challenge.id
        )));
    }
    let whereabouts = Whereabouts {
        kind: lease.kind,
        account: lease.account.clone(),
        profile: url.is_some().then(|| lease.profile.name.to_owned()),
        endpoint: url,
        enforces: lease.profile.enforces,
    };
    let destination = Destination { entrance: entrance(target, &lease), whereabouts, booking: None };
    Ok((destination, permit.is_some()))
}

fn not_listed(place: &str) -> Failure {
    Failure::usage(format!("--leased-by is for accounts that are taken turns in, and {place} is none"))
        .hint("`proofmark accounts list` shows them")
}
