"""The tables under data/: all described, all valid; bad input is refused with a remedy."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib

import frictionless
import pandas as pd
import pytest
import yaml

from proofbook import data

REMEDY = "run `python -m proofbook.data --check` and mend what it lists"
TABLE = "table4"
SPREAD = ["unemployment", "population", "migration_regions", "wages", "income", "grp_per_capita"]


@pytest.fixture(scope="module")
def raw() -> bytes:
    return (data.root() / data.describe(TABLE)["path"]).read_bytes()


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A data folder of our own with Table 4 and its description only."""
    (tmp_path / "paper").mkdir()
    shutil.copy(data.root() / "paper" / f"{TABLE}.csv", tmp_path / "paper")
    package = json.loads((data.root() / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [r for r in package["resources"] if r["name"] == TABLE]
    package.pop("raw")
    (tmp_path / "datapackage.json").write_text(
        json.dumps(package, indent=2) + "\n", encoding="utf-8"
    )
    monkeypatch.setenv("PROOFBOOK_DATA", str(tmp_path))
    return tmp_path


def test_every_file_under_data_is_described():
    left = data.undescribed()
    assert not left, (
        f"no resource in data/datapackage.json names {left}: describe each file or remove it"
    )


def test_every_described_file_is_there():
    missing = [
        data.describe(n)["path"]
        for n in data.names()
        if not (data.root() / data.describe(n)["path"]).is_file()
    ]
    assert not missing, (
        f"data/datapackage.json names missing files: {missing}; restore them "
        "or drop their resources"
    )


@pytest.mark.parametrize("name", data.names())
def test_every_table_is_as_described(name):
    frame = data.read(name)
    assert len(frame) > 0, f"{name} is empty; {REMEDY}"


@pytest.mark.parametrize("name", data.names())
def test_every_description_says_what_a_reader_needs(name):
    d = data.describe(name)
    assert d["path"].rpartition("/")[2] == f"{name}.csv", (
        f"{name}: the name must be the stem of the file, not {d['path']}"
    )
    for part in ("title", "description", "sources", "licenses", "hash", "bytes"):
        assert d.get(part), f"{name}: write its {part} in data/datapackage.json"
    assert d["schema"].get("primaryKey"), (
        f"{name}: name its primaryKey, or no number in it has an address"
    )
    for field in d["schema"]["fields"]:
        assert field.get("description"), (
            f"{name}.{field['name']}: write its description in data/datapackage.json"
        )
        known = {"integer", "number", "string", "boolean", "date"}
        assert field["type"] in known, (
            f"{name}.{field['name']}: type {field['type']!r} is not one of {sorted(known)}"
        )
    if d["path"].startswith("paper/"):
        assert all(s.get("locator") for s in d["sources"]), (
            f"{name}: say where in the paper it stands (sources, locator)"
        )


def test_frictionless_agrees_that_the_package_is_valid():
    report = frictionless.validate(str(data.root() / "datapackage.json"))
    errors = [e.message for task in report.tasks for e in task.errors]
    assert report.valid, f"mend data/, or its description: {report.errors or errors[:5]}"


def test_every_table_with_codes_leads_to_the_list_of_areas():
    for name in data.names():
        schema = data.describe(name)["schema"]
        if name != "areas" and any(f["name"] == "iso" for f in schema["fields"]):
            keys = [k["fields"] for k in schema.get("foreignKeys", [])]
            assert ["iso"] in keys, f"{name}: add a foreign key from iso to areas or regions"


def test_raw_rows_give_the_tidy_tables_byte_for_byte():
    script = data.root() / "raw" / "tidy.py"
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run `python data/raw/tidy.py --write`: {done.stderr}"


def test_there_is_one_version_number():
    root = data.root().parent
    package = json.loads((data.root() / "datapackage.json").read_text(encoding="utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    found = {package["version"], project["version"], str(citation["version"])}
    assert len(found) == 1, f"datapackage.json, pyproject.toml and CITATION.cff say {found}"


def test_the_description_names_no_package_registry():
    text = (data.root() / "datapackage.json").read_text(encoding="utf-8")
    for word in ("pypi.org", "npmjs.", "files.pythonhosted", "conda.anaconda"):
        assert word not in text, (
            f"data/datapackage.json mentions {word}: cite the publisher instead"
        )


@pytest.mark.parametrize(
    "name",
    [
        *SPREAD,
        "regions",
        "serpin_regions",
        "village_regions",
        "forecast_editions",
        "migration_press",
    ],
)
def test_every_region_code_is_one_of_the_twenty_or_the_nation(name):
    codes = set(data.read(name)["iso"]) - {"", "KZ"}
    known = set(data.read("regions")["iso"])
    assert len(known) == 20, "regions.csv must list 17 regions and three cities"
    assert codes <= known, f"{name} uses {sorted(codes - known)}, which regions.csv does not list"


def test_no_two_regions_share_a_tile():
    tiles = data.read("regions")[["tile_row", "tile_col"]]
    assert not tiles.duplicated().any(), (
        f"move one of these regions on the tile map: {tiles[tiles.duplicated(keep=False)]}"
    )


@pytest.mark.parametrize("name", ["serpin_regions", "village_regions"])
def test_the_paper_tables_spell_regions_as_regions_csv_does(name):
    spelt = data.read("regions").set_index("iso")["name_en"]
    for row in data.read(name).itertuples():
        assert row.region == spelt[row.iso], (
            f"{name}: write {spelt[row.iso]!r} for {row.iso}, not {row.region!r}"
        )


def test_the_recipients_on_the_map_are_those_of_the_paper():
    regions = data.read("regions")
    marked = set(regions.loc[regions["serpin_recipient"], "iso"])
    assert marked == set(data.read("serpin_regions")["iso"]), (
        "make serpin_recipient agree with serpin_regions.csv"
    )


def test_regions_sum_to_the_nation_in_every_year_of_population():
    table = data.read("population")
    nation = table[table["iso"] == "KZ"].set_index("year")["persons"]
    parts = table[table["iso"] != "KZ"].groupby("year")["persons"].sum()
    wrong = parts[parts != nation].index.tolist()
    assert not wrong, f"population.csv: regions do not sum to the nation in {wrong}"


def test_growth_of_migration_is_what_the_press_quotes():
    levels = data.read("migration_national").set_index("year")["persons"].to_dict()
    levels[2021] = data.read("table4").set_index("year")["migration_persons"][2021]
    press = data.read("migration_press").query("flow == 'internal moves'")
    press = press.set_index("period")["change_pct"]
    for year in (2022, 2023):
        growth = 100 * (levels[year] / levels[year - 1] - 1)
        assert round(growth, 1) == press[f"{year}-01/{year}-12"], (
            f"{year}: {growth:.2f} %; look for the office's own table before you change anything"
        )


def test_the_copied_population_sums_to_the_official_total():
    table = data.read("population").query("year == 2024 and iso != 'KZ'")
    official = data.read("population_national").set_index("date")["persons"]
    assert table["persons"].sum() == official["2024-07-01"]


def test_national_migration_is_the_sum_over_regions_and_over_months():
    nation = data.read("migration_national").set_index("year")["persons"]
    regions = data.read("migration_regions").groupby("year")["departures"].sum()
    assert (nation == regions).all(), (
        "migration_national.csv must be the sum of migration_regions.csv"
    )
    months = data.read("migration_2024_monthly")["departures"].sum()
    assert months == nation[2024], f"the months of 2024 sum to {months}, the year is {nation[2024]}"


def test_a_region_series_says_where_its_borders_change():
    for name in ("population", "unemployment", "income", "grp_per_capita"):
        table = data.read(name).sort_values(["iso", "year"])
        # By position, for a comparison across the first row of a region is no change of borders.
        before, iso_before = table["territory"].shift(), table["iso"].shift()
        moved = table[(table["iso"] == iso_before) & (table["territory"] != before)]
        silent = moved[moved["break_before"] == ""]
        assert silent.empty, f"{name}.csv: fill break_before in\n{silent}"


# what was printed


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("table4.2001.unemployment_pct", ("10.4", 10.4, 1, "%")),
        ("table4.2005.gdp_billion_dollars", ("211", 211.0, 0, "billion dollars")),
        ("table1.North.60+", ("19", 19.0, 0, "%")),
        ("table1.North.60+.share_pct", ("19", 19.0, 0, "%")),
        ("statements.north_loss_2030_people", ("92000", 92000.0, 0, "persons")),
        ("survey_reasons.no work", ("39.7", 39.7, 1, "%")),
        ("table5.r_square", ("0.728394227", 0.728394227, 9, "")),
        ("equation.b0", ("-1490209.8625", -1490209.8625, 4, "persons per unit of the regressor")),
        ("village_regions.Ulytau.people", ("76", 76.0, 0, "persons")),
    ],
)
def test_a_printed_number_keeps_its_text_and_its_decimals(address, expected):
    assert data.printed(address) == expected


def test_every_printed_number_has_an_address_that_finds_it():
    for name in data.names():
        if not data.describe(name)["path"].startswith("paper/"):
            continue
        schema = data.describe(name)["schema"]
        numeric = [
            f["name"]
            for f in schema["fields"]
            if f["type"] in ("integer", "number") and f["name"] not in schema["primaryKey"]
        ]
        for row in data.read_text(name).to_dict("records"):
            key = ".".join(row[k] for k in schema["primaryKey"])
            for column in numeric:
                if row[column]:
                    assert data.printed(f"{name}.{key}.{column}").text == row[column]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("statements.north_loss_2030_peple", "statements.north_loss_2030_people"),
        ("tabel4.2001.unemployment_pct", "table4"),
        ("table4.2001", "table4.2001.unemployment_pct"),
        ("table4.2022.unemployment_pct", "empty cell"),
        ("table3.2019-2020", "empty cell"),
    ],
)
def test_a_wrong_address_is_answered_with_the_nearest_or_with_the_gap(address, words):
    with pytest.raises(KeyError) as caught:
        data.printed(address)
    assert words in str(caught.value), f"the message must help: {caught.value}"


