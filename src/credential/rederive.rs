use super::finding::{Finding, Outcome};
use super::model::OpenBadge;
use crate::challenge::Challenge;
use crate::evaluate::evaluate;
use crate::evidence::Evidence;
use crate::score::score_less_hints;

/// Computes a credential's score anew from the evidence archive and the challenge, and compares: the grade is a function of the two.
///
/// `rubric` is the digest of the challenge's folder.
pub fn rederive(badge: &OpenBadge, challenge: &Challenge, rubric: &str, evidence: &Evidence) -> Vec<Finding> {
    let archived = match evidence.digest() {
        Ok(digest) => same(badge, "evidence", &digest),
        Err(error) => Outcome::Broken(error.to_string()),
    };
    let rubric = same(badge, "rubric", rubric);
    let challenge = &challenge.variant_of(evidence.variant.as_ref());
    let card = score_less_hints(challenge, &evaluate(challenge, evidence), &evidence.hints);
    let mut wrong = Vec::new();
    let mut right = Vec::new();
    let mut compare = |what: &str, suffix: &str, computed: String| match claimed(badge, suffix) {
        Some(claim) if claim == computed => right.push(format!("{what} {computed}")),
        Some(claim) => wrong.push(format!("{what}: it claims {claim}, the evidence gives {computed}")),
        None => wrong.push(format!("{what}: it claims none, the evidence gives {computed}")),
    };
    compare("points", "-points", card.score.low.to_string());
    compare("scaled score", "-score", card.scaled().0.to_string());
    for domain in &card.domains {
        compare(&domain.title, &format!("-domain-{}", domain.id), domain.score.low.to_string());
    }
    if card.score.low != card.score.high {
        wrong.push(format!(
            "the evidence leaves open whether it is {} or {} points",
            card.score.low, card.score.high
        ));
    }
    let score = if wrong.is_empty() {
        Outcome::Holds(format!("computed anew from the evidence: {}", right.join(", ")))
    } else {
        Outcome::Broken(wrong.join("; "))
    };
    vec![Finding::new("evidence", archived), Finding::new("rubric", rubric), Finding::new("score", score)]
}

/// Compares a digest with the one that the credential signs under a genre.
fn same(badge: &OpenBadge, genre: &str, digest: &str) -> Outcome {
    let claimed = badge.evidence.iter().find(|evidence| evidence.genre.as_deref() == Some(genre));
    match claimed.and_then(|evidence| evidence.description.as_deref()?.strip_prefix("sha256:")) {
        Some(claim) if claim == digest => {
            Outcome::Holds(format!("the {genre} at hand is the one that was signed, sha256:{digest}"))
        }
        Some(claim) => Outcome::Broken(format!(
            "the {genre} at hand is another one: sha256:{digest}, where the credential signs sha256:{claim}"
        )),
        None => Outcome::Broken(format!("the credential signs no digest of its {genre}")),
    }
}

/// The value that the credential claims for the result whose description ends so.
fn claimed<'a>(badge: &'a OpenBadge, suffix: &str) -> Option<&'a str> {
    let fits = |id: &Option<String>| id.as_ref().is_some_and(|id| id.ends_with(suffix));
    let result = badge.credential_subject.result.iter().find(|result| fits(&result.result_description))?;
    result.value.as_deref()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::compose::compose;
    use super::super::sample::{award, issuance, web_issuer};
    use super::*;
    use crate::challenge::{Credit, Points};
    use crate::evaluate::sample;
    use crate::evidence::{Audit, Inspection};

    fn evidence() -> Evidence {
        Evidence {
            version: 1,
            challenge: "orders".to_owned(),
            release: "1.0.0".to_owned(),
            target: "embedded".to_owned(),
            isolation: None,
            seed: 1,
            variables: BTreeMap::new(),
            inspection: Inspection::default(),
            transcripts: BTreeMap::new(),
            audit: Audit::not_kept(),
            before: None,
            hints: BTreeMap::new(),
            answers: crate::evidence::Answers::default(),
            variant: None,
        }
    }

    /// A badge of a challenge of one task, with the score that its evidence gives, which is none at all.
    fn badge(points: u32) -> (OpenBadge, Challenge) {
        let checks = vec![sample::check("a", 1, &[])];
        let challenge = sample::challenge(vec![sample::task("t", "fix", 1000, Credit::Proportional, checks)]);
        let mut award = award();
        award.scorecard = crate::score::score(&challenge, &[]);
        award.scorecard.result = crate::score::Result::Passed;
        for interval in [&mut award.scorecard.score, &mut award.scorecard.domains[0].score] {
            (interval.low, interval.high) = (Points(points), Points(points));
        }
        award.digests.evidence = evidence().digest().unwrap();
        let document = compose(&award, &web_issuer(), &issuance()).unwrap();
        (OpenBadge::read(&document).unwrap(), challenge)
    }

    #[test]
    fn a_score_that_the_evidence_does_not_give_is_found() {
        let (badge, challenge) = badge(1000);
        let findings = rederive(&badge, &challenge, &"a".repeat(64), &evidence());
        let words: Vec<_> = findings.iter().map(|finding| (finding.check, &finding.outcome)).collect();
        assert!(matches!(words[0], ("evidence", Outcome::Holds(_))), "{words:?}");
        assert!(matches!(words[1], ("rubric", Outcome::Holds(_))), "{words:?}");
        let ("score", Outcome::Broken(why)) = words[2] else { panic!("{words:?}") };
        assert!(why.contains("points: it claims 10, the evidence gives 0"), "{why}");
    }

    #[test]
    fn other_evidence_and_another_rubric_are_found() {
        let (badge, challenge) = badge(1000);
        let other = Evidence { seed: 2, ..evidence() };
        let findings = rederive(&badge, &challenge, &"b".repeat(64), &other);
        assert!(
            matches!(findings[0].outcome, Outcome::Broken(_))
                && matches!(findings[1].outcome, Outcome::Broken(_))
        );
    }
}
