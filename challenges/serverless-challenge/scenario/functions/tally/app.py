"""Fed by the stream of the bookings table: keeps count of the people aboard each crossing."""

import json
import os
from collections import Counter

import wire

CROSSINGS = os.environ["CROSSINGS_TABLE"]


def count(crossing, people):
    try:
        wire.update(CROSSINGS, {"id": crossing}, "ADD aboard :people", "attribute_exists(id)", {":people": people})
        print(json.dumps({"event": "tallied", "crossing": crossing, "people": people}))
    except wire.Refused as refused:
        if refused.code != "ConditionalCheckFailedException":
            raise
        print(f"nobody is aboard {crossing}, which does not exist")


def handler(event, context):
    for record in event["Records"]:
        change = record["dynamodb"]
        aboard = Counter()
        for image, sign in (("NewImage", 1), ("OldImage", -1)):
            booking = wire.item(change.get(image, {}))
            if booking:
                aboard[booking["crossing"]] += sign * booking["seats"]
        for crossing, people in aboard.items():
            if people:
                count(crossing, people)
