package dev.heddle.app.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where versions may be imported from.
 *
 * @param roots folders of this machine that every tenant may import from, with all that lies below;
 *     none unless given
 */
public record ImportSettings(@DefaultValue List<Path> roots, @DefaultValue @Valid S3 s3) {
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
   */
  public record S3(
      @DefaultValue Set<String> buckets,
      @Nullable URI endpoint,
      @DefaultValue("us-east-1") @NotBlank String region,
      @Nullable String accessKey,
      @Nullable String secretKey) {
    public S3 {
      buckets = Set.copyOf(buckets);
    }

    @AssertTrue(message = "access-key: it and secret-key belong together")
    boolean isKeyWhole() {
      return (accessKey == null) == (secretKey == null);
    }

    /** Never shows the secret. */
    @Override
    public String toString() {
      return "S3[" + buckets + " at " + endpoint + "]";
    }
  }
}
