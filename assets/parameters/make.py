#!/usr/bin/env python3
"""Makes the tables of parameters from the definitions that ecCodes installs.

    python3 assets/parameters/make.py [--definitions /usr/share/eccodes/definitions] [--check]

In: shortName.def, name.def and units.def of editions 1 and 2, WMO's and each centre's own. Out: grib1/*.tsv and
grib2/*.tsv beside this file: facts alone (numbers, short names, units, names), one parameter a line. With --check
nothing is written, and the exit code is 1 when a table is not what the definitions say.

A line: the numbers (edition 2: discipline, category, number; edition 1: table version, parameter), short name, units,
English name, and what else of the header has to be so. Of the lines that fit a field the one with the most conditions
holds; of two with as many, the later one, and WMO's before the centre's.
"""

import argparse
import collections
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# Keys of conditions as ecCodes and as these tables write them. Rows with any other key never hold for what is read
# of a header here, and are left out.
KEYS = {
    "typeOfFirstFixedSurface": "kind1",
    "scaleFactorOfFirstFixedSurface": "scale1",
    "scaledValueOfFirstFixedSurface": "value1",
    "typeOfSecondFixedSurface": "kind2",
    "scaleFactorOfSecondFixedSurface": "scale2",
    "scaledValueOfSecondFixedSurface": "value2",
    "typeOfStatisticalProcessing": "statistic",
    "indicatorOfUnitForTimeRange": "range_unit",
    "lengthOfTimeRange": "range",
    "typeOfGeneratingProcess": "process",
    "productDefinitionTemplateNumber": "template",
    "localTablesVersion": "version",
    "constituentType": "constituent",
    "aerosolType": "aerosol_type",
    "sourceSinkChemicalPhysicalProcess": "source",
    "is_chemical": "chemical",
    "is_chemical_srcsink": "chemical_source",
    "is_aerosol": "aerosol",
    "is_aerosol_optical": "optical",
    "typeOfSizeInterval": "size_kind",
    "scaleFactorOfFirstSize": "size_scale1",
    "scaledValueOfFirstSize": "size_value1",
    "scaleFactorOfSecondSize": "size_scale2",
    "scaledValueOfSecondSize": "size_value2",
    "typeOfWavelengthInterval": "wave_kind",
    "scaleFactorOfFirstWavelength": "wave_scale1",
    "scaledValueOfFirstWavelength": "wave_value1",
    "scaleFactorOfSecondWavelength": "wave_scale2",
    "scaledValueOfSecondWavelength": "wave_value2",
    "probabilityType": "probability",
    "scaleFactorOfLowerLimit": "limit_scale",
    "scaledValueOfLowerLimit": "limit_value",
    "gridDefinitionTemplateNumber": "grid",
    "numberOfGridInReference": "grid_part",
    "satelliteSeries": "series",
    "satelliteNumber": "satellite",
    "instrumentType": "instrument",
    "scaledValueOfCentralWaveNumber": "wave_number",
    # Edition 1.
    "indicatorOfTypeOfLevel": "kind1",
    "level": "value1",
    "topLevel": "top",
    "bottomLevel": "bottom",
    "timeRangeIndicator": "time_range",
}

NUMBERS = {
    1: ("table2Version", "indicatorOfParameter"),
    2: ("discipline", "parameterCategory", "parameterNumber"),
}

# Kinds of step that conditions name by a word: statistical processing of edition 2, time range indicators of edition 1.
STEPS = {2: {"accum": ("statistic", "1")}, 1: {"accum": ("time_range", "4")}}

ENTRY = re.compile(r"""['"]?([^'"={}\n]+?)['"]?\s*=\s*\{([^}]*)\}""")

HEADER = """\
# {title}
# Facts (numbers, short names, units, names) taken from the definitions of ecCodes {version},
# Copyright 2005- ECMWF, Apache License 2.0 (https://www.apache.org/licenses/LICENSE-2.0).
# Made by assets/parameters/make.py; not to be changed by hand.
# {columns}	short name	units	name	conditions
"""

COLUMNS = {1: "table version	parameter", 2: "discipline	category	number"}


