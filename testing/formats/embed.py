#!/usr/bin/env python3
"""Writes html_page.cc: the page's files as C++ texts.

  embed.py PAGE STYLE SCRIPT... > html_page.cc
"""
import base64
import hashlib
import sys

# Ends a raw string; no file may hold it.
MARK = "page"
# Compilers need not take longer texts in one piece.
PIECE = 8000


def literal(text):
    """The text as adjacent raw strings."""
    if ')%s"' % MARK in text:
        raise SystemExit('embed: a file holds )%s"; choose another mark' % MARK)
    pieces = [text[i : i + PIECE] for i in range(0, len(text), PIECE)]
    return "\n".join('R"%s(%s)%s"' % (MARK, piece, MARK) for piece in pieces)


def main():
    page, style, *scripts = (open(path, encoding="utf-8").read() for path in sys.argv[1:])
    script = "".join(scripts)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    print('#include "cohort/testing/formats/html_page.h"')
    print("namespace cohort::formats {")
    for name, text in (
        ("kHtmlPage", page),
        ("kHtmlStyle", style),
        ("kHtmlScript", script),
        ("kHtmlScriptHash", "sha256-" + digest),
    ):
        print("const std::string_view %s =\n%s;" % (name, literal(text)))
    print("}  // namespace cohort::formats")


if __name__ == "__main__":
    main()
