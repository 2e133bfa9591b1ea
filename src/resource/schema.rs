/// What a template may say about resources of one type, and what other resources may ask of them.
#[derive(Debug)]
pub struct Schema {
    /// CloudFormation's type name.
    pub kind: &'static str,
    pub properties: &'static [Property],
    /// What `Fn::GetAtt` returns.
    pub attributes: &'static [&'static str],
    /// The property that gives it its name, and how long a name may be; one is made up when the property is absent.
    pub name: Option<Name>,
    /// The property that names the whole it is a part of: when the whole is deleted, AWS deletes the part.
    pub part_of: Option<&'static str>,
    /// Whether AWS keeps tags on it.
    pub taggable: bool,
}

/// How resources of a type are named.
#[derive(Debug, Clone, Copy)]
pub struct Name {
    pub property: &'static str,
    /// In characters.
    pub longest: usize,
}

/// One property of a type, or one member of an object in it.
#[derive(Debug)]
pub struct Property {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
    /// Whether a change makes a new resource ("Update requires: Replacement").
    pub create_only: bool,
}

/// What a value looks like. Numbers and booleans may be written as strings, as in CloudFormation.
#[derive(Debug)]
pub enum Shape {
    Text,
    /// One of these texts.
    Choice(&'static [&'static str]),
    Integer,
    Number,
    Boolean,
    /// A JSON document, as an object or as its text: a policy, a model's schema.
    Document,
    List(&'static Shape),
    /// An object with keys of the author's choice.
    Map(&'static Shape),
    Object(&'static [Property]),
    /// A path in the challenge's files, or the object.
    PathOr(&'static [Property]),
}

/// A list of texts.
pub(super) const TEXTS: Shape = Shape::List(&Shape::Text);
/// Keys and texts.
pub(super) const TEXT_MAP: Shape = Shape::Map(&Shape::Text);
/// Tags, as most types have them.
pub(super) const TAGS: Shape = Shape::List(&Shape::Object(&[
    Property::new("Key", Shape::Text).required(),
    Property::new("Value", Shape::Text).required(),
]));

impl Property {
    pub(super) const fn new(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, required: false, create_only: false }
    }

    pub(super) const fn text(name: &'static str) -> Self {
        Self::new(name, Shape::Text)
    }

    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) const fn create_only(self) -> Self {
        Self { create_only: true, ..self }
    }
}

impl Schema {
    pub fn property(&self, name: &str) -> Option<&'static Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// Whether `Fn::GetAtt` knows the attribute.
    pub fn has_attribute(&self, name: &str) -> bool {
        self.attributes.contains(&name)
    }
}

impl Shape {
    /// Says what is expected, as words that follow "must be".
    pub fn words(&self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Choice(choices) => format!("one of {}", choices.join(", ")),
            Self::Integer => "a whole number".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Boolean => "true or false".to_owned(),
            Self::Document => "a JSON document".to_owned(),
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) | Self::Object(_) => "an object".to_owned(),
            Self::PathOr(_) => "a path or an object".to_owned(),
        }
    }
}
