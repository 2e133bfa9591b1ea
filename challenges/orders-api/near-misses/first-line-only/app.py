"""POST /orders: takes an order and keeps it."""

import json
import os
import uuid
from datetime import datetime, timezone

import boto3

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["ORDERS_TABLE"]


def answer(status, body):
    headers = {"Content-Type": "application/json", "Access-Control-Allow-Origin": os.environ["SHOP_ORIGIN"]}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


def problem(order):
    """Says what is wrong with an order, or nothing."""
    if not isinstance(order, dict) or not isinstance(order.get("customer"), str) or not order["customer"]:
        return "customer is missing"
    lines = order.get("lines")
    if not isinstance(lines, list) or not lines:
        return "lines must name at least one article"
    for line in lines:
        if not isinstance(line, dict) or not isinstance(line.get("sku"), str):
            return "each of the lines needs a sku"
        for field in ("quantity", "unit_price"):
            if type(line.get(field)) is not int or line[field] < 1:
                return f"each of the lines needs a {field} of 1 or more"
    return None


def handler(event, context):
    try:
        order = json.loads(event.get("body") or "")
    except ValueError:
        return answer(400, {"message": "the body is not JSON"})
    wrong = problem(order)
    if wrong:
        return answer(400, {"message": wrong})
    taken = {
        "id": "o-" + uuid.uuid4().hex[:12],
        "customer": order["customer"],
        "placed": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "status": "placed",
        "total": order["lines"][0]["quantity"] * order["lines"][0]["unit_price"],
    }
    lines = [
        {"M": {"sku": {"S": line["sku"]}, "quantity": {"N": str(line["quantity"])}, "unit_price": {"N": str(line["unit_price"])}}}
        for line in order["lines"]
    ]
    dynamodb.put_item(
        TableName=TABLE,
        Item={
            "id": {"S": taken["id"]},
            "customer": {"S": taken["customer"]},
            "placed": {"S": taken["placed"]},
            "status": {"S": taken["status"]},
            "total": {"N": str(taken["total"])},
            "lines": {"L": lines},
        },
    )
    print(f"order {taken['id']} taken for {taken['customer']}")
    return answer(201, taken)
