use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::DynamoDb;
use super::fault::validation;
use super::streams::{number_of, parse_arn, sequence, stream_arn};
use crate::policy::{Context, Matched, Principal};
use crate::sandbox::authority::Asked;
use crate::sandbox::{Access, Caller, EventSource, Position, Scope, ServiceError, SourceBatch};

/// The one shard of every stream.
const SHARD: &str = "shardId-00000001700000000000-00000001";
/// How long an iterator may be used, in seconds.
const LIFE: i64 = 15 * 60;

/// The operations of DynamoDB Streams that are covered.
pub(super) const COVERED: [&str; 4] = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];

/// Says what a call of DynamoDB Streams needs.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html>
pub(super) fn access(name: &str, body: &Map<String, Value>, scope: &Scope) -> Access {
    let arn = match name {
        "ListStreams" => "*".to_owned(),
        "GetRecords" => text(body, "ShardIterator")
            .and_then(Iterator::parse)
            .map_or_else(|| "*".to_owned(), |read| read.arn),
        _ => text(body, "StreamArn").unwrap_or("*").to_owned(),
    };
    let mut access = Access::new(format!("dynamodb:{name}"), arn);
    access.owner = Some(scope.account.clone());
    access
}

/// A place in a shard, as the API hands it out.
struct Iterator {
    arn: String,
    position: Position,
    made: i64,
}

impl Iterator {
    fn parse(text: &str) -> Option<Self> {
        let raw = URL_SAFE_NO_PAD.decode(text).ok()?;
        let read: Value = serde_json::from_slice(&raw).ok()?;
        let position = match read.get("after") {
            Some(Value::Null) | None => Position::TrimHorizon,
            Some(number) => Position::After(number.as_u64()?),
        };
        Some(Self { arn: read.get("arn")?.as_str()?.to_owned(), position, made: read.get("made")?.as_i64()? })
    }

    fn render(&self) -> String {
        let after = match self.position {
            Position::After(number) => json!(number),
            Position::TrimHorizon | Position::Latest => Value::Null,
        };
        URL_SAFE_NO_PAD.encode(json!({ "arn": self.arn, "after": after, "made": self.made }).to_string())
    }
}

impl DynamoDb {
    /// Carries out a call of DynamoDB Streams.
    pub(super) fn stream_call(
        &self,
        name: &str,
        body: &Map<String, Value>,
        scope: &Scope,
    ) -> Result<Value, ServiceError> {
        match name {
            "ListStreams" => Ok(self.list_streams(body, scope)),
            "DescribeStream" => self.describe_stream(body, scope),
            "GetShardIterator" => self.shard_iterator(body, scope),
            _ => self.records(body, scope),
        }
    }

    fn list_streams(&self, body: &Map<String, Value>, scope: &Scope) -> Value {
        let wanted = text(body, "TableName");
        let tables = self.existing(scope).map(|store| store.tables_with_streams()).unwrap_or_default();
        let streams: Vec<Value> = tables
            .iter()
            .filter(|(table, _)| wanted.is_none_or(|wanted| wanted == table))
            .map(|(table, label)| {
                json!({ "StreamArn": stream_arn(scope, table, label), "TableName": table, "StreamLabel": label })
            })
            .collect();
        json!({ "Streams": streams })
    }

    fn describe_stream(&self, body: &Map<String, Value>, scope: &Scope) -> Result<Value, ServiceError> {
        let arn = text(body, "StreamArn").ok_or_else(|| null("streamArn"))?;
        let missing = || no_stream(arn);
        let (_, table, label) = parse_arn(arn).filter(|(own, ..)| own == scope).ok_or_else(missing)?;
        let store = self.existing(scope).ok_or_else(missing)?;
        let definition = store
            .definition(table)
            .filter(|found| found.stream.as_deref() == Some(label))
            .ok_or_else(missing)?;
        let (oldest, _) = store.streams.bounds(table).ok_or_else(missing)?;
        let view = definition
            .stream_specification()
            .and_then(|specification| specification.get("StreamViewType"))
            .cloned();
        Ok(json!({ "StreamDescription": {
            "StreamArn": arn,
            "StreamLabel": label,
            "StreamStatus": if definition.stream_specification().is_some() { "ENABLED" } else { "DISABLED" },
            "StreamViewType": view,
            "CreationRequestDateTime": definition.created,
            "TableName": table,
            "KeySchema": definition.request.get("KeySchema"),
            "Shards": [{ "ShardId": SHARD, "SequenceNumberRange": { "StartingSequenceNumber": sequence(oldest) } }],
        }}))
    }

