use super::{FileChange, Then, World};
use crate::source::FileTree;
use crate::template::{Overlay, Template};

/// How a world differs from the healthy one.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Merge patch (RFC 7396) on the template document, empty when it changes no resource.
    pub template: Overlay,
    /// Files of the scenario that it replaces, adds, or changes in places.
    pub files: FileChange,
    /// A second merge patch, carried out on the running stack: a change behind the template's back, or after a deployment.
    pub then: Overlay,
    /// Files that change with `then`.
    pub then_files: FileChange,
}

impl Change {
    fn has_second_step(&self) -> bool {
        !self.then.is_empty() || !self.then_files.is_empty()
    }
}

impl World {
    /// Builds a world from a template and files with changes laid over them, in the order given.
    pub fn with(template: &Template, files: &FileTree, changes: &[&Change]) -> Self {
        let mut template = template.clone();
        let mut files = files.clone();
        for change in changes {
            template = template.patched(&change.template);
            change.files.apply(&mut files);
        }
        let later = changes.iter().any(|change| change.has_second_step());
        let then = later.then(|| {
            let (mut template, mut files) = (template.clone(), files.clone());
            for change in changes {
                template = template.patched(&change.then);
                change.then_files.apply(&mut files);
            }
            Then { template, files }
        });
        Self { template, files, then }
    }
}
