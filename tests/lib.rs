//! The integration tests: one binary, since each more would link the whole SDK again. A module a feature.

mod architecture;
