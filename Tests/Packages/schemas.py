"""Kinds of custom resource definitions, validated as an API server with strict field validation does."""

import copy

import jsonschema
import yaml


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CustomKinds:
    def __init__(self, directory):
        self.validators = {}
        for path in sorted(directory.glob("*.yaml")):
            for definition in yaml.load_all(path.read_text(), Loader=LOADER):
                if not definition or definition.get("kind") != "CustomResourceDefinition":
                    continue
                spec = definition["spec"]
                for version in spec["versions"]:
                    schema = strict(copy.deepcopy(version["schema"]["openAPIV3Schema"]))
                    schema["properties"].setdefault("apiVersion", {"type": "string"})
                    schema["properties"].setdefault("kind", {"type": "string"})
                    schema["properties"]["metadata"] = {"type": "object"}
                    key = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
                    self.validators[key] = jsonschema.Draft202012Validator(schema)

    def knows(self, document):
        return (document.get("apiVersion"), document.get("kind")) in self.validators

    def faults(self, document):
        validator = self.validators[(document["apiVersion"], document["kind"])]
        return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(document)]


def strict(schema):
    """OpenAPI's members as JSON Schema: unknown members refused, int-or-string and nullable taken for what they are."""
    if schema.get("x-kubernetes-int-or-string"):
        schema.pop("type", None)
        schema["type"] = ["integer", "string"]
    if schema.get("nullable") and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    if "properties" in schema:
        for child in schema["properties"].values():
            strict(child)
        if not schema.get("x-kubernetes-preserve-unknown-fields") and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
    if isinstance(schema.get("additionalProperties"), dict):
        strict(schema["additionalProperties"])
    if isinstance(schema.get("items"), dict):
        strict(schema["items"])
    return schema
