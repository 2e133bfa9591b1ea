//! Reads a template's text into its pieces.

use super::cursor::Cursor;
use super::expression;
use super::syntax::{Node, Reference, Step};

/// Reads a whole template.
pub(super) fn parse(text: &str) -> Result<Vec<Node>, String> {
    let mut cursor = Cursor::new(text);
    let (nodes, end) = block(&mut cursor, true)?;
    match end {
        End::Text => Ok(nodes),
        _ => Err(cursor.complaint("a directive without its beginning")),
    }
}

/// Reads text in which only references count, no directives.
pub(super) fn parse_references(text: &str) -> Vec<Node> {
    let mut cursor = Cursor::new(text);
    match block(&mut cursor, false) {
        Ok((nodes, _)) => nodes,
        Err(_) => vec![Node::Text(text.to_owned())],
    }
}

/// What ended a block.
#[derive(Debug, PartialEq)]
enum End {
    Text,
    Else,
    ElseIf,
    Closed,
}

fn block(cursor: &mut Cursor<'_>, directives: bool) -> Result<(Vec<Node>, End), String> {
    cursor.enter()?;
    let mut nodes = vec![];
    let mut text = String::new();
    let end = loop {
        let Some(letter) = cursor.peek() else { break End::Text };
        match letter {
            '\\' if matches!(cursor.rest().as_bytes().get(1), Some(b'$' | b'#')) => {
                cursor.advance();
                text.extend(cursor.advance());
            }
            '$' => {
                if let Some(reference) = reference(cursor)? {
                    flush(&mut text, &mut nodes);
                    nodes.push(Node::Reference(reference));
                } else {
                    text.extend(cursor.advance());
                }
            }
            '#' if directives => {
                if let Some(end) = directive(cursor, &mut text, &mut nodes)? {
                    break end;
                }
            }
            _ => text.extend(cursor.advance()),
        }
    };
    flush(&mut text, &mut nodes);
    cursor.leave();
    Ok((nodes, end))
}

fn flush(text: &mut String, nodes: &mut Vec<Node>) {
    if !text.is_empty() {
        nodes.push(Node::Text(std::mem::take(text)));
    }
}

/// Reads what begins with `#`; returns how the block ends when it ends here.
fn directive(
    cursor: &mut Cursor<'_>,
    text: &mut String,
    nodes: &mut Vec<Node>,
) -> Result<Option<End>, String> {
    if cursor.eat("##") {
        let rest = cursor.rest();
        let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
        cursor.back_to(cursor.position() + length);
        return Ok(None);
    }
    if cursor.eat("#*") {
        let length = cursor.rest().find("*#").ok_or_else(|| cursor.complaint("a comment without its end"))?;
        cursor.back_to(cursor.position() + length + 2);
        return Ok(None);
    }
    if cursor.eat("#[[") {
        let rest = cursor.rest();
        let length = rest.find("]]#").ok_or_else(|| cursor.complaint("'#[[' without its end"))?;
        text.push_str(&rest[..length]);
        cursor.back_to(cursor.position() + length + 3);
        return Ok(None);
    }
    let start = cursor.position();
    cursor.advance();
    let braced = cursor.eat("{");
    let name = cursor.name().unwrap_or_default();
    if braced && !cursor.eat("}") {
        cursor.back_to(start);
        text.extend(cursor.advance());
        return Ok(None);
    }
    let end = match name.as_str() {
        "set" => {
            let node = set(cursor)?;
            // A line that holds nothing but an assignment leaves no trace.
            let line = text.rfind('\n').map_or(0, |end| end + 1);
            let alone = nodes.is_empty() || line > 0 || text.is_empty();
            if alone && text[line..].trim().is_empty() {
                text.truncate(line);
            }
            flush(text, nodes);
            nodes.push(node);
            cursor.skip_line_end();
            None
        }
        "if" => {
            flush(text, nodes);
            nodes.push(conditional(cursor)?);
            None
        }
        "foreach" => {
            flush(text, nodes);
            nodes.push(foreach(cursor)?);
            None
        }
        "break" => {
            flush(text, nodes);
            nodes.push(Node::Break);
            None
        }
        "stop" => {
            flush(text, nodes);
            nodes.push(Node::Stop);
            None
        }
        "else" => Some(End::Else),
        "elseif" => Some(End::ElseIf),
        "end" => {
            cursor.skip_line_end();
            Some(End::Closed)
        }
        "define" => {
            flush(text, nodes);
            nodes.push(define(cursor)?);
            None
        }
        "macro" | "include" | "parse" | "evaluate" => {
            return Err(cursor.complaint(&format!("API Gateway has no #{name}")));
        }
        _ => {
            cursor.back_to(start);
            text.extend(cursor.advance());
            None
        }
    };
    Ok(end)
}

