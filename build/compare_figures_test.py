#!/usr/bin/env python3
"""Tests of compare_figures.py."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from compare_figures import compare, figures  # noqa: E402

EARLIER = figures(["# a comment", "speed: 2.00 higher", "cost: 1.0 lower\n"])


class CompareTest(unittest.TestCase):
    def says(self, *report):
        return compare(EARLIER, figures(report))

    def test_reads_only_figures(self):
        self.assertEqual(EARLIER, {"speed": (2.0, "higher"), "cost": (1.0, "lower")})
        self.assertEqual(figures(["a: b", "a 1.5", "table: 1 2", "x: 3"]), {"x": (3.0, None)})

    def test_a_tenth_is_noise(self):
        lines, good = self.says("speed: 1.9", "cost: 1.09", "other: 7")
        self.assertTrue(good)
        self.assertEqual(lines, ["speed: 1.9, was 2 (-5 %)", "cost: 1.09, was 1 (+9 %)"])

    def test_better_is_never_worse(self):
        self.assertTrue(self.says("speed: 9", "cost: 0.1")[1])

    def test_each_direction_rings(self):
        self.assertFalse(self.says("speed: 1.7", "cost: 1")[1])
        lines, good = self.says("speed: 2", "cost: 1.2")
        self.assertFalse(good)
        self.assertEqual(lines[1], "cost: 1.2, was 1 (+20 %) WORSE")

    def test_a_figure_that_is_gone_rings(self):
        lines, good = self.says("cost: 1")
        self.assertFalse(good)
        self.assertEqual(lines[0], "speed: was 2, is missing")


if __name__ == "__main__":
    unittest.main()
