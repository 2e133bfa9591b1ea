//! The methods of Java's strings, lists and maps that templates call.

use regex::Regex;

use super::datum::Datum;

/// Calls a method of a value; `None` when the value has no such method.
pub(super) fn call(subject: &Datum, name: &str, arguments: &[Datum]) -> Option<Datum> {
    match name {
        "toString" => return Some(Datum::Text(subject.written())),
        "equals" => return Some(Datum::Bool(arguments.first().is_some_and(|other| subject.equals(other)))),
        _ => {}
    }
    match subject {
        Datum::Text(text) => on_text(text, name, arguments),
        Datum::List(..) => on_list(subject, name, arguments),
        Datum::Map(_) => on_map(subject, name, arguments),
        Datum::Whole(_) | Datum::Fraction(_) => on_number(subject, name, arguments),
        _ => None,
    }
}

fn whole(number: usize) -> Datum {
    Datum::Whole(i64::try_from(number).unwrap_or(i64::MAX))
}

fn index(datum: Option<&Datum>) -> Option<usize> {
    match datum {
        Some(Datum::Whole(number)) => usize::try_from(*number).ok(),
        _ => None,
    }
}

/// Which of two comes first, as Java's `compareTo` says it.
fn order(order: std::cmp::Ordering) -> Datum {
    Datum::Whole(order as i64)
}

fn on_number(subject: &Datum, name: &str, arguments: &[Datum]) -> Option<Datum> {
    let number = subject.number()?;
    let argument = || arguments.first().map(Datum::written);
    #[expect(clippy::cast_possible_truncation, reason = "Java truncates too")]
    match name {
        "intValue" | "longValue" => Some(Datum::Whole(number as i64)),
        "doubleValue" | "floatValue" => Some(Datum::Fraction(number)),
        // Methods of the class: any number will do to call them of, as templates do for want of another way to read one.
        "parseInt" | "parseLong" => argument()?.parse().ok().map(Datum::Whole),
        "parseDouble" | "parseFloat" => argument()?.trim().parse().ok().map(Datum::Fraction),
        "valueOf" => match subject {
            Datum::Whole(_) => argument()?.parse().ok().map(Datum::Whole),
            _ => argument()?.trim().parse().ok().map(Datum::Fraction),
        },
        "compareTo" => Some(order(number.partial_cmp(&arguments.first()?.number()?)?)),
        _ => None,
    }
}

fn on_text(text: &str, name: &str, arguments: &[Datum]) -> Option<Datum> {
    let argument = |at: usize| arguments.get(at).map(Datum::written).unwrap_or_default();
    let letters = || text.chars().count();
    Some(match name {
        "length" | "size" => whole(letters()),
        "isEmpty" => Datum::Bool(text.is_empty()),
        "contains" => Datum::Bool(text.contains(&argument(0))),
        "startsWith" => Datum::Bool(text.starts_with(&argument(0))),
        "endsWith" => Datum::Bool(text.ends_with(&argument(0))),
        "equalsIgnoreCase" => Datum::Bool(text.eq_ignore_ascii_case(&argument(0))),
        "matches" => Datum::Bool(regex(&format!("(?s)^(?:{})$", argument(0)))?.is_match(text)),
        "toLowerCase" => Datum::Text(text.to_lowercase()),
        "toUpperCase" => Datum::Text(text.to_uppercase()),
        "trim" => Datum::text(text.trim()),
        "compareTo" => order(text.cmp(&argument(0))),
        "compareToIgnoreCase" => order(text.to_lowercase().cmp(&argument(0).to_lowercase())),
        // Of the class: the text of whatever it is given.
        "valueOf" => Datum::Text(argument(0)),
        "concat" => Datum::Text(format!("{text}{}", argument(0))),
        "replace" => Datum::Text(text.replace(&argument(0), &argument(1))),
        "replaceAll" => {
            Datum::Text(regex(&argument(0))?.replace_all(text, replacement(&argument(1))).into_owned())
        }
        "replaceFirst" => {
            Datum::Text(regex(&argument(0))?.replace(text, replacement(&argument(1))).into_owned())
        }
        "indexOf" => text.find(&argument(0)).map_or(Datum::Whole(-1), |at| whole(text[..at].chars().count())),
        "lastIndexOf" => {
            text.rfind(&argument(0)).map_or(Datum::Whole(-1), |at| whole(text[..at].chars().count()))
        }
        "charAt" => text.chars().nth(index(arguments.first())?).map_or(Datum::Null, Datum::text),
        "split" => {
            let mut parts: Vec<&str> = regex(&argument(0))?.split(text).collect();
            // As in Java, empty parts at the end are dropped.
            while parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty()) {
                parts.pop();
            }
            Datum::list(parts.into_iter().map(Datum::text).collect())
        }
        "substring" => {
            let start = index(arguments.first())?;
            let end = if arguments.len() > 1 { index(arguments.get(1))? } else { letters() };
            if start > end || end > letters() {
                return None;
            }
            Datum::Text(text.chars().skip(start).take(end - start).collect())
        }
        _ => return None,
    })
}

