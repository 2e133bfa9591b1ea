use std::fmt;

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
    "nodejs18.x",
    "nodejs20.x",
    "nodejs22.x",
    "nodejs24.x",
    "python3.9",
    "python3.10",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "java8.al2",
    "java11",
    "java17",
    "java21",
    "java25",
    "dotnet6",
    "dotnet8",
    "dotnet10",
    "ruby3.2",
    "ruby3.3",
    "ruby3.4",
    "provided.al2",
    "provided.al2023",
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

    pub(crate) fn as_str(self) -> &'static str {
        self.0
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
