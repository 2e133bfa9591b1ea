use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::arguments::Format;
use super::{Exit, Failure, run, screen};
use crate::context::Context;
use crate::sandbox::{AccountId, Options, Running, Sandbox, StartError};

/// Run the embedded AWS until it is stopped
#[derive(Debug, Args)]
pub(super) struct SandboxArguments {
    /// Address and port to listen on; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4566")]
    listen: SocketAddr,

    /// Take any access key as root of an account (a key id of 12 digits names it), and no admin token
    #[arg(long)]
    open: bool,

    /// Let HTTP integrations reach private addresses, such as this machine's; an open sandbox does
    #[arg(long)]
    private_backends: bool,

    /// Take definitions of WebSocket APIs, which nobody can connect to; without it they are refused
    #[arg(long)]
    web_socket_definitions: bool,

    /// The account that is there from the start
    #[arg(long, value_name = "ID", default_value = "123456789012", value_parser = account)]
    account: AccountId,

    /// Keep the state in a folder, so that it outlives the process
    #[arg(long, value_name = "FOLDER")]
    state: Option<PathBuf>,

    /// Open an exported state as evidence: nobody can change it
    #[arg(long, value_name = "FILE", conflicts_with = "state")]
    evidence: Option<PathBuf>,

    /// How the keys are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).ok_or_else(|| "an account id has 12 digits".to_owned())
}

/// Starts the sandbox, prints how to reach it, and waits until somebody stops it.
pub(super) fn sandbox(context: &Context, arguments: &SandboxArguments) -> Result<Exit, Failure> {
    let options = Options {
        listen: arguments.listen,
        open: arguments.open,
        private_backends: arguments.private_backends,
        web_socket_definitions: arguments.web_socket_definitions,
        account: arguments.account.clone(),
        state: arguments.state.clone(),
        evidence: arguments.evidence.clone(),
        frozen: false,
    };
    let running = Sandbox::start(&options, context).map_err(|problem| {
        let failure = Failure::environment(problem.to_string());
        match problem {
            StartError::PortInUse(_) => failure.hint("proofmark sandbox --listen 127.0.0.1:0"),
            _ => failure,
        }
    })?;
    if !running.address.ip().is_loopback() {
        let who = if arguments.open { "anybody" } else { "anybody with keys" };
        screen::note(&format!(
            "warning: {} is not a loopback address: {who} on the network can run code here",
            running.address.ip()
        ));
    }
    screen::print(&match arguments.format {
        Format::Text => as_text(&running, arguments.open),
        Format::Json => as_json(&running),
    });
    if running.torn > 0 {
        screen::note(&format!(
            "warning: the last {} bytes of the journal were torn, as after a crash, and are put aside; nothing of them was acknowledged",
            running.torn
        ));
    }
    // After the address: this takes a few milliseconds, and whoever waits for the sandbox need not wait for it.
    screen::note(&match running.isolation() {
        Ok(level) => format!("Functions are kept in by: {level}."),
        Err(reason) => format!("warning: functions cannot be run: {reason}"),
    });
    run::block_on(async {
        stopped().await;
        Ok(())
    })?;
    running.stop();
    Ok(Exit::Done)
}

fn as_text(running: &Running, open: bool) -> String {
    let key = &running.first_key;
    let mut text = format!(
        "The sandbox listens. In another terminal:\n\n  export AWS_ENDPOINT_URL={}\n  export AWS_ACCESS_KEY_ID={}\n  \
         export AWS_SECRET_ACCESS_KEY={}\n  export AWS_DEFAULT_REGION=us-east-1\n",
        running.endpoint_url(),
        key.access_key_id,
        key.record.secret,
    );
    if open {
        text.push_str("\nIt is open: any other key is root of its account.\n");
    } else {
        text.push_str(&format!("\nThe admin token, for /_proofmark/ only: {}\n", running.admin_token));
    }
    text.push_str("Ctrl-C stops it.\n");
    text
}

fn as_json(running: &Running) -> String {
    let key = &running.first_key;
    let shown = json!({
        "endpointUrl": running.endpoint_url(),
        "account": key.record.account.as_str(),
        "accessKeyId": key.access_key_id,
        "secretAccessKey": key.record.secret,
        "adminToken": running.admin_token,
    });
    format!("{shown}\n")
}

/// Waits for an interrupt or, where there is such a thing, a request to terminate.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Where no handler can be set, the system's own ends the process.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
