use bytes::Bytes;
use indexmap::IndexMap;
use serde_json::json;

use super::{Input, Parameters, render};
use crate::sandbox::apigateway::entity::Map;

fn rendered(template: &str, body: &str) -> String {
    render_all(template, body).unwrap().text
}

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

/// Template, body, result.
const TABLE: &[(&str, &str, &str)] = &[
    ("plain $5.00 and #hash", "", "plain $5.00 and #hash"),
    ("$context.stage/$stageVariables.alias/${stageVariables['alias']}", "", "prod/live/live"),
    ("[$context.nothing][$!nothing][$undefined]", "", "[][][]"),
    (
        "$input.params('id') $input.params('q') $input.params('x-tenant') [$input.params('no')]",
        "",
        "7 x y acme []",
    ),
    ("$input.params().header.get('X-Tenant')", "", "acme"),
    ("$input.body", "", "{}"),
    ("$input.body", "{\"a\": 1}", "{\"a\": 1}"),
    ("$input.json('$')", "{\"a\": [1, {\"b\": null}]}", "{\"a\":[1,{\"b\":null}]}"),
    ("$input.json('$.a.b') $input.json('$.no')", "{\"a\":{\"b\":\"c\"}}", "\"c\" \"\""),
    ("$input.path('$.a').b", "{\"a\":{\"b\":true}}", "true"),
    ("$input.path('$.l') $input.path('$.m')", "{\"l\":[1,\"x\"],\"m\":{\"k\":\"v\"}}", "[1,\"x\"] {k=v}"),
    ("#set($x = 3)\n#set( $y = $x * 2 + 1 )\n$y", "", "7"),
    (
        "#if($input.path('$.n') > 3)big#elseif($input.path('$.n') == 3)three#{else}small#end",
        "{\"n\":3}",
        "three",
    ),
    ("#if(!$missing && 'a' == \"a\")yes#else no#end", "", "yes"),
    (
        "[#foreach($o in $input.path('$.o'))\"$o.id\"#if($foreach.hasNext),#end#end]",
        "{\"o\":[{\"id\":1},{\"id\":2}]}",
        "[\"1\",\"2\"]",
    ),
    ("#foreach($i in [1..9])$i#if($i == 3)#break#end#end.", "", "123."),
    (
        "#set($m = {\"a\": 1})$m.put('b', [2, 'c'])#foreach($k in $m.keySet())$k=$m.get($k);#end",
        "",
        "a=1;b=[2, c];",
    ),
    ("#set($s = \"${context.stage}-x\")$s.toUpperCase().replace('-', '_')", "", "PROD_X"),
    ("$util.base64Decode($util.base64Encode('hé')) $util.urlEncode('a b&c')", "", "hé a+b%26c"),
    ("$util.escapeJavaScript('say \"it''s\"')", "", "say \\\"it\\'s\\\""),
    ("#set($p = $util.parseJson('{\"a\":{\"b\":2}}'))$p.a.b", "", "2"),
    ("## a comment\nkept #* gone *# #[[$raw #if]]#", "", "kept  $raw #if"),
    ("\\$notareference #stop never", "", "$notareference "),
    ("#set($l = [])#set($d = $l.add('x'))$l.size() $l[0] $l.get(0)", "", "1 x x"),
    ("$context.authorizer.principalId", "", "ada"),
    (
        "#define( $loop ){#foreach($k in $map.keySet())\"$k\":\"$map.get($k)\"#if($foreach.hasNext),#end#end}#end\n\
         #set($map = $context.authorizer)$loop#set($map = $stageVariables)$loop",
        "",
        "{\"principalId\":\"ada\"}{\"alias\":\"live\"}",
    ),
    ("#set($l = [])$l.empty", "", "true"),
    ("#if($input.path('$.a') == '' )empty#else$input.path('$.a')#end", "{\"a\":\"\"}", "empty"),
];

#[test]
fn templates_render_as_the_table_says() {
    for (template, body, expected) in TABLE {
        assert_eq!(rendered(template, body), *expected, "{template}");
    }
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
