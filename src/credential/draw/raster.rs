use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// Draws an SVG of ours to pixels, as PNG. No fonts and no files are read: badges need none.
pub fn png(svg: &str, size: u32) -> Result<Vec<u8>, String> {
    let tree = Tree::from_str(svg, &Options::default()).map_err(|error| error.to_string())?;
    let mut pixels = Pixmap::new(size, size).ok_or("a picture has at least one pixel")?;
    let scale = |length: f32| f32::from(u16::try_from(size).unwrap_or(u16::MAX)) / length;
    let transform = Transform::from_scale(scale(tree.size().width()), scale(tree.size().height()));
    resvg::render(&tree, transform, &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}
