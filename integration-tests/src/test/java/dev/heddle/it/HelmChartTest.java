package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.app.start.StartHelp;
import dev.heddle.it.HelmChart.Manifests;
import dev.heddle.it.OperatorObject.PrometheusRule;
import dev.heddle.it.OperatorObject.ServiceMonitor;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The chart, linted and rendered with every combination of values that matters. */
class HelmChartTest {
  /** What has no default. */
  static final String NEEDED =
      """
      database: {url: "jdbc:postgresql://db/heddle", passwordSecret: {name: heddle-database}}
      """;

  private static final String MODEL =
      "model: {volume: {persistentVolumeClaim: {claimName: m}}, path: a/lite";

  private static final Map<String, String> MODELS =
      Map.of(
          "in its volume", MODEL + "}",
          "from a volume", MODEL + ", name: lite, fetch: {from: volume}}",
          "from a bucket",
              "model: {fetch: {from: s3, s3: {source: 's3://models/lite', endpoint: 'http://s3',"
                  + " secret: {name: models}}}}");

  private static final String BUCKET =
      """
      store: {s3: {bucket: experts, prefix: a/b, endpoint: 'http://s3', secret: {name: e}}}
      adminKeySecret: {name: admin}
      """;

  private static final Map<String, String> STORES =
      Map.of(
          "one in its volume", "data: {existingClaim: mine}",
          "three on a bucket", BUCKET + "replicas: 3",
          "so many as needed on a bucket",
              BUCKET + "autoscaling: {enabled: true}\nsessionSecret: {name: signs}");

  private static final Map<String, String> PLACES =
      Map.of(
          "processors", "resources: {requests: {cpu: '2'}}",
          "an accelerator",
              """
              accelerator: {enabled: true, runtimeClassName: nvidia}
              resources: {limits: {memory: 8Gi}}
              """);

  private static final Map<String, String> PARTS =
      Map.of(
          "nothing more", "podLabels: {}",
          "all parts",
              """
              fullnameOverride: weaver
              image: {tag: "1.2"}
              imagePullSecrets: [{name: registry}]
              tls: {secret: certificate}
              forwarding: serve
              memory: 40GB
              settings: {serving.load-wait: 60s, engine.adapter-rows: 9, metrics.adapter-names: true}
              extraEnv: [{name: HEDDLE_HEAP, value: 1g}]
              extraVolumes: [{name: more, emptyDir: {}}]
              extraVolumeMounts: [{name: more, mountPath: /more}]
              ingress: {enabled: true, className: nginx, tlsSecret: outside}
              podDisruptionBudget: {enabled: true}
              networkPolicy:
                enabled: true
                from: [{namespaceSelector: {matchLabels: {team: a}}}]
                egress: [{ports: [{port: 4317, protocol: TCP}]}]
              metrics:
                serviceMonitor: {enabled: true, labels: {release: prometheus}}
                rules: {enabled: true, labels: {release: prometheus}}
                dashboard: {enabled: true}
              serviceAccount: {annotations: {role: a}}
              service: {annotations: {a: b}, port: 80}
              podAnnotations: {a: b}
              podLabels: {c: d}
              nodeSelector: {e: f}
              tolerations: [{key: gpu, operator: Exists}]
              affinity: {nodeAffinity: {}}
              priorityClassName: high
              """,
          "no account, no spread",
              """
              serviceAccount: {create: false}
              topologySpread: {enabled: false}
              logFormat: text
              """);

  @TempDir static Path work;

  static List<String> combinations() {
    List<String> all = new ArrayList<>();
    for (String model : MODELS.keySet()) {
      for (String store : STORES.keySet()) {
        for (String place : PLACES.keySet()) {
          for (String parts : PARTS.keySet()) {
            all.add(String.join("; ", model, store, place, parts));
          }
        }
      }
    }
    return all;
  }

