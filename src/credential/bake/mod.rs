//! Credentials in images: put into a PNG or an SVG, and taken out of whatever someone hands in.

mod document;
mod png;
mod svg;

pub use document::Document;
pub use png::bake_png;
pub use svg::bake_svg;
