"""The queues' counts with the standard library: a line of JSON into dicts. usage: replay_plain.py log.jsonl

The same rules as the console's fold, for what is asked: a leg begins with each entry into a queue or with a transfer
to a person; it is answered, abandoned, flowed out or asked to be called back; voided conversations do not count.
"""
import json
import sys
from datetime import datetime, timedelta, timezone

from figures import Watch

EPOCH, MICRO = datetime(1970, 1, 1, tzinfo=timezone.utc), timedelta(microseconds=1)
REASONS = {"answered": "answered", "flowed_out": "out", "callback_requested": "callback"}


class Leg:
    __slots__ = ("queue", "enqueued", "dequeued", "outcome", "transferred")

    def __init__(self):
        self.queue = self.enqueued = self.dequeued = self.outcome = None
        self.transferred = False


def current(legs):
    if not legs:
        legs.append(Leg())
    return legs[-1]


watch = Watch()
conversations, voided, n = {}, set(), 0
with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        n += 1
        event = json.loads(line)
        kind = event["type"]
        if not kind.startswith("dev.retrace.conversation."):
            continue
        kind, stream, data = kind[25:], event["streamid"], event["data"]
        legs = conversations.setdefault(stream, [])
        at = (datetime.fromisoformat(event["time"]) - EPOCH) // MICRO
        if kind == "enqueued":
            last = legs[-1] if legs else None
            if last is None or last.queue is not None or last.enqueued is not None or last.transferred:
                last = Leg()
                legs.append(last)
            last.queue, last.enqueued = data["queue"], at
        elif kind == "dequeued":
            leg = current(legs)
            leg.dequeued, leg.outcome = at, REASONS[data["reason"]]
        elif kind == "abandoned":
            leg = current(legs)
            leg.dequeued, leg.outcome = at, "abandoned"
        elif kind == "assigned":
            leg = current(legs)
            leg.outcome = "answered"
            if leg.dequeued is None:
                leg.dequeued = at
        elif kind == "transferred":
            leg = current(legs)
            leg.transferred = True
            if leg.outcome is None:
                leg.dequeued, leg.outcome = at, "out"
            if data.get("to_agent") is not None:
                legs.append(Leg())
        elif kind == "ended":
            if legs and legs[-1].outcome is None:
                legs[-1].dequeued, legs[-1].outcome = at, "abandoned"
        elif kind == "voided":
            voided.add(stream)
queues = {}
for stream, legs in conversations.items():
    if stream in voided:
        continue
    for leg in legs:
        if leg.outcome is None or leg.dequeued is None:
            continue
        queue = queues.setdefault(leg.queue or "", dict(offered=0, answered=0, abandoned=0, within=0, wait_us=0))
        waited = 0 if leg.enqueued is None else max(0, leg.dequeued - leg.enqueued)
        queue["offered"] += leg.outcome != "callback"
        if leg.outcome == "answered":
            queue["answered"] += 1
            queue["within"] += waited <= 20_000_000
            queue["wait_us"] += waited
        elif leg.outcome == "abandoned":
            queue["abandoned"] += 1
watch.say(n, queues)
