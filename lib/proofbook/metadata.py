"""What others see of a page: the card of a shared link, the map of the site, the page that stands where no page is."""

from __future__ import annotations

import html
import re
import struct
import zlib
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import vl_convert
from bs4 import BeautifulSoup

from proofbook.figure import LIGHT, SIGNS

CARDS = "_static/cards"
SIZE = (1200, 630)  # px, what the networks crop least
ASIDE = ("404.html", "search.html")  # pages that nobody should be sent to
# Widths of Helvetica, and so of Liberation Sans, in thousandths of the size; the renderer carries that font itself.
_WIDTHS = {
    width: set(letters)
    for width, letters in {
        222: "ijl'|",
        278: "ft I!.,:;/[]·",
        333: "r()-`“”„",
        500: "ckszxvyJ",
        556: "abdeghnopquL_#$?–0123456789’‘",
        611: "FTZ",
        667: "ABEKPSVXY&",
        722: "CDHNRUw",
        778: "GOQ",
        833: "mM",
        944: "W",
        1000: "—…@%",
    }.items()
}
_WIDTH = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_BOLD = 1.08


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return about how many px a text of a card is wide."""
    return sum(_WIDTH.get(c, 660) for c in text) * size / 1000 * (_BOLD if bold else 1)


def lines_of(text: str, size: float, width: float, most: int, *, bold: bool = False) -> list[str]:
    """Break a text into at most `most` lines of `width` px; an ellipsis says that some is left out."""
    lines, words = [""], text.split()
    for at, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, size, bold=bold) <= width or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(word)
        else:
            while lines[-1] and width_of(lines[-1] + " …", size, bold=bold) > width:
                lines[-1] = lines[-1].rpartition(" ")[0]
            lines[-1] = f"{lines[-1].rstrip(',;:.')} …"
            return lines
    return lines


def card_svg(title: str, words: str, book: str) -> str:
    """Return the card of a page as SVG: its title, what it finds, the book, and the signs of the book."""
    size = 68 if len(lines_of(title, 68, 1040, 9, bold=True)) <= 2 else 56
    y = 170.0
    parts = []

    def text(content: str, x: float, size: float, fill: str, weight: int = 400) -> None:
        parts.append(
            f'<text x="{x:g}" y="{y:g}" font-family="Liberation Sans" font-size="{size:g}" font-weight="{weight}" fill="{fill}">{html.escape(content)}</text>'
        )

    for line in lines_of(title, size, 1040, 3, bold=True):
        y += size * 1.16
        text(line, 80, size, LIGHT["ink"], 700)
    y += 24
    for line in lines_of(words, 32, 1040, min(4, int((545 - y) / 44))):
        y += 44
        text(line, 80, 32, LIGHT["muted"])
    y = 112
    text(book, 152, 28, LIGHT["ink"])
    y = 590
    x = 80.0
    shapes = {
        "paper": '<circle cx="{x}" cy="581" r="9"/>',
        "recomputed": '<path d="M{x} 570l11 11-11 11-11-11z"/>',
        "official": '<path d="M{l} 572h18v18h-18z"/>',
    }
    for sign, shape in shapes.items():
        label, colour = SIGNS[sign][:2]
        parts.append(f'<g fill="{colour}">{shape.format(x=f"{x + 9:g}", l=f"{x:g}")}</g>')
        text(label, x + 30, 26, LIGHT["ink"])
        x += 30 + width_of(label, 26) + 44
    mark = (
        '<g transform="translate(80 72) scale(1.75)"><rect width="32" height="32" rx="6" fill="#0072b2"/><path d="M6 24 L13 15 L18 19 L26 8" fill="none" stroke="#fff" '
        'stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/><circle cx="26" cy="8" r="3" fill="#e69f00"/></g>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE[0]}" height="{SIZE[1]}"><rect width="{SIZE[0]}" height="{SIZE[1]}" fill="{LIGHT["surface"]}"/>'
        f'<rect width="{SIZE[0]}" height="14" fill="{LIGHT["paper"]}"/>{mark}{"".join(parts)}</svg>'
    )


def small_png(content: bytes) -> bytes:
    """Return a PNG of few colours as one with a palette, about a tenth of the bytes; any other PNG as it is.

    The renderer writes four channels, packs for speed, and filters every row by its left neighbour (PNG filter 1).
    """
    chunks, at = [], 8
    while at < len(content):
        size = struct.unpack(">I", content[at : at + 4])[0]
        chunks.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + size]))
        at += 12 + size
    width, height, depth, kind = struct.unpack(">IIBB", dict(chunks)[b"IHDR"][:10])
    rows = np.frombuffer(
        zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT")), np.uint8
    )
    if (
        (depth, kind) != (8, 6)
        or rows.size != height * (4 * width + 1)
        or set(rows[:: 4 * width + 1]) != {1}
    ):
        return content
    pixels = np.add.accumulate(
        rows.reshape(height, -1)[:, 1:].reshape(height, width, 4), axis=1, dtype=np.uint8
    )[:, :, :3]
    pixels = (
        (pixels.astype(np.uint16) + 8) // 17 * 17
    )  # sixteen steps a channel: the eye sees no difference at the rims of letters
    colours, index = np.unique(
        pixels[:, :, 0].astype(np.uint32) << 16
        | pixels[:, :, 1].astype(np.uint32) << 8
        | pixels[:, :, 2],
        return_inverse=True,
    )
    if len(colours) > 256:
        return content
    packed = np.hstack(
        [np.zeros((height, 1), np.uint8), index.reshape(height, width).astype(np.uint8)]
    ).tobytes()
    palette = b"".join(int(c).to_bytes(3, "big") for c in colours)

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return (
        content[:8]
        + chunk(b"IHDR", head)
        + chunk(b"PLTE", palette)
        + chunk(b"IDAT", zlib.compress(packed, 6))
        + chunk(b"IEND", b"")
    )


def _said(soup: BeautifulSoup, name: str) -> str:
    found = soup.find("meta", attrs={"property": name})
    return str(found["content"]) if found else ""


def cards(pages: Path, names: Collection[str] = ()) -> None:
    """Draw the cards of the pages named, and of every page that lacks its own."""
    folder = pages / CARDS
    folder.mkdir(parents=True, exist_ok=True)

    def draw(path: Path) -> None:
        target = folder / f"{path.stem}.png"
        if target.exists() and path.stem not in names:
            return
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
        if _said(soup, "og:image").endswith(f"/{target.name}"):
            title = re.sub(r"^\d+\. ", "", _said(soup, "og:title"))
            svg = card_svg(title, _said(soup, "og:description"), _said(soup, "og:site_name"))
            target.write_bytes(small_png(vl_convert.svg_to_png(svg)))

    with ThreadPoolExecutor() as pool:
        list(pool.map(draw, sorted(pages.glob("*.html"))))


def site_map(pages: Path, base: str) -> None:
    """Write ``robots.txt`` and, where the site's address is known, ``sitemap.xml``, which must hold full addresses."""
    robots = "User-agent: *\nAllow: /\n"
    if base:
        names = [p.name for p in sorted(pages.glob("*.html")) if p.name not in ASIDE]
        entries = "".join(
            f"  <url><loc>{html.escape(base + ('' if n == 'index.html' else n))}</loc></url>\n"
            for n in names
        )
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
        (pages / "sitemap.xml").write_text(text, encoding="utf-8")
        robots += f"Sitemap: {base}sitemap.xml\n"
    (pages / "robots.txt").write_text(robots, encoding="utf-8")


def settle_404(pages: Path, base: str) -> None:
    """Let the page of lost readers find its style and its links from any depth.

    A host shows ``404.html`` under the address that was asked for, so that relative links would start from there. Its links
    start at the root of the host instead; only the base URL says where on the host the book lies.
    """
    path = pages / "404.html"
    if not (base and path.exists()):
        return
    root = urlsplit(base).path
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    for tag, name in (
        (t, a) for a in ("href", "src", "action") for t in soup.find_all(attrs={a: True})
    ):
        parts = urlsplit(str(tag[name]))
        if not (parts.scheme or parts.netloc or str(tag[name]).startswith(("#", "/"))):
            tag[name] = root + str(tag[name])
    soup.html["data-root"] = root
    path.write_text(str(soup), encoding="utf-8")
