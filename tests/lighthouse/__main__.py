"""Starts a site with the demo campaign, lets Lighthouse look at its page as a phone, and holds it to its scores."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.installation import Installation
from tests.provider import Provider
from tests.run import CHROMIUM_WORDS, chromium_path

HERE = Path(__file__).parent
LEAST = 98
PAGE = "/ua-61-21/"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def looked_at(url: str, folder: Path) -> dict[str, object]:
    """Lighthouse's report on a page. Raises ``CalledProcessError`` where it could not look."""
    report = folder / "report.json"
    subprocess.run(
        [
            str(HERE / "node_modules" / ".bin" / "lighthouse"), url, "--quiet", "--output=json",
            f"--output-path={report}", f"--only-categories={','.join(CATEGORIES)}", "--no-enable-error-reporting",
            f"--chrome-flags=--headless=new {' '.join(CHROMIUM_WORDS)}",
        ],
        check=True,
        env={**os.environ, "CHROME_PATH": chromium_path()},
    )  # fmt: skip
    found: dict[str, object] = json.loads(report.read_text())
    return found


def main() -> int:
    """Print each score and what cost points. Returns the code to exit with."""
    with tempfile.TemporaryDirectory() as name, Provider() as provider:
        folder = Path(name)
        with Installation(folder, provider, mode="sandbox") as site:
            site.load_demo()
            site.start("web")
            site.visitor().get(PAGE)  # the first visitor after a start waits for what is read only once
            report: dict[str, dict[str, dict[str, object]]] = looked_at(site.url + PAGE, folder)  # type: ignore[assignment]
            site.stop_all()
    fell_short = False
    for category in report["categories"].values():
        score = round(float(str(category["score"] or 0)) * 100)
        fell_short = fell_short or score < LEAST
        print(f"{category['title']}: {score}")
    for audit in report["audits"].values():
        if audit["score"] is not None and float(str(audit["score"])) < 1:
            print(f"  {audit['score']}  {audit['title']} {audit.get('displayValue', '')}")
    return int(fell_short)


if __name__ == "__main__":
    sys.exit(main())
