use clap::{Args, ValueEnum};

use super::{Exit, screen};
use crate::{challenge, matcher, prove, report, resource, sandbox};

/// Print a JSON Schema, the reference of the matchers or of templates, or what the sandbox covers
#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// What to print
    #[arg(value_enum)]
    what: Described,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Described {
    /// challenge.yaml
    Challenge,
    /// faults/<id>.yaml
    Fault,
    /// solutions/<id>/solution.yaml
    Solution,
    /// near-misses/<id>/near-miss.yaml
    NearMiss,
    /// waivers.yaml
    Waivers,
    /// What `prove --format json` prints
    Proof,
    /// What `grade --format json` prints
    Report,
    /// The vocabulary of `expect:`, in Markdown
    Matchers,
    /// What the sandbox covers, operation by operation, in Markdown
    Sandbox,
    /// What a scenario's template may hold, in Markdown
    Templates,
}

pub(super) fn schema(arguments: &SchemaArguments) -> Exit {
    let schema = match arguments.what {
        Described::Challenge => challenge::challenge_schema().to_value(),
        Described::Fault => challenge::fault_schema().to_value(),
        Described::Solution => challenge::solution_schema().to_value(),
        Described::NearMiss => challenge::near_miss_schema().to_value(),
        Described::Waivers => challenge::waivers_schema().to_value(),
        Described::Proof => prove::schema(),
        Described::Report => report::schema(),
        Described::Matchers => {
            screen::print(&matcher::reference());
            return Exit::Done;
        }
        Described::Sandbox => {
            screen::print(&sandbox::coverage::page());
            return Exit::Done;
        }
        Described::Templates => {
            screen::print(&resource::reference());
            return Exit::Done;
        }
    };
    screen::print(&format!("{schema:#}\n"));
    Exit::Done
}
