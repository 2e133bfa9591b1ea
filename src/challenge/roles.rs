//! What is expected of roles, as it is written.

use super::definition::Definition;
use super::expect::RawExpectation;
use super::{RoleExpectation, Subject};
use crate::matcher::Expectation;

impl Definition<'_> {
    /// Returns what is expected of the subject, and what of the rights of a role.
    pub(super) fn role(
        &mut self,
        raw: RawExpectation,
        subject: Option<&Subject>,
        at: &str,
    ) -> (Expectation, Option<RoleExpectation>) {
        let (expect, given) = (raw.0.expectation, raw.0.besides);
        let is_role = matches!(subject, Some(Subject::Role { .. }));
        if !given.is_given() {
            return (expect, is_role.then(RoleExpectation::default));
        }
        if !is_role {
            if subject.is_some() {
                let help = "look at the role of something with `role: { of: ... }`";
                let message = "only of a role can be expected what it allows and denies";
                self.key(&format!("{at}/expect"), message).help = Some(help.to_owned());
            }
            return (expect, None);
        }
        let expectation = given.into_expectation();
        for (key, grants) in [("allows", &expectation.allows), ("denies", &expectation.denies)] {
            for (index, grant) in grants.iter().enumerate() {
                let at = format!("{at}/expect/{key}/{index}");
                if grant.actions.is_empty() || grant.resources.is_empty() {
                    self.value(&at, format!("`{key}` needs at least one action and one resource"));
                }
                for (index, action) in grant.actions.iter().enumerate() {
                    if !is_action(action) {
                        let help =
                            "write the service's prefix and the action, for example `dynamodb:GetItem`";
                        let message = format!("`{action}` is not an action");
                        self.value(&format!("{at}/actions/{index}"), message).help = Some(help.to_owned());
                    }
                }
            }
        }
        if expectation.allows.is_empty() && expectation.denies.is_empty() && expect.is_empty() {
            self.key(&format!("{at}/expect"), "nothing is expected of the role");
        }
        (expect, Some(expectation))
    }
}

fn is_action(action: &str) -> bool {
    action.split_once(':').is_some_and(|(service, name)| {
        let fits = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-*?".contains(c))
        };
        fits(service) && fits(name)
    })
}
