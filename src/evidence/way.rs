use super::bind::Unbound;
use super::{Binding, Inspection, LinkKind, Resource, Way};

const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
const SUBSCRIPTION: &str = "AWS::SNS::Subscription";
const RULE: &str = "AWS::Events::Rule";

/// What a way leads to, and what it leads through.
#[derive(Debug, Default)]
pub(super) struct Reached<'a> {
    /// Mappings, subscriptions, rules of a bus: what connects the two.
    through: Vec<&'a Resource>,
    ends: Vec<&'a Resource>,
}

impl<'a> Reached<'a> {
    /// Returns where a search for resources of a type begins: at what connects, if that is what is looked for.
    pub(super) fn towards(self, wanted: &str) -> Vec<&'a Resource> {
        let through: Vec<_> = self.through.into_iter().filter(|resource| resource.kind == wanted).collect();
        if through.is_empty() { self.ends } else { through }
    }

    fn end(&mut self, resource: &'a Resource) {
        if !self.ends.iter().any(|known| known.key == resource.key) {
            self.ends.push(resource);
        }
    }
}

impl Inspection {
    /// Walks one way from a resource.
    pub(super) fn walk(&self, way: Way, start: &Binding, wanted: &str) -> Result<Reached<'_>, Unbound> {
        let mut reached = Reached::default();
        // A way may begin at several resources, as that of a topic's consumers does.
        for from in self.starts(start, "")? {
            match way {
                Way::Consumer => self.consumers(from, &mut reached),
                Way::Source => self.sources(from, &mut reached),
                Way::DeadLetters => {
                    for end in self.linked(&from.key, LinkKind::DeadLetters) {
                        reached.end(end);
                    }
                }
            }
        }
        if reached.ends.is_empty() && !reached.through.iter().any(|resource| resource.kind == wanted) {
            let message = match way {
                Way::Consumer => format!("what gets the messages of {start}"),
                Way::Source => format!("what feeds {start}"),
                Way::DeadLetters => format!("where failures of {start} go"),
            };
            // What connects may not have been read, too.
            return Err(self.unbound(message.clone(), wanted, vec![]).unless_from(self.unbound(
                message,
                MAPPING,
                vec![],
            )));
        }
        Ok(reached)
    }

    fn consumers<'a>(&'a self, from: &'a Resource, reached: &mut Reached<'a>) {
        for end in self.linked(&from.key, LinkKind::Delivers) {
            reached.end(end);
        }
        for through in self.leading_to(&from.key) {
            let connects = match through.kind.as_str() {
                MAPPING => self.is_linked(through, from, LinkKind::ReadsFrom),
                SUBSCRIPTION | RULE => self.is_linked(through, from, LinkKind::PartOf),
                _ => false,
            };
            if connects {
                reached.through.push(through);
                for kind in [LinkKind::Invokes, LinkKind::Delivers] {
                    for end in self.linked(&through.key, kind) {
                        reached.end(end);
                    }
                }
            }
        }
    }

    fn sources<'a>(&'a self, from: &'a Resource, reached: &mut Reached<'a>) {
        for through in self.leading_to(&from.key) {
            match through.kind.as_str() {
                MAPPING if self.is_linked(through, from, LinkKind::Invokes) => {
                    reached.through.push(through);
                    for end in self.linked(&through.key, LinkKind::ReadsFrom) {
                        reached.end(end);
                    }
                }
                SUBSCRIPTION if self.is_linked(through, from, LinkKind::Delivers) => {
                    reached.through.push(through);
                    for end in self.linked(&through.key, LinkKind::PartOf) {
                        reached.end(end);
                    }
                }
                _ if self.is_linked(through, from, LinkKind::Delivers) => reached.end(through),
                _ => {}
            }
        }
    }

    /// Returns what has a link to a resource, each once.
    fn leading_to<'a>(&'a self, key: &str) -> Vec<&'a Resource> {
        let mut keys: Vec<&str> =
            self.links.iter().filter(|link| link.to == key).map(|link| link.from.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().filter_map(|key| self.get(key)).collect()
    }

    fn is_linked(&self, from: &Resource, to: &Resource, kind: LinkKind) -> bool {
        self.links.iter().any(|link| link.kind == kind && link.from == from.key && link.to == to.key)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FUNCTION: &str = "AWS::Lambda::Function";
    const QUEUE: &str = "AWS::SQS::Queue";

    /// A topic fills a queue, of which a function is fed that writes to another queue; a table's stream feeds the same function.
    fn shop() -> Inspection {
        let resource = |key: &str, logical: Option<&str>| {
            let (kind, id) = key.split_once('/').unwrap();
            json!({ "key": key, "type": kind, "id": id, "logical_id": logical, "properties": {} })
        };
        let link = |from: &str, to: &str, kind: &str| json!({ "from": from, "to": to, "kind": kind });
        serde_json::from_value(json!({
            "account": "1", "region": "eu-west-1", "gaps": [],
            "resources": [
                resource("AWS::SNS::Topic/news", Some("News")),
                resource("AWS::SNS::Subscription/s1", None),
                resource("AWS::SQS::Queue/jobs", Some("Jobs")),
                resource("AWS::SQS::Queue/failed", None),
                resource("AWS::SQS::Queue/mail", None),
                resource("AWS::Lambda::EventSourceMapping/m1", None),
                resource("AWS::Lambda::EventSourceMapping/m2", None),
                resource("AWS::Lambda::Function/work", None),
                resource("AWS::DynamoDB::Table/orders", Some("Orders")),
                resource("AWS::IAM::Role/worker", None),
            ],
            "links": [
                link("AWS::SNS::Subscription/s1", "AWS::SNS::Topic/news", "part-of"),
                link("AWS::SNS::Subscription/s1", "AWS::SQS::Queue/jobs", "delivers"),
                link("AWS::Lambda::EventSourceMapping/m1", "AWS::SQS::Queue/jobs", "reads-from"),
                link("AWS::Lambda::EventSourceMapping/m1", "AWS::Lambda::Function/work", "invokes"),
                link("AWS::Lambda::EventSourceMapping/m2", "AWS::DynamoDB::Table/orders", "reads-from"),
                link("AWS::Lambda::EventSourceMapping/m2", "AWS::Lambda::Function/work", "invokes"),
                link("AWS::SQS::Queue/jobs", "AWS::SQS::Queue/failed", "dead-letters"),
                link("AWS::Lambda::Function/work", "AWS::SQS::Queue/mail", "uses"),
                link("AWS::Lambda::Function/work", "AWS::IAM::Role/worker", "execution-role"),
            ],
        }))
        .unwrap()
    }

    fn from(way: Way, start: Binding) -> Binding {
        Binding::From { way, start: Box::new(start) }
    }

    fn logical(id: &str) -> Binding {
        Binding::Logical(id.to_owned())
    }

    fn bound(binding: &Binding, wanted: &str) -> Result<String, String> {
        shop().bind(binding, wanted).map(|found| found.id.clone()).map_err(|unbound| unbound.message)
    }

    #[test]
    fn a_queue_leads_to_its_consumer_and_on_to_what_that_has() {
        let worker = from(Way::Consumer, logical("Jobs"));
        assert_eq!(bound(&worker, FUNCTION).as_deref(), Ok("work"));
        assert_eq!(bound(&worker, "AWS::IAM::Role").as_deref(), Ok("worker"));
        assert_eq!(bound(&worker, MAPPING).as_deref(), Ok("m1"));
        // Not the queue that it is fed by, but the one that it uses.
        assert_eq!(bound(&worker, QUEUE).as_deref(), Ok("mail"));
        assert_eq!(bound(&from(Way::Consumer, logical("Orders")), FUNCTION).as_deref(), Ok("work"));
    }

    #[test]
    fn a_topic_leads_to_its_subscriber_and_that_one_further() {
        let queue = from(Way::Consumer, logical("News"));
        assert_eq!(bound(&queue, QUEUE).as_deref(), Ok("jobs"));
        assert_eq!(bound(&queue, SUBSCRIPTION).as_deref(), Ok("s1"));
        assert_eq!(bound(&from(Way::Consumer, queue), FUNCTION).as_deref(), Ok("work"));
    }

    #[test]
    fn ways_back_and_to_where_failures_go() {
        let worker = from(Way::Consumer, logical("Jobs"));
        assert_eq!(bound(&from(Way::Source, worker.clone()), QUEUE).as_deref(), Ok("jobs"));
        assert_eq!(
            bound(&from(Way::Source, worker.clone()), "AWS::DynamoDB::Table").as_deref(),
            Ok("orders")
        );
        assert!(
            bound(&from(Way::Source, worker), MAPPING).unwrap_err().starts_with("one AWS::Lambda::Event")
        );
        assert_eq!(bound(&from(Way::DeadLetters, logical("Jobs")), QUEUE).as_deref(), Ok("failed"));
        let nowhere = bound(&from(Way::DeadLetters, logical("Orders")), QUEUE);
        assert_eq!(nowhere.unwrap_err(), "where failures of Orders go");
    }
}
