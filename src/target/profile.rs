use std::fmt;
use std::str::FromStr;

use crate::evidence::Aspect;

/// What is known of a kind of target: what it does otherwise than AWS, and how accounts are told apart.
///
/// Every line was seen by running that version (docs/targets.md says which).
#[derive(Debug, PartialEq, Eq)]
pub struct Profile {
    pub name: &'static str,
    /// What the target is called in sentences.
    pub title: &'static str,
    /// What it does otherwise than AWS: a verb and what follows "this target".
    pub lacks: &'static [(Aspect, &'static str)],
    /// Types of resources that cannot be made there, and why. A stack is made without them.
    pub left_out: &'static [(&'static str, &'static str)],
    /// Whether an access key id of twelve digits is the root of the account of that number.
    pub accounts: bool,
    /// Whether its audit log tells when an API was changed last: then a stage whose deployment is younger can be believed.
    pub logs_changes: bool,
    /// Whether it holds a user to keys, policies and their conditions, so that a deadline can be kept there.
    pub enforces: bool,
}

const OPEN_ROLES: (Aspect, &str) = (Aspect::Roles, "lets functions do what their roles do not allow");
const OPEN_INVOCATION: (Aspect, &str) =
    (Aspect::InvokePermissions, "invokes functions whether or not their policies let it");
const OPEN_LOGS: (Aspect, &str) = (Aspect::LogRights, "writes logs whether or not the role allows it");
const TROUBLES: (Aspect, &str) = (Aspect::Breakdowns, "answers 502 for troubles of its own, too");
const DRAFTS: (Aspect, &str) =
    (Aspect::Deployments, "serves an API as it is now, and not as it was deployed");

/// What the others are told by the difference to.
const PLAIN: Profile = Profile {
    name: "",
    title: "",
    lacks: &[],
    left_out: &[],
    accounts: false,
    logs_changes: false,
    enforces: false,
};

/// A Proofmark sandbox, or whatever is taken at its word.
pub(super) static FULL: Profile =
    Profile { name: "full", title: "taken at its word", enforces: true, ..PLAIN };

/// MiniStack that was started with `AUTH=true`. There are accounts, but nobody who does not sign reaches the APIs of any but the first.
static MINISTACK: Profile = Profile {
    name: "ministack",
    title: "MiniStack",
    lacks: &[OPEN_INVOCATION, OPEN_LOGS, DRAFTS],
    logs_changes: true,
    ..PLAIN
};

/// MiniStack as it starts without being told otherwise.
static MINISTACK_OPEN: Profile = Profile {
    name: "ministack-open",
    title: "MiniStack without AUTH=true",
    lacks: &[OPEN_ROLES, OPEN_INVOCATION, OPEN_LOGS, DRAFTS],
    logs_changes: true,
    ..PLAIN
};

/// LocalStack's open edition, as its image runs it.
const IN_ITS_IMAGE: Profile = Profile {
    name: "localstack",
    title: "LocalStack core",
    lacks: &[
        OPEN_ROLES,
        OPEN_INVOCATION,
        OPEN_LOGS,
        (Aspect::HttpApis, "has no HTTP APIs"),
        (Aspect::Authorizers, "asks no authorizer, and lets unsigned requests in"),
        TROUBLES,
    ],
    left_out: LEFT_OUT.split_at(HTTP_APIS).0,
    accounts: true,
    ..PLAIN
};
static LOCALSTACK: Profile = IN_ITS_IMAGE;

/// LocalStack's open edition from its Python package, without the image: DynamoDB comes with the image.
static LOCALSTACK_HOST: Profile = Profile {
    name: "localstack-host",
    title: "LocalStack core outside its image",
    left_out: LEFT_OUT,
    ..IN_ITS_IMAGE
};

