"""POST /bookings: takes seats on a crossing, keeps the booking, and asks for its ticket."""

import json
import os
import uuid
from datetime import datetime, timezone

import wire

CROSSINGS = os.environ["CROSSINGS_TABLE"]
BOOKINGS = os.environ["BOOKINGS_TABLE"]
TICKETS = os.environ["TICKETS_QUEUE"]


def answer(status, body):
    return {"statusCode": status, "body": json.dumps(body)}


def problem(wish):
    """Says what is wrong with a wish, or nothing."""
    for field in ("crossing", "name", "email"):
        if not isinstance(wish.get(field), str) or not wish[field]:
            return f"{field} is missing"
    if type(wish.get("seats")) is not int or not 1 <= wish["seats"] <= 12:
        return "seats must be a number from 1 to 12"
    return None


def handler(event, context):
    try:
        wish = json.loads(event.get("body") or "")
    except ValueError:
        return answer(400, {"message": "the body is not JSON"})
    wrong = problem(wish) if isinstance(wish, dict) else "the body is not a JSON object"
    if wrong:
        return answer(400, {"message": wrong})
    crossing, seats = wish["crossing"], wish["seats"]
    try:
        sailing = wire.update(
            CROSSINGS,
            {"id": crossing},
            "SET seats_left = seats_left - :seats",
            "attribute_exists(id) AND #state = :sails",
            {":seats": seats, ":sails": "sails"},
            {"#state": "state"},
        )
    except wire.Refused as refused:
        if refused.code != "ConditionalCheckFailedException":
            raise
        there = wire.get(CROSSINGS, {"id": crossing})
        if there is None:
            return answer(404, {"message": f"there is no crossing {crossing}"})
        why = "is cancelled" if there["state"] != "sails" else f"has {there['seats_left']} seats left"
        return answer(409, {"message": f"the crossing {crossing} {why}"})
    booking = {
        "id": "b-" + uuid.uuid4().hex[:12],
        "crossing": crossing,
        "seats": seats,
        "total": seats * sailing["fare"],
        "status": "booked",
    }
    private = {"name": wish["name"], "email": wish["email"]}
    wire.put(BOOKINGS, booking | private | {"booked": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")})
    wire.send(TICKETS, {"booking": booking["id"]})
    print(json.dumps({"event": "booked", "booking": booking["id"], "crossing": crossing}))
    return answer(201, booking)
