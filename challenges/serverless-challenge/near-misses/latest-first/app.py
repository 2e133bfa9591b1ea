"""GET /crossings?day=... and GET /partner/crossings?day=...: the crossings of a day that can still be booked."""

import json
import os
import re

import wire

CROSSINGS = os.environ["CROSSINGS_TABLE"]


def answer(status, body):
    return {"statusCode": status, "body": json.dumps(body)}


def handler(event, context):
    day = (event.get("queryStringParameters") or {}).get("day") or ""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
        return answer(400, {"message": "say which day: ?day=2026-05-31"})
    crossings = [
        {"id": one["id"], "departs": one["departs"], "boat": one["boat"], "seats_left": one["seats_left"], "fare": one["fare"]}
        for one in wire.query(CROSSINGS, "by-day", "day", day)
        if one["state"] == "sails"
    ]
    return answer(200, {"day": day, "crossings": crossings[::-1]})
