// Curator's elections.

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderSelector;
import org.apache.curator.framework.recipes.leader.LeaderSelectorListenerAdapter;
import org.apache.curator.framework.recipes.leader.Participant;

final class Elections {
  static final Map<String, CuratorProcess.Kind> KINDS = Map.of(
      "latch", (path, words) -> latch(path, words[0]),
      "selector", (path, words) -> selector(path, words[0]));

  private static CuratorProcess.Handle latch(String path, String id) throws Exception {
    LeaderLatch latch = new LeaderLatch(CuratorProcess.client, path, id);
    return (verb, words) -> {
      switch (verb) {
        case "start": latch.start(); return true;
        case "await": return latch.await(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS);
        case "leads": return latch.hasLeadership();
        case "leader": return latch.getLeader().getId();
        case "participants": return ids(latch.getParticipants());
        case "close": latch.close(); return true;
        case "contend": return contend(path, id, new Contest(words));
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }

  /** A latch for each term: one that is closed cannot be started again. */
  private static List<long[]> contend(String path, String id, Contest contest) throws Exception {
    contest.meet("start");
    while (contest.goesOn()) {
      try (LeaderLatch latch = new LeaderLatch(CuratorProcess.client, path, id)) {
        latch.start();
        CuratorProcess.mustBe(latch.await(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS));
        contest.section(0);
      }
    }
    return contest.sections();
  }

  private static List<String> ids(Collection<Participant> participants) {
    List<String> ids = new ArrayList<>();
    for (Participant one : participants) ids.add(one.getId());
    return ids;
  }

  private static CuratorProcess.Handle selector(String path, String id) {
    CountDownLatch resigns = new CountDownLatch(1);
    LeaderSelector selector = new LeaderSelector(CuratorProcess.client, path, new LeaderSelectorListenerAdapter() {
      public void takeLeadership(CuratorFramework client) throws Exception {
        resigns.await();
      }
    });
    selector.setId(id);
    return (verb, words) -> {
      switch (verb) {
        case "start": selector.start(); return true;
        case "leads": return selector.hasLeadership();
        case "leader": return selector.getLeader().getId();
        case "participants": return ids(selector.getParticipants());
        case "resign": resigns.countDown(); return true;
        case "close": selector.close(); return true;
        case "contend": return selected(path, id, new Contest(words));
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }

  /** Is selected again and again. */
  private static List<long[]> selected(String path, String id, Contest contest) throws Exception {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    LeaderSelector selector = new LeaderSelector(CuratorProcess.client, path, new LeaderSelectorListenerAdapter() {
      public void takeLeadership(CuratorFramework client) throws Exception {
        if (over.isDone()) return;
        try {
          contest.section(0);
          if (!contest.goesOn()) over.complete(true);
        } catch (Exception error) {
          over.completeExceptionally(error);
        }
      }
    });
    try (selector) {
      selector.setId(id);
      selector.autoRequeue();
      contest.meet("start");
      selector.start();
      over.get(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS);
      return contest.sections();
    }
  }
}
