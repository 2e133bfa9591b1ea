// Brings a function out twice and takes the second one back, with the AWS SDK for JavaScript. Prints what each call of the alias
// gave. The first argument is the folder that the SDK is installed in.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/`);
const { Lambda, waitUntilFunctionActiveV2, waitUntilFunctionUpdatedV2 } = require("@aws-sdk/client-lambda");

const client = new Lambda({});
const FunctionName = "shop";
const seen = [];
const live = async () => {
  const { Payload } = await client.invoke({ FunctionName, Qualifier: "live" });
  seen.push(JSON.parse(Buffer.from(Payload).toString()));
};
const patience = { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };

await client.createFunction({
  FunctionName,
  Runtime: "python3.12",
  Role: process.env.ROLE,
  Handler: "app.handler",
  Code: { ZipFile: readFileSync(process.env.ONE) },
});
await waitUntilFunctionActiveV2(patience, { FunctionName });
const first = (await client.publishVersion({ FunctionName })).Version;
await client.createAlias({ FunctionName, Name: "live", FunctionVersion: first });
await live();
await client.updateFunctionCode({ FunctionName, ZipFile: readFileSync(process.env.TWO) });
await waitUntilFunctionUpdatedV2(patience, { FunctionName });
const second = (await client.publishVersion({ FunctionName })).Version;
await client.updateAlias({ FunctionName, Name: "live", FunctionVersion: second });
await live();
await client.updateAlias({ FunctionName, Name: "live", FunctionVersion: first });
await live();
console.log(JSON.stringify(seen));
