#!/usr/bin/env python3
"""Says whether the logs of a test run hold something secret or personal.

Reads the canaries out of CANARIES (tests/support/canaries.h), which the tests plant where secrets and personal data
are, and looks for each of them, and for anything that looks like an API key, in every log of FOLDER and in every
further LOG. Fails also when nothing could have been found: no log of a program, or a canary that nobody planted.

usage: check_logs.py CANARIES FOLDER [LOG ...]
"""
import pathlib
import re
import sys

CANARY = re.compile(r'(kCanary\w+)\[\] = "([^"]+)"')
API_KEY = re.compile(rb"\busk_[a-z2-7]{39}\b")
PROGRAMS = ("usherd", "usher-relay")


def read_canaries(path):
    return dict(CANARY.findall(path.read_text(encoding="utf-8")))


def search(path, canaries):
    """What of the canaries is in one log, by name, with the line."""
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        found += [f"{path}:{number}: {name}" for name, value in canaries.items() if value.encode() in line]
        if API_KEY.search(line):
            found.append(f"{path}:{number}: an API key")
    return found


def main():
    canaries = read_canaries(pathlib.Path(sys.argv[1]))
    folder = pathlib.Path(sys.argv[2])
    logs = sorted(folder.glob("*.log.*"))
    planted = {path.read_text(encoding="utf-8").strip() for path in folder.glob("planted.*")}
    problems = [f"{folder} has no log of {name}" for name in PROGRAMS if not list(folder.glob(f"{name}.log.*"))]
    problems += [f"nobody planted {name}" for name in sorted(canaries) if name not in planted]
    if not canaries:
        problems.append(f"{sys.argv[1]} has no canaries")
    for log in [*logs, *map(pathlib.Path, sys.argv[3:])]:
        problems += search(log, canaries)
    for problem in problems:
        print(f"logs: {problem}")
    if not problems:
        print(f"logs: {len(logs)} logs hold none of {len(canaries)} canaries and no API key")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
