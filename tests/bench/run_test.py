#!/usr/bin/env python3
"""The benchmark measures every figure, cleans up, and judges as it was asked. Never how fast anything is."""
import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from figures import Figure, markdown_table, text_table
from run import make_figures

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ["USHER_BIN_DIR"]).parent
TINY = ["--quick", "--rounds", "1", "--tenants", "200", "--build", str(BUILD)]


def start(folder, *arguments):
    command = [sys.executable, "-B", str(HERE / "run.py"), *TINY, *arguments]
    environment = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def children_of(pid):
    """The processes that `pid` started and that still run."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


class RunTest(unittest.TestCase):
    def test_every_figure_is_measured(self):
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder, "figures.json")
            process = start(folder, "--json", str(target), "--markdown")
            out, err = process.communicate(timeout=280)
            self.assertEqual(0, process.returncode, err)
            document = json.loads(target.read_text(encoding="utf-8"))
            self.assertEqual(["figures.json"], os.listdir(folder), "the run left something behind")
        measured = {figure["figure"]: figure for figure in document["figures"]}
        for figure in make_figures().values():
            with self.subTest(figure.name):
                values = measured[figure.name]["values"] + measured[figure.name]["judged"]
                self.assertEqual(2, len(values))
                self.assertTrue(all(math.isfinite(value) and value >= 0 for value in values), values)
                self.assertIn(f"| {figure.name} |", out)

    def test_when_it_is_stopped_so_is_what_it_started(self):
        with tempfile.TemporaryDirectory() as folder:
            process = start(folder)
            deadline = time.monotonic() + 60
            started = []
            while not started and time.monotonic() < deadline:
                started = children_of(process.pid)
            self.assertTrue(started)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
            self.assertNotEqual(0, process.returncode)
            self.assertEqual([], [pid for pid in started if pathlib.Path(f"/proc/{pid}").exists()])
            self.assertEqual([], os.listdir(folder))


class FigureTest(unittest.TestCase):
    # (rule, figure, values, floors, verdict)
    ROWS = [
        ("a ratio above what is wanted at least", Figure("f", "/s", 0.9, most=False, floor="echo"), [95], [100], "met"),
        ("a ratio below it", Figure("f", "/s", 0.9, most=False, floor="echo"), [45], [100], "missed by 2.00 x"),
        ("a ratio above what is wanted at most", Figure("f", "us", 1.15, floor="echo"), [23], [10], "missed by 2.00 x"),
        ("a value below what is wanted at most", Figure("f", "ns", 150), [150], [], "met"),
        ("a value above it", Figure("f", "ns", 150), [300], [], "missed by 2.00 x"),
        ("the median decides", Figure("f", "ns", 150), [100, 149, 900], [], "met"),
        ("nothing was wanted", Figure("f", "ns"), [1], [], "reported"),
        ("nothing was measured", Figure("f", "/s", 0.9, most=False, floor="echo"), [0], [100], "missed by inf x"),
    ]

    def test_verdicts(self):
        for rule, figure, values, floors, verdict in self.ROWS:
            with self.subTest(rule):
                for i, value in enumerate(values):
                    figure.add(value, floors[i] if floors else None)
                self.assertEqual(verdict, figure.verdict())

    def test_tables_have_the_median_and_the_spread_of_the_ratios(self):
        figure = Figure("checks", "/s", 0.9, most=False, floor="echo")
        for value, floor in ((50, 100), (90, 100), (300, 200)):
            figure.add(value, floor)
        cells = ("checks", ">= 0.9 x", "90.0/s", "echo: 100/s", "0.90", "0.50..1.50", "met")
        self.assertEqual(cells, figure.cells())
        self.assertIn("| checks | >= 0.9 x | 90.0/s |", markdown_table([figure]))
        self.assertIn("checks  >= 0.9 x  90.0/s", text_table([figure]))


if __name__ == "__main__":
    unittest.main()
