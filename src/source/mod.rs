//! To be described by its first types.
