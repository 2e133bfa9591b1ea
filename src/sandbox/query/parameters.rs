use std::collections::BTreeMap;

use crate::sandbox::Request;

/// The parameters of a form, such as `Action=CreateRole&Tags.member.1.Key=team`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    values: BTreeMap<String, String>,
}

impl Parameters {
    /// Reads the query and, for a POST, the body; of a name that occurs twice the last counts.
    pub fn of(request: &Request) -> Self {
        let query = form_urlencoded::parse(request.raw_query.as_bytes());
        let body = form_urlencoded::parse(&request.body);
        query.chain(body).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Returns the strings of a list, `Name.member.1` and so on, by their numbers.
    pub fn list<'a>(&'a self, name: &str) -> Vec<&'a str> {
        let whole = |members: Vec<(&str, &'a str)>| {
            members.into_iter().find(|(rest, _)| rest.is_empty()).map(|(_, value)| value)
        };
        self.numbered(&format!("{name}.member.")).into_values().filter_map(whole).collect()
    }

    /// Returns the structures of a list: of `Tags`, one set of parameters for each `Tags.member.N.`.
    pub fn structures(&self, name: &str) -> Vec<Self> {
        self.structures_at(&format!("{name}.member."))
    }

    /// Returns the structures whose numbers stand after `prefix`, for lists that services name otherwise: `Tag.1.Key` is in those
    /// at `Tag.`, `Attributes.entry.1.key` in those at `Attributes.entry.`.
    pub fn structures_at(&self, prefix: &str) -> Vec<Self> {
        let members = self.numbered(prefix).into_values();
        members
            .map(|members| {
                members.into_iter().map(|(rest, value)| (rest.to_owned(), value.to_owned())).collect()
            })
            .collect()
    }

    /// Returns the entries of a map of strings, `Name.entry.1.key` and `.value`.
    pub fn map(&self, name: &str) -> BTreeMap<String, String> {
        let entries = self.structures_at(&format!("{name}.entry."));
        let entry = |entry: &Self| Some((entry.get("key")?.to_owned(), entry.get("value")?.to_owned()));
        entries.iter().filter_map(entry).collect()
    }

    fn numbered<'a>(&'a self, prefix: &str) -> BTreeMap<u64, Vec<(&'a str, &'a str)>> {
        let mut members: BTreeMap<u64, Vec<(&str, &str)>> = BTreeMap::new();
        let all = self.values.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        for (key, value) in all {
            let (number, rest) = key[prefix.len()..].split_once('.').unwrap_or((&key[prefix.len()..], ""));
            if let Ok(number) = number.parse() {
                members.entry(number).or_default().push((rest, value));
            }
        }
        members
    }
}

impl FromIterator<(String, String)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(values: I) -> Self {
        Self { values: values.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(form: &str) -> Parameters {
        form_urlencoded::parse(form.as_bytes()).into_owned().collect()
    }

    #[test]
    fn lists_come_in_the_order_of_their_numbers() {
        let parameters = parameters("A.member.10=c&A.member.2=b&A.member.1=a&A.member.x=d&AB.member.1=e");
        assert_eq!(parameters.list("A"), ["a", "b", "c"]);
        assert!(parameters.list("B").is_empty());
    }

    #[test]
    fn structures_carry_their_own_parameters() {
        let tags = parameters("Tags.member.1.Key=team&Tags.member.1.Value=red&Tags.member.2.Key=x");
        let tags = tags.structures("Tags");
        assert_eq!((tags[0].get("Key"), tags[0].get("Value")), (Some("team"), Some("red")));
        assert_eq!((tags[1].get("Key"), tags[1].get("Value")), (Some("x"), None));
    }

    #[test]
    fn maps_are_lists_of_entries() {
        let map = parameters("A.entry.1.key=Policy&A.entry.1.value=%7B%7D&A.entry.2.key=x&A.entry.2.value=y")
            .map("A");
        assert_eq!(
            map.into_iter().collect::<Vec<_>>(),
            [("Policy".into(), "{}".into()), ("x".into(), "y".into())]
        );
        assert_eq!(parameters("Tag.1.Key=team").structures_at("Tag.")[0].get("Key"), Some("team"));
    }

    #[test]
    fn lists_nest() {
        let entries =
            parameters("E.member.1.Name=a&E.member.1.Values.member.1=b&E.member.1.Values.member.2=c");
        assert_eq!(entries.structures("E")[0].list("Values"), ["b", "c"]);
    }
}
