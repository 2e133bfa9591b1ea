//! Builds the [`Context`](proofmark::context::Context), calls [`cli::run`](proofmark::cli::run) and exits with its code.

/// Requests of many connections and the grader's own calls make and drop small things all the time, on all processors.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    proofmark::cli::run(std::env::args_os())
}
