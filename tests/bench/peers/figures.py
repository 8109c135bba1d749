"""What the scripts print: one JSON line with their own seconds, processor seconds and answer."""
import json
import time


class Watch:
    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def say(self, n, answer):
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        print(json.dumps({"wall_secs": wall, "cpu_secs": cpu, "n": n, "answer": answer}))


def day_of_calls(calls, waited, within, handled, abandoned):
    """The figures of one day, or of all: `calls` answered, the sums of their waits and services, hang-ups beside."""
    offered = calls + abandoned
    return {
        "offered": offered,
        "answered": calls,
        "abandoned": abandoned,
        "asa_s": waited / calls if calls else None,
        "aht_answered_s": handled / calls if calls else None,
        "sl20_of_offered": within / offered if offered else None,
    }
