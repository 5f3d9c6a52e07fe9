"""Shows a server all that kazoo can do, and tells on stdout what came of it: `tour.py HOST:PORT ROOT`."""

import sys

import basics
import recipes
import sessions
import watches
from support import connect, say, stop

PARTS = [
    basics.znodes,
    basics.changes,
    basics.acls,
    basics.transactions,
    basics.server,
    watches.raw,
    watches.made_of_them,
    watches.tree_cache,
    recipes.locks,
    recipes.elections,
    recipes.queues,
    recipes.parties,
    recipes.counters,
    recipes.barriers,
    recipes.shares,
    sessions.states,
    sessions.resumption,
    sessions.expiry,
]


def main(hosts):
    client = connect(hosts)
    client.given_hosts = hosts
    for part in PARTS:
        say("part", part.__module__ + "." + part.__name__)
        part(client, "/kazoo")
    client.delete("/kazoo", recursive=True)
    say("part", "end")
    stop(client)


main(sys.argv[1])
