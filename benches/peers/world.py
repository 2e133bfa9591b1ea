"""Makes one API with a mock and one with a function behind it, and prints the paths that they answer at."""

import io
import json
import sys
import time
import zipfile

import boto3

url, functions = sys.argv[1], len(sys.argv) > 2 and sys.argv[2] == "functions"


def client(service):
    # A key of no account in particular: requests to an API come without any, and one of the peers looks for the API in the
    # account that then counts.
    return boto3.client(service, endpoint_url=url, region_name="us-east-1",
                        aws_access_key_id="test", aws_secret_access_key="test")


gateway = client("apigateway")


def api(name, integration):
    made = gateway.create_rest_api(name=name)["id"]
    root = gateway.get_resources(restApiId=made)["items"][0]["id"]
    # Not the root: one of the peers does not find it at this address.
    resource = gateway.create_resource(restApiId=made, parentId=root, pathPart="orders")["id"]
    at = {"restApiId": made, "resourceId": resource, "httpMethod": "GET"}
    gateway.put_method(authorizationType="NONE", **at)
    gateway.put_integration(**at, **integration)
    if integration["type"] == "MOCK":
        gateway.put_method_response(statusCode="200", **at)
        gateway.put_integration_response(statusCode="200", responseTemplates={"application/json": '{"ok": true}'}, **at)
    gateway.create_deployment(restApiId=made, stageName="prod")
    return f"/restapis/{made}/prod/_user_request_/orders"


print("MOCK", api("mock", {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}}))

if functions:
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = client("iam").create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return {'statusCode': 200, 'body': 'ok'}\n")
    lambda_ = client("lambda")
    made = lambda_.create_function(FunctionName="ok", Role=role, Runtime="python3.12", Handler="app.handler",
                                   Code={"ZipFile": code.getvalue()})["FunctionArn"]
    for _ in range(100):
        if lambda_.get_function(FunctionName="ok")["Configuration"].get("State", "Active") == "Active":
            break
        time.sleep(0.1)
    lambda_.add_permission(FunctionName="ok", StatementId="gateway", Action="lambda:InvokeFunction",
                           Principal="apigateway.amazonaws.com")
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{made}/invocations"
    print("AWS_PROXY", api("proxy", {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": uri}))
