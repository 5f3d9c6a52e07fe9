// What Curator keeps on single znodes: counters, compressed data, znodes that are kept alive.

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.recipes.atomic.AtomicValue;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.nodes.GroupMember;
import org.apache.curator.framework.recipes.nodes.PersistentTtlNode;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.retry.ExponentialBackoffRetry;

final class Values {
  static final Map<String, CuratorProcess.Kind> KINDS = Map.of(
      "long", (path, words) -> atomicLong(path),
      "count", (path, words) -> sharedCount(path, Integer.parseInt(words[0])),
      "compressed", (path, words) -> compressed(path),
      "ttl", (path, words) -> ttl(path, Long.parseLong(words[0]), words[1]),
      "member", (path, words) -> member(path, words[0], words[1]));

  private static CuratorProcess.Handle atomicLong(String path) {
    ExponentialBackoffRetry retry = new ExponentialBackoffRetry(1, 20);
    DistributedAtomicLong counter = new DistributedAtomicLong(CuratorProcess.client, path, retry);
    return (verb, words) -> {
      switch (verb) {
        case "get": return "" + counter.get().postValue();
        case "add":
          for (int i = 0; i < Integer.parseInt(words[1]); ) {
            AtomicValue<Long> added = counter.add(Long.parseLong(words[0]));
            if (added.succeeded()) i++;
          }
          return true;
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }

  private static CuratorProcess.Handle sharedCount(String path, int seed) {
    SharedCount count = new SharedCount(CuratorProcess.client, path, seed);
    return (verb, words) -> {
      switch (verb) {
        case "start": count.start(); return count.getCount();
        case "get": return count.getCount();
        case "set": count.setCount(Integer.parseInt(words[0])); return true;
        case "trySet": return count.trySetCount(count.getVersionedValue(), Integer.parseInt(words[0]));
        case "close": count.close(); return true;
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }

  private static CuratorProcess.Handle compressed(String path) {
    return (verb, words) -> {
      switch (verb) {
        case "create":
          return CuratorProcess.client.create().compressed().forPath(path, CuratorProcess.bytes(words[0]));
        case "read": return CuratorProcess.text(CuratorProcess.client.getData().decompressed().forPath(path));
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }

  private static CuratorProcess.Handle ttl(String path, long ttlMs, String data) {
    PersistentTtlNode node = new PersistentTtlNode(CuratorProcess.client, path, ttlMs, CuratorProcess.bytes(data));
    return (verb, words) -> {
      switch (verb) {
        case "start":
          node.start();
          return node.waitForInitialCreate(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS);
        case "read": return CuratorProcess.text(CuratorProcess.client.getData().forPath(path));
        case "close": node.close(); return true;
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }

  private static CuratorProcess.Handle member(String path, String id, String data) {
    GroupMember member = new GroupMember(CuratorProcess.client, path, id, CuratorProcess.bytes(data));
    return (verb, words) -> {
      switch (verb) {
        case "start": member.start(); return true;
        case "members":
          Map<String, String> members = new LinkedHashMap<>();
          member.getCurrentMembers().forEach((name, bytes) -> members.put(name, CuratorProcess.text(bytes)));
          return members;
        case "close": member.close(); return true;
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }
}
