#!/usr/bin/env python3
"""Tests of count_tests.py: every way to go wrong is a failure in its count."""
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import count_tests  # noqa: E402

GOOD = """<testsuites><testsuite name="S">
<testcase name="A" status="run" result="completed" classname="S"/>
<testcase name="B" status="run" result="completed" classname="S"/>
</testsuite></testsuites>"""
MIXED = """<testsuites><testsuite name="S">
<testcase name="A" status="run" result="completed" classname="S"/>
<testcase name="B" status="run" result="completed" classname="S">
<failure message="x"/></testcase>
<testcase name="C" status="run" result="skipped" classname="S">
<skipped message="y"/></testcase>
<testcase name="DISABLED_D" status="notrun" result="suppressed"/>
</testsuite></testsuites>"""


class CountTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def result(self, xml, status="PASSED"):
        path = os.path.join(self.folder, "a%%20b %d.xml" % len(os.listdir(self.folder)))
        with open(path, "w", encoding="utf-8") as out:
            out.write(xml)
        uri = "file://" + path.replace("%", "%25").replace(" ", "%20")
        return {
            "id": {"testResult": {"label": "//a:b_test"}},
            "testResult": {
                "status": status,
                "testActionOutput": [{"name": "test.xml", "uri": uri}],
            },
        }

    def line(self, events, bazel_exit=0):
        return count_tests.count_events(events, bazel_exit).line()

    def test_sums_over_shards(self):
        events = [self.result(GOOD), self.result(GOOD)]
        self.assertEqual(self.line(events), "4 passed, 0 failed")

    def test_failed_and_skipped_cases(self):
        events = [self.result(MIXED, "FAILED")]
        self.assertEqual(self.line(events, 3), "1 passed, 1 failed, 1 skipped")

    def test_a_crash_that_no_case_shows_is_a_failure(self):
        events = [self.result(GOOD, "TIMEOUT")]
        self.assertEqual(self.line(events, 3), "2 passed, 1 failed")

    def test_a_broken_xml_is_a_failure(self):
        self.assertEqual(self.line([self.result("<te")]), "0 passed, 1 failed")

    def test_no_xml_is_a_failure(self):
        event = self.result(GOOD)
        event["testResult"]["testActionOutput"] = []
        self.assertEqual(self.line([event]), "0 passed, 1 failed")

    def test_a_test_that_the_end_came_before_is_a_failure(self):
        event = {"id": {"testResult": {"label": "//a:b_test"}}, "aborted": {}}
        events = [self.result(GOOD), event]
        self.assertEqual(self.line(events, 8), "2 passed, 1 failed")

    def test_a_target_that_did_not_build_is_a_failure(self):
        event = {"id": {"targetCompleted": {"label": "//a:b"}}, "completed": {}}
        count = count_tests.count_events([self.result(GOOD), event], 1)
        self.assertEqual(count.line(), "2 passed, 1 failed")
        self.assertEqual(count.notes, ["did not build: //a:b"])

    def test_an_exit_code_that_nothing_explains_is_a_failure(self):
        self.assertEqual(self.line([self.result(GOOD)], 1), "2 passed, 1 failed")
        self.assertEqual(self.line([self.result(GOOD)], 3), "2 passed, 1 failed")

    def test_nothing_ran_is_a_failure(self):
        self.assertEqual(self.line([]), "0 passed, 1 failed")


if __name__ == "__main__":
    unittest.main()
