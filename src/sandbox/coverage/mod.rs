//! What the sandbox covers, operation by operation, as each service declares it in its own `coverage.rs`.
//!
//! In: the services' declarations, and the names of all operations that AWS has (`fixtures/operations`, from botocore's
//! service models). Out: the table that `docs/sandbox.md` is printed from. `tests/coverage` holds it against the running
//! sandbox, so that it cannot drift from what is dispatched, and against the names of the tests.

mod api;
mod page;
mod services;
mod table;

pub use api::{Api, Shape};
pub use page::page;
pub use services::services;
pub use table::{Coverage, Operation, Standing, Tests};
