"""Prints what is wrong with each results.json: a JSON array of lists. The schema is ours, the validator is jsonschema's."""
import json
import sys

from jsonschema import Draft202012Validator

schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
print(json.dumps([[error.message for error in validator.iter_errors(json.load(open(path)))] for path in sys.argv[2:]]))
