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
        self.numbered(name).into_values().filter_map(whole).collect()
    }

    /// Returns the structures of a list: of `Tags`, one set of parameters for each `Tags.member.N.`.
    pub fn structures(&self, name: &str) -> Vec<Self> {
        let members = self.numbered(name).into_values();
        members
            .map(|members| {
                members.into_iter().map(|(rest, value)| (rest.to_owned(), value.to_owned())).collect()
            })
            .collect()
    }

    fn numbered<'a>(&'a self, name: &str) -> BTreeMap<u64, Vec<(&'a str, &'a str)>> {
        let prefix = format!("{name}.member.");
        let mut members: BTreeMap<u64, Vec<(&str, &str)>> = BTreeMap::new();
        let all = self.values.range(prefix.clone()..).take_while(|(key, _)| key.starts_with(&prefix));
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
    fn lists_nest() {
        let entries =
            parameters("E.member.1.Name=a&E.member.1.Values.member.1=b&E.member.1.Values.member.2=c");
        assert_eq!(entries.structures("E")[0].list("Values"), ["b", "c"]);
    }
}
