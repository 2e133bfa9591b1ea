use crate::resource::{Schema, Standing, Wanted};

/// Whether an update also deploys its APIs anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeploy {
    /// A deployment changes only when its own properties do, as in CloudFormation: what `then:` changes stays undeployed.
    Never,
    /// Each deployment is made anew, so that the stages serve what the template says: for the way back to a healthy world.
    Always,
}

/// What freezes an API as it is.
const DEPLOYMENTS: [&str; 2] = ["AWS::ApiGateway::Deployment", "AWS::ApiGatewayV2::Deployment"];

/// What is to be done about one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Keep,
    Create,
    Update,
    Replace {
        /// The old one has the name that the new one needs, so it has to go first.
        delete_first: bool,
    },
}

/// Compares what stands with what is wanted. `digest` is that of the files that `wanted` names.
pub(super) fn decide(
    schema: &Schema,
    standing: Option<&Standing>,
    wanted: &Wanted,
    digest: Option<&str>,
    redeploy: Redeploy,
) -> Decision {
    let Some(standing) = standing else { return Decision::Create };
    let (before, after) = (&standing.properties, &wanted.properties);
    let renewed = redeploy == Redeploy::Always && DEPLOYMENTS.contains(&schema.kind);
    if standing.kind != schema.kind || renewed || !schema.replaced_by(before, after).is_empty() {
        let name = schema.name.filter(|_| standing.kind == schema.kind).map(|name| name.property);
        let same = |name: &str| after.get(name).is_some_and(|given| before.get(name) == Some(given));
        return Decision::Replace { delete_first: name.is_some_and(same) };
    }
    if before == after && standing.tags == wanted.tags && standing.digest.as_deref() == digest {
        Decision::Keep
    } else {
        Decision::Update
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::resource::{Made, schema};
    use crate::source::FileTree;

    fn decided(kind: &str, before: &Value, after: &Value, redeploy: Redeploy) -> Decision {
        let standing = Standing {
            kind: kind.to_owned(),
            made: Made { id: "x".to_owned(), attributes: BTreeMap::new() },
            properties: before.clone(),
            tags: BTreeMap::new(),
            digest: Some("d".to_owned()),
        };
        let wanted = Wanted {
            logical_id: "X".to_owned(),
            name: "x".to_owned(),
            properties: after.clone(),
            tags: BTreeMap::new(),
            files: Arc::new(FileTree::new()),
        };
        decide(schema(kind).unwrap(), Some(&standing), &wanted, Some("d"), redeploy)
    }

    #[test]
    fn what_is_the_same_is_kept_and_what_differs_is_updated_in_place() {
        let kind = "AWS::Lambda::Function";
        let (before, after) = (json!({"Handler": "a"}), json!({"Handler": "b"}));
        assert_eq!(decided(kind, &before, &before, Redeploy::Never), Decision::Keep);
        assert_eq!(decided(kind, &before, &after, Redeploy::Never), Decision::Update);
    }

    #[test]
    fn a_create_only_property_replaces_and_a_given_name_has_to_be_freed_first() {
        let kind = "AWS::DynamoDB::Table";
        let replace = |before: Value, after: Value| decided(kind, &before, &after, Redeploy::Never);
        let unnamed = replace(json!({"KeySchema": ["a"]}), json!({"KeySchema": ["b"]}));
        assert_eq!(unnamed, Decision::Replace { delete_first: false });
        let named = replace(
            json!({"KeySchema": ["a"], "TableName": "orders"}),
            json!({"KeySchema": ["b"], "TableName": "orders"}),
        );
        assert_eq!(named, Decision::Replace { delete_first: true });
    }

    #[test]
    fn a_deployment_is_renewed_only_on_the_way_back_to_health() {
        let kind = "AWS::ApiGateway::Deployment";
        let same = json!({"RestApiId": "a"});
        assert_eq!(decided(kind, &same, &same, Redeploy::Never), Decision::Keep);
        let renewed = Decision::Replace { delete_first: false };
        assert_eq!(decided(kind, &same, &same, Redeploy::Always), renewed);
    }
}
