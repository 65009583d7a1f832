package dev.tidemark.cli.daemon;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Signals of the operating system. The JDK has no public interface for them: `sun.misc.Signal` has
/// done this for decades, but naming it in source is a compiler warning that nothing silences, so
/// it is reached by name.
///
/// A shutdown hook would not do: it cannot tell a second signal from the first.
final class Signals {
  /// A signal's name without `SIG`, and its number.
  record Received(String name, int number) {}

  private static final Logger log = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /// Calls the handler, on a thread of its own, for each of these signals from now on.
  static void handle(List<String> names, Consumer<Received> handler) {
    for (String name : names) {
      try {
        Class<?> signalType = Class.forName("sun.misc.Signal");
        Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        Object signal = signalType.getConstructor(String.class).newInstance(name);
        int number = (int) signalType.getMethod("getNumber").invoke(signal);
        Object proxy =
            Proxy.newProxyInstance(
                Signals.class.getClassLoader(),
                new Class<?>[] {handlerType},
                dispatcher(new Received(name, number), handler));
        signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, proxy);
      } catch (ReflectiveOperationException e) {
        log.warn("the JVM does not hand over SIG{}: {}", name, e.toString());
      }
    }
  }

  private static InvocationHandler dispatcher(Received received, Consumer<Received> handler) {
    return (proxy, method, arguments) -> {
      if (method.getName().equals("handle")) {
        handler.accept(received);
      }
      return ofObject(proxy, method, arguments);
    };
  }

  /// A proxy answers for the methods of Object too.
  private static Object ofObject(Object proxy, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "equals" -> System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "signal handler";
    };
  }
}
