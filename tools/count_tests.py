#!/usr/bin/env python3
"""Counts what one run of ctest did, case by case, and says whether it may pass.

Reads RESULTS/ctest.junit, RESULTS/ctest.json (`ctest --show-only=json-v1`, for the labels) and the RESULTS/<binary>.xml
that every GoogleTest binary wrote. A binary that failed without a failing case (a crash, a timeout, a sanitizer at exit)
counts as one failure. A skipped case is a failure unless its suite is named in OPTIONAL_SUITES and the environment
variable named beside it is not set.

A test that tries many cases says how many with RecordProperty("cases", n) or RecordProperty("histories", n). One whose
result is a sentence, such as how many kills it survived, says it with RecordProperty("result", text); it is printed.

usage: count_tests.py RESULTS OPTIONAL_SUITES
"""
import collections
import json
import os
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

TRIED = {"cases": "property cases", "histories": "histories"}


class Count:
    def __init__(self):
        self.passed = 0
        self.tried = collections.Counter()
        self.results = []
        self.failed = []
        self.skipped = {}


def read_optional_suites(path):
    """Suite name -> the environment variable without which it may skip."""
    lines = (line.split("#")[0].split() for line in path.read_text(encoding="utf-8").splitlines())
    return dict(line for line in lines if line)


def count_cases(report, count):
    """Adds the cases of one GoogleTest report; returns how many of them failed."""
    failed = 0
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        name = f'{case.get("classname")}.{case.get("name")}'
        for prop in case.iter("property"):
            if prop.get("name") in TRIED:
                count.tried[prop.get("name")] += int(prop.get("value"))
            elif prop.get("name") == "result":
                count.results.append(prop.get("value"))
        skipped = case.find("skipped")
        if case.find("failure") is not None:
            failed += 1
            count.failed.append(name)
        elif skipped is not None:
            count.skipped[name] = " ".join((skipped.text or skipped.get("message") or "no reason given").split())
        elif case.get("status") == "run":
            count.passed += 1
    return failed


def read_labels(path):
    """Test name -> the label that says what kind of test it is; `threads` says how it may be run."""
    tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
    properties = {test["name"]: test.get("properties", []) for test in tests}
    labels = {name: prop["value"] for name, props in properties.items() for prop in props if prop["name"] == "LABELS"}
    return {name: next(label for label in own if label != "threads") for name, own in labels.items()}


def count_run(results):
    labels = read_labels(results / "ctest.json")
    by_label = collections.defaultdict(Count)
    for test in ElementTree.parse(results / "ctest.junit").getroot().iter("testcase"):
        name = test.get("name")
        count = by_label[labels.get(name, "other")]
        ok = test.get("status") == "run"
        report = results / f"{name}.xml"
        failed_cases = 0
        if report.exists():
            failed_cases = count_cases(report, count)
        elif ok:
            count.passed += 1
        if not ok and not failed_cases:
            count.failed.append(f"{name} (ended with: {why_failed(test)})")
    return by_label


def why_failed(test):
    failure = test.find("failure")
    if failure is not None and failure.get("message"):
        return failure.get("message")
    return test.get("status")


def may_skip_without(case, optional):
    """The variable without which this case may skip; parameterised suites are named Prefix/Suite or Suite/0."""
    return next((optional[part] for part in case.split(".")[0].split("/") if part in optional), None)


def show_tried(tried):
    return ", ".join(f"{number} {TRIED[what]}" for what, number in sorted(tried.items()))


def main():
    results, optional_suites = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    optional = read_optional_suites(optional_suites)
    by_label = count_run(results)
    passed = skipped = 0
    tried = collections.Counter()
    failed = []
    for label, count in sorted(by_label.items()):
        tried_here = f"; {show_tried(count.tried)}" if count.tried else ""
        print(f"{label}: {count.passed} passed, {len(count.failed)} failed{tried_here}")
        for result in count.results:
            print(f"  {result}")
        passed += count.passed
        tried += count.tried
        failed += count.failed
        for case, reason in count.skipped.items():
            variable = may_skip_without(case, optional)
            if variable and not os.environ.get(variable):
                skipped += 1
                print(f"skipped: {case}: {reason} (set {variable} to run it)")
            else:
                failed.append(f"{case} (skipped, but its suite is required: {reason})")
    for case in failed:
        print(f"failed: {case}")
    print(f"all: {show_tried(tried) or 'no property cases'}")
    print(f"{passed} passed, {len(failed)} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
