package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;

/** Takes the pictures in {@code docs/console}; run by {@code tools/screenshots}. */
class ConsolePictures {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final Path FOLDER = Path.of(System.getProperty("heddle.repo"), "docs", "console");
  private static final long BYTES_MAX = 150_000;
  private static final List<String> PROMPTS =
      List.of(
          "turn on the lights in the kitchen", "how many users signed up in May", "3. Mai 2024");

  private static final Map<String, String> PAGES = new LinkedHashMap<>();

  static {
    PAGES.put("overview", "/console");
    PAGES.put("adapters", "/console/adapters");
    PAGES.put("adapter", "/console/adapters/intent");
    PAGES.put("scoring", "/console/scoring");
    PAGES.put("memory", "/console/memory");
    PAGES.put("playground", "/console/playground");
    PAGES.put("tenants", "/console/tenants");
    PAGES.put("tenant", "/console/tenants/default");
    PAGES.put("audit", "/console/audit?action=adapter.publish");
    PAGES.put("status", "/console/status");
  }

  @Test
  void take() throws IOException {
    Files.createDirectories(FOLDER);
    describe();
    take("light", ConsoleVisit.wide(ColorScheme.LIGHT));
    take("dark", ConsoleVisit.wide(ColorScheme.DARK));
    take("phone", ConsoleVisit.wide(ColorScheme.LIGHT).setViewportSize(390, 844));
  }

  private static void take(String kind, Browser.NewContextOptions options) throws IOException {
    try (ConsoleVisit stranger = ConsoleVisit.stranger(PLATFORM.url(), options)) {
      stranger.open("/console/sign-in");
      save(stranger.page, "sign-in", kind);
    }
    try (ConsoleVisit visit = ConsoleVisit.of(PLATFORM.url(), PlatformFixture.KEY, options)) {
      for (Map.Entry<String, String> page : PAGES.entrySet()) {
        visit.open(page.getValue());
        if (page.getKey().equals("playground")) {
          ask(visit.page);
        }
        if (page.getKey().equals("scoring")) {
          visit.page.locator("#scoring-file").setInputFiles(ScoringTest.SAMPLES);
        }
        visit.page.waitForTimeout(1500);
        save(visit.page, page.getKey(), kind);
      }
    }
  }

  private static void ask(Page page) {
    page.locator(".choice:has-text('intent') input").check();
    page.locator("[name=prompt]").fill(PROMPTS.getFirst());
    page.locator("button:text-is('Ask')").click();
    page.locator(".answers article:nth-child(3) .quiet:has-text('ended')").waitFor();
  }

  private static void save(Page page, String name, String kind) throws IOException {
    Path file = FOLDER.resolve(name + "-" + kind + ".png");
    BufferedImage shot = ImageIO.read(new ByteArrayInputStream(page.screenshot()));
    BufferedImage opaque =
        new BufferedImage(shot.getWidth(), shot.getHeight(), BufferedImage.TYPE_INT_RGB);
    opaque.getGraphics().drawImage(shot, 0, 0, null);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ImageWriteParam smallest = writer.getDefaultWriteParam();
    smallest.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    smallest.setCompressionQuality(0);
    Files.deleteIfExists(file);
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(opaque, null, null), smallest);
    }
    assertThat(Files.size(file)).as(name).isLessThan(BYTES_MAX);
  }

  /** Something to see: labels, a tenant with limits, and some minutes of answers. */
  private static void describe() {
    ManagementClient operator = ManagementClient.operator();
    Map<String, String> what =
        Map.of(
            "intent", "what a sentence asks a house to do",
            "sql", "questions to SQL",
            "dates", "dates in words to ISO 8601",
            "german", "short answers in German");
    what.forEach((name, text) ->
        operator.send(
            "PATCH",
            "/api/v1/adapters/" + name,
            "{\"description\":\"" + text + "\",\"labels\":{\"team\":\"house\"}}"));
    operator.send(
        "POST",
        "/api/v1/tenants",
        "{\"name\":\"acme\",\"weight\":2,\"limits\":{\"requests_per_minute\":600}}");
    for (int round = 0; round < 40; round++) {
      for (String model : List.of("intent", "sql", "dates", "german", "base")) {
        String prompt = PROMPTS.get(round % PROMPTS.size());
        PLATFORM.post("/v1/chat/completions", PlatformFixture.chat(model, prompt).toString());
      }
      if (round % 4 == 0) {
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(4000);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
