// Shows a server what ZooKeeper's own Java client can do, and tells what came of each step in a line: `Tour HOST:PORT`.

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;

public class Tour {
  static final int TIMEOUT_MS = 10_000;
  static final long PATIENCE_MS = 30_000;
  static final String ROOT = "/java";

  static String hosts;
  static ZooKeeper zk;
  static Events session = new Events();

  /** What a watcher was told, in order. */
  static class Events implements Watcher {
    private final List<String> told = new ArrayList<>();

    @Override
    public synchronized void process(WatchedEvent event) {
      add(event.getType() == EventType.None ? "" + event.getState() : event.getType() + " " + event.getPath());
    }

    synchronized void add(String what) {
      told.add(what);
      notifyAll();
    }

    /** Waits for so many and takes them away; what is told besides is seen by whoever takes next. */
    synchronized List<String> take(int count) throws InterruptedException {
      long end = System.currentTimeMillis() + PATIENCE_MS;
      while (told.size() < count) {
        long left = end - System.currentTimeMillis();
        if (left <= 0) throw new IllegalStateException("waited for " + count + " events, but " + told);
        wait(left);
      }
      List<String> first = told.subList(0, count);
      List<String> taken = new ArrayList<>(first);
      first.clear();
      return taken;
    }

    List<String> takeSorted(int count) throws InterruptedException {
      return take(count).stream().sorted().collect(Collectors.toList());
    }
  }

  static void say(String step, Object value) {
    System.out.println(step + ": " + value);
  }

  /** What the call gives, or the code and path of what it throws. */
  static Object attempt(Callable<?> call) throws Exception {
    try {
      return call.call();
    } catch (KeeperException error) {
      return error.code() + (error.getPath() == null ? "" : " " + error.getPath());
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] data) {
    return data == null ? "null" : new String(data, StandardCharsets.UTF_8);
  }

  static String facts(Stat stat) {
    if (stat == null) return "null";
    return String.format(
        "version %d cversion %d aversion %d length %d children %d changed %b owned %b",
        stat.getVersion(), stat.getCversion(), stat.getAversion(), stat.getDataLength(), stat.getNumChildren(),
        stat.getMzxid() > stat.getCzxid(), stat.getEphemeralOwner() != 0);
  }

  static ZooKeeper connect(Events events) throws Exception {
    ZooKeeper client = new ZooKeeper(hosts, TIMEOUT_MS, events);
    say("connected", events.take(1));
    return client;
  }

  static String create(String path, String data, CreateMode mode) throws Exception {
    return zk.create(path, data == null ? null : bytes(data), Ids.OPEN_ACL_UNSAFE, mode);
  }

  static void creating() throws Exception {
    for (CreateMode mode : CreateMode.values()) {
      if (mode.isTTL()) continue;
      Stat stat = new Stat();
      say("create " + mode, zk.create(ROOT + "/" + mode, bytes("x"), Ids.OPEN_ACL_UNSAFE, mode, stat) + " " + facts(stat));
    }
    for (CreateMode mode : List.of(CreateMode.PERSISTENT_WITH_TTL, CreateMode.PERSISTENT_SEQUENTIAL_WITH_TTL)) {
      Stat stat = new Stat();
      String path = zk.create(ROOT + "/ttl-", bytes("x"), Ids.OPEN_ACL_UNSAFE, mode, stat, 600_000);
      say("create " + mode, path + " " + facts(stat));
    }
    say("create again", attempt(() -> create(ROOT, "", CreateMode.PERSISTENT)));
    say("create without parent", attempt(() -> create("/none/child", "", CreateMode.PERSISTENT)));
    say("create null", text(zk.getData(create(ROOT + "/null", null, CreateMode.PERSISTENT), false, null)));
    say("create invalid acl", attempt(() -> zk.create(ROOT + "/x", null, Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT)));
    say("create no acl", attempt(() -> zk.create(ROOT + "/x", null, new ArrayList<>(), CreateMode.PERSISTENT)));
    for (String name : zk.getChildren(ROOT, false)) zk.delete(ROOT + "/" + name, -1);
  }

