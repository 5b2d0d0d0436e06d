"""A headless Chromium, steered by chromedriver over its HTTP interface. Standard library only."""

import base64
import contextlib
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

START_S = 60
CALL_S = 60
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars"]
KEY_RIGHT = "\ue014"


class Browser:
    """One window. Console and network are recorded from the begin."""

    def __enter__(self):
        self._stack = contextlib.ExitStack()
        with self._stack:
            folder = self._stack.enter_context(tempfile.TemporaryDirectory(
                prefix="skein-browser-", ignore_cleanup_errors=True))
            self._driver = self._start_driver(folder)
            options = {"binary": shutil.which("chromium"),
                       "args": ARGUMENTS + [f"--user-data-dir={folder}/profile"]}
            session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
            self._session = f"/session/{session['sessionId']}"
            self._stack.callback(self._call, "DELETE", self._session)
            # The first tab shows a page of the browser's own, which asks for this and that.
            self._session_call("url", {"url": "about:blank"})
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def open(self, page, width=1280, height=900, dark=False):
        """Opens a file or an address as a window of this size in this colour scheme shows it."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height,
                     deviceScaleFactor=1, mobile=width < 600)
        self.command("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        address = str(page)
        if not address.startswith(("http://", "about:")):
            address = pathlib.Path(page).resolve().as_uri()
        self._session_call("url", {"url": address})
        # Charts are drawn when their boxes get their sizes, a frame or two later.
        self.wait_for("return [...document.querySelectorAll('.chart')]"
                      ".every((box) => box.querySelector('canvas'))")

    def command(self, name, **parameters):
        """A command of the Chrome DevTools protocol."""
        return self._session_call("goog/cdp/execute", {"cmd": name, "params": parameters})

    def run(self, script, *arguments):
        """Runs the body of a JavaScript function; gives what it returns."""
        return self._session_call("execute/sync", {"script": script, "args": list(arguments)})

    def wait_for(self, condition, timeout_s=60):
        """Waits until a script returns something true, and gives it."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            found = self.run(condition)
            if found:
                return found
            time.sleep(0.05)
        raise TimeoutError(f"never true: {condition}")

    def click(self, selector):
        self._session_call(f"element/{self._find(selector)}/click", {})

    def type(self, selector, keys):
        self._session_call(f"element/{self._find(selector)}/value", {"text": keys})

    def console(self):
        """What the console said since the last call, as (level, message)."""
        return [(entry["level"], entry["message"])
                for entry in self._session_call("se/log", {"type": "browser"})]

    def requests(self):
        """The addresses that were asked for since the last call."""
        messages = [json.loads(entry["message"])["message"]
                    for entry in self._session_call("se/log", {"type": "performance"})]
        return [message["params"]["request"]["url"] for message in messages
                if message["method"] == "Network.requestWillBeSent"]

    def screenshot(self, path):
        """Writes the whole page, not only what the window shows, as a PNG."""
        size = self.command("Page.getLayoutMetrics")["cssContentSize"]
        image = self.command("Page.captureScreenshot", captureBeyondViewport=True, clip={
            "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})
        pathlib.Path(path).write_bytes(base64.b64decode(image["data"]))

    def _start_driver(self, folder):
        log = pathlib.Path(folder) / "chromedriver.log"
        with open(log, "wb") as out:
            process = subprocess.Popen([shutil.which("chromedriver"), "--port=0"], stdout=out,
                                       stderr=subprocess.STDOUT)
        self._stack.callback(process.wait)
        self._stack.callback(process.terminate)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and process.poll() is None:
            found = re.search(r"started successfully on port (\d+)", log.read_text())
            if found:
                return f"http://127.0.0.1:{found.group(1)}"
            time.sleep(0.05)
        raise RuntimeError("chromedriver did not start:\n" + log.read_text())

    def _find(self, selector):
        element = self._session_call("element", {"using": "css selector", "value": selector})
        return next(iter(element.values()))

    def _session_call(self, name, body):
        return self._call("POST", f"{self._session}/{name}", body)

    def _call(self, method, path, body=None):
        request = urllib.request.Request(
            self._driver + path, method=method, headers={"Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=CALL_S) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {json.load(error)['value']['message']}") from error