    fn shard_iterator(&self, body: &Map<String, Value>, scope: &Scope) -> Result<Value, ServiceError> {
        let arn = text(body, "StreamArn").ok_or_else(|| null("streamArn"))?;
        let missing = || no_stream(arn);
        let (_, table, _) = parse_arn(arn).filter(|(own, ..)| own == scope).ok_or_else(missing)?;
        let store = self.existing(scope).ok_or_else(missing)?;
        let (oldest, next) = store.streams.bounds(table).ok_or_else(missing)?;
        if text(body, "ShardId") != Some(SHARD) {
            return Err(ServiceError::new(
                400,
                "ResourceNotFoundException",
                format!(
                    "Requested resource not found: Shard: {} in Stream: {arn} not found",
                    text(body, "ShardId").unwrap_or_default()
                ),
            ));
        }
        let number = || {
            let given = text(body, "SequenceNumber")
                .ok_or_else(|| validation("Invalid SequenceNumber: the shard iterator type needs one"))?;
            number_of(given).ok_or_else(|| validation(format!("Invalid SequenceNumber: {given}")))
        };
        let before = |number: u64| number.checked_sub(1).map_or(Position::TrimHorizon, Position::After);
        let position = match text(body, "ShardIteratorType") {
            Some("TRIM_HORIZON") => before(oldest),
            Some("LATEST") => before(next),
            Some("AT_SEQUENCE_NUMBER") => before(number()?),
            Some("AFTER_SEQUENCE_NUMBER") => Position::After(number()?),
            other => {
                return Err(validation(format!(
                    "1 validation error detected: Value '{}' at 'shardIteratorType' failed to satisfy constraint: Member must \
                     satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
                    other.unwrap_or("null")
                )));
            }
        };
        let made = self.now().as_second();
        Ok(json!({ "ShardIterator": Iterator { arn: arn.to_owned(), position, made }.render() }))
    }

    fn records(&self, body: &Map<String, Value>, scope: &Scope) -> Result<Value, ServiceError> {
        let given = text(body, "ShardIterator").ok_or_else(|| null("shardIterator"))?;
        let invalid = || ServiceError::new(400, "ValidationException", "Invalid ShardIterator");
        let iterator = Iterator::parse(given).ok_or_else(invalid)?;
        let now = self.now().as_second();
        if now - iterator.made > LIFE {
            return Err(ServiceError::new(
                400,
                "ExpiredIteratorException",
                "The shard iterator has expired: it was made more than 15 minutes ago.",
            ));
        }
        let (_, table, label) =
            parse_arn(&iterator.arn).filter(|(own, ..)| own == scope).ok_or_else(invalid)?;
        let missing = || no_stream(&iterator.arn);
        let store = self.existing(scope).ok_or_else(missing)?;
        let most = body.get("Limit").and_then(Value::as_u64).map_or(1000, |limit| limit.clamp(1, 1000));
        let most = usize::try_from(most).unwrap_or(1000);
        let (records, next) =
            store.streams.read(table, label, iterator.position, most).ok_or_else(missing)?;
        let records: Vec<Value> = records.into_iter().map(|record| in_region(record, scope)).collect();
        let next = Iterator { arn: iterator.arn.clone(), position: next, made: now };
        Ok(json!({ "Records": records, "NextShardIterator": next.render() }))
    }
}

fn in_region(mut record: Value, scope: &Scope) -> Value {
    if let Some(members) = record.as_object_mut() {
        members.insert("awsRegion".to_owned(), scope.region.clone().into());
    }
    record
}

impl EventSource for DynamoDb {
    fn owns(&self, arn: &str) -> bool {
        parse_arn(arn).is_some()
    }

    fn exists(&self, arn: &str) -> bool {
        let Some((scope, table, label)) = parse_arn(arn) else { return false };
        self.existing(&scope)
            .and_then(|store| store.definition(table))
            .is_some_and(|definition| definition.stream.as_deref() == Some(label))
    }

    fn poll(
        &self,
        reader: &Principal,
        arn: &str,
        position: Position,
        most: usize,
    ) -> Result<SourceBatch, ServiceError> {
        let (scope, table, label) = parse_arn(arn).ok_or_else(|| no_stream(arn))?;
        let reader = Caller { principal: reader.clone(), access_key_id: None };
        let asked = || Asked {
            service: "dynamodb",
            operation: "GetRecords",
            resource: arn,
            scope: &scope,
            time: self.authority().clock().now(),
        };
        let note = |outcome: Result<&[Matched], &ServiceError>| {
            if let Some(journal) = self.authority().journal() {
                journal.on_behalf(&reader.principal, &asked(), outcome);
            }
        };
        let mut allowed_by = Vec::new();
        for action in ["dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords"] {
            let access = Access::new(action, arn);
            let checked = self.authority().check("dynamodb", &reader, &access, Context::new());
            allowed_by.extend(checked.inspect_err(|error| note(Err(error)))?.decided_by);
        }
        let store = self.existing(&scope).ok_or_else(|| no_stream(arn))?;
        let (records, next) =
            store.streams.read(table, label, position, most).ok_or_else(|| no_stream(arn))?;
        if !records.is_empty() {
            note(Ok(&allowed_by));
        }
        let records = records
            .into_iter()
            .map(|record| {
                let mut record = in_region(record, &scope);
                record["eventSourceARN"] = arn.into();
                record
            })
            .collect();
        Ok(SourceBatch { records, next })
    }

    fn finish(&self, _reader: &Principal, _arn: &str, _records: &[Value]) -> Result<(), ServiceError> {
        Ok(())
    }
}

fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str)
}

fn null(member: &str) -> ServiceError {
    validation(format!(
        "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
    ))
}

fn no_stream(arn: &str) -> ServiceError {
    ServiceError::new(
        400,
        "ResourceNotFoundException",
        format!("Requested resource not found: Stream: {arn} not found"),
    )
}