  /** The values of a combination, by its name. */
  private static HelmChart chart(String name) throws IOException {
    String[] parts = name.split("; ", -1);
    Map<String, Object> all = HelmChart.map(NEEDED);
    for (String yaml :
        List.of(
            MODELS.get(parts[0]),
            STORES.get(parts[1]),
            PARTS.get(parts[3]),
            PLACES.get(parts[2]))) {
      all.putAll(HelmChart.map(yaml));
    }
    return HelmChart.with(work, new org.yaml.snakeyaml.Yaml().dump(all));
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void a_combination_of_values_renders_to_what_kubernetes_takes(String name) throws IOException {
    HelmChart chart = chart(name);
    chart.lint();
    Manifests manifests = chart.render();

    StatefulSet set = manifests.one(StatefulSet.class);
    PodSpec pod = set.getSpec().getTemplate().getSpec();
    boolean scaled = name.contains("so many");
    Integer replicas = name.contains("three") ? Integer.valueOf(3) : Integer.valueOf(1);
    assertThat(set.getSpec().getReplicas()).isEqualTo(scaled ? null : replicas);
    assertThat(manifests.all(HorizontalPodAutoscaler.class)).hasSize(scaled ? 1 : 0);
    assertNamesAreSane(manifests);
    assertMountsHaveVolumes(set);
    assertSelectorsFind(manifests, set.getSpec().getTemplate().getMetadata().getLabels());
    assertSettingsAreKnown(pod.getContainers().getFirst());
    assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThanOrEqualTo(5 + 2 * 60 + 30);
    assertPeersReachEachOther(manifests, pod.getContainers().getFirst());
    assertThat(pod.getEnableServiceLinks()).isFalse();
    assertThat(pod.getInitContainers()).hasSize(name.startsWith("in its volume") ? 0 : 1);
    if (name.contains("accelerator")) {
      Container server = pod.getContainers().getFirst();
      assertThat(server.getArgs()).containsExactly("--backend", "tornado", "serve");
      assertThat(server.getResources().getLimits()).containsKeys("nvidia.com/gpu", "memory");
      assertThat(server.getImage()).startsWith("heddle-nvidia:");
    }
    boolean all = name.endsWith("all parts");
    for (Class<? extends HasMetadata> kind :
        List.of(
            Ingress.class, NetworkPolicy.class, PodDisruptionBudget.class, ServiceMonitor.class)) {
      assertThat(manifests.all(kind)).as(kind.getSimpleName()).hasSize(all ? 1 : 0);
    }
    if (all) {
      assertThat(manifests.one(ServiceMonitor.class).spec().endpoints())
          .singleElement()
          .satisfies(endpoint -> assertThat(endpoint.scheme()).isEqualTo("https"));
      assertThat(manifests.one(PrometheusRule.class).spec().groups().getFirst().rules())
          .hasSizeGreaterThan(10)
          .allSatisfy(rule -> assertThat(rule.expr()).contains("heddle_"));
      assertThat(manifests.one(Ingress.class).getMetadata().getAnnotations())
          .containsEntry("nginx.ingress.kubernetes.io/proxy-buffering", "off")
          .containsEntry("nginx.ingress.kubernetes.io/backend-protocol", "HTTPS");
    }
  }

  private static void assertNamesAreSane(Manifests manifests) {
    Pattern sane = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
    assertThat(manifests.objects())
        .allSatisfy(object -> assertThat(object.getMetadata().getName()).matches(sane));
    assertThat(manifests.objects().stream().map(o -> o.getKind() + o.getMetadata().getName()))
        .doesNotHaveDuplicates();
  }

  private static void assertMountsHaveVolumes(StatefulSet set) {
    PodSpec pod = set.getSpec().getTemplate().getSpec();
    List<String> volumes =
        Stream.concat(
                pod.getVolumes().stream().map(Volume::getName),
                set.getSpec().getVolumeClaimTemplates().stream()
                    .map(claim -> claim.getMetadata().getName()))
            .toList();
    assertThat(volumes).doesNotHaveDuplicates();
    Set<String> mounted =
        Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
            .flatMap(container -> container.getVolumeMounts().stream())
            .map(VolumeMount::getName)
            .collect(Collectors.toSet());
    assertThat(volumes)
        .as("each is mounted, and nothing else")
        .containsExactlyInAnyOrderElementsOf(mounted);
  }

  /** Services, budget, policy and spread mean the server's pod, and not the test's. */
  private static void assertSelectorsFind(Manifests manifests, Map<String, String> pod) {
    Map<String, String> test = manifests.one(Pod.class).getMetadata().getLabels();
    List<Map<String, String>> selectors = new ArrayList<>();
    manifests.all(Service.class).forEach(s -> selectors.add(s.getSpec().getSelector()));
    manifests
        .all(PodDisruptionBudget.class)
        .forEach(b -> selectors.add(b.getSpec().getSelector().getMatchLabels()));
    manifests
        .all(NetworkPolicy.class)
        .forEach(p -> selectors.add(p.getSpec().getPodSelector().getMatchLabels()));
    manifests
        .one(StatefulSet.class)
        .getSpec()
        .getTemplate()
        .getSpec()
        .getTopologySpreadConstraints()
        .forEach(s -> selectors.add(s.getLabelSelector().getMatchLabels()));
    assertThat(selectors)
        .hasSizeGreaterThanOrEqualTo(2)
        .allSatisfy(selector -> {
          assertThat(pod).containsAllEntriesOf(selector);
          assertThat(test.entrySet().containsAll(selector.entrySet())).isFalse();
        });
    for (ServiceMonitor monitor : manifests.all(ServiceMonitor.class)) {
      assertThat(manifests.all(Service.class))
          .as("one Service is scraped, or each sample would count twice")
          .filteredOn(service ->
              service
                  .getMetadata()
                  .getLabels()
                  .entrySet()
                  .containsAll(monitor.spec().selector().getMatchLabels().entrySet()))
          .hasSize(1);
    }
  }

  /** By the name of each pod in the headless Service, which has pods that stop too. */
  private static void assertPeersReachEachOther(Manifests manifests, Container server) {
    String headless = manifests.one(StatefulSet.class).getSpec().getServiceName();
    assertThat(manifests.all(Service.class))
        .filteredOn(service -> service.getMetadata().getName().equals(headless))
        .singleElement()
        .satisfies(service -> {
          assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
          assertThat(service.getSpec().getPublishNotReadyAddresses()).isTrue();
          assertThat(service.getSpec().getPorts().getFirst().getPort()).isEqualTo(8080);
        });
    assertThat(server.getEnv())
        .filteredOn(variable -> variable.getName().equals("HEDDLE_REPLICA_ADDRESS"))
        .singleElement()
        .satisfies(variable ->
            assertThat(variable.getValue())
                .containsSubsequence("://$(HEDDLE_REPLICA_NAME).", headless, ".svc:8080"));
    List<Map<String, String>> policies =
        manifests.all(NetworkPolicy.class).stream()
            .flatMap(policy -> policy.getSpec().getEgress().stream())
            .flatMap(rule -> rule.getTo().stream())
            .map(to -> to.getPodSelector().getMatchLabels())
            .toList();
    assertThat(policies).hasSameSizeAs(manifests.all(NetworkPolicy.class));
  }

  private static void assertSettingsAreKnown(Container server) {
    ByteArrayOutputStream help = new ByteArrayOutputStream();
    StartHelp.print("serve", new PrintStream(help, true, StandardCharsets.UTF_8));
    List<String> known =
        List.of((help.toString(StandardCharsets.UTF_8) + " HEDDLE_HEAP").split("[^A-Z0-9_]+", -1));
    assertThat(server.getEnv().stream().map(EnvVar::getName))
        .doesNotHaveDuplicates()
        .filteredOn(name -> name.startsWith("HEDDLE_"))
        .isSubsetOf(known)
        .contains("HEDDLE_DATABASE_URL", "HEDDLE_DATABASE_PASSWORD", "HEDDLE_MODEL");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{replicas: 2} | store.s3.bucket is not given",
        "{replicas: 2} | adminKeySecret.name is not given",
        "{replicas: 2, data: {existingClaim: a}} | data.existingClaim is given",
        "{autoscaling: {enabled: true}} | store.s3.bucket is not given",
        "{autoscaling: {minReplicas: 9}} | autoscaling.minReplicas is more than",
        "{forwarding: maybe} | forwarding",
        "{databse: {}} | databse",
        "{drain: {endpointSecond: 3}} | endpointSecond",
        "{service: {port: 70000}} | port",
        "{logFormat: xml} | logFormat",
        "{memory: lots} | memory",
        "{model: {fetch: {from: ftp}}} | from",
        "{settings: {serving.load_wait: 1s}} | serving.load_wait",
        "{database: {url: ''}} | database.url is not given",
        "{database: {url: 'mysql://x'}} | url",
        "{database: {passwordSecret: {name: ''}}} | database.passwordSecret.name is not given",
        "{model: {volume: {}}} | model.volume is not given",
        "{model: {fetch: {from: s3}}} | model.fetch.s3.source is not given"
      })
  void values_that_cannot_be_right_are_refused_by_name(String values, String named)
      throws IOException {
    String all = NEEDED + MODEL + "}\n";
    Map<String, Object> changed = HelmChart.map(all);
    HelmChart good = HelmChart.with(work, all);
    assertThat(good.refusal()).startsWith("rendered");
    assertThat(HelmChart.with(work, merged(changed, HelmChart.map(values))).refusal())
        .contains(named)
        .doesNotStartWith("rendered");
  }

