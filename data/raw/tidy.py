"""Turn raw rows, as they were read, into the tidy tables of ``data/official/``, byte for byte.

Fetching is replaced by the stored rows: nobody needs a network, and a publisher's later revision
changes nothing here. Each table is prepared, validated against its description, and written;
without ``--write`` the script only says which tables differ.

Two sources have no raw rows here: the copy of the migration counts has no licence, and the terms of
the IMF are not open. The data package has the checksum of the rows that were read; with files of
that content, ``--from FOLDER`` makes their tables too.

    python data/raw/tidy.py [--write] [--from FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import sys
from collections.abc import Callable
from pathlib import Path

from proofbook import data

RAW = Path(__file__).parent
OFFICIAL = RAW.parent / "official"
Rows = list[dict[str, str]]
# Regions that left another one, and the first year that the office counts them apart by table.
PARENT = {"KZ-79": "KZ-61", "KZ-10": "KZ-63", "KZ-33": "KZ-19", "KZ-62": "KZ-35"}
WITH = {"KZ-61": "with Shymkent", "KZ-63": "with Abai", "KZ-19": "with Zhetysu"} | {
    "KZ-35": "with Ulytau"
}
#: Checksums of the rows that were read. Their columns: weo.csv has edition, indicator, year, value,
#: last_actual; migration.csv has label, year, arrivals, departures, net; migration_months.csv has
#: year, month, arrivals, departures.
WITHHELD = data.package()["raw"]["withheld"]


def read(path: Path) -> Rows:
    """Return the rows of a CSV file as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes() -> dict[str, str]:
    """Return the ISO code by the label that a publisher prints."""
    return {row["label"]: row["iso"] for row in read(RAW / "labels.csv")}


def regional(name: str, column: str, digits: Callable[[str], str], census: bool = False) -> Rows:
    """Return a table of regions and years, with the borders of each row and where they change."""
    iso = codes()
    rows = [{**row, "iso": iso[row["label"]]} for row in read(RAW / f"{name}.csv")]
    if census:  # the copy of the latest year gives regions only; the nation is their sum
        last = [r for r in rows if r["year"] == max(r["year"] for r in rows)]
        total = str(sum(int(r["value"]) for r in last))
        rows.append({**last[0], "iso": "KZ", "value": total})
    first = {i: min(r["year"] for r in rows if r["iso"] == i) for i in {r["iso"] for r in rows}}
    left = {parent: first.get(child, "9999") for child, parent in PARENT.items()}
    found = []
    for row in sorted(rows, key=lambda r: (r["iso"], r["year"])):
        code, year = row["iso"], row["year"]
        reasons = []
        if census and year in ("2009", "2022") and not (code in PARENT and year == "2009"):
            reasons.append("census 2009" if year == "2009" else "census 2021")
        if year == left.get(code) or (code in PARENT and year == first[code]):
            reasons.append("split 2018" if code in ("KZ-61", "KZ-79") else "new regions 2022")
        found.append(
            {"iso": code, "year": year}
            | ({"reference_date": row["date"]} if "date" in row else {})
            | {column: digits(row["value"])}
            | {"territory": WITH[code] if year < left.get(code, "") else "present"}
            | {"break_before": "; ".join(reasons)}
        )
    return found


def rate(text: str) -> str:
    """Return a rate with one decimal, or with four where the office prints it unrounded."""
    return f"{float(text):.{1 if len(text.partition('.')[2]) < 2 else 4}f}"


def wdi() -> Rows:
    """Return one row a year of four series, rounded as the description of the table says."""
    series = {
        "gdp_dollars": ("NY.GDP.MKTP.CD", "{:.0f}"),
        "ppp_tenge_per_dollar": ("PA.NUS.PPP", "{:.4f}"),
        "population_persons": ("SP.POP.TOTL", "{:.0f}"),
        "unemployment_pct": ("UNE_DEAP_SEX_AGE_RT", "{:.4g}"),
    }
    cells = {(r["indicator"], r["year"]): r["value"] for r in read(RAW / "wdi.csv")}
    return [
        {"year": year}
        | {
            column: form.format(float(cells[code, year])) if (code, year) in cells else ""
            for column, (code, form) in series.items()
        }
        for year in sorted({year for _, year in cells})
    ]


