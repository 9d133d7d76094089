"""Replays parcel.json with the official SDK for Python; see docs/live.md."""

import asyncio
import sys
from datetime import timedelta

from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer


@workflow.defn(name="Parcel", sandboxed=False)
class Parcel:
    def __init__(self) -> None:
        self.notes = 0

    @workflow.signal(name="note")
    def note(self, n: int) -> None:
        self.notes += n

    @workflow.run
    async def run(self, parcel: str) -> str:
        label = await workflow.execute_activity(
            "label",
            parcel,
            result_type=str,
            start_to_close_timeout=timedelta(seconds=10),
        )
        if workflow.patched("weigh"):
            await workflow.sleep(1)
        await workflow.execute_child_workflow(
            "Courier", parcel, id="courier-1", result_type=str
        )
        await workflow.wait_condition(lambda: self.notes > 0)
        return label


async def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        history = WorkflowHistory.from_json("workflow-1", file.read())
    await Replayer(workflows=[Parcel]).replay_workflow(history)
    print("replayed", len(history.events), "events")


asyncio.run(main(sys.argv[1]))
