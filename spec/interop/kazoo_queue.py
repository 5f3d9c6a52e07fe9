"""A process with a kazoo Queue or LockingQueue: told what to do on stdin, telling on stdout, a line of JSON each."""

import json
import sys

from kazoo.client import KazooClient


def say(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


class Consumer:
    """A line is a verb and its arguments, with blanks between them; answers with an event of the same name."""

    def __init__(self, client, settings):
        kind = client.LockingQueue if settings["kind"] == "LockingQueue" else client.Queue
        self.queue = kind(settings["path"])
        self.id = getattr(self.queue, "id", b"").decode()

    def put(self, priority, *texts):
        for text in texts:
            self.queue.put(text.encode(), int(priority))
        say("put")

    def put_all(self, *texts):
        self.queue.put_all([text.encode() for text in texts])
        say("put_all")

    def get(self, timeout=None):
        data = self.queue.get() if timeout is None else self.queue.get(float(timeout))
        say("get", text=None if data is None else data.decode(), id=self.id)

    def consume(self):
        say("consume", done=self.queue.consume())

    def release(self):
        say("release", done=self.queue.release())

    def length(self):
        say("length", length=len(self.queue))

    def drain(self, count):
        """Takes or processes entries until there are so many, or none comes any more."""
        texts = []
        while len(texts) < int(count):
            data = self.queue.get(2) if self.id else self.queue.get()
            if data is None:
                break
            if not self.id or self.queue.consume():
                texts.append(data.decode())
        say("drain", texts=texts)


def main():
    settings = json.loads(sys.argv[1])
    client = KazooClient(hosts=settings["hosts"], timeout=settings["timeoutMs"] / 1000)
    client.start()
    consumer = Consumer(client, settings)
    say("ready")
    for line in sys.stdin:
        verb, *arguments = line.split()
        getattr(consumer, verb)(*arguments)
    client.stop()


main()
