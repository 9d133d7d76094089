"""The order on workers of several SDKs: who can replay, and go on with, whose runs.

    interop.py --bin FOLDER --sdk NAME=COMMAND... [--keep FOLDER]

For each SDK, on Temporal's development server:
  record   our worker records orders in several shapes; each history is replayed
           by each generation of the code, by the SDK's replayer and by ours;
  hand on  a worker of the one is killed while an order waits for a timer, a
           worker of the other ends it: with the right result, without a failed
           workflow task, and with a history that both replay.
Prints what disagrees, and last `interop: N agree, N disagree`; exits with 1 if
anything does. COMMAND is `COMMAND worker ADDRESS QUEUE GENERATION` and
`COMMAND replay FILE...`; FOLDER has order_worker, order_replay and temporal.
"""

import argparse
import base64
import json
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time

GENERATIONS = ("g0", "g1", "g2", "g3", "g4", "g5", "b1")
WAIT_SECONDS = 60

# What is done to an order, behind which timer's start (0: at once).
SHAPES = {
    "plain": [],
    "cancel3": [(1, "signal", "cancel-order", '"late"')],
    "cancel8": [(2, "signal", "cancel-order", '"late"')],
    "items": [(1, "signal", "add-item", '"pen"'), (1, "update", "set-address", '"M 1"')],
    "failcharge": [],
    "reqcancel3": [(1, "cancel", "", "")],
}
RESULTS = {"plain": "shipped:{}:0", "items": "shipped:{}:1", "cancel3": "refunded:late",
           "cancel8": "refunded:late"}
# Who records which shapes, and who hands on to whom behind which timer.
RECORDED = [("g2", shape) for shape in SHAPES] + [
    (generation, "plain") for generation in ("g0", "g1", "g3", "g4", "g5")]
