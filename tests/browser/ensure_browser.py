"""Ensures that Chromium is available for the browser tests: the system's, else Playwright's, else Debian's package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# First the one without a window around its pages: the same engine, with which the tests take a sixth less.
SYSTEM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIAN = """apt-get update -qq
for package in chromium-headless-shell chromium; do
    apt-get install -y -qq $package fonts-noto-cjk && break
done"""
INSTALL_TIMEOUT_S = 600


def find_browser() -> str | None:
    """The path of a usable Chromium, or None."""
    for name in SYSTEM_NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def ensure_browser() -> str:
    """Find or install Chromium. Raises RuntimeError with instructions if neither works."""
    attempts = (
        [sys.executable, "-m", "playwright", "install", "chromium"],
        [*_as_root(), "sh", "-c", DEBIAN],
    )
    for attempt in attempts:
        if found := find_browser():
            return found
        print("No Chromium found, trying:", " ".join(attempt), flush=True)
        subprocess.run(attempt, check=False, timeout=INSTALL_TIMEOUT_S)
    if found := find_browser():
        return found
    raise RuntimeError("The browser tests need Chromium. Install it with your system's packages.")


def _as_root() -> list[str]:
    return [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]


if __name__ == "__main__":
    print(ensure_browser())
