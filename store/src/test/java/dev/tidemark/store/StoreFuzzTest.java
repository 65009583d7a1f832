package dev.tidemark.store;

import dev.tidemark.fuzz.FuzzContract;
import dev.tidemark.fuzz.FuzzTarget;
import dev.tidemark.store.s3.S3Targets;
import java.util.List;
import java.util.stream.Stream;

class StoreFuzzTest extends FuzzContract {
  StoreFuzzTest() {
    super(20_000);
  }

  @Override
  protected List<FuzzTarget> targets() {
    return Stream.concat(StoreTargets.all().stream(), S3Targets.all().stream()).toList();
  }
}
