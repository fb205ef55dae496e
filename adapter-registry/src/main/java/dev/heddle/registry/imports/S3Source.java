package dev.heddle.registry.imports;

import dev.heddle.registry.InvalidException;
import dev.heddle.registry.store.S3Connection;
import dev.heddle.registry.store.S3Waits;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Folders of buckets, {@code s3://BUCKET/PREFIX}, of the buckets that the operator has named. */
public final class S3Source implements ImportSource, AutoCloseable {
  private static final int ENTRIES_MAX = 10_000;

  /**
   * Which buckets may be read, and how.
   *
   * @param buckets none refuses every source
   * @param endpoint of a server that speaks S3; null for Amazon's
   * @param accessKey null for the default chain: environment, profile, the machine's or pod's role
   */
  public record Settings(
      Set<String> buckets,
      @Nullable URI endpoint,
      String region,
      @Nullable String accessKey,
      @Nullable String secretKey,
      S3Waits waits) {
    public Settings {
      buckets = Set.copyOf(buckets);
    }

    /** Never shows the secret. */
    @Override
    public String toString() {
      return "Settings[" + buckets + " at " + endpoint + "]";
    }
  }

  private final Settings settings;
  private final S3Client client;

  public S3Source(Settings settings) {
    this.settings = settings;
    this.client =
        new S3Connection(
                settings.endpoint(),
                settings.region(),
                settings.accessKey(),
                settings.secretKey(),
                settings.endpoint() != null,
                settings.waits())
            .client()
            .build();
  }

  @Override
  public String scheme() {
    return "s3";
  }

  @Override
  public void check(URI source, @Nullable String revision) {
    if (settings.buckets().isEmpty()) {
      throw new InvalidException(
          "imports-disabled",
          "source",
          "no bucket may be read: heddle.imports.s3.buckets names none");
    }
    if (source.getRawAuthority() == null || prefix(source).isEmpty()) {
      throw new InvalidException("bad-source", "source", "expected s3://BUCKET/PREFIX");
    }
    if (!settings.buckets().contains(source.getRawAuthority())) {
      throw notFound();
    }
    if (revision != null) {
      throw new InvalidException("bad-revision", "revision", "a bucket's folder has none");
    }
  }

  @Override
  public SourceFolder open(URI source, @Nullable String revision) throws IOException {
    check(source, revision);
    String bucket = source.getRawAuthority();
    String prefix = prefix(source) + "/";
    List<SourceFolder.File> files = new ArrayList<>();
    Set<String> others = new TreeSet<>();
    try {
      for (S3Object object :
          client.listObjectsV2Paginator(r -> r.bucket(bucket).prefix(prefix)).contents()) {
        String name = object.key().substring(prefix.length());
        int slash = name.indexOf('/');
        if (slash >= 0) {
          others.add(name.substring(0, slash + 1));
        } else if (!name.isEmpty()) {
          files.add(new SourceFolder.File(name, object.size()));
        }
        if (files.size() + others.size() > ENTRIES_MAX) {
          throw new InvalidException(
              "too-many-files", "source", "has more than " + ENTRIES_MAX + " files");
        }
      }
    } catch (SdkException e) {
      throw failure(e);
    }
    if (files.isEmpty()) {
      throw notFound();
    }
    return new Folder(client, bucket, prefix, List.copyOf(files), List.copyOf(others));
  }

  private record Folder(
      S3Client client, String bucket, String prefix, List<File> files, List<String> others)
      implements SourceFolder {
    @Override
    public InputStream open(File file) throws IOException {
      try {
        return client.getObject(r -> r.bucket(bucket).key(prefix + file.name()));
      } catch (SdkException e) {
        throw failure(e);
      }
    }
  }

  private static String prefix(URI source) {
    String path = source.getPath() == null ? "" : source.getPath();
    return path.replaceAll("^/+|/+$", "");
  }

  /** What is refused looks as what is not there; everything else may be better later. */
  private static IOException failure(SdkException e) {
    if (e instanceof S3Exception refused
        && (refused.statusCode() == 404 || refused.statusCode() == 403)) {
      throw notFound();
    }
    return new IOException("the bucket does not answer as it should: " + e.getMessage(), e);
  }

  private static InvalidException notFound() {
    return new InvalidException(
        "source-not-found", "source", "there is no such folder in heddle.imports.s3.buckets");
  }

  @Override
  public void close() {
    client.close();
  }
}
