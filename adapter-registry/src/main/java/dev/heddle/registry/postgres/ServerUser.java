package dev.heddle.registry.postgres;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As whom the server runs. PostgreSQL refuses to run as root; there, it runs as root's own files'
 * owner under another number ({@code unshare -U}), or, where user namespaces are forbidden, as
 * nobody.
 */
enum ServerUser {
  /** Whoever started Heddle. */
  SELF,
  /**
   * The same in a user namespace that maps nobody: the server sees itself, and its files, as 65534.
   */
  NAMESPACE,
  /** The user 65534, who then owns the data. */
  NOBODY;

  private static final int NOBODY_ID = 65534;

  /** What to put before a command so that it runs as this user. */
  List<String> prefix() {
    return switch (this) {
      case SELF -> List.of();
      case NAMESPACE -> List.of("unshare", "-U", "--");
      case NOBODY -> List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--");
    };
  }

  /** The first that works here. */
  static ServerUser choose() {
    if (!isRoot()) {
      // PostgreSQL wants its user to have a name, which the numbers that containers run as may
      // lack;
      // in a namespace it is nobody.
      boolean named = Commands.succeeds(List.of(), "id", "-un");
      return named || !Commands.succeeds(NAMESPACE.prefix(), "true") ? SELF : NAMESPACE;
    }
    for (ServerUser user : List.of(NAMESPACE, NOBODY)) {
      if (Commands.succeeds(user.prefix(), "true")) {
        return user;
      }
    }
    throw new IllegalStateException(
        "running as root, and neither 'unshare -U' nor 'setpriv' works here to run PostgreSQL"
            + " without root's rights; start Heddle as an ordinary user or configure an external"
            + " PostgreSQL");
  }

  static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException e) {
      return "root".equals(System.getProperty("user.name"));
    }
  }

  /**
   * Makes {@code folder} the server's own, whoever ran it before, and checks that the server can
   * reach it.
   */
  void own(Path folder) throws IOException {
    if (this == SELF || !isRoot()) {
      return;
    }
    int owner = this == NOBODY ? NOBODY_ID : 0;
    if (!Integer.valueOf(owner).equals(Files.getAttribute(folder, "unix:uid"))) {
      changeOwner(folder, owner);
    }
    if (this == NOBODY) {
      requireTraversable(folder);
    }
  }

  /** Lets the server pass through a folder to what is its own, and see nothing else in it. */
  void letThrough(Path folder) throws IOException {
    if (this == NOBODY) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }
  }

  private static void changeOwner(Path folder, int owner) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            return change(file);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            return change(visited); // last, so that an interrupted change is seen and repeated
          }

          private FileVisitResult change(Path path) throws IOException {
            Files.setAttribute(path, "unix:uid", owner);
            Files.setAttribute(path, "unix:gid", owner);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void requireTraversable(Path folder) throws IOException {
    for (Path p = folder.toRealPath().getParent(); p != null; p = p.getParent()) {
      if (!Files.getPosixFilePermissions(p).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        throw new IllegalStateException(
            "PostgreSQL runs as the user 65534 here and cannot enter "
                + p
                + "; choose a data folder that others may pass through (chmod o+x), or start"
                + " Heddle as an ordinary user");
      }
    }
  }
}
