package dev.tidemark.ltx;

import dev.tidemark.fuzz.FuzzContract;
import dev.tidemark.fuzz.FuzzTarget;
import java.io.IOException;
import java.util.List;

class LtxFuzzTest extends FuzzContract {
  LtxFuzzTest() {
    super(4_000);
  }

  @Override
  protected List<FuzzTarget> targets() throws IOException {
    return LtxTargets.all();
  }
}