fn regex(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// Java writes groups as `$1`; so does the regex crate, but longest name first.
fn replacement(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('$') => written.push_str("$$"),
                Some(other) => written.push(other),
                None => {}
            },
            '$' => match letters.next_if(char::is_ascii_digit) {
                Some(digit) => written.extend(['$', '{', digit, '}']),
                None => written.push_str("$$"),
            },
            other => written.push(other),
        }
    }
    written
}

fn on_list(subject: &Datum, name: &str, arguments: &[Datum]) -> Option<Datum> {
    let Datum::List(entries, _) = subject else { return None };
    let first = arguments.first().cloned().unwrap_or(Datum::Null);
    Some(match name {
        "size" | "length" => whole(entries.borrow().len()),
        "isEmpty" => Datum::Bool(entries.borrow().is_empty()),
        "get" => entries.borrow().get(index(arguments.first())?).cloned().unwrap_or(Datum::Null),
        "contains" => Datum::Bool(entries.borrow().iter().any(|entry| entry.equals(&first))),
        "indexOf" => {
            entries.borrow().iter().position(|entry| entry.equals(&first)).map_or(Datum::Whole(-1), whole)
        }
        "add" => {
            entries.borrow_mut().push(first);
            Datum::Bool(true)
        }
        "containsAll" => {
            let Datum::List(others, _) = &first else { return None };
            let (others, entries) = (others.borrow(), entries.borrow());
            Datum::Bool(others.iter().all(|other| entries.iter().any(|entry| entry.equals(other))))
        }
        "subList" => {
            let (start, end) = (index(arguments.first())?, index(arguments.get(1))?);
            Datum::list(entries.borrow().get(start..end)?.to_vec())
        }
        "clear" => {
            entries.borrow_mut().clear();
            Datum::Null
        }
        "addAll" => {
            let Datum::List(more, _) = &first else { return None };
            let more = more.borrow().clone();
            entries.borrow_mut().extend(more);
            Datum::Bool(true)
        }
        "set" => {
            let at = index(arguments.first())?;
            let mut entries = entries.borrow_mut();
            let slot = entries.get_mut(at)?;
            std::mem::replace(slot, arguments.get(1).cloned().unwrap_or(Datum::Null))
        }
        "remove" => {
            let at = index(arguments.first())?;
            let mut entries = entries.borrow_mut();
            if at < entries.len() { entries.remove(at) } else { Datum::Null }
        }
        _ => return None,
    })
}

fn on_map(subject: &Datum, name: &str, arguments: &[Datum]) -> Option<Datum> {
    let Datum::Map(members) = subject else { return None };
    let first = arguments.first().map(Datum::written).unwrap_or_default();
    Some(match name {
        "size" => whole(members.borrow().len()),
        "isEmpty" => Datum::Bool(members.borrow().is_empty()),
        "get" => members.borrow().get(&first).cloned().unwrap_or(Datum::Null),
        "getOrDefault" => {
            let other = arguments.get(1).cloned().unwrap_or(Datum::Null);
            members.borrow().get(&first).cloned().unwrap_or(other)
        }
        "putIfAbsent" => {
            let there = members.borrow().get(&first).cloned();
            if there.is_none() {
                members.borrow_mut().insert(first, arguments.get(1).cloned().unwrap_or(Datum::Null));
            }
            there.unwrap_or(Datum::Null)
        }
        "clear" => {
            members.borrow_mut().clear();
            Datum::Null
        }
        "containsKey" => Datum::Bool(members.borrow().contains_key(&first)),
        "containsValue" => {
            let value = arguments.first().cloned().unwrap_or(Datum::Null);
            Datum::Bool(members.borrow().values().any(|there| there.equals(&value)))
        }
        "keySet" => Datum::list(members.borrow().keys().map(Datum::text).collect()),
        "values" => Datum::list(members.borrow().values().cloned().collect()),
        "entrySet" => {
            let entries = members.borrow();
            let entries = entries.iter().map(|(key, value)| {
                let entry = [("key".to_owned(), Datum::text(key)), ("value".to_owned(), value.clone())];
                Datum::map(entry.into_iter().collect())
            });
            Datum::list(entries.collect())
        }
        "getKey" => members.borrow().get("key").cloned().unwrap_or(Datum::Null),
        "getValue" => members.borrow().get("value").cloned().unwrap_or(Datum::Null),
        "put" => {
            let value = arguments.get(1).cloned().unwrap_or(Datum::Null);
            members.borrow_mut().insert(first, value).unwrap_or(Datum::Null)
        }
        "putAll" => {
            let Some(Datum::Map(more)) = arguments.first() else { return None };
            let more = more.borrow().clone();
            members.borrow_mut().extend(more);
            Datum::Null
        }
        "remove" => members.borrow_mut().shift_remove(&first).unwrap_or(Datum::Null),
        _ => return None,
    })
}
