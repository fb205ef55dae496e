package dev.heddle.registry.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.registry.InvalidException;
import dev.heddle.registry.store.S3Server;
import dev.heddle.registry.store.S3Settings;
import dev.heddle.registry.store.S3Waits;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

class S3SourceTest {
  private static S3Server server;
  private static S3Settings bucket;
  private static S3Settings other;

  @BeforeAll
  static void fill() {
    server = S3Server.start();
    bucket = server.bucket(Duration.ZERO);
    other = server.bucket(Duration.ZERO);
    try (S3Client client = server.client()) {
      for (String key :
          new String[] {"a/b/expert_cfg.json", "a/b/x.safetensors", "a/b/c/deep", "a/bc/other"}) {
        client.putObject(r -> r.bucket(bucket.bucket()).key(key), RequestBody.fromString(key));
      }
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void the_files_of_a_folder_are_those_below_its_prefix_and_no_deeper() throws IOException {
    try (S3Source source = source(Set.of(bucket.bucket()))) {
      for (String prefix : new String[] {"/a/b", "/a/b/"}) {
        SourceFolder folder = source.open(uri(prefix), null);
        assertThat(folder.files())
            .containsExactlyInAnyOrder(
                new SourceFolder.File("expert_cfg.json", 19),
                new SourceFolder.File("x.safetensors", 17));
        assertThat(folder.others()).containsExactly("c/");
        try (InputStream in = folder.open(folder.files().getFirst())) {
          assertThat(in).hasContent("a/b/" + folder.files().getFirst().name());
        }
      }
    }
  }

  @Test
  void what_is_not_named_by_the_operator_looks_as_what_is_not_there() throws IOException {
    try (S3Source source = source(Set.of(bucket.bucket(), "absent"))) {
      String absent = refusal(source, uri("/nothing/here"), null);
      assertThat(absent).contains("source-not-found");
      assertThat(refusal(source, URI.create("s3://" + other.bucket() + "/a"), null))
          .isEqualTo(absent);
      assertThat(refusal(source, URI.create("s3://absent/a"), null)).isEqualTo(absent);
      assertThat(refusal(source, uri("/"), null)).contains("bad-source");
      assertThat(refusal(source, uri("/a/b"), "main")).contains("bad-revision");
    }
    try (S3Source source = source(Set.of())) {
      assertThat(refusal(source, uri("/a/b"), null)).contains("heddle.imports.s3.buckets");
    }
  }

  @Test
  void a_server_that_does_not_answer_may_answer_later() {
    S3Source.Settings settings =
        new S3Source.Settings(
            Set.of("bucket"),
            URI.create("http://127.0.0.1:9"),
            "us-east-1",
            "key",
            "secret",
            S3Waits.DEFAULT);
    try (S3Source source = new S3Source(settings)) {
      assertThatThrownBy(() -> source.open(URI.create("s3://bucket/a"), null))
          .isInstanceOf(IOException.class);
    }
  }

  private static String refusal(S3Source source, URI uri, @Nullable String revision)
      throws IOException {
    try {
      source.open(uri, revision);
    } catch (InvalidException e) {
      return e.violations().toString();
    }
    throw new AssertionError(uri + " was not refused");
  }

  private static URI uri(String path) {
    return URI.create("s3://" + bucket.bucket() + path);
  }

  private static S3Source source(Set<String> buckets) {
    return new S3Source(
        new S3Source.Settings(
            buckets,
            server.endpoint(),
            bucket.region(),
            bucket.accessKey(),
            bucket.secretKey(),
            S3Waits.DEFAULT));
  }
}
