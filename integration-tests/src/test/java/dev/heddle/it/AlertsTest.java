package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.registry.access.TenantLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The dashboard, the alerts and the autoscaler ask for nothing that the platform does not export.
 */
class AlertsTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final Path RULES = HelmChart.FOLDER.resolve("files/rules.yaml");
  private static final Path DASHBOARD = HelmChart.FOLDER.resolve("files/dashboard.json");
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:heddle|jvm|process|http_server|hikaricp)_[a-z0-9_]+");

  /** A metric, the labels that are asked of it in braces, or a sum by labels. */
  private static final Pattern LABELLED =
      Pattern.compile("\\b((?:heddle|jvm|process|http_server)_[a-z0-9_]+)\\{([^}]*)}");

  private static Map<String, Set<String>> exported;

  /** Names and labels as they are scraped, once something of each kind has happened. */
  @BeforeAll
  static void scrape() {
    TenantFixture hasty =
        new TenantFixture(PLATFORM, new TenantLimits(1, 1L, null, null, null, null));
    String request = "{\"model\":\"base\",\"prompt\":\"a\",\"max_tokens\":3}";
    assertThat(hasty.post("/v1/completions", request).statusCode()).isEqualTo(200);
    assertThat(hasty.post("/v1/completions", request).statusCode()).isEqualTo(429);
    exported = new HashMap<>();
    PLATFORM
        .get("/actuator/prometheus")
        .body()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> {
          Matcher sample = Pattern.compile("([a-zA-Z0-9_:]+)(?:\\{(.*)})? .*").matcher(line);
          if (sample.matches()) {
            Set<String> labels = exported.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
            if (sample.group(2) != null) {
              Pattern.compile("([a-z_]+)=\"")
                  .matcher(sample.group(2))
                  .results()
                  .forEach(label -> labels.add(label.group(1)));
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"rules.yaml", "dashboard.json"})
  void every_metric_and_label_is_exported(String name) throws IOException {
    String text = Files.readString(HelmChart.FOLDER.resolve("files").resolve(name));
    Set<String> asked =
        METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
    assertThat(asked).hasSizeGreaterThan(10);
    assertThat(exported.keySet()).containsAll(asked);
    for (MatchResult match : LABELLED.matcher(text.replace("\\\"", "\"")).results().toList()) {
      Pattern.compile("([a-z_]+)(?:=|!)")
          .matcher(match.group(2))
          .results()
          .map(label -> label.group(1))
          .filter(label -> !label.equals("instance")) // the scraper's own
          .forEach(label -> assertThat(exported.get(match.group(1))).contains(label));
    }
  }

  @Test
  void the_autoscaler_asks_for_what_is_exported() throws IOException {
    Matcher metrics =
        Pattern.compile("metric: \\{name: ([a-z_]+)}")
            .matcher(
                Files.readString(
                    HelmChart.FOLDER.resolve("templates/horizontalpodautoscaler.yaml")));
    List<String> names = metrics.results().map(match -> match.group(1)).toList();
    assertThat(names).hasSize(2);
    assertThat(exported).containsKeys(names.toArray(String[]::new));
  }

  @Test
  void every_panel_asks_something_and_no_two_lie_on_each_other() throws IOException {
    JsonNode dashboard = PlatformFixture.parse(Files.readString(DASHBOARD));
    Set<String> places = new TreeSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      JsonNode at = panel.path("gridPos");
      assertThat(places.add(at.path("x") + "," + at.path("y"))).isTrue();
      if (!panel.path("type").asString().equals("row")) {
        assertThat(panel.path("targets")).isNotEmpty();
        assertThat(panel.path("description").asString()).isNotEmpty();
        assertThat(panel.path("targets"))
            .allSatisfy(target -> assertThat(target.path("expr").asString()).contains("$instance"));
      }
    }
    assertThat(places).hasSizeGreaterThan(15);
  }

  @Test
  void every_alert_says_what_to_do() throws IOException {
    Map<String, Object> file = HelmChart.map(Files.readString(RULES));
    for (Object group : (List<?>) file.get("groups")) {
      for (Object rule : (List<?>) ((Map<?, ?>) group).get("rules")) {
        Map<?, ?> alert = (Map<?, ?>) rule;
        assertThat(((Map<?, ?>) alert.get("annotations")).keySet())
            .as(String.valueOf(alert.get("alert")))
            .isEqualTo(Set.of("summary", "action"));
        assertThat(((Map<?, ?>) alert.get("labels")).get("severity"))
            .isIn("critical", "warning", "info");
      }
    }
  }

  @Test
  void prometheus_takes_the_alerts() throws Exception {
    Release.Ran ran = Release.attempt(Map.of(), "promtool", "check", "rules", RULES.toString());
    if (ran.exit() == 127) {
      Release.skip("the alerts are checked by promtool, which is not here");
    }
    assertThat(ran.exit()).as(ran.said()).isZero();
    assertThat(ran.said()).contains("SUCCESS");
  }
}
