"""Repairs half of what is broken in the orders service, with boto3 and the candidate's environment."""

import json

import boto3

functions = boto3.client("lambda")
apis = boto3.client("apigateway")
roles = boto3.client("iam")
account = boto3.client("sts").get_caller_identity()["Account"]


def function(part):
    pages = functions.get_paginator("list_functions").paginate()
    return next(f for page in pages for f in page["Functions"] if part in f["FunctionName"])


api = apis.get_rest_apis()["items"][0]["id"]
paths = {resource["path"]: resource["id"] for resource in apis.get_resources(restApiId=api)["items"]}
region = functions.meta.region_name
read, listing, create = function("GetOrder"), function("ListOrders"), function("CreateOrder")

functions.update_function_configuration(FunctionName=create["FunctionName"], Handler="app.handler")
functions.get_waiter("function_updated_v2").wait(FunctionName=create["FunctionName"])

functions.add_permission(
    FunctionName=read["FunctionName"],
    StatementId="api",
    Action="lambda:InvokeFunction",
    Principal="apigateway.amazonaws.com",
    SourceArn=f"arn:aws:execute-api:{region}:{account}:{api}/*/GET/orders/*",
)

uri = f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{listing['FunctionArn']}/invocations"
apis.update_integration(
    restApiId=api,
    resourceId=paths["/orders"],
    httpMethod="GET",
    patchOperations=[{"op": "replace", "path": "/uri", "value": uri}],
)
apis.create_deployment(restApiId=api, stageName="live")

table = read["Environment"]["Variables"]["ORDERS_TABLE"]
statement = {
    "Effect": "Allow",
    "Action": "dynamodb:GetItem",
    "Resource": f"arn:aws:dynamodb:{region}:{account}:table/{table}",
}
roles.put_role_policy(
    RoleName=read["Role"].rsplit("/", 1)[1],
    PolicyName="orders-table",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
)
