package dev.heddle.registry.disk;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Files that nobody but this process's user may read. */
public final class PrivateFiles {
  private static final int OTHERS = 0x3f; // 077
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFiles() {}

  /**
   * Whatever this process makes from now on is its user's alone, by whichever library: files 0600,
   * folders 0700 (umask). To be called before threads are started.
   */
  public static void byDefault() {
    Linker linker = Linker.nativeLinker();
    MethodHandle umask =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("umask"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    try {
      int former = (int) umask.invokeExact(OTHERS);
      if (former < 0) {
        throw new IllegalStateException("umask answered " + former);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("umask cannot be called", e);
    }
  }

  /**
   * Takes what others may do off a folder and what lies directly in it; what is deeper is out of
   * their reach then. Its owner's rights stay as they are.
   *
   * @param passage a folder in it that others must get through to, which is left as it is; null if
   *     there is none
   */
  public static void close(Path folder, @Nullable Path passage) throws IOException {
    close(folder, passage == null ? Set.of() : EnumSet.of(PosixFilePermission.OTHERS_EXECUTE));
    try (Stream<Path> entries = Files.list(folder)) {
      for (Iterator<Path> each = entries.iterator(); each.hasNext(); ) {
        Path entry = each.next();
        if (!Files.isSymbolicLink(entry) && !entry.equals(passage)) {
          close(entry, Set.of());
        }
      }
    }
  }

  private static void close(Path path, Set<PosixFilePermission> also) throws IOException {
    Set<PosixFilePermission> now = Files.getPosixFilePermissions(path);
    Set<PosixFilePermission> wanted = EnumSet.copyOf(OWNER);
    wanted.retainAll(now);
    wanted.addAll(also);
    if (!now.equals(wanted)) {
      Files.setPosixFilePermissions(path, wanted);
    }
  }
}