def test_tables_come_typed_and_a_change_to_one_copy_stays_there():
    frame = data.read(TABLE)
    assert frame.dtypes.astype(str).tolist() == ["Int64", "Int64", "float64", "float64"]
    assert pd.isna(frame["unemployment_pct"].iloc[-1])
    frame.loc[0, "year"] = 1900
    assert data.read(TABLE)["year"].iloc[0] == 2001


def test_text_and_typed_table_have_the_same_rows_and_columns():
    text = data.read_text(TABLE)
    assert text.shape == data.read(TABLE).shape
    assert text["gdp_billion_dollars"].iloc[4] == "211", "printed digits must survive"
    assert text["unemployment_pct"].iloc[-1] == ""


# bad input

ROW = b"2003,291758,165.7,8.8\n"
BAD = {
    "missing column": (
        b",unemployment_pct\n",
        b"\n",
        ["row 1", "column unemployment_pct", "missing"],
    ),
    "extra column": (
        b",unemployment_pct\n",
        b",unemployment_pct,source\n",
        ["row 1", "column source", "not in the description"],
    ),
    "columns in another order": (
        b"year,migration_persons",
        b"migration_persons,year",
        ["row 1", "expected year,migration_persons"],
    ),
    "extra cell": (ROW, b"2003,291758,165.7,8.8,1\n", ["row 4", "found 5 cells", "expected 4"]),
    "missing cell": (ROW, b"2003,291758,165.7\n", ["row 4", "found 3 cells", "expected 4"]),
    "empty line": (ROW, ROW + b"\n", ["row 5", "found 0 cells"]),
    "empty required cell": (
        ROW,
        b"2003,,165.7,8.8\n",
        ["row 4", "column migration_persons", "required"],
    ),
    "text in a number": (
        b"165.7",
        b"about 166",
        ["row 4", "column gdp_billion_dollars", "'about 166'", "a number"],
    ),
    "letter for a digit": (
        b"291758",
        b"29l758",
        ["row 4", "column migration_persons", "'29l758'", "a whole number"],
    ),
    "decimal in a count": (
        b"291758",
        b"291758.5",
        ["row 4", "column migration_persons", "a whole number"],
    ),
    "decimal comma": (b"165.7", b"165,7", ["row 4", "found 5 cells", "decimal comma"]),
    "quoted decimal comma": (
        b"165.7",
        b'"165,7"',
        ["row 4", "column gdp_billion_dollars", "'165,7'", "decimal point"],
    ),
    "thousands comma": (b"291758", b'"291,758"', ["row 4", "'291,758'", "thousands separator"]),
    "thousands blank": (b"291758", b"291 758", ["row 4", "'291 758'", "thousands separator"]),
    "thousands no-break space": (
        b"291758",
        "291\u00a0758".encode(),
        ["row 4", "thousands separator"],
    ),
    "exponent": (b"165.7", b"1.657e2", ["row 4", "'1.657e2'", "plain digits"]),
    "not a number": (b"165.7", b"nan", ["row 4", "'nan'", "a missing value is an empty cell"]),
    "infinite": (b"165.7", b"-inf", ["row 4", "'-inf'", "a missing value is an empty cell"]),
    "NA": (b"165.7", b"NA", ["row 4", "'NA'", "a missing value is an empty cell"]),
    "leading blank": (b"165.7", b" 165.7", ["row 4", "' 165.7'", "no blanks"]),
    "trailing blank": (b"8.8\n", b"8.8 \n", ["row 4", "'8.8 '", "no blanks"]),
    "other digits": (b"165.7", "١٦٥".encode(), ["row 4", "plain digits"]),
    "duplicate year": (
        b"2003,",
        b"2002,",
        ["row 4", "column year", "'2002' again (first in row 3)", "each value once"],
    ),
    "year left out": (ROW, b"", ["row 4", "column year", "found 2004", "expected 2003 next"]),
    "year out of range": (b"2003,", b"3003,", ["row 4", "column year", "'3003'", "at most 2030"]),
    "negative count": (
        b"291758",
        b"-291758",
        ["row 4", "column migration_persons", "'-291758'", "at least 0"],
    ),
    "share over 100": (
        b"8.8\n",
        b"108.8\n",
        ["row 4", "column unemployment_pct", "'108.8'", "at most 100 %"],
    ),
    "cut row": (
        b"4.9\n2022,222600,103.2,\n",
        b"4.9\n2022,2226",
        ["row 23", "no line end", "found 2 cells"],
    ),
    "cut line end": (b"103.2,\n", b"103.2,", ["row 23", "no line end", "may be cut"]),
    "byte order mark": (
        b"year,migration",
        b"\xef\xbb\xbfyear,migration",
        ["row 1", "byte order mark"],
    ),
    "latin-1": (b"165.7", b"165\xb77", ["row 4", "byte 0xb7", "UTF-8"]),
    "UTF-16": (b"year,", b"\xff\xfeyear,", ["row 1", "byte 0xff", "UTF-8"]),
    "CRLF": (b"\n", b"\r\n", ["row 1", "carriage return", "LF alone"]),
    "open quote": (b"165.7", b'"165.7', ["quotes"]),
    "changed byte": (b"291758", b"291759", ["checksum", "the bytes changed", "sha256:"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_place_value_and_expectation(case, raw):
    old, new, words = BAD[case]
    assert old in raw, f"the test no longer changes anything: {old!r} is not in {TABLE}.csv"
    with pytest.raises(data.DataError) as caught:
        data.read(TABLE, raw.replace(old, new))
    message = str(caught.value)
    for word in [
        "data/paper/table4.csv",
        "git checkout -- data/paper/table4.csv",
        "python -m proofbook.data",
        *words,
    ]:
        assert word in message, f"the message lacks {word!r}:\n{message}"


@pytest.mark.parametrize(
    "content", [b"", b"year,migration_persons,gdp_billion_dollars,unemployment_pct\n"]
)
def test_a_table_without_rows_is_refused(content):
    with pytest.raises(data.DataError, match="missing"):
        data.read(TABLE, content)


def test_a_missing_file_is_named_with_the_command_that_restores_it(elsewhere):
    (elsewhere / "paper" / "table4.csv").unlink()
    with pytest.raises(
        data.DataError,
        match=r"data/paper/table4.csv(.|\n)*missing(.|\n)*git checkout -- data/paper/table4.csv",
    ):
        data.read(TABLE)


def test_a_missing_description_is_named_with_the_command_that_restores_it(elsewhere):
    (elsewhere / "datapackage.json").unlink()
    with pytest.raises(data.DataError, match=r"git checkout -- data/datapackage.json"):
        data.names()


def test_all_problems_of_a_table_are_reported_at_once_up_to_ten(raw):
    bad = raw.replace(b"291758", b"-1").replace(b"165.7", b"x").replace(b"8.4\n", b"101\n")
    with pytest.raises(data.DataError) as caught:
        data.read(TABLE, bad)
    assert len(caught.value.problems) == 3, f"three cells are wrong, not:\n{caught.value}"
    with pytest.raises(data.DataError, match=r"22 problem(.|\n)*and 12 more"):
        data.read(TABLE, raw.replace(b"\n2", b"\nx2"))


def test_a_table_that_does_not_sum_is_refused():
    content = (
        (data.root() / "paper/table1.csv").read_bytes().replace(b"West,0-9,22", b"West,0-9,32")
    )
    with pytest.raises(
        data.DataError, match=r"column share_pct: West sums to 110\.0; expected 100 within 2\.5"
    ):
        data.read("table1", content)


def test_a_lost_combination_is_refused():
    content = (data.root() / "paper/table1.csv").read_bytes().replace(b"West,0-9,22\n", b"")
    with pytest.raises(data.DataError, match=r"West\+0-9 has no row"):
        data.read("table1", content)


@pytest.mark.parametrize(
    ("old", "words"),
    [(b",-6403\n", "arrivals - departures = -6403"), (b"22308,-6403", "sums to 803033")],
)
def test_flows_that_do_not_balance_are_refused(old, words):
    new = {b",-6403\n": b",-6404\n", b"22308,-6403": b"22309,-6404"}[old]
    content = (data.root() / "official/migration_regions.csv").read_bytes().replace(old, new)
    with pytest.raises(data.DataError, match=words):
        data.read("migration_regions", content)


def test_the_checksum_can_be_left_aside_but_the_form_cannot(raw):
    assert (
        data.read(TABLE, raw.replace(b"291758", b"291759"), verify_checksum=False)[
            "migration_persons"
        ].iloc[2]
        == 291759
    )
    with pytest.raises(data.DataError):
        data.read(TABLE, raw.replace(b"291758", b"29175x"), verify_checksum=False)


def test_a_substitute_is_seen_by_every_reader_and_only_within_its_block(raw):
    with data.substitute({TABLE: raw.replace(b"2001,271728", b"2001,271729")}):
        assert data.printed("table4.2001.migration_persons").text == "271729"
        assert data.read(TABLE)["migration_persons"].iloc[0] == 271729
        assert data.read_text(TABLE)["migration_persons"].iloc[0] == "271729"
    assert data.printed("table4.2001.migration_persons").text == "271728"


# the command


def test_the_recorded_checksums_are_what_the_command_would_write(elsewhere):
    before = (elsewhere / "datapackage.json").read_bytes()
    assert data.main([]) == 0
    assert (elsewhere / "datapackage.json").read_bytes() == before, (
        "run `python -m proofbook.data` and commit the result"
    )


def test_the_command_records_a_meant_change(elsewhere):
    path = elsewhere / "paper" / "table4.csv"
    path.write_bytes(path.read_bytes().replace(b"291758", b"291759"))
    assert data.main(["--check"]) == 1, "--check must not accept changed bytes"
    assert data.main([]) == 0
    assert data.main(["--check"]) == 0
    assert data.read(TABLE)["migration_persons"].iloc[2] == 291759


def test_the_command_refuses_a_table_that_breaks_its_description(elsewhere, capsys):
    path, package = elsewhere / "paper" / "table4.csv", elsewhere / "datapackage.json"
    path.write_bytes(path.read_bytes().replace(b"291758", b"-1"))
    before = package.read_bytes()
    assert data.main([]) == 1
    assert package.read_bytes() == before, "a wrong table must not get a checksum"
    assert "column migration_persons" in capsys.readouterr().err


def test_a_refusal_leaves_no_new_checksum_in_memory_either(elsewhere):
    package = json.loads((elsewhere / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"].append(
        {**package["resources"][0], "name": "gone", "path": "paper/gone.csv"}
    )
    (elsewhere / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    path = elsewhere / "paper" / "table4.csv"
    path.write_bytes(path.read_bytes().replace(b"291758", b"291759"))
    assert data.main([]) == 1
    with pytest.raises(data.DataError, match="the bytes changed"):
        data.read(TABLE)


def test_the_command_refuses_a_file_that_nothing_describes(elsewhere, capsys):
    (elsewhere / "paper" / "stray.csv").write_text("a\n1\n")
    assert data.main(["--check"]) == 1
    assert "data/paper/stray.csv: described nowhere" in capsys.readouterr().err


#: Sections of the ledger that divide one section of the paper.
OWN_SECTIONS = ["Demography", "Internal educational mobility", "Programmes", "Econometrics"]


def test_claims_stand_where_the_paper_counts_them():
    place = r"Results and discussion, ((list|equation) after )?paragraph \d+(, goal \d)?"
    place += r"|(note to )?(Table|Figure) \d|official (migration|population)"
    claims = data.read("claims").query("section in @OWN_SECTIONS")
    elsewhere = claims[~claims["locator"].str.fullmatch(place)]
    assert elsewhere.empty, f"name the paper's own section and paragraph of {list(elsewhere['id'])}"
