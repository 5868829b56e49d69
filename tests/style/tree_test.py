#!/usr/bin/env python3
"""Holds the tree to its layers, sizes and words, and proves of every rule that it finds a breach."""
import os
import pathlib
import unittest

import tree_rules

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LAYERS = tree_rules.Layers((HERE / "layers.txt").read_text(encoding="utf-8"))
WORDS = tree_rules.read_words((HERE / "words.txt").read_text(encoding="utf-8"))

SOURCE_FOLDERS = ("catalog", "server", "clients", "tests")
LEFT_OUT = {"build", "node_modules", "var", ".git"}
# Files that must quote what they forbid.
QUOTES_WORDS = {"tests/style/words.txt", "tests/style/tree_test.py"}


def files():
    """Every text file of the tree: (path from the root, text)."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        for name in sorted(set(names) - LEFT_OUT):  # .git is a file in a linked work tree
            path = pathlib.Path(folder, name)
            try:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def sources():
    for path, text in files():
        if path.endswith(tree_rules.SOURCE_SUFFIXES) and path.startswith(tuple(f + "/" for f in SOURCE_FOLDERS)):
            yield path, text


class TreeTest(unittest.TestCase):
    def check_all(self, findings):
        self.assertEqual([], findings, "\n" + "\n".join(findings))

    def test_includes_follow_the_layers(self):
        self.check_all([found for path, text in sources() for found in tree_rules.check_includes(path, text, LAYERS)])

    def test_no_file_is_longer_than_the_limit(self):
        self.check_all([found for path, text in sources() for found in tree_rules.check_length(path, text)])

    def test_no_switch_over_an_enum_has_a_default(self):
        self.check_all([found for path, text in sources() for found in tree_rules.check_switches(path, text)])

    def test_no_forbidden_words(self):
        texts = ((path, text) for path, text in files() if path not in QUOTES_WORDS)
        self.check_all([found for path, text in texts for found in tree_rules.check_words(path, text, WORDS)])

    def test_the_walk_sees_the_tree(self):
        seen = {path for path, _ in sources()}
        self.assertIn("catalog/model.h", seen)
        self.assertIn("tests/support/property.h", seen)


class IncludeRuleTest(unittest.TestCase):
    # (rule, file, include line, whether it is a breach)
    ROWS = [
        ("inward is allowed", "server/core/trace.cc", '#include "catalog/time.h"', False),
        ("itself is allowed", "server/core/trace.cc", '#include "server/core/fact.h"', False),
        ("generated code is allowed in a service", "server/service/a.cc", '#include "usher/v1/types.pb.h"', False),
        ("catalog does not know core", "catalog/model.cc", '#include "server/core/fact.h"', True),
        ("catalog does not know its parser", "catalog/model.cc", '#include "catalog/parse/load.h"', True),
        ("core does not know ports", "server/core/trace.cc", '#include "server/ports/store.h"', True),
        ("core does not know the wire", "server/core/trace.cc", '#include "usher/v1/types.pb.h"', True),
        ("engine does not know a store", "server/engine/ingest.cc", '#include "server/storage/sqlite/store.h"', True),
        ("a store does not know the engine", "server/storage/sqlite/a.cc", '#include "server/engine/ingest.h"', True),
        ("a service does not know gRPC adapters", "server/service/a.cc", '#include "server/rpc/server.h"', True),
        ("HTTP does not know RPC", "server/http/a.cc", '#include "server/rpc/server.h"', True),
        ("the listener knows no service", "server/listener/a.cc", '#include "server/service/error.h"', True),
        ("the relay knows the listener", "clients/relay/a.cc", '#include "server/listener/site.h"', False),
        ("the relay does not know the engine", "clients/relay/a.cc", '#include "server/engine/ingest.h"', True),
        ("a path starts at the root", "server/core/trace.cc", '#include "fact.h"', True),
        ("an unknown folder is refused", "server/other/a.cc", "", True),
        ("main knows the composition root", "server/main.cc", '#include "server/app/app.h"', False),
        ("main knows nothing else", "server/main.cc", '#include "server/engine/ingest.h"', True),
        ("tests may include everything", "tests/unit/core/a.cc", '#include "server/storage/sqlite/store.h"', False),
        ("yaml-cpp at home", "catalog/parse/load.cc", "#include <yaml-cpp/yaml.h>", False),
        ("yaml-cpp elsewhere", "catalog/model.cc", "#include <yaml-cpp/yaml.h>", True),
        ("SQLite elsewhere", "server/engine/a.cc", "#include <sqlite3.h>", True),
        ("simdjson elsewhere", "server/core/a.cc", "#include <simdjson.h>", True),
        ("Beast at home", "server/listener/a.cc", "#include <boost/beast/core.hpp>", False),
        ("Beast in the relay", "clients/relay/a.cc", "#include <boost/beast/core.hpp>", True),
        ("Beast elsewhere", "server/rpc/a.cc", "#include <boost/beast/core.hpp>", True),
        ("libpqxx elsewhere", "server/storage/sqlite/a.cc", "#include <pqxx/pqxx>", True),
        ("gRPC elsewhere", "server/engine/a.cc", "#include <grpcpp/grpcpp.h>", True),
        ("protobuf elsewhere", "server/ports/a.h", "#include <google/protobuf/message.h>", True),
        ("a thread in a pure folder", "server/core/a.cc", "#include <thread>", True),
        ("a file in a pure folder", "catalog/parse/a.cc", "#include <fstream>", True),
        ("a thread in the engine", "server/engine/a.cc", "#include <thread>", False),
    ]

    def test_rows(self):
        for rule, path, line, breach in self.ROWS:
            with self.subTest(rule):
                findings = tree_rules.check_includes(path, f"#pragma once\n{line}\n", LAYERS)
                self.assertEqual(breach, bool(findings), findings)

    def test_a_finding_names_the_line_and_what_is_allowed(self):
        findings = tree_rules.check_includes("server/core/a.cc", '\n#include "server/ports/store.h"\n', LAYERS)
        self.assertEqual(1, len(findings))
        self.assertIn("server/core/a.cc:2:", findings[0])
        self.assertIn("it may include: catalog", findings[0])


class OtherRulesTest(unittest.TestCase):
    def test_length(self):
        self.assertEqual([], tree_rules.check_length("a.cc", "x\n" * 500))
        self.assertEqual(1, len(tree_rules.check_length("a.cc", "x\n" * 501)))

    def test_words(self):
        for text in ("// TODO: later", "// not implemented", "// good for now", "a licence", "sleep_for(1s)", "/home/x"):
            with self.subTest(text):
                self.assertEqual(1, len(tree_rules.check_words("a.cc", text, WORDS)))
        self.assertEqual([], tree_rules.check_words("a.cc", "a license for nowhere, mastodon, framework/x", WORDS))

    def test_switches(self):
        enum = "switch (state) {\n  case State::kOpen: { f(); break; }\n  default: break;\n}\n"
        found = tree_rules.check_switches("a.cc", enum)
        self.assertEqual(["a.cc:3"], [finding.split(": ")[0] for finding in found])
        allowed = (
            "switch (c) { case 'x': break; default: break; }",
            "switch (n) { case 1: break; default: break; }",
            "switch (state) { case kOpen: break; }",
            "switch (state) { case kOpen: switch (c) { case '{': break; default: break; } }",
            "switch (code) { case absl::StatusCode::kOk: break; default: break; }",
            "// switch (s) { case kOpen: break; default: break; }",
        )
        for text in allowed:
            with self.subTest(text):
                self.assertEqual([], tree_rules.check_switches("a.cc", text))


if __name__ == "__main__":
    unittest.main()
