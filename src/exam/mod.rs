//! Drives one attempt: puts the scenario up, finds it ready, starts the clock, freezes, grades, and keeps what was seen.
