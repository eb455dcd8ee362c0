"""Validates packages; see Tests/check-packages. Exits with 1 when anything is wrong, naming package, file and place."""

import functools
import pathlib
import re
import sys

import jsonschema
import kubernetes_validate
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

import policy
from schemas import CustomKinds

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "Tests/ManifestGeneratorTests/Golden/catalogue"
CATALOGUE = ROOT / "Services/ManifestGenerator/PackagePlanning/Catalogue"
KUBERNETES = "1.31"
# It reads a schema anew for every object, else.
kubernetes_validate.utils.schema_contents = functools.lru_cache(maxsize=None)(kubernetes_validate.utils.schema_contents)
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# `default` and `nephio` are complete in themselves; another one is that of its target with other files over it.
FORMS = ["default", "ha", "autoscaled", "sliced", "nephio", "nephio-ha", "nephio-autoscaled", "nephio-sliced", "nephio-sized"]


def read(path):
    """The packages of a file of sections `--- # package/file`: name -> {file: text}."""
    packages = {}
    for section in re.split(r"(?m)^--- # ", path.read_text())[1:]:
        place, _, content = section.partition("\n")
        package, _, name = place.rpartition("/")
        packages.setdefault(package, {})[name] = content
    return packages


def golden(path):
    packages = read(path)
    bases = {form: packages["nephio" if form.startswith("nephio") else "default"] for form in FORMS}
    # A form that differs in nothing has no section of its own.
    return {f"{path.stem} {form}": {**bases[form], **packages.get(form, {})} for form in FORMS}


class Checker:
    def __init__(self):
        self.kinds = CustomKinds(ROOT / "deploy/crds")
        self.kptfile = jsonschema.Draft202012Validator(yaml.safe_load((pathlib.Path(__file__).parent / "kptfile.schema.yaml").read_text()))
        self.lint = YamlLintConfig((ROOT / ".yamllint").read_text())
        self.faults = []
        self.packages = 0
        self.objects = 0
        self.seen = set()

    def package(self, name, files):
        self.packages += 1
        objects = []
        for file, text in sorted(files.items()):
            # Forms share most of their files.
            isNew = text not in self.seen
            self.seen.add(text)
            place = f"{name}: {file}"
            if isNew:
                self.faults += [f"{place}:{p.line}: {p.desc}" for p in linter.run(text, self.lint)]
            try:
                documents = [d for d in yaml.load_all(text, Loader=LOADER) if d is not None]
            except yaml.YAMLError as error:
                self.faults.append(f"{place}: {error}")
                continue
            for document in documents:
                objects.append((file, document))
                if isNew:
                    self.objects += 1
                    self.faults += [f"{place}: {fault}" for fault in self.schema(document)]
        self.faults += [f"{name}: {fault}" for fault in policy.faults(objects)]

    def schema(self, document):
        group = document.get("apiVersion", "").partition("/")[0]
        if document.get("kind") == "Kptfile":
            return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in self.kptfile.iter_errors(document)]
        if self.kinds.knows(document):
            return self.kinds.faults(document)
        if "." in group and not group.endswith("k8s.io"):
            return [f"no schema for {document.get('apiVersion')} {document.get('kind')}"]
        try:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as error:
            return [f"{'/'.join(map(str, error.path))}: {error.message}"]
        except kubernetes_validate.SchemaNotFoundError as error:
            return [str(error)]
        return []


def catalogue():
    """Faults of the catalogue's own entries against the schema that operators write theirs by."""
    schema = jsonschema.Draft202012Validator(yaml.safe_load((CATALOGUE / "function.schema.yaml").read_text()))
    for path in sorted((CATALOGUE / "functions").glob("*.yaml")):
        for error in schema.iter_errors(yaml.safe_load(path.read_text())):
            yield f"{path.name}: {'/'.join(map(str, error.absolute_path))}: {error.message}"


def main(arguments):
    checker = Checker()
    if arguments:
        sets = [read(pathlib.Path(a)) for a in arguments]
    else:
        checker.faults += catalogue()
        sets = [golden(path) for path in sorted(GOLDEN.glob("*.yaml"))]
    for packages in sets:
        for name, files in packages.items():
            checker.package(name, files)
    for fault in checker.faults[:200]:
        print(fault, file=sys.stderr)
    if len(checker.faults) > 200:
        print(f"… and {len(checker.faults) - 200} more", file=sys.stderr)
    print(f"{checker.packages} packages, {checker.objects} different objects, {len(checker.faults)} faults")
    return 1 if checker.faults or not checker.packages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
