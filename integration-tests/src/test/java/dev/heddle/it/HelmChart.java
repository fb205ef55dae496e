package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The chart, rendered by Helm's own code with values of a test's. */
final class HelmChart {
  static final Path FOLDER = Release.REPO.resolve("helm/heddle");

  /** Of the release, which is part of every name. */
  static final String RELEASE = "loom";

  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.ofEntries(
          Map.entry("apps/v1/StatefulSet", StatefulSet.class),
          Map.entry("v1/Service", Service.class),
          Map.entry("v1/ServiceAccount", ServiceAccount.class),
          Map.entry("v1/Pod", Pod.class),
          Map.entry("v1/ConfigMap", ConfigMap.class),
          Map.entry("networking.k8s.io/v1/Ingress", Ingress.class),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
          Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
          Map.entry("monitoring.coreos.com/v1/ServiceMonitor", OperatorObject.ServiceMonitor.class),
          Map.entry(
              "monitoring.coreos.com/v1/PrometheusRule", OperatorObject.PrometheusRule.class));

  private static final ObjectMapper STRICT = strict();

  private final Path folder;

  private HelmChart(Path folder) {
    this.folder = folder;
  }

  /**
   * A copy of the chart whose values are changed.
   *
   * @param work where the copy may lie
   * @param values YAML that is merged over the chart's own
   */
  static HelmChart with(Path work, String values) throws IOException {
    if (!System.getProperty("os.arch").equals("amd64")) {
      Release.skip("the chart is rendered by Helm's library, which is there for x86-64 alone");
    }
    Path copy = Files.createTempDirectory(work, "chart").resolve("heddle");
    try (Stream<Path> files = Files.walk(FOLDER)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(FOLDER.relativize(file).toString()));
      }
    }
    // The library renders for Kubernetes 1.20, whatever it is asked.
    Path chart = copy.resolve("Chart.yaml");
    Files.writeString(chart, Files.readString(chart).replaceFirst("kubeVersion: .*\\n", ""));
    // And it leaves hooks out: what they start is rendered like the rest.
    Path test = copy.resolve("templates/tests/ready.yaml");
    Files.writeString(test, Files.readString(test).replaceFirst("    helm.sh/hook: test\\n", ""));
    Map<String, Object> all = new Yaml().load(Files.readString(copy.resolve("values.yaml")));
    merge(all, new Yaml().load(values));
    Files.writeString(copy.resolve("values.yaml"), new Yaml().dump(all));
    return new HelmChart(copy);
  }

  @SuppressWarnings("unchecked")
  private static void merge(Map<String, Object> into, Map<String, Object> changes) {
    changes.forEach((key, value) -> {
      boolean both =
          into.get(key) instanceof Map && value instanceof Map<?, ?> map && !map.isEmpty();
      if (both) {
        merge((Map<String, Object>) into.get(key), (Map<String, Object>) value);
      } else {
        into.put(key, value);
      }
    });
  }

  /** Every warning of Helm's linter is a failure. */
  void lint() {
    LintResult linted = new Helm(folder).lint().strict().call();
    assertThat(linted.isFailed()).as(linted.getMessages().toString()).isFalse();
  }

  /** The manifests; a field or a type that Kubernetes does not know fails. */
  Manifests render() {
    String text = new Helm(folder).template().withName(RELEASE).withNamespace("weaving").call();
    List<HasMetadata> objects = new ArrayList<>();
    for (Object document : new Yaml().loadAll(text)) {
      if (document instanceof Map<?, ?> map) {
        objects.add(parse(map));
      }
    }
    return new Manifests(objects);
  }

  /** What Helm says to values that it refuses. */
  String refusal() {
    try {
      return "rendered: " + render();
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  static HasMetadata parse(Map<?, ?> manifest) {
    String kind = manifest.get("apiVersion") + "/" + manifest.get("kind");
    assertThat(KINDS).as("kinds that this test knows").containsKey(kind);
    try {
      return STRICT.convertValue(manifest, KINDS.get(kind));
    } catch (IllegalArgumentException e) {
      throw new AssertionError(kind + ": " + e.getMessage(), e);
    }
  }

  /**
   * The models keep what they do not know; here nothing may be left over, and no type be guessed.
   */
  private static ObjectMapper strict() {
    JsonMapper.Builder builder =
        JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(
                new JacksonAnnotationIntrospector() {
                  private static final long serialVersionUID = 1;

                  @Override
                  public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                  }
                });
    for (CoercionInputShape shape :
        List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
      builder.withCoercionConfig(
          LogicalType.Textual, config -> config.setCoercion(shape, CoercionAction.Fail));
    }
    for (LogicalType type : List.of(LogicalType.Integer, LogicalType.Boolean, LogicalType.Float)) {
      builder.withCoercionConfig(
          type, config -> config.setCoercion(CoercionInputShape.String, CoercionAction.Fail));
    }
    return builder.build();
  }

  /** What the chart came to. */
  record Manifests(List<HasMetadata> objects) {
    <T extends HasMetadata> List<T> all(Class<T> kind) {
      return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T extends HasMetadata> T one(Class<T> kind) {
      assertThat(all(kind)).as(kind.getSimpleName()).hasSize(1);
      return all(kind).getFirst();
    }
  }

  /** Nested maps of a manifest, for tests that spoil one. */
  static Map<String, Object> map(String yaml) {
    return new LinkedHashMap<>(new Yaml().<Map<String, Object>>load(yaml));
  }
}
