// Curator's locks, read and write locks, and semaphores.

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.recipes.locks.InterProcessLock;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.recipes.locks.Revoker;

final class Locks {
  static final Map<String, CuratorProcess.Kind> KINDS = Map.of(
      "mutex", (path, words) -> lock(new InterProcessMutex(CuratorProcess.client, path)),
      "semaphoreMutex", (path, words) -> lock(new InterProcessSemaphoreMutex(CuratorProcess.client, path)),
      "read", (path, words) -> lock(new InterProcessReadWriteLock(CuratorProcess.client, path).readLock()),
      "write", (path, words) -> lock(new InterProcessReadWriteLock(CuratorProcess.client, path).writeLock()),
      "semaphore", (path, words) -> semaphore(path, Integer.parseInt(words[0])),
      "revoker", (path, words) -> revoker(path));

  private static CuratorProcess.Handle lock(InterProcessLock lock) {
    CountDownLatch asked = new CountDownLatch(1);
    return (verb, words) -> {
      switch (verb) {
        case "acquire": return lock.acquire(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS);
        case "try": return lock.acquire(200, TimeUnit.MILLISECONDS);
        case "release": lock.release(); return true;
        case "contend": return contend(lock, new Contest(words), Long.parseLong(words[Contest.ARGUMENTS]));
        case "participants": return new ArrayList<>(((InterProcessMutex) lock).getParticipantNodes());
        case "revocable": ((InterProcessMutex) lock).makeRevocable(mutex -> asked.countDown()); return true;
        case "asked": return asked.await(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS);
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }

  private static List<long[]> contend(InterProcessLock lock, Contest contest, long dwellMs) throws Exception {
    contest.meet("start");
    while (contest.goesOn()) {
      CuratorProcess.mustBe(lock.acquire(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS));
      try {
        contest.section(dwellMs);
      } finally {
        lock.release();
      }
    }
    return contest.sections();
  }

  private static CuratorProcess.Handle semaphore(String path, int max) {
    InterProcessSemaphoreV2 semaphore = new InterProcessSemaphoreV2(CuratorProcess.client, path, max);
    List<Lease> leases = new ArrayList<>();
    return (verb, words) -> {
      switch (verb) {
        case "try":
        case "acquire":
          long limitMs = verb.equals("try") ? 200 : CuratorProcess.PATIENCE_S * 1000;
          Lease lease = semaphore.acquire(limitMs, TimeUnit.MILLISECONDS);
          if (lease != null) leases.add(lease);
          return lease == null ? null : lease.getNodeName();
        case "release": semaphore.returnLease(leases.remove(0)); return true;
        case "holders": return new ArrayList<>(semaphore.getParticipantNodes());
        case "contend":
          Contest contest = new Contest(words);
          contest.meet("start");
          while (contest.goesOn()) {
            Lease held = semaphore.acquire(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS);
            CuratorProcess.mustBe(held != null);
            try {
              contest.section(Long.parseLong(words[Contest.ARGUMENTS]));
            } finally {
              semaphore.returnLease(held);
            }
          }
          return contest.sections();
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }

  private static CuratorProcess.Handle revoker(String path) {
    return (verb, words) -> {
      if (!verb.equals("revoke")) throw CuratorProcess.unknown(verb);
      Revoker.attemptRevoke(CuratorProcess.client, path);
      return true;
    };
  }
}
