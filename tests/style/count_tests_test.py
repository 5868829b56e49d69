#!/usr/bin/env python3
"""Proves that tools/count_tests.py counts cases and lets no failure, crash or unexpected skip pass."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "count_tests.py"
OPTIONAL = "RecordedEvents  USHER_TEST_FOLDER  # comment\n"


def case(suite, name, inside=""):
    return f'<testcase classname="{suite}" name="{name}" status="run">{inside}</testcase>'


SKIPPED = "<skipped message='no folder'/>"


class CountTest(unittest.TestCase):
    def count(self, status, cases, variables=None):
        """Runs the tool over one binary that ended with `status`; returns (exit code, lines)."""
        with tempfile.TemporaryDirectory() as folder:
            results = pathlib.Path(folder)
            junit = f'<testsuite><testcase name="core_test" status="{status}"></testcase></testsuite>'
            (results / "ctest.junit").write_text(junit, encoding="utf-8")
            labels = [{"name": "core_test", "properties": [{"name": "LABELS", "value": ["unit"]}]}]
            (results / "ctest.json").write_text(json.dumps({"tests": labels}), encoding="utf-8")
            if cases is not None:
                report = f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"
                (results / "core_test.xml").write_text(report, encoding="utf-8")
            (results / "optional.txt").write_text(OPTIONAL, encoding="utf-8")
            environment = {key: value for key, value in os.environ.items() if key != "USHER_TEST_FOLDER"}
            run = subprocess.run(
                [sys.executable, "-B", TOOL, results, results / "optional.txt"],
                stdout=subprocess.PIPE,
                text=True,
                env=environment | (variables or {}),
            )
            return run.returncode, run.stdout.splitlines()

    def test_passed_cases_are_counted_one_by_one(self):
        code, lines = self.count("run", [case("A", "x"), case("A", "y")])
        self.assertEqual((0, "2 passed, 0 failed"), (code, lines[-1]))

    def test_tried_cases_are_added_up(self):
        tried = '<properties><property name="cases" value="40"/></properties>'
        code, lines = self.count("run", [case("A", "x", tried), case("A", "y", tried)])
        self.assertEqual((0, "all: 80 property cases"), (code, lines[-2]))

    def test_results_are_printed(self):
        result = '<properties><property name="result" value="200 kills, 0 lost"/></properties>'
        _, lines = self.count("run", [case("A", "x", result)])
        self.assertIn("  200 kills, 0 lost", lines)

    def test_a_failed_case_fails(self):
        code, lines = self.count("fail", [case("A", "x"), case("A", "y", "<failure/>")])
        self.assertEqual((1, "1 passed, 1 failed"), (code, lines[-1]))
        self.assertIn("failed: A.y", lines)

    def test_a_crash_fails(self):
        code, lines = self.count("fail", None)
        self.assertEqual((1, "0 passed, 1 failed"), (code, lines[-1]))

    def test_a_failure_at_exit_fails(self):
        code, lines = self.count("fail", [case("A", "x")])
        self.assertEqual((1, "1 passed, 1 failed"), (code, lines[-1]))

    def test_a_test_without_cases_counts_as_one(self):
        code, lines = self.count("run", None)
        self.assertEqual((0, "1 passed, 0 failed"), (code, lines[-1]))

    def test_an_unexpected_skip_fails(self):
        code, lines = self.count("run", [case("A", "x"), case("A", "y", SKIPPED)])
        self.assertEqual((1, "1 passed, 1 failed"), (code, lines[-1]))

    def test_an_optional_suite_may_skip_without_its_variable(self):
        cases = [case("A", "x"), case("All/RecordedEvents", "Verdict/3", SKIPPED)]
        code, lines = self.count("run", cases)
        self.assertEqual((0, "1 passed, 0 failed, 1 skipped"), (code, lines[-1]))

    def test_an_optional_suite_must_run_with_its_variable(self):
        cases = [case("A", "x"), case("RecordedEvents", "Verdict", SKIPPED)]
        code, lines = self.count("run", cases, {"USHER_TEST_FOLDER": "/somewhere"})
        self.assertEqual((1, "1 passed, 1 failed"), (code, lines[-1]))

    def test_nothing_passed_fails(self):
        code, lines = self.count("run", [])
        self.assertEqual((1, "0 passed, 0 failed"), (code, lines[-1]))


if __name__ == "__main__":
    unittest.main()
