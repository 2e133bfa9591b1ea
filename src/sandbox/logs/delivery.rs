use jiff::Timestamp;

use super::Logs;
use super::access::stream_arn;
use super::kept::Touched;
use crate::policy::Principal;
use crate::sandbox::{Access, LogSink, Scope};

impl LogSink for Logs {
    fn deliver(
        &self,
        scope: &Scope,
        writer: &Principal,
        group: &str,
        stream: &str,
        lines: Vec<(Timestamp, String)>,
    ) {
        let may = |action: &str, stream: &str| {
            let access = Access::new(action, stream_arn(scope, group, stream));
            self.authority.check_internal("logs", "lambda.amazonaws.com", writer, &access, scope).is_ok()
        };
        let now = self.now();
        let mut store = self.store();
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
        if may("logs:PutLogEvents", stream) {
            let events = lines.into_iter().map(|(time, message)| (time.as_millisecond(), message));
            let _ = kept.append(stream, events, now);
        }
        let touched = Touched::Stream(group.to_owned(), stream.to_owned());
        self.keep_after(&mut store, scope, &touched);
    }
}
