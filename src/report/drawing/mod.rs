//! Where the boxes and arrows of a chart go: layers from the first to the last, few crossings, straight ways. Pure, in whole
//! pixels, so that the same chart gives the same bytes everywhere.
//!
//! The way is Sugiyama's: break circles, put each box into a layer, order the layers by the middle of their neighbours, then move
//! everything towards its neighbours as far as there is room. <https://doi.org/10.1109/TSMC.1981.4308636>

mod figure;
mod layer;
mod room;

pub(super) use figure::{Drawing, Figure, OF_ARROW, OF_BOX, ROOMY, broken};
