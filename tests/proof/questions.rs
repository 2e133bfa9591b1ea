//! Proofs of questions and of variants.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::verdict::begun;
use crate::support::Program;

#[test]
fn the_knowledge_badge_is_proven_without_a_sandbox_and_as_the_docs_print_it() {
    let printed =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/proof-knowledge-badge.txt"));
    let ended = Program::new().run(&["prove", "knowledge-badge"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert_eq!(ended.out, printed.unwrap(), "print it anew: proofmark prove knowledge-badge");
    assert!(ended.out.contains("on answers, seed 1") && ended.out.trim_end().ends_with("PROVEN"));
}

#[test]
fn whichever_questions_are_drawn_the_pass_mark_is_where_it_is_said_to_be() {
    let ended = Program::new().run(&["prove", "knowledge-badge", "--seed", "77", "--format", "json"]);
    let proof: Value = serde_json::from_str(&ended.out).unwrap();
    let worlds = proof["worlds"].as_array().unwrap();
    let of = |kind: &str| worlds.iter().filter(|world| world["kind"] == kind).collect::<Vec<_>>();
    assert_eq!(of("variant").len(), 30, "{proof:#}");
    for world in of("variant") {
        let (id, score) = (world["id"].as_str().unwrap(), world["score"].as_u64().unwrap());
        match id.rsplit('-').next().unwrap() {
            "mark" => assert!((8_000..8_200).contains(&score), "{id}: {score}"),
            "below" => assert!((7_700..8_000).contains(&score), "{id}: {score}"),
            _ => assert_eq!(score, 10_000, "{id}"),
        }
    }
    // Three wrong choices and no answer at all, for each of the questions.
    assert_eq!(of("answer").len(), 4 * proof["checks"].as_array().unwrap().len());
    assert!(of("answer").iter().all(|world| world["failing"].as_array().unwrap().len() == 1));
}

#[test]
fn variants_show_every_fault_of_a_pool_and_are_repaired_with_the_candidates_keys() {
    let program = Program::new();
    let folder = begun(
        &program,
        &[
            (
                "challenge.yaml",
                "start: [no-invoke-permission, role-too-wide]\nstart_score: 0%",
                "start: [role-too-wide]\nstart_score: 0%\npools: { calls: { draw: 1, of: [no-invoke-permission, narrow-permission] } }\n\
                 parameters: { Wing: \"{word} {canary}\" }",
            ),
            (
                "scenario/template.yaml",
                "Resources:\n",
                "Parameters:\n  Wing: { Type: String }\n\nResources:\n",
            ),
            (
                "scenario/template.yaml",
                "          VISITS_TABLE:",
                "          WING: !Ref Wing\n          VISITS_TABLE:",
            ),
            ("brief.md", "# Repair", "The {{ Wing }}.\n\n# Repair"),
        ],
    );
    fs::write(
        folder.join("faults/narrow-permission.yaml"),
        "id: narrow-permission\ntitle: API Gateway may invoke it for GET only\n\
         template: { Resources: { CountPermission: { Properties: { SourceArn: !Sub \"arn:aws:execute-api:*:*:${VisitsApi}/*/GET/*\" } } } }\n\
         breaks: [count-visits]\n",
    )
    .unwrap();
    let ended =
        program.run(&["prove", folder.to_str().unwrap(), "--no-mutants", "--pairs", "0", "--format", "json"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let proof: Value = serde_json::from_str(&ended.out).unwrap();
    let of = |kind: &str| {
        let worlds = proof["worlds"].as_array().unwrap().iter().filter(move |world| world["kind"] == kind);
        worlds
            .map(|world| (world["score"].as_u64().unwrap(), world["standing"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(of("start"), [(0, "right"); 2], "{proof:#}");
    assert_eq!(of("repair"), [(10_000, "right"); 2], "{proof:#}");
}
