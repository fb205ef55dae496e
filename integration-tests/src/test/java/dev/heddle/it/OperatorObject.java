package dev.heddle.it;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;

/**
 * Kinds of the Prometheus operator, with the fields that the chart may use; Kubernetes' own models
 * do not have them.
 */
abstract class OperatorObject implements HasMetadata {
  private static final long serialVersionUID = 1;

  @JsonProperty private String apiVersion;
  @JsonProperty private String kind;
  @JsonProperty private ObjectMeta metadata;

  /** What is scraped. */
  @JsonDeserialize(using = JsonDeserializer.None.class) // the interface has one for any kind
  static final class ServiceMonitor extends OperatorObject {
    private static final long serialVersionUID = 1;

    @JsonProperty private Spec spec;

    record Spec(LabelSelector selector, List<Endpoint> endpoints) {}

    record Endpoint(
        String port, String path, String interval, String scheme, Map<String, Object> tlsConfig) {}

    Spec spec() {
      return spec;
    }
  }

  /** Alerts. */
  @JsonDeserialize(using = JsonDeserializer.None.class) // the interface has one for any kind
  static final class PrometheusRule extends OperatorObject {
    private static final long serialVersionUID = 1;

    @JsonProperty private Spec spec;

    record Spec(List<Group> groups) {}

    record Group(String name, String interval, List<Rule> rules) {}

    record Rule(
        String alert,
        String expr,
        @JsonProperty("for") String lasting,
        Map<String, String> labels,
        Map<String, String> annotations) {}

    Spec spec() {
      return spec;
    }
  }

  @Override
  public ObjectMeta getMetadata() {
    return metadata;
  }

  @Override
  public void setMetadata(ObjectMeta metadata) {
    this.metadata = metadata;
  }

  @Override
  public String getApiVersion() {
    return apiVersion;
  }

  @Override
  public void setApiVersion(String version) {
    this.apiVersion = version;
  }

  @Override
  public String getKind() {
    return kind;
  }
}
