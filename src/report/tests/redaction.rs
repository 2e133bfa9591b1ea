use base64::Engine as _;
use serde_json::json;

use super::cards::{COLOUR, broken, gated, mismatch, mismatched, occasion, repaired, unwrapped};
use crate::evaluate::Outcome;
use crate::evidence::{Trouble, TroubleKind};
use crate::report::{Audience, Form, Style, ags, json as as_json, terminal, xapi};

#[test]
fn nothing_hidden_comes_through_to_a_candidate_in_any_form() {
    let card = broken();
    let read = |form: Form, audience: Audience| {
        let text = form.write(&card, audience, COLOUR);
        if form != Form::Classroom {
            return text;
        }
        let json = base64::engine::general_purpose::STANDARD.decode(text.trim()).unwrap();
        String::from_utf8(json).unwrap()
    };
    for form in Form::ALL {
        let text = read(form, Audience::Candidate);
        for secret in ["nobody-elses", "Other customers", "Secret", "secret"] {
            assert!(!text.contains(secret), "{form}: {secret}");
        }
        // The annotations name checks that did not pass only, and a hidden one is among them.
        assert!(text.contains("hidden") || text.contains("A hidden check"), "{form}: {text}");
        let all = read(form, Audience::Assessor);
        assert!(all.contains("Other customers"), "{form}: {all}");
    }
    let json = as_json(&card, Audience::Candidate).to_string();
    assert!(json.contains("list-orders/hidden-1"), "{json}");
    let all = serde_json::to_string(&as_json(&card, Audience::Assessor)).unwrap();
    assert!(all.contains("nobody-elses") && all.contains("Secret why."));
}

#[test]
fn a_candidate_who_passed_learns_nothing_of_hidden_checks() {
    let text = terminal(&repaired(), Audience::Candidate, Style::PLAIN);
    assert!(text.contains("✓ A hidden check") && !text.contains("not theirs"), "{text}");
    assert!(text.contains("PASSED  50 of 50 points, 40 needed to pass (80 %)"));
}

#[test]
fn gates_are_told_in_every_form_and_hidden_ones_without_their_title() {
    for form in Form::ALL {
        for audience in [Audience::Candidate, Audience::Assessor] {
            let mut told = form.write(&gated(), audience, Style { colour: false, width: 100 });
            if form == Form::Classroom {
                told = unwrapped(&told);
            }
            let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains("The order is kept"), "{form}: {told}");
            assert_eq!(told.contains("Nothing was harmed"), audience == Audience::Assessor, "{form}: {told}");
            if form != Form::Json {
                assert!(told.contains("No more than 30 points"), "{form}: {told}");
            }
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]

    /// Redaction is in one place, `view`, and every form is made of it: whatever a hidden check holds, nothing of it comes through.
    #[test]
    fn nothing_of_a_hidden_check_comes_through_whatever_it_holds(secret in "zq[a-z0-9]{12}", verdict in 0..4_usize) {
        let mut card = broken();
        let mismatches = vec![mismatch(&format!("$['{secret}']"), &secret, Some(json!(secret)))];
        let outcome = match verdict {
            0 => Outcome::Pass,
            1 => mismatched(mismatches, json!({ "body": secret })),
            2 => Outcome::Skipped { needs: format!("{secret}/{secret}") },
            _ => Outcome::Undetermined {
                trouble: Trouble { kind: TroubleKind::Throttled, message: secret.clone() },
            },
        };
        for check in card.tasks.iter_mut().flat_map(|task| &mut task.checks).filter(|check| check.hidden) {
            check.title = format!("Looks at {secret}");
            check.why = Some(secret.clone());
            check.hint = Some(secret.clone());
            check.verdict.check.clone_from(&secret);
            check.verdict.how = vec![format!("GET {secret}")];
            check.verdict.outcome = outcome.clone();
        }
        // A check that the candidate may see waits for the hidden one.
        card.tasks[1].checks[2].verdict.outcome = Outcome::Skipped { needs: format!("list-orders/{secret}") };
        for form in Form::ALL {
            let mut text = form.write(&card, Audience::Candidate, COLOUR);
            if form == Form::Classroom {
                let json = base64::engine::general_purpose::STANDARD.decode(text.trim()).unwrap();
                text = String::from_utf8(json).unwrap();
            }
            proptest::prop_assert!(!text.contains(&secret), "{form}: {text}");
        }
        for value in [xapi(&card, &occasion()), ags(&card, &occasion())] {
            proptest::prop_assert!(!value.to_string().contains(&secret));
        }
    }
}
