# What CI runs, in pieces. `just` lists them.

_default:
    @just --list

# Type-check everything
check:
    cargo check --all-targets

# Run every test
test:
    cargo test

# Formatting and lints
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

# Show the main job
demo:
    cargo run -- demo

# Write the generated files anew: schemas, the matcher reference, what the sandbox covers
generate:
    cargo run -- schema challenge > docs/schema/challenge.json
    cargo run -- schema fault > docs/schema/fault.json
    cargo run -- schema solution > docs/schema/solution.json
    cargo run -- schema near-miss > docs/schema/near-miss.json
    cargo run -- schema waivers > docs/schema/waivers.json
    cargo run -- schema proof > docs/schema/proof.json
    cargo run -- schema report > docs/schema/report.json
    cargo run -- schema matchers > docs/matchers.md
    cargo run -- schema sandbox > docs/sandbox.md
    cargo run -- schema templates > docs/templates.md

# Measure speed, in release
bench:
    cargo bench

# Exactly what CI runs
ci:
    bash .ci/run
