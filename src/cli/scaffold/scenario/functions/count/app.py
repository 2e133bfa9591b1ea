"""POST /visits/{page}: counts a visit to a page."""

import json
import os

import boto3

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["VISITS_TABLE"]


def answer(status, body):
    return {"statusCode": status, "body": json.dumps(body)}


def handler(event, context):
    page = event["pathParameters"]["page"]
    updated = dynamodb.update_item(
        TableName=TABLE,
        Key={"page": {"S": page}},
        UpdateExpression="ADD visits :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    return answer(200, {"page": page, "visits": int(updated["Attributes"]["visits"]["N"])})
