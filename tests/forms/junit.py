"""Holds JUnit reports against the schema of Jenkins' xUnit plugin, and reads them with junitparser."""
import json
import sys
import tarfile
from pathlib import Path

import junitparser
import xmlschema

tools, *files = sys.argv[1:]
with tarfile.open(next(Path(tools).glob("pytest-*.tar.gz"))) as sources:
    schema = next(member for member in sources.getmembers() if member.name.endswith("junit-10.xsd"))
    text = sources.extractfile(schema).read().decode()
schema = xmlschema.XMLSchema(text)


def complaint(file):
    error = next(schema.iter_errors(file), None)
    if error is not None:
        return str(error.reason)
    suites = junitparser.JUnitXml.fromfile(file)
    cases = [case for suite in suites for case in suite]
    if len(cases) != suites.tests:
        return f"{len(cases)} cases, where {suites.tests} are announced"
    return None


print(json.dumps([complaint(file) for file in files]))
