package dev.tidemark.retention.model;

import java.util.Random;

/// Makes pins at and above the boundary, and removes them again. A pin is promised once its maker
/// says so.
final class ModelPinner {
  private final ModelBucket bucket;
  private final Random random;
  private int pin;
  private int record = -1;

  ModelPinner(ModelBucket bucket, Random random) {
    this.bucket = bucket;
    this.random = random;
  }

  String step() {
    if (pin == 0) {
      if (bucket.promisedPins != 0 && random.nextInt(3) > 0) {
        int old = Integer.numberOfTrailingZeros(bucket.promisedPins);
        bucket.promisedPins &= ~(1 << old);
        bucket.pins &= ~(1 << old);
        return "removes the pin " + old;
      }
      int position = bucket.boundary + random.nextInt(bucket.head - bucket.boundary + 1);
      if (position == 0 || (bucket.pins >> position & 1) != 0) {
        return "rests";
      }
      pin = position;
      bucket.pins |= 1 << pin;
      return "stores the pin " + pin;
    }
    if (record < 0) {
      if (bucket.boundary > pin) {
        bucket.pins &= ~(1 << pin);
        pin = 0;
        return "is too late";
      }
      record = bucket.record;
      if (!bucket.holds(Rule.PIN_TAKES_RECORD)) {
        promise();
      }
      return "reads the boundary";
    }
    if (bucket.record == record) {
      bucket.record++;
      promise();
      return "takes the record";
    }
    record = -1;
    return "finds the record taken";
  }

  private void promise() {
    bucket.promisedPins |= 1 << pin;
    pin = 0;
    record = -1;
  }
}
