use std::collections::HashMap;

use serde_saphyr::granit_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput, Tag};

use super::{Diagnostic, Location, Position};

/// A node of a YAML document, with its place. JSON is read as the YAML that it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it begins, with its tag.
    pub position: Position,
    /// A tag without its `!`, for example `GetAtt`; `None` where YAML's own types are named.
    pub tag: Option<String>,
    pub content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A scalar's text; `plain` when it stands without quotes and may be a number, a boolean or null.
    Scalar {
        text: String,
        plain: bool,
    },
    Sequence(Vec<Node>),
    /// Members in the order written, each key once.
    Mapping(Vec<Member>),
}

/// A key of a mapping with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub key: String,
    pub position: Position,
    pub value: Node,
}

impl Node {
    /// Returns a member of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Content::Mapping(members) = &self.content else { return None };
        members.iter().find(|member| member.key == key).map(|member| &member.value)
    }

    /// Returns where the node at a JSON pointer stands, or the nearest node above it that is there.
    pub fn place(&self, pointer: &str) -> Position {
        self.walk(pointer).0
    }

    /// Returns where the key of the member at a JSON pointer stands; else as [`Node::place`].
    pub fn key_place(&self, pointer: &str) -> Position {
        self.walk(pointer).1
    }

    fn walk(&self, pointer: &str) -> (Position, Position) {
        let mut node = self;
        let mut key = self.position;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            match &node.content {
                Content::Mapping(members) => {
                    let Some(member) = members.iter().find(|member| member.key == step) else { break };
                    (node, key) = (&member.value, member.position);
                }
                Content::Sequence(items) => {
                    let Some(item) = step.parse().ok().and_then(|index: usize| items.get(index)) else {
                        break;
                    };
                    (node, key) = (item, item.position);
                }
                Content::Scalar { .. } => break,
            }
        }
        (node.position, key)
    }
}

/// Reads a document. Duplicate keys, aliases, merge keys and a second document are refused.
pub fn parse_yaml(file: &str, text: &str) -> Result<Node, Diagnostic> {
    let mut reader = Reader { file, events: Parser::new_from_str(text) };
    let mut root = None;
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => break,
            (Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd, _) => {}
            (_, span) if root.is_some() => {
                return Err(
                    reader.broken(&span.start, "a second document begins here, where one is expected")
                );
            }
            (event, span) => root = Some(reader.node(event, &span)?),
        }
    }
    root.ok_or_else(|| Diagnostic::error("the file holds nothing").at(Location::file(file)))
}

struct Reader<'a> {
    file: &'a str,
    events: Parser<'a, StrInput<'a>>,
}

impl<'a> Reader<'a> {
    fn broken(&self, marker: &Marker, message: impl Into<String>) -> Diagnostic {
        let Position { line, column } = position(marker);
        Diagnostic::error(message).at(Location::at(self.file, line, column))
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Diagnostic> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(self.broken(error.marker(), error.info())),
            // The parser ends after an error only, and the error was handed on.
            None => Err(Diagnostic::error("the file ends too early").at(Location::file(self.file))),
        }
    }

    // The parser refuses what is nested more than 255 deep, so this recursion ends.
    fn node(&mut self, event: Event<'a>, span: &Span) -> Result<Node, Diagnostic> {
        let start = span.tag_start.unwrap_or(span.start);
        let (content, tag) = match event {
            Event::Scalar(text, style, _, tag) => {
                let words = tag.as_deref().is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let plain = style == ScalarStyle::Plain && !words;
                (Content::Scalar { text: text.into_owned(), plain }, tag)
            }
            Event::SequenceStart(_, _, tag) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break (Content::Sequence(items), tag),
                        (event, span) => items.push(self.node(event, &span)?),
                    }
                }
            }
            Event::MappingStart(_, _, tag) => (self.mapping()?, tag),
            Event::Alias(_) => {
                let help = "write the value out, as CloudFormation wants it too";
                return Err(self.broken(&span.start, "aliases are not supported").help(help));
            }
            _ => return Err(self.broken(&span.start, "a value is expected here")),
        };
        let tag = tag.map(|tag| self.tag(&tag, &start)).transpose()?.flatten();
        Ok(Node { position: position(&start), tag, content })
    }

    fn mapping(&mut self) -> Result<Content, Diagnostic> {
        let mut members: Vec<Member> = Vec::new();
        let mut seen: HashMap<String, Position> = HashMap::new();
        loop {
            let (event, span) = self.next()?;
            let key = match event {
                Event::MappingEnd => return Ok(Content::Mapping(members)),
                Event::Scalar(text, _, _, None) => text.into_owned(),
                _ => return Err(self.broken(&span.start, "a key must be a word")),
            };
            if key == "<<" {
                let help = "write the keys out, as CloudFormation wants it too";
                return Err(self.broken(&span.start, "merge keys are not supported").help(help));
            }
            let place = position(&span.start);
            if let Some(first) = seen.insert(key.clone(), place) {
                let label = format!("already given in line {}", first.line);
                return Err(self.broken(&span.start, format!("the key `{key}` stands twice")).label(label));
            }
            let (event, span) = self.next()?;
            members.push(Member { key, position: place, value: self.node(event, &span)? });
        }
    }

    fn tag(&self, tag: &Tag, start: &Marker) -> Result<Option<String>, Diagnostic> {
        let own = ["str", "map", "seq", "int", "float", "bool", "null"];
        match (tag.handle(), tag.suffix()) {
            ("!", name) => Ok(Some(name.to_owned()).filter(|name| !name.is_empty())),
            ("tag:yaml.org,2002:", name) if own.contains(&name) => Ok(None),
            _ => Err(self.broken(start, format!("the tag `{}` is not supported", tag.original()))),
        }
    }
}

