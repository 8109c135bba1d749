"""A log of tickets with pandas, or pm4py for XES: read, its times too. usage: import_tickets.py SOURCE FILE"""
import sys

import pandas

from figures import Watch

source, path = sys.argv[1:]
if source == "volvo-xes":
    # Its banner goes to the standard output, where one line of JSON is expected last.
    import pm4py

watch = Watch()
if source == "volvo-xes":
    rows = pm4py.read_xes(path)
elif source == "volvo-csv":
    rows = pandas.read_csv(path, encoding="utf-8-sig")
    rows["Change Date+Time"] = pandas.to_datetime(rows["Change Date+Time"], utc=True)
else:
    rows = pandas.read_csv(path, dtype=str)
    for column in ("opened_at", "sys_updated_at", "resolved_at", "closed_at"):
        known = rows[column].where(rows[column] != "?")
        rows[column] = pandas.to_datetime(known, format="%d/%m/%Y %H:%M")
watch.say(len(rows), {"rows": len(rows)})
