"""From a chart's specification to the figure of a page.

A chart is a picture before it is a program: the specification is rendered to SVG here, once for
wide and once for narrow
columns, and the same two specifications stand in the page as data, for the script that makes the
chart answer.
"""

from __future__ import annotations

import copy
import html
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import lxml.etree
import pandas as pd
import vl_convert
from markupsafe import Markup

from proofbook import data, results
from proofbook.figure import opened
from proofbook.parts import part

VEGALITE = "6.4"
WIDTHS = {
    "wide": 820,
    "narrow": 335,
}
# px: between the largest picture and the least column that a wide one gets, so that its labels of
# 13 px become at least 11 and at most 14; and a phone of 375 px less its margins
LARGEST = 900  # px: a wide picture grows with its column, its labels with it
MOST_ROWS = 60  # of a chart, that its page carries; of more it shows the first and leads to all
FIRST_ROWS = 40
INPUTS = ("range", "radio", "select", "checkbox")  # controls that a page can have
CONCAT = ("hconcat", "vconcat", "concat")


def bundle() -> str:
    """Return Vega, Vega-Lite and vega-embed as one classic script that defines ``window.kzVega``.

    Wrapped in a function, because modules do not load from ``file://`` and the bundle's top level
    has thousands of names.
    """
    code = vl_convert.javascript_bundle("window.kzVega = vegaEmbed;", vl_version=VEGALITE)
    return f"(function(){{{code}}})();\n"


def merge_patch(target: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7386) and return the result."""
    if not isinstance(patch, dict):
        return patch
    base = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            base.pop(key, None)
        else:
            base[key] = merge_patch(base.get(key), value)
    return base


def _leaves(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the single views of a specification; a facet counts by its inner view."""
    for key in CONCAT:
        if key in spec:
            return [leaf for part in spec[key] for leaf in _leaves(part)]
    return _leaves(spec["spec"]) if "facet" in spec and "spec" in spec else [spec]


def svg_of(spec: dict[str, Any]) -> str:
    """Render a specification to SVG text."""
    return _svg(json.dumps(spec))


@lru_cache(maxsize=1024)
def _svg(spec: str) -> str:
    return vl_convert.vegalite_to_svg(spec, vl_version=VEGALITE)


def svg_size(svg: str) -> tuple[float, float]:
    """Return width and height of an SVG in px."""
    found = re.search(r'<svg[^>]*\swidth="([\d.]+)"[^>]*\sheight="([\d.]+)"', svg)
    if not found:
        msg = "the renderer returned an SVG without width and height"
        raise ValueError(msg)
    return float(found[1]), float(found[2])


