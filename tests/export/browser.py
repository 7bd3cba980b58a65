"""A real browser without a window, driven by Chrome's DevTools protocol.

Messages are JSON, ended by a zero byte, through two pipes: what the browser
reads at descriptor 3 and writes at 4. https://chromedevtools.github.io/
describes them.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PROGRAM = next(filter(None, map(shutil.which, NAMES)), None)
# Nothing that would look for a display, a GPU or a server of its maker.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
]
LAUNCH = """
import os, sys
for target, descriptor in ((3, sys.argv[1]), (4, sys.argv[2])):
    os.dup2(int(descriptor), target)
os.execv(sys.argv[3], sys.argv[3:])
"""
PATIENCE = 60  # seconds, on a busy machine


class Browser:
    """One page. Use it in a `with` statement.

    Args:
        profile: Path of a folder for what the browser keeps.

    Attributes:
        requests: List of the addresses that page and workers asked for.
        complaints: List of errors and warnings of page and workers.
    """

    def __init__(self, profile):
        self.requests, self.complaints = [], []
        self._replies, self._rest, self._number = {}, b"", 0
        # Beyond 3 and 4, which are about to be taken.
        ends = [
            fcntl.fcntl(end, fcntl.F_DUPFD, 10)
            for pair in (os.pipe(), os.pipe())
            for end in pair
        ]
        theirs_in, self._out, self._in, theirs_out = ends
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-c", LAUNCH),
                *(str(theirs_in), str(theirs_out)),
                *(PROGRAM, *FLAGS, f"--user-data-dir={profile}"),
            ],
            pass_fds=(theirs_in, theirs_out),
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._session = None
        target = self.call("Target.createTarget", url="about:blank")
        self._session = self.call(
            "Target.attachToTarget", flatten=True, **target
        )["sessionId"]
        self._listen(self._session)
        self.call("Page.enable")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._session = None
        try:
            self.call("Browser.close")
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            os.close(self._in)
            os.close(self._out)

    def call(self, method, **parameters):
        """Send a message, return the result of the answer."""
        number = self._send(method, self._session, parameters)
        reply = self._until(lambda: self._replies.pop(number, None))
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']['message']}")
        return reply["result"]

    def evaluate(self, expression):
        """Return what a JavaScript expression, or its promise, is."""
        reply = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in reply:
            raise RuntimeError(f"{expression}: {reply['exceptionDetails']}")
        return reply["result"].get("value")

    def wait_for(self, expression):
        """Evaluate an expression until it is true; return what it is."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if value := self.evaluate(expression):
                return value
            time.sleep(0.02)
        raise TimeoutError(f"{expression} did not become true.")

    def press(self, key, code):
        """Press and release a key, such as ("Tab", 9)."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
            )

    def look(self, width, height, scheme="light", mobile=False):
        """Set the window's size in points, and "light" or "dark"."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if mobile else 1,
            mobile=mobile,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)

    def screenshot(self, path):
        """Write the whole page as a PNG file."""
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(data["data"]))

    def _listen(self, session):
        """Hear of requests, complaints and workers."""
        for domain in ("Runtime", "Network", "Log"):
            self._send(f"{domain}.enable", session)
        self._send(
            "Target.setAutoAttach",
            session,
            {
                "autoAttach": True,
                "waitForDebuggerOnStart": True,
                "flatten": True,
            },
        )
        self._send("Runtime.runIfWaitingForDebugger", session)

    def _send(self, method, session, parameters=None):
        self._number += 1
        message = {"id": self._number, "method": method}
        message["params"] = parameters or {}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        return self._number

    def _until(self, found):
        end = time.monotonic() + PATIENCE
        while (result := found()) is None:
            left = max(0, end - time.monotonic())
            if not select.select([self._in], [], [], left)[0]:
                raise TimeoutError("The browser does not answer.")
            data = os.read(self._in, 2**20)
            if not data:
                raise EOFError("The browser has ended.")
            *messages, self._rest = (self._rest + data).split(b"\0")
            for message in messages:
                self._take(json.loads(message))
        return result

    def _take(self, message):
        if "id" in message:
            self._replies[message["id"]] = message
            return
        method, told = message["method"], message["params"]
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Target.attachedToTarget" and self._session:
            self._listen(told["sessionId"])
        elif (
            method == "Runtime.exceptionThrown"
            or (
                method == "Runtime.consoleAPICalled"
                and told["type"] in ("error", "warning", "assert")
            )
            or (
                method == "Log.entryAdded"
                and told["entry"]["level"] in ("error", "warning")
            )
        ):
            self.complaints.append(told)
