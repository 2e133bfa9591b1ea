use crate::challenge::Points;
use crate::prove::{CheckProof, Kind, MutantCount, Proof, Rates, Standing, WorldProof};
use crate::report::layout::{pad, width, wrap};
use crate::report::style::{Style, Tone};
use crate::text::count;

/// The most worlds that are named beside a check.
const NAMED: usize = 2;

const GROUPS: [(Kind, &str); 8] = [
    (Kind::Healthy, "what works, what is broken, what can be repaired"),
    (Kind::Start, ""),
    (Kind::Repair, ""),
    (Kind::Fault, "faults, each alone"),
    (Kind::Pair, "faults in pairs"),
    (Kind::Solution, "other solutions"),
    (Kind::NearMiss, "near-misses"),
    (Kind::Variant, "variants, on both sides of the pass mark"),
];

/// Returns a proof as text for a terminal, without the time that it took: the same proof is the same text.
pub fn text(proof: &Proof, style: Style) -> String {
    let mut page = Page { proof, style, lines: vec![] };
    page.head();
    page.matrix();
    page.answers();
    page.mutants();
    page.kills();
    page.foot();
    page.lines.push(String::new());
    page.lines.join("\n")
}

struct Page<'a> {
    proof: &'a Proof,
    style: Style,
    lines: Vec<String>,
}

