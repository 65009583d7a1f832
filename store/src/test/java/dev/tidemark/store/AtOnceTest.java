package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AtOnceTest {
  private static final long AN_HOUR = 3_600_000;

  @Test
  void requestsAreUnderWayTogetherAndAnswersComeInTheirOrder() throws Exception {
    CountDownLatch all = new CountDownLatch(16);
    List<AtOnce.Request<Integer>> requests = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      int number = i;
      requests.add(() -> {
        all.countDown();
        all.await();
        return number;
      });
    }
    assertThat(AtOnce.answers(requests))
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  }

  @Test
  void aSingleRequestIsMadeByTheCaller() throws Exception {
    AtOnce.Request<Thread> request = Thread::currentThread;
    assertThat(AtOnce.answers(List.of(request))).containsExactly(Thread.currentThread());
  }

  @Test
  void aFailureIsThrownAsItIsAndEndsWhatIsStillUnderWay() {
    StoreException failure = new StoreException(StoreException.Kind.UNAVAILABLE, "away");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    List<AtOnce.Request<String>> requests =
        List.of(
            () -> {
              begun.await();
              throw failure;
            },
            () -> {
              begun.countDown();
              try {
                Thread.sleep(AN_HOUR);
              } finally {
                ended.countDown();
              }
              return "too late";
            });
    assertThatThrownBy(() -> AtOnce.answers(requests)).isSameAs(failure);
    assertThat(ended.getCount()).isZero();
  }
}
