use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use super::diagram::plan;
use super::page::STYLE;
use super::prose::{line, prose};
use crate::challenge::{Challenge, Gate, Points, Task};
use crate::text::{count, show_duration};

const SHEET: &str = include_str!("brief.css");

/// What a candidate has before the clock starts.
#[derive(Debug)]
pub struct Brief<'a> {
    /// One variant of the challenge.
    pub challenge: &'a Challenge,
    /// The brief with what stands in place of its names, in Markdown.
    pub brief: &'a str,
    /// The seed that the variant was drawn from.
    pub seed: u64,
    /// Other pages that belong to it: address and words.
    pub beside: &'a [(&'a str, &'a str)],
}

/// Returns brief, diagram, tasks and questions as one HTML document that needs nothing else. Nothing in it tells what is right.
pub fn brief(page: &Brief<'_>) -> String {
    let Brief { challenge, .. } = page;
    let body = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                title { (challenge.title) }
                style { (PreEscaped(STYLE)) (PreEscaped(SHEET)) }
            }
            body {
                a.skip href="#tasks" { "To the tasks" }
                header { (head(page)) }
                main {
                    article.prose { (prose(without_title(page.brief, &challenge.title))) }
                    @if !challenge.chart.boxes.is_empty() {
                        section aria-labelledby="diagram" {
                            h2 #diagram { "How it hangs together" }
                            (plan(&challenge.chart))
                        }
                    }
                    (tasks(challenge))
                    (questions(challenge, page.seed))
                }
                footer { p { "Variant " (page.seed) ": the same seed always draws the same." } }
            }
        }
    };
    body.into_string()
}

/// The page has the title already.
fn without_title<'a>(brief: &'a str, title: &str) -> &'a str {
    let first = brief.trim_start().strip_prefix("# ").and_then(|rest| rest.split_once('\n'));
    match first {
        Some((words, rest)) if words.trim() == title => rest,
        _ => brief,
    }
}

fn head(page: &Brief<'_>) -> Markup {
    let challenge = page.challenge;
    let all: u32 = challenge.tasks.iter().map(|task| task.points.0).sum();
    markup! {
        h1 { (challenge.title) }
        p.release { (challenge.id) " " (challenge.release) }
        ul.facts {
            li { @match challenge.duration { Some(time) => (show_duration(time)), None => "no limit of time" } }
            li { (Points(all)) " points" }
            li { (Points(challenge.pass)) " % to pass" }
            li { (count(challenge.tasks.len(), "task")) }
        }
        @if !page.beside.is_empty() {
            nav aria-label="Pages" { ul { @for (address, words) in page.beside { li { a href=(address) { (words) } } } } }
        }
    }
}

fn tasks(challenge: &Challenge) -> Markup {
    markup! {
        section aria-labelledby="tasks" {
            h2 #tasks { "Tasks" }
            @for (id, title) in &challenge.domains {
                @let of_domain: Vec<&Task> = challenge.tasks.iter().filter(|task| task.domain == *id).collect();
                @if !of_domain.is_empty() {
                    h3 { (title) }
                    ul.tasks { @for task in of_domain { li { (of_task(task)) } } }
                }
            }
        }
    }
}

fn of_task(task: &Task) -> Markup {
    let gate = task.gate.as_ref().map(|gate| match gate {
        Gate::Task => "Without it the task earns nothing.".to_owned(),
        Gate::Fail => "Who does not do it does not pass.".to_owned(),
        Gate::Cap(share) => format!("Who does not do it gets {} % at most.", Points(*share)),
    });
    markup! {
        span { (line(&task.title)) @if let Some(words) = gate { " " em { (words) } } }
        span.points { (task.points) }
    }
}

fn questions(challenge: &Challenge, seed: u64) -> Markup {
    let asked: Vec<_> = challenge.questions().collect();
    markup! {
        @if !asked.is_empty() {
            section aria-labelledby="questions" {
                h2 #questions { "Questions" }
                ol.questions {
                    @for asked in &asked {
                        li {
                            (prose(&asked.question.ask))
                            @if asked.question.choices.is_empty() { p.note { "A few words." } }
                            @if asked.question.several { p.note { "Any number of these:" } }
                            @if !asked.question.choices.is_empty() {
                                ul.choices {
                                    @for id in asked.question.order(seed, &asked.key()) {
                                        @if let Some(text) = asked.question.choices.get(id) { li { (line(text)) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
