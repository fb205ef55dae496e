package dev.heddle.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.ops.Precision;
import dev.heddle.registry.access.Scope;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.util.unit.DataSize;

class HeddlePropertiesTest {
  @EnableConfigurationProperties(HeddleProperties.class)
  static class Settings {}

  @TempDir Path model;

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
          .withUserConfiguration(Settings.class);

  @Test
  void defaults_need_nothing_but_a_model() {
    runner
        .withPropertyValues("heddle.model=" + model)
        .run(context ->
            assertThat(context.getBean(HeddleProperties.class))
                .isEqualTo(
                    new HeddleProperties(
                        "127.0.0.1",
                        8080,
                        Path.of(System.getProperty("user.home"), ".heddle"),
                        model,
                        null,
                        DataSize.ofMegabytes(64),
                        null,
                        null,
                        new HeddleProperties.Engine(
                            "auto",
                            0,
                            Precision.STORED,
                            256,
                            64,
                            0,
                            64,
                            0,
                            2,
                            "data",
                            Duration.ofMinutes(1)),
                        new HeddleProperties.Serving(
                            512,
                            16,
                            DataSize.ofMegabytes(4),
                            1024,
                            Duration.ofSeconds(30),
                            Duration.ofSeconds(30),
                            null,
                            10_000,
                            Duration.ofMinutes(1),
                            Duration.ofSeconds(10),
                            Duration.ofSeconds(15),
                            Duration.ZERO,
                            0,
                            0,
                            false,
                            "auto",
                            "auto"),
                        new HeddleProperties.Uploads(Duration.ofHours(24), Duration.ofDays(7)),
                        new HeddleProperties.Usage(Duration.ofDays(90)),
                        new ImportSettings(
                            List.of(),
                            2,
                            new ImportSettings.S3(
                                Set.of(),
                                null,
                                "us-east-1",
                                null,
                                null,
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(30))),
                        new ScoringSettings(DataSize.ofMegabytes(8), 10_000, 4096),
                        new StoreSettings(
                            Duration.ofHours(1),
                            DataSize.ofMegabytes(4),
                            new StoreSettings.S3(
                                null,
                                null,
                                "",
                                "us-east-1",
                                null,
                                null,
                                null,
                                Duration.ofDays(1),
                                DataSize.ofGigabytes(20),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(30))),
                        new HeddleProperties.Database(
                            null, "heddle", "", 10, Duration.ofSeconds(5), Duration.ofSeconds(10)),
                        new HeddleProperties.Replica(null, null, Duration.ofSeconds(2), "serve"),
                        new CorsSettings(List.of()),
                        new ConsoleSettings(
                            null,
                            new OidcSettings(
                                null,
                                null,
                                null,
                                "OpenID Connect",
                                null,
                                List.of("openid", "email"),
                                null,
                                null,
                                null,
                                List.of(),
                                List.of(),
                                List.of(),
                                "email",
                                Duration.ofHours(12))),
                        new HeddleProperties.Metrics(false),
                        new TracingSettings("", 1),
                        new HeddleProperties.Log("text"))));
  }

