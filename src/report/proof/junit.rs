use std::fmt::Write as _;

use crate::prove::{Kind, Proof, Standing, WorldProof};

const SUITES: [(Kind, &str); 10] = [
    (Kind::Healthy, "healthy"),
    (Kind::Start, "start"),
    (Kind::Repair, "repair"),
    (Kind::Fault, "faults"),
    (Kind::Pair, "pairs"),
    (Kind::Solution, "solutions"),
    (Kind::NearMiss, "near-misses"),
    (Kind::Variant, "variants"),
    (Kind::Answer, "answers"),
    (Kind::Mutant, "mutants"),
];

/// Returns a proof as JUnit XML: a suite for each kind of world, a case for each world, and one for what is wrong with the whole.
pub fn junit(proof: &Proof) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a text cannot fail.
    let _ = writeln!(
        xml,
        "<testsuites name=\"{}\" time=\"{}\">",
        escaped(&proof.challenge),
        seconds(proof.elapsed_ms)
    );
    for (kind, name) in SUITES {
        let worlds: Vec<&WorldProof> = proof.worlds.iter().filter(|world| world.kind == kind).collect();
        if worlds.is_empty() {
            continue;
        }
        let of = |standing: Standing| worlds.iter().filter(|world| world.standing == standing).count();
        let skipped = of(Standing::Waived) + of(Standing::Refused);
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{skipped}\">",
            worlds.len(),
            of(Standing::Wrong),
            of(Standing::Unclear),
        );
        for world in worlds {
            case(&mut xml, &format!("{}.{name}", proof.challenge), world);
        }
        xml.push_str("  </testsuite>\n");
    }
    whole(&mut xml, proof);
    xml.push_str("</testsuites>\n");
    xml
}

fn case(xml: &mut String, class: &str, world: &WorldProof) {
    let words = escaped(&world.words.join("\n"));
    let inside = match world.standing {
        Standing::Right => String::new(),
        Standing::Wrong => format!("<failure message=\"not as it must be\">{words}</failure>"),
        Standing::Unclear => format!("<error message=\"could not be seen\">{words}</error>"),
        Standing::Waived | Standing::Refused => format!("<skipped message=\"{words}\"/>"),
    };
    let (class, id) = (escaped(class), escaped(&world.id));
    // As above.
    let _ = writeln!(
        xml,
        "    <testcase classname=\"{class}\" name=\"{id}\" time=\"{}\">{inside}</testcase>",
        seconds(world.elapsed_ms)
    );
}

fn whole(xml: &mut String, proof: &Proof) {
    let failures = usize::from(!proof.proven);
    let words = escaped(&proof.problems.join("\n"));
    let inside = if proof.proven {
        String::new()
    } else {
        format!("<failure message=\"not proven\">{words}</failure>")
    };
    // As above.
    let _ = writeln!(
        xml,
        "  <testsuite name=\"rubric\" tests=\"1\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">\n    \
         <testcase classname=\"{}.rubric\" name=\"proven\">{inside}</testcase>\n  </testsuite>",
        escaped(&proof.challenge)
    );
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

/// XML 1.0 has no way to write most control characters, so they are left out.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' => safe.push_str("&#10;"),
            letter if letter.is_control() => {}
            letter => safe.push(letter),
        }
    }
    safe
}
