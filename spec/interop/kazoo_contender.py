"""A process with a kazoo lock of some kind: told what to do on stdin, telling on stdout, a line of JSON each."""

import json
import sys
import threading
import time

from kazoo.client import KazooClient

output = threading.Lock()


def say(event, **more):
    with output:
        print(json.dumps({"event": event, "at": int(time.time() * 1000), **more}), flush=True)


class Contender:
    """Acquires in a thread of its own, so that it can be asked things while it waits."""

    def __init__(self, client, settings):
        kind = settings["kind"]
        self.election = kind == "Election"
        self.semaphore = kind == "Semaphore"
        more = {"max_leases": settings["maxLeases"]} if self.semaphore else {}
        self.recipe = getattr(client, kind)(settings["path"], settings["identifier"], **more)
        self.enough = threading.Event()

    def acquire(self):
        self.enough.clear()
        threading.Thread(target=self.contend, daemon=True).start()

    def contend(self):
        if self.election:
            self.recipe.run(self.hold)
        else:
            try:
                with self.recipe:
                    self.hold()
            except ValueError as error:
                say("refused", message=str(error))
                return
        say("released")

    def hold(self):
        say("held")
        self.enough.wait()

    def release(self):
        self.enough.set()

    def contenders(self):
        names = self.recipe.lease_holders() if self.semaphore else self.recipe.contenders()
        say("contenders", names=list(names))


def main():
    settings = json.loads(sys.argv[1])
    client = KazooClient(hosts=settings["hosts"], timeout=settings["timeoutMs"] / 1000)
    client.start()
    contender = Contender(client, settings)
    say("ready")
    for line in sys.stdin:
        getattr(contender, line.strip())()
    client.stop()


main()
