package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documentation names things that are there. */
class DocsTest {
  private static final Path REPO = Path.of(System.getProperty("heddle.repo"));
  private static final Pattern ARROW = Pattern.compile("(\\w+) (\\.\\.>|=>|>) (?=(\\w+))");
  private static final Pattern NAME = Pattern.compile("`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)(?:#[^)]*)?\\)");

  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> files = Files.walk(REPO)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (file.toString().matches(".*/src/(main|generate)/java/.*")) {
          String name = file.getFileName().toString().replace(".java", "");
          sources.merge(name, Files.readString(file), String::concat);
        }
      }
    }
    return sources;
  }

  @Test
  void the_flows_of_the_architecture_are_those_of_the_code() throws IOException {
    Map<String, String> sources = sources();
    String text = Files.readString(REPO.resolve("docs/architecture.md"));
    String flows = text.substring(text.indexOf("    request "), text.indexOf("## One request"));
    List<MatchResult> arrows = ARROW.matcher(flows).results().toList();
    List<String> faults = new ArrayList<>();
    for (MatchResult arrow : arrows) {
      String from = sources.get(arrow.group(1));
      if (from == null || !sources.containsKey(arrow.group(3))) {
        faults.add(arrow.group() + arrow.group(3) + ": no such class");
      } else if (arrow.group(2).equals(">") && !from.contains(arrow.group(3))) {
        faults.add(arrow.group() + arrow.group(3) + ": the first does not know the second");
      }
    }
    assertThat(arrows).hasSizeGreaterThan(20);
    assertThat(faults).isEmpty();
  }

  @Test
  void every_class_that_a_document_names_is_there() throws IOException {
    Map<String, String> sources = sources();
    String text = Files.readString(REPO.resolve("docs/architecture.md"));

    assertThat(NAME.matcher(text).results().map(name -> name.group(1)).distinct())
        .isNotEmpty()
        .allMatch(sources::containsKey);
  }

  @Test
  void every_link_leads_to_a_file() throws IOException {
    List<String> dead = new ArrayList<>();
    List<Path> documents = new ArrayList<>(List.of(REPO.resolve("README.md")));
    try (Stream<Path> docs = Files.list(REPO.resolve("docs"))) {
      docs.filter(path -> path.toString().endsWith(".md")).forEach(documents::add);
    }
    for (Path document : documents) {
      for (MatchResult link : LINK.matcher(Files.readString(document)).results().toList()) {
        if (!Files.exists(document.resolveSibling(link.group(1)))) {
          dead.add(document.getFileName() + ": " + link.group(1));
        }
      }
    }
    assertThat(dead).isEmpty();
  }
}
