#!/usr/bin/env python3
"""Measures Usher beside what it is held against, and prints every figure with its target. docs/performance.md explains.

Runs are interleaved: each round measures everything once, Usher and its floor right after each other, in turns first.
"""
import argparse
import json
import pathlib
import sys

from figures import Figure, machine, markdown_table, text_table
from programs import CATALOG, ROOT, Failed, Programs, Stopped, generated_store

IN_FLIGHT = 100
BATCH = 100
FEATURES = "sso,projects,seats,api_calls,support,regions,audit_log"
PRICES = "price_1TestStarterMonthly,price_1TestGrowthMonthly,price_1TestGrowthAnnual,price_1TestEnterprise"
RECORDS_IN_FLIGHT = 48  # as clients/cli/payment_sender.h
FLOOD_IN_FLIGHT = 1000
HEALTHY_RATE = 1000
IDLE_SECONDS = 1.1


class Scale:
    """How much one round measures."""

    def __init__(self, arguments):
        quick = arguments.quick
        self.rounds = arguments.rounds or (3 if quick else 7)
        self.tenants = arguments.tenants or (10_000 if quick else 1_000_000)
        self.seconds = 0.3 if quick else 2.0
        self.warmup = 0.1 if quick else 0.5
        self.idle_seconds = 2.0 if quick else 9.0
        self.events = 500 if quick else 20_000
        self.visible = 100 if quick else 500
        self.batches = 200 if quick else 2000


def make_figures():
    """Every figure, in the order of the table."""
    return {
        "rate": Figure(f"check, {IN_FLIGHT} in flight: rate", "/s", 0.90, most=False, floor="echo"),
        "p50_many": Figure(f"check, {IN_FLIGHT} in flight: p50", "us", floor="echo"),
        "p99_many": Figure(f"check, {IN_FLIGHT} in flight: p99", "us", floor="echo"),
        "cpu": Figure("check at equal rate: server CPU per call", "us", 1.15, floor="echo"),
        "rate_one": Figure("check, 1 in flight: rate", "/s", floor="echo"),
        "p50_one": Figure("check, 1 in flight: p50", "us", 1.15, floor="echo"),
        "p99_one": Figure("check, 1 in flight: p99", "us", 1000),
        "idle": Figure("check after an idle second: slowest", "ms", 10, of_runs=max),
        "cpu_one": Figure("check, 1 in flight: server CPU per call", "us", floor="echo"),
        "batch_rate": Figure(f"batch of {BATCH}: rate", "/s", 0.80, most=False, floor="echo of that size"),
        "batch_checks": Figure(f"batch of {BATCH}: checks", "/s", 1_000_000, most=False),
        "in_process": Figure("check within the process: p50", "ns", 150),
        "resident": Figure("memory per tenant beyond its id", "B", 160),
        "allocated": Figure("the same, as malloc counts it", "B"),
        "cold_start": Figure("cold start, until /readyz is 200", "s", 5),
        "events": Figure("durable events", "/s", 0.70, most=False, floor="bare SQLite"),
        "per_commit": Figure("events that share a commit", "events"),
        "rows": Figure("rows written for an event", "rows"),
        "visible_p50": Figure("event answered, visible to a check: p50", "ms"),
        "visible": Figure("event answered, visible to a check: p99", "ms", 5),
        "sent_p99": Figure("event sent, visible to a check: p99", "ms"),
        "past": Figure(f"check, {2 * IN_FLIGHT} in flight: rate", "/s", 0.90, most=False,
                       floor=f"{IN_FLIGHT} in flight"),
        "flooded": Figure("a healthy client's p99 while another floods", "us", 10, floor="alone"),
    }


