//! Lambda: functions that are really stored, and handlers that really run.

pub mod confinement;