  @Test
  void every_setting_is_read() {
    String key = "k".repeat(32);
    runner
        .withPropertyValues(
            "heddle.host=0.0.0.0",
            "heddle.port=9000",
            "heddle.data=/srv/heddle",
            "heddle.model=" + model,
            "heddle.model-name=loom",
            "heddle.model-check-rate=8MB",
            "heddle.bootstrap-admin-key=" + key,
            "heddle.memory=4GB",
            "heddle.engine.backend=reference",
            "heddle.engine.threads=3",
            "heddle.engine.weights=int8",
            "heddle.engine.max-batch-tokens=128",
            "heddle.engine.max-sequences=32",
            "heddle.engine.max-context=2048",
            "heddle.engine.adapter-rows=9",
            "heddle.engine.adapter-slots=70",
            "heddle.engine.load-threads=5",
            "heddle.engine.packed-weights=/srv/packed",
            "heddle.serving.default-max-tokens=7",
            "heddle.serving.max-choices=2",
            "heddle.serving.body-limit=1MB",
            "heddle.serving.queue-limit=5",
            "heddle.serving.queue-wait=500ms",
            "heddle.serving.load-wait=3s",
            "heddle.serving.host-cache=64MB",
            "heddle.serving.read-wait=2s",
            "heddle.serving.keep-alive=4s",
            "heddle.serving.drain-wait=5s",
            "heddle.serving.linger=6s",
            "heddle.console.session-secret=" + "s".repeat(32),
            "heddle.serving.prompt-threads=3",
            "heddle.serving.text-threads=4",
            "heddle.serving.parse-special-tokens=true",
            "heddle.store.collect-every=5m",
            "heddle.store.s3.endpoint=http://s3:9000",
            "heddle.store.s3.bucket=experts",
            "heddle.store.s3.prefix=prod/a",
            "heddle.store.s3.region=eu-central-1",
            "heddle.store.s3.access-key=id",
            "heddle.store.s3.secret-key=hidden",
            "heddle.store.s3.path-style=true",
            "heddle.store.s3.grace=2h",
            "heddle.store.s3.cache=1GB",
            "heddle.store.s3.connect-wait=1s",
            "heddle.store.s3.read-wait=2s",
            "heddle.database.url=jdbc:postgresql://db/heddle",
            "heddle.database.connections=20",
            "heddle.database.connect-wait=3s",
            "heddle.database.statement-wait=4s",
            "heddle.replica.name=heddle-0",
            "heddle.replica.address=http://10.0.0.5:8080",
            "heddle.replica.beat=500ms",
            "heddle.replica.forwarding=forward",
            "heddle.imports.at-once=5",
            "heddle.imports.s3.connect-wait=6s",
            "heddle.imports.s3.read-wait=7s",
            "heddle.imports.roots=/srv/a,/srv/b",
            "heddle.imports.s3.buckets=one",
            "heddle.imports.s3.endpoint=http://s3",
            "heddle.imports.s3.region=eu",
            "heddle.imports.s3.access-key=key",
            "heddle.imports.s3.secret-key=secret",
            "heddle.database.user=owner",
            "heddle.database.password=secret",
            "heddle.cors.origins=https://app.example.com",
            "heddle.console.oidc.issuer=https://id.example.com",
            "heddle.console.oidc.client-id=loom",
            "heddle.console.oidc.client-secret=hidden",
            "heddle.console.oidc.name=Acme",
            "heddle.console.oidc.redirect-base=https://heddle.example.com",
            "heddle.console.oidc.scopes=openid,profile",
            "heddle.console.oidc.tenant=acme",
            "heddle.console.oidc.roles-claim=groups",
            "heddle.console.oidc.admin-roles=a",
            "heddle.console.oidc.adapters-roles=b,c",
            "heddle.console.oidc.inference-roles=d",
            "heddle.console.oidc.name-claim=nick",
            "heddle.console.oidc.session-time=1h",
            "heddle.metrics.adapter-names=true",
            "heddle.tracing.endpoint=http://collector:4318",
            "heddle.tracing.sample=0.1",
            "heddle.uploads.keep-versions=3d",
            "heddle.serving.connections=500",
            "heddle.log.format=json")
        .run(context ->
            assertThat(context.getBean(HeddleProperties.class))
                .isEqualTo(
                    new HeddleProperties(
                        "0.0.0.0",
                        9000,
                        Path.of("/srv/heddle"),
                        model,
                        "loom",
                        DataSize.ofMegabytes(8),
                        key,
                        DataSize.ofGigabytes(4),
                        new HeddleProperties.Engine(
                            "reference",
                            3,
                            Precision.INT8,
                            128,
                            32,
                            2048,
                            9,
                            70,
                            5,
                            "/srv/packed",
                            Duration.ofMinutes(1)),
                        new HeddleProperties.Serving(
                            7,
                            2,
                            DataSize.ofMegabytes(1),
                            5,
                            Duration.ofMillis(500),
                            Duration.ofSeconds(3),
                            DataSize.ofMegabytes(64),
                            500,
                            Duration.ofSeconds(2),
                            Duration.ofSeconds(4),
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(6),
                            3,
                            4,
                            true,
                            "auto",
                            "auto"),
                        new HeddleProperties.Uploads(Duration.ofHours(24), Duration.ofDays(3)),
                        new HeddleProperties.Usage(Duration.ofDays(90)),
                        new ImportSettings(
                            List.of(Path.of("/srv/a"), Path.of("/srv/b")),
                            5,
                            new ImportSettings.S3(
                                Set.of("one"),
                                URI.create("http://s3"),
                                "eu",
                                "key",
                                "secret",
                                Duration.ofSeconds(6),
                                Duration.ofSeconds(7))),
                        new ScoringSettings(DataSize.ofMegabytes(8), 10_000, 4096),
                        new StoreSettings(
                            Duration.ofMinutes(5),
                            DataSize.ofMegabytes(4),
                            new StoreSettings.S3(
                                URI.create("http://s3:9000"),
                                "experts",
                                "prod/a",
                                "eu-central-1",
                                "id",
                                "hidden",
                                true,
                                Duration.ofHours(2),
                                DataSize.ofGigabytes(1),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2))),
                        new HeddleProperties.Database(
                            "jdbc:postgresql://db/heddle",
                            "owner",
                            "secret",
                            20,
                            Duration.ofSeconds(3),
                            Duration.ofSeconds(4)),
                        new HeddleProperties.Replica(
                            "heddle-0", "http://10.0.0.5:8080", Duration.ofMillis(500), "forward"),
                        new CorsSettings(List.of("https://app.example.com")),
                        new ConsoleSettings(
                            "s".repeat(32),
                            new OidcSettings(
                                "https://id.example.com",
                                "loom",
                                "hidden",
                                "Acme",
                                "https://heddle.example.com",
                                List.of("openid", "profile"),
                                "acme",
                                null,
                                "groups",
                                List.of("a"),
                                List.of("b", "c"),
                                List.of("d"),
                                "nick",
                                Duration.ofHours(1))),
                        new HeddleProperties.Metrics(true),
                        new TracingSettings("http://collector:4318", 0.1),
                        new HeddleProperties.Log("json"))));
  }

  @Test
  void everything_wrong_is_told_at_once() {
    runner
        .withPropertyValues(
            "heddle.model=" + model.resolve("absent"),
            "heddle.port=70000",
            "heddle.bootstrap-admin-key=short",
            "heddle.memory=1MB",
            "heddle.engine.backend=abacus",
            "heddle.store.s3.access-key=alone",
            "heddle.database.connections=1",
            "heddle.database.connect-wait=1ms",
            "heddle.store.s3.read-wait=0s",
            "heddle.imports.at-once=0",
            "heddle.serving.max-choices=0")
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("is not a folder")
                .hasMessageContaining("'port'")
                .hasMessageContaining("32 characters or more")
                .hasMessageContaining("at least 64MB")
                .hasMessageContaining("'engine.backend'")
                .hasMessageContaining("belong together")
                .hasMessageContaining("'database.connections'")
                .hasMessageContaining("connect-wait: must be 1s to 10m")
                .hasMessageContaining("read-wait: must be 100ms to 10m")
                .hasMessageContaining("'imports.atOnce'")
                .hasMessageContaining("'serving.maxChoices'"));
  }

  @Test
  void secrets_are_not_shown() {
    runner
        .withPropertyValues(
            "heddle.model=" + model,
            "heddle.bootstrap-admin-key=" + "s3cret".repeat(6),
            "heddle.database.password=s3cret")
        .run(context -> {
          HeddleProperties properties = context.getBean(HeddleProperties.class);
          assertThat(properties + " " + properties.database()).doesNotContain("s3cret");
        });
  }

  @Test
  void a_model_is_called_as_its_folder_unless_named() {
    assertThat(ModelNames.of("loom", Path.of("/x/base"))).isEqualTo("loom");
    assertThat(ModelNames.of(null, Path.of("/x/DeepSeek-V2 Lite"))).isEqualTo("deepseek-v2-lite");
    assertThat(ModelNames.of(null, Path.of("/x/__"))).isEqualTo("base");
  }

  @Test
  void sign_in_is_set_as_a_whole_or_not_at_all() {
    String prefix = "heddle.console.oidc.";
    String[] whole = {
      "heddle.model=" + model,
      prefix + "issuer=https://id.example.com/realms/acme",
      prefix + "client-id=heddle",
      prefix + "client-secret=hidden-secret",
      prefix + "redirect-base=https://heddle.example.com",
      prefix + "tenant-claim=tenant",
      prefix + "roles-claim=groups",
      prefix + "admin-roles=operators,root"
    };
    runner
        .withPropertyValues(whole)
        .run(context -> {
          OidcSettings oidc = context.getBean(HeddleProperties.class).console().oidc();
          assertThat(oidc.isOn()).isTrue();
          assertThat(oidc.roles().get(Scope.ADMIN)).containsExactlyInAnyOrder("operators", "root");
          assertThat(oidc.toString()).doesNotContain("hidden");
        });
    for (String fault :
        List.of(
            "issuer=http://id.example.com",
            "issuer=",
            "client-id=",
            "redirect-base=https://heddle.example.com/console",
            "redirect-base=heddle.example.com",
            "redirect-base=",
            "tenant=acme",
            "tenant-claim=",
            "roles-claim=",
            "admin-roles=",
            "scopes=email",
            "session-time=30s")) {
      runner
          .withPropertyValues(whole)
          .withPropertyValues(prefix + fault)
          .run(context -> assertThat(context).as(fault).hasFailed());
    }
  }
}
