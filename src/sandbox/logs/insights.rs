use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::query::{Aggregate, Expression, Step};
use super::store::Event;

/// Rows that a query gives where it has no limit of its own.
const MOST: usize = 10_000;

/// One row on its way: what is known by its fields.
type Row = IndexMap<String, Datum>;

#[derive(Debug, Clone, PartialEq)]
enum Datum {
    Text(String),
    Number(f64),
    /// Milliseconds since 1970.
    Time(i64),
}

impl Datum {
    fn show(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Time(millis) => {
                let time = Timestamp::from_millisecond(*millis).unwrap_or(Timestamp::UNIX_EPOCH);
                time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S.%3f").to_string()
            }
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Text(text) => text.trim().parse().ok(),
            Self::Number(number) => Some(*number),
            #[allow(clippy::cast_precision_loss)] // exact for any time of ours
            Self::Time(millis) => Some(*millis as f64),
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self.number(), other.number()) {
            (Some(left), Some(right)) => left.total_cmp(&right),
            _ => self.show().cmp(&other.show()),
        }
    }
}

/// Runs a query over events; the columns of each row, in order.
pub(super) fn run(steps: &[Step], events: &[(&str, &Event)]) -> (Vec<Vec<(String, String)>>, usize) {
    let mut rows: Vec<Row> = events.iter().map(|(group, event)| row(group, event)).collect();
    // The newest first, unless the query sorts.
    rows.sort_by(|left, right| right["@timestamp"].compare(&left["@timestamp"]));
    let mut shown: Vec<String> = Vec::new();
    let mut counted = false;
    let mut matched = rows.len();
    for step in steps {
        match step {
            Step::Filter(condition) => {
                rows.retain(|row| truth(condition, row));
                matched = rows.len();
            }
            Step::Fields(fields) => {
                for (expression, name) in fields {
                    if !shown.contains(name) {
                        shown.push(name.clone());
                    }
                    for row in &mut rows {
                        if let Some(value) = value(expression, row) {
                            row.insert(name.clone(), value);
                        }
                    }
                }
            }
            Step::Parse(field, regex, names) => {
                for row in &mut rows {
                    let text = row.get(field).map(Datum::show).unwrap_or_default();
                    if let Some(caught) = regex.captures(&text) {
                        for (index, name) in names.iter().enumerate() {
                            if let Some(part) = caught.get(index + 1) {
                                row.insert(name.clone(), Datum::Text(part.as_str().to_owned()));
                            }
                        }
                    }
                }
            }
            Step::Stats(aggregates, by) => {
                rows = stats(&rows, aggregates, by);
                shown = by
                    .iter()
                    .map(|(_, name)| name.clone())
                    .chain(aggregates.iter().map(|(_, name)| name.clone()))
                    .collect();
                counted = true;
            }
            Step::Sort(keys) => rows.sort_by(|left, right| order(left, right, keys)),
            Step::Limit(most) => rows.truncate(*most),
        }
    }
    rows.truncate(MOST);
    if shown.is_empty() {
        shown = vec!["@timestamp".to_owned(), "@message".to_owned()];
    }
    if !counted {
        shown.push("@ptr".to_owned());
    }
    let cells =
        |row: &Row| shown.iter().filter_map(|name| Some((name.clone(), row.get(name)?.show()))).collect();
    (rows.iter().map(cells).collect(), matched)
}

fn row(group: &str, event: &Event) -> Row {
    let mut row = Row::new();
    let mut text = |name: &str, value: &str| {
        row.insert(name.to_owned(), Datum::Text(value.to_owned()));
    };
    text("@message", &event.message);
    text("@logStream", &event.stream);
    text("@log", group);
    text("@ptr", &format!("{:056}", event.number));
    for (name, value) in of_lambda(&event.message) {
        text(name, &value);
    }
    row.insert("@timestamp".to_owned(), Datum::Time(event.timestamp));
    row.insert("@ingestionTime".to_owned(), Datum::Time(event.ingestion));
    // Fields of JSON are found by themselves, also within a line that has something before it.
    if let Some(Ok(Value::Object(members))) =
        event.message.find('{').map(|at| serde_json::from_str::<Value>(event.message[at..].trim_end()))
    {
        for (name, value) in &members {
            flatten(name, value, &mut row, 0);
        }
    }
    row
}

