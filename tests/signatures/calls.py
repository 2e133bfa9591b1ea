"""Calls the sandbox through boto3, signed as it should be and not; prints what became of each call as a JSON object."""

import datetime
import json
import os
import time
import urllib.error
import urllib.request

import boto3
import botocore.auth
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

outcomes = {}
region = os.environ["AWS_DEFAULT_REGION"]
plain = Config(retries={"max_attempts": 0}, parameter_validation=False, s3={"addressing_style": "path"}, signature_version="v4")


def client(service, config=plain, **keys):
    return boto3.client(service, config=config, **keys)


def call(name, function, **arguments):
    try:
        answer = function(**arguments)
        outcomes[name] = str(answer["ResponseMetadata"]["HTTPStatusCode"] // 100 * 100)
        return answer
    except ClientError as error:
        metadata = error.response["ResponseMetadata"]
        outcomes[name] = f"{error.response['Error']['Code']} {metadata['HTTPStatusCode']}"


def fetch(name, url):
    try:
        with urllib.request.urlopen(url) as answer:
            outcomes[name] = str(answer.status)
    except urllib.error.HTTPError as error:
        code = error.read().decode().split("<Code>")[1].split("<")[0]
        outcomes[name] = f"{code} {error.code}"


def tampered(service, change):
    """A client whose requests somebody changes on the way."""
    changed = client(service)
    changed.meta.events.register_last("before-send.*", lambda request, **_: change(request))
    return changed


iam, dynamodb, logs, functions, sts = (client(name) for name in ("iam", "dynamodb", "logs", "lambda", "sts"))
gateway = client("apigateway")
table = {
    "TableName": "orders",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
function = f"arn:aws:lambda:{region}:123456789012:function:nothing"

call("query", iam.list_users)
call("query with unicode", iam.create_role, RoleName="a+=,.@-b", Description="ünïcödé ~*'()! &+%", AssumeRolePolicyDocument=json.dumps({
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}))
call("json 1.0", dynamodb.list_tables)
call("json 1.0 with a body", dynamodb.create_table, **table)
call("json 1.1", logs.create_log_group, logGroupName="/a/b")
call("arn in the path", functions.get_function_configuration, FunctionName=function)
call("query string", functions.list_functions, FunctionVersion="ALL", MaxItems=7)
api = gateway.create_rest_api(name="a")["id"]
call("patch", gateway.update_rest_api, restApiId=api, patchOperations=[{"op": "replace", "path": "/name", "value": "b"}])
call("dollar in the path", gateway.get_stage, restApiId=api, stageName="$default")
call("slashes in a segment", gateway.get_tags, resourceArn=f"arn:aws:apigateway:{region}::/restapis/none/stages/a b")
call("repeated parameter", functions.untag_resource, Resource=function, TagKeys=["b", "a c", "ü"])
session = sts.get_session_token()["Credentials"]
session = {
    "aws_access_key_id": session["AccessKeyId"],
    "aws_secret_access_key": session["SecretAccessKey"],
    "aws_session_token": session["SessionToken"],
}
call("session token", client("sts", **session).get_caller_identity)
fetch("presigned", sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET"))
fetch("presigned with a session token", client("sts", **session).generate_presigned_url("get_caller_identity", HttpMethod="GET"))
if os.environ["OBJECTS"]:
    s3 = client("s3", Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}, signature_version="s3v4"))
    s3.create_bucket(Bucket="signed-objects", CreateBucketConfiguration={"LocationConstraint": region})
    for key in ["a b", "a+b", "ünï", "a//b", "a/../b", "a&b=c%d"]:
        call(f"object {key}", s3.put_object, Bucket="signed-objects", Key=key, Body=b"content")
        call(f"object {key}", s3.get_object, Bucket="signed-objects", Key=key)

wrong = {"aws_access_key_id": os.environ["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": "not/the/secret"}
call("wrong secret, query", client("iam", **wrong).list_users)
call("wrong secret, json", client("dynamodb", **wrong).list_tables)
call("unknown key", client("iam", **wrong | {"aws_access_key_id": "AKIANOBODYHASTHISKEY"}).list_users)
call("wrong session token", client("dynamodb", **session | {"aws_session_token": "another"}).list_tables)


def body(request):
    request.body = request.body.replace(b"orders", b"others")


def path(request):
    request.url = request.url.replace("nothing", "another")


def header(request):
    request.headers["X-Amz-Target"] = "DynamoDB_20120810.DescribeLimits"


def date(request):
    moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=90)
    request.headers["X-Amz-Date"] = moment.strftime("%Y%m%dT%H%M%SZ")


call("tampered body", tampered("dynamodb", body).describe_table, TableName="orders")
call("tampered path", tampered("lambda", path).get_function_configuration, FunctionName=function)
call("tampered header", tampered("dynamodb", header).list_tables)
call("tampered date", tampered("iam", date).list_users)
call("unsigned", client("iam", Config(signature_version=UNSIGNED)).list_users)

late = sts.generate_presigned_url("get_caller_identity", ExpiresIn=1, HttpMethod="GET")
time.sleep(2.1)
fetch("presigned and expired", late)

now = botocore.auth.get_current_datetime
botocore.auth.get_current_datetime = lambda *a, **k: now(*a, **k) - datetime.timedelta(minutes=30)
call("half an hour old", client("iam").list_users)

print(json.dumps(outcomes))
