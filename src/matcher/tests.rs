use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Reads an expectation from YAML, as challenges do.
fn expectation(yaml: &str) -> Expectation {
    serde_saphyr::from_str(yaml).unwrap_or_else(|error| panic!("{yaml}: {error}"))
}

fn matches(matcher: &str, subject: &Value) -> bool {
    expectation(&format!("subject: {{ {matcher} }}")).mismatches(&json!({ "subject": subject })).is_empty()
}

/// One operator: a subject that matches, one that does not, and one of a type that it cannot judge, if there is such.
struct Row(&'static str, Value, Value, Option<Value>);

fn table() -> Vec<Row> {
    let s = |text: &str| Value::from(text);
    vec![
        Row("equal: [1, { a: x }]", json!([1.0, {"a": "x"}]), json!([1, {"a": "x", "b": 1}]), None),
        Row("equal: '30'", s("30"), json!(30), None),
        Row("not: { equal: 500 }", json!(200), json!(500), None),
        Row("not: { gt: 5 }", json!(5), json!(6), Some(s("4"))),
        Row("all: [{ ge: 200 }, { lt: 300 }]", json!(204), json!(300), Some(s("204"))),
        Row("any: [{ lt: 5 }, { gt: 9 }]", json!(10), json!(7), Some(s("10"))),
        Row("none: [{ lt: 5 }, { gt: 9 }]", json!(7), json!(10), Some(s("7"))),
        Row("gt: 5", json!(5.5), json!(5), Some(s("6"))),
        Row("ge: 5", json!(5.0), json!(4.9), Some(s("6"))),
        Row("lt: 5", json!(-1), json!(5), Some(Value::Null)),
        Row("le: 5", json!(5), json!(u64::MAX), Some(json!([]))),
        Row("between: [3, 30]", json!(30), json!(2), Some(s("4"))),
        Row("prefix: order-", s("order-1"), s("an order-1"), Some(json!(["order-1"]))),
        Row("suffix: .handler", s("app.handler"), s("app.handler2"), Some(json!(1))),
        Row("contains: not found", s("order not found!"), s("Not Found"), Some(json!(["not found"]))),
        Row("matches: '^o-[0-9]+$'", s("o-17"), s("o-17a"), Some(json!(17))),
        Row("one_of: [200, 201]", json!(201), s("201"), None),
        Row("len: 2", s("äö"), json!([1]), Some(json!(2))),
        Row("len: { ge: 1 }", json!({"a": 1}), s(""), Some(Value::Null)),
        Row("empty: true", json!([]), json!({"a": 1}), Some(Value::Null)),
        Row("empty: false", s("x"), json!({}), Some(json!(0))),
        Row("exists: true", Value::Null, Value::Null, None),
        Row("absent: false", Value::Null, Value::Null, None),
        Row("null: true", Value::Null, json!(0), None),
        Row("'null': false", json!(0), Value::Null, None),
        Row("includes: GET", json!(["PUT", "GET"]), json!(["PUT"]), Some(s("GET"))),
        Row("includes: { prefix: o- }", json!([1, "o-1"]), json!([1, "p-1"]), Some(json!([1, 2]))),
        Row(
            "includes_all: [GET, PUT]",
            json!(["PUT", "POST", "GET"]),
            json!(["GET"]),
            Some(json!({"GET": 1})),
        ),
        Row(
            "exactly: [GET, { prefix: P }]",
            json!(["PUT", "GET"]),
            json!(["GET", "PUT", "POST"]),
            Some(s("GET")),
        ),
        Row("every: { ge: 1 }", json!([1, 2]), json!([1, 0]), Some(json!([]))),
        Row("has_key: id", json!({"id": null}), json!({"Id": 1}), Some(json!(["id"]))),
        Row(
            "like: { id: o-1, note: { absent: true } }",
            json!({"id": "o-1", "n": 1}),
            json!({"note": 1}),
            Some(s("o-1")),
        ),
        Row("json: { has_key: id }", s(r#"{"id": 1}"#), s("{}"), Some(s("{"))),
        Row("number: { ge: 3 }", s("3.5"), s("2"), Some(json!(5))),
        Row("number: 17", s("17"), s("18"), Some(s("seventeen"))),
        Row(
            "arn: 'arn:aws:iam::*:role/*'",
            s("arn:aws:iam::123456789012:role/x"),
            s("arn:aws:iam::1:user/x"),
            Some(json!(1)),
        ),
        Row(
            "arn: { service: lambda, resource: { suffix: ':get' } }",
            s("arn:aws:lambda:eu-west-1:123456789012:function:get"),
            s("arn:aws:lambda:eu-west-1:123456789012:function:put"),
            Some(json!({})),
        ),
    ]
}

#[test]
fn every_operator_is_in_the_table() {
    for operator in &OPERATORS {
        let name = format!("{}:", operator.name);
        assert!(table().iter().any(|row| row.0.replace('\'', "").starts_with(&name)), "{name}");
    }
}

#[test]
fn a_subject_that_fits_passes_and_one_that_does_not_fails() {
    for Row(matcher, fits, differs, _) in table() {
        assert!(matches(matcher, &fits), "{matcher} against {fits}");
        if fits != differs {
            assert!(!matches(matcher, &differs), "{matcher} against {differs}");
        }
    }
}

#[test]
fn not_turns_a_clear_answer_round() {
    for Row(matcher, fits, differs, _) in table() {
        let turned = format!("not: {{ {matcher} }}");
        assert!(!matches(&turned, &fits), "{turned} against {fits}");
        if fits != differs {
            assert!(matches(&turned, &differs), "{turned} against {differs}");
        }
    }
}

#[test]
fn a_subject_of_another_type_fails_with_and_without_not_and_is_told_why() {
    for Row(matcher, _, _, other) in table() {
        let Some(other) = other else { continue };
        for matcher in
            [matcher.to_owned(), format!("not: {{ {matcher} }}"), format!("none: [{{ {matcher} }}]")]
        {
            let expectation = expectation(&format!("subject: {{ {matcher} }}"));
            let mismatches = expectation.mismatches(&json!({ "subject": other }));
            assert!(!mismatches.is_empty(), "{matcher} against {other}");
            assert!(mismatches.iter().any(|mismatch| mismatch.note.is_some()), "{matcher}: {mismatches:?}");
        }
    }
}

#[test]
fn nothing_matches_what_is_missing_but_absent() {
    let empty = json!({});
    for Row(matcher, ..) in table() {
        for matcher in [matcher.to_owned(), format!("not: {{ {matcher} }}")] {
            let speaks_of_presence = ["exists", "absent: false"].iter().any(|word| matcher.contains(word));
            let mismatches = expectation(&format!("subject: {{ {matcher} }}")).mismatches(&empty);
            let turned_presence = matcher.starts_with("not") && speaks_of_presence;
            assert_eq!(mismatches.is_empty(), turned_presence, "{matcher}");
            assert!(
                mismatches.iter().all(|mismatch| mismatch.actual.is_none() && mismatch.path == "subject")
            );
        }
    }
    for matcher in
        ["absent: true", "exists: false", "not: { exists: true }", "any: [{ absent: true }, { equal: 1 }]"]
    {
        assert!(expectation(&format!("subject: {{ {matcher} }}")).mismatches(&empty).is_empty(), "{matcher}");
    }
}

#[test]
fn nothing_matches_what_cannot_be_resolved_not_even_absent() {
    for subject in [json!({}), json!({"body": null}), json!({"body": "text"}), json!({"body": []})] {
        for matcher in
            ["absent: true", "exists: false", "not: { exists: true }", "not: { equal: 1 }", "absent: false"]
        {
            let mismatches = expectation(&format!("$.body.error: {{ {matcher} }}")).mismatches(&subject);
            assert!(mismatches[0].note.is_some(), "{matcher} against {subject}: {mismatches:?}");
        }
    }
    let mismatches = expectation("$.body.error: { absent: true }").mismatches(&json!({"body": null}));
    assert_eq!(mismatches[0].note.as_deref(), Some("`$.body` is null, not an object"));
}

#[test]
fn absent_fails_on_null_because_null_is_there() {
    assert!(!matches("absent: true", &Value::Null));
    assert!(matches("exists: true", &Value::Null));
    assert!(!matches("empty: true", &Value::Null));
}

#[test]
fn several_nodes_must_each_match_unless_the_matcher_speaks_of_a_list() {
    let subject = json!({"items": [{"id": "o-1"}, {"id": "o-2"}, {"id": "p-3"}]});
    let fails = |yaml: &str| expectation(yaml).mismatches(&subject);
    assert_eq!(fails("$.items[*].id: { prefix: o- }").len(), 1);
    assert_eq!(fails("$.items[*].id: { prefix: o- }")[0].path, "$['items'][2]['id']");
    for passing in [
        "$.items[*].id: { matches: '^.-[0-9]$' }",
        "$.items[*].id: { includes: o-2 }",
        "$.items[*].id: { len: 3 }",
        "$.items[*].id: { exactly: [p-3, o-1, o-2] }",
        "$.items[?@.id == 'o-9']: { empty: true }",
        "$.items[?@.id == 'o-9']: { absent: true }",
        "$.items[*].id: { all: [{ len: { ge: 1 } }, { not: { prefix: x } }] }",
        "$.items[*]: { every: { has_key: id } }",
        "$.items: { len: 3 }",
    ] {
        assert_eq!(fails(passing), [], "{passing}");
    }
    // An empty selection says nothing about its elements.
    assert_eq!(fails("$.items[?@.id == 'o-9'].id: { every: { prefix: o- } }").len(), 1);
    assert_eq!(fails("$.nothing[*]: { len: 0 }").len(), 1);
}

#[test]
fn a_mismatch_says_where_what_and_what_is_missing() {
    let subject = json!({"body": {"total": 3, "items": ["a", "b", "c"], "id": 17}});
    let one = |yaml: &str| expectation(yaml).mismatches(&subject).remove(0);

    let mismatch = one("$.body.items: { exactly: [b, { prefix: x }, a] }");
    assert_eq!((mismatch.missing, mismatch.extra), (vec![json!("to begin with \"x\"")], vec![json!("c")]));

    let mismatch = one("$.body.items: { includes_all: [a, d, e] }");
    assert_eq!(mismatch.missing, [json!("d"), json!("e")]);

    let mismatch = one("$.body: { equal: { total: 4, items: [a, b, c], id: 17 } }");
    assert_eq!((mismatch.path.as_str(), mismatch.expected.as_str()), ("$['body']['total']", "4"));

    let mismatch = one("$.body: { equal: { total: 3, item: 1, id: 17 } }");
    assert_eq!((mismatch.missing, mismatch.extra), (vec![json!("item")], vec![json!("items")]));

    let mismatch = one("$.body.id: '17'");
    assert_eq!(mismatch.note.as_deref(), Some("a number is not a text"));

    let mismatch = one("$.body.items: { len: 2 }");
    assert_eq!(mismatch.note.as_deref(), Some("its length is 3"));

    let subject = json!({"text": r#"{"order": {"id": 1}}"#});
    let mismatch =
        expectation("text: { json: { like: { order: { like: { id: 2 } } } } }").mismatches(&subject);
    assert_eq!(mismatch[0].path, "$['text'] (as JSON) $['order']['id']");
}

#[test]
fn a_matcher_for_either_type_is_judged_by_the_one_that_applies() {
    let broad = "any: [{ contains: '*' }, { includes: { contains: '*' } }]";
    assert!(matches(broad, &json!("dynamodb:*")));
    assert!(matches(broad, &json!(["logs:Put", "dynamodb:*"])));
    assert!(matches(&format!("not: {{ {broad} }}"), &json!("dynamodb:GetItem")));
    assert!(matches(&format!("not: {{ {broad} }}"), &json!(["dynamodb:GetItem"])));
}

#[test]
fn names_are_filled_in_everywhere() {
    let yaml = "id: '{{ order }}'\ntext: { all: [{ matches: '^{{ order }}$' }, { like: { a: { one_of: ['{{ b }}'] } } }] }";
    let unfilled = expectation(yaml);
    assert_eq!(unfilled.names(), ["order", "order", "b"]);
    assert!(!unfilled.mismatches(&json!({"id": "o.1", "text": "o.1"})).is_empty());
    let values = BTreeMap::from([("order", "o.1"), ("b", "x")].map(|(k, v)| (k.to_owned(), v.to_owned())));
    let filled =
        expectation("id: '{{ order }}'\ntext: { matches: '^{{ order }}$' }").filled(&values).unwrap();
    assert_eq!(filled.mismatches(&json!({"id": "o.1", "text": "o.1"})), []);
    assert_eq!(filled.mismatches(&json!({"id": "o.1", "text": "oX1"})).len(), 1);
    let error = unfilled.filled(&BTreeMap::new()).unwrap_err();
    assert_eq!(error.to_string(), "nothing is called `order` here");
}

/// Returns the message and place of what is wrong with an expectation.
fn error(yaml: &str) -> (String, u64, u64) {
    let error =
        serde_saphyr::from_str::<Expectation>(yaml).err().unwrap_or_else(|| panic!("accepted: {yaml}"));
    let place = error.location().unwrap_or_else(|| panic!("no place: {error}"));
    (error.without_snippet().to_string(), place.line(), place.column())
}

#[test]
fn mistakes_are_reported_at_their_word() {
    let mut wrong = Vec::new();
    for (yaml, message, line, column) in [
        ("status: { has_prefx: x }", "unknown operator `has_prefx`; write one of `equal`", 1, 11),
        ("status:\n  prefxi: x", "did you mean `prefix`?", 2, 3),
        ("status: { foo: { bar: 1 } }", "unknown operator `foo`; write one of `equal`, `not`", 1, 11),
        ("status: { gt: 1, lt: 5 }", "more than one operator: `gt` and `lt`; wrap them in `all`", 1, 18),
        ("body: [1, 2]", "write `equal: [...]`", 1, 7),
        ("body: { includes_all: [] }", "`includes_all` of an empty list says nothing", 1, 23),
        ("body: { exactly: [] }", "for an empty list write `empty: true`", 1, 18),
        ("body: {}", "an empty map expects nothing", 1, 7),
        ("body:\n", "where null is expected", 1, 5),
        ("body: { prefix: 5 }", "write '5' in quotes", 1, 17),
        ("body: { gt: '5' }", "a number without quotes", 1, 13),
        ("body: { between: [5, 3] }", "the lower first", 1, 18),
        ("body: { matches: '(' }", "unclosed group", 1, 18),
        ("body: { exists: 1 }", "bool", 1, 17),
        ("body: { arn: { acount: 1 } }", "an ARN has no part `acount`", 1, 16),
        ("body: { arn: lambda }", "not an ARN of six parts", 1, 14),
        ("status: 200\n$.body[: 1", "is not a JSONPath: at character", 2, 1),
        ("body.id: 1", "begins with `$`: `$.body.id`", 1, 1),
        ("$.a['{{ x }}']: 1", "selectors are not filled in", 1, 1),
        ("body: '{{ x'", "never closed", 1, 7),
        ("body: { equal: { a: ['{{ 1 }}'] } }", "does not hold a name", 1, 16),
        ("status: 200\n$.status: 201", "are one selector; wrap its matchers in `all`", 2, 1),
        ("status: 200\nstatus: 201", "duplicate", 2, 1),
    ] {
        let (text, at_line, at_column) = error(yaml);
        if !text.contains(message) || (at_line, at_column) != (line, column) {
            wrong.push(format!("{yaml:?}: {at_line}:{at_column} {text}, and not {line}:{column} {message}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[derive(Debug, Default)]
struct Rights {
    allows: Vec<String>,
}

impl Besides for Rights {
    const KEYS: &'static [&'static str] = &["allows"];

    fn read<'de, A: serde::de::MapAccess<'de>>(
        &mut self,
        _: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        self.allows = map.next_value()?;
        Ok(())
    }
}

#[test]
fn keys_beside_the_selectors_are_handed_to_who_knows_them() {
    let read: ExpectationAnd<Rights> = serde_saphyr::from_str("name: { prefix: x }\nallows: [a, b]").unwrap();
    assert_eq!(
        (read.expectation.lines().count(), read.besides.allows),
        (1, vec!["a".to_owned(), "b".to_owned()])
    );
    let read: ExpectationAnd<Rights> = serde_saphyr::from_str("allows: [a]").unwrap();
    assert!(read.expectation.is_empty());
}

#[test]
fn the_reference_reads_every_example_and_describes_it() {
    let page = reference();
    for operator in &OPERATORS {
        let matcher: Matcher = serde_saphyr::from_str(operator.example).unwrap();
        assert!(!matcher.describe().is_empty());
        assert!(page.contains(&format!("| `{}` |", operator.name)));
    }
    insta::assert_snapshot!(page);
}

#[test]
fn the_schema_names_every_operator() {
    let schema = schemars::schema_for!(Expectation).to_value();
    let operators = &schema["$defs"]["Matcher"]["anyOf"][1]["properties"];
    assert!(OPERATORS.iter().all(|operator| operators.get(operator.name).is_some()), "{schema:#}");
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(|number: f64| json!(number)),
        "[a-z{}'\\\\\\n]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z' ]{0,3}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_value_equals_itself_and_never_its_negation(value in json_value(), other in json_value()) {
        let path = "$";
        let judge = |matcher: &Matcher, value: &Value| {
            matches!(matcher.judge(&judge::Subject::one(path.to_owned(), value)), judge::Judgement::Holds)
        };
        let equal = Matcher::Equal(value.clone());
        prop_assert!(judge(&equal, &value));
        prop_assert_ne!(judge(&equal, &other), judge(&Matcher::Not(Box::new(equal.clone())), &other));
    }

    #[test]
    fn every_path_that_is_printed_selects_what_it_says(value in json_value()) {
        for (path, node) in Selector::parse("$..*").unwrap().nodes(&value) {
            let again = Selector::parse(&path);
            // Selectors with braces are refused, as authors would expect a name to be filled in.
            if let Ok(again) = again {
                let nodes = again.nodes(&value);
                prop_assert_eq!(nodes.len(), 1);
                prop_assert_eq!((nodes[0].0.as_str(), nodes[0].1), (path.as_str(), node));
            } else {
                prop_assert!(path.contains("{{"), "{}", path);
            }
        }
    }

    #[test]
    fn a_list_is_exactly_its_elements_in_any_order(mut items in prop::collection::vec(json_value(), 1..6), at in any::<prop::sample::Index>()) {
        let list = Value::from(items.clone());
        let at = at.index(items.len());
        items.rotate_left(at);
        let exactly = Matcher::Exactly(items.into_iter().map(Matcher::Equal).collect());
        let judged = exactly.judge(&judge::Subject::one("$".to_owned(), &list));
        prop_assert!(judged.mismatches().is_empty());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-z$.:{}\\[\\]'\" ,0-9\\n]{0,40}") {
        let _ = serde_saphyr::from_str::<Expectation>(&text);
        let _ = Selector::parse(&text);
    }
}
