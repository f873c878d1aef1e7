"""The HTML report in a real browser: it asks the network for nothing, its console stays empty, its filters filter."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from evaluation_samples import report

from qa_assistant.evaluation.html_report import write_html

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr",
)  # fmt: skip
_BROWSERS_OWN = re.compile(r"https?://[\w.-]+\.(?:google|googleapis)\.com/")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)")


@dataclass(frozen=True)
class Seen:
    """What a page did: its tree after its script ran, what the console said, what it asked the network for."""

    dom: str
    console: list[str]
    requests: list[str]

    def shown(self) -> list[str]:
        """Ids of the cases that are not hidden."""
        cases = re.findall(r'<details class="case"[^>]*>', self.dom)
        return [re.sub(r'.* id="([^"]+)".*', r"\1", case) for case in cases if " hidden" not in case]


def opened(page: Path, fragment: str = "") -> Seen:
    """`page` in headless Chromium, cut off from the network where the machine allows that."""
    log = page.with_suffix(".net.json")
    profile = page.parent / "profile"
    command = [str(CHROMIUM), *_QUIET, f"--user-data-dir={profile}", f"--log-net-log={log}", "--dump-dom"]
    cut_off = ["unshare", "--net"] if os.geteuid() == 0 and shutil.which("unshare") else []
    done = subprocess.run(
        [*cut_off, *command, f"{page.as_uri()}{fragment}"], capture_output=True, text=True, timeout=120, check=True
    )
    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    urls = {str(event["params"]["url"]) for event in events if "url" in event.get("params", {})}
    return Seen(
        done.stdout,
        [line for line in done.stderr.splitlines() if "CONSOLE" in line],
        sorted(url for url in urls if url.startswith("http") and not _BROWSERS_OWN.match(url)),
    )


def test_a_page_that_loads_and_fails_is_seen_to(tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text('<img src="http://127.0.0.1:9/x.png"><script>throw new Error("broken")</script>', encoding="utf-8")
    seen = opened(page)
    assert any("broken" in line for line in seen.console)
    assert "http://127.0.0.1:9/x.png" in seen.requests


def test_the_report_loads_nothing_and_filters(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(write_html(report()), encoding="utf-8")
    everything = opened(page)
    assert (everything.console, everything.requests) == ([], [])
    assert len(everything.shown()) == len(report().results)
    refused = opened(page, "#outcome=refused")
    assert (refused.console, refused.requests) == ([], [])
    expected = [one.case.id for one in report().results if one.worst.outcome == "refused"]
    assert 0 < len(expected) < len(report().results)
    assert len(refused.shown()) == len(expected)
