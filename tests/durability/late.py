"""Tries every way to write after a sandbox froze. Prints JSON: of each way what came of it before and after the end, and what
stands in the table that the ways write to. Called with the endpoint, the administrator's keys and token."""
import base64, io, json, sys, time, urllib.error, urllib.request, zipfile
import boto3
from botocore.config import Config

endpoint, key, secret, token = sys.argv[1:5]
once = Config(retries={"max_attempts": 1, "mode": "standard"}, s3={"addressing_style": "path"}, read_timeout=120)


def client(service, keys, **more):
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", config=once.merge(Config(**more)),
                        aws_access_key_id=keys[0], aws_secret_access_key=keys[1],
                        aws_session_token=keys[2] if len(keys) > 2 else None)


def admin(name, body):
    request = urllib.request.Request(f"{endpoint}/_proofmark/{name}", data=json.dumps(body).encode(), method="POST",
                                     headers={"authorization": f"Bearer {token}"})
    return json.load(urllib.request.urlopen(request))


owner = (key, secret)
iam, ddb = client("iam", owner), client("dynamodb", owner)
ddb.create_table(TableName="late", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                 AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
client("s3", owner).create_bucket(Bucket="late-bucket")
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com", "AWS": "*"}, "Action": "sts:AssumeRole"}]}
role = iam.create_role(RoleName="wide", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
iam.attach_role_policy(RoleName="wide", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
iam.create_user(UserName="candidate")
iam.attach_user_policy(UserName="candidate", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
made = iam.create_access_key(UserName="candidate")["AccessKey"]
candidate = (made["AccessKeyId"], made["SecretAccessKey"])

source = '''
import boto3, io, os, time, zipfile
ddb = boto3.client("dynamodb")
def put(id):
    ddb.put_item(TableName="late", Item={"id": {"S": id}})
def handler(event, context):
    if "Records" in event:
        for record in event["Records"]:
            put("queued-" + record["body"])
        return {}
    way = event.get("way", "url")
    if way == "loop":
        # It goes on for as long as it is let, whether or not what it asks for is refused.
        end = time.time() + 60
        number = 0
        while time.time() < end:
            try:
                put(f"loop-{number}")
            except Exception:
                pass
            number += 1
            time.sleep(0.02)
    elif way == "self":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as zip:
            zip.writestr("app.py", open(os.environ["LAMBDA_TASK_ROOT"] + "/app.py").read() + "# again\\n")
        end = time.time() + 60
        number = 0
        while time.time() < end:
            try:
                boto3.client("lambda").update_function_code(FunctionName=context.function_name, ZipFile=packed.getvalue())
                put(f"self-{number}")
            except Exception:
                pass
            number += 1
            time.sleep(0.2)
    elif way == "failing":
        raise RuntimeError("to be tried again")
    else:
        put(event.get("id", "url-" + str(time.time())))
    return {"ok": True}
'''
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("app.py", source)
lam = client("lambda", candidate)
for name in ["plain", "loop", "self", "queued"]:
    lam.create_function(FunctionName=name, Runtime="python3.12", Handler="app.handler", Role=role, Timeout=60,
                        Code={"ZipFile": packed.getvalue()})
    lam.get_waiter("function_active_v2").wait(FunctionName=name)
lam.add_permission(FunctionName="plain", StatementId="all", Action="lambda:InvokeFunctionUrl", Principal="*", FunctionUrlAuthType="NONE")
lam.add_permission(FunctionName="plain", StatementId="all2", Action="lambda:InvokeFunction", Principal="*")
url = lam.create_function_url_config(FunctionName="plain", AuthType="NONE")["FunctionUrl"]
sqs = client("sqs", candidate)
queue = sqs.create_queue(QueueName="work", Attributes={"VisibilityTimeout": "120"})["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
lam.create_event_source_mapping(FunctionName="queued", EventSourceArn=arn, BatchSize=1)

sts = client("sts", candidate)


def session(given):
    return (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


user_session = session(sts.get_session_token()["Credentials"])
role_session = session(sts.assume_role(RoleArn=role, RoleSessionName="late")["Credentials"])
presigned = client("s3", candidate, signature_version="s3v4").generate_presigned_url("put_object", Params={"Bucket": "late-bucket", "Key": "note"}, ExpiresIn=3600)


def put(keys, id):
    client("dynamodb", keys).put_item(TableName="late", Item={"id": {"S": id}})


def send(address, method, body):
    host = endpoint.split("//")[1]
    request = urllib.request.Request(address, data=body, method=method)
    if ".lambda-url." in address:
        name, rest = address.split("//")[1].split("/", 1)
        request = urllib.request.Request(f"http://{host}/{rest}", data=body, method=method, headers={"host": name.split(":")[0]})
    answer = urllib.request.urlopen(request, timeout=120)
    if answer.status >= 300:
        raise RuntimeError(answer.status)


def invoke(way, kind="RequestResponse", name="plain"):
    answer = lam.invoke(FunctionName=name, InvocationType=kind, Payload=json.dumps({"way": "put", "id": way}))
    if answer.get("FunctionError"):
        raise RuntimeError(answer["Payload"].read())


def update():
    lam.update_function_code(FunctionName="plain", ZipFile=packed.getvalue())


def new_key():
    client("iam", candidate).create_access_key(UserName="candidate")


ways = {
    "the candidate's user": lambda when: put(candidate, f"user-{when}"),
    "a session of the user": lambda when: put(user_session, f"user-session-{when}"),
    "a session of a role": lambda when: put(role_session, f"role-session-{when}"),
    "a pre-signed URL": lambda when: send(presigned, "PUT", when.encode()),
    "a function that is invoked": lambda when: invoke(f"invoked-{when}"),
    "a function's own URL": lambda when: send(url, "POST", json.dumps({}).encode()),
    "an asynchronous call": lambda when: invoke(f"async-{when}", "Event"),
    "a message for a function": lambda when: sqs.send_message(QueueUrl=queue, MessageBody=when),
    "new code for a function": lambda when: update(),
    "a new session": lambda when: client("sts", candidate).assume_role(RoleArn=role, RoleSessionName="later"),
    "a new key": lambda when: new_key(),
}


def attempt(way, when):
    try:
        ways[way](when)
        return "taken"
    except Exception as error:
        return type(error).__name__ + ": " + str(error)[:120]


before = {way: attempt(way, "before") for way in ways}


def ids():
    pages = ddb.get_paginator("scan").paginate(TableName="late")
    return sorted(item["id"]["S"] for page in pages for item in page["Items"])


deadline = time.time() + 240
while time.time() < deadline and not {"async-before", "queued-before"} <= set(ids()):
    time.sleep(0.05)
deadline = time.time() + 50
# Work that is under way when the end comes, and work that waits behind it.
lam.invoke(FunctionName="loop", InvocationType="Event", Payload=json.dumps({"way": "loop"}))
lam.invoke(FunctionName="self", InvocationType="Event", Payload=json.dumps({"way": "self"}))
while time.time() < deadline and not (any(id.startswith("loop-") for id in ids()) and any(id.startswith("self-") for id in ids())):
    time.sleep(0.05)
for number in range(30):
    sqs.send_message(QueueUrl=queue, MessageBody=f"waiting-{number}", DelaySeconds=1 if number % 2 else 0)
    lam.invoke(FunctionName="plain", InvocationType="Event", Payload=json.dumps({"way": "put", "id": f"waiting-async-{number}"}))
shas = lambda: {name: client("lambda", owner).get_function_configuration(FunctionName=name)["CodeSha256"] for name in ["plain", "self"]}
admin("freeze", {"state": "frozen"})
frozen, code = ids(), shas()
after = {way: attempt(way, "after") for way in ways}
time.sleep(3)
print(json.dumps({"before": before, "after": after, "frozen": frozen, "later": ids(),
                  "code": code, "code_later": shas(),
                  "object": client("s3", owner).get_object(Bucket="late-bucket", Key="note")["Body"].read().decode()}))
