package dev.heddle.app.config;

import dev.heddle.registry.store.S3Waits;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where versions may be imported from.
 *
 * @param roots folders of this machine that every tenant may import from, with all that lies below;
 *     none unless given
 * @param atOnce most imports that fetch at a time; others wait
 */
public record ImportSettings(
    @DefaultValue List<Path> roots,
    @DefaultValue("2") @Min(1) @Max(100) int atOnce,
    @DefaultValue @Valid S3 s3) {
  public ImportSettings {
    roots = List.copyOf(roots);
  }

  @AssertTrue(message = "roots: must be absolute paths")
  boolean isRootsAbsolute() {
    return roots.stream().allMatch(Path::isAbsolute);
  }

  /**
   * Buckets.
   *
   * @param buckets that every tenant may import from; none unless given
   * @param endpoint of a server that speaks S3; Amazon's unless given
   * @param accessKey with {@code secretKey}; the default chain of credentials unless given
   * @param connectWait for a connection to the server
   * @param readWait for the next bytes of its answer
   */
  public record S3(
      @DefaultValue Set<String> buckets,
      @Nullable URI endpoint,
      @DefaultValue("us-east-1") @NotBlank String region,
      @Nullable String accessKey,
      @Nullable String secretKey,
      @DefaultValue("5s") @NotNull Duration connectWait,
      @DefaultValue("30s") @NotNull Duration readWait) {
    public S3 {
      buckets = Set.copyOf(buckets);
    }

    @AssertTrue(message = "access-key: it and secret-key belong together")
    boolean isKeyWhole() {
      return (accessKey == null) == (secretKey == null);
    }

    @AssertTrue(message = "connect-wait: must be 100ms to 10m")
    boolean isConnectWaitSane() {
      return StoreSettings.S3.isWait(connectWait);
    }

    @AssertTrue(message = "read-wait: must be 100ms to 10m")
    boolean isReadWaitSane() {
      return StoreSettings.S3.isWait(readWait);
    }

    /** How long the server is waited for. */
    public S3Waits waits() {
      return new S3Waits(connectWait, readWait);
    }

    /** Never shows the secret. */
    @Override
    public String toString() {
      return "S3[" + buckets + " at " + endpoint + "]";
    }
  }
}
