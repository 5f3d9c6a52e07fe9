"""A process with kazoo's parties, leases and SetPartitioner: told what to do on stdin, telling on stdout, a line of JSON each."""

import datetime
import json
import sys
import threading
import time

from kazoo.client import KazooClient

output = threading.Lock()


def say(event, **more):
    with output:
        print(json.dumps({"event": event, "at": int(time.time() * 1000), **more}), flush=True)


class Members:
    def __init__(self, client):
        self.client = client
        self.party = None
        self.partitioner = None
        self.leaving = threading.Event()

    def join(self, kind, path, identifier):
        """kind: Party or ShallowParty."""
        self.party = getattr(self.client, kind)(path, identifier)
        self.party.join()
        say("joined")

    def leave(self):
        self.party.leave()
        say("left")

    def members(self):
        say("members", names=sorted(self.party))

    def lease(self, path, identifier, seconds, count=None):
        """Without a count a NonBlockingLease, with one a MultiNonBlockingLease."""
        duration = datetime.timedelta(seconds=seconds)
        if count is None:
            got = self.client.NonBlockingLease(path, duration, identifier)
        else:
            got = self.client.MultiNonBlockingLease(count, path, duration, identifier)
        say("lease", obtained=bool(got))

    def partition(self, path, items, identifier, settle):
        threading.Thread(
            target=self.divide, args=(path, items, identifier, settle), daemon=True
        ).start()

    def divide(self, path, items, identifier, settle):
        """The loop of kazoo's documentation."""
        partitioner = self.client.SetPartitioner(
            path, set=items, identifier=identifier, time_boundary=settle, max_reaction_time=0.3
        )
        self.partitioner = partitioner
        told = None
        while not self.leaving.is_set():
            if partitioner.failed:
                say("failed")
                return
            if partitioner.release:
                say("released")
                told = None
                partitioner.release_set()
            elif partitioner.acquired:
                mine = sorted(partitioner)
                if mine != told:
                    say("acquired", items=mine)
                    told = mine
                time.sleep(0.02)
            elif partitioner.allocating:
                partitioner.wait_for_acquire(0.2)
        partitioner.finish()
        say("finished")

    def partners(self):
        """Whom its partitioner divides the items among."""
        say("partners", names=sorted(self.partitioner._party))

    def holder(self, path):
        say("holder", name=json.loads(self.client.get(path + "/lease_holder")[0])["holder"])

    def finish(self):
        self.leaving.set()


def main():
    settings = json.loads(sys.argv[1])
    client = KazooClient(hosts=settings["hosts"], timeout=settings["timeoutMs"] / 1000)
    client.start()
    members = Members(client)
    say("ready")
    for line in sys.stdin:
        request = json.loads(line)
        getattr(members, request.pop("do"))(**request)
    client.stop()


main()
