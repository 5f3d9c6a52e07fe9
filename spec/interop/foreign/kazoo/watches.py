"""Watches: raw ones, and what kazoo builds of them."""

from kazoo.recipe.cache import TreeCache, TreeEvent
from kazoo.recipe.watchers import PatientChildrenWatch

from support import attempt, connect, say, stop, until


def raw(client, root):
    client.ensure_path(root)
    events = []

    def watch(name):
        return lambda event: events.append([name, event.type, event.state, event.path])

    path = root + "/watched"
    client.exists(path, watch=watch("exists"))
    client.get_children(root, watch=watch("children of parent"))
    client.create(path)
    client.get(path, watch=watch("get"))
    client.exists(path, watch=watch("exists"))
    client.set(path, b"1")
    client.set(path, b"unseen")
    client.get(path, watch=watch("get"))
    client.get_children(path, watch=watch("children"))
    client.create(path + "/child")
    client.delete(path + "/child")
    client.get_children(path, watch=watch("children"))
    client.delete(path)
    say("not there", attempt(client.get, path, watch=watch("never")))
    client.create(path)
    last = root + "/last"
    client.exists(last, watch=watch("last"))
    client.create(last)
    until("the last event", lambda: events[-1:] and events[-1][0] == "last")
    # Of one event, kazoo asks the watchers in the order of a set.
    say("raw", sorted(events[:6]) + sorted(events[6:]))


def made_of_them(client, root):
    path = root + "/data"
    seen, lists, other = [], [], connect(client.given_hosts)

    @client.DataWatch(path)
    def data_watch(data, stat, event):
        seen.append([data, stat and stat.version, event and event.type])
        return data != b"enough"

    client.ensure_path(root + "/list")

    @client.ChildrenWatch(root + "/list")
    def children_watch(children):
        lists.append(sorted(children))

    def step(change, size, of):
        change()
        until("call %d" % size, lambda: len(of) == size)

    step(lambda: other.create(path, b"one"), 2, seen)
    step(lambda: other.set(path, b"two"), 3, seen)
    step(lambda: other.delete(path), 4, seen)
    step(lambda: other.create(path, b"back"), 5, seen)
    step(lambda: other.set(path, b"enough"), 6, seen)
    other.set(path, b"unseen")
    step(lambda: other.create(root + "/list/a"), 2, lists)
    step(lambda: other.create(root + "/list/b"), 3, lists)
    step(lambda: other.delete(root + "/list/a"), 4, lists)
    say("DataWatch", seen)
    say("ChildrenWatch", lists)
    children, changed = PatientChildrenWatch(client, root + "/list", time_boundary=0.1).start().get()
    say("PatientChildrenWatch", children)
    other.create(root + "/list/c")
    changed.get(timeout=10)
    stop(other)


def tree_cache(client, root):
    names = {value: name for name, value in vars(TreeEvent).items() if isinstance(value, int)}
    client.create(root + "/tree/a/b", b"deep", makepath=True)
    events, cache = [], TreeCache(client, root + "/tree")
    cache.listen(
        lambda event: events.append(
            [names[event.event_type], event.event_data and event.event_data.path]
        )
    )
    cache.start()

    def told(*event):
        until(str(event), lambda: list(event) in events)

    told("INITIALIZED", None)
    say("TreeCache filled", sorted(events, key=str))
    del events[:]
    client.create(root + "/tree/c", b"new")
    told("NODE_ADDED", root + "/tree/c")
    client.set(root + "/tree/c", b"newer")
    told("NODE_UPDATED", root + "/tree/c")
    say("TreeCache data", cache.get_data(root + "/tree/c").data)
    say("TreeCache children", cache.get_children(root + "/tree"))
    client.delete(root + "/tree/a", recursive=True)
    told("NODE_REMOVED", root + "/tree/a")
    told("NODE_REMOVED", root + "/tree/a/b")
    say("TreeCache", sorted(events))
    cache.close()