class Rounds:
    def __init__(self, programs, scale, store):
        self.programs, self.scale, self.store = programs, scale, store
        self.figures = make_figures()
        self.equal_rate = 0  # of the first round, for all
        self.turn = False    # which of two goes first

    def run(self):
        for number in range(1, self.scale.rounds + 1):
            print(f"==> round {number} of {self.scale.rounds}", file=sys.stderr, flush=True)
            self.turn = number % 2 == 0
            with self.programs.usherd(self.store) as server:
                self.figures["cold_start"].add(server.start_seconds)
                self.checks(server)
                self.batches(server)
                self.flood(server)
            self.within_the_process()
            self.durable_events()
            self.visible()

    def ask(self, kind, server, **options):
        size = {"seconds": self.scale.seconds, "warmup": self.scale.warmup}
        if kind in ("check", "batch"):
            size.update(tenants=self.scale.tenants, features=FEATURES)
        return self.programs.load(kind, server, **{**size, **options})

    def both(self, kind, server, echo, request_bytes, **options):
        """Usher and its floor in the same way, one after the other."""
        def usher():
            return self.ask(kind, server, **options)

        def floor():
            return self.ask("echo", echo, request_bytes=request_bytes, **options)

        if self.turn:
            of_floor = floor()
            return usher(), of_floor
        return usher(), floor()

    def checks(self, server):
        sizes = self.ask("check", server, calls=5000, in_flight=8, warmup=0)
        with self.programs.echo(sizes["response_bytes"], server.key) as echo:
            many = {"in_flight": IN_FLIGHT, "connections": 4, "threads": 2}
            bytes_ = sizes["request_bytes"]
            check, floor = self.both("check", server, echo, bytes_, **many)
            self.figures["rate"].add(check["rate"], floor["rate"])
            self.figures["p50_many"].add(check["p50_us"], floor["p50_us"])
            self.figures["p99_many"].add(check["p99_us"], floor["p99_us"])
            past = self.ask("check", server, may_fail=True, **{**many, "in_flight": 2 * IN_FLIGHT})
            self.figures["past"].add(past["rate"], check["rate"])
            self.equal_rate = self.equal_rate or min(check["rate"], floor["rate"]) / 2
            check, floor = self.both("check", server, echo, bytes_, rate=self.equal_rate, **many)
            self.figures["cpu"].add(check["server_cpu_us"], floor["server_cpu_us"])
            check, floor = self.both("check", server, echo, bytes_)
            self.figures["rate_one"].add(check["rate"], floor["rate"])
            self.figures["p50_one"].add(check["p50_us"], floor["p50_us"])
            self.figures["p99_one"].add(check["p99_us"])
            idle = self.ask("check", server, rate=1 / IDLE_SECONDS, warmup=0.5, seconds=self.scale.idle_seconds)
            self.figures["idle"].add(idle["max_us"] / 1000)
            self.figures["cpu_one"].add(check["server_cpu_us"], floor["server_cpu_us"])

    def batches(self, server):
        sizes = self.ask("batch", server, calls=200, in_flight=4, warmup=0)
        with self.programs.echo(sizes["response_bytes"], server.key) as echo:
            batch, floor = self.both("batch", server, echo, sizes["request_bytes"],
                                     in_flight=16, connections=4, threads=2)
        self.figures["batch_rate"].add(batch["rate"], floor["rate"])
        self.figures["batch_checks"].add(batch["rate"] * BATCH)

    def flood(self, server):
        healthy = {"rate": HEALTHY_RATE, "in_flight": 16, "may_fail": True}
        alone = self.ask("check", server, **healthy)
        flood = {"tenants": self.scale.tenants, "features": FEATURES, "in_flight": FLOOD_IN_FLIGHT, "connections": 4,
                 "threads": 1, "seconds": 600}
        with self.programs.background_load("check", server, **flood):
            beside = self.ask("check", server, **healthy)
        self.figures["flooded"].add(beside["p99_us"], alone["p99_us"])

    def within_the_process(self):
        result = self.programs.run([self.programs.bench / "projection_bench", CATALOG, self.scale.tenants,
                                    self.scale.batches])
        self.figures["in_process"].add(result["p50_ns"])
        self.figures["resident"].add(result["resident_bytes_per_tenant"])
        self.figures["allocated"].add(result["allocated_bytes_per_tenant"])

    def durable_events(self):
        store, count = self.programs.new_path("events.db"), self.programs.new_path("commits")
        program = self.programs.bench / "usherd_counted"
        events = self.scale.events
        with self.programs.usherd(store, program, {"USHER_BENCH_COMMITS": str(count)}) as server:
            recorded = self.ask("record", server, calls=events, in_flight=RECORDS_IN_FLIGHT, prices=PRICES,
                                warmup=0, seconds=600)
        per_commit = max(1.0, events / int(count.read_text(encoding="utf-8")))
        bare = self.programs.run([self.programs.bench / "bare_sqlite", store, self.programs.new_path("bare.db"), events,
                                  f"{per_commit:.4f}"])
        self.figures["events"].add(recorded["rate"], bare["rate"])
        self.figures["per_commit"].add(per_commit)
        self.figures["rows"].add(bare["rows_per_event"])

    def visible(self):
        with self.programs.usherd(self.programs.new_path("visible.db")) as server:
            command = [self.programs.bench / "visible", "--server", server.address, "--key-file", server.key]
            command += ["--prices", PRICES, "--feature", "projects", "--events", self.scale.visible]
            result = self.programs.run(command)
        self.figures["visible_p50"].add(result["p50_us"] / 1000)
        self.figures["visible"].add(result["p99_us"] / 1000)
        self.figures["sent_p99"].add(result["sent_p99_us"] / 1000)


def read_arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measures Usher beside what it is held against.")
    parser.add_argument("--quick", action="store_true", help="three short rounds with 10,000 tenants: a rough idea")
    parser.add_argument("--rounds", type=positive, help="how often everything is measured; 7, or 3 with --quick")
    parser.add_argument("--tenants", type=positive, help="generated tenants; 1,000,000, or 10,000 with --quick")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write every measured value there, too")
    parser.add_argument("--markdown", action="store_true", help="print the table of docs/performance.md")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help=argparse.SUPPRESS)
    return parser.parse_args()


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("expected a number above 0")
    return value


def report(arguments, scale, figures, generated, where):
    rows = list(figures.values())
    rounds = "1 round" if scale.rounds == 1 else f"{scale.rounds} rounds"
    about = f"{rounds}; {scale.tenants:,} tenants, generated in {generated:.0f} s; {where}"
    print(f"\n{about}\n")
    print(markdown_table(rows) if arguments.markdown else text_table(rows))
    if arguments.json:
        document = {"about": about, "rounds": scale.rounds, "tenants": scale.tenants, "generated_seconds": generated,
                    "machine": where, "figures": [row.as_json() for row in rows]}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def main():
    arguments = read_arguments()
    scale, where = Scale(arguments), machine()
    try:
        with Programs(arguments.build) as programs:
            store, generated = generated_store(programs, scale.tenants)
            rounds = Rounds(programs, scale, store)
            rounds.run()
        report(arguments, scale, rounds.figures, generated, where)
    except Failed as failed:
        print(f"bench: {failed}", file=sys.stderr)
        return 1
    except Stopped as stopped:
        print("bench: stopped; every program that was started has been ended", file=sys.stderr)
        return 128 + stopped.number
    return 0


if __name__ == "__main__":
    sys.exit(main())
