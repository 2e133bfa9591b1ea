"""Carries the transform out for every template in a folder, with AWS's own translator: prints one JSON object, file by file."""
import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.model.exceptions import InvalidDocumentException  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402


class NoPolicies:
    """Stands for a look-up in the account, where managed policies may be that the translator does not know."""

    def load(self):
        return {}


def expand(text):
    try:
        return transform(yaml_parse(text), {}, NoPolicies())
    except InvalidDocumentException as error:
        return {"refused": [cause.message for cause in error.causes]}


templates = json.load(sys.stdin)
json.dump({name: expand(text) for name, text in templates.items()}, sys.stdout)
