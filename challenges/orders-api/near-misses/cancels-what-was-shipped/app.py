"""POST /orders/{id}/cancel: cancels an order that has not been shipped."""

import json
import os

import boto3
from botocore.exceptions import ClientError

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["ORDERS_TABLE"]


def answer(status, body):
    headers = {"Content-Type": "application/json", "Access-Control-Allow-Origin": os.environ["SHOP_ORIGIN"]}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


def handler(event, context):
    order_id = event["pathParameters"]["id"]
    key = {"id": {"S": order_id}}
    try:
        dynamodb.update_item(
            TableName=TABLE,
            Key=key,
            UpdateExpression="SET #status = :cancelled",
            ConditionExpression="attribute_exists(id)",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":cancelled": {"S": "cancelled"}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        if "Item" in dynamodb.get_item(TableName=TABLE, Key=key):
            return answer(409, {"message": f"order {order_id} was shipped already"})
        return answer(404, {"message": f"there is no order {order_id}"})
    print(f"order {order_id} cancelled")
    return answer(200, {"id": order_id, "status": "cancelled"})