  /** Replies and events are told on one thread, in the order in which the server sent them. */
  static void asynchronous() throws Exception {
    Events told = new Events();
    String path = ROOT + "/async";
    zk.exists(path, told);
    zk.create(path, bytes("0"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT,
        (rc, p, ctx, name, stat) -> told.add("create " + rc + " " + name + " " + facts(stat)), null);
    zk.getData(path, told, (rc, p, ctx, data, stat) -> told.add("get " + rc + " " + text(data)), null);
    zk.setData(path, bytes("1"), 0, (rc, p, ctx, stat) -> told.add("set " + rc + " " + facts(stat)), null);
    zk.setData(path, bytes("2"), 0, (rc, p, ctx, stat) -> told.add("set " + rc + " " + facts(stat)), null);
    zk.getChildren(path, told, (rc, p, ctx, names, stat) -> told.add("children " + rc + " " + names), null);
    zk.exists(path + "/none", false, (rc, p, ctx, stat) -> told.add("exists " + rc), null);
    zk.getACL(path, new Stat(), (rc, p, ctx, acl, stat) -> told.add("acl " + rc + " " + acl.size()), null);
    zk.sync(path, (rc, p, ctx) -> told.add("sync " + rc + " " + p), null);
    zk.multi(List.of(Op.create(path + "/child", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT), Op.check(path, 1)),
        (rc, p, ctx, results) -> told.add("multi " + rc + " " + results.size()), null);
    zk.delete(path, 1, (rc, p, ctx) -> told.add("delete not empty " + rc), null);
    zk.delete(path + "/child", 0, (rc, p, ctx) -> told.add("delete " + rc), null);
    zk.getData(path, told, (rc, p, ctx, data, stat) -> told.add("get " + rc + " " + text(data)), null);
    zk.delete(path, 1, (rc, p, ctx) -> told.add("delete " + rc), null);
    zk.getAllChildrenNumber(ROOT, (rc, p, ctx, number) -> told.add("all children " + rc + " " + number), null);
    zk.getEphemerals(ROOT, (rc, ctx, paths) -> told.add("ephemerals " + rc + " " + paths), null);
    for (String one : told.take(19)) say("async", one);
  }

  static void transactions() throws Exception {
    String path = ROOT + "/tx";
    List<Op> good = List.of(
        Op.create(path, bytes("0"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
        Op.create(path + "/s-", null, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL_SEQUENTIAL),
        Op.create(path + "/container", null, Ids.OPEN_ACL_UNSAFE, CreateMode.CONTAINER),
        Op.create(path + "/ttl", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_WITH_TTL, 600_000),
        Op.setData(path, bytes("1"), 0),
        Op.check(path, 1),
        Op.delete(path + "/container", 0));
    for (OpResult one : zk.multi(good)) say("multi", result(one));
    List<Op> bad = List.of(
        Op.delete(path + "/ttl", -1),
        Op.setData(path, bytes("2"), 7),
        Op.create(path + "/lost", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
    try {
      zk.multi(bad);
    } catch (KeeperException error) {
      say("refused", error.code() + " " + error.getPath());
      for (OpResult one : error.getResults()) say("refused", result(one));
    }
    say("nothing done", zk.exists(path + "/ttl", false) != null && zk.exists(path + "/lost", false) == null);
    for (OpResult one : zk.multi(List.of(Op.getData(path), Op.getChildren(path + "/none"), Op.getChildren(path + "/ttl")))) {
      say("multi read", result(one));
    }
    say("transaction", zk.transaction().check(path, 1).delete(path + "/ttl", 0).commit().size());
    say("empty", zk.multi(new ArrayList<>()).size());
  }

  static String result(OpResult one) {
    String name = one.getClass().getSimpleName();
    if (one instanceof OpResult.ErrorResult) return name + " " + ((OpResult.ErrorResult) one).getErr();
    if (one instanceof OpResult.CreateResult) {
      OpResult.CreateResult created = (OpResult.CreateResult) one;
      return name + " " + created.getPath() + " " + facts(created.getStat());
    }
    if (one instanceof OpResult.SetDataResult) return name + " " + facts(((OpResult.SetDataResult) one).getStat());
    if (one instanceof OpResult.GetDataResult) return name + " " + text(((OpResult.GetDataResult) one).getData());
    if (one instanceof OpResult.GetChildrenResult) return name + " " + ((OpResult.GetChildrenResult) one).getChildren();
    return name;
  }

  static void watches() throws Exception {
    Events exists = new Events(), data = new Events(), children = new Events();
    String path = ROOT + "/watched";
    say("exists not", zk.exists(path, exists));
    create(path, "0", CreateMode.PERSISTENT);
    say("exists watch", exists.take(1));
    zk.getData(path, data, null);
    zk.exists(path, exists);
    zk.getChildren(path, children);
    zk.setData(path, bytes("1"), -1);
    create(path + "/child", "", CreateMode.PERSISTENT);
    zk.getChildren(path, children);
    zk.getData(path + "/child", data, null);
    zk.delete(path + "/child", -1);
    zk.getChildren(path, children);
    zk.delete(path, -1);
    say("exists", exists.take(1));
    say("data", data.take(2));
    say("children", children.take(3));

    Events persistent = new Events(), recursive = new Events();
    zk.addWatch(path, persistent, AddWatchMode.PERSISTENT);
    zk.addWatch(ROOT + "/tree", recursive, AddWatchMode.PERSISTENT_RECURSIVE);
    create(path, "0", CreateMode.PERSISTENT);
    zk.setData(path, bytes("1"), -1);
    create(path + "/child", "", CreateMode.PERSISTENT);
    zk.setData(path + "/child", bytes("1"), -1);
    zk.delete(path + "/child", -1);
    zk.delete(path, -1);
    say("persistent", persistent.take(5));
    create(ROOT + "/tree", "0", CreateMode.PERSISTENT);
    create(ROOT + "/tree/a", "0", CreateMode.PERSISTENT);
    zk.multi(List.of(
        Op.create(ROOT + "/tree/a/b", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
        Op.setData(ROOT + "/tree/a/b", bytes("1"), 0)));
    zk.delete(ROOT + "/tree/a/b", 1);
    say("recursive", recursive.take(5));

    zk.removeWatches(path, persistent, Watcher.WatcherType.Any, false);
    say("removed", persistent.take(1));
    say("no watcher", attempt(() -> { zk.removeWatches(path, persistent, Watcher.WatcherType.Any, false); return ""; }));
    zk.removeAllWatches(ROOT + "/tree", Watcher.WatcherType.Any, false);
    say("removed all", recursive.take(1));
    zk.getData(ROOT, data, null);
    zk.getChildren(ROOT, children);
    zk.removeWatches(ROOT, children, Watcher.WatcherType.Children, false);
    say("removed children", children.take(1));
    zk.removeWatches(ROOT, data, Watcher.WatcherType.Data, false);
    say("removed data", data.take(1));
    create(ROOT + "/tree/silent", "", CreateMode.PERSISTENT);
  }

  /** What happened while the client was away is told when its watches are set again. */
  static void reconnection() throws Exception {
    Events told = new Events(), first = new Events();
    ZooKeeper away = connect(first);
    long id = away.getSessionId();
    away.create(ROOT + "/own", null, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    for (String name : List.of("set", "deleted", "parent", "kept")) create(ROOT + "/" + name, "", CreateMode.PERSISTENT);
    for (String name : List.of("set", "deleted", "kept")) away.getData(ROOT + "/" + name, told, null);
    away.exists(ROOT + "/created", told);
    away.exists(ROOT + "/never", told);
    away.getChildren(ROOT + "/parent", told);
    away.addWatch(ROOT + "/persistent", told, AddWatchMode.PERSISTENT);
    away.addWatch(ROOT + "/parent2", told, AddWatchMode.PERSISTENT_RECURSIVE);
    away.updateServerList("127.0.0.1:1");
    say("away", first.take(1));
    zk.setData(ROOT + "/set", bytes("1"), -1);
    zk.delete(ROOT + "/deleted", -1);
    create(ROOT + "/parent/child", "", CreateMode.PERSISTENT);
    create(ROOT + "/created", "", CreateMode.PERSISTENT);
    away.updateServerList(hosts);
    say("back", first.take(1).contains("SyncConnected") && away.getSessionId() == id);
    // Every watcher is told of the states, too; once, however many watches it has.
    say("caught up", told.takeSorted(6));
    zk.setData(ROOT + "/kept", bytes("1"), -1);
    create(ROOT + "/never", "", CreateMode.PERSISTENT);
    create(ROOT + "/persistent", "", CreateMode.PERSISTENT);
    create(ROOT + "/parent2", "", CreateMode.PERSISTENT);
    create(ROOT + "/parent2/child", "", CreateMode.PERSISTENT);
    say("watches again", told.take(5));
    say("ephemeral kept", zk.exists(ROOT + "/own", false).getEphemeralOwner() == id);

    away.updateServerList("127.0.0.1:1");
    say("away again", first.take(1));
    Events second = new Events();
    ZooKeeper same = new ZooKeeper(hosts, TIMEOUT_MS, second, id, away.getSessionPasswd());
    say("session taken over", second.take(1).contains("SyncConnected") && same.getSessionId() == id);
    say("timeout", same.getSessionTimeout());
    Events gone = new Events();
    zk.exists(ROOT + "/own", gone);
    same.close();
    say("ephemeral gone", gone.take(1));
    away.updateServerList(hosts);
    say("old client", first.take(1));
    Events third = new Events();
    ZooKeeper wrong = new ZooKeeper(hosts, TIMEOUT_MS, third, id, new byte[16]);
    say("wrong password", third.take(1));
    away.close();
    wrong.close();
  }

  static void access() throws Exception {
    Events events = new Events();
    ZooKeeper stranger = connect(events);
    zk.addAuthInfo("digest", bytes("me:secret"));
    say("whoAmI", zk.whoAmI().stream().map(one -> one.getAuthScheme() + " " + one.getUser()).sorted().collect(Collectors.toList()));
    List<ACL> acl = new ArrayList<>(Ids.CREATOR_ALL_ACL);
    acl.add(new ACL(Perms.READ, Ids.ANYONE_ID_UNSAFE));
    zk.create(ROOT + "/mine", bytes("x"), acl, CreateMode.PERSISTENT);
    say("read", text(stranger.getData(ROOT + "/mine", false, null)));
    say("refused", attempt(() -> stranger.setData(ROOT + "/mine", null, -1)));
    say("masked", stranger.getACL(ROOT + "/mine", null).toString().trim().replace("\n", ""));
    say("shown", zk.getACL(ROOT + "/mine", null).toString().trim().replace("\n", ""));
    say("setACL", facts(zk.setACL(ROOT + "/mine", Arrays.asList(new ACL(Perms.ADMIN, new Id("ip", "127.0.0.0/8"))), 0)));
    say("setACL wrong version", attempt(() -> stranger.setACL(ROOT + "/mine", Ids.OPEN_ACL_UNSAFE, 0)));
    say("by address", facts(stranger.setACL(ROOT + "/mine", Ids.OPEN_ACL_UNSAFE, 1)));
    stranger.close();
    // Whoever is refused can't close his session; it is a short one, so that it is over soon.
    Events refused = new Events();
    ZooKeeper unknown = new ZooKeeper(hosts, 1000, refused);
    unknown.addAuthInfo("unknown", bytes("x"));
    List<String> states = refused.take(2);
    say("unknown scheme", states.contains("AuthFailed") ? "AuthFailed" : states);
    unknown.close();
  }

  static void configuration() throws Exception {
    Stat stat = new Stat();
    say("getConfig", text(zk.getConfig(false, stat)) + facts(stat));
    Events events = new Events();
    try (ZooKeeperAdmin admin = new ZooKeeperAdmin(hosts, TIMEOUT_MS, events)) {
      events.take(1);
      say("reconfigure", attempt(() -> admin.reconfigure("server.2=a:1:2;3", null, null, -1, null)));
    }
    say("getEphemerals", zk.getEphemerals(ROOT));
    say("all children", zk.getAllChildrenNumber(ROOT + "/tree"));
  }

  static void limits() throws Exception {
    String path = create(ROOT + "/large", "", CreateMode.PERSISTENT);
    say("large", zk.setData(path, new byte[1_000_000], -1).getDataLength());
    say("get large", zk.getData(path, false, null).length);
    say("too large", attempt(() -> zk.setData(path, new byte[1_048_576], -1)));
    say("cut off and back", session.take(2));
    say("goes on", facts(zk.exists(path, false)));
    Object[] codes = {
      attempt(() -> zk.setData(path, null, 9)),
      attempt(() -> { zk.delete(ROOT, -1); return ""; }),
      attempt(() -> { zk.delete("/zookeeper", -1); return ""; }),
      attempt(() -> create("/zookeeper/config/x", "", CreateMode.PERSISTENT)),
      attempt(() -> zk.getChildren(ROOT + "/none", false)),
      attempt(() -> zk.getAllChildrenNumber(ROOT + "/none")),
      attempt(() -> zk.getACL(ROOT + "/none", null)),
    };
    say("codes", Arrays.toString(codes));
  }

  /** Containers that are empty again and TTL znodes go on their own. */
  static void reaping() throws Exception {
    Events gone = new Events();
    create(ROOT + "/container", "", CreateMode.CONTAINER);
    create(ROOT + "/container/child", "", CreateMode.PERSISTENT);
    zk.create(ROOT + "/ttl", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_WITH_TTL, null, 1);
    create(ROOT + "/virgin", "", CreateMode.CONTAINER);
    for (String name : List.of("container", "ttl")) {
      if (zk.exists(ROOT + "/" + name, gone) == null) gone.add("NodeDeleted " + ROOT + "/" + name);
    }
    zk.delete(ROOT + "/container/child", -1);
    say("reaped", gone.takeSorted(2));
    say("never used", zk.exists(ROOT + "/virgin", false) != null);
  }

  static void ending() throws Exception {
    Events events = new Events(), gone = new Events();
    ZooKeeper other = connect(events);
    String path = other.create(ROOT + "/e-", null, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL_SEQUENTIAL);
    zk.exists(path, gone);
    zk.getChildren(ROOT, gone);
    other.close();
    say("closed", gone.takeSorted(2));
    say("closed, told", events.take(1));
    say("after its end", attempt(() -> other.exists(path, false)));
    List<String> names = new ArrayList<>(zk.getChildren(ROOT, false));
    Collections.sort(names);
    say("left", names);
    for (String name : List.of("tx", "tree", "parent", "parent2")) removeChildren(ROOT + "/" + name);
    removeChildren(ROOT);
    zk.delete(ROOT, -1);
  }

  static void removeChildren(String path) throws Exception {
    for (String name : zk.getChildren(path, false)) zk.delete(path + "/" + name, -1);
  }

  public static void main(String[] args) throws Exception {
    hosts = args[0];
    zk = connect(session);
    say("create", create(ROOT, "", CreateMode.PERSISTENT));
    creating();
    asynchronous();
    transactions();
    watches();
    reconnection();
    access();
    configuration();
    limits();
    reaping();
    ending();
    zk.close();
    say("end", session.take(1));
  }
}
