//! Builds the [`Context`](proofmark::context::Context), calls [`cli::run`](proofmark::cli::run) and exits with its code.

fn main() -> std::process::ExitCode {
    proofmark::cli::run(std::env::args_os())
}
