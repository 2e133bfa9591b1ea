"""Verifies credentials with openbadgeslib. Whatever it would fetch is served from a folder; nothing else can be reached."""
import json
import sys

from openbadgeslib.baking import ITXT_KEYWORD_OB3, SVG_ELEMENT_OB3, extract_png, extract_svg
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3Verifier

SITE = "https://labs.example.org/badges"
folder, *files = sys.argv[1:]


def download(url, *_, **__):
    if not url.startswith(SITE + "/"):
        raise RuntimeError("nothing else is served: " + url)
    with open(folder + url[len(SITE):], "rb") as file:
        return file.read()


def said(name):
    with open(name, "rb") as file:
        held = file.read()
    if name.endswith(".png"):
        held = extract_png(held, keyword=ITXT_KEYWORD_OB3)
    if name.endswith(".svg"):
        held = extract_svg(held, element=SVG_ELEMENT_OB3, text_fallback=True)
    text = held if isinstance(held, str) else held.decode()
    how = dict(expected_recipient="did:example:ada", check_status=True, download=download, verify_status_list=False)
    try:
        if text.startswith("{"):
            OB3LdpVerifier().verify(text, **how)
        else:
            issuer = "did:web:labs.example.org:badges"
            OB3Verifier.for_issuer_did(issuer, download=download).verify(text, **how)
        return "accepted"
    except Exception as refusal:
        return f"{type(refusal).__name__}: {refusal}"


print(json.dumps({name: said(name) for name in files}))