fn flatten(name: &str, value: &Value, row: &mut Row, depth: usize) {
    let datum = match value {
        Value::Object(members) if depth < 10 => {
            for (member, value) in members {
                flatten(&format!("{name}.{member}"), value, row, depth + 1);
            }
            return;
        }
        Value::Array(items) if depth < 10 => {
            for (index, value) in items.iter().take(100).enumerate() {
                flatten(&format!("{name}.{index}"), value, row, depth + 1);
            }
            return;
        }
        Value::Null => return,
        Value::Bool(flag) => Datum::Number(f64::from(u8::from(*flag))),
        Value::Number(number) => {
            number.as_f64().map_or_else(|| Datum::Text(number.to_string()), Datum::Number)
        }
        Value::String(text) => Datum::Text(text.clone()),
        other => Datum::Text(other.to_string()),
    };
    row.entry(name.to_owned()).or_insert(datum);
}

/// What is found in the lines that Lambda writes itself.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html>
fn of_lambda(message: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let Some((kind, rest)) =
        message.split_once(" RequestId: ").filter(|(kind, _)| ["START", "END", "REPORT"].contains(kind))
    else {
        return found;
    };
    found.push(("@type", kind.to_owned()));
    found.push(("@requestId", rest.split_whitespace().next().unwrap_or_default().to_owned()));
    for (label, name, scale) in [
        ("\tDuration: ", "@duration", 1.0),
        ("Billed Duration: ", "@billedDuration", 1.0),
        ("Memory Size: ", "@memorySize", 1_000_000.0),
        ("Max Memory Used: ", "@maxMemoryUsed", 1_000_000.0),
        ("Init Duration: ", "@initDuration", 1.0),
    ] {
        let value = message
            .split_once(label)
            .and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<f64>().ok());
        if let Some(value) = value {
            found.push((name, (value * scale).to_string()));
        }
    }
    found
}

fn value(expression: &Expression, row: &Row) -> Option<Datum> {
    Some(match expression {
        Expression::Field(name) => row.get(name)?.clone(),
        Expression::Text(text) => Datum::Text(text.clone()),
        Expression::Number(number) => Datum::Number(*number),
        Expression::Bin(period) => match row.get("@timestamp")? {
            Datum::Time(millis) => Datum::Time(millis - millis.rem_euclid(*period)),
            _ => return None,
        },
        #[allow(clippy::cast_precision_loss)] // lengths of lines
        Expression::Length(inner) => Datum::Number(value(inner, row)?.show().chars().count() as f64),
        Expression::Lower(inner) => Datum::Text(value(inner, row)?.show().to_lowercase()),
        Expression::Upper(inner) => Datum::Text(value(inner, row)?.show().to_uppercase()),
        Expression::Arithmetic(operator, left, right) => {
            let (left, right) = (value(left, row)?.number()?, value(right, row)?.number()?);
            Datum::Number(match operator {
                '+' => left + right,
                '-' => left - right,
                '*' => left * right,
                _ => left / right,
            })
        }
        condition => Datum::Number(f64::from(u8::from(truth(condition, row)))),
    })
}

