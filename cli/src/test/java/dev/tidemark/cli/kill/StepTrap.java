package dev.tidemark.cli.kill;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Method;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A debugger that waits until a daemon comes to a step for the n-th time, and holds all of it
/// there: nothing goes on between the step and a kill.
final class StepTrap implements AutoCloseable {
  private static final String CONNECT_MILLIS = "20000";

  private final ListeningConnector connector;
  private final Map<String, Connector.Argument> arguments;
  private final String address;
  private Optional<VirtualMachine> machine = Optional.empty();

  private StepTrap(
      ListeningConnector connector, Map<String, Connector.Argument> arguments, String address) {
    this.connector = connector;
    this.arguments = arguments;
    this.address = address;
  }

  static StepTrap open() throws IOException {
    ListeningConnector connector =
        Bootstrap.virtualMachineManager().listeningConnectors().stream()
            .filter(it -> it.name().equals("com.sun.jdi.SocketListen"))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    Objects.requireNonNull(arguments.get("localAddress")).setValue("127.0.0.1");
    Objects.requireNonNull(arguments.get("timeout")).setValue(CONNECT_MILLIS);
    try {
      String at = connector.startListening(arguments);
      return new StepTrap(connector, arguments, at.substring(at.lastIndexOf(':') + 1));
    } catch (IllegalConnectorArgumentsException e) {
      throw new IOException(e);
    }
  }

  /// For the daemon's JVM.
  String options() {
    return "-agentlib:jdwp=transport=dt_socket,server=n,suspend=y,address=127.0.0.1:" + address;
  }

  /// Waits until the daemon, which was started meanwhile, has come to the step `times` times, or
  /// once in the second half of the time; then all of it stands still. False if it did not; then it
  /// goes on without us.
  boolean await(DaemonStep step, int times, long millis) throws IOException, InterruptedException {
    try {
      VirtualMachine daemon = connector.accept(arguments);
      machine = Optional.of(daemon);
      Count count = new Count(times, System.nanoTime() + millis * 1_000_000 / 2);
      ClassPrepareRequest prepare = daemon.eventRequestManager().createClassPrepareRequest();
      prepare.addClassFilter(step.type());
      prepare.enable();
      for (ReferenceType loaded : daemon.classesByName(step.type())) {
        set(step, loaded);
      }
      daemon.resume();
      if (reached(daemon, step, count, System.nanoTime() + millis * 1_000_000)) {
        return true;
      }
      release();
      return false;
    } catch (VMDisconnectedException e) {
      return false;
    } catch (IllegalConnectorArgumentsException e) {
      throw new IOException(e);
    }
  }

  private static final class Count {
    private final long patientUntil;
    private int left;

    Count(int times, long patientUntil) {
      this.left = times;
      this.patientUntil = patientUntil;
    }

    boolean isUp() {
      left--;
      return left <= 0 || System.nanoTime() - patientUntil > 0;
    }
  }

  private static boolean reached(VirtualMachine daemon, DaemonStep step, Count count, long until)
      throws IOException, InterruptedException {
    for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
      EventSet events = daemon.eventQueue().remove(1 + left / 1_000_000);
      if (events == null) {
        return false;
      }
      for (Event event : events) {
        if (event instanceof ClassPrepareEvent prepared) {
          set(step, prepared.referenceType());
        } else if (event instanceof BreakpointEvent && count.isUp()) {
          return true;
        }
      }
      events.resume();
    }
    return false;
  }

  private static void set(DaemonStep step, ReferenceType type) throws IOException {
    for (StepCode code : StepCode.of(step)) {
      for (Method method : type.methodsByName(step.method(), code.descriptor())) {
        BreakpointRequest request =
            type.virtualMachine()
                .eventRequestManager()
                .createBreakpointRequest(method.locationOfCodeIndex(code.index()));
        request.setSuspendPolicy(EventRequest.SUSPEND_ALL);
        request.enable();
      }
    }
  }

  /// Lets the daemon go on, by itself.
  void release() {
    try {
      machine.ifPresent(VirtualMachine::dispose);
    } catch (VMDisconnectedException _) {
      // It has ended.
    }
    machine = Optional.empty();
  }

  @Override
  public void close() throws IOException {
    release();
    try {
      connector.stopListening(arguments);
    } catch (IllegalConnectorArgumentsException e) {
      throw new IOException(e);
    }
  }
}