fn position(marker: &Marker) -> Position {
    let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Position { line: narrow(marker.line()), column: narrow(marker.col()).saturating_add(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let diagnostic = parse_yaml("a.yaml", text).unwrap_err();
        format!("{} {}", diagnostic.location.unwrap(), diagnostic.message)
    }

    #[test]
    fn every_node_knows_its_place() {
        let node = parse_yaml("a.yaml", "a:\n  - b: 1\n    c/d: !Ref x\n").unwrap();
        let shown = |place: Position| (place.line, place.column);
        assert_eq!(shown(node.place("/a/0/b")), (2, 8));
        assert_eq!(shown(node.key_place("/a/0/b")), (2, 5));
        assert_eq!(shown(node.place("/a/0/c~1d")), (3, 10));
        assert_eq!(shown(node.place("/a/0/gone/deeper")), (2, 5));
        assert_eq!(node.get("a").and_then(|a| a.get("b")), None);
    }

    #[test]
    fn tags_stay_and_quotes_are_remembered() {
        let node = parse_yaml("a.yaml", "a: !GetAtt x.y\nb: \"1\"\nc: 1\n").unwrap();
        assert_eq!(node.get("a").unwrap().tag.as_deref(), Some("GetAtt"));
        let plain = |key| matches!(node.get(key).unwrap().content, Content::Scalar { plain: true, .. });
        assert_eq!((plain("b"), plain("c")), (false, true));
    }

    #[test]
    fn json_with_tabs_is_read() {
        let node = parse_yaml("a.json", "{\n\t\"a\": [1, {\"b\": null}]\n}\n").unwrap();
        assert_eq!(node.place("/a/1/b"), Position { line: 2, column: 17 });
    }

    #[test]
    fn what_could_be_misread_is_refused_with_its_place() {
        assert_eq!(refused("a: 1\nb: 2\na: 3\n"), "a.yaml:3:1 the key `a` stands twice");
        assert_eq!(refused("a: &x 1\nb: *x\n"), "a.yaml:2:4 aliases are not supported");
        assert_eq!(refused("<<: {a: 1}\n"), "a.yaml:1:1 merge keys are not supported");
        assert_eq!(
            refused("a: 1\n---\nb: 1\n"),
            "a.yaml:3:1 a second document begins here, where one is expected"
        );
        assert_eq!(refused("a: !!binary aGk=\n"), "a.yaml:1:4 the tag `!!binary` is not supported");
        assert_eq!(refused("? [a]\n: 1\n"), "a.yaml:1:3 a key must be a word");
        assert_eq!(refused("# nothing\n"), "a.yaml the file holds nothing");
        assert!(refused("a: [1, 2\n").starts_with("a.yaml:"));
        assert!(refused(&"[".repeat(10_000)).starts_with("a.yaml:1:"));
    }
}
