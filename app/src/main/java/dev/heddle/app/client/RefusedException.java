package dev.heddle.app.client;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The platform refused something, and said why. */
public final class RefusedException extends RuntimeException {
  private final int status;
  private final String code;
  private final transient List<String> reasons;

  RefusedException(int status, String reason) {
    this(status, "", List.of(reason));
  }

  private RefusedException(int status, String code, List<String> reasons) {
    super(String.join("; ", reasons));
    this.status = status;
    this.code = code;
    this.reasons = List.copyOf(reasons);
  }

  /** Reads a problem document; whatever else came is told as it is. */
  static RefusedException of(int status, String body) {
    List<String> reasons = new ArrayList<>();
    String code = "";
    try {
      JsonNode problem = JsonMapper.shared().readTree(body);
      code = problem.path("code").asString("");
      reasons.add(problem.path("detail").asString("the platform answered " + status));
      for (JsonNode violation : problem.path("violations")) {
        reasons.add(
            violation.path("where").asString("")
                + ": "
                + violation.path("message").asString("")
                + " ("
                + violation.path("code").asString("")
                + ")");
      }
    } catch (JacksonException e) {
      reasons.add("the platform answered " + status + ": " + body);
    }
    return new RefusedException(status, code, reasons);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The stable name of the reason, as the API's document lists it; empty if there is none. */
  public String code() {
    return code;
  }

  /** One line for each thing that is wrong. */
  public List<String> reasons() {
    return reasons;
  }
}
