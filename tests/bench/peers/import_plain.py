"""A bank's calls with the standard library: csv rows into dicts. usage: import_plain.py calls.tsv.gz"""
import csv
import gzip
import sys

from figures import Watch, day_of_calls

watch = Watch()
days, rows = {}, 0
with gzip.open(sys.argv[1], "rt", encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file, delimiter="\t"):
        rows += 1
        outcome = row["outcome"]
        if outcome == "PHANTOM":
            continue
        day = days.setdefault(row["date"], [0, 0, 0, 0, 0])
        if outcome == "AGENT":
            waited = int(row["q_time"])
            day[0] += 1
            day[1] += waited
            day[2] += waited <= 20
            day[3] += int(row["ser_time"])
        else:
            day[4] += 1
whole = [sum(day[place] for day in days.values()) for place in range(5)]
answer = day_of_calls(*whole)
answer["by_day"] = {date: day_of_calls(*day) for date, day in sorted(days.items())}
watch.say(rows, answer)