const NO_HTTP_APIS: &str = "LocalStack core has no HTTP APIs";
/// What LocalStack does not have: so many types of HTTP APIs, and after them what only the image has.
const HTTP_APIS: usize = 6;
const LEFT_OUT: &[(&str, &str)] = &[
    ("AWS::ApiGatewayV2::Api", NO_HTTP_APIS),
    ("AWS::ApiGatewayV2::Authorizer", NO_HTTP_APIS),
    ("AWS::ApiGatewayV2::Deployment", NO_HTTP_APIS),
    ("AWS::ApiGatewayV2::Integration", NO_HTTP_APIS),
    ("AWS::ApiGatewayV2::Route", NO_HTTP_APIS),
    ("AWS::ApiGatewayV2::Stage", NO_HTTP_APIS),
    ("AWS::DynamoDB::Table", "LocalStack core has DynamoDB in its image only"),
];

/// `moto_server`: control planes only, unless it has Docker.
static MOTO: Profile = Profile {
    name: "moto",
    title: "moto",
    lacks: &[
        (Aspect::Functions, "runs no functions"),
        (Aspect::RestApis, "answers for no API"),
        (Aspect::HttpApis, "answers for no API"),
        (Aspect::FunctionUrls, "answers at no function's URL"),
        (Aspect::Logs, "keeps no logs of functions"),
        OPEN_ROLES,
        OPEN_INVOCATION,
        OPEN_LOGS,
        DRAFTS,
    ],
    ..PLAIN
};

/// An endpoint of which nothing is known: what emulators commonly leave out is not believed.
static UNKNOWN: Profile = Profile {
    name: "unknown",
    title: "of no known kind",
    lacks: &[
        (Aspect::Roles, "is not known to hold functions to their roles"),
        (Aspect::InvokePermissions, "is not known to hold APIs to the policies of functions"),
        (Aspect::LogRights, "is not known to hold logs to the role's rights"),
        (Aspect::Authorizers, "is not known to ask authorizers"),
        (Aspect::Deployments, "is not known to serve deployments"),
        (Aspect::Breakdowns, "is not known to have no troubles of its own"),
    ],
    ..PLAIN
};

static ALL: [&Profile; 7] =
    [&FULL, &MINISTACK, &MINISTACK_OPEN, &LOCALSTACK, &LOCALSTACK_HOST, &MOTO, &UNKNOWN];

impl Profile {
    /// Returns the names that can be asked for.
    pub fn names() -> Vec<&'static str> {
        ALL.iter().map(|profile| profile.name).collect()
    }

    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.into_iter().find(|profile| profile.name == name)
    }

    /// Returns the profile of what does everything as AWS does.
    pub fn full() -> &'static Self {
        &FULL
    }

    pub(super) fn unknown() -> &'static Self {
        &UNKNOWN
    }
}

/// A profile as a command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileName(pub &'static Profile);

impl FromStr for ProfileName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = || format!("no profile `{name}`; there are {}", Profile::names().join(", "));
        Profile::named(name).map(Self).ok_or_else(known)
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_by_its_name_and_an_unknown_name_lists_them() {
        for name in Profile::names() {
            assert_eq!(name.parse::<ProfileName>().unwrap().to_string(), name);
        }
        let problem = "aws".parse::<ProfileName>().unwrap_err();
        assert!(problem.contains("ministack-open, localstack"), "{problem}");
    }

    #[test]
    fn what_only_the_image_has_is_left_out_outside_of_it() {
        let all = |profile: &Profile| profile.left_out.iter().map(|(kind, _)| *kind).collect::<Vec<_>>();
        assert!(all(&LOCALSTACK).iter().all(|kind| kind.starts_with("AWS::ApiGatewayV2::")));
        assert_eq!(all(&LOCALSTACK_HOST), [&all(&LOCALSTACK)[..], &["AWS::DynamoDB::Table"]].concat());
    }

    #[test]
    fn words_follow_this_target() {
        for profile in ALL {
            for (_, words) in profile.lacks {
                assert!(words.starts_with(char::is_lowercase) && !words.ends_with('.'), "{words}");
            }
        }
    }
}
