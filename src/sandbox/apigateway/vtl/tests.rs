use bytes::Bytes;
use indexmap::IndexMap;
use serde_json::json;

use super::{Input, Parameters, render};
use crate::sandbox::apigateway::entity::Map;

fn render_all(template: &str, body: &str) -> Result<super::Rendered, String> {
    let parameters = Parameters {
        path: IndexMap::from([("id".to_owned(), "7".to_owned())]),
        querystring: IndexMap::from([("q".to_owned(), "x y".to_owned())]),
        header: IndexMap::from([("X-Tenant".to_owned(), "acme".to_owned())]),
    };
    let context = json!({ "stage": "prod", "authorizer": { "principalId": "ada" } });
    let variables = Map::from([("alias".to_owned(), "live".to_owned())]);
    render(
        template,
        context.as_object().unwrap(),
        &variables,
        &Input::of(&Bytes::copy_from_slice(body.as_bytes()), parameters),
    )
}

/// Templates with body, result and the page that says so.
const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/vtl/table.json"));

#[test]
fn templates_render_as_the_table_says() {
    let table: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(TABLE).unwrap();
    assert!(table.len() > 50);
    let mut wrong = vec![];
    for case in &table {
        let text = |name: &str| case[name].as_str().unwrap();
        let given = render_all(text("template"), text("body")).map(|all| all.text);
        if given.as_deref() != Ok(text("expected")) {
            wrong.push(format!("{}: {given:?} instead of {:?}", text("template"), text("expected")));
        }
        assert!(text("source").starts_with("https://"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn overrides_are_read_from_the_context() {
    let all = render_all(
        "#set($context.responseOverride.status = 404)#set($context.responseOverride.header.X-Why = 'gone')",
        "",
    );
    let all = all.unwrap();
    assert_eq!(all.text, "");
    assert_eq!(all.response_override, json!({ "header": { "X-Why": "gone" }, "status": 404 }));
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_line() {
    for (template, line) in [
        ("a\n#if(true)x", "line 2"),
        ("#end", "line 1"),
        ("#set($x = )", "line 1"),
        ("\n\n#foreach($x of [])#end", "line 3"),
        ("#set($x = 'open)", "line 1"),
        ("#macro(a)#end", "line 1"),
    ] {
        let error = render_all(template, "").unwrap_err();
        assert!(error.contains(line), "{template}: {error}");
    }
}

#[test]
fn nothing_nests_or_runs_without_end() {
    let deep = format!("#set($x = {}1{})", "(".repeat(5000), ")".repeat(5000));
    assert!(render_all(&deep, "").is_err());
    let blocks = "#if(true)".repeat(500) + &"#end".repeat(500);
    assert!(render_all(&blocks, "").is_err());
    let loops = "#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])x#end#end#end";
    assert!(render_all(loops, "").is_err());
    let itself = "#set($l = [])#set($d = $l.add($l))$l";
    assert!(render_all(itself, "").is_ok());
    let recursion = "#define($a)x$a#end$a";
    assert!(render_all(recursion, "").is_err());
    let quotes = "#set($a = \"".repeat(200);
    assert!(render_all(&quotes, "").is_err());
}
