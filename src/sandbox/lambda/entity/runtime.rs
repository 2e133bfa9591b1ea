use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A runtime by AWS's identifier, one that can still be chosen.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Runtime(&'static str);

/// Which program runs the handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Family {
    Python,
    Node,
    /// The package brings a `bootstrap` program.
    Provided,
    /// Known to AWS; the sandbox stores such functions but cannot run them.
    Other,
}

const KNOWN: &[&str] = &[
    // In the order of AWS's own message.
    "nodejs20.x",
    "python3.14",
    "provided.al2023",
    "python3.12",
    "python3.13",
    "nodejs24.x",
    "nodejs22.x",
    "java25",
    "python3.10",
    "python3.11",
    "java21",
    "ruby3.3",
    "ruby3.4",
    "ruby3.2",
    "python3.8",
    "python3.9",
    "java17",
    "nodejs16.x",
    "dotnet10",
    "dotnet8",
    "java11",
    "dotnet6",
    "nodejs18.x",
    "provided.al2",
    "java8.al2",
];

/// What layers may name besides.
const OLD: &[&str] = &[
    "nodejs",
    "nodejs4.3",
    "nodejs4.3-edge",
    "nodejs6.10",
    "nodejs8.10",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "python2.7",
    "python3.6",
    "python3.7",
    "java8",
    "dotnetcore1.0",
    "dotnetcore2.0",
    "dotnetcore2.1",
    "dotnetcore3.1",
    "go1.x",
    "ruby2.5",
    "ruby2.7",
    "provided",
];

impl Runtime {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        KNOWN.iter().find(|known| **known == text).map(|known| Self(known))
    }

    /// All identifiers, as AWS's message lists them.
    pub(crate) fn known() -> String {
        KNOWN.join(", ")
    }

    pub(crate) fn family(self) -> Family {
        match self.0 {
            name if name.starts_with("python") => Family::Python,
            name if name.starts_with("nodejs") => Family::Node,
            name if name.starts_with("provided") => Family::Provided,
            _ => Family::Other,
        }
    }

    /// Returns the version of the language, for example `3.12` or `20`.
    pub(crate) fn version(self) -> &'static str {
        let version = self.0.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        version.trim_end_matches(".x")
    }

    /// Whether snapshots of initialised environments can be had of it.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-runtimes>
    pub(crate) fn can_snap_start(self) -> bool {
        matches!(
            self.0,
            "java11"
                | "java17"
                | "java21"
                | "java25"
                | "python3.12"
                | "python3.13"
                | "python3.14"
                | "dotnet8"
                | "dotnet10"
        )
    }

    /// Whether a layer may say that it fits a runtime; layers may be older than the functions that can still be made.
    pub(crate) fn is_for_layers(text: &str) -> bool {
        KNOWN.contains(&text) || OLD.contains(&text)
    }

    pub(crate) fn as_str(self) -> &'static str {
        self.0
    }
}

impl Serialize for Runtime {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Runtime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(format!("{text} is no runtime")))
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_knows_its_language_and_version() {
        let python = Runtime::parse("python3.12").unwrap();
        assert_eq!((python.family(), python.version()), (Family::Python, "3.12"));
        let node = Runtime::parse("nodejs20.x").unwrap();
        assert_eq!((node.family(), node.version()), (Family::Node, "20"));
        assert_eq!(Runtime::parse("python9.9"), None);
    }
}