fn set(cursor: &mut Cursor<'_>) -> Result<Node, String> {
    cursor.skip_blanks();
    cursor.expect("(")?;
    cursor.skip_blanks();
    let target = reference(cursor)?.ok_or_else(|| cursor.complaint("#set needs a reference"))?;
    cursor.skip_blanks();
    cursor.expect("=")?;
    let value = expression::parse(cursor)?;
    cursor.skip_blanks();
    cursor.expect(")")?;
    Ok(Node::Set(target, value))
}

fn conditional(cursor: &mut Cursor<'_>) -> Result<Node, String> {
    let mut branches = vec![];
    loop {
        let condition = condition(cursor)?;
        cursor.skip_line_end();
        let (nodes, end) = block(cursor, true)?;
        branches.push((condition, nodes));
        match end {
            End::ElseIf => {}
            End::Else => {
                cursor.skip_line_end();
                let (otherwise, end) = block(cursor, true)?;
                if end != End::Closed {
                    return Err(cursor.complaint("#if without #end"));
                }
                return Ok(Node::If(branches, otherwise));
            }
            End::Closed => return Ok(Node::If(branches, vec![])),
            End::Text => return Err(cursor.complaint("#if without #end")),
        }
    }
}

fn condition(cursor: &mut Cursor<'_>) -> Result<super::syntax::Expression, String> {
    cursor.skip_blanks();
    cursor.expect("(")?;
    let condition = expression::parse(cursor)?;
    cursor.skip_blanks();
    cursor.expect(")")?;
    Ok(condition)
}

fn foreach(cursor: &mut Cursor<'_>) -> Result<Node, String> {
    cursor.skip_blanks();
    cursor.expect("(")?;
    cursor.skip_blanks();
    let item = reference(cursor)?.ok_or_else(|| cursor.complaint("#foreach needs a reference"))?;
    cursor.skip_blanks();
    cursor.expect("in")?;
    let over = expression::parse(cursor)?;
    cursor.skip_blanks();
    cursor.expect(")")?;
    cursor.skip_line_end();
    let (nodes, end) = block(cursor, true)?;
    if end != End::Closed {
        return Err(cursor.complaint("#foreach without #end"));
    }
    Ok(Node::Foreach(item.name, over, nodes))
}

fn define(cursor: &mut Cursor<'_>) -> Result<Node, String> {
    cursor.skip_blanks();
    cursor.expect("(")?;
    cursor.skip_blanks();
    let name = reference(cursor)?.ok_or_else(|| cursor.complaint("#define needs a reference"))?.name;
    cursor.skip_blanks();
    cursor.expect(")")?;
    cursor.skip_line_end();
    let (nodes, end) = block(cursor, true)?;
    if end != End::Closed {
        return Err(cursor.complaint("#define without #end"));
    }
    Ok(Node::Define(name, nodes.into()))
}

/// Reads a reference at `$`; `None`, with nothing consumed, when the dollar begins none.
pub(super) fn reference(cursor: &mut Cursor<'_>) -> Result<Option<Reference>, String> {
    let start = cursor.position();
    if !cursor.eat("$") {
        return Ok(None);
    }
    cursor.eat("!");
    let braced = cursor.eat("{");
    let Some(name) = cursor.name() else {
        cursor.back_to(start);
        return Ok(None);
    };
    let mut steps = vec![];
    loop {
        let before = cursor.position();
        if cursor.eat(".") {
            let Some(member) = cursor.name() else {
                cursor.back_to(before);
                break;
            };
            if cursor.eat("(") {
                let arguments = expression::list(cursor, ")")?;
                steps.push(Step::Call(member, arguments));
            } else {
                steps.push(Step::Member(member));
            }
        } else if cursor.peek() == Some('[') {
            // A bracket after a reference may as well be text.
            cursor.advance();
            let Ok(index) = expression::parse(cursor) else {
                cursor.back_to(before);
                break;
            };
            cursor.skip_blanks();
            if !cursor.eat("]") {
                cursor.back_to(before);
                break;
            }
            steps.push(Step::Index(index));
        } else {
            break;
        }
    }
    if braced && !cursor.eat("}") {
        cursor.back_to(start);
        return Ok(None);
    }
    Ok(Some(Reference { name, steps }))
}
