// Curator's barriers.

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;

final class Barriers {
  static final Map<String, CuratorProcess.Kind> KINDS = Map.of(
      "barrier", (path, words) -> barrier(path),
      "double", (path, words) -> doubleBarrier(path, Integer.parseInt(words[0])));

  private static CuratorProcess.Handle barrier(String path) {
    DistributedBarrier barrier = new DistributedBarrier(CuratorProcess.client, path);
    return (verb, words) -> {
      switch (verb) {
        case "set": barrier.setBarrier(); return true;
        case "remove": barrier.removeBarrier(); return true;
        case "try": return barrier.waitOnBarrier(200, TimeUnit.MILLISECONDS);
        case "wait": return barrier.waitOnBarrier(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS);
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }

  private static CuratorProcess.Handle doubleBarrier(String path, int count) {
    DistributedDoubleBarrier barrier = new DistributedDoubleBarrier(CuratorProcess.client, path, count);
    return (verb, words) -> {
      switch (verb) {
        case "enter": return enter(barrier);
        case "leave": return leave(barrier);
        case "rounds": return rounds(path, count, new Contest(words), Integer.parseInt(words[Contest.ARGUMENTS]));
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }

  private static boolean enter(DistributedDoubleBarrier barrier) throws Exception {
    return barrier.enter(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS);
  }

  private static boolean leave(DistributedDoubleBarrier barrier) throws Exception {
    return barrier.leave(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS);
  }

  /** For each round when it began to enter, was in, began to leave, and was out; see barriers.live.spec.ts. */
  private static List<long[]> rounds(String path, int count, Contest contest, int staggerMs) throws Exception {
    List<long[]> rounds = new ArrayList<>();
    for (int round = 0; round < contest.times(); round++) {
      DistributedDoubleBarrier barrier = new DistributedDoubleBarrier(CuratorProcess.client, path, count);
      contest.meet("out-" + round);
      Thread.sleep((long) staggerMs * (round % 3));
      long begins = contest.tick();
      CuratorProcess.mustBe(enter(barrier));
      long in = contest.tick();
      contest.meet("in-" + round);
      awaitNotice(barrier);
      Thread.sleep((long) staggerMs * ((round + 1) % 3));
      long leaves = contest.tick();
      CuratorProcess.mustBe(leave(barrier));
      rounds.add(new long[] {begins, in, leaves, contest.tick()});
    }
    return rounds;
  }

  /**
   * Waits until the barrier has noticed `ready`. Curator takes a notice of it that comes later, when it is waiting to leave, for one
   * that somebody has left, and is out when only one other member is in (GH-1290).
   */
  private static void awaitNotice(DistributedDoubleBarrier barrier) throws Exception {
    Field field = DistributedDoubleBarrier.class.getDeclaredField("hasBeenNotified");
    field.setAccessible(true);
    AtomicBoolean noticed = (AtomicBoolean) field.get(barrier);
    for (int i = 0; i < CuratorProcess.PATIENCE_S * 500 && !noticed.get(); i++) Thread.sleep(2);
    CuratorProcess.mustBe(noticed.get());
  }
}
