#!/usr/bin/env python3
"""Proves that tools/check_logs.py finds what must not be in a log, and does not pass when it could find nothing."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "check_logs.py"
CANARIES = 'inline constexpr char kCanaryEmail[] = "canary@mail.example";\n'
KEY = "usk_" + "a2" * 19 + "b"


class CheckLogsTest(unittest.TestCase):
    def check(self, files, more=None):
        """Runs the tool over a folder with `files`; returns (passed, text)."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "canaries.h").write_text(CANARIES, encoding="utf-8")
            arguments = [sys.executable, "-B", TOOL, folder / "canaries.h", folder]
            if more is not None:
                (folder / "more.txt").write_text(more, encoding="utf-8")
                arguments.append(folder / "more.txt")
            for file, text in files.items():
                (folder / file).write_text(text, encoding="utf-8")
            run = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, check=False)
            return run.returncode == 0, run.stdout

    CLEAN = {"usherd.log.1.1": '{"message":"ready"}\n', "usher-relay.log.1.2": "\n", "planted.1.3": "kCanaryEmail\n"}

    def test_clean_logs_pass(self):
        passed, text = self.check(self.CLEAN)
        self.assertTrue(passed, text)
        self.assertIn("2 logs hold none of 1 canaries", text)

    def test_a_canary_in_any_log_fails_and_is_named_with_its_line_but_not_repeated(self):
        for name in self.CLEAN:
            if not name.startswith("planted"):
                passed, text = self.check(self.CLEAN | {name: "x\nto canary@mail.example!\n"})
                self.assertFalse(passed)
                self.assertIn(f"{name}:2: kCanaryEmail", text)
                self.assertNotIn("canary@mail", text)

    def test_an_api_key_fails(self):
        passed, text = self.check(self.CLEAN | {"usher.log.1.4": f"key {KEY}\n"})
        self.assertFalse(passed)
        self.assertNotIn(KEY, text)

    def test_further_logs_are_searched(self):
        self.assertFalse(self.check(self.CLEAN, more="canary@mail.example")[0])
        self.assertTrue(self.check(self.CLEAN, more="nothing")[0])

    def test_a_run_that_could_find_nothing_fails(self):
        for missing in self.CLEAN:
            passed, text = self.check({name: value for name, value in self.CLEAN.items() if name != missing})
            self.assertFalse(passed, text)

    def test_the_tree_has_canaries(self):
        text = (ROOT / "tests" / "support" / "canaries.h").read_text(encoding="utf-8")
        self.assertGreaterEqual(text.count("kCanary"), 6)


if __name__ == "__main__":
    unittest.main()
