#!/usr/bin/env python3
"""The page of a replay in a real browser: clicks, filters, keys, widths.

  browser_test.py RENDER EXAMPLE.json HOSTILE.json
"""
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser as browsers  # noqa: E402

WIDE = 1400
NARROW = 400

SHOWN_ROWS = "return [...document.querySelectorAll('tbody.history')].filter(b => !b.hidden)"
FOCUSED = "return document.activeElement.closest('tbody.history')?.id ?? document.activeElement.id"
OPEN_ALL = """
document.querySelectorAll('button.source').forEach(b => b.click());
document.querySelectorAll('details').forEach(d => { d.open = true; });
"""

# Texts whose colour is too near to what is behind them: below 4.5 to 1.
FAINT = """
const rgb = (c) => {
  const p = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  p.fillStyle = c; p.fillRect(0, 0, 1, 1);
  const d = p.getImageData(0, 0, 1, 1).data;
  return [d[0], d[1], d[2], d[3] / 255];
};
const behind = (e) => {
  for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor);
    if (c[3] > 0.99) return c;
  }
  return [255, 255, 255, 1];
};
const light = (c) => {
  const f = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]);
};
const opacity = (e) => (e ? Number(getComputedStyle(e).opacity) * opacity(e.parentElement) : 1);
const out = [];
for (const e of document.querySelectorAll('body *')) {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== '');
  if (!own || !e.checkVisibility() || e.closest('script, .sr, .skip')) continue;
  const back = behind(e), o = opacity(e);
  const front = rgb(getComputedStyle(e).color).map((v, i) => v * o + back[i] * (1 - o));
  const [a, b] = [light(front), light(back)];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const what = `${e.className || e.tagName}: ${e.textContent.slice(0, 30)}`;
  if (ratio < 4.5) out.push(`${ratio.toFixed(2)} ${what}`);
}
return [...new Set(out)];
"""


class PageTest(unittest.TestCase):
    """Each test has a page of its own, and leaves no complaint behind."""

    browser = None
    example = hostile = ""

    def open(self, path=None, **how):
        self.page = self.browser.open(path or self.example, **how)
        return self.page

    def tearDown(self):
        self.assertEqual(self.page.complaints(), [])

    def rows(self):
        return [row["id"] for row in self.page.run(SHOWN_ROWS + ".map(b => ({id: b.id}))")]

    def text(self, select):
        return self.page.run("return document.querySelector(arguments[0]).innerText", select)

    def test_opens_and_closes_a_history(self):
        page = self.open()
        page.click("#h3 button.source")
        self.assertTrue(page.shown("#d3"))
        self.assertIn("shop/order.cc:41", self.text("#d3 .pane.code"))
        self.assertIn("ChargeV2", self.text("#d3 .line.differs .code"))
        self.assertIn("kChargeV2", self.text("#d3 pre"))
        # A divergence is said once.
        self.assertNotIn("TMPRL1100", self.text("#d3"))
        self.assertEqual(self.text("#d3 .folded summary"), "2 turns agree: 1 to 2")
        page.click("#h3 .where")
        self.assertFalse(page.shown("#d3"))

    def test_history_and_code_stand_side_by_side_where_there_is_room(self):
        places = """
        return ['history', 'code'].map((name) => {
          const side = document.querySelector('#d3 .line.differs > .' + name);
          const r = side.getBoundingClientRect();
          return [r.x, r.y];
        });
        """
        page = self.open(width=WIDE)
        page.click("#h3 button.source")
        history, code = page.run(places)
        self.assertEqual(history[1], code[1])
        self.assertLess(history[0] + 400, code[0])
        page = self.open(width=NARROW)
        page.click("#h3 button.source")
        history, code = page.run(places)
        self.assertLess(history[1], code[1])

    def test_filters_by_verdict(self):
        page = self.open()
        self.assertEqual(len(self.rows()), 18)
        page.click(".chip[data-verdict=divergent]")
        self.assertEqual(self.rows(), ["h3", "h4", "h5", "h7"])
        self.assertEqual(self.text("#shown"), "4 of 18 histories")
        page.click(".chip[data-verdict=failed]")
        self.assertEqual(self.rows(), ["h3", "h4", "h5", "h7", "h6"])
        page.click(".chip[data-verdict=divergent]")
        self.assertEqual(self.rows(), ["h6"])

    def test_filters_by_type(self):
        page = self.open()
        page.click("#type option[value=TripSaga]")
        self.assertEqual(self.rows(), ["h13", "h14", "h15"])
        page.click("#type option")
        self.assertEqual(len(self.rows()), 18)

    def test_searches_all_that_is_known_of_a_history(self):
        page = self.open()
        page.click("#search")
        page.write("NOTIFY java")
        self.assertEqual(self.rows(), ["h7"])
        page.press("Escape")
        self.assertEqual(len(self.rows()), 18)
        page.write("order.cc:41 1005")
        self.assertEqual(self.rows(), ["h4"])

    def test_says_when_nothing_matches(self):
        page = self.open()
        page.click("#search")
        page.write("no such text")
        self.assertEqual(self.rows(), [])
        self.assertTrue(page.shown("#nothing"))
        page.click("#reset")
        self.assertEqual(len(self.rows()), 18)
        self.assertFalse(page.shown("#nothing"))

    def test_a_count_shows_what_it_counts(self):
        page = self.open()
        page.click(".verdicts td[data-type=Subscription][data-verdict=clean] button")
        self.assertEqual(self.rows(), ["h9", "h10", "h11", "h12"])
        self.assertEqual(page.run(FOCUSED), "h9")

    def test_keys_move_and_open(self):
        page = self.open()
        page.press("j")
        self.assertEqual(page.run(FOCUSED), "h3")
        page.press("j", "j", "ArrowDown", "k")
        self.assertEqual(page.run(FOCUSED), "h5")
        outline = "return getComputedStyle(document.activeElement).outlineStyle"
        self.assertEqual(page.run(outline), "solid")
        page.press("Enter")
        self.assertTrue(page.shown("#d5"))
        page.press("ArrowUp", "k", "k", "k", "k")
        self.assertEqual(page.run(FOCUSED), "h3")

    def test_keys_skip_what_is_filtered_out(self):
        page = self.open()
        page.click(".chip[data-verdict=clean]")
        page.press("j", "j")
        self.assertEqual(page.run(FOCUSED), "h1")

    def test_slash_searches_and_letters_there_are_text(self):
        page = self.open()
        page.press("/")
        self.assertEqual(page.run(FOCUSED), "search")
        page.write("jk/?")
        self.assertEqual(page.run("return document.getElementById('search').value"), "jk/?")
        page.press("Escape", "Escape")
        self.assertEqual(page.run(FOCUSED), "h3")

    def test_a_question_mark_shows_the_keys(self):
        page = self.open()
        self.assertFalse(page.shown("#keys"))
        page.press("?")
        self.assertTrue(page.shown("#keys"))
        page.press("j", "Escape")
        self.assertFalse(page.shown("#keys"))

    def test_a_link_opens_its_history(self):
        page = self.open(anchor="#h7")
        self.assertTrue(page.shown("#d7"))
        self.assertFalse(page.run("return document.getElementById('d3') !== null"))

    def test_no_width_scrolls_sideways(self):
        for path in (self.example, self.hostile):
            for width in (NARROW, 980, WIDE):
                with self.subTest(path=path, width=width):
                    page = self.open(path, width=width)
                    page.run(OPEN_ALL)
                    self.assertEqual(page.run("return innerWidth"), width)
                    self.assertEqual(page.run("return document.documentElement.scrollWidth"), width)
                    self.assertEqual(page.complaints(), [])

    def test_light_and_dark_are_readable(self):
        backgrounds = set()
        for dark in (False, True):
            with self.subTest(dark=dark):
                page = self.open(dark=dark)
                page.run(OPEN_ALL)
                self.assertEqual(page.run(FAINT), [])
                page.run("document.querySelectorAll('.chip').forEach(c => c.click())")
                self.assertEqual(page.run(FAINT), [])
                self.assertEqual(page.complaints(), [])
                backgrounds.add(page.run("return getComputedStyle(document.body).backgroundColor"))
        self.assertEqual(len(backgrounds), 2)

    def test_hostile_names_are_only_text(self):
        page = self.open(self.hostile)
        page.run(OPEN_ALL)
        self.assertEqual(len(self.rows()), 8)
        self.assertIsNone(page.run("return window.hacked"))
        self.assertEqual(page.run("return document.querySelectorAll('img, iframe').length"), 0)
        self.assertIn("</script><script>window.hacked=1</script>", self.text("#h0"))
        page.click("#search")
        page.write("constructor")
        self.assertEqual(self.rows(), [])

    def test_without_scripts_the_tables_are_there(self):
        page = self.open(scripts=False)
        self.assertTrue(page.shown("#h3 .what"))
        self.assertTrue(page.shown("#noscript"))
        self.assertTrue(page.shown(".heat"))
        self.assertFalse(page.shown("#tools"))


