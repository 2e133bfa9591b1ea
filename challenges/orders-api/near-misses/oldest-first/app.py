"""GET /orders?customer=...: lists a customer's orders, the newest first."""

import json
import os

import boto3

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["ORDERS_TABLE"]


def answer(status, body):
    headers = {"Content-Type": "application/json", "Access-Control-Allow-Origin": os.environ["SHOP_ORIGIN"]}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


def handler(event, context):
    customer = (event.get("queryStringParameters") or {}).get("customer")
    if not customer:
        return answer(400, {"message": "say which customer: ?customer=..."})
    found = dynamodb.query(
        TableName=TABLE,
        IndexName="by-customer",
        KeyConditionExpression="customer = :customer",
        ExpressionAttributeValues={":customer": {"S": customer}},
        ScanIndexForward=True,
        Limit=50,
    )
    orders = [
        {
            "id": item["id"]["S"],
            "placed": item["placed"]["S"],
            "status": item["status"]["S"],
            "total": int(item["total"]["N"]),
        }
        for item in found["Items"]
    ]
    return answer(200, {"orders": orders})
