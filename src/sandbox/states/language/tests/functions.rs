use serde_json::{Value, json};

use super::called;

fn input() -> Value {
    json!({ "l": [1, 2, 3, 2], "s": "a,b;c", "o": { "x": 1, "y": { "z": 1 } }, "p": { "y": { "w": 2 } }, "n": 5, "j": "{\"k\": 1}" })
}

#[test]
fn each_function_gives_what_it_should() {
    for (call, wanted) in [
        ("States.Array($.n, 'a', null, true, 1.5)", json!([5, "a", null, true, 1.5])),
        ("States.Array()", json!([])),
        ("States.ArrayContains($.l, 2)", json!(true)),
        ("States.ArrayContains($.l, 9)", json!(false)),
        ("States.ArrayGetItem($.l, 2)", json!(3)),
        ("States.ArrayLength($.l)", json!(4)),
        ("States.ArrayPartition($.l, 3)", json!([[1, 2, 3], [2]])),
        ("States.ArrayRange(1, 9, 4)", json!([1, 5, 9])),
        ("States.ArrayRange(3, 1, -1)", json!([3, 2, 1])),
        ("States.ArrayUnique($.l)", json!([1, 2, 3])),
        ("States.Base64Encode('Data')", json!("RGF0YQ==")),
        ("States.Base64Decode('RGF0YQ==')", json!("Data")),
        ("States.Format('{} of \\{\\} is it\\'s {}', $.n, 'x')", json!("5 of {} is it's x")),
        ("States.Format('{}', $.o)", json!("{\"x\":1,\"y\":{\"z\":1}}")),
        ("States.Hash('input', 'SHA-1')", json!("140f86aae51ab9e1cda9b4254fe98a74eb54c1a1")),
        ("States.Hash('', 'MD5')", json!("d41d8cd98f00b204e9800998ecf8427e")),
        ("States.JsonMerge($.o, $.p, false)", json!({ "x": 1, "y": { "w": 2 } })),
        ("States.JsonToString($.o)", json!("{\"x\":1,\"y\":{\"z\":1}}")),
        ("States.StringToJson($.j)", json!({ "k": 1 })),
        ("States.MathAdd($.n, -7)", json!(-2)),
        ("States.StringSplit($.s, ',;')", json!(["a", "b", "c"])),
        ("States.ArrayLength(States.StringSplit('1 2', ' '))", json!(2)),
        ("States.ArrayGetItem($['l'], States.MathAdd(0, 1))", json!(2)),
    ] {
        assert_eq!(called(call, &input()), Ok(wanted), "{call}");
    }
    for (algorithm, length) in
        [("MD5", 32), ("SHA-1", 40), ("SHA-256", 64), ("SHA-384", 96), ("SHA-512", 128)]
    {
        let digest = called(&format!("States.Hash($.o, '{algorithm}')"), &input()).unwrap();
        assert_eq!(digest.as_str().unwrap().len(), length, "{algorithm}");
    }
}

#[test]
fn what_is_drawn_is_within_its_bounds() {
    for seed in ["", ", 1", ", 2", ", 3"] {
        let drawn = called(&format!("States.MathRandom(3, 5{seed})"), &input()).unwrap().as_i64().unwrap();
        assert!((3..5).contains(&drawn), "{drawn}");
    }
    assert_eq!(
        called("States.MathRandom(0, 1000, 7)", &input()),
        called("States.MathRandom(0, 1000, 7)", &input())
    );
    let uuid = called("States.UUID()", &input()).unwrap();
    let uuid = uuid.as_str().unwrap();
    assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
    assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"), "{uuid}");
}

#[test]
fn wrong_arguments_fail_by_the_name_of_the_error() {
    for call in [
        "States.ArrayContains($.n, 1)",
        "States.ArrayGetItem($.l, 4)",
        "States.ArrayGetItem($.l, -1)",
        "States.ArrayLength('abc')",
        "States.ArrayPartition($.l, 0)",
        "States.ArrayRange(1, 5, 0)",
        "States.ArrayRange(1, 5000, 1)",
        "States.ArrayUnique($.o)",
        "States.Base64Decode('%%')",
        "States.Base64Encode($.n)",
        "States.Format('{}')",
        "States.Format('x', 1)",
        "States.Format('{')",
        "States.Format($.n)",
        "States.Hash('a', 'SHA-0')",
        "States.JsonMerge($.o, $.p, true)",
        "States.JsonMerge($.o, $.l, false)",
        "States.JsonToString()",
        "States.MathAdd('1', 2)",
        "States.MathRandom(5, 5)",
        "States.StringSplit($.l, ',')",
        "States.StringToJson('{')",
        "States.StringToJson($.n)",
        "States.UUID(1)",
        "States.Array($.l, States.ArrayLength(1))",
    ] {
        assert_eq!(called(call, &input()), Err("States.IntrinsicFailure".to_owned()), "{call}");
    }
    assert_eq!(called("States.Array($.no)", &input()), Err("States.Runtime".to_owned()));
}