def fit(
    spec: dict[str, Any], width: int, shares: Sequence[float] = ()
) -> tuple[dict[str, Any], str]:
    """Lay a specification out for a column of `width` px; return it with its picture.

    A single or layered view fits itself. Views side by side share the width on a wide column and
    stand below each other on
    a narrow one; Vega-Lite cannot fit those, so that their width is found by rendering. `shares`
    says how much of the row
    each view gets, 1 being an equal part.
    """
    spec = copy.deepcopy(spec)
    if not any(key in spec for key in (*CONCAT, "facet", "repeat")) and not any(
        channel in spec.get("encoding", {}) for channel in ("facet", "column", "row")
    ):
        spec |= {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
        return spec, svg_of(spec)
    if "hconcat" in spec and width < 500:
        spec["vconcat"] = spec.pop("hconcat")
    leaves = _leaves(spec)
    shares = shares if "hconcat" in spec and len(shares) == len(leaves) else [1.0] * len(leaves)
    across = len(spec["hconcat"]) if "hconcat" in spec else spec.get("columns", 1)
    inner = width / across - 70
    svg = ""
    for _ in range(6):
        for leaf, share in zip(leaves, shares, strict=True):
            leaf["width"] = max(60, int(inner * share))
        svg = svg_of(spec)
        excess = svg_size(svg)[0] - width
        if -2 * across - 2 <= excess <= 0:
            break
        inner -= excess / across
    return spec, svg


#: What every picture says at its root, so that no part of it has to.
AT_ROOT = {"font-family": "system-ui, sans-serif", "font-size": "13px"}
_IDLE = AT_ROOT | {
    "pointer-events": "none",
    "opacity": "1",
    "text-anchor": "start",
    "font-weight": "normal",
    "stroke-width": "1",
    "stroke-miterlimit": "10",
}
_FOR_TOOLS = re.compile(r"role|aria-.*|version|class")


def _tenths(text: str) -> str:
    """Return coordinates to a tenth of a px: no eye sees more, and digits do not compress."""
    return re.sub(r"-?\d+\.\d+", lambda n: f"{float(n[0]):.1f}".removesuffix(".0"), text)


def _brief(tag: Any, prefix: str) -> None:
    """Take from an element of a picture what says nothing, and give it an id of its own."""
    for name, value in tag.items():
        if _FOR_TOOLS.fullmatch(name) or _IDLE.get(name) == value:
            del tag.attrib[name]
        elif name == "id":
            tag.set(name, f"{prefix}-{value}")
        elif "url(#" in value:
            tag.set(name, value.replace("url(#", f"url(#{prefix}-"))
        elif name in ("d", "transform", "x", "y", "x2", "y2", "width", "height"):
            tag.set(name, value if "scale" in value else _tenths(value))


def _unseen(tag: Any) -> bool:
    """Say whether nothing of an element is drawn: it has no paint, or nothing is in it."""
    if tag.tag == "g":
        return len(tag) == 0
    paint = {tag.get("fill"), tag.get("stroke")} - {None, "none", "white", "transparent"}
    return tag.tag in ("path", "rect") and (tag.get("display") == "none" or not paint)


def _clean(tag: Any, prefix: str) -> None:
    """Clean an element of a picture and what is in it; groups that say nothing go."""
    for child in list(tag):
        if child.tag == "defs":
            for inner in child.iter():
                _brief(inner, prefix)
            continue
        _clean(child, prefix)
        at = tag.index(child)
        if _unseen(child):
            tag.remove(child)
        elif child.tag == "g" and not child.attrib:
            tag[at : at + 1] = list(child)
    _brief(tag, prefix)


def tidy_svg(svg: str, prefix: str, words: str = "") -> str:
    """Make a rendered SVG fit for a page: ids of its own, one role and name, nothing unseen."""
    root = lxml.etree.fromstring(re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg))
    size = {name: root.get(name) for name in ("width", "height")}
    _clean(root, prefix)
    named = {"role": "img", "aria-label": words} if words else {"aria-hidden": "true"}
    root.attrib.update(named | size | AT_ROOT | {"focusable": "false"})
    text = lxml.etree.tostring(root, encoding="unicode")
    return str(text).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def control(param: dict[str, Any], bind: dict[str, Any], figure: str) -> dict[str, Any]:
    """Return what the HTML control of one bound parameter shows; `figure` is its figure's name.

    Raises
    ------
    ValueError
        If the input is none of range, radio, select and checkbox.
    """
    if bind["input"] not in INPUTS:
        msg = f"{figure}: no control for input {bind['input']!r}; use {', '.join(INPUTS)}"
        raise ValueError(msg)
    options = bind.get("options", [])
    labels = bind.get("labels") or [str(o) for o in options]
    value = param.get("value")
    return bind | {
        "param": param["name"],
        "value": value,
        "label": (bind.get("name") or param["name"]).strip().rstrip(":"),
        "choices": [
            {"json": json.dumps(option), "label": label, "chosen": option == value}
            for option, label in zip(options, labels, strict=True)
        ],
    }


