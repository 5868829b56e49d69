"""What the runs measured, against what is wanted: medians, ratios, spreads, verdicts, tables."""
import os
import platform
import statistics

COLUMNS = ("figure", "wanted", "measured", "held against", "ratio", "spread", "verdict")


class Figure:
    """One line of the table. With `floor` the ratio of each run to its floor counts, else the value itself.

    `of_runs` makes one number of those of all runs.
    """

    def __init__(self, name, unit, wanted=None, most=True, floor=None, of_runs=statistics.median):
        self.name, self.unit, self.wanted, self.most, self.floor = name, unit, wanted, most, floor
        self.of_runs = of_runs
        self.values, self.floors = [], []

    def add(self, value, floor=None):
        self.values.append(value)
        if self.floor is not None:
            self.floors.append(floor)

    def judged(self):
        """What each run is judged by."""
        if self.floor is None:
            return self.values
        return [value / floor if floor else 0.0 for value, floor in zip(self.values, self.floors)]

    def wanted_text(self):
        if self.wanted is None:
            return ""
        sign = "<=" if self.most else ">="
        return f"{sign} {self.wanted:g} x" if self.floor else f"{sign} {quantity(self.wanted, self.unit)}"

    def verdict(self):
        if self.wanted is None:
            return "reported"
        came = self.of_runs(self.judged())
        if came <= self.wanted if self.most else came >= self.wanted:
            return "met"
        missed = came / self.wanted if self.most else self.wanted / came if came else float("inf")
        return f"missed by {missed:.2f} x"

    def cells(self):
        judged = self.judged()
        low, high = min(judged), max(judged)
        ratio = f"{statistics.median(judged):.2f}" if self.floor else ""
        spread = f"{low:.2f}..{high:.2f}" if self.floor else f"{number(low, self.unit)}..{quantity(high, self.unit)}"
        against = f"{self.floor}: {quantity(self.of_runs(self.floors), self.unit)}" if self.floor else ""
        measured = quantity(self.of_runs(self.values), self.unit)
        return (self.name, self.wanted_text(), measured, against, ratio, spread, self.verdict())

    def as_json(self):
        return {
            "figure": self.name, "unit": self.unit, "wanted": self.wanted_text(), "values": self.values,
            "against": self.floor, "floors": self.floors, "judged": self.judged(), "verdict": self.verdict(),
            "measured": self.of_runs(self.values),
        }


def number(value, unit):
    """Three digits that matter; whole numbers of large ones."""
    if unit == "s" or value < 10:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def quantity(value, unit):
    return f"{number(value, unit)}{unit}" if unit.startswith("/") else f"{number(value, unit)} {unit}"


def text_table(figures):
    rows = [COLUMNS] + [figure.cells() for figure in figures]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def markdown_table(figures):
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    lines += ["| " + " | ".join(figure.cells()) + " |" for figure in figures]
    return "\n".join(lines)


def machine():
    """What the figures depend on, in a line."""
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        for line in cpuinfo:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo", encoding="utf-8") as meminfo:
        gib = int(meminfo.readline().split()[1]) / 1024 / 1024
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    return f"{cores} cores of {model}, {gib:.0f} GiB, Linux {platform.release()}, load {load:.1f} before the first run"