fn truth(condition: &Expression, row: &Row) -> bool {
    match condition {
        Expression::Not(inner) => !truth(inner, row),
        Expression::And(left, right) => truth(left, row) && truth(right, row),
        Expression::Or(left, right) => truth(left, row) || truth(right, row),
        Expression::Present(name) => row.get(name).is_some_and(|datum| !datum.show().is_empty()),
        Expression::Like(inner, regex) => {
            value(inner, row).is_some_and(|datum| regex.is_match(&datum.show()))
        }
        Expression::In(inner, items) => value(inner, row).is_some_and(|datum| {
            items
                .iter()
                .filter_map(|item| value(item, row))
                .any(|item| datum.compare(&item) == Ordering::Equal)
        }),
        Expression::Compare(operator, left, right) => {
            let (Some(left), Some(right)) = (value(left, row), value(right, row)) else {
                // What is not there differs from everything.
                return *operator == "!=";
            };
            let order = left.compare(&right);
            match *operator {
                "=" => order == Ordering::Equal,
                "!=" => order != Ordering::Equal,
                "<" => order == Ordering::Less,
                "<=" => order != Ordering::Greater,
                ">" => order == Ordering::Greater,
                _ => order != Ordering::Less,
            }
        }
        other => value(other, row)
            .is_some_and(|datum| datum.number().map_or(!datum.show().is_empty(), |number| number != 0.0)),
    }
}

fn order(left: &Row, right: &Row, keys: &[(String, bool)]) -> Ordering {
    for (name, down) in keys {
        let found = match (left.get(name), right.get(name)) {
            (Some(left), Some(right)) => left.compare(right),
            (Some(_), None) => Ordering::Greater,
            (None, Some(_)) => Ordering::Less,
            (None, None) => Ordering::Equal,
        };
        let found = if *down { found.reverse() } else { found };
        if found != Ordering::Equal {
            return found;
        }
    }
    Ordering::Equal
}

fn stats(rows: &[Row], aggregates: &[(Aggregate, String)], by: &[(Expression, String)]) -> Vec<Row> {
    let mut groups: IndexMap<Vec<String>, (Row, Vec<&Row>)> = IndexMap::new();
    for row in rows {
        let cells: Vec<Option<Datum>> = by.iter().map(|(expression, _)| value(expression, row)).collect();
        let key = cells.iter().map(|cell| cell.as_ref().map(Datum::show).unwrap_or_default()).collect();
        let (_, members) = groups.entry(key).or_insert_with(|| {
            let named = by.iter().zip(cells).filter_map(|((_, name), cell)| Some((name.clone(), cell?)));
            (named.collect(), Vec::new())
        });
        members.push(row);
    }
    // Without groups there is a row even of nothing.
    if by.is_empty() && groups.is_empty() {
        groups.insert(Vec::new(), (Row::new(), Vec::new()));
    }
    let finish = |(mut row, members): (Row, Vec<&Row>)| {
        for (aggregate, name) in aggregates {
            if let Some(datum) = compute(aggregate, &members) {
                row.insert(name.clone(), datum);
            }
        }
        row
    };
    groups.into_values().map(finish).collect()
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts of rows
fn compute(aggregate: &Aggregate, members: &[&Row]) -> Option<Datum> {
    let data = |expression: &Expression| -> Vec<Datum> {
        members.iter().filter_map(|row| value(expression, row)).collect()
    };
    let numbers =
        |expression: &Expression| -> Vec<f64> { data(expression).iter().filter_map(Datum::number).collect() };
    Some(match aggregate {
        Aggregate::Count(None) => Datum::Number(members.len() as f64),
        Aggregate::Count(Some(expression)) => Datum::Number(data(expression).len() as f64),
        Aggregate::CountDistinct(expression) => {
            let distinct: BTreeSet<String> = data(expression).iter().map(Datum::show).collect();
            Datum::Number(distinct.len() as f64)
        }
        Aggregate::Sum(expression) => Datum::Number(numbers(expression).iter().sum()),
        Aggregate::Avg(expression) => {
            let numbers = numbers(expression);
            if numbers.is_empty() {
                return None;
            }
            Datum::Number(numbers.iter().sum::<f64>() / numbers.len() as f64)
        }
        Aggregate::Min(expression) => data(expression).into_iter().min_by(Datum::compare)?,
        Aggregate::Max(expression) => data(expression).into_iter().max_by(Datum::compare)?,
        Aggregate::Percentile(expression, percent) => {
            let mut numbers = numbers(expression);
            numbers.sort_by(f64::total_cmp);
            let at = ((percent / 100.0) * numbers.len() as f64).ceil() as usize;
            Datum::Number(*numbers.get(at.saturating_sub(1).min(numbers.len().checked_sub(1)?))?)
        }
        // Rows come with the newest first.
        Aggregate::Latest(expression) => data(expression).into_iter().next()?,
        Aggregate::Earliest(expression) => data(expression).into_iter().next_back()?,
    })
}

/// Queries that were asked, by id.
pub(super) type Asked = HashMap<String, Query>;

/// A query with its answer. Times are milliseconds since 1970.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) scope: crate::sandbox::Scope,
    pub(super) text: String,
    pub(super) group: String,
    pub(super) created: i64,
    pub(super) rows: Vec<Vec<(String, String)>>,
    pub(super) matched: usize,
    pub(super) scanned: usize,
    pub(super) bytes: usize,
}

