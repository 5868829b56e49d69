#!/usr/bin/env python3
"""Runs clang-tidy over the files of a build folder's compile_commands.json, as many at once as there are processors.

A file that passed is not judged again until something it depends on changes: its text, the text of any project or
generated header it reaches, its compile command, .clang-tidy, or the tool's version.

usage: tidy.py BUILD_FOLDER [FILE...]
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

TOOL = "clang-tidy-19"
QUOTED_INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


@functools.lru_cache(maxsize=None)
def text_and_includes(path):
    text = path.read_text(encoding="utf-8")
    return text, QUOTED_INCLUDE.findall(text)


def reached_files(source, roots):
    """The source and every header it reaches through quoted includes below one of the roots, sorted."""
    seen, waiting = set(), [source]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for name in text_and_includes(path)[1]:
            for root in (path.parent, *roots):
                candidate = root / name
                if candidate.is_file():
                    waiting.append(candidate.resolve())
                    break
    return sorted(seen)


def key_of(entry, source, roots, settings):
    digest = hashlib.sha256(settings)
    digest.update(entry["command"].encode())
    for path in reached_files(source, roots):
        digest.update(f"\0{path}\0{text_and_includes(path)[0]}".encode())
    return digest.hexdigest()


def judge(build, source):
    return subprocess.run(
        [TOOL, "-p", str(build), "--quiet", str(source)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    root = pathlib.Path(__file__).resolve().parent.parent
    only = {pathlib.Path(name).resolve() for name in sys.argv[2:]}
    roots = (root, build / "generated")
    version = subprocess.run([TOOL, "--version"], stdout=subprocess.PIPE, check=True).stdout
    settings = version + (root / ".clang-tidy").read_bytes()
    passed = build / "tidy-passed"
    passed.mkdir(exist_ok=True)

    todo = {}
    total = 0
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        source = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if build in source.parents or (only and source not in only):
            continue
        total += 1
        stamp = passed / key_of(entry, source, roots, settings)
        if not stamp.exists():
            todo[source] = stamp
    print(f"clang-tidy: {total} files, {total - len(todo)} unchanged since they passed", flush=True)

    failures = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(judge, build, source): source for source in todo}
        for future in concurrent.futures.as_completed(running):
            source, result = running[future], future.result()
            if result.returncode == 0:
                todo[source].touch()
                continue
            failures += 1
            print(f"clang-tidy: {source.relative_to(root)}\n{result.stdout}", flush=True)
    if failures:
        print(f"clang-tidy: {failures} of {total} files have findings")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