def entries(path):
    """Of each entry what it stands for, and its conditions, in the order of the file."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as file:
        text = re.sub(r"#[^\n]*", "", file.read())
    found = []
    for match in ENTRY.finditer(text):
        parts = [part.split("=", 1) for part in match.group(2).split(";") if "=" in part]
        found.append((match.group(1).strip(), {key.strip(): value.strip() for key, value in parts}))
    return found


def said_by_conditions(path):
    """Of a file of names or units: the text by the conditions; the last one holds."""
    return {tuple(sorted(conditions.items())): text for text, conditions in entries(path)}


def condition(edition, key, value):
    """A condition as the tables write it; None where it never holds here."""
    if key == "stepType":
        return "=".join(STEPS[edition].get(value.strip('"'), ())) or None
    if value == "missing()":
        value = "x"
    return f"{KEYS[key]}={value}" if key in KEYS else None


def rows(edition, folder, suffix=""):
    """The rows of one folder of definitions, sorted by their numbers; the order of the file stays within them."""
    names = said_by_conditions(os.path.join(folder, f"name{suffix}.def"))
    units = said_by_conditions(os.path.join(folder, f"units{suffix}.def"))
    found = {}
    for short, conditions in entries(os.path.join(folder, f"shortName{suffix}.def")):
        by = tuple(sorted(conditions.items()))
        if any(key not in conditions for key in NUMBERS[edition]):
            continue
        numbers = tuple(int(conditions[key]) for key in NUMBERS[edition])
        others = [(key, value) for key, value in conditions.items() if key not in NUMBERS[edition]]
        written = [condition(edition, key, value) for key, value in others]
        if None in written or max(numbers) > 255:
            continue
        is_named = short not in ("~", "unknown")
        row = (short if is_named else "", units.get(by, ""), names.get(by, ""), " ".join(sorted(written)))
        row = tuple("" if text in ("~", "unknown") else text for text in row)
        # Of rows with the same conditions only the last can hold.
        found.pop((numbers, row[3]), None)
        found[numbers, row[3]] = row
    # A row without a name says that no other row holds: it is worth a line only where there is one.
    count = collections.Counter(numbers for numbers, _ in found)
    listed = [(numbers, *row) for (numbers, _), row in found.items() if row[0] or count[numbers] > 1]
    listed.sort(key=lambda row: row[0])
    return listed


def table(edition, title, version, listed):
    lines = ["\t".join([*map(str, numbers), *texts]).rstrip("\t") for numbers, *texts in listed]
    return HEADER.format(title=title, version=version, columns=COLUMNS[edition]) + "\n".join(lines) + "\n"


def version_of(definitions):
    """The version of ecCodes whose definitions these are."""
    try:
        told = subprocess.run(["codes_info", "-v"], capture_output=True, text=True, check=True).stdout
        return told.strip() or "unknown"
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def centres(definitions):
    """The number of each centre in common code table C-11, by its short name."""
    with open(os.path.join(definitions, "common", "c-11.table"), encoding="utf-8") as file:
        rows = [line.split(None, 2) for line in file if line[:1].isdigit()]
    return {row[1]: int(row[0]) for row in rows}


def tables(definitions):
    """Every table: its path beside this file, and its text."""
    version = version_of(definitions)
    numbers = centres(definitions)
    for edition in (1, 2):
        root = os.path.join(definitions, f"grib{edition}")
        made = [("wmo", f"GRIB edition {edition}: parameters of WMO", rows(edition, root))]
        local = os.path.join(root, "localConcepts")
        # The other folders are those of projects, which no number in a header stands for.
        for centre in sorted(name for name in os.listdir(local) if name in numbers):
            title = f"GRIB edition {edition}: parameters of centre {numbers[centre]} ({centre})"
            listed = rows(edition, os.path.join(local, centre))
            older = rows(edition, os.path.join(local, centre), ".legacy")
            made.append((centre, title, listed))
            made.append((f"{centre}-older", f"{title}, where no other holds", older))
        for name, title, listed in made:
            if listed:
                yield os.path.join(HERE, f"grib{edition}", f"{name}.tsv"), table(edition, title, version, listed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--definitions", default="/usr/share/eccodes/definitions")
    parser.add_argument("--check", action="store_true")
    told = parser.parse_args()
    differing = []
    for path, text in tables(told.definitions):
        if told.check:
            with open(path, encoding="utf-8") as file:
                if file.read() != text:
                    differing.append(path)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    for path in differing:
        print(f"{path} is not what the definitions say", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
