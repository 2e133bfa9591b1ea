use super::Schema;
use crate::context::Random;

/// Makes up a physical name as CloudFormation does: stack, logical id, random letters
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html>). A part that does not fit is cut.
pub fn generated_name(schema: &Schema, stack: &str, logical_id: &str, random: &Random) -> String {
    let longest = schema.name.map_or(128, |name| name.longest);
    let suffix = random.characters(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 12);
    let room = longest.saturating_sub(suffix.len() + 2);
    let id: String = logical_id.chars().take(room / 2).collect();
    let stack: String = stack.chars().take(room - id.chars().count()).collect();
    format!("{stack}-{id}-{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_to_what_the_type_allows() {
        let schema = crate::resource::schema("AWS::IAM::Role").unwrap();
        let name = generated_name(schema, &"s".repeat(100), &"r".repeat(100), &Random::from_seed(1));
        assert_eq!(name.len(), 64);
    }

    #[test]
    fn a_short_name_keeps_stack_and_logical_id() {
        let schema = crate::resource::schema("AWS::Lambda::Function").unwrap();
        let name = generated_name(schema, "orders", "GetOrder", &Random::from_seed(1));
        assert!(name.starts_with("orders-GetOrder-"), "{name}");
    }
}
