use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Context;
use super::pattern::Pattern;

const DATA: &str = include_str!("catalogue.tsv");

/// What an action can do to what it is allowed on.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessLevel {
    List,
    Read,
    Tagging,
    Write,
    PermissionsManagement,
}

/// A kind of resource that policies can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    /// Prefix of its service's actions, for example `dynamodb`.
    pub service: &'static str,
    /// For example `table`.
    pub name: &'static str,
    /// With placeholders: `arn:aws:dynamodb:${Region}:${Account}:table/${TableName}`.
    pub arn: &'static str,
}

/// An action that policies can allow.
#[derive(Debug, Clone)]
pub struct CatalogueAction {
    /// For example `dynamodb:PutItem`.
    pub name: &'static str,
    pub level: AccessLevel,
    /// The kinds of resource that it takes; none for an action that is allowed on `*` only.
    pub resources: Vec<&'static ResourceType>,
}

static TYPES: LazyLock<BTreeMap<(&str, &str), ResourceType>> = LazyLock::new(|| {
    let lines = DATA.lines().filter_map(|line| line.strip_prefix("R\t"));
    lines
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let (service, name, arn) = (fields.next()?, fields.next()?, fields.next()?);
            Some(((service, name), ResourceType { service, name, arn }))
        })
        .collect()
});

static ACTIONS: LazyLock<Vec<CatalogueAction>> = LazyLock::new(|| {
    let lines = DATA.lines().filter_map(|line| line.strip_prefix("A\t"));
    lines
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let (name, level, types) = (fields.next()?, fields.next()?, fields.next()?);
            let (service, _) = name.split_once(':')?;
            let level = match level {
                "List" => AccessLevel::List,
                "Read" => AccessLevel::Read,
                "Tagging" => AccessLevel::Tagging,
                "Permissions management" => AccessLevel::PermissionsManagement,
                _ => AccessLevel::Write,
            };
            let resources = types.split(',').filter_map(|name| TYPES.get(&(service, name))).collect();
            Some(CatalogueAction { name, level, resources })
        })
        .collect()
});

/// Returns every known action of the services that serverless apps use.
pub fn catalogue() -> &'static [CatalogueAction] {
    &ACTIONS
}

/// Finds an action, whatever the case of its letters.
pub fn known_action(name: &str) -> Option<&'static CatalogueAction> {
    ACTIONS.iter().find(|action| action.name.eq_ignore_ascii_case(name))
}

/// Every kind with a pattern for its ARNs, its own service's before those that it shares with another, the more particular
/// before the more general.
static KINDS: LazyLock<Vec<(&ResourceType, Pattern)>> = LazyLock::new(|| {
    let mut kinds: Vec<&ResourceType> = TYPES.values().collect();
    let own = |kind: &ResourceType| kind.arn.split(':').nth(2) == Some(kind.service);
    kinds.sort_by_key(|kind| (!own(kind), std::cmp::Reverse(kind.with_placeholders("", "", "").len())));
    let pattern = |kind: &ResourceType| Pattern::resource(&kind.with_placeholders("*", "*", "?*"), false);
    kinds.into_iter().map(|kind| (kind, pattern(kind))).collect()
});

/// Returns the kind of resource that an ARN names; where several fit, the most particular (an index rather than a table).
pub fn resource_type_of(arn: &str) -> Option<&'static ResourceType> {
    let nothing = Context::new();
    KINDS.iter().find(|(_, pattern)| pattern.matches(arn, &nothing) == Some(true)).map(|(kind, _)| *kind)
}

impl ResourceType {
    /// Returns an ARN of this kind in which every name is `name`.
    pub fn arn_with(&self, region: &str, account: &str, name: &str) -> String {
        self.with_placeholders(region, account, name)
    }

    fn with_placeholders(&self, region: &str, account: &str, name: &str) -> String {
        let mut arn = String::new();
        let mut rest = self.arn;
        while let Some((before, after)) = rest.split_once("${") {
            arn.push_str(before);
            let (placeholder, after) = after.split_once('}').unwrap_or((after, ""));
            arn.push_str(match placeholder {
                "Region" => region,
                "Account" => account,
                _ => name,
            });
            rest = after;
        }
        arn.push_str(rest);
        arn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_data_is_understood() {
        let lines = DATA.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(TYPES.len() + ACTIONS.len(), lines);
        for line in DATA.lines().filter(|line| line.starts_with('A')) {
            let level = line.split('\t').nth(2).unwrap();
            assert!(
                ["List", "Read", "Tagging", "Write", "Permissions management"].contains(&level),
                "{line}"
            );
        }
    }

    #[test]
    fn an_action_knows_what_it_takes() {
        let types = |name: &str| -> Vec<&str> {
            known_action(name).unwrap().resources.iter().map(|kind| kind.name).collect()
        };
        assert_eq!(types("dynamodb:Query"), ["table", "index"]);
        assert!(types("dynamodb:ListTables").is_empty());
        assert_eq!(types("IAM:passrole"), ["role"]);
        assert_eq!(known_action("dynamodb:PutItem").unwrap().level, AccessLevel::Write);
        assert!(known_action("dynamodb:EatTable").is_none());
    }

    #[test]
    fn an_arn_tells_its_kind() {
        let kind = |arn: &str| resource_type_of(arn).map(|kind| (kind.service, kind.name));
        assert_eq!(kind("arn:aws:dynamodb:us-east-1:1:table/orders"), Some(("dynamodb", "table")));
        assert_eq!(kind("arn:aws:dynamodb:us-east-1:1:table/orders/index/day"), Some(("dynamodb", "index")));
        assert_eq!(kind("arn:aws:s3:::bucket"), Some(("s3", "bucket")));
        assert_eq!(kind("arn:aws:s3:::bucket/a/b"), Some(("s3", "object")));
        assert_eq!(kind("arn:aws:lambda:us-east-1:1:function:f"), Some(("lambda", "function")));
        assert_eq!(kind("arn:aws:lambda:us-east-1:1:function:f:prod"), Some(("lambda", "function alias")));
        assert_eq!(kind("arn:aws:sqs:us-east-1:1:queue"), Some(("sqs", "queue")));
        assert_eq!(kind("arn:aws:mars:us-east-1:1:rover"), None);
    }
}
