"""Measure the site against the same notebooks as a plain Jupyter Book:
Lighthouse, bytes, layout shift.

``make bench`` runs it. Lighthouse comes from npm into ``_build/bench``;
nothing else of the project needs Node.js. Figures are printed as ratios of one run,
because machines differ and are noisy. Times are measured by `bench_times`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import yaml
from altair.utils.html import spec_to_html

from proofbook import figure as theme
from proofbook.build import chromium, served

LIGHTHOUSE = "lighthouse@12.8.2"
BARS = {"performance": 0.98, "accessibility": 1.0, "best-practices": 1.0, "seo": 1.0}
FULL_MARKS = 20  # pages whose performance is 1.00
FIRST_VIEW, ALL_AWAKE, SHIFT = 100_000, 500_000, 0.01


def plain_book(project: Path, folder: Path) -> Path:
    """Build the same notebooks as Jupyter Book and Altair come, and return the folder of the pages.

    Roles and directives of ours are unknown there; its warnings are passed over.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(project / "book", folder / "book", ignore=shutil.ignore_patterns("_build"))
    config = yaml.safe_load((project / "_config.yml").read_text())
    keep = {
        key: config[key]
        for key in (
            "title",
            "author",
            "execute",
            "exclude_patterns",
            "only_build_toc_files",
            "bibtex_bibfiles",
            "parse",
        )
    }
    keep["exclude_patterns"] = [
        p.with_suffix(".md").name for p in (project / "book").glob("*.ipynb")
    ]
    for path in (folder / "book").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for output in (
            o
            for cell in notebook.cells
            for o in cell.get("outputs", [])
            if theme.MIME in o.get("data", {})
        ):
            # what a chart leaves in a notebook when Altair is used as it comes:
            # HTML that loads three scripts from a CDN
            spec = output["data"].pop(theme.MIME)
            output["data"]["text/html"] = spec_to_html(
                spec,
                mode="vega-lite",
                vega_version="6",
                vegaembed_version="7",
                vegalite_version="6.4.1",
                fullhtml=False,
                output_div="altair-viz-" + spec["usermeta"]["figure"]["name"],
            )
        nbformat.write(notebook, path)
    (folder / "_config.yml").write_text(yaml.safe_dump(keep))
    subprocess.run(
        [
            str(Path(sys.executable).parent / "jupyter-book"),
            "build",
            "book",
            "--config",
            "_config.yml",
            "--toc",
            str(project / "_toc.yml"),
            "--path-output",
            ".",
            "--all",
            "-q",
        ],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return folder / "_build" / "html"


def lighthouse(url: str, tools: Path) -> dict[str, float]:
    """Return Lighthouse's scores, bytes and layout shift for a page, on its phone profile."""
    program = tools / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        subprocess.run(
            [
                "npm",
                "install",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--prefix",
                str(tools),
                LIGHTHOUSE,
            ],
            check=True,
            capture_output=True,
        )
    done = subprocess.run(
        [
            str(program),
            url,
            "--quiet",
            "--output=json",
            "--form-factor=mobile",
            "--max-wait-for-load=45000",
            (
                "--chrome-flags=--headless=new --no-sandbox --disable-gpu "
                "--disable-background-networking --disable-component-update --no-first-run"
            ),
        ],
        env=os.environ | {"CHROME_PATH": chromium()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        msg = f"Lighthouse failed on {url}: {done.stderr[-500:]}"
        raise SystemExit(msg)
    report = json.loads(done.stdout)
    scores = {name: entry["score"] or 0.0 for name, entry in report["categories"].items()}
    failed = [
        a["id"]
        for a in report["audits"].values()
        if a.get("score") is not None and a["score"] < 1 and a.get("scoreDisplayMode") == "binary"
    ]
    return scores | {
        "bytes": report["audits"]["total-byte-weight"]["numericValue"],
        "shift": report["audits"]["cumulative-layout-shift"]["numericValue"],
        "failed": failed,
    }


def awake_bytes(url: str) -> int:
    """Return the bytes that a page transfers until all its charts answer."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 375, "height": 812})
        sizes: list[int] = []
        page.on("response", lambda r: sizes.append(int(r.headers.get("content-length", 0))))
        page.goto(url)
        for figure in page.locator("figure.chart").all():
            figure.scroll_into_view_if_needed()
            figure.locator(".picture").hover(force=True)
            page.wait_for_timeout(300)
        page.wait_for_timeout(700)
        browser.close()
    return sum(sizes)


def measure(project: Path, pages: list[str], *, compare: bool) -> int:
    """Print a line per page and return the number of bars missed."""
    tools = project / "_build" / "bench"
    tools.mkdir(parents=True, exist_ok=True)
    ours = project / "_build" / "html"
    pages = pages or sorted(p.name for p in ours.glob("*.html"))
    missed = full = 0
    plain = plain_book(project, tools / "plain") if compare else None
    with served(ours) as home, served(plain) if plain else contextlib.nullcontext("") as other:
        for name in pages:
            here = lighthouse(f"{home}/{name}", tools)
            awake = awake_bytes(f"{home}/{name}")
            bars = {key: here[key] >= bar for key, bar in BARS.items()} | {
                "first view": here["bytes"] <= FIRST_VIEW,
                "awake": awake <= ALL_AWAKE,
                "shift": here["shift"] <= SHIFT,
            }
            failed = [key for key, held in bars.items() if not held]
            missed += len(failed)
            full += here["performance"] == 1
            line = (
                f"{name:28} "
                + " ".join(f"{key} {here[key]:.2f}" for key in BARS)
                + (
                    f" | {here['bytes'] / 1000:.0f} kB, awake {awake / 1000:.0f} kB, "
                    f"shift {here['shift']:.3f}"
                )
            )
            if plain and (plain / name).exists():
                there = lighthouse(f"{other}/{name}", tools)
                line += (
                    f" | plain: performance {there['performance']:.2f}, "
                    f"accessibility {there['accessibility']:.2f}, "
                    f"{there['bytes'] / 1000:.0f} kB | bytes ours / plain "
                    f"{here['bytes'] / there['bytes']:.2f}"
                )
            print(
                line + ("" if not failed else f"  MISSED: {', '.join(failed)} {here['failed']}"),
                flush=True,
            )
    short = min(FULL_MARKS, len(pages)) - full
    if short > 0:
        missed += 1
        print(f"{short} more pages must reach a performance of 1.00")
    print(f"{missed} bars missed on {len(pages)} pages")
    return missed


def main() -> int:
    """Measure all pages, or those named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("pages", nargs="*", help="names such as index.html; all pages if left out")
    parser.add_argument(
        "--no-plain", action="store_true", help="do not build and measure the plain book beside it"
    )
    options = parser.parse_args()
    return 1 if measure(Path.cwd(), options.pages, compare=not options.no_plain) else 0


if __name__ == "__main__":
    sys.exit(main())
