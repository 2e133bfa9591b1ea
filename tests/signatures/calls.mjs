// Calls the sandbox through the AWS SDK for JavaScript v3, signed as it should be and not; prints what became of each call as
// a JSON object. The first argument is the folder that the SDK is installed in.

import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/`);
const { APIGateway } = require("@aws-sdk/client-api-gateway");
const { CloudWatchLogs } = require("@aws-sdk/client-cloudwatch-logs");
const { DynamoDB } = require("@aws-sdk/client-dynamodb");
const { IAM } = require("@aws-sdk/client-iam");
const { Lambda } = require("@aws-sdk/client-lambda");
const { S3 } = require("@aws-sdk/client-s3");
const { STS } = require("@aws-sdk/client-sts");
const { SignatureV4 } = require("@smithy/signature-v4");
const { Sha256 } = require("@aws-crypto/sha256-js");
const { HttpRequest } = require("@smithy/protocol-http");

const outcomes = {};
const region = process.env.AWS_REGION;
const endpoint = process.env.AWS_ENDPOINT_URL;
const credentials = {
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
};
const options = { region, endpoint, credentials, maxAttempts: 1 };
const make = (Client, more = {}) => new Client({ ...options, ...more });

async function call(name, work) {
  try {
    const answer = await work;
    outcomes[name] = String(Math.floor(answer.$metadata.httpStatusCode / 100) * 100);
    return answer;
  } catch (error) {
    outcomes[name] = `${error.Code ?? error.name} ${error.$metadata?.httpStatusCode}`;
  }
}

/** A client whose requests somebody changes on the way. */
function tampered(Client, change) {
  const client = make(Client);
  const middleware = (next) => (given) => {
    change(given.request);
    return next(given);
  };
  client.middlewareStack.add(middleware, { step: "finalizeRequest", priority: "low" });
  return client;
}

async function fetched(name, keys, life, pause = 0, sign = {}) {
  const { protocol, hostname, port } = new URL(endpoint);
  const query = { Action: "GetCallerIdentity", Version: "2011-06-15" };
  const request = new HttpRequest({
    method: "GET", protocol, hostname, port: Number(port), path: "/", query, headers: { host: `${hostname}:${port}` },
  });
  const signer = new SignatureV4({ service: "sts", region, credentials: keys, sha256: Sha256 });
  const signed = await signer.presign(request, { expiresIn: life, ...sign });
  await new Promise((done) => setTimeout(done, pause));
  const parameters = new URLSearchParams(Object.entries(signed.query));
  const answer = await fetch(`${endpoint}/?${parameters}`);
  const code = (await answer.text()).match(/<Code>(\w+)/)?.[1];
  outcomes[name] = answer.ok ? String(answer.status) : `${code} ${answer.status}`;
}

const iam = make(IAM);
const dynamodb = make(DynamoDB);
const lambda = make(Lambda);
const gateway = make(APIGateway);
const sts = make(STS);
const table = {
  TableName: "orders",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};
const trust = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
};
const FunctionName = `arn:aws:lambda:${region}:123456789012:function:nothing`;

await call("query", iam.listUsers({}));
await call("query with unicode", iam.createRole({
  RoleName: "a+=,.@-b", Description: "ünïcödé ~*'()! &+%", AssumeRolePolicyDocument: JSON.stringify(trust),
}));
await call("json 1.0", dynamodb.listTables({}));
await call("json 1.0 with a body", dynamodb.createTable(table));
await call("json 1.1", make(CloudWatchLogs).createLogGroup({ logGroupName: "/a/b" }));
await call("arn in the path", lambda.getFunctionConfiguration({ FunctionName }));
await call("query string", lambda.listFunctions({ FunctionVersion: "ALL", MaxItems: 7 }));
const { id: restApiId } = await gateway.createRestApi({ name: "a" });
await call("patch", gateway.updateRestApi({ restApiId, patchOperations: [{ op: "replace", path: "/name", value: "b" }] }));
await call("dollar in the path", gateway.getStage({ restApiId, stageName: "$default" }));
await call("slashes in a segment", gateway.getTags({ resourceArn: `arn:aws:apigateway:${region}::/restapis/none/stages/a b` }));
await call("repeated parameter", lambda.untagResource({ Resource: FunctionName, TagKeys: ["b", "a c", "ü"] }));
const { Credentials } = await sts.getSessionToken({});
const session = {
  accessKeyId: Credentials.AccessKeyId,
  secretAccessKey: Credentials.SecretAccessKey,
  sessionToken: Credentials.SessionToken,
};
await call("session token", make(STS, { credentials: session }).getCallerIdentity({}));
await fetched("presigned", credentials, 60);
await fetched("presigned with a session token", session, 60);
if (process.env.OBJECTS) {
  const s3 = make(S3, { forcePathStyle: true });
  const Bucket = "signed-objects";
  await s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } });
  for (const Key of ["a b", "a+b", "ünï", "a//b", "a/../b", "a&b=c%d"]) {
    await call(`object ${Key}`, s3.putObject({ Bucket, Key, Body: "content" }));
    await call(`object ${Key}`, s3.getObject({ Bucket, Key }));
  }
}

const wrong = { ...credentials, secretAccessKey: "not/the/secret" };
await call("wrong secret, query", make(IAM, { credentials: wrong }).listUsers({}));
await call("wrong secret, json", make(DynamoDB, { credentials: wrong }).listTables({}));
const unknown = { ...credentials, accessKeyId: "AKIANOBODYHASTHISKEY" };
await call("unknown key", make(IAM, { credentials: unknown }).listUsers({}));
const stray = { ...session, sessionToken: "another" };
await call("wrong session token", make(DynamoDB, { credentials: stray }).listTables({}));

const stamp = (seconds) =>
  new Date(Date.now() - seconds * 1000).toISOString().replace(/[-:]|\.\d+/g, "");
await call("tampered body", tampered(DynamoDB, (request) => {
  request.body = Buffer.from(request.body).toString().replace("orders", "others");
}).describeTable({ TableName: "orders" }));
await call("tampered path", tampered(Lambda, (request) => {
  request.path = request.path.replace("nothing", "another");
}).getFunctionConfiguration({ FunctionName }));
await call("tampered header", tampered(DynamoDB, (request) => {
  request.headers["x-amz-target"] = "DynamoDB_20120810.DescribeLimits";
}).listTables({}));
await call("tampered date", tampered(IAM, (request) => {
  request.headers["x-amz-date"] = stamp(90);
}).listUsers({}));
await call("unsigned", tampered(IAM, (request) => {
  delete request.headers.authorization;
}).listUsers({}));
await fetched("presigned and expired", credentials, 1, 2100);
await call("half an hour old", make(IAM, { systemClockOffset: -30 * 60 * 1000 }).listUsers({}));

console.log(JSON.stringify(outcomes));