def controls(spec: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Take the bound parameters out of a specification and return it with HTML controls for them.

    Controls that are part of the page are there before the chart wakes, work by keyboard and shift
    nothing.
    """
    spec = copy.deepcopy(spec)
    words = spec["usermeta"]["figure"]
    bound: list[dict[str, Any]] = []
    for param in spec.get("params", []):
        bind = param.get("bind")
        if isinstance(bind, dict) and "input" in bind:
            del param["bind"]
            bound.append(control(param, bind, words["name"]))
    signal = words.get("sentence", "")
    panel = part(
        "controls.html",
        figure=words["name"],
        presets=presets(words, {p["name"]: p.get("value") for p in spec.get("params", [])}),
        controls=bound,
        signal=signal,
        sentence=first_text(spec, signal) if signal else "",
    )
    return spec, str(panel)


def presets(words: dict[str, Any], first: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the button of each preset of a figure shows; it is pressed if the first settings
    are its own.

    Raises
    ------
    ValueError
        If a preset sets a parameter that the chart does not have.
    """
    buttons = []
    for preset in words.get("presets", []):
        if unknown := sorted(set(preset["values"]) - set(first)):
            msg = (
                f"{words['name']}: the preset {preset['label']!r} sets {unknown}, "
                "which the chart does not have"
            )
            raise ValueError(msg)
        pressed = all(first[name] == value for name, value in preset["values"].items())
        settings = json.dumps(preset["values"])
        buttons.append({"label": preset["label"], "settings": settings, "pressed": pressed})
    return buttons


def first_text(spec: dict[str, Any], signal: str) -> str:
    """Return what a parameter of a chart says at its first settings, as Vega reads it."""
    params = [
        {key: value for key, value in param.items() if key != "bind"}
        for param in spec.get("params", [])
        if "select" not in param
    ]
    mark = {"type": "text", "text": {"expr": signal}}
    svg = svg_of({"params": params, "data": {"values": [{}]}, "mark": mark})
    found = re.search(r"<text[^>]*>(.*?)</text>", svg, re.S)
    return html.unescape(found[1]) if found else ""


def live_table(spec: dict[str, Any], words: dict[str, Any]) -> str:
    """Return the table of a figure that follows its controls; empty if it has none."""
    if not words.get("live"):
        return ""
    signal, heads = words["live"]
    rows = [line.split("|") for line in first_text(spec, signal).split("\n")]
    return str(part("live-table.html", signal=signal, heads=heads, rows=rows))


def unpacked(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a specification whose data sets are rows, also those that came as CSV text.

    A thousand rows stand in one line of a notebook as text; the page's policy forbids Vega to read
    CSV, which it does by writing a program.
    """
    spec = opened(spec)
    texts = {name for name, rows in spec["datasets"].items() if isinstance(rows, str)}
    if not texts:
        return spec
    spec = copy.deepcopy(spec)
    for name in texts:
        frame = pd.read_csv(io.StringIO(spec["datasets"][name]))
        gaps = dict.fromkeys(frame.select_dtypes(exclude="number"), "")
        spec["datasets"][name] = json.loads(frame.fillna(gaps).to_json(orient="records"))
    if spec.get("data", {}).get("name") in texts:
        spec["data"].pop("format", None)
    return spec


def words_of(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the words of a figure, with the rows of its table.

    A plain chart shows the fields that it draws.

    Raises
    ------
    ValueError
        If a plain chart has no data of its own.
    """
    spec = unpacked(spec)
    sets = spec["datasets"]
    words = dict(spec.get("usermeta", {}).get("figure", {}))
    if not words:
        named: list[dict[str, Any]] = sets.get(spec.get("data", {}).get("name"), [])
        rows = named or max(sets.values(), key=len, default=[])
        if not rows:
            msg = (
                "a chart without rows: "
                "draw it from a frame, or finish it with figure(..., rows=...)"
            )
            raise ValueError(msg)
        fields = {k: v for k, v in encoded(spec).items() if k in rows[0]}
        words = {
            "columns": list((fields or dict(zip(rows[0], rows[0], strict=True))).items()),
            "rows": rows,
        }
    if isinstance(words["rows"], str):
        words["rows"] = sets[words["rows"]]
    return {"alt": "", "source": [], "formats": {}, "name": "", "caption": "", "code": ""} | words


def encoded(value: Any) -> dict[str, str]:
    """Return ``field -> title`` of all channels of a specification,
    in the order in which they stand."""
    found: dict[str, str] = {}
    if isinstance(value, list):
        for item in value:
            found |= encoded(item) | found
    elif isinstance(value, dict):
        for channel in value.get("encoding", {}).values():
            for one in channel if isinstance(channel, list) else [channel]:
                if isinstance(one.get("field"), str):
                    found.setdefault(one["field"], one.get("title") or one["field"])
        for key in ("layer", "spec", *CONCAT):
            found |= encoded(value.get(key)) | found
    return found


def source_line(names: list[str], link: Callable[[str], str]) -> str:
    """Return the source line; `link` gives the address of a data resource's description."""
    sources = [(link(name), str(data.describe(name)["title"])) for name in names]
    return str(part("source.html", sources=sources))


def json_for_script(value: object) -> str:
    """Return JSON that cannot end the ``<script>`` element that holds it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _pictures(
    bare: dict[str, Any], sets: dict[str, Any], words: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Return the two pictures of a figure, and by width the specification that draws each."""
    pictures, variants = [], {}
    for variant, width in WIDTHS.items():
        shaped = bare
        if variant == "narrow":
            # the entries of a legend stand below each other: a phone cuts a row off
            legend = merge_patch({"legend": {"columns": 1}}, bare.get("config", {}))
            shaped = merge_patch(bare | {"config": legend}, words.get("narrow", {}))
        fitted, svg = fit(shaped | {"datasets": sets}, width, words.get("shares", ()))
        fitted.pop("datasets", None)
        variants[variant] = fitted
        w, h = svg_size(svg)
        most = LARGEST if variant == "wide" else w
        tidy = tidy_svg(svg, f"{words['name']}-{variant[0]}", words["alt"])
        pictures.append(
            f'<div class="{variant}" data-width="{w:g}" '
            f'style="aspect-ratio:{w:g}/{h:g};max-width:{most:g}px">{tidy}</div>'
        )
    return f'<div class="picture">{"".join(pictures)}</div>', variants


def _rows_table(words: dict[str, Any]) -> results.Table:
    """Return the table of a figure's rows."""
    columns = dict(words["columns"])
    rows = pd.DataFrame(words["rows"], columns=list(columns))
    return results.table(rows, columns=columns, formats=words["formats"])


def _set_aside(name: str, parts: dict[str, Any], static: Path) -> str:
    """Write what a figure needs to wake to a script and return its path in ``static``.

    A script, since a page opened from a file may not fetch.
    """
    (static / "rows").mkdir(parents=True, exist_ok=True)
    key, content = json.dumps(name), json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    code = f"(window.kzCharts ||= {{}})[{key}] = {content};\n"
    (static / f"rows/{name}.js").write_text(code, encoding="utf-8")
    return f"rows/{name}.js"


def _tools(words: dict[str, Any], table: results.Table, static: Path) -> str:
    """Return what opens below a figure: its text alternative, and the table of its rows.

    A long table is cut; the whole stands in a file, which the page leads to.
    """
    shown, whole = table, ""
    if len(table.rows) > MOST_ROWS:
        (static / "rows").mkdir(parents=True, exist_ok=True)
        file = static / f"rows/{words['name']}.csv"
        heads = [key for key, _ in words["columns"]]
        pd.DataFrame(words["rows"], columns=heads).to_csv(file, index=False, lineterminator="\n")
        shown = replace(table, rows=table.rows[:FIRST_ROWS])
        whole = f"{words.get('home', '')}_static/rows/{file.name}"
    return str(
        part(
            "tools.html",
            caption=words["caption"],
            alternative=words["alt"],
            table=Markup(shown.html(f"The rows of the chart: {words['caption']}")),
            whole=whole,
            first=len(shown.rows),
            count=len(table.rows),
        )
    )


def figure_html(spec: dict[str, Any], link: Callable[[str], str], static: Path) -> dict[str, str]:
    """Return the parts of a figure, but its caption: ``controls``, ``picture``, ``below``.

    What only a figure that wakes needs, its specifications and rows, is written to ``static/rows``.

    Raises
    ------
    ValueError
        If the figure has no name or no caption, or asks for an unknown control.
    """
    spec = unpacked(spec)
    words = words_of(spec)
    if not (words["name"] and words["caption"]):
        msg = (
            "a chart without name or caption: "
            "write both in its cell, `mystnb: figure: {name, caption}`"
        )
        raise ValueError(msg)
    words["alt"] = words["alt"] or words["caption"]
    spec = spec | {"usermeta": {"figure": words}}
    bare, panel = controls(spec)
    bare.pop("usermeta", None)
    sets = bare.pop("datasets", {})
    picture, variants = _pictures(bare, sets, words)
    # the rows of the table are, as a rule, a data set of the chart: they are written once
    shared = next((key for key, rows in sets.items() if rows == words["rows"]), words["rows"])
    table = _rows_table(words)
    parts = {"rows": shared, "cells": table.rows, "datasets": sets, **variants}
    payload = {
        "file": _set_aside(words["name"], parts, static),
        "name": words["name"],
        "title": words.get("title", words["caption"]),
        "subtitle": words.get("subtitle", ""),
        "cite": words.get("cite", {}),
        "columns": words["columns"],
        "code": words["code"],
    }
    script = (
        f'<script type="application/json" class="chart-data">{json_for_script(payload)}</script>'
    )
    tools = _tools(words, table, static)
    return {
        "controls": panel,
        "picture": picture + live_table(spec, words),
        "below": source_line(words["source"], link) + tools + script,
    }
