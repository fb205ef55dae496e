"""Fills a file of chat template cases with what Hugging Face transformers renders.

usage: render.py FILE.json      (pip install transformers jinja2; no torch needed)

A file is {"variables": {...}, "cases": [{"template": ..., "rendered": ...}]}; this writes `rendered`: the text, or null
where rendering fails. The clock stands at 2026-03-05 14:07:09.
"""

import json
import sys
from datetime import datetime

from transformers.utils import chat_template_utils


class FixedClock(datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 3, 5, 14, 7, 9)


chat_template_utils.datetime = FixedClock


def rendered(template, variables):
    try:
        return chat_template_utils._compile_jinja_template(template).render(**variables)
    except Exception:
        return None


def main(path):
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    for case in content["cases"]:
        case["rendered"] = rendered(case["template"], {**content["variables"], **case.get("variables", {})})
    with open(path, "w", encoding="utf-8") as file:
        cases = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in content["cases"])
        variables = json.dumps(content["variables"], ensure_ascii=False)
        file.write('{"variables": %s,\n "cases": [\n%s\n]}\n' % (variables, cases))


if __name__ == "__main__":
    main(sys.argv[1])
