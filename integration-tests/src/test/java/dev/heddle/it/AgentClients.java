package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Python's clients that call tools by themselves, as they are published. Run by {@code ./mvnw test
 * -Pclients}. {@code tools/clients/agents-setup} installs them; where that fails, as without a
 * network, nothing is run.
 */
class AgentClients {
  private static final Logger log = LoggerFactory.getLogger(AgentClients.class);
  private static final Path TOOLS = Path.of(System.getProperty("heddle.repo"), "tools", "clients");
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  @TempDir Path out;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void every_client_has_the_function_called_and_its_turn_ended() throws Exception {
    boolean installed = exit("setup", 8, TOOLS.resolve("agents-setup").toString()) == 0;
    if (!installed) {
      log.warn("SKIPPED: Python's clients cannot be installed:\n{}", printed("setup.err"));
    }
    assumeTrue(installed, "Python's clients cannot be installed");
    String python = printed("setup.out").strip() + "/python";
    int exit =
        exit("agents", 2, python, TOOLS.resolve("agent_loops.py").toString(), PLATFORM.url());
    assertThat(exit).as(printed("agents.err")).isZero();

    List<JsonNode> told = printed("agents.out").lines().map(PlatformFixture::parse).toList();
    assertThat(told)
        .extracting(line -> line.path("client").stringValue())
        .containsExactly(
            "openai",
            "openai, streaming",
            "anthropic",
            "anthropic, streaming",
            "pydantic-ai",
            "openai-agents, chat completions",
            "openai-agents, responses");
    assertThat(told)
        .allSatisfy(line -> {
          assertThat(line.path("called").valueStream().map(JsonNode::toString))
              .isNotEmpty()
              .allMatch(call ->
                  call.matches("\\{\"city\":\"(Lyon|Paris)\",\"day\":\"(saturday|sunday)\"}"));
          assertThat(line.path("ended").booleanValue()).isTrue();
        });
  }

  private int exit(String name, int minutes, String... command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(new File(out.toFile(), name + ".out"))
            .redirectError(new File(out.toFile(), name + ".err"));
    builder.environment().put("HEDDLE_KEY", PlatformFixture.KEY);
    Process process = builder.start();
    if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      return -1;
    }
    return process.exitValue();
  }

  private String printed(String file) throws Exception {
    return Files.readString(out.resolve(file));
  }
}
