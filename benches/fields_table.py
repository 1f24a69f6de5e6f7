"""Puts the speed of ecCodes beside that of `cargo bench --bench fields`, file by file in one run.

Needs ecCodes for Python (PyPI: eccodes). Prints a table: own and ecCodes' best in milliseconds, and their ratio.
"""

import subprocess
import sys
import time

import eccodes

ROUNDS = 9


def best(path):
    with open(path, "rb") as file:
        handle = eccodes.codes_grib_new_from_file(file)
        message = eccodes.codes_get_message(handle)
        eccodes.codes_release(handle)
    took = []
    for _ in range(ROUNDS):
        handle = eccodes.codes_new_from_message(message)
        begin = time.perf_counter()
        eccodes.codes_get_values(handle)
        took.append((time.perf_counter() - begin) * 1e3)
        eccodes.codes_release(handle)
    return min(took)


def main():
    run = ["cargo", "bench", "--bench", "fields", "--", *sys.argv[1:]]
    listed = subprocess.run(run, stdout=subprocess.PIPE, text=True, check=True).stdout
    print("| file | packing | points | own | ecCodes | own / ecCodes |\n|---|---|---|---|---|---|")
    for line in listed.splitlines():
        parts = line.split("\t")
        if len(parts) != 4:
            continue
        path, packing, points, own = parts
        theirs = best(path)
        name = path.rsplit("/", 1)[-1]
        print(f"| {name} | {packing} | {points} | {own} | {theirs:.3f} | {float(own) / theirs:.2f} |")


main()
