#!/usr/bin/env python3
"""Counts the test cases of one `bazel test`, from its build event file.

Every test action leaves a test.xml: GoogleTest writes its cases there, and for
other tests Bazel writes one case. Only files that this run names are read, so
results of removed targets do not count; a result from the cache does.
"""
import argparse
import json
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

# Bazel's exit codes: 0 is success, 3 is "built, but tests failed".
BAZEL_OK = 0
BAZEL_TESTS_FAILED = 3


class Count:
    """Cases by outcome, and a line of explanation for what is no case."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.notes = []

    def fail(self, note):
        self.failed += 1
        self.notes.append(note)

    def line(self):
        text = "%d passed, %d failed" % (self.passed, self.failed)
        return text + (", %d skipped" % self.skipped if self.skipped else "")


def case_outcome(case):
    """passed, failed, skipped, or None for a case that was not asked for."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("result") == "skipped":
        return "skipped"
    if case.get("status") == "notrun" or case.get("result") == "suppressed":
        return None
    return "passed"


def count_xml(root, label, status, count):
    """Adds one test.xml; a failure that no case shows is a failed case too."""
    failed_before = count.failed
    for case in root.iter("testcase"):
        outcome = case_outcome(case)
        if outcome == "failed":
            name = ".".join(filter(None, [case.get("classname"), case.get("name")]))
            count.fail("failed: %s %s" % (label, name))
        elif outcome == "skipped":
            count.skipped += 1
        elif outcome == "passed":
            count.passed += 1
    if status not in ("PASSED", "FLAKY") and count.failed == failed_before:
        count.fail("failed: %s (%s)" % (label, status))


def xml_path(result):
    for output in result.get("testActionOutput", []):
        if output.get("name") == "test.xml":
            return urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path)
    return None


def count_result(event, count):
    label = event["id"]["testResult"]["label"]
    # An interrupted run tells of tests that it never came to.
    result = event.get("testResult", {})
    status = result.get("status", "NO_STATUS")
    path = xml_path(result)
    if path is None:
        count.fail("failed: %s (%s, left no test.xml)" % (label, status))
        return
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError) as error:
        count.fail("failed: %s (%s, test.xml: %s)" % (label, status, error))
        return
    count_xml(root, label, status, count)


def count_events(events, bazel_exit):
    """The count of one run; whatever went wrong is at least one failure."""
    count = Count()
    for event in events:
        identity = event.get("id", {})
        if "testResult" in identity:
            count_result(event, count)
        elif "targetCompleted" in identity:
            if not event.get("completed", {}).get("success"):
                label = identity["targetCompleted"]["label"]
                count.fail("did not build: %s" % label)
    if bazel_exit not in (BAZEL_OK, BAZEL_TESTS_FAILED) and not count.failed:
        count.fail("bazel ended with exit code %d" % bazel_exit)
    if bazel_exit == BAZEL_TESTS_FAILED and not count.failed:
        count.fail("bazel says that tests failed, but no case does")
    if not count.passed and not count.failed:
        count.fail("no test ran")
    return count


def read_events(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bazel-exit", type=int, required=True)
    parser.add_argument("events")
    arguments = parser.parse_args()
    count = count_events(read_events(arguments.events), arguments.bazel_exit)
    for note in count.notes:
        print(note)
    print(count.line())
    sys.exit(1 if count.failed else 0)


if __name__ == "__main__":
    main()