def as_read(name: str, **names: str) -> Rows:
    """Return raw rows with other column names and nothing else changed."""
    return [{new: row[old] for new, old in names.items()} for row in read(RAW / f"{name}.csv")]


def wages() -> Rows:
    """Return wages of 2022 by region, then the quarters that press reports name."""
    iso = codes()
    found = [
        {"iso": iso[row["label"]], "period": row["period"]}
        | {"tenge_per_month": row["value"], "as_reported_by": row["by"], "url": row["url"]}
        for row in read(RAW / "wages.csv")
    ]
    return sorted(found, key=lambda row: (row["period"], row["iso"]))


def weo(folder: Path) -> Rows:
    """Return the editions of the World Economic Outlook, each year marked as actual or not."""
    rows = as_is(folder, "weo.csv")
    for row in rows:
        last = row.pop("last_actual")
        row["is_actual"] = str(int(row["year"]) <= float(last)).lower() if last else ""
    order = ["PPPGDP", "NGDPD", "NGDP_R", "NGDP_RPCH", "LUR", "LP"]
    return sorted(rows, key=lambda r: (r["edition"], order.index(r["indicator"]), r["year"]))


def migration(folder: Path) -> Rows:
    """Return arrivals, departures and net flow by region and year."""
    iso = codes()
    rows = [{"iso": iso[row.pop("label")]} | row for row in as_is(folder, "migration.csv")]
    return sorted(rows, key=lambda r: (r["iso"], r["year"]))


def nation(folder: Path) -> Rows:
    """Return the departures of every year, summed over the regions."""
    years: dict[str, int] = {}
    for row in migration(folder):
        years[row["year"]] = years.get(row["year"], 0) + int(row["departures"])
    return [{"year": year, "persons": str(persons)} for year, persons in sorted(years.items())]


def as_is(folder: Path, name: str) -> Rows:
    """Return the rows of a withheld file; SystemExit if they are not those that were read."""
    found = "sha256:" + hashlib.sha256((folder / name).read_bytes()).hexdigest()
    if found != WITHHELD[name]:
        sys.exit(f"{name}: {found}; the rows that were read have {WITHHELD[name]}")
    return read(folder / name)


PREPARE: dict[str, Callable[[], Rows]] = {
    "unemployment": lambda: regional("unemployment", "rate_pct", rate),
    "population": lambda: regional("population", "persons", str, census=True),
    "income": lambda: regional("income", "tenge_per_month", str),
    "grp_per_capita": lambda: regional("grp_per_capita", "thousand_tenge", str),
    "wages": wages,
    "wdi": wdi,
    "population_projections": lambda: as_read(
        "population_projections", projection="projection", year="year", persons="value"
    ),
    "age_structure": lambda: as_read(
        "age_structure", year="year", age_band="age_band", share_pct="value"
    ),
}


def text_of(rows: Rows) -> str:
    """Return rows as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def main() -> int:
    """Prepare every table, compare it with the stored one, and write it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the tables that differ")
    parser.add_argument("--from", dest="folder", type=Path, help="folder of the withheld files")
    status, options = 0, parser.parse_args()
    tables = dict(PREPARE)
    if folder := options.folder:
        tables["weo"] = lambda: weo(folder)
        tables["migration_regions"] = lambda: migration(folder)
        tables["migration_national"] = lambda: nation(folder)
        tables["migration_2024_monthly"] = lambda: as_is(folder, "migration_months.csv")
    for name, prepare in tables.items():
        tidy, path = text_of(prepare()), OFFICIAL / f"{name}.csv"
        data.read(name, tidy.encode(), verify_checksum=False)  # DataError names what is wrong
        if tidy == path.read_text(encoding="utf-8"):
            continue
        if options.write:
            path.write_text(tidy, encoding="utf-8", newline="\n")
            print(f"wrote data/official/{name}.csv; run `python -m proofbook.data`")
        else:
            status = 1
            print(f"data/official/{name}.csv differs from its raw rows", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
