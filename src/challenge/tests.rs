use std::path::Path;

use super::*;
use crate::source::{Style, read_folder, render};

fn orders_api() -> FileTree {
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges/orders-api")).unwrap()
}

#[test]
fn the_orders_api_loads() {
    let files = orders_api();
    let challenge = Challenge::load(&files);
    let challenge =
        challenge.unwrap_or_else(|problems| panic!("{}", render(&problems, &files, Style::PLAIN)));
    assert_eq!(challenge.tasks.iter().map(|task| task.points).sum::<Points>(), Points::whole(100));
    assert_eq!(challenge.start.len(), challenge.faults.len());
}
