#!/usr/bin/env python3
"""Proves that tools/tidy.py judges a file again when anything it depends on changes, and only then."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import tidy  # noqa: E402  (found through the line above)


class KeyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        self.write("core/a.cc", '#include "core/a.h"\n#include <vector>\n')
        self.write("core/a.h", '#include "core/b.h"\n#include "wire/types.pb.h"\n')
        self.write("core/b.h", '#include "core/a.h"\n')
        self.write("core/unrelated.h", "")
        self.write("generated/wire/types.pb.h", "")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def key(self, command="c++ -c core/a.cc", settings=b"checks"):
        tidy.text_and_includes.cache_clear()
        roots = (self.root, self.root / "generated")
        return tidy.key_of({"command": command}, self.root / "core/a.cc", roots, settings)

    def test_the_key_is_stable(self):
        self.assertEqual(self.key(), self.key())

    def test_an_unrelated_file_does_not_matter(self):
        before = self.key()
        self.write("core/unrelated.h", "int x;\n")
        self.assertEqual(before, self.key())

    def test_whatever_the_file_reaches_matters(self):
        for name in ("core/a.cc", "core/a.h", "core/b.h", "generated/wire/types.pb.h"):
            with self.subTest(name):
                before = self.key()
                self.write(name, (self.root / name).read_text(encoding="utf-8") + "int changed;\n")
                self.assertNotEqual(before, self.key())

    def test_the_command_and_the_checks_matter(self):
        self.assertNotEqual(self.key(), self.key(command="c++ -O2 -c core/a.cc"))
        self.assertNotEqual(self.key(), self.key(settings=b"other checks"))


if __name__ == "__main__":
    unittest.main()
