package dev.tidemark.shipper;

import java.util.random.RandomGenerator;

/// What can go wrong with a request to a simulated bucket, and how likely, from 0 to 1.
record SimWeather(
    double lostRequest,
    double lostAnswer,
    double late,
    double twice,
    double retried,
    double unavailable,
    double denied,
    double staleList,
    double brokenGet) {
  static final SimWeather FAIR = new SimWeather(0, 0, 0, 0, 0, 0, 0, 0, 0);

  /// Nobody can reach it.
  static final SimWeather AWAY = new SimWeather(0, 0, 0, 0, 0, 1, 0, 0, 0);

  /// The bucket is gone, or nobody has any right to it.
  static final SimWeather REFUSED = new SimWeather(0, 0, 0, 0, 0, 0, 1, 0, 0);

  /// What happens to a request.
  enum Fate {
    REACHES,
    LOST_REQUEST,
    LOST_ANSWER,
    /// It is given up, and has its effect later.
    LATE,
    /// It has its effect, and once more later.
    TWICE,
    /// Its answer was lost, and the client's own second try is answered.
    RETRIED,
    UNAVAILABLE,
    DENIED
  }

  /// Everything goes wrong now and then; rights come and go.
  static SimWeather rough(double p) {
    return new SimWeather(p, p, p, p, p, p, p / 8, p, p);
  }

  Fate draw(RandomGenerator random) {
    double at = random.nextDouble();
    double[] likely = {lostRequest, lostAnswer, late, twice, retried, unavailable, denied};
    for (int i = 0; i < likely.length; i++) {
      if (at < likely[i]) {
        return Fate.values()[i + 1];
      }
      at -= likely[i];
    }
    return Fate.REACHES;
  }

  /// For a request whose order among others is not known: no chance, only what always happens.
  Fate ofHelpers() {
    return denied == 1 ? Fate.DENIED : unavailable == 1 ? Fate.UNAVAILABLE : Fate.REACHES;
  }
}