#[cfg(test)]
mod tests {
    use super::super::query::parse;
    use super::*;

    fn ask(query: &str) -> Vec<Vec<(String, String)>> {
        let messages = [
            r#"{"level":"error","ms":12,"user":{"id":"a"}}"#,
            r#"{"level":"info","ms":3,"user":{"id":"b"}}"#,
            "ERROR boom code=7",
            "REPORT RequestId: 1-2\tDuration: 5.50 ms\tBilled Duration: 6 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t",
        ];
        let events: Vec<Event> = (0_u64..)
            .zip(messages)
            .map(|(number, message)| Event {
                number,
                stream: "s".to_owned(),
                timestamp: 60_000 * i64::try_from(number).unwrap(),
                ingestion: 0,
                message: message.to_owned(),
            })
            .collect();
        let pairs: Vec<(&str, &Event)> = events.iter().map(|event| ("g", event)).collect();
        let (rows, _) = run(&parse(query).unwrap(), &pairs);
        let visible =
            |row: Vec<(String, String)>| row.into_iter().filter(|(name, _)| name != "@ptr").collect();
        rows.into_iter().map(visible).collect()
    }

    fn values(query: &str) -> Vec<String> {
        ask(query)
            .into_iter()
            .map(|row| row.into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(","))
            .collect()
    }

    #[test]
    fn lines_are_filtered_sorted_and_cut() {
        assert_eq!(values("fields @message | filter @message like /ERROR/"), ["ERROR boom code=7"]);
        assert_eq!(
            values("fields level, user.id | filter ispresent(level) | sort ms asc | limit 1"),
            ["info,b"]
        );
        assert_eq!(
            values("fields ms | filter level = 'error' or ms < 5 | sort @timestamp desc"),
            ["3", "12"]
        );
        assert_eq!(values("fields @timestamp | filter level in ['info']"), ["1970-01-01 00:01:00.000"]);
        assert!(values("filter not (@message like 'o')").is_empty());
    }

    #[test]
    fn lines_are_counted_and_taken_apart() {
        assert_eq!(
            values("stats count(*) as n, max(ms) by level | sort level desc"),
            ["info,1,3", "error,1,12", "2"]
        );
        assert_eq!(
            values("filter @type = 'REPORT' | stats avg(@duration), max(@maxMemoryUsed)"),
            ["5.5,40000000"]
        );
        assert_eq!(values("parse @message 'code=*' as code | filter ispresent(code) | display code"), ["7"]);
        assert_eq!(values(r"parse @message /code=(?<code>\d+)/ | filter code > 6 | display code"), ["7"]);
        assert_eq!(
            values("stats count() by bin(2m) | sort bin(2m) asc"),
            ["1970-01-01 00:00:00.000,2", "1970-01-01 00:02:00.000,2"]
        );
    }

    #[test]
    fn what_is_no_query_is_refused() {
        let deep = format!("filter {}1", "(".repeat(5000));
        for wrong in [
            "",
            "test",
            "fields",
            "filter @message like",
            "limit 0",
            "limit 10001",
            "stats nothing(a)",
            "filter a = \"x",
            "filter a like /(/",
            &deep,
        ] {
            assert_eq!(
                parse(wrong).unwrap_err().code,
                "MalformedQueryException",
                "{}",
                &wrong[..wrong.len().min(30)]
            );
        }
    }
}
