use super::intrinsic;
use super::sam::specification;

/// Words that a template may use beside those of its resource types, and those of AWS's that it may not: for the documentation.
#[derive(Debug)]
pub struct Vocabulary {
    /// Keys of the intrinsic functions.
    pub functions: &'static [&'static str],
    /// Functions that are refused, as their short tags have them.
    pub refused_functions: &'static [&'static str],
    /// Types of SAM.
    pub serverless: Vec<Serverless>,
    /// Types of SAM that are refused, each with the reason.
    pub refused_serverless: &'static [(&'static str, &'static str)],
    /// Types of a function's events.
    pub events: &'static [&'static str],
    pub refused_events: &'static [&'static str],
    /// Types of a state machine's events.
    pub machine_events: &'static [&'static str],
}

/// A type of SAM.
#[derive(Debug)]
pub struct Serverless {
    pub kind: &'static str,
    pub properties: &'static [&'static str],
    /// Properties of the specification that are refused.
    pub refused: &'static [&'static str],
}

/// Returns what a template may say.
pub fn vocabulary() -> Vocabulary {
    let serverless = specification::TYPES.iter();
    let serverless = serverless.map(|known| Serverless {
        kind: known.kind,
        properties: known.properties,
        refused: known.refused,
    });
    Vocabulary {
        functions: &intrinsic::FUNCTIONS,
        refused_functions: &intrinsic::REFUSED,
        serverless: serverless.collect(),
        refused_serverless: &specification::REFUSED_TYPES,
        events: &specification::EVENTS,
        refused_events: &specification::REFUSED_EVENTS,
        machine_events: &specification::MACHINE_EVENTS,
    }
}