class Cases(unittest.TextTestResult):
    """Keeps the cases for Bazel's test.xml."""

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.suite = ElementTree.Element("testsuite", name="browser_test")

    def startTest(self, test):
        super().startTest(test)
        name = test.id().rsplit(".", 1)[-1]
        ElementTree.SubElement(self.suite, "testcase", classname="PageTest", name=name)

    def mark(self, kind, text):
        ElementTree.SubElement(self.suite[-1], kind, message=text)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.mark("failure", str(err[1]))

    def addError(self, test, err):
        super().addError(test, err)
        self.mark("error", str(err[1]))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.mark("failure", "%s: %s" % (subtest, err[1]))


def report(suite):
    path = os.environ.get("XML_OUTPUT_FILE")
    if path:
        root = ElementTree.Element("testsuites")
        root.append(suite)
        ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def skip(why):
    print("browser_test: skipped: " + why)
    suite = ElementTree.Element("testsuite", name="browser_test")
    case = ElementTree.SubElement(suite, "testcase", classname="PageTest", name="all")
    ElementTree.SubElement(case, "skipped", message=why)
    report(suite)


def rendered(render, json_path, folder):
    path = os.path.join(folder, os.path.basename(json_path).replace(".json", ".html"))
    with open(path, "wb") as out:
        subprocess.run([render, "html", json_path], stdout=out, check=True)
    return path


def main():
    lacking = browsers.missing()
    if lacking:
        skip("no %s; build/setup browser installs it" % " and no ".join(lacking))
        return 0
    render, example, hostile = sys.argv[1:4]
    with tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR")) as folder:
        PageTest.example = rendered(render, example, folder)
        PageTest.hostile = rendered(render, hostile, folder)
        with browsers.Browser(folder) as browser:
            PageTest.browser = browser
            suite = unittest.defaultTestLoader.loadTestsFromTestCase(PageTest)
            result = unittest.TextTestRunner(resultclass=Cases, verbosity=2).run(suite)
    report(result.suite)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
