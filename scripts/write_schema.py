"""Write core/report.schema.json from the code: run after every change of core/report.py.

python scripts/write_schema.py
"""

from __future__ import annotations

import json
from pathlib import Path

from earwitness.report import json_schema

TARGET = Path(__file__).resolve().parent.parent / "core" / "report.schema.json"


def main() -> None:
    TARGET.write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
