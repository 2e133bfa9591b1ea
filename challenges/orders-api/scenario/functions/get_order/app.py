"""GET /orders/{id}: returns one order."""

import json
import os

import boto3

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["ORDERS_TABLE"]


def answer(status, body):
    headers = {"Content-Type": "application/json", "Access-Control-Allow-Origin": os.environ["SHOP_ORIGIN"]}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


def handler(event, context):
    order_id = event["pathParameters"]["id"]
    item = dynamodb.get_item(TableName=TABLE, Key={"id": {"S": order_id}}).get("Item")
    if item is None:
        return answer(404, {"message": f"there is no order {order_id}"})
    return answer(
        200,
        {
            "id": item["id"]["S"],
            "customer": item["customer"]["S"],
            "placed": item["placed"]["S"],
            "status": item["status"]["S"],
            "total": int(item["total"]["N"]),
        },
    )
