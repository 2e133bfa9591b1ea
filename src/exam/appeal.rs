use std::collections::BTreeMap;

use crate::attempt::Override;
use crate::evaluate::{Cause, Outcome, Verdict};

/// Puts the words of assessors in the place of verdicts. The report says so of each, where it says how a check was made.
pub fn apply(mut verdicts: Vec<Verdict>, overrides: &BTreeMap<String, Override>) -> Vec<Verdict> {
    for verdict in &mut verdicts {
        let Some(word) = overrides.get(&format!("{}/{}", verdict.task, verdict.check)) else { continue };
        let was = verdict.outcome.word();
        let told = format!("{} decided otherwise than the grader ({was}): {}", word.by, word.why);
        verdict.outcome = if word.pass {
            Outcome::Pass
        } else {
            Outcome::Fail { cause: Cause::Missing { what: told.clone() } }
        };
        verdict.how.push(told);
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(check: &str) -> Verdict {
        Verdict {
            task: "t".to_owned(),
            check: check.to_owned(),
            outcome: Outcome::Skipped { needs: "t/x".to_owned() },
            how: vec![],
            attempts: 1,
            elapsed_ms: 0,
        }
    }

    #[test]
    fn an_override_takes_the_verdicts_place_and_says_who_and_why() {
        let word = |pass| Override { pass, why: "the brief was unclear".to_owned(), by: "lin".to_owned() };
        let overrides = BTreeMap::from([("t/a".to_owned(), word(true)), ("t/b".to_owned(), word(false))]);
        let verdicts = apply(vec![verdict("a"), verdict("b"), verdict("c")], &overrides);
        let words: Vec<_> = verdicts.iter().map(|verdict| verdict.outcome.word()).collect();
        assert_eq!(words, ["pass", "fail", "skipped"]);
        assert_eq!(
            verdicts[0].how,
            ["lin decided otherwise than the grader (skipped): the brief was unclear"]
        );
        assert!(verdicts[2].how.is_empty());
    }
}
