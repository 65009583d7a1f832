package dev.tidemark.cli.kill;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ReturnInstruction;
import java.util.ArrayList;
import java.util.List;

/// Where a step lies in the code of its class.
///
/// @param descriptor of the method, which may share its name with others
/// @param index of the instruction within the method
record StepCode(String descriptor, long index) {
  /// All points of a step; empty if there is no such method any more.
  static List<StepCode> of(DaemonStep step) throws IOException {
    String file = "/" + step.type().replace('.', '/') + ".class";
    List<StepCode> found = new ArrayList<>();
    try (InputStream in = StepCode.class.getResourceAsStream(file)) {
      if (in == null) {
        return found;
      }
      for (MethodModel method : ClassFile.of().parse(in.readAllBytes()).methods()) {
        if (method.methodName().equalsString(step.method()) && method.code().isPresent()) {
          String descriptor = method.methodTypeSymbol().descriptorString();
          indexes(method, step.isAtEnd()).forEach(it -> found.add(new StepCode(descriptor, it)));
        }
      }
    }
    return found;
  }

  private static List<Long> indexes(MethodModel method, boolean atEnd) {
    if (!atEnd) {
      return List.of(0L);
    }
    List<Long> returns = new ArrayList<>();
    long index = 0;
    for (CodeElement element : method.code().orElseThrow()) {
      if (element instanceof Instruction instruction) {
        if (instruction instanceof ReturnInstruction) {
          returns.add(index);
        }
        index += instruction.sizeInBytes();
      }
    }
    return returns;
  }
}
