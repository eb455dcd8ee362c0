"""What is asked of every answer besides what the tool asks by itself."""

import os
import re

import schemathesis

SCOPES = frozenset(os.environ["API_SCOPES"].split(","))


@schemathesis.deserializer("application/yaml")
def many_documents(_context, response):
    """Of a stream of documents the text, of a single one what it holds."""
    from schemathesis.core.deserialization import deserialize_yaml

    text = response.content.decode()
    return text if re.search(r"^---$", text, re.MULTILINE) else deserialize_yaml(text)


@schemathesis.check
def scope(_context, response, case):
    """Nobody gets what he has no scope for, nor a 403 for want of one that he has."""
    definition = case.operation.definition.raw
    needed = re.findall(r"[Nn]eeds the scope `([a-z:]+)`", definition.get("description", ""))
    if not needed or response.request.method in ("OPTIONS", "HEAD") or "Authorization" not in {name.title() for name in response.request.headers}:
        return
    if not SCOPES.intersection(needed) and not SCOPES.intersection(re.findall(r"`([a-z]+:[a-z]+)`", definition["description"])):
        assert response.status_code not in range(200, 300), f"answered {response.status_code} without the scope {needed[0]}"


@schemathesis.check
def problem(_context, response, case):
    """Every error is a problem detail that repeats its status, and says nothing of our insides."""
    if response.status_code < 400 or not response.content:
        return
    # Its errors have the form of the standard that it is of; who is not ready says what it waits for.
    if "events" in (case.operation.definition.raw.get("tags") or []) or case.operation.definition.raw.get("operationId") == "isReady":
        return
    assert response.headers["content-type"][0].startswith("application/problem+json"), "no problem detail"
    body = response.json()
    assert body["status"] == response.status_code, "the status within is another"
    for inside in ("Swift.", "DecodingError", "Optional(", "NIO", "fatal", "/Services/", "/Shared/"):
        assert inside not in body["detail"], f"its detail shows {inside}"
