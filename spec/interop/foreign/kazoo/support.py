"""What the parts of the tour share: clients, telling what came of a step in a line, errors by their names, waiting."""

import json
import time

from kazoo.client import KazooClient

# The most that both servers grant with a tick of 500 ms.
SESSION_TIMEOUT_S = 10
PATIENCE_S = 30

clients = []


def say(step, value):
    print(step + ": " + json.dumps(value, sort_keys=True, default=readable), flush=True)


def readable(value):
    """Bytes and tuples of kazoo as JSON; what has no form of its own by its name."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Exception):
        return type(value).__name__
    return str(value)


def attempt(function, *args, **options):
    """What the call gives, or the name of what it raises."""
    try:
        return function(*args, **options)
    except Exception as error:  # Whatever it is belongs into the transcript.
        return type(error).__name__


def until(what, check):
    """Waits until the check gives something that is true, and gives it."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.01)
    raise RuntimeError("waited too long for " + what)


def connect(hosts, **options):
    client = KazooClient(hosts=hosts, **{"timeout": SESSION_TIMEOUT_S, **options})
    clients.append(client)
    client.start(timeout=PATIENCE_S)
    return client


def stop(client):
    client.stop()
    client.close()
    clients.remove(client)


def stat_facts(stat):
    """What of a stat is the same on every server."""
    return {
        "version": stat.version,
        "cversion": stat.cversion,
        "aversion": stat.aversion,
        "length": stat.dataLength,
        "children": stat.numChildren,
        "changed": stat.mzxid > stat.czxid,
        "children changed": stat.pzxid > stat.czxid,
        "owned": stat.ephemeralOwner != 0,
        "times": stat.ctime <= stat.mtime,
    }
