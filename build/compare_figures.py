#!/usr/bin/env python3
"""Holds the figures of a benchmark's report against earlier ones.

  compare_figures.py EARLIER < report

Both hold lines `name: figure`; in EARLIER each name has a word behind its
figure, `higher` or `lower`: which is better. Only those names are compared:
ratios, which mean the same on every machine. Prints a line for each, and exits
with 1 if one is worse by more than a tenth, or missing.
"""
import re
import sys

TOLERANCE = 0.1
FIGURE = re.compile(r"^(\w+): ([0-9.]+)(?: (higher|lower))?$")


def figures(lines):
    """{name: (figure, which is better or None)} of the lines that have one."""
    found = {}
    for line in lines:
        match = FIGURE.match(line.rstrip())
        if match:
            found[match[1]] = (float(match[2]), match[3])
    return found


def compare(earlier, now):
    """Lines to print, and whether nothing is worse."""
    lines, good = [], True
    for name, (was, better) in earlier.items():
        if name not in now:
            lines.append("%s: was %g, is missing" % (name, was))
            good = False
            continue
        figure = now[name][0]
        change = figure / was - 1
        worse = change < -TOLERANCE if better == "higher" else change > TOLERANCE
        good = good and not worse
        lines.append("%s: %g, was %g (%+.0f %%)%s" % (
            name, figure, was, 100 * change, " WORSE" if worse else ""))
    return lines, good


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        earlier = figures(file)
    if not earlier:
        sys.exit("%s: has no figures" % sys.argv[1])
    lines, good = compare(earlier, figures(sys.stdin))
    print("\n".join(lines))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
