"""A headless Chromium, driven over WebDriver by the standard library alone.

  with Browser(folder) as browser:
      page = browser.open("/path/page.html", width=400)   # a session for each way to open
      page.run("return document.title")

`folder` takes the browser's profile. Errors: BrowserError with what the driver
said; `missing()` names the programs that are not installed.
"""
import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request

PROGRAMS = ("chromium", "chromedriver")
REQUEST_SECONDS = 60
HEIGHT = 1000

# WebDriver's code points for keys that are no characters.
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "ArrowUp": "\ue013", "ArrowDown": "\ue015"}
# Its name for a reference to an element.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class BrowserError(Exception):
    """The driver refused, or did not start."""


def missing():
    return [program for program in PROGRAMS if shutil.which(program) is None]


class Browser:
    def __init__(self, folder):
        self.pages = {}
        environment = dict(os.environ, HOME=folder, XDG_CONFIG_HOME=folder, XDG_CACHE_HOME=folder)
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        # Whatever proxy the machine has, the driver is on this machine.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.address = "http://127.0.0.1:%s" % self._port()

    def _port(self):
        said = []
        for line in self.driver.stdout:
            said.append(line)
            found = re.search(r"successfully on port (\d+)", line)
            if found:
                return found.group(1)
        raise BrowserError("chromedriver did not start: " + "".join(said))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for page in self.pages.values():
            page.call("DELETE", "")
        self.driver.terminate()
        self.driver.wait()
        self.driver.stdout.close()

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.address + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with self.opener.open(request, timeout=REQUEST_SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise BrowserError("%s %s: %s" % (method, path, error.read().decode())) from error

    def open(self, path, width=1400, dark=False, scripts=True, anchor=""):
        """The page, loaded anew, in a session that is kept for pages opened this way."""
        how = (width, dark, scripts)
        if how not in self.pages:
            self.pages[how] = self._start(*how)
        page = self.pages[how]
        # Another anchor alone would load nothing.
        page.call("POST", "/url", {"url": "about:blank"})
        page.call("POST", "/url", {"url": "file://" + path + anchor})
        return page

    def _start(self, width, dark, scripts):
        arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--no-first-run",
            # Nothing moves while somebody clicks.
            "--force-prefers-reduced-motion",
            # 0 is dark, 1 is light.
            "--blink-settings=preferredColorScheme=%d" % (0 if dark else 1),
        ]
        screen = {"width": width, "height": HEIGHT, "pixelRatio": 1}
        screen.update(mobile=False, touch=False)
        options = {
            "args": arguments,
            # A window is never as narrow as a telephone; an emulated screen is.
            "mobileEmulation": {"deviceMetrics": screen},
            "prefs": {"profile.managed_default_content_settings.javascript": 1 if scripts else 2},
        }
        capabilities = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        return Page(self, "/session/" + session["sessionId"])


class Page:
    """One tab; every `select` is a CSS selector."""

    def __init__(self, browser, session):
        self.browser = browser
        self.session = session

    def call(self, method, path, body=None):
        return self.browser.call(method, self.session + path, body)

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, select):
        found = self.call("POST", "/element", {"using": "css selector", "value": select})
        return found[ELEMENT]

    def shown(self, select):
        return self.call("GET", "/element/%s/displayed" % self.find(select))

    def click(self, select):
        self.call("POST", "/element/%s/click" % self.find(select), {})

    def press(self, *keys):
        actions = []
        for key in keys:
            value = KEYS.get(key, key)
            actions += [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        body = {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}
        self.call("POST", "/actions", body)

    def write(self, text):
        self.press(*text)

    def complaints(self):
        """What the page put on the console: errors, warnings, refused requests."""
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})]
