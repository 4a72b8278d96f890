"""What others see of a page: its card, its head for programs, the site's map, the lost page."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import subprocess
import textwrap
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
import vl_convert
from bs4 import BeautifulSoup
from PIL import Image

from proofbook import data, replication
from proofbook.figure import LIGHT, SIGNS

CARDS = "_static/cards"
SIZE = (1200, 630)  # px, what the networks crop least
ASIDE = ("404.html", "search.html")  # pages that nobody should be sent to
TEXT_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
SHAPES = {  # of the signs, around the origin of 18 px
    "paper": "M0 0a9 9 0 1 0 18 0a9 9 0 1 0 -18 0z",
    "recomputed": "M9 -11l11 11-11 11-11-11z",
    "official": "M0 -9h18v18h-18z",
}
_CARD = jinja2.Template(
    (Path(__file__).parent / "theme" / "parts" / "card.svg").read_text(encoding="utf-8"),
    autoescape=True,
)
FOOT = "<!-- keep -->"  # the end of the foot of every page
_STAMP = re.compile(rb' <span class="edition">.*?</span>')
_TAGS = re.compile(r"<!-- for programs -->.*?<!-- -->\n", re.DOTALL)
_LETTER = 0.46  # mean width of a letter, in sizes of its font


def lines_of(text: str, size: float, width: float, most: int) -> list[str]:
    """Break a text into at most `most` lines of about `width` px; an ellipsis says what is cut."""
    letters = int(width / (size * _LETTER))
    return textwrap.wrap(text, letters, max_lines=most, placeholder=" …")


def card_svg(title: str, words: str, book: str) -> str:
    """Return the card of a page as SVG: its title, what it finds, the book, and its signs."""
    size = 68 if len(lines_of(title, 68, 1040, 9)) <= 2 else 56
    heading = lines_of(title, size, 1040, 3)
    first = 170 + size * 1.16 * len(heading) + 68
    body = lines_of(words, 32, 1040, min(4, int((589 - first) / 44)))
    signs, x = [], 80.0
    for sign, path in SHAPES.items():
        label, colour = SIGNS[sign][:2]
        signs.append((x, colour, path, label))
        x += 74 + 26 * _LETTER * len(label)
    return _CARD.render(
        width=SIZE[0],
        height=SIZE[1],
        colours=LIGHT,
        size=size,
        book=book,
        title=[(170 + size * 1.16 * (n + 1), line) for n, line in enumerate(heading)],
        words=[(first + 44 * n, line) for n, line in enumerate(body)],
        signs=signs,
    )


def card_png(svg: str) -> bytes:
    """Return a card as a PNG of 64 colours, a fraction of what the renderer writes."""
    picture = Image.open(io.BytesIO(vl_convert.svg_to_png(svg))).convert("RGB").quantize(64)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _said(soup: BeautifulSoup, name: str) -> str:
    found = soup.find("meta", attrs={"property": name})
    return str(found["content"]) if found else ""


def cards(pages: Path, kept: Path) -> None:
    """Draw the card of every page whose words changed since; `kept` holds their hashes."""
    folder = pages / CARDS
    folder.mkdir(parents=True, exist_ok=True)
    before = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}

    def draw(path: Path) -> tuple[str, str]:
        target = folder / f"{path.stem}.png"
        soup = BeautifulSoup(path.read_text(encoding="utf-8").partition("</head>")[0], "lxml")
        if not _said(soup, "og:image").endswith(f"/{target.name}"):
            return path.stem, ""
        title = re.sub(r"^\d+\. ", "", _said(soup, "og:title"))
        svg = card_svg(title, _said(soup, "og:description"), _said(soup, "og:site_name"))
        now = hashlib.sha256(svg.encode()).hexdigest()
        if not target.exists() or before.get(path.stem) != now:
            target.write_bytes(card_png(svg))
        return path.stem, now

    with ThreadPoolExecutor() as pool:
        drawn = dict(pool.map(draw, sorted(pages.glob("*.html"))))
    kept.write_text(json.dumps(drawn, indent=1), encoding="utf-8")


def _bare(path: Path) -> bytes:
    """Return a file without the stamp in its foot, which could not hold the hash of itself."""
    content = path.read_bytes()
    return _STAMP.sub(b"", content) if path.suffix == ".html" else content


def edition_of(project: Path, pages: Path, leave: Collection[str] = ()) -> dict[str, str]:
    """Return what the foot of every page says: edition, commit, and the hash of the site.

    The hash covers every file of the site but the manifest, as it is without that foot.
    """

    def git(*arguments: str) -> str:
        command = ["git", *arguments]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    aside = {"manifest.json", "edition.json", *leave}
    names = {p.relative_to(pages).as_posix(): p for p in pages.rglob("*") if p.is_file()}
    listed = "".join(
        f"{hashlib.sha256(_bare(path)).hexdigest()}  {name}\n"
        for name, path in sorted(names.items())
        if name not in aside
    )
    commit = git("rev-parse", "--short=10", "HEAD") or "not under version control"
    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return {
        "edition": str(replication.citation(project)["version"]),
        "commit": commit + changed,
        "site": hashlib.sha256(listed.encode()).hexdigest(),
    }


def stamp(project: Path, pages: Path, leave: Collection[str] = ()) -> dict[str, str]:
    """Write edition, commit and hash into the foot of every page, and return them."""
    record = edition_of(project, pages, leave)
    words = f"Edition {record['edition']}, commit {record['commit']}, site {record['site'][:10]}."
    foot = f' <span class="edition">{html.escape(words)}</span>{FOOT}'.encode()
    for path in pages.glob("*.html"):
        stamped = _bare(path).replace(FOOT.encode(), foot, 1)
        if stamped != path.read_bytes():
            path.write_bytes(stamped)
    (pages / "edition.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return record


def _paper(cff: dict[str, Any]) -> dict[str, Any]:
    paper = cff["preferred-citation"]
    found = {
        "@type": "ScholarlyArticle",
        "name": paper["title"],
        "author": [{"@type": "Person", "name": n} for n in replication.names(paper["authors"])],
        "datePublished": str(paper["year"]),
    }
    if "doi" in paper:
        found |= {"@id": f"https://doi.org/{paper['doi']}", "isPartOf": paper.get("journal", "")}
    return found


def _dataset(descriptor: dict[str, Any]) -> dict[str, Any]:
    licence = descriptor["licenses"][0]
    return {
        "@type": "Dataset",
        "@id": f"#data-{descriptor['name']}",
        "name": descriptor["title"],
        "description": descriptor["description"],
        "license": licence.get("path", licence["title"]),
        "isBasedOn": [s.get("path", s["title"]) for s in descriptor["sources"]],
        "distribution": {
            "@type": "DataDownload",
            "contentUrl": f"data/{descriptor['path']}",
            "encodingFormat": descriptor["mediatype"],
        },
    }


def _claim(claim: dict[str, Any], paper: str) -> dict[str, Any]:
    """Return a claim of the paper; its verdict stands in the file that its address names."""
    return {
        "@type": "Claim",
        "@id": f"claims/{claim['id']}.json",
        "text": claim["statement"],
        "appearance": {"@id": paper},
    }


def head(name: str, soup: BeautifulSoup, project: Path, claims: list[dict[str, Any]]) -> str:
    """Return the tags that programs read in the head of a page, from ``CITATION.cff``."""
    cff, config = replication.citation(project), replication.settings(project)
    title = re.sub(r"^[\d.]+ ", "", _said(soup, "og:title"))
    editors, published = replication.names(cff["authors"]), str(cff["date-released"])
    tags: list[tuple[str, dict[str, str]]] = [
        ("meta", {"name": "citation_title", "content": title}),
        *(("meta", {"name": "citation_author", "content": n}) for n in editors),
        ("meta", {"name": "citation_publication_date", "content": published.replace("-", "/")}),
        ("meta", {"name": "citation_inbook_title", "content": cff["title"]}),
        ("meta", {"name": "citation_language", "content": "en"}),
        ("link", {"rel": "license", "href": TEXT_LICENCE}),
        ("link", {"rel": "type", "href": "https://schema.org/ScholarlyArticle"}),
        ("link", {"rel": "describedby", "href": "ro-crate-metadata.json"}),
        ("link", {"rel": "alternate", "href": f"{name}.md", "type": "text/markdown"}),
    ]
    if "doi" in cff:
        tags.append(("link", {"rel": "cite-as", "href": f"https://doi.org/{cff['doi']}"}))
    graph: list[dict[str, Any]] = [
        {
            "@type": "ScholarlyArticle",
            "headline": title,
            "description": _said(soup, "og:description"),
            "author": [{"@type": "Organization", "name": n} for n in editors],
            "datePublished": published,
            "version": str(cff["version"]),
            "license": TEXT_LICENCE,
            "inLanguage": "en",
            "isPartOf": {"@type": "Book", "name": cff["title"]},
            "about": _paper(cff),
        }
    ]
    graph += [
        _claim(c, graph[0]["about"].get("@id", ""))
        for c in claims
        if c["part"] == "claim" and str(c["page"]).startswith(f"{name}.html#")
    ]
    if name == config["sphinx"]["config"].get("proofbook_data_page"):
        tables = [data.describe(n) for n in data.names()]
        graph += [_dataset(d) for d in tables]
        tags += [
            ("link", {"rel": "item", "href": f"data/{d['path']}", "type": d["mediatype"]})
            for d in tables
        ]
    written = [
        f"<{tag} {' '.join(f'{k}={json.dumps(html.escape(v))}' for k, v in attributes.items())}>"
        for tag, attributes in tags
    ]
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    block = text.replace("<", "\\u003c")
    return "\n".join([*written, f'<script type="application/ld+json">{block}</script>'])


def heads(project: Path, pages: Path) -> None:
    """Write the head for programs into every page of the contents; one that stands is replaced."""
    claims = json.loads((pages / "claims.json").read_text(encoding="utf-8"))
    for name in replication.pages_of(project):
        path = pages / f"{name}.html"
        text = path.read_text(encoding="utf-8")
        bare = _TAGS.sub("", text)
        tags = head(name, BeautifulSoup(bare.partition("</head>")[0], "lxml"), project, claims)
        new = bare.replace("</head>", f"<!-- for programs -->\n{tags}\n<!-- -->\n</head>", 1)
        if new != text:
            path.write_text(new, encoding="utf-8")


def site_map(pages: Path, base: str) -> None:
    """Write ``robots.txt`` and, where the site's address is known, ``sitemap.xml``."""
    robots = "User-agent: *\nAllow: /\n"
    if base:
        names = [p.name for p in sorted(pages.glob("*.html")) if p.name not in ASIDE]
        entries = "".join(
            f"  <url><loc>{html.escape(base + ('' if n == 'index.html' else n))}</loc></url>\n"
            for n in names
        )
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            f"{entries}</urlset>\n"
        )
        (pages / "sitemap.xml").write_text(text, encoding="utf-8")
        robots += f"Sitemap: {base}sitemap.xml\n"
    (pages / "robots.txt").write_text(robots, encoding="utf-8")


def settle_404(pages: Path, base: str) -> None:
    """Let the page of lost readers find its style and its links from any depth.

    A host shows ``404.html`` under the address that was asked for, so that relative links would
    start from there. Its links start at the root of the host instead; only the base URL says where
    on the host the book lies.
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
