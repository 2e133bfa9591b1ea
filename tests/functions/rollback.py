"""Brings a function out twice and takes the second one back, with boto3. Prints what each call of the alias gave."""

import json
import os
import pathlib

import boto3

functions = boto3.client("lambda")
one, two = (pathlib.Path(os.environ[name]).read_bytes() for name in ("ONE", "TWO"))
seen = []


def live():
    seen.append(json.load(functions.invoke(FunctionName="shop", Qualifier="live")["Payload"]))


functions.create_function(
    FunctionName="shop",
    Runtime="python3.12",
    Role=os.environ["ROLE"],
    Handler="app.handler",
    Code={"ZipFile": one},
)
functions.get_waiter("function_active_v2").wait(FunctionName="shop", WaiterConfig={"Delay": 1})
first = functions.publish_version(FunctionName="shop")["Version"]
functions.create_alias(FunctionName="shop", Name="live", FunctionVersion=first)
live()
functions.update_function_code(FunctionName="shop", ZipFile=two)
functions.get_waiter("function_updated_v2").wait(FunctionName="shop", WaiterConfig={"Delay": 1})
second = functions.publish_version(FunctionName="shop")["Version"]
functions.update_alias(FunctionName="shop", Name="live", FunctionVersion=second)
live()
functions.update_alias(FunctionName="shop", Name="live", FunctionVersion=first)
live()
print(json.dumps(seen))
