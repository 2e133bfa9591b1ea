use std::io::{self, Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::FileTree;

impl FileTree {
    /// Packs the tree as a zip archive. The same tree gives the same bytes: no times and no modes are kept.
    pub fn zipped(&self) -> io::Result<Vec<u8>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, bytes) in self.iter() {
            zip.start_file(path, SimpleFileOptions::default()).map_err(io::Error::other)?;
            zip.write_all(bytes)?;
        }
        Ok(zip.finish().map_err(io::Error::other)?.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_tree_comes_back_out_of_its_archive_and_is_packed_the_same_way_twice() {
        let mut tree = FileTree::new();
        tree.insert("a/b.txt", *b"one");
        tree.insert("c", *b"");
        let packed = tree.zipped().unwrap();
        assert_eq!(packed, tree.zipped().unwrap());
        let mut zip = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        let mut text = String::new();
        zip.by_name("a/b.txt").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), zip.len()), ("one", 2));
    }
}
