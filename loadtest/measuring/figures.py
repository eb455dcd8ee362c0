"""Figures beside what is wanted and what was measured before: loadtest/figures.json."""
import json


def number(value):
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


def judge(figures, known):
    """Rows of the table, and what is not as it should be: (name, reason)."""
    rows, regressions, unmet = [], [], []
    for name, about in known.items():
        value = figures.get(name)
        if value is None:
            continue
        higher = about["better"] == "higher"
        before, wanted = about.get("baseline"), about.get("wanted")
        marks = []
        if wanted is not None and (value < wanted if higher else value > wanted):
            marks.append("short of what is wanted")
            unmet.append(name)
        if before is not None:
            slack = about.get("tolerance", 0.25)
            if value < before * (1 - slack) if higher else value > before * (1 + slack):
                marks.append("worse than before")
                regressions.append(name)
        sign = "≥" if higher else "≤"
        rows.append((about["title"], number(value), about["unit"], "" if wanted is None else f"{sign} {number(wanted)}", number(before), ", ".join(marks)))
    return rows, regressions, unmet


def table(rows):
    lines = ["| figure | measured | | wanted | before | |", "|---|---:|---|---:|---:|---|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def load(path):
    with open(path) as text:
        return json.load(text)


def rebase(path, figures):
    """Takes what was measured as what the next run is compared with."""
    known = load(path)
    for name, about in known.items():
        if name in figures:
            value = figures[name]
            about["baseline"] = round(value, 1 if abs(value) >= 10 else 4)
    with open(path, "w") as out:
        json.dump(known, out, indent=2, ensure_ascii=False)
        out.write("\n")
