use super::findings::{Findings, Function, Mapping, Route};

/// Functions of a project that are asked about; more would make a first draft that nobody reads.
const MOST: usize = 8;

/// Something that is asked of the application, with the fault that breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    /// Id of the check.
    pub(super) id: String,
    /// Id of the fault.
    pub(super) fault: String,
    pub(super) title: String,
    pub(super) fault_title: String,
    pub(super) task: Part,
    /// What it looks at and expects, as lines of YAML.
    pub(super) check: Vec<String>,
    /// The patch that breaks it: where in `Resources`, and to what.
    pub(super) pointer: Vec<String>,
    pub(super) value: String,
    pub(super) hint: &'static str,
}

/// The task that a check belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Requests,
    Functions,
    Events,
}

impl Part {
    pub(super) const ALL: [Self; 3] = [Self::Requests, Self::Functions, Self::Events];

    /// Id and title of the task.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Requests => ("answer-requests", "The application answers its users"),
            Self::Functions => ("run-functions", "Its functions do their work"),
            Self::Events => ("take-events", "What is put into queues and streams is worked on"),
        }
    }
}

/// Lists what can be asked, and for each thing the best question first.
pub(super) fn asks(findings: &Findings) -> Vec<Vec<Ask>> {
    let functions = findings.functions.iter().take(MOST).map(of_function);
    functions.chain(findings.mappings.iter().take(MOST).map(|mapping| vec![of_mapping(mapping)])).collect()
}

fn of_function(function: &Function) -> Vec<Ask> {
    let id = &function.logical_id;
    let name = kebab(id);
    let (module, _) = function.handler.rsplit_once('.').unwrap_or((&function.handler, ""));
    let ask = |suffix: &str, title: String, task: Part, check: Vec<String>| Ask {
        id: format!("{name}-{suffix}"),
        fault: format!("{name}-handler"),
        title,
        fault_title: format!("The function {id} names a handler that is not there"),
        task,
        check,
        pointer: [id, "Properties", "Handler"].map(str::to_owned).to_vec(),
        value: quoted(&format!("{module}.no_such_handler")),
        hint: "A function whose log has no line of its own did not get as far as its code.",
    };
    let get = function.routes.iter().find(|route| matches!(route.method.as_str(), "GET" | "ANY"));
    let mut asks = Vec::new();
    if let Some(route) = get {
        let title = format!("GET {} is answered without an error of the server", route.path);
        asks.push(ask("answers", title, Part::Requests, request(route)));
    }
    let invoke = vec![
        format!("invoke: {{ function: {id}, payload: {{}} }}"),
        "expect:".to_owned(),
        "  error: { \"null\": true }".to_owned(),
    ];
    asks.push(ask("runs", format!("{id} runs without an error"), Part::Functions, invoke));
    let handler = vec![
        format!("function: {{ of: {id} }}"),
        "expect:".to_owned(),
        format!("  $.properties.Handler: {}", quoted(&function.handler)),
    ];
    asks.push(ask("has-its-code", format!("{id} finds its handler"), Part::Functions, handler));
    asks
}

/// Places in the path are filled with something that nobody has.
fn request(route: &Route) -> Vec<String> {
    let mut path = String::new();
    let mut rest = route.path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        path.push_str("{{ something }}");
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    path.push_str(rest);
    vec![
        format!("http: {{ api: {}, method: GET, path: {} }}", route.api, quoted(&path)),
        "expect:".to_owned(),
        "  status: { lt: 500 }".to_owned(),
        "within: 20s".to_owned(),
    ]
}

fn of_mapping(mapping: &Mapping) -> Ask {
    let id = &mapping.logical_id;
    let name = kebab(id);
    Ask {
        id: format!("{name}-on"),
        fault: format!("{name}-off"),
        title: format!("{id} hands on what comes"),
        fault_title: format!("{id} is turned off"),
        task: Part::Events,
        check: vec![
            format!("resource: {{ type: \"AWS::Lambda::EventSourceMapping\", of: {id} }}"),
            "expect:".to_owned(),
            "  $.properties.Enabled: true".to_owned(),
        ],
        pointer: mapping.pointer.clone(),
        value: "false".to_owned(),
        hint: "A mapping between a queue and its function can be turned off and on.",
    }
}

/// `HelloWorldFunction` is `hello-world-function`.
fn kebab(id: &str) -> String {
    let mut name = String::new();
    let letters: Vec<char> = id.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let after_small = at > 0 && !letters[at - 1].is_ascii_uppercase();
        let before_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && at > 0 && (after_small || before_small) {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// JSON's quotes are YAML's too.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logical_ids_become_ids_of_checks() {
        for (id, name) in [
            ("HelloWorldFunction", "hello-world-function"),
            ("APIHandler", "api-handler"),
            ("getItem2", "get-item2"),
            ("A", "a"),
        ] {
            assert_eq!(kebab(id), name);
        }
    }

    #[test]
    fn places_in_a_path_are_filled() {
        let route =
            Route { api: "Api".to_owned(), method: "GET".to_owned(), path: "/a/{id}/b/{proxy+}".to_owned() };
        assert!(request(&route)[0].contains("\"/a/{{ something }}/b/{{ something }}\""));
    }
}