  @SuppressWarnings("unchecked")
  private static String merged(Map<String, Object> values, Map<String, Object> changes) {
    changes.forEach((key, value) -> {
      if (values.get(key) instanceof Map && value instanceof Map<?, ?> map) {
        Map<String, Object> inner = new java.util.HashMap<>((Map<String, Object>) values.get(key));
        inner.putAll((Map<String, Object>) map);
        values.put(key, inner);
      } else {
        values.put(key, value);
      }
    });
    return new org.yaml.snakeyaml.Yaml().dump(values);
  }

  /** Or the strictness above would prove nothing. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "spec: {replica: 1}",
        "spec: {replicas: '1'}",
        "spec: {template: {spec: {containers: [{name: a, env: [{name: A, value: 8080}]}]}}}",
        "spec: {template: {spec: {containers: [{name: a, volumeMounts: [{name: a, path: b}]}]}}}",
        "metadata: {labels: {a: true}}"
      })
  void what_kubernetes_does_not_know_fails(String part) {
    Map<String, Object> manifest = HelmChart.map("{apiVersion: apps/v1, kind: StatefulSet}");
    assertThat(HelmChart.parse(manifest)).isInstanceOf(StatefulSet.class);
    manifest.putAll(HelmChart.map(part));
    assertThatThrownBy(() -> HelmChart.parse(manifest)).isInstanceOf(AssertionError.class);
  }

  @Test
  void the_chart_is_of_this_version_and_calls_what_the_image_has() throws IOException {
    String pom = Files.readString(Release.REPO.resolve("pom.xml"));
    Map<String, Object> chart =
        HelmChart.map(Files.readString(HelmChart.FOLDER.resolve("Chart.yaml")));
    assertThat(pom).contains("<version>" + chart.get("appVersion") + "</version>");
    assertThat(chart).containsKey("kubeVersion");
    assertThat(Files.readString(HelmChart.FOLDER.resolve("templates/tests/ready.yaml")))
        .contains("helm.sh/hook: test\n");
    assertThat(Files.readString(Release.REPO.resolve("docker/Dockerfile")))
        .contains("ENTRYPOINT [\"/opt/heddle/heddle\"]", "--uid 10001", "packaging/ready");
    for (String image : List.of("docker/Dockerfile.nvidia", "docker/Dockerfile.intel")) {
      assertThat(Files.readString(Release.REPO.resolve(image)))
          .contains("/opt/heddle/heddle", "--uid 10001", "/opt/heddle/packaging/ready");
    }
  }
}
