use std::fmt;

/// A name that no resource bears: what a role may do to it, it may do to any.
pub(super) const NOBODYS: &str = "proofmark-nobodys";

/// The resource of a request, for sentences: `table orders`, `index by-customer of table orders`, `any table`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    arn: &'a str,
    /// Everything of the ARN before the resource, its last colon included.
    before: &'a str,
    /// What AWS calls such a resource, if its ARN says so: `table`, `function`, `log-group`.
    kind: Option<&'a str>,
    /// What stands between kind and name.
    separator: &'a str,
    name: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn of(arn: &'a str) -> Self {
        let plain = Self { arn, before: "", kind: None, separator: "", name: arn };
        let Some(resource) = arn.splitn(6, ':').nth(5).filter(|_| arn.starts_with("arn:")) else {
            return plain;
        };
        let before = &arn[..arn.len() - resource.len()];
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html: `type/name`, `type:name`, or a name alone.
        // What S3 has in its place is a bucket, and an object of it.
        if before.starts_with("arn:aws:s3:") {
            return Self { before, kind: Some("bucket"), separator: "", name: resource, ..plain };
        }
        match resource.find([':', '/']) {
            Some(at) => Self {
                before,
                kind: Some(&resource[..at]),
                separator: &resource[at..=at],
                name: &resource[at + 1..],
                ..plain
            },
            None => Self { before, name: resource, ..plain },
        }
    }

    /// Returns the ARN of another resource of the same type and kind, with a name that nobody uses.
    pub(super) fn other(&self) -> Option<String> {
        let (separator, before) = (self.separator, self.before);
        match (self.kind, before) {
            (_, "") => None,
            (Some("bucket"), _) if separator.is_empty() => {
                let object = self.name.split_once('/').map_or("", |_| "/object");
                Some(format!("{before}{NOBODYS}{object}"))
            }
            (Some(kind), _) => {
                // `orders/index/by-customer` becomes another table's index.
                let below = self.name.split_once('/').map_or(String::new(), |(_, below)| format!("/{below}"));
                Some(format!("{before}{kind}{separator}{NOBODYS}{below}"))
            }
            (None, _) => Some(format!("{before}{NOBODYS}")),
        }
    }

    /// Returns words for all resources of this type.
    pub(super) fn any(&self) -> String {
        match (self.kind, self.below()) {
            (Some("bucket"), _) if self.name.contains('/') => "any object".to_owned(),
            (Some(_), Some((below, _))) => format!("any {}", below.replace('-', " ")),
            (Some(kind), None) => format!("any {}", kind.replace('-', " ")),
            (None, _) => "any resource".to_owned(),
        }
    }

    /// The name of a log group without its streams.
    fn group(&self) -> Option<&'a str> {
        let name =
            self.name.strip_suffix(":*").or_else(|| self.name.strip_suffix(NOBODYS)?.strip_suffix(':'));
        name.filter(|_| self.kind == Some("log-group"))
    }

    /// `index/by-customer` below a table: kind and name.
    fn below(&self) -> Option<(&str, &str)> {
        if self.separator != "/" {
            return None;
        }
        self.name.split_once('/')?.1.split_once('/')
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.below()) {
            _ if self.arn == "*" => f.write_str("any resource"),
            // Log groups are named with all their streams.
            (Some(kind), _) if self.group().is_some_and(|name| !name.contains(NOBODYS)) => {
                write!(f, "{} {}", kind.replace('-', " "), self.group().unwrap_or_default())
            }
            _ if self.arn.contains(NOBODYS) => f.write_str(&self.any()),
            (Some("bucket"), _) => match self.name.split_once('/') {
                Some((bucket, object)) => write!(f, "object {object} of bucket {bucket}"),
                None => write!(f, "bucket {}", self.name),
            },
            (Some(kind), Some((below, name))) => {
                let whole = self.name.split('/').next().unwrap_or_default();
                write!(f, "{below} {name} of {kind} {whole}")
            }
            (Some(kind), None) => {
                write!(f, "{} {}", kind.replace('-', " "), self.name)
            }
            (None, _) => f.write_str(self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_called_what_aws_calls_them() {
        let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
        for (arn, words) in [
            (table.to_owned(), "table orders"),
            (format!("{table}/index/by-customer"), "index by-customer of table orders"),
            ("arn:aws:lambda:eu-west-1:1:function:get".to_owned(), "function get"),
            ("arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/get:*".to_owned(), "log group /aws/lambda/get"),
            (
                format!("arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/get:{NOBODYS}"),
                "log group /aws/lambda/get",
            ),
            ("arn:aws:s3:::shop".to_owned(), "bucket shop"),
            ("arn:aws:s3:::shop/a/b".to_owned(), "object a/b of bucket shop"),
            ("arn:aws:sqs:eu-west-1:1:jobs".to_owned(), "jobs"),
            ("*".to_owned(), "any resource"),
            (format!("arn:aws:dynamodb:eu-west-1:1:table/{NOBODYS}"), "any table"),
            ("orders".to_owned(), "orders"),
        ] {
            assert_eq!(Place::of(&arn).to_string(), words);
        }
    }

    #[test]
    fn another_resource_of_the_type_differs_in_its_name_alone() {
        for (arn, other, any) in [
            (
                "arn:aws:dynamodb:r:1:table/orders",
                "arn:aws:dynamodb:r:1:table/proofmark-nobodys",
                "any table",
            ),
            (
                "arn:aws:dynamodb:r:1:table/o/index/i",
                "arn:aws:dynamodb:r:1:table/proofmark-nobodys/index/i",
                "any index",
            ),
            (
                "arn:aws:lambda:r:1:function:get",
                "arn:aws:lambda:r:1:function:proofmark-nobodys",
                "any function",
            ),
            ("arn:aws:s3:::shop/a", "arn:aws:s3:::proofmark-nobodys/object", "any object"),
            ("arn:aws:sqs:r:1:jobs", "arn:aws:sqs:r:1:proofmark-nobodys", "any resource"),
        ] {
            let place = Place::of(arn);
            assert_eq!((place.other().as_deref(), place.any().as_str()), (Some(other), any));
        }
        assert_eq!(Place::of("*").other(), None);
    }
}
