"""Repairs the functions with boto3, and the API by importing a description of it over what is there."""

import io
import json
import urllib.request
import zipfile

import boto3

apis, functions, roles = boto3.client("apigateway"), boto3.client("lambda"), boto3.client("iam")
account = boto3.client("sts").get_caller_identity()["Account"]
region = functions.meta.region_name
api = apis.get_rest_apis()["items"][0]["id"]
found = [entry for page in functions.get_paginator("list_functions").paginate() for entry in page["Functions"]]


def function(part):
    return next(entry for entry in found if part in entry["FunctionName"])


create, read = function("CreateOrder"), function("GetOrder")
listing, cancel = function("ListOrders"), function("CancelOrder")
table_name = create["Environment"]["Variables"]["ORDERS_TABLE"]
table = f"arn:aws:dynamodb:{region}:{account}:table/{table_name}"

# What the functions may do.
for entry, action in [(create, "dynamodb:PutItem"), (read, "dynamodb:GetItem")]:
    statement = {"Effect": "Allow", "Action": action, "Resource": table}
    roles.put_role_policy(
        RoleName=entry["Role"].split("/")[-1],
        PolicyName="orders-table",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )

# What the function that takes orders computes, and how it is started.
location = functions.get_function(FunctionName=create["FunctionName"])["Code"]["Location"]
with zipfile.ZipFile(io.BytesIO(urllib.request.urlopen(location).read())) as packed:
    code = packed.read("app.py").decode()
code = code.replace('sum(line["unit_price"]', 'sum(line["quantity"] * line["unit_price"]')
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("app.py", code)
functions.update_function_code(FunctionName=create["FunctionName"], ZipFile=packed.getvalue())
functions.get_waiter("function_updated_v2").wait(FunctionName=create["FunctionName"])
functions.update_function_configuration(FunctionName=create["FunctionName"], Handler="app.handler")
functions.get_waiter("function_updated_v2").wait(FunctionName=create["FunctionName"])

# Who may invoke what.
functions.add_permission(
    FunctionName=read["FunctionName"],
    StatementId="orders-api",
    Action="lambda:InvokeFunction",
    Principal="apigateway.amazonaws.com",
    SourceArn=f"arn:aws:execute-api:{region}:{account}:{api}/*",
)


def invokes(entry):
    uri = f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{entry['FunctionArn']}/invocations"
    return {"x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": uri}}


def with_id(operation):
    return operation | {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]}


allowed = {"Origin": "'*'", "Methods": "'OPTIONS,POST,GET'", "Headers": "'Content-Type'"}
preflight = {
    "responses": {
        "200": {
            "description": "allowed",
            "headers": {f"Access-Control-Allow-{name}": {"schema": {"type": "string"}} for name in allowed},
        }
    },
    "x-amazon-apigateway-integration": {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {
            "default": {
                "statusCode": "200",
                "responseParameters": {
                    f"method.response.header.Access-Control-Allow-{name}": value for name, value in allowed.items()
                },
            }
        },
    },
}
description = {
    "openapi": "3.0.1",
    "info": {"title": "orders", "version": "1"},
    "paths": {
        "/orders": {"post": invokes(create), "get": invokes(listing), "options": preflight},
        "/orders/{id}": {"get": with_id(invokes(read))},
        "/orders/{id}/cancel": {"post": with_id(invokes(cancel))},
    },
}
apis.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(description).encode())
apis.create_deployment(restApiId=api, stageName="live")
