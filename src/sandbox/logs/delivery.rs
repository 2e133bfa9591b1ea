use jiff::Timestamp;

use super::Logs;
use super::access::stream_arn;
use super::kept::Touched;
use crate::policy::Principal;
use crate::sandbox::{Access, LogSink, Scope, acting_for, source_keys};

impl LogSink for Logs {
    fn deliver_from(
        &self,
        scope: &Scope,
        writer: &Principal,
        source: Option<&str>,
        group: &str,
        stream: &str,
        lines: Vec<(Timestamp, String)>,
    ) {
        let now = self.now();
        let mut store = self.store();
        // What services may write for themselves stands in the region's resource policies.
        let policy = match writer {
            Principal::Service { .. } => store.settings(scope).and_then(|settings| settings.policy.clone()),
            _ => None,
        };
        let may = |action: &str, stream: &str| {
            let mut access = Access::new(action, stream_arn(scope, group, stream));
            access.owner = Some(scope.account.clone());
            access.resource_policy.clone_from(&policy);
            access.context = source_keys(source);
            self.authority.check_internal("logs", acting_for(writer), writer, &access, scope).is_ok()
        };
        if !store.has_group(scope, group) {
            if !may("logs:CreateLogGroup", "") {
                return;
            }
            // Nobody came between: the store is ours.
            let _ = store.create_group(scope, group, std::collections::BTreeMap::new(), now);
        }
        let Ok(kept) = store.group_mut(scope, group) else { return };
        if kept.stream(stream).is_err() {
            if !may("logs:CreateLogStream", stream) {
                return;
            }
            let _ = kept.create_stream(stream, now);
        }
        let since = kept.count;
        if may("logs:PutLogEvents", stream) {
            let events = lines.into_iter().map(|(time, message)| (time.as_millisecond(), message));
            let _ = kept.append(stream, events, now);
        }
        let touched = Touched::Stream(group.to_owned(), stream.to_owned());
        self.keep_after(&mut store, scope, &touched);
        self.forward(&store, scope, group, since);
    }
}
