"""The order of examples/order.h as a user of the Python SDK writes it, and what
that SDK says of histories.

    order.py worker ADDRESS QUEUE GENERATION   until its input ends
    order.py replay FILE...    FILE <tab> GENERATION <tab> ok|nondeterminism|other-error
"""

import asyncio
import json
import sys
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

LIMITS = {
    "start_to_close_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=100), maximum_attempts=2
    ),
}
ACTIVITIES = (
    "validate fraudCheck fraudCheckV2 charge reserve capture refund email ship price"
)


async def call(name: str, argument: str) -> str:
    return await workflow.execute_activity(name, argument, result_type=str, **LIMITS)


def g1_fraud() -> str:
    return "fraudCheck" if workflow.patched("fraud-check") else ""


def g2_fraud() -> str:
    return "fraudCheckV2" if workflow.patched("fraud-check-2") else g1_fraud()


def g3_fraud() -> str:
    if workflow.patched("fraud-check-2"):
        return "fraudCheckV2"
    workflow.deprecate_patch("fraud-check")
    return "fraudCheck"


def g4_fraud() -> str:
    workflow.deprecate_patch("fraud-check-2")
    return "fraudCheckV2"


def g4_split() -> bool:
    workflow.deprecate_patch("split-charge")
    return True


def guarded() -> bool:
    return workflow.patched("split-charge")


# How the code checks for fraud ("" for not at all), and whether it splits the
# payment. b1 is wrong: it has no guard.
GENERATIONS = {
    "g0": (lambda: "", lambda: False),
    "g1": (g1_fraud, lambda: False),
    "g2": (g2_fraud, guarded),
    "g3": (g3_fraud, guarded),
    "g4": (g4_fraud, g4_split),
    "g5": (lambda: "fraudCheckV2", lambda: True),
    "b1": (lambda: "fraudCheck", lambda: False),
}


@workflow.defn(name="Notify", sandboxed=False)
class Notify:
    @workflow.run
    async def run(self, order: str) -> str:
        return await call("email", order)


# The code of this moment: a workflow class has to be global.
CODE = {"generation": "g2"}


@workflow.defn(name="Order", sandboxed=False)
class Order:
    def __init__(self) -> None:
        self.status, self.address, self.items, self.reason = "new", "", 0, None

    @workflow.query(name="status")
    def get_status(self) -> str:
        return self.status

    @workflow.signal(name="cancel-order")
    def cancel(self, reason: str) -> None:
        self.reason = reason

    @workflow.signal(name="add-item")
    def add(self, _: str) -> None:
        self.items += 1

    @workflow.update(name="set-address")
    def set_address(self, address: str) -> str:
        self.address = address
        return "ok:" + address

    @set_address.validator
    def check_address(self, address: str) -> None:
        if not address:
            raise ValueError("empty address")

    async def pay(self, order: str, fails: bool, split) -> None:
        payment = order + ("#fail" if fails else "")
        if split():
            await call("reserve", order)
            await call("capture", payment)
        else:
            await call("charge", payment)

    async def grace(self) -> None:
        try:
            await workflow.wait_condition(
                lambda: self.reason is not None, timeout=timedelta(seconds=1)
            )
        except asyncio.TimeoutError:
            pass

    @workflow.run
    async def run(self, given: dict) -> str:
        fraud, split = GENERATIONS[CODE["generation"]]
        order = given["orderId"]
        self.status = "validating"
        await call("validate", order)
        check = fraud()
        if check:
            await call(check, order)
        self.status = "waiting"
        await asyncio.sleep(1)
        await self.pay(order, given.get("failCharge", False), split)
        if self.reason is None:
            await workflow.execute_local_activity(
                "price", order, result_type=str, **LIMITS
            )
            await workflow.execute_child_workflow(
                "Notify", order, id=workflow.info().workflow_id + "-notify"
            )
            self.status = "grace"
            await self.grace()
        if self.reason is not None:
            await call("refund", order)
            return "refunded:" + self.reason
        self.status = "shipping"
        await call("ship", order)
        self.status = "done"
        return f"shipped:{order}:{self.items}"


def doing(name: str):
    @activity.defn(name=name)
    async def body(argument: str) -> str:
        if argument.endswith("#fail"):
            raise ApplicationError(name + " failed", type="Declined")
        return f"{name}:{argument}"

    return body


async def work(address: str, queue: str, generation: str) -> None:
    CODE["generation"] = generation
    worker = Worker(
        await Client.connect(address),
        task_queue=queue,
        workflows=[Order, Notify],
        activities=[doing(name) for name in ACTIVITIES.split()],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with worker:
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def verdict(path: str, generation: str) -> str:
    with open(path, encoding="utf-8") as file:
        given = json.load(file)
    CODE["generation"] = generation
    start = given["events"][0]["workflowExecutionStartedEventAttributes"]
    replayer = Replayer(
        workflows=[Order, Notify],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    try:
        await replayer.replay_workflow(
            WorkflowHistory.from_json(start["workflowId"], given)
        )
    except workflow.NondeterminismError as error:
        print(path, generation, error, file=sys.stderr)
        return "nondeterminism"
    except Exception as error:  # whatever else the SDK has to say
        print(path, generation, error, file=sys.stderr)
        return "other-error"
    return "ok"


async def main(args: list) -> int:
    if len(args) == 4 and args[0] == "worker":
        await work(*args[1:])
    elif len(args) > 1 and args[0] == "replay":
        for path in args[1:]:
            for generation in GENERATIONS:
                print(path, generation, await verdict(path, generation), sep="\t")
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
