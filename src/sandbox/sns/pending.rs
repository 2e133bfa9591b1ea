use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::delivery::{give_up, invoke};
use super::message::Message;
use super::notification::envelope;
use super::service::Core;
use super::topic::Subscription;
use super::web::Letter;
use crate::sandbox::Working;

/// What the records' keys begin with.
pub(super) const NAME: &str = "sns-pending";
/// How often a web address is tried again, and how many seconds lie between: SNS's default for HTTP.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
const RETRIES: usize = 3;
const PAUSE: i64 = 20;
/// How often the clock is looked at, which may be advanced by hand.
const LOOK: Duration = Duration::from_millis(100);

/// A message on its way to a function or a web address, until it has arrived or was given up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Pending {
    id: String,
    to: Subscription,
    message: Message,
    /// In milliseconds since 1970.
    published: i64,
    /// How often it was tried in vain.
    tries: usize,
    /// When it is to be tried next, in seconds since 1970.
    due: i64,
}

/// What became of a try.
enum Outcome {
    Arrived,
    /// Nobody took it; somebody may later.
    Again(String),
    /// It never will be taken.
    Refused(String),
}

impl Pending {
    pub(super) fn new(core: &Core, to: Subscription, message: Message, published: i64) -> Self {
        Self { id: core.random.uuid(), to, message, published, tries: 0, due: 0 }
    }

    /// Sends it in the background. It is kept with what is written next.
    pub(super) fn set_out(self, core: &Arc<Core>) {
        core.outbox.keep(&self.to.owner, &self.id, &self);
        self.resume(core);
    }

    /// Goes on with a message that was accepted before.
    pub(super) fn resume(mut self, core: &Arc<Core>) {
        let core = Arc::clone(core);
        let working = core.activity.work(&self.to.owner);
        tokio::spawn(async move {
            self.work(&core, working).await;
            core.outbox.forget(&self.to.owner, &self.id);
        });
    }

    async fn work(&mut self, core: &Arc<Core>, working: Working) {
        let mut working = Some(working);
        loop {
            if core.clock.now().as_second() < self.due {
                // What waits for its next try keeps nobody waiting.
                drop(working.take());
                while core.clock.now().as_second() < self.due {
                    tokio::time::sleep(LOOK).await;
                }
                working = Some(core.activity.work(&self.to.owner));
            }
            // Who has taken the subscription back gets nothing more.
            if self.tries > 0 && !core.state().subscriptions.contains_key(&self.to.arn) {
                return;
            }
            let problem = match self.attempt(core).await {
                Outcome::Arrived => return,
                Outcome::Again(problem) if self.tries < RETRIES => {
                    tracing::debug!(endpoint = %self.to.endpoint, problem, "a message will be tried again");
                    self.tries += 1;
                    self.due = core.clock.now().as_second() + PAUSE;
                    core.outbox.keep(&self.to.owner, &self.id, self);
                    continue;
                }
                Outcome::Again(problem) | Outcome::Refused(problem) => problem,
            };
            give_up(core, &self.to, &self.message, self.published, &problem);
            return;
        }
    }

    async fn attempt(&self, core: &Arc<Core>) -> Outcome {
        if self.to.protocol == "lambda" {
            return match invoke(core, &self.to, &self.message, self.published).await {
                Ok(()) => Outcome::Arrived,
                // No room, or a fault of the service's own.
                Err(error) if error.status == 429 || (error.status >= 500 && error.status != 501) => {
                    Outcome::Again(error.message)
                }
                Err(error) => Outcome::Refused(error.message),
            };
        }
        let raw = self.to.is_raw();
        let body = if raw {
            self.message.text_for(&self.to.protocol).to_owned()
        } else {
            envelope(core, &self.to, &self.message, self.published)
        };
        post(core, &self.to, &Letter { kind: "Notification", id: self.message.id.clone(), body, raw }).await
    }
}

/// Posts a letter; what the address itself refuses is not tried again.
async fn post(core: &Core, to: &Subscription, letter: &Letter) -> Outcome {
    match core.web.post(to, letter).await {
        Ok(status) if status < 300 => Outcome::Arrived,
        Ok(status) if (400..500).contains(&status) && status != 429 => {
            Outcome::Refused(format!("the address answered {status}"))
        }
        Ok(status) => Outcome::Again(format!("the address answered {status}")),
        Err(problem) => Outcome::Again(problem),
    }
}

/// Asks a web address for its confirmation, and again where nobody answers; questions do not outlive the process.
pub(super) async fn ask(core: &Core, to: &Subscription, letter: &Letter) {
    for tries in 0..=RETRIES {
        let working = core.activity.work(&to.owner);
        let posted = post(core, to, letter).await;
        drop(working);
        match posted {
            Outcome::Arrived => return,
            Outcome::Again(_) if tries < RETRIES => {}
            Outcome::Again(problem) | Outcome::Refused(problem) => {
                // Nobody who is asked has a queue for questions that did not arrive.
                tracing::debug!(endpoint = %to.endpoint, %problem, "a web address was not asked");
                return;
            }
        }
        let from = core.clock.now().as_second();
        while core.clock.now().as_second() - from < PAUSE {
            tokio::time::sleep(LOOK).await;
        }
    }
}
