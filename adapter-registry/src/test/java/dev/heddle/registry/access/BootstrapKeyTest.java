package dev.heddle.registry.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.registry.InvalidException;
import dev.heddle.registry.snapshot.Authentication;
import dev.heddle.registry.snapshot.Authentication.Reason;
import dev.heddle.registry.snapshot.SnapshotSource;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapKeyTest {
  private static final String CONFIGURED = "correct horse battery staple, twice over";

  @TempDir private Path folder;
  private TestRegistry registry;
  private SnapshotSource snapshots;
  private BootstrapKey bootstrap;
  private Path file;

  @BeforeEach
  void open() {
    registry = TestRegistry.in(folder);
    snapshots = new SnapshotSource(registry.db, registry.base);
    bootstrap = new BootstrapKey(registry.db);
    file = folder.resolve("admin-key");
  }

  @AfterEach
  void close() {
    snapshots.close();
    registry.close();
  }

  @Test
  void a_generated_key_is_in_a_file_for_its_owner_alone_and_stays_at_the_next_start()
      throws Exception {
    assertThat(ensure(null)).isEqualTo(file);
    String key = Files.readString(file).strip();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(authenticate(key)).isInstanceOf(Authentication.Granted.class);
    assertThat(ensure(null)).isEqualTo(file);
    assertThat(Files.readString(file).strip()).isEqualTo(key);
  }

  @Test
  void a_key_written_before_a_crash_but_not_stored_is_made_anew() throws Exception {
    String orphan = KeyText.random().text();
    Files.writeString(file, orphan);
    ensure(null);
    assertThat(Files.readString(file).strip()).isNotEqualTo(orphan);
    assertThat(authenticate(Files.readString(file).strip()))
        .isInstanceOf(Authentication.Granted.class);
  }

  @Test
  void processes_that_start_at_once_add_a_configured_key_once() {
    IntStream.range(0, 4)
        .mapToObj(
            i -> CompletableFuture.runAsync(() -> ensure(CONFIGURED), Thread::startVirtualThread))
        .toList()
        .forEach(CompletableFuture::join);
    assertThat(authenticate(CONFIGURED)).isInstanceOf(Authentication.Granted.class);
  }

  @Test
  void a_configured_key_holds_as_long_as_it_is_configured() {
    assertThat(ensure(CONFIGURED)).isNull();
    assertThat(authenticate(CONFIGURED))
        .isInstanceOfSatisfying(
            Authentication.Granted.class,
            granted -> assertThat(granted.principal().may(Scope.ADMIN)).isTrue());
    ensure(CONFIGURED + "!");
    assertThat(authenticate(CONFIGURED)).isEqualTo(new Authentication.Denied(Reason.UNKNOWN));
    assertThat(authenticate(CONFIGURED + "!")).isInstanceOf(Authentication.Granted.class);
    assertThat(ensure(null)).isEqualTo(file);
    assertThat(authenticate(CONFIGURED + "!")).isInstanceOf(Authentication.Denied.class);
    ensure(CONFIGURED + "!");
    assertThat(authenticate(CONFIGURED + "!")).isInstanceOf(Authentication.Granted.class);
  }

  @Test
  void a_configured_key_may_look_like_an_issued_one() {
    String text = KeyText.random().text();
    ensure(text);
    assertThat(authenticate(text)).isInstanceOf(Authentication.Granted.class);
  }

  @Test
  void a_short_configured_key_is_refused() {
    assertThatThrownBy(() -> ensure("x".repeat(31))).isInstanceOf(InvalidException.class);
  }

  private Path ensure(String configured) {
    return bootstrap.ensure(registry.tenant.id(), configured, file).orElse(null);
  }

  private Authentication authenticate(String key) {
    return snapshots.current().authenticate(key, Instant.now());
  }
}
