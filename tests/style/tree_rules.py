"""The rules of tree_test.py. Each takes the text of one file and returns a list of findings, one sentence each."""
import re

SOURCE_SUFFIXES = (".cc", ".h")
MOST_LINES = 500

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')
GENERATED = ("usher/v1/", "google/rpc/")


class Layers:
    """The table of layers.txt."""

    def __init__(self, text):
        self.folders, self.headers, self.pure = {}, {}, {}
        sections = {"[folders]": self.folders, "[headers]": self.headers, "[pure]": self.pure}
        section = None
        for line in text.splitlines():
            words = line.split("#")[0].split()
            if not words:
                continue
            if words[0] in sections:
                section = sections[words[0]]
            else:
                section[words[0]] = words[1:]

    def folder_of(self, path):
        """The innermost row of the table that contains `path`, or None."""
        if path.startswith(GENERATED):
            return "proto"
        return max((row for row in self.folders if lies_in(path, [row])), key=len, default=None)


def lies_in(path, folders):
    return any(path == folder or path.startswith(folder + "/") for folder in folders)


def check_includes(path, text, layers):
    folder = layers.folder_of(path)
    if folder is None:
        return [f"{path}: its folder has no row in tests/style/layers.txt; add one that says what it may include"]
    findings = []
    for number, line in enumerate(text.splitlines(), 1):
        include = INCLUDE.match(line)
        if not include:
            continue
        quote, header = include.groups()
        finding = judge_include(path, folder, quote, header, layers)
        if finding:
            findings.append(f"{path}:{number}: {finding}")
    return findings


def judge_include(path, folder, quote, header, layers):
    if quote == '"':
        target = layers.folder_of(header)
        allowed = layers.folders[folder]
        if target is None:
            return f'"{header}" is no path from the repository root into a folder of tests/style/layers.txt'
        if target != folder and target not in allowed and "*" not in allowed:
            return f"{folder} may not include {target} ({header}); it may include: {' '.join(allowed) or 'only itself'}"
        return None
    for start, homes in layers.headers.items():
        if header.startswith(start) and not lies_in(path, homes):
            return f"<{header}> belongs to {' '.join(homes)}"
    if lies_in(path, layers.pure.get("folders", [])):
        for start in layers.pure["headers"]:
            if header == start or (start.endswith("/") and header.startswith(start)):
                return f"<{header}> is refused in a pure folder: no I/O, clock, thread or randomness here"
    return None


def check_length(path, text):
    lines = text.count("\n")
    return [f"{path}: {lines} lines, at most {MOST_LINES}: split it by idea"] if lines > MOST_LINES else []


def check_words(path, text, words):
    findings = []
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, reason in words:
            found = pattern.search(line)
            if found:
                findings.append(f"{path}:{number}: '{found.group()}': {reason}")
    return findings


def read_words(text):
    rows = (line.split(" -- ") for line in text.splitlines() if line and not line.startswith("#"))
    return [(re.compile(pattern), reason) for pattern, reason in rows]


def without_comments_and_strings(text):
    """The same text with comments and literals blanked, so that braces can be counted; line breaks stay."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL
    )
    return pattern.sub(blank, text)


def blank(match):
    text = match.group()
    # A character literal stays recognisable: a switch over characters may have a default.
    return "'c'" if text.startswith("'") else re.sub(r"[^\n]", " ", text)


TOKEN = re.compile(r"\bswitch\b|\bcase\s+(?!absl::)(?:[\w:]+::)?k[A-Z]\w*\s*:|\bdefault\s*:|[{}]")


def check_switches(path, text):
    """A switch over our own enums (a case named kSomething) names every value: a new one must break the build."""
    findings, open_blocks, expects_switch = [], [], False
    text = without_comments_and_strings(text)
    for token in TOKEN.finditer(text):
        word = token.group()
        if word == "switch":
            expects_switch = True
        elif word == "{":
            open_blocks.append({"switch": expects_switch, "enum": False, "default": None})
            expects_switch = False
        elif word == "}":
            block = open_blocks.pop() if open_blocks else None
            if block and block["switch"] and block["enum"] and block["default"] is not None:
                findings.append(f"{path}:{block['default']}: default in a switch over an enum; name every value instead")
        else:
            block = next((block for block in reversed(open_blocks) if block["switch"]), None)
            if block is None:
                continue
            if word.startswith("case"):
                block["enum"] = True
            else:
                block["default"] = text.count("\n", 0, token.start()) + 1
    return findings
