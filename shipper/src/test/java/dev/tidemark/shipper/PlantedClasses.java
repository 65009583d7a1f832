package dev.tidemark.shipper;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Loads all classes of Tidemark and of its tests anew, those of a planted fault from memory, and
/// the rest as usual. So each fault has a whole product of its own.
final class PlantedClasses extends ClassLoader {
  private static final String OURS = "dev.tidemark.";

  private final Map<String, byte[]> changed;

  PlantedClasses(Map<String, byte[]> changed) {
    super("planted", PlantedClasses.class.getClassLoader());
    this.changed = Map.copyOf(changed);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte @Nullable [] bytes = changed.get(name);
    if (bytes == null) {
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        bytes = in.readAllBytes();
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
    return defineClass(name, bytes, 0, bytes.length);
  }
}