impl Page<'_> {
    fn head(&mut self) {
        let Proof { challenge, release, target, seed, tasks, .. } = self.proof;
        self.title(&format!("{challenge} {release}"));
        self.said(2, &format!("on {target}, seed {seed}"), Tone::Quiet);
        self.lines.push(String::new());
        for (number, task) in tasks.iter().enumerate() {
            self.lines.push(format!("  {:>2}  {task}", number + 1));
        }
    }

    /// Worlds by tasks. Mutants and wrong answers are many and all alike, so only what is to be said of them stands below.
    fn matrix(&mut self) {
        let worlds: Vec<&WorldProof> =
            self.proof.worlds.iter().filter(|world| !is_one_of_many(world.kind)).collect();
        let wide = worlds.iter().map(|world| width(&world.id)).max().unwrap_or_default().max(8);
        let numbers: String = (1..=self.proof.tasks.len()).map(|number| format!("{number:>3}")).collect();
        self.lines.push(String::new());
        self.lines.push(format!("    {}{numbers}   score", pad("", wide)));
        for (kind, group) in GROUPS {
            let worlds: Vec<&&WorldProof> = worlds.iter().filter(|world| world.kind == kind).collect();
            if worlds.is_empty() {
                continue;
            }
            if !group.is_empty() {
                self.said(2, group, Tone::Title);
            }
            for world in worlds {
                self.row(world, wide);
            }
        }
    }

    fn row(&mut self, world: &WorldProof, wide: usize) {
        let (mark, tone) = standing(world.standing);
        let cells: String = self
            .proof
            .tasks
            .iter()
            .map(|task| {
                let prefix = format!("{task}/");
                let fails = world.failing.iter().any(|key| key.starts_with(&prefix));
                let left_out = |tried: &Vec<String>| !tried.iter().any(|key| key.starts_with(&prefix));
                match (world.score, &world.tried) {
                    (None, None) => "  ?",
                    _ if fails => "  ✗",
                    (_, Some(tried)) if left_out(tried) => "   ",
                    _ => "  ·",
                }
            })
            .collect();
        let score = world.score.map(|score| format!("{:>4} %", Points(score).to_string()));
        let line = format!("{}{cells}  {}", pad(&world.id, wide), score.unwrap_or_default());
        self.lines.push(format!("  {} {}", self.style.paint(tone, mark), line.trim_end()));
        for words in &world.words {
            self.said(6, words, tone);
        }
    }

    fn answers(&mut self) {
        let answers = || self.proof.worlds.iter().filter(|world| world.kind == Kind::Answer);
        let made = answers().count();
        if made == 0 {
            return;
        }
        let taken: Vec<&WorldProof> = answers().filter(|world| world.standing != Standing::Right).collect();
        self.lines.push(String::new());
        self.title(&format!("Wrong answers: {made} tried, {} refused as they must be", made - taken.len()));
        for world in taken {
            let (mark, tone) = standing(world.standing);
            self.lines.push(format!("  {} {}", self.style.paint(tone, mark), world.id));
            self.said(6, &world.words.join("; "), Tone::Quiet);
        }
    }

    fn mutants(&mut self) {
        let MutantCount { made, noticed, waived, unnoticed, refused } = self.proof.mutants;
        if made == 0 {
            return;
        }
        self.lines.push(String::new());
        let share = Points(self.proof.waived_share());
        let mut parts = vec![format!("{noticed} noticed"), format!("{unnoticed} unnoticed")];
        if refused > 0 {
            parts.push(format!("{refused} that the cloud refuses"));
        }
        parts.push(format!("{waived} waived ({share} %, at most 5 %)"));
        self.title(&format!("Mutants: {made} made, {}", parts.join(", ")));
        let told = self.proof.worlds.iter().filter(|world| world.kind == Kind::Mutant);
        let mut told: Vec<&WorldProof> = told.filter(|world| world.standing != Standing::Right).collect();
        told.sort_by_key(|world| std::cmp::Reverse(world.standing));
        for world in told {
            let (mark, tone) = standing(world.standing);
            let words = world.words.join("; ");
            self.lines.push(format!("  {} {}", self.style.paint(tone, mark), world.id));
            self.said(6, &format!("{}: {words}", world.title), Tone::Quiet);
        }
    }

    fn kills(&mut self) {
        self.lines.push(String::new());
        self.title("Worlds that each check fails in");
        let key = |check: &CheckProof| format!("{}/{}", check.task, check.check);
        let wide = self.proof.checks.iter().map(|check| width(&key(check))).max().unwrap_or_default();
        for check in &self.proof.checks {
            let number = check.killed_by.len();
            let tone = if number == 0 { Tone::Bad } else { Tone::Plain };
            let mut named: Vec<&str> = check.alone_in.iter().map(String::as_str).take(NAMED).collect();
            let alone = check.alone_in.len();
            if alone > NAMED {
                named.push("...");
            }
            let words = match (number, alone) {
                (0, _) => "none: nothing shows that it can fail".to_owned(),
                (_, 0) => "never alone".to_owned(),
                _ => format!("alone in {alone}: {}", named.join(", ")),
            };
            let line = format!(
                "  {}  {}  {words}",
                pad(&key(check), wide),
                self.style.paint(tone, &format!("{number:>3}"))
            );
            self.lines.push(line);
        }
    }

    fn foot(&mut self) {
        let Rates { must_pass, false_rejects, must_fail, false_accepts, undetermined } = self.proof.rates;
        let worlds = self.proof.worlds.len();
        let of = |kind| self.proof.worlds.iter().filter(|world| world.kind == kind).count();
        self.lines.push(String::new());
        let mut parts = Vec::new();
        // Of questions alone there are no faults.
        if of(Kind::Fault) > 0 || of(Kind::Answer) == 0 {
            let misses = of(Kind::NearMiss);
            parts = vec![
                count(of(Kind::Fault), "fault"),
                format!("{} of {} in pairs", of(Kind::Pair), self.proof.pairs),
                count(of(Kind::Solution), "other solution"),
                if misses == 1 { "1 near-miss".to_owned() } else { format!("{misses} near-misses") },
                count(of(Kind::Mutant), "mutant"),
            ];
        }
        if of(Kind::Answer) > 0 {
            parts.push(count(of(Kind::Answer), "wrong answer"));
        }
        if of(Kind::Variant) > 0 {
            parts.push(format!("{} of variants", of(Kind::Variant)));
        }
        self.said(0, &format!("{}: {}", count(worlds, "world"), parts.join(", ")), Tone::Plain);
        let tone = |wrong: u32| if wrong == 0 { Tone::Good } else { Tone::Bad };
        self.said(
            0,
            &format!("false accepts  {false_accepts} of {must_fail} verdicts that must be a fail"),
            tone(false_accepts),
        );
        self.said(
            0,
            &format!("false rejects  {false_rejects} of {must_pass} verdicts that must be a pass"),
            tone(false_rejects),
        );
        if undetermined > 0 {
            self.said(0, &format!("undetermined   {undetermined}"), Tone::Open);
        }
        for note in &self.proof.notes {
            self.said(0, &format!("note: {note}"), Tone::Quiet);
        }
        self.lines.push(String::new());
        if self.proof.proven {
            self.said(0, "PROVEN", Tone::Good);
        } else {
            self.said(0, "NOT PROVEN", Tone::Bad);
            for problem in &self.proof.problems {
                self.said(2, problem, Tone::Plain);
            }
        }
    }

    fn title(&mut self, words: &str) {
        self.said(0, words, Tone::Title);
    }

    fn said(&mut self, indent: usize, words: &str, tone: Tone) {
        for line in wrap(words, self.style.columns() - indent) {
            self.lines.push(format!("{}{}", " ".repeat(indent), self.style.paint(tone, &line)));
        }
    }
}

fn is_one_of_many(kind: Kind) -> bool {
    matches!(kind, Kind::Mutant | Kind::Answer)
}

fn standing(standing: Standing) -> (&'static str, Tone) {
    match standing {
        Standing::Right => ("✓", Tone::Good),
        Standing::Waived => ("w", Tone::Quiet),
        Standing::Refused => ("–", Tone::Quiet),
        Standing::Wrong => ("✗", Tone::Bad),
        Standing::Unclear => ("?", Tone::Open),
    }
}
