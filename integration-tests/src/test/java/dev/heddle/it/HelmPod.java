package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a kubelet does with a container, for a process of this machine: folders of this machine
 * stand for its mounts, a free port for its own, and the application of this build for its image.
 *
 * @param name of the pod
 * @param mounts from volumes' names to folders
 * @param secrets from {@code NAME/KEY} to values
 * @param port what the container's port 8080 is here
 */
record HelmPod(
    String name,
    Map<String, Path> mounts,
    Map<String, String> secrets,
    int port,
    HttpClient client) {
  private static final String PROGRAM = "/opt/heddle/heddle";
  private static final String FILES = "/opt/heddle/";
  private static final String CONTAINER_PORT = "8080";

  /** How a container is started. */
  ProcessBuilder process(Container container) {
    List<String> words = new ArrayList<>(container.getCommand());
    assertThat(words.getFirst()).startsWith(FILES);
    List<String> command = new ArrayList<>();
    if (words.getFirst().equals(PROGRAM)) {
      command.addAll(PlatformProcess.program("-Xmx512m", "-XX:+UseSerialGC", PlatformProcess.LOG));
    } else {
      command.add(Release.REPO.resolve(words.getFirst().substring(FILES.length())).toString());
    }
    words.subList(1, words.size()).forEach(word -> command.add(here(word, container)));
    container.getArgs().forEach(word -> command.add(here(word, container)));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().putAll(environment(container));
    return builder;
  }

  private Map<String, String> environment(Container container) {
    Map<String, String> all = new LinkedHashMap<>();
    for (EnvVar variable : container.getEnv()) {
      String value = value(variable);
      for (Map.Entry<String, String> earlier : all.entrySet()) {
        value = value.replace("$(" + earlier.getKey() + ")", earlier.getValue());
      }
      all.put(variable.getName(), here(value, container));
    }
    if (all.containsKey("HEDDLE_PORT")) {
      assertThat(all.put("HEDDLE_PORT", Integer.toString(port))).isEqualTo(CONTAINER_PORT);
      all.put("HEDDLE_HOST", "127.0.0.1"); // not for the networks that this machine is in
      // No name of a pod means anything here.
      String address = Objects.requireNonNull(all.get("HEDDLE_REPLICA_ADDRESS"));
      assertThat(address).matches("https?://" + name + "\\.[a-z-]+-pods\\.[a-z-]+\\.svc:8080");
      all.put("HEDDLE_REPLICA_ADDRESS", address.replaceFirst("://.*", "://127.0.0.1:" + port));
    }
    return all;
  }

  private String value(EnvVar variable) {
    if (variable.getValueFrom() == null) {
      return variable.getValue();
    }
    if (variable.getValueFrom().getFieldRef() != null) {
      assertThat(variable.getValueFrom().getFieldRef().getFieldPath()).isEqualTo("metadata.name");
      return name;
    }
    SecretKeySelector secret = variable.getValueFrom().getSecretKeyRef();
    String name = secret.getName() + "/" + secret.getKey();
    assertThat(secrets).containsKey(name);
    return secrets.get(name);
  }

  /** A path of the container as one of this machine. */
  private String here(String text, Container container) {
    List<VolumeMount> longestFirst =
        container.getVolumeMounts().stream()
            .sorted(Comparator.comparing(m -> -m.getMountPath().length()))
            .toList();
    for (VolumeMount mount : longestFirst) {
      String path = mount.getMountPath();
      String bare = text.replaceFirst("^file:", "");
      if (bare.equals(path) || bare.startsWith(path + "/")) {
        String scheme = text.substring(0, text.length() - bare.length());
        return scheme + mounts.get(mount.getName()) + bare.substring(path.length());
      }
    }
    return text;
  }

  /** Asks as the kubelet does; the status, or 0 if nobody answers. */
  int ask(Container container, Probe probe) throws InterruptedException {
    HTTPGetAction get = probe.getHttpGet();
    assertThat(container.getPorts())
        .filteredOn(each -> each.getName().equals(get.getPort().getStrVal()))
        .singleElement()
        .satisfies(each -> assertThat(each.getContainerPort()).hasToString(CONTAINER_PORT));
    String url =
        get.getScheme().toLowerCase(java.util.Locale.ROOT) + "://127.0.0.1:" + port + get.getPath();
    try {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(url))
                  .timeout(Duration.ofSeconds(probe.getTimeoutSeconds()))
                  .build(),
              BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Asks until the answer is good, for as long as the probe would. */
  void await(Process process, Container container, Probe probe) throws InterruptedException {
    long end =
        System.nanoTime()
            + Duration.ofSeconds((long) probe.getPeriodSeconds() * probe.getFailureThreshold())
                .toNanos();
    while (ask(container, probe) != 200) {
      assertThat(process.isAlive()).as("the process runs").isTrue();
      assertThat(System.nanoTime()).as("the probe's time").isLessThan(end);
      Thread.sleep(100);
    }
  }
}