HANDED_ON = [("g1", "g2", 1), ("g2", "g3", 2), ("g2", "g4", 1)]


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, program: str) -> None:
        self.program = program
        self.address = f"127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        self.process = subprocess.Popen(
            [program, "server", "start-dev", "--headless", "--port", port, "--log-level", "never"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.until(lambda: self.ask("list") is not None, "the server")

    def ask(self, *args: str):
        """What `temporal workflow ARGS` says; None if it fails."""
        ran = subprocess.run(
            [self.program, "workflow", *args, "--address", self.address, "--output", "json"],
            capture_output=True, text=True)
        return ran.stdout if ran.returncode == 0 else None

    def history(self, run: str) -> dict:
        return json.loads(self.ask("show", "--workflow-id", run) or '{"events": []}')

    def count(self, run: str, kind: str) -> int:
        return sum(e["eventType"] == "EVENT_TYPE_" + kind for e in self.history(run)["events"])

    def start(self, run: str, queue: str, shape: str) -> None:
        given = {"orderId": run, "failCharge": shape == "failcharge"}
        self.ask("start", "--type", "Order", "--task-queue", queue, "--workflow-id", run,
                 "--input", json.dumps(given))

    def do(self, run: str, what: str, name: str, value: str) -> None:
        if what == "signal":
            self.ask("signal", "--workflow-id", run, "--name", name, "--input", value)
        elif what == "update":
            self.ask("update", "execute", "--workflow-id", run, "--name", name, "--input", value)
        else:
            self.ask("cancel", "--workflow-id", run)

    def ended(self, run: str) -> dict:
        """Its history, once it is closed."""
        self.until(lambda: last_of(self.history(run)) in CLOSING, f"the end of {run}")
        return self.history(run)

    def until(self, holds, what: str) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(what)
            time.sleep(0.05)


CLOSING = {"COMPLETED", "FAILED", "CANCELED", "TERMINATED", "TIMED_OUT"}


def last_of(history: dict) -> str:
    events = history["events"]
    last = events[-1]["eventType"] if events else ""
    return last.removeprefix("EVENT_TYPE_WORKFLOW_EXECUTION_")


class Interop:
    def __init__(self, bin_folder: str, sdks: dict, keep: str) -> None:
        self.bin, self.sdks, self.keep = bin_folder, sdks, keep
        self.agree = self.disagree = 0
        self.server = Server(os.path.join(bin_folder, "temporal"))

    def check(self, holds: bool, what: str) -> None:
        self.agree += holds
        self.disagree += not holds
        if not holds:
            print("disagree:", what, flush=True)

    def worker(self, sdk: str, ours: bool, queue: str, generation: str):
        if ours:
            command = [os.path.join(self.bin, "order_worker"), generation, queue, sdk]
        else:
            command = [*self.sdks[sdk], "worker", self.server.address, queue, generation]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "TEMPORAL_ADDRESS": self.server.address})
        process.stdout.readline()  # it is ready
        return process

    def save(self, sdk: str, name: str, history: dict) -> str:
        path = os.path.join(self.keep, sdk, name + ".json")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(history, file, indent=1)
        return path

    def record(self, sdk: str) -> list:
        """Files of the orders that our worker has recorded."""
        files = []
        for generation in sorted({g for g, _ in RECORDED}):
            queue = f"{sdk}-{generation}"
            worker = self.worker(sdk, True, queue, generation)
            runs = {f"{queue}-{s}": s for g, s in RECORDED if g == generation}
            for run, shape in runs.items():
                self.server.start(run, queue, shape)
            for run, shape in runs.items():
                for timer, *step in SHAPES[shape]:
                    self.server.until(
                        lambda r=run, n=timer: self.server.count(r, "TIMER_STARTED") >= n, run)
                    self.server.do(run, *step)
            for run, shape in runs.items():
                history = self.server.ended(run)
                self.expect_result(run, shape, history)
                files.append(self.save(sdk, f"{generation}_{shape}", history))
            worker.stdin.close()
            worker.wait()
        return files

    def expect_result(self, run: str, shape: str, history: dict) -> None:
        result = json.dumps(RESULTS[shape].format(run)) if shape in RESULTS else ""
        self.check(result_in(history) == result, f"{run}: {history['events'][-1]}")
        failed = sum("WORKFLOW_TASK_FAILED" in e["eventType"] for e in history["events"])
        self.check(failed == 0, f"{run}: {failed} workflow tasks failed")

    def hand_on(self, sdk: str) -> list:
        """Files of orders that two workers shared, with the last generation."""
        files = []
        for ours_first in (True, False):
            for first, second, timer in HANDED_ON:
                name = f"{first}+{second}_at{timer}_{'ours' if ours_first else 'theirs'}_first"
                queue = f"{sdk}-{name}"
                worker = self.worker(sdk, ours_first, queue, first)
                self.server.start(queue, queue, "plain")
                self.server.until(
                    lambda: self.server.count(queue, "TIMER_STARTED") >= timer, queue)
                worker.kill()
                worker.wait()
                other = self.worker(sdk, not ours_first, queue, second)
                try:
                    history = self.server.ended(queue)
                except TimeoutError as stuck:
                    self.check(False, f"{stuck} did not come")
                    continue
                finally:
                    other.stdin.close()
                    other.wait()
                self.expect_result(queue, "plain", history)
                files.append((self.save(sdk, name, history), second))
        return files

    def theirs(self, sdk: str, files: list) -> dict:
        ran = subprocess.run(
            [*self.sdks[sdk], "replay", *files], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        lines = [line.split("\t") for line in ran.stdout.splitlines()]
        return {(l[0], l[1]): l[2] for l in lines if len(l) == 3}

    def ours(self, sdk: str, file: str, generation: str) -> str:
        ran = subprocess.run(
            [os.path.join(self.bin, "order_replay"), "replay", file,
             "--profile", sdk, "--strict", "sdk"],
            env={**os.environ, "ORDER_RELEASE": generation, "ORDER_STYLE": sdk},
            capture_output=True)
        return {0: "ok", 1: "nondeterminism"}.get(ran.returncode, "other-error")

    def run(self) -> int:
        for sdk in self.sdks:
            recorded = self.record(sdk)
            handed_on = self.hand_on(sdk)
            theirs = self.theirs(sdk, recorded + [file for file, _ in handed_on])
            for file in recorded:
                for generation in GENERATIONS:
                    said = theirs.get((file, generation), "nothing")
                    ours = self.ours(sdk, file, generation)
                    self.check(said == ours, f"{file} with {generation}: {sdk} {said}, we {ours}")
                own = os.path.basename(file).split("_")[0]
                said = theirs.get((file, own), "nothing")
                self.check(said == "ok", f"{file} with its own {own}: {sdk} {said}")
            for file, generation in handed_on:
                said = theirs.get((file, generation), "nothing")
                self.check(said == "ok", f"{file} with {generation}: {sdk} {said}")
                ours = self.ours(sdk, file, generation)
                self.check(ours == "ok", f"{file} with {generation}: we {ours}")
        print(f"interop: {self.agree} agree, {self.disagree} disagree")
        return 1 if self.disagree else 0


def result_in(history: dict) -> str:
    last = history["events"][-1]
    fields = last.get("workflowExecutionCompletedEventAttributes", {})
    payloads = fields.get("result", {}).get("payloads", [])
    if not payloads:
        return ""
    return base64.b64decode(payloads[0]["data"]).decode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True)
    parser.add_argument("--sdk", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--keep", metavar="FOLDER")
    args = parser.parse_args()
    sdks = {name: shlex.split(command) for name, _, command in (s.partition("=") for s in args.sdk)}
    with tempfile.TemporaryDirectory() as folder:
        interop = Interop(args.bin, sdks, args.keep or folder)
        try:
            return interop.run()
        finally:
            interop.server.process.kill()
            interop.server.process.wait()


if __name__ == "__main__":
    sys.exit(main())
