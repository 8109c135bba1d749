"""A foreign log with pandas, or pm4py for XES: read, its times too. usage: read_source.py SOURCE FILE"""
import sys

import pandas

from figures import Watch

source, path = sys.argv[1:]
xes = source in ("volvo-xes", "bpic2012")
if xes or source == "ocel":
    # Its banner goes to the standard output, where one line of JSON is expected last.
    import pm4py

watch = Watch()
if xes:
    rows = pm4py.read_xes(path)
elif source == "ocel":
    rows = pm4py.read_ocel2_json(path).events
elif source == "csv":
    rows = pandas.read_csv(path)
    rows["started_at"] = pandas.to_datetime(rows["started_at"], format="%Y-%m-%d %H:%M:%S")
elif source == "volvo-csv":
    rows = pandas.read_csv(path, encoding="utf-8-sig")
    rows["Change Date+Time"] = pandas.to_datetime(rows["Change Date+Time"], utc=True)
elif source == "servicenow":
    rows = pandas.read_csv(path, dtype=str)
    for column in ("opened_at", "sys_updated_at", "resolved_at", "closed_at"):
        known = rows[column].where(rows[column] != "?")
        rows[column] = pandas.to_datetime(known, format="%d/%m/%Y %H:%M")
elif source == "anonymous-bank":
    rows = pandas.read_csv(path, sep="\t")
    for column in ("vru_entry", "vru_exit", "q_start", "q_exit", "ser_start", "ser_exit"):
        rows[column] = pandas.to_datetime(rows["date"].astype(str) + " " + rows[column], format="%y%m%d %H:%M:%S", errors="coerce")
else:
    rows = pandas.read_json(path, lines=True)
watch.say(len(rows), {"rows": len(rows)})
