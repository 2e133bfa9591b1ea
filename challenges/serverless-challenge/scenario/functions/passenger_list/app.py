"""GET /crossings/{crossing}/passengers: who is aboard, for the skipper."""

import json
import os

import wire

BOOKINGS = os.environ["BOOKINGS_TABLE"]


def handler(event, context):
    crossing = event["pathParameters"]["crossing"]
    found = wire.query(BOOKINGS, "by-crossing", "crossing", crossing)
    passengers = [{"name": one["name"], "seats": one["seats"]} for one in found]
    body = {
        "crossing": crossing,
        "skipper": event["requestContext"]["authorizer"]["skipper"],
        "aboard": sum(one["seats"] for one in passengers),
        "passengers": passengers,
    }
    return {"statusCode": 200, "body": json.dumps(body)}
