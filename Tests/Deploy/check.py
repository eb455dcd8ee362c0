"""Checks all of deploy/; see Tests/check-deploy. With --write, writes what is made of other files there."""

import sys

import host
import manifests
import monitoring
import render
import secured


def stale():
    made = render.generated()
    for path, text in made.items():
        if not path.exists() or path.read_text() != text:
            yield f"{path.relative_to(render.ROOT)} is not what it is made of: Tests/check-deploy --write"
    for folder in (render.MONITORING / "grafana", render.CHART):
        yield from (f"{p.relative_to(render.ROOT)} is made of nothing" for p in folder.rglob("*") if p.is_file() and p not in made)


def main(arguments):
    if arguments == ["--write"]:
        for path, text in render.generated().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return 0
    found = []
    for source in (stale, manifests.faults, secured.faults, host.faults, monitoring.faults):
        try:
            found += source()
        except RuntimeError as error:
            found.append(str(error))
    for fault in found[:200]:
        print(fault, file=sys.stderr)
    print(f"deploy: {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
