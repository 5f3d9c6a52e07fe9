"""Everything of kazoo's client that is one request: znodes, ACLs, transactions, the server's own words."""

from kazoo.security import OPEN_ACL_UNSAFE, make_acl, make_digest_acl

from support import attempt, connect, say, stat_facts, stop, until


def znodes(client, root):
    say("create", client.create(root, b"root"))
    say("create again", attempt(client.create, root))
    say("create without parent", attempt(client.create, root + "/a/b/c"))
    say("create makepath", client.create(root + "/a/b/c", b"deep", makepath=True))
    say("create sequence", [client.create(root + "/s-", sequence=True) for _ in range(2)])
    path, stat = client.create(root + "/both", b"12345", include_data=True)
    say("create include_data", [path, stat_facts(stat)])
    say("create null", [client.create(root + "/null", None), client.get(root + "/null")[0]])
    say("create ephemeral", client.create(root + "/e", ephemeral=True))
    say("create below ephemeral", attempt(client.create, root + "/e/child"))
    say("create ephemeral sequence", client.create(root + "/es-", ephemeral=True, sequence=True))
    say("ensure_path", [client.ensure_path(root + "/x/y"), client.ensure_path(root + "/x/y")])
    say("unicode", [client.create(root + "/ü-路", "ü-路".encode()), client.get(root + "/ü-路")[0]])
    say("exists", stat_facts(client.exists(root + "/e")))
    say("exists not", client.exists(root + "/none"))
    say("get", [client.get(root)[0], stat_facts(client.get(root)[1])])
    say("get not", attempt(client.get, root + "/none"))
    say("get_children", sorted(client.get_children(root)))
    children, stat = client.get_children(root + "/a", include_data=True)
    say("get_children include_data", [children, stat_facts(stat)])
    say("get_children not", attempt(client.get_children, root + "/none"))
    say("sync", [client.sync(root), client.sync(root + "/none")])


def changes(client, root):
    say("set", [stat_facts(client.set(root, b"new")), client.get(root)[0]])
    say("set version", stat_facts(client.set(root, b"newer", version=1)))
    say("set wrong version", attempt(client.set, root, b"x", version=1))
    say("set not", attempt(client.set, root + "/none", b"x"))
    large = b"x" * 1_000_000
    say("set large", client.set(root + "/both", large).dataLength)
    say("get large", client.get(root + "/both")[0] == large)
    say("set too large", attempt(client.set, root + "/both", b"x" * 1_100_000))
    until("the connection", lambda: client.connected)
    say("and goes on", client.retry(client.exists, root + "/both").version)
    say("delete wrong version", attempt(client.delete, root + "/both", version=9))
    say("delete not empty", attempt(client.delete, root + "/a"))
    say("delete not", attempt(client.delete, root + "/none"))
    say("delete", client.delete(root + "/both", version=1))
    say("delete recursive", [client.delete(root + "/a", recursive=True), client.exists(root + "/a")])
    say("delete special", attempt(client.delete, "/zookeeper/config"))


def acls(client, root):
    stranger, friend = connect(client.given_hosts), connect(client.given_hosts)
    secret = root + "/secret"
    mine = make_digest_acl("me", "secret", all=True)
    client.create(secret, b"hidden", acl=[mine])
    say("get_acls hidden", attempt(client.get_acls, secret))
    say("NoAuth", [attempt(one.get, secret) for one in (client, stranger, friend)])
    say("add_auth", [client.add_auth("digest", "me:secret"), friend.add_auth("digest", "me:wrong")])
    say("after add_auth", [attempt(one.get, secret) for one in (client, stranger, friend)][1:])
    say("owner", client.get(secret)[0])
    found, stat = client.get_acls(secret)
    say("get_acls", [[acl.acl_list, acl.id.scheme, acl.id.id] for acl in found] + [stat.aversion])
    say("set_acls wrong version", attempt(client.set_acls, secret, OPEN_ACL_UNSAFE, version=5))
    read = make_acl("world", "anyone", read=True)
    say("set_acls", stat_facts(client.set_acls(secret, [read, mine], version=0)))
    say("read only", [stranger.get(secret)[0], attempt(stranger.set, secret, b"x")])
    say("only creating", attempt(stranger.create, secret + "/child"))
    say("invalid", attempt(client.set_acls, secret, [make_acl("digest", "no-colon", all=True)]))
    say("unknown scheme", attempt(client.set_acls, secret, [make_acl("magic", "me", all=True)]))
    by_auth = [make_acl("auth", "", all=True)]
    say("auth needs one", attempt(stranger.create, root + "/auth", acl=by_auth))
    client.create(root + "/auth", acl=by_auth)
    say("auth becomes", client.get_acls(root + "/auth")[0][0].id.id.split(":")[0])
    known = connect(client.given_hosts, auth_data=[("digest", "me:secret")])
    say("auth_data", known.get(root + "/auth")[0])
    by_address = [make_acl("ip", "127.0.0.1", read=True), mine]
    client.create(root + "/address", b"local", acl=by_address)
    say("ip", [stranger.get(root + "/address")[0], attempt(stranger.delete, root + "/address")])
    # Whoever is refused can't close his session; it is a short one, so that it is over soon.
    refused = connect(client.given_hosts, timeout=1)
    say("add_auth unknown", attempt(refused.add_auth, "magic", "me"))
    stop(refused)
    for one in (stranger, friend, known):
        stop(one)


def transactions(client, root):
    client.create(root + "/t", b"0")
    good = client.transaction()
    good.create(root + "/t/new", b"new")
    good.create(root + "/t/s-", sequence=True)
    good.create(root + "/t/e", ephemeral=True)
    good.set_data(root + "/t", b"1")
    good.check(root + "/t", 1)
    good.delete(root + "/t/new")
    results = good.commit()
    say("commit", [stat_facts(one) if hasattr(one, "czxid") else one for one in results])
    stats = [client.exists(root + path) for path in ("/t/s-0000000001", "/t/e")]
    say("one zxid", stats[0].czxid == stats[1].czxid == client.exists(root + "/t").mzxid)
    bad = client.transaction()
    bad.create(root + "/t/lost")
    bad.delete(root + "/t/none")
    bad.set_data(root + "/t", b"2")
    say("RolledBack", bad.commit())
    say("nothing done", [client.exists(root + "/t/lost"), client.get(root + "/t")[0]])
    for name, add in {
        "check": lambda tx: tx.check(root + "/t", 9),
        "set": lambda tx: tx.set_data(root + "/none", b""),
        "create": lambda tx: tx.create(root + "/t"),
        "delete": lambda tx: tx.delete(root + "/t"),
    }.items():
        one = client.transaction()
        add(one)
        say("refused " + name, one.commit())
    say("empty", client.transaction().commit())
    say("counter rolled back", client.create(root + "/t/s-", sequence=True))


FIGURES = ["zk_version", "zk_server_state", "zk_znode_count", "zk_watch_count", "zk_ephemerals_count"]


def server(client, root):
    version = client.server_version()
    say("server_version", version >= (3, 8) and len(version) == 3)
    say("ruok", client.command(b"ruok"))
    say("isro", client.command(b"isro"))
    stat = client.command(b"stat")
    say("stat", ["Zookeeper version: 3." in stat, "Mode: standalone" in stat, "Node count: " in stat])
    names = [line.split("\t")[0] for line in client.command(b"mntr").splitlines()]
    say("mntr", [name for name in FIGURES if name in names])
    say("unknown word", attempt(client.command, b"what"))
    say("config", [client.get("/zookeeper/config")[0], attempt(client.set, "/zookeeper/config", b"")])
